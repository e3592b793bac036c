/** @file Reading all of standard input into memory: what most examples begin with. */
#ifndef EXAMPLES_INPUT_H
#define EXAMPLES_INPUT_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/** The whole input, with room for at least one more byte after it. Exits with 1 if it fails. */
static char* read_all(size_t* size) {
    size_t capacity = 1 << 16;
    char* bytes = (char*)malloc(capacity);
    *size = 0;
    while (bytes) {
        *size += fread(bytes + *size, 1, capacity - *size, stdin);
        if (*size < capacity) break;
        capacity *= 2;
        bytes = (char*)realloc(bytes, capacity);
    }
    if (bytes && !ferror(stdin)) return bytes;
    fprintf(stderr, "cannot read the input\n");
    exit(1);
}

#endif
