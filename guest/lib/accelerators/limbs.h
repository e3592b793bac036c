/**
 * @file
 * Numbers of n limbs of 64 bits, the least significant limb first. No function allocates; results
 * may lie where operands do unless a comment says otherwise.
 */
#ifndef REPRISE_ACCELERATORS_LIMBS_H
#define REPRISE_ACCELERATORS_LIMBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** sum = a + b modulo 2^(64 n); answers the carry. */
uint64_t limbs_add(size_t n, uint64_t* sum, const uint64_t* a, const uint64_t* b);

/** difference = a - b modulo 2^(64 n); answers the borrow. */
uint64_t limbs_subtract(size_t n, uint64_t* difference, const uint64_t* a, const uint64_t* b);

/** Negative, zero or positive as a is less than, equal to or greater than b. */
int limbs_compare(size_t n, const uint64_t* a, const uint64_t* b);

bool limbs_are_zero(size_t n, const uint64_t* a);
void limbs_copy(size_t n, uint64_t* to, const uint64_t* from);
void limbs_clear(size_t n, uint64_t* a);

/** a = a / 2 with `top` as the new most significant bit. */
void limbs_halve(size_t n, uint64_t* a, uint64_t top);

/** Bit `at` of a, from 0 for the least significant. */
static inline uint64_t limbs_bit(const uint64_t* a, size_t at) {
    return a[at / 64] >> (at % 64) & 1;
}

/**
 * product = a * b + addend, all of it: na + nb limbs. The addend comes in the lowest nb limbs of
 * product. Product must not overlap a or b.
 */
void limbs_multiply_add(size_t na, const uint64_t* a, size_t nb, const uint64_t* b,
                        uint64_t* product);

/**
 * Divides a, of na + 1 limbs, by m, of nm limbs: the remainder takes the lowest nm limbs of a, the
 * others become zero. The quotient has na - nm + 1 limbs; NULL if it isn't wanted. Algorithm D of
 * Knuth, The Art of Computer Programming 4.3.1.
 *
 * Wanted: na >= nm >= 1, the highest bit of m is set, the highest limb of a is less than that of m.
 */
void limbs_divide(uint64_t* quotient, size_t na, uint64_t* a, size_t nm, const uint64_t* m);

/** Shifts left by 0 to 63 bits; answers what is pushed out. */
uint64_t limbs_shift_left(size_t n, uint64_t* to, const uint64_t* from, unsigned bits);
/** Shifts right by 0 to 63 bits. */
void limbs_shift_right(size_t n, uint64_t* to, const uint64_t* from, unsigned bits);

enum { kMaxLimbs = 6 }; /* of a field's elements */

/** remainder = a modulo the modulus: of na <= 2 kMaxLimbs and nm <= kMaxLimbs limbs, not zero. */
void limbs_reduce(size_t na, const uint64_t* a, size_t nm, const uint64_t* modulus,
                  uint64_t* remainder);

/** From 8 n bytes, the most significant first. */
void limbs_from_bytes(size_t n, uint64_t* a, const uint8_t* bytes);
/** To 8 n bytes, the most significant first. */
void limbs_to_bytes(size_t n, uint8_t* bytes, const uint64_t* a);

#endif
