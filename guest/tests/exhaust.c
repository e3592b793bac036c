/*
 * Takes small blocks until there is no memory left, gives them back, and asks for a large one: it
 * must be made of them. Prints how many MiB there were.
 */
#include <stdio.h>
#include <stdlib.h>

enum { kBlock = 1000 };

struct list {
    struct list* next;
};

int main(void) {
    struct list* blocks = NULL;
    size_t count = 0;
    for (struct list* block; (block = malloc(kBlock)); count++) {
        block->next = blocks;
        blocks = block;
    }
    if (malloc(kBlock)) return 2;
    while (blocks) {
        struct list* const next = blocks->next;
        free(blocks);
        blocks = next;
    }
    void* const large = malloc(count * kBlock);
    if (!large) return 3;
    printf("%zu\n", count * kBlock >> 20);
    return 0;
}
