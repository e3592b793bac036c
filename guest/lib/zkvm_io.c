#include "zkvm_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Written by the start-up code: the address of the input region, or 0 if there is none. */
uintptr_t reprise_input_region;

/** The input region: the length of the input, then from offset 16 on its bytes. */
struct input_region {
    uint64_t size;
    uint64_t reserved;
    uint8_t bytes[];
};

static _Noreturn void die(const char* message) {
    fputs(message, stderr);
    abort();
}

static uint8_t* read_all(size_t* size) {
    size_t capacity = 1 << 20;
    uint8_t* bytes = malloc(capacity);
    for (*size = 0; bytes;) {
        if (*size == capacity) {
            capacity *= 2;
            bytes = realloc(bytes, capacity);
            if (!bytes) break;
        }
        const ssize_t got = read(STDIN_FILENO, bytes + *size, capacity - *size);
        if (got < 0) die("read_input: cannot read standard input\n");
        if (got == 0) return bytes;
        *size += (size_t)got;
    }
    die("read_input: the input does not fit into memory\n");
}

void read_input(const uint8_t** buf_ptr, size_t* buf_size) {
    static const uint8_t* bytes;
    static size_t size;
    if (!bytes && reprise_input_region) {
        const struct input_region* const region = (const struct input_region*)reprise_input_region;
        bytes = region->bytes;
        size = region->size;
    } else if (!bytes) {
        bytes = read_all(&size);
    }
    *buf_ptr = bytes;
    *buf_size = size;
}

void write_output(const uint8_t* output, size_t size) {
    fflush(stdout);
    while (size > 0) {
        const ssize_t done = write(STDOUT_FILENO, output, size);
        if (done < 0) die("write_output: cannot write standard output\n");
        output += done;
        size -= (size_t)done;
    }
}
