/**
 * @file
 * Where modexp has its memory from: malloc in C and C++. Outside of the library's other symbols, so
 * that a program with another heap, as in Rust, can put its own here.
 */
#ifndef REPRISE_ACCELERATORS_HEAP_H
#define REPRISE_ACCELERATORS_HEAP_H

#include <stddef.h>

/** Aligned to 8 bytes; NULL if there isn't enough. */
void* reprise_accelerators_allocate(size_t size);
void reprise_accelerators_free(void* block);

#endif
