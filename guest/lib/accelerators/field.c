#include "field.h"

static const uint64_t zero[kMaxLimbs];

bool field_holds(const struct field* field, const uint64_t* a) {
    return limbs_compare(field->limbs, a, field->modulus) < 0;
}

void field_set_one(const struct field* field, uint64_t* a) {
    limbs_clear(field->limbs, a);
    a[0] = 1;
}

void field_add(const struct field* field, uint64_t* sum, const uint64_t* a, const uint64_t* b) {
    const uint64_t carry = limbs_add(field->limbs, sum, a, b);
    if (carry || !field_holds(field, sum)) limbs_subtract(field->limbs, sum, sum, field->modulus);
}

void field_subtract(const struct field* field, uint64_t* difference, const uint64_t* a,
                    const uint64_t* b) {
    if (limbs_subtract(field->limbs, difference, a, b))
        limbs_add(field->limbs, difference, difference, field->modulus);
}

void field_negate(const struct field* field, uint64_t* negative, const uint64_t* a) {
    field_subtract(field, negative, zero, a);
}

void field_multiply(const struct field* field, uint64_t* product, const uint64_t* a,
                    const uint64_t* b) {
    uint64_t result[kMaxLimbs];
    multiply_add_mod(field->limbs, a, b, zero, field->modulus, result);
    limbs_copy(field->limbs, product, result);
}

/** Halves u until it is odd, and x in the field as often. */
static void halve_until_odd(const struct field* field, uint64_t* u, uint64_t* x) {
    while (!(u[0] & 1)) {
        limbs_halve(field->limbs, u, 0);
        const uint64_t carry = x[0] & 1 ? limbs_add(field->limbs, x, x, field->modulus) : 0;
        limbs_halve(field->limbs, x, carry);
    }
}

/*
 * The binary Euclidean algorithm: algorithm 2.22 of Hankerson, Menezes and Vanstone, Guide to
 * Elliptic Curve Cryptography. Invariants: a x = u, a y = v in the field.
 */
void field_invert(const struct field* field, uint64_t* inverse, const uint64_t* a) {
    const size_t n = field->limbs;
    uint64_t u[kMaxLimbs], v[kMaxLimbs], x[kMaxLimbs], y[kMaxLimbs];
    limbs_copy(n, u, a);
    limbs_copy(n, v, field->modulus);
    field_set_one(field, x);
    limbs_clear(n, y);
    if (limbs_are_zero(n, u)) limbs_clear(n, x);
    while (!limbs_are_zero(n, u)) {
        halve_until_odd(field, u, x);
        if (limbs_compare(n, u, v) < 0) {
            for (size_t i = 0; i < n; i++) {
                const uint64_t keep_u = u[i], keep_x = x[i];
                u[i] = v[i], x[i] = y[i];
                v[i] = keep_u, y[i] = keep_x;
            }
        }
        limbs_subtract(n, u, u, v);
        field_subtract(field, x, x, y);
    }
    limbs_copy(n, inverse, y); /* v is 1, the greatest common divisor; y is 0 if a was */
}

void field_power(const struct field* field, uint64_t* power, const uint64_t* a,
                 const uint64_t* exponent, size_t bits) {
    uint64_t result[kMaxLimbs];
    field_set_one(field, result);
    for (size_t at = bits; at-- > 0;) {
        field_multiply(field, result, result, result);
        if (limbs_bit(exponent, at)) field_multiply(field, result, result, a);
    }
    limbs_copy(field->limbs, power, result);
}

bool field_square_root(const struct field* field, uint64_t* root, const uint64_t* a) {
    const size_t n = field->limbs;
    uint64_t exponent[kMaxLimbs], candidate[kMaxLimbs], square[kMaxLimbs];
    static const uint64_t one[kMaxLimbs] = {1};
    limbs_shift_right(n, exponent, field->modulus, 2);
    limbs_add(n, exponent, exponent, one); /* (p + 1) / 4 */
    field_power(field, candidate, a, exponent, 64 * n - 2);
    field_multiply(field, square, candidate, candidate);
    const bool is_root = limbs_compare(n, square, a) == 0;
    limbs_copy(n, root, candidate);
    return is_root;
}
