/*
 * malloc and its family under a random load: every block is filled with a pattern that must still
 * be there when it is freed or resized, blocks are aligned, and memory is used again.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kBlocks = 600, kRounds = 60000 };

static struct {
    unsigned char* memory;
    size_t size;
    unsigned char pattern;
} blocks[kBlocks];

static uint64_t random_number(void) {
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static _Noreturn void fail(const char* what, size_t value) {
    printf("%s: %zu\n", what, value);
    exit(1);
}

static size_t random_size(void) {
    switch (random_number() % 8) {
        case 0: return random_number() % 100000;
        case 1: return random_number() % 5000;
        case 2: return 1000 + random_number() % 50; /* around the bound of cached blocks */
        default: return random_number() % 200;
    }
}

static void check_block(int i, size_t size) {
    for (size_t at = 0; at < size; at++) {
        if (blocks[i].memory[at] != blocks[i].pattern) fail("a block was overwritten at", at);
    }
}

static void check_new(void* memory, size_t size, size_t alignment) {
    if (!memory) fail("no memory for", size);
    if ((uintptr_t)memory % alignment) fail("not aligned to", alignment);
    if (malloc_usable_size(memory) < size) fail("smaller than asked for", size);
}

static void step(void) {
    const int i = (int)(random_number() % kBlocks);
    const size_t size = random_size();
    unsigned char* memory = blocks[i].memory;
    if (memory && random_number() % 3) {
        check_block(i, blocks[i].size);
        free(memory);
        blocks[i].memory = NULL;
        return;
    }
    if (memory) {
        memory = realloc(memory, size);
        check_new(memory, size, 16);
        blocks[i].memory = memory;
        check_block(i, size < blocks[i].size ? size : blocks[i].size);
    } else {
        const size_t alignment = (size_t)16 << random_number() % 9;
        switch (random_number() % 4) {
            case 0:
                memory = calloc(size / 8 + 1, 8);
                check_new(memory, size, 16);
                for (size_t at = 0; at < size; at++) {
                    if (memory[at]) fail("calloc's memory is not zero at", at);
                }
                break;
            case 1:
                memory = aligned_alloc(alignment, size);
                check_new(memory, size, alignment);
                break;
            case 2: {
                void* aligned;
                if (posix_memalign(&aligned, alignment, size)) fail("posix_memalign", alignment);
                memory = aligned;
                check_new(memory, size, alignment);
                break;
            }
            default: memory = malloc(size); check_new(memory, size, 16);
        }
    }
    blocks[i].memory = memory;
    blocks[i].size = size;
    blocks[i].pattern = (unsigned char)random_number();
    memset(memory, blocks[i].pattern, size);
}

static void check_refusals(void) {
    errno = 0;
    void* volatile memory = malloc((size_t)1 << 40);
    if (memory || errno != ENOMEM) fail("malloc of 2^40 bytes", (size_t)memory);
    volatile size_t all = SIZE_MAX;
    memory = malloc(all);
    if (memory) fail("malloc of SIZE_MAX bytes", (size_t)memory);
    volatile size_t half = (size_t)1 << 33;
    memory = calloc(half, half);
    if (memory) fail("calloc whose size overflows", (size_t)memory);
    void* aligned = NULL;
    if (posix_memalign(&aligned, 24, 8) != EINVAL) fail("posix_memalign to", 24);
    free(NULL);
}

/** Freed neighbours must become one block again, in whatever order they are freed. */
static void check_reuse(void) {
    enum { kPieces = 400, kPiece = 100000 }; /* much more than was taken before */
    void* pieces[kPieces];
    char* const large = malloc(kPieces * kPiece);
    free(large);
    for (size_t round = 0; round < 50; round++) {
        const size_t piece = kPiece - random_number() % (kPiece / 2);
        for (int i = 0; i < kPieces; i++)
            pieces[i] = malloc(piece);
        const size_t stride = round % 2 ? 37 : 399;
        for (size_t i = 0; i < kPieces; i++)
            free(pieces[(i * stride + round) % kPieces]);
        char* const again = malloc(kPieces * kPiece);
        if (again != large) fail("memory is not used again in round", round);
        free(again);
    }
}

int main(void) {
    check_refusals();
    for (int i = 0; i < kRounds; i++)
        step();
    for (int i = 0; i < kBlocks; i++) {
        if (blocks[i].memory) check_block(i, blocks[i].size);
        free(blocks[i].memory);
    }
    check_reuse();
    puts("ok");
    return 0;
}
