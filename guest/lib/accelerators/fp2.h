/**
 * @file
 * Arithmetic in the extension Fp2 = Fp[u], u^2 = -1, of a prime field, on top of the precompiles.
 * Elements are c0, c1 for c0 + c1 u, both below the modulus, in and out; results may lie where
 * operands do.
 */
#ifndef REPRISE_ACCELERATORS_FP2_H
#define REPRISE_ACCELERATORS_FP2_H

#include "field.h"

enum { kMaxFp2 = 2 * kMaxLimbs };

/** a += b, a -= b, a *= b. */
void fp2_accumulate(const struct field* field, uint64_t* a, const uint64_t* b);
void fp2_reduce(const struct field* field, uint64_t* a, const uint64_t* b);
void fp2_scale(const struct field* field, uint64_t* a, const uint64_t* b);

void fp2_add(const struct field* field, uint64_t* sum, const uint64_t* a, const uint64_t* b);
void fp2_subtract(const struct field* field, uint64_t* difference, const uint64_t* a,
                  const uint64_t* b);
void fp2_multiply(const struct field* field, uint64_t* product, const uint64_t* a,
                  const uint64_t* b);
void fp2_negate(const struct field* field, uint64_t* negative, const uint64_t* a);
/** c0 - c1 u, which is a^p. */
void fp2_conjugate(const struct field* field, uint64_t* conjugate, const uint64_t* a);
/** 1/a, and 0 for 0. */
void fp2_invert(const struct field* field, uint64_t* inverse, const uint64_t* a);
/** One of the square roots; false if there is none. */
bool fp2_square_root(const struct field* field, uint64_t* root, const uint64_t* a);

#endif
