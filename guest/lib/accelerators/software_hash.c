/* The inner functions of the hashes in software, from FIPS 202, FIPS 180-4 and RFC 7693. */
#include <string.h>

#include "software.h"

static uint64_t rotate_left(uint64_t word, unsigned bits) {
    return word << bits | word >> (-bits & 63);
}

/* --- Keccak-f[1600] -------------------------------------------------------------------------- */

static void theta(uint64_t state[25]) {
    uint64_t columns[7]; /* columns 4, 0 to 4, 0 */
    for (int x = 0; x < 5; x++)
        columns[x + 1] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
    columns[0] = columns[5];
    columns[6] = columns[1];
    for (int x = 0; x < 5; x++) {
        const uint64_t change = columns[x] ^ rotate_left(columns[x + 2], 1);
        for (int y = 0; y < 25; y += 5)
            state[y + x] ^= change;
    }
}

/** Both steps at once, along the orbit of the 24 lanes that move: (x, y) to (y, 2x + 3y). */
static void rho_and_pi(uint64_t state[25]) {
    static const uint8_t orbit[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                      15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    static const uint8_t rotations[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                          27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
    uint64_t moving = state[1];
    for (unsigned t = 0; t < 24; t++) {
        const uint64_t rotated = rotate_left(moving, rotations[t]);
        moving = state[orbit[t]];
        state[orbit[t]] = rotated;
    }
}

static void chi(uint64_t state[25]) {
    for (int y = 0; y < 25; y += 5) {
        uint64_t row[7]; /* 0 to 4, 0, 1 */
        memcpy(row, state + y, 5 * sizeof *row);
        memcpy(row + 5, row, 2 * sizeof *row);
        for (int x = 0; x < 5; x++)
            state[y + x] = row[x] ^ (~row[x + 1] & row[x + 2]);
    }
}

void software_keccak_f(uint64_t state[25]) {
    static const uint64_t round_constants[24] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
        0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
    for (int round = 0; round < 24; round++) {
        theta(state);
        rho_and_pi(state);
        chi(state);
        state[0] ^= round_constants[round];
    }
}

/* --- SHA-256 --------------------------------------------------------------------------------- */

static uint32_t rotate_right_32(uint32_t word, unsigned bits) {
    return word >> bits | word << (32 - bits);
}

static uint32_t expand(const uint32_t schedule[16], int round) {
    const uint32_t a = schedule[(round + 1) % 16], e = schedule[(round + 14) % 16];
    const uint32_t sigma0 = rotate_right_32(a, 7) ^ rotate_right_32(a, 18) ^ a >> 3;
    const uint32_t sigma1 = rotate_right_32(e, 17) ^ rotate_right_32(e, 19) ^ e >> 10;
    return schedule[round % 16] + sigma0 + schedule[(round + 9) % 16] + sigma1;
}

static void sha256_round(uint32_t h[8], uint32_t word_and_constant) {
    const uint32_t a = h[0], b = h[1], c = h[2], e = h[4];
    const uint32_t sum1 = rotate_right_32(e, 6) ^ rotate_right_32(e, 11) ^ rotate_right_32(e, 25);
    const uint32_t choice = (e & h[5]) ^ (~e & h[6]);
    const uint32_t t1 = h[7] + sum1 + choice + word_and_constant;
    const uint32_t sum0 = rotate_right_32(a, 2) ^ rotate_right_32(a, 13) ^ rotate_right_32(a, 22);
    const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    for (int i = 7; i > 0; i--)
        h[i] = h[i - 1];
    h[4] += t1;
    h[0] = t1 + sum0 + majority;
}

void software_sha256_compress(uint64_t state[4], const uint64_t block[8]) {
    static const uint32_t constants[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};
    uint32_t schedule[16], before[8], h[8];
    memcpy(schedule, block, sizeof schedule);
    memcpy(before, state, sizeof before);
    memcpy(h, before, sizeof h);
    for (int round = 0; round < 64; round++) {
        uint32_t* const word = &schedule[round % 16];
        *word = round < 16 ? __builtin_bswap32(*word) : expand(schedule, round);
        sha256_round(h, *word + constants[round]);
    }
    for (int i = 0; i < 8; i++)
        h[i] += before[i];
    memcpy(state, h, sizeof h);
}

/* --- BLAKE2b --------------------------------------------------------------------------------- */

static void mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = rotate_left(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = rotate_left(v[b] ^ v[c], 40);
    v[a] += v[b] + y;
    v[d] = rotate_left(v[d] ^ v[a], 48);
    v[c] += v[d];
    v[b] = rotate_left(v[b] ^ v[c], 1);
}

void software_blake2b_round(uint64_t index, uint64_t v[16], const uint64_t m[16]) {
    static const uint8_t sigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                          {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                          {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                          {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                          {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                          {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                          {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                          {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                          {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                          {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
    const uint8_t* const s = sigma[index];
    for (int i = 0; i < 4; i++)
        mix(v, i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
    for (int i = 0; i < 4; i++)
        mix(v, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[s[8 + 2 * i]],
            m[s[9 + 2 * i]]);
}
