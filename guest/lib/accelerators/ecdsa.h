/** @file ECDSA (FIPS 186-5, SEC 1) on a curve of prime order; field and order have 256 bits. */
#ifndef REPRISE_ACCELERATORS_ECDSA_H
#define REPRISE_ACCELERATORS_ECDSA_H

#include <stdbool.h>
#include <stdint.h>

#include "curve.h"

struct ecdsa {
    struct curve curve;
    struct field scalars; /* modulo the order */
    uint64_t generator[8];
};

/** Bytes: hash, r and s, and x and y, all of them numbers of 32 bytes. */
bool ecdsa_verify(const struct ecdsa* ecdsa, const uint8_t hash[32], const uint8_t signature[64],
                  const uint8_t key[64]);

/** SEC 1, 4.1.6, where x is r itself and y is odd or not; false if there is no such key. */
bool ecdsa_recover(const struct ecdsa* ecdsa, const uint8_t hash[32], const uint8_t signature[64],
                   bool odd, uint8_t key[64]);

#endif
