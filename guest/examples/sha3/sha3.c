/*
 * SHA3-256 (FIPS 202) of the input.
 *
 * Input:  any bytes.
 * Output: the digest in hexadecimal.
 * Check:  openssl dgst -sha3-256 -r <INPUT | cut -c1-64
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { kLanes = 25, kRounds = 24, kDigest = 32, kRate = 200 - 2 * kDigest };

static const uint64_t kRoundConstants[kRounds] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

static uint64_t rotate_left(uint64_t lane, int bits) {
    return lane << bits | lane >> (-bits & 63);
}

/** One round; lane (x, y) is a[x + 5 * y]. */
static inline void permute_round(uint64_t a[kLanes], uint64_t constant) {
    static const uint8_t rotations[kLanes] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                              25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};
    uint64_t parity[5], b[kLanes];
#pragma GCC unroll 5
    for (int x = 0; x < 5; x++)
        parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma GCC unroll 5
    for (int x = 0; x < 5; x++) {
        const uint64_t d = parity[(x + 4) % 5] ^ rotate_left(parity[(x + 1) % 5], 1);
#pragma GCC unroll 5
        for (int y = 0; y < 5; y++)
            b[y + 5 * ((2 * x + 3 * y) % 5)] = rotate_left(a[x + 5 * y] ^ d, rotations[x + 5 * y]);
    }
#pragma GCC unroll 5
    for (int y = 0; y < kLanes; y += 5) {
#pragma GCC unroll 5
        for (int x = 0; x < 5; x++)
            a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
    }
    a[0] ^= constant;
}

static void absorb(uint64_t state[kLanes], const uint8_t block[kRate]) {
    for (int i = 0; i < kRate / 8; i++) {
        uint64_t lane = 0;
        for (int j = 7; j >= 0; j--)
            lane = lane << 8 | block[8 * i + j];
        state[i] ^= lane;
    }
    for (int i = 0; i < kRounds; i++)
        permute_round(state, kRoundConstants[i]);
}

int main(void) {
    static uint8_t buffer[480 * kRate];
    uint64_t state[kLanes] = {0};
    size_t got, done = 0;
    while ((got = fread(buffer, 1, sizeof buffer, stdin)) == sizeof buffer) {
        for (size_t at = 0; at < got; at += kRate)
            absorb(state, buffer + at);
    }
    for (; got - done >= kRate; done += kRate)
        absorb(state, buffer + done);

    uint8_t last[kRate] = {0};
    memcpy(last, buffer + done, got - done);
    last[got - done] ^= 0x06;
    last[kRate - 1] ^= 0x80;
    absorb(state, last);

    for (int i = 0; i < kDigest; i++)
        printf("%02x", (unsigned)(state[i / 8] >> i % 8 * 8 & 0xff));
    printf("\n");
    return ferror(stdin) != 0;
}
