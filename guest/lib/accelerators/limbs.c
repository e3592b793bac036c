#include "limbs.h"

typedef unsigned __int128 uint128;

uint64_t limbs_add(size_t n, uint64_t* sum, const uint64_t* a, const uint64_t* b) {
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t partial = a[i] + carry;
        carry = partial < carry;
        sum[i] = partial + b[i];
        carry += sum[i] < partial;
    }
    return carry;
}

uint64_t limbs_subtract(size_t n, uint64_t* difference, const uint64_t* a, const uint64_t* b) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t partial = a[i] - borrow;
        borrow = partial > a[i];
        const uint64_t subtrahend = b[i];
        borrow += partial < subtrahend;
        difference[i] = partial - subtrahend;
    }
    return borrow;
}

int limbs_compare(size_t n, const uint64_t* a, const uint64_t* b) {
    while (n-- > 0) {
        if (a[n] != b[n]) return a[n] < b[n] ? -1 : 1;
    }
    return 0;
}

bool limbs_are_zero(size_t n, const uint64_t* a) {
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= a[i];
    return any == 0;
}

void limbs_copy(size_t n, uint64_t* to, const uint64_t* from) {
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

void limbs_clear(size_t n, uint64_t* a) {
    for (size_t i = 0; i < n; i++)
        a[i] = 0;
}

void limbs_halve(size_t n, uint64_t* a, uint64_t top) {
    for (size_t i = 0; i + 1 < n; i++)
        a[i] = a[i] >> 1 | a[i + 1] << 63;
    a[n - 1] = a[n - 1] >> 1 | top << 63;
}

void limbs_multiply_add(size_t na, const uint64_t* a, size_t nb, const uint64_t* b,
                        uint64_t* product) {
    for (size_t i = 0; i < na; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < nb; j++) {
            const uint128 sum = (uint128)a[i] * b[j] + product[i + j] + carry;
            product[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        product[i + nb] = carry;
    }
}

/** What is needed to divide by a limb with its highest bit set. */
struct divisor {
    uint64_t limb;
    uint64_t reciprocal;
};

/**
 * The quotient of high:low by the divisor, or all ones where it needs more than 64 bits. Algorithm
 * 4 of Moeller and Granlund, "Improved division by invariant integers", IEEE Transactions on
 * Computers 60 (2011).
 */
static uint64_t divide_two_limbs(uint64_t high, uint64_t low, const struct divisor* by) {
    if (high >= by->limb) return UINT64_MAX;
    const uint128 estimate = (uint128)by->reciprocal * high + ((uint128)(high + 1) << 64 | low);
    uint64_t quotient = (uint64_t)(estimate >> 64);
    uint64_t remainder = low - quotient * by->limb;
    if (remainder > (uint64_t)estimate) {
        quotient--;
        remainder += by->limb;
    }
    if (remainder >= by->limb) quotient++;
    return quotient;
}

/** a -= m * digit over n limbs of m and n + 1 of a; answers the borrow. */
static uint64_t subtract_multiple(size_t n, uint64_t* a, const uint64_t* m, uint64_t digit) {
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        const uint128 product = (uint128)m[i] * digit + carry;
        const uint64_t low = (uint64_t)product;
        carry = (uint64_t)(product >> 64) + (a[i] < low);
        a[i] -= low;
    }
    const uint64_t borrow = a[n] < carry;
    a[n] -= carry;
    return borrow;
}

void limbs_divide(uint64_t* quotient, size_t na, uint64_t* a, size_t nm, const uint64_t* m) {
    const struct divisor top = {m[nm - 1], (uint64_t)(~(uint128)0 / m[nm - 1])};
    for (size_t at = na - nm + 1; at-- > 0;) {
        /* At most 2 too large, since the highest bit of m is set. */
        uint64_t digit = divide_two_limbs(a[at + nm], a[at + nm - 1], &top);
        uint64_t borrow = subtract_multiple(nm, a + at, m, digit);
        while (borrow) {
            digit--;
            const uint64_t carry = limbs_add(nm, a + at, a + at, m);
            a[at + nm] += carry;
            borrow -= carry && a[at + nm] == 0;
        }
        if (quotient) quotient[at] = digit;
    }
}

uint64_t limbs_shift_left(size_t n, uint64_t* to, const uint64_t* from, unsigned bits) {
    uint64_t out = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t limb = from[i];
        to[i] = limb << bits | out;
        out = bits ? limb >> (64 - bits) : 0;
    }
    return out;
}

void limbs_shift_right(size_t n, uint64_t* to, const uint64_t* from, unsigned bits) {
    for (size_t i = 0; i < n; i++) {
        const uint64_t above = bits && i + 1 < n ? from[i + 1] << (64 - bits) : 0;
        to[i] = from[i] >> bits | above;
    }
}

void limbs_reduce(size_t na, const uint64_t* a, size_t nm, const uint64_t* modulus,
                  uint64_t* remainder) {
    size_t used = nm;
    while (used > 1 && modulus[used - 1] == 0)
        used--;
    const unsigned shift = (unsigned)__builtin_clzl(modulus[used - 1]);
    uint64_t divisor[kMaxLimbs], dividend[2 * kMaxLimbs + 1];
    limbs_shift_left(used, divisor, modulus, shift);
    dividend[na] = limbs_shift_left(na, dividend, a, shift);
    limbs_divide(NULL, na, dividend, used, divisor);
    limbs_clear(nm, remainder);
    limbs_shift_right(used, remainder, dividend, shift);
}

void limbs_from_bytes(size_t n, uint64_t* a, const uint8_t* bytes) {
    for (size_t i = 0; i < n; i++) {
        const uint8_t* const from = bytes + 8 * (n - 1 - i);
        uint64_t limb = 0;
        for (int byte = 0; byte < 8; byte++)
            limb = limb << 8 | from[byte];
        a[i] = limb;
    }
}

void limbs_to_bytes(size_t n, uint8_t* bytes, const uint64_t* a) {
    for (size_t i = 0; i < n; i++) {
        uint8_t* const to = bytes + 8 * (n - 1 - i);
        for (int byte = 0; byte < 8; byte++)
            to[byte] = (uint8_t)(a[i] >> (56 - 8 * byte));
    }
}
