/** @file The precompiles in software; contracts are those of precompile.h. */
#ifndef REPRISE_ACCELERATORS_SOFTWARE_H
#define REPRISE_ACCELERATORS_SOFTWARE_H

#include "precompile.h"

void software_keccak_f(uint64_t state[25]);
void software_sha256_compress(uint64_t state[4], const uint64_t block[8]);
void software_blake2b_round(uint64_t index, uint64_t v[16], const uint64_t m[16]);
void software_multiply_add_256(const uint64_t a[4], const uint64_t b[4], const uint64_t c[4],
                               uint64_t low[4], uint64_t high[4]);
void software_multiply_add_mod(size_t limbs, const uint64_t* a, const uint64_t* b,
                               const uint64_t* c, const uint64_t* modulus, uint64_t* d);

#endif
