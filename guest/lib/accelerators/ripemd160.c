/*
 * RIPEMD-160, which no precompile has a part of. From Dobbertin, Bosselaers and Preneel,
 * "RIPEMD-160: A Strengthened Version of RIPEMD" (1996), and ISO/IEC 10118-3.
 */
#include <string.h>

#include "merkle_damgard.h"
#include "zkvm_accelerators.h"

/** One of the two lines of 80 steps: which words, rotated by how much, with which constants. */
struct line {
    uint8_t words[80];
    uint8_t rotations[80];
    uint32_t constants[5];
};

static const struct line left = {
    {0,  1, 2,  3, 4,  5,  6, 7,  8, 9,  10, 11, 12, 13, 14, 15, 7,  4,  13, 1,
     10, 6, 15, 3, 12, 0,  9, 5,  2, 14, 11, 8,  3,  10, 14, 4,  9,  15, 8,  1,
     2,  7, 0,  6, 13, 11, 5, 12, 1, 9,  11, 10, 0,  8,  12, 4,  13, 3,  7,  15,
     14, 5, 6,  2, 4,  0,  5, 9,  7, 12, 2,  10, 14, 1,  3,  8,  11, 6,  15, 13},
    {11, 14, 15, 12, 5, 8,  7,  9,  11, 13, 14, 15, 6,  7,  9,  8,  7,  6,  8,  13,
     11, 9,  7,  15, 7, 12, 15, 9,  11, 7,  13, 12, 11, 13, 6,  7,  14, 9,  13, 15,
     14, 8,  13, 6,  5, 12, 7,  5,  11, 12, 14, 15, 14, 15, 9,  8,  9,  14, 5,  6,
     8,  6,  5,  12, 9, 15, 5,  11, 6,  8,  13, 12, 5,  12, 13, 14, 11, 8,  5,  6},
    {0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e}};

static const struct line right = {
    {5,  14, 7,  0,  9,  2,  11, 4,  13, 6, 15, 8, 1,  10, 3,  12, 6, 11, 3, 7,
     0,  13, 5,  10, 14, 15, 8,  12, 4,  9, 1,  2, 15, 5,  1,  3,  7, 14, 6, 9,
     11, 8,  12, 2,  10, 0,  4,  13, 8,  6, 4,  1, 3,  11, 15, 0,  5, 12, 2, 13,
     9,  7,  10, 14, 12, 15, 10, 4,  1,  5, 8,  7, 6,  2,  13, 14, 0, 3,  9, 11},
    {8,  9,  9,  11, 13, 15, 15, 5, 7,  7,  8,  11, 14, 14, 12, 6,  9,  13, 15, 7,
     12, 8,  9,  11, 7,  7,  12, 7, 6,  15, 13, 11, 9,  7,  15, 11, 8,  6,  6,  14,
     12, 13, 5,  14, 13, 13, 7,  5, 15, 5,  8,  11, 14, 14, 6,  14, 6,  9,  12, 9,
     12, 5,  15, 8,  8,  5,  12, 9, 12, 5,  14, 6,  8,  13, 6,  5,  15, 13, 11, 11},
    {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000}};

static uint32_t rotate(uint32_t word, unsigned bits) {
    return word << bits | word >> (32 - bits);
}

static uint32_t select(unsigned function, uint32_t x, uint32_t y, uint32_t z) {
    switch (function) {
        case 0: return x ^ y ^ z;
        case 1: return (x & y) | (~x & z);
        case 2: return (x | ~y) ^ z;
        case 3: return (x & z) | (y & ~z);
        default: return x ^ (y | ~z);
    }
}

/** Eighty steps; `flip` is 4 for the line that takes the functions in reverse order, else 0. */
static void run(const struct line* line, unsigned flip, const uint32_t words[16], uint32_t h[5]) {
    for (unsigned step = 0; step < 80; step++) {
        const unsigned round = step / 16, function = flip ? flip - round : round;
        const uint32_t sum = h[0] + select(function, h[1], h[2], h[3]) + words[line->words[step]] +
                             line->constants[round];
        const uint32_t next = rotate(sum, line->rotations[step]) + h[4];
        h[0] = h[4];
        h[4] = h[3];
        h[3] = rotate(h[2], 10);
        h[2] = h[1];
        h[1] = next;
    }
}

static void compress(uint64_t* state, const uint64_t block[8]) {
    uint32_t words[16], h[5], first[5], second[5];
    memcpy(words, block, sizeof words);
    memcpy(h, state, sizeof h);
    memcpy(first, h, sizeof h);
    memcpy(second, h, sizeof h);
    run(&left, 0, words, first);
    run(&right, 4, words, second);
    uint32_t next[5];
    for (int i = 0; i < 5; i++)
        next[i] = h[(i + 1) % 5] + first[(i + 2) % 5] + second[(i + 3) % 5];
    memcpy(state, next, sizeof next);
}

zkvm_status zkvm_ripemd160(const uint8_t* data, size_t len, zkvm_ripemd160_hash* output) {
    uint64_t state[3] = {0xefcdab8967452301, 0x1032547698badcfe, 0xc3d2e1f0};
    hash_blocks(compress, state, data, len, (uint64_t)len * 8);
    memset(output->data, 0, sizeof output->data);
    memcpy(output->data, state, 20);
    return ZKVM_EOK;
}
