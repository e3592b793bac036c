#include "software.h"

#include "field.h"

/** Reduces a, of at most 2 * kMaxLimbs limbs, by a modulus that isn't zero. */
static void reduce(size_t na, const uint64_t* a, size_t limbs, const uint64_t* modulus,
                   uint64_t* remainder) {
    size_t nm = limbs;
    while (nm > 1 && modulus[nm - 1] == 0)
        nm--;
    const unsigned shift = (unsigned)__builtin_clzl(modulus[nm - 1]);
    uint64_t divisor[kMaxLimbs], dividend[2 * kMaxLimbs + 1];
    limbs_shift_left(nm, divisor, modulus, shift);
    dividend[na] = limbs_shift_left(na, dividend, a, shift);
    limbs_divide(NULL, na, dividend, nm, divisor);
    limbs_clear(limbs, remainder);
    limbs_shift_right(nm, remainder, dividend, shift);
}

void software_multiply_add_256(const uint64_t a[4], const uint64_t b[4], const uint64_t c[4],
                               uint64_t low[4], uint64_t high[4]) {
    uint64_t product[8];
    limbs_copy(4, product, c);
    limbs_multiply_add(4, a, 4, b, product);
    limbs_copy(4, low, product);
    limbs_copy(4, high, product + 4);
}

void software_multiply_add_mod(size_t limbs, const uint64_t* a, const uint64_t* b,
                               const uint64_t* c, const uint64_t* modulus, uint64_t* d) {
    uint64_t product[2 * kMaxLimbs];
    limbs_copy(limbs, product, c);
    limbs_multiply_add(limbs, a, limbs, b, product);
    reduce(2 * limbs, product, limbs, modulus, d);
}

/** p becomes the third point, negated, of the line through p and one more with x = other_x. */
static void follow_line(const struct curve* curve, uint64_t* p, const uint64_t* slope,
                        const uint64_t* other_x) {
    const struct field* const field = curve->field;
    uint64_t* const y = p + field->limbs;
    uint64_t x3[kMaxLimbs], difference[kMaxLimbs];
    field_multiply(field, x3, slope, slope);
    field_subtract(field, x3, x3, p);
    field_subtract(field, x3, x3, other_x);
    field_subtract(field, difference, p, x3);
    field_multiply(field, difference, difference, slope);
    field_subtract(field, y, difference, y);
    limbs_copy(field->limbs, p, x3);
}

void software_curve_add(const struct curve* curve, uint64_t* p, const uint64_t* q) {
    const struct field* const field = curve->field;
    const size_t n = field->limbs;
    uint64_t slope[kMaxLimbs], run[kMaxLimbs];
    field_subtract(field, slope, q + n, p + n);
    field_subtract(field, run, q, p);
    field_invert(field, run, run);
    field_multiply(field, slope, slope, run);
    follow_line(curve, p, slope, q);
}

void software_curve_double(const struct curve* curve, uint64_t* p) {
    const struct field* const field = curve->field;
    const size_t n = field->limbs;
    uint64_t slope[kMaxLimbs], run[kMaxLimbs], x[kMaxLimbs];
    limbs_copy(n, x, p);
    field_multiply(field, run, x, x);
    field_add(field, slope, run, run);
    field_add(field, slope, slope, run);
    field_add(field, slope, slope, curve->a);
    field_add(field, run, p + n, p + n);
    field_invert(field, run, run);
    field_multiply(field, slope, slope, run);
    follow_line(curve, p, slope, x);
}

void software_fp2_add(const struct field* field, uint64_t* a, const uint64_t* b) {
    const size_t n = field->limbs;
    field_add(field, a, a, b);
    field_add(field, a + n, a + n, b + n);
}

void software_fp2_subtract(const struct field* field, uint64_t* a, const uint64_t* b) {
    const size_t n = field->limbs;
    field_subtract(field, a, a, b);
    field_subtract(field, a + n, a + n, b + n);
}

/** The sum of two products of elements, reduced once. */
static void two_products(const struct field* field, const uint64_t* a, const uint64_t* b,
                         const uint64_t* c, const uint64_t* d, uint64_t* sum) {
    const size_t n = field->limbs;
    uint64_t first[2 * kMaxLimbs], second[2 * kMaxLimbs];
    limbs_clear(n, first);
    limbs_multiply_add(n, a, n, b, first);
    limbs_clear(n, second);
    limbs_multiply_add(n, c, n, d, second);
    limbs_add(2 * n, first, first, second); /* no carry: the fields have spare bits */
    reduce(2 * n, first, n, field->modulus, sum);
}

void software_fp2_multiply(const struct field* field, uint64_t* a, const uint64_t* b) {
    const size_t n = field->limbs;
    uint64_t c0[kMaxLimbs], minus_a1[kMaxLimbs];
    field_negate(field, minus_a1, a + n);
    two_products(field, a, b, minus_a1, b + n, c0);
    two_products(field, a, b + n, a + n, b, a + n);
    limbs_copy(n, a, c0);
}
