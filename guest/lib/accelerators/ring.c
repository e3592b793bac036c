#include "ring.h"

#include "heap.h"
#include "limbs.h"
#include "precompile.h"

/* --- Small ----------------------------------------------------------------------------------- */

static void small_multiply(struct ring* ring, uint64_t* product, const uint64_t* a,
                           const uint64_t* b) {
    static const uint64_t zero[kMaxLimbs];
    uint64_t result[kMaxLimbs];
    multiply_add_mod(ring->limbs, a, b, zero, ((struct small_ring*)ring)->modulus, result);
    limbs_copy(ring->limbs, product, result);
}

static void small_append(struct ring* ring, uint64_t* a, const uint64_t* chunk) {
    const struct small_ring* const small = (const struct small_ring*)ring;
    uint64_t result[kMaxLimbs];
    multiply_add_mod(ring->limbs, a, small->shift, chunk, small->modulus, result);
    limbs_copy(ring->limbs, a, result);
}

void small_ring_start(struct small_ring* small, size_t limbs, const uint64_t* modulus) {
    static const uint64_t one[kMaxLimbs] = {1};
    uint64_t largest[kMaxLimbs];
    small->ring.limbs = limbs;
    small->ring.multiply = small_multiply;
    small->ring.append = small_append;
    limbs_copy(limbs, small->modulus, modulus);
    for (size_t i = 0; i < limbs; i++)
        largest[i] = UINT64_MAX;
    multiply_add_mod(limbs, largest, one, one, modulus, small->shift);
}

/* --- Large ----------------------------------------------------------------------------------- */

enum { kDigit = 4 }; /* limbs */

/** product = a * b: na + nb digits, which overlap neither. */
static void multiply_digits(size_t na, const uint64_t* a, size_t nb, const uint64_t* b,
                            uint64_t* product) {
    limbs_clear(kDigit * (na + nb), product);
    for (size_t i = 0; i < na; i++) {
        uint64_t carry[kDigit] = {0}, low[kDigit], high[kDigit];
        for (size_t j = 0; j < nb; j++) {
            uint64_t* const at = product + kDigit * (i + j);
            multiply_add_256(a + kDigit * i, b + kDigit * j, carry, low, high);
            const uint64_t more[kDigit] = {limbs_add(kDigit, at, at, low)};
            limbs_add(kDigit, carry, high, more);
        }
        limbs_copy(kDigit, product + kDigit * (i + nb), carry);
    }
}

/**
 * Barrett's reduction of ring->product, 2 n digits: algorithm 14.42 of Menezes, van Oorschot and
 * Vanstone, Handbook of Applied Cryptography.
 */
static void reduce(struct large_ring* large, uint64_t* remainder) {
    const size_t n = large->digits, wide = kDigit * (n + 1);
    uint64_t* const x = large->product;
    multiply_digits(n + 1, x + kDigit * (n - 1), n + 1, large->reciprocal, large->estimate);
    uint64_t* const quotient = large->estimate + wide;
    uint64_t* const multiple = large->estimate + 2 * wide;
    multiply_digits(n + 1, quotient, n, large->modulus, multiple);
    limbs_subtract(wide, x, x, multiple);
    while (limbs_compare(wide, x, large->modulus) >= 0)
        limbs_subtract(wide, x, x, large->modulus);
    limbs_copy(kDigit * n, remainder, x);
}

static void large_multiply(struct ring* ring, uint64_t* product, const uint64_t* a,
                           const uint64_t* b) {
    struct large_ring* const large = (struct large_ring*)ring;
    multiply_digits(large->digits, a, large->digits, b, large->product);
    reduce(large, product);
}

static void large_append(struct ring* ring, uint64_t* a, const uint64_t* chunk) {
    struct large_ring* const large = (struct large_ring*)ring;
    limbs_copy(ring->limbs, large->product, chunk);
    limbs_copy(ring->limbs, large->product + ring->limbs, a);
    reduce(large, a);
}

/**
 * reciprocal = floor((2^(512 n) - 1) / modulus), which has n + 1 digits whatever the modulus is.
 * Where that is one less than Barrett's, an estimate is at most one less, too.
 */
static void set_reciprocal(struct large_ring* large, size_t limbs, uint64_t* dividend,
                           uint64_t* divisor) {
    const size_t top = 2 * large->ring.limbs;
    const unsigned shift = (unsigned)__builtin_clzl(large->modulus[limbs - 1]);
    limbs_shift_left(limbs, divisor, large->modulus, shift);
    for (size_t i = 0; i < top; i++)
        dividend[i] = UINT64_MAX;
    dividend[top] = limbs_shift_left(top, dividend, dividend, shift);
    limbs_clear(large->ring.limbs + kDigit, large->reciprocal);
    limbs_divide(large->reciprocal, top, dividend, limbs, divisor);
}

size_t large_ring_limbs(size_t limbs) {
    return (limbs + kDigit - 1) / kDigit * kDigit;
}

bool large_ring_start(struct large_ring* large, size_t limbs, const uint64_t* modulus) {
    const size_t wide = large_ring_limbs(limbs) + kDigit;
    large->digits = wide / kDigit - 1;
    large->ring.limbs = wide - kDigit;
    large->ring.multiply = large_multiply;
    large->ring.append = large_append;
    /* modulus, reciprocal; product and estimate, twice and four times as wide */
    large->block = reprise_accelerators_allocate(8 * wide * sizeof(uint64_t));
    if (!large->block) return false;
    large->modulus = large->block;
    large->reciprocal = large->modulus + wide;
    large->product = large->reciprocal + wide;
    large->estimate = large->product + 2 * wide;
    limbs_clear(wide, large->modulus);
    limbs_copy(limbs, large->modulus, modulus);
    set_reciprocal(large, limbs, large->product, large->estimate);
    return true;
}

void large_ring_end(struct large_ring* large) {
    reprise_accelerators_free(large->block);
}
