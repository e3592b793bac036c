#include "heap.h"

#include <stdlib.h>

void* reprise_accelerators_allocate(size_t size) {
    return malloc(size);
}

void reprise_accelerators_free(void* block) {
    free(block);
}
