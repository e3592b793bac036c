/**
 * @file
 * Fp12 = Fp2[w], w^6 = xi: six coefficients in Fp2, that of 1 first. Products are computed term by
 * term: an addition in Fp2 costs the machine as much as a product, so that towers would gain
 * nothing.
 */
#ifndef REPRISE_ACCELERATORS_FP12_H
#define REPRISE_ACCELERATORS_FP12_H

#include <stdbool.h>

#include "fp2.h"

struct fp12 {
    uint64_t c[6][kMaxFp2];
};

struct extension {
    const struct field* field;
    uint64_t xi[kMaxFp2];
    uint64_t frobenius[kMaxFp2]; /* w^(p - 1) = xi^((p - 1) / 6) */
};

void fp12_set_one(const struct extension* over, struct fp12* a);
bool fp12_is_one(const struct extension* over, const struct fp12* a);
/** Costs less the more coefficients of b are zero. Results may be operands, here and below. */
void fp12_multiply(const struct extension* over, struct fp12* product, const struct fp12* a,
                   const struct fp12* b);
void fp12_square(const struct extension* over, struct fp12* square, const struct fp12* a);
/** a^(p^6) */
void fp12_conjugate(const struct extension* over, struct fp12* conjugate, const struct fp12* a);
/** a^p */
void fp12_frobenius(const struct extension* over, struct fp12* power, const struct fp12* a);
/** 1/a, and 0 for 0. */
void fp12_invert(const struct extension* over, struct fp12* inverse, const struct fp12* a);

/** a^x for a in the cyclotomic subgroup, where a^(p^4 - p^2 + 1) = 1. */
void fp12_cyclotomic_power(const struct extension* over, struct fp12* power, const struct fp12* a,
                           uint64_t x);

#endif
