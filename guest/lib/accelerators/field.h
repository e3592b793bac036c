/**
 * @file
 * Arithmetic in a prime field, on top of the precompiles. Elements are below the modulus, in and
 * out; results may lie where operands do.
 */
#ifndef REPRISE_ACCELERATORS_FIELD_H
#define REPRISE_ACCELERATORS_FIELD_H

#include <stdbool.h>

#include "limbs.h"
#include "precompile.h"

/** A prime field: its odd modulus, and the precompiles of its quadratic extension, if it's used. */
struct field {
    size_t limbs; /* 4 or 6 */
    uint64_t modulus[kMaxLimbs];
    enum precompile fp2_add, fp2_subtract, fp2_multiply;
};

/** Whether a number is below the modulus, as elements have to be. */
bool field_holds(const struct field* field, const uint64_t* a);

void field_set_one(const struct field* field, uint64_t* a);
void field_add(const struct field* field, uint64_t* sum, const uint64_t* a, const uint64_t* b);
void field_subtract(const struct field* field, uint64_t* difference, const uint64_t* a,
                    const uint64_t* b);
void field_negate(const struct field* field, uint64_t* negative, const uint64_t* a);
/** Takes numbers of the field's width that are not below the modulus, too. */
void field_multiply(const struct field* field, uint64_t* product, const uint64_t* a,
                    const uint64_t* b);

/** 1/a, and 0 for 0. */
void field_invert(const struct field* field, uint64_t* inverse, const uint64_t* a);

/** a^exponent; the exponent has `bits` bits. */
void field_power(const struct field* field, uint64_t* power, const uint64_t* a,
                 const uint64_t* exponent, size_t bits);

/** One of the square roots; false if there is none. The modulus is 3 modulo 4. */
bool field_square_root(const struct field* field, uint64_t* root, const uint64_t* a);

#endif
