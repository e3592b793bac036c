/**
 * @file
 * Private input and public output of a guest: the C interface of the zkvm-standards.
 *
 * Under Reprise the input lies in memory from the start and is not copied. Under Linux
 * (`qemu-riscv64`) it is all of standard input, read on the first call.
 */
#ifndef ZKVM_IO_H
#define ZKVM_IO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Hands out the whole private input. The bytes are read-only, stay where they are until exit, and
 * every call gives the same answer. A guest that calls this must not read file 0 as well: under
 * Linux both take from the same stream.
 */
void read_input(const uint8_t** buf_ptr, size_t* buf_size);

/** Appends `size` bytes to the public output, after what was printed on stdout before. */
void write_output(const uint8_t* output, size_t size);

#ifdef __cplusplus
}
#endif

#endif
