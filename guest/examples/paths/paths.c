/*
 * Shortest paths in a directed graph: Dijkstra's algorithm with a binary heap.
 *
 * Input:  NODES EDGES, then an edge a line: FROM TO LENGTH; nodes count from 0.
 * Output: for each node, the length of the shortest path from node 0, or '-'.
 * Check:  python3 reference.py paths <INPUT
 */
#include <string.h>

#include "../common/numbers.h"

struct edge {
    uint32_t to, length;
};

struct entry {
    uint64_t distance;
    uint32_t node;
};

struct heap {
    struct entry* entries;
    size_t size;
};

static void* checked(void* memory) {
    if (memory) return memory;
    fprintf(stderr, "out of memory\n");
    exit(1);
}

static void push(struct heap* heap, struct entry entry) {
    size_t at = heap->size++;
    for (; at > 0; at = (at - 1) / 2) {
        const struct entry* const parent = &heap->entries[(at - 1) / 2];
        if (parent->distance <= entry.distance) break;
        heap->entries[at] = *parent;
    }
    heap->entries[at] = entry;
}

static struct entry pop(struct heap* heap) {
    struct entry* const entries = heap->entries;
    const struct entry top = entries[0];
    const struct entry last = entries[--heap->size];
    size_t at = 0;
    for (size_t child = 1; child < heap->size; child = 2 * at + 1) {
        if (child + 1 < heap->size && entries[child + 1].distance < entries[child].distance)
            child++;
        if (entries[child].distance >= last.distance) break;
        entries[at] = entries[child];
        at = child;
    }
    entries[at] = last;
    return top;
}

int main(void) {
    struct numbers numbers = read_numbers();
    const size_t nodes = next_number(&numbers, 1 << 24);
    const size_t edges = next_number(&numbers, 1 << 26);
    if (nodes == 0) return 0;

    /* The edges that leave node i are out[first[i]] to out[first[i + 1]]. */
    uint32_t* const from = checked(malloc((edges + 1) * sizeof *from));
    struct edge* const edge = checked(malloc((edges + 1) * sizeof *edge));
    struct edge* const out = checked(malloc((edges + 1) * sizeof *out));
    size_t* const first = checked(calloc(nodes + 2, sizeof *first));
    for (size_t i = 0; i < edges; i++) {
        from[i] = (uint32_t)next_number(&numbers, nodes - 1);
        edge[i].to = (uint32_t)next_number(&numbers, nodes - 1);
        edge[i].length = (uint32_t)next_number(&numbers, UINT32_MAX);
        first[from[i] + 2]++;
    }
    for (size_t i = 2; i < nodes + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < edges; i++)
        out[first[from[i] + 1]++] = edge[i];

    uint64_t* const distance = checked(malloc(nodes * sizeof *distance));
    memset(distance, 0xff, nodes * sizeof *distance);
    struct heap heap = {checked(malloc((edges + 1) * sizeof *heap.entries)), 0};
    distance[0] = 0;
    push(&heap, (struct entry){0, 0});
    while (heap.size > 0) {
        const struct entry nearest = pop(&heap);
        if (nearest.distance > distance[nearest.node]) continue;
        for (size_t i = first[nearest.node]; i < first[nearest.node + 1]; i++) {
            const uint64_t through = nearest.distance + out[i].length;
            if (through >= distance[out[i].to]) continue;
            distance[out[i].to] = through;
            push(&heap, (struct entry){through, out[i].to});
        }
    }
    for (size_t i = 0; i < nodes; i++) {
        if (distance[i] == UINT64_MAX)
            puts("-");
        else
            printf("%llu\n", (unsigned long long)distance[i]);
    }
    return 0;
}
