/** @file The frame that SHA-256 and RIPEMD-160 share: blocks of 64 bytes, padded with a bit and the
 * length. */
#ifndef REPRISE_ACCELERATORS_MERKLE_DAMGARD_H
#define REPRISE_ACCELERATORS_MERKLE_DAMGARD_H

#include <stddef.h>
#include <stdint.h>

typedef void (*compress_function)(uint64_t* state, const uint64_t block[8]);

/** Feeds the padded message into `compress`; `length` is the number of bits as the hash has it. */
void hash_blocks(compress_function compress, uint64_t* state, const uint8_t* data, size_t len,
                 uint64_t length);

#endif
