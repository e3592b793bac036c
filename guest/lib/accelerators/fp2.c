#include "fp2.h"

static void software_add(const struct field* field, uint64_t* a, const uint64_t* b) {
    const size_t n = field->limbs;
    field_add(field, a, a, b);
    field_add(field, a + n, a + n, b + n);
}

static void software_subtract(const struct field* field, uint64_t* a, const uint64_t* b) {
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
    limbs_reduce(2 * n, first, n, field->modulus, sum);
}

static void software_multiply(const struct field* field, uint64_t* a, const uint64_t* b) {
    const size_t n = field->limbs;
    uint64_t c0[kMaxLimbs], minus_a1[kMaxLimbs];
    field_negate(field, minus_a1, a + n);
    two_products(field, a, b, minus_a1, b + n, c0);
    two_products(field, a, b + n, a + n, b, a + n);
    limbs_copy(n, a, c0);
}

void fp2_accumulate(const struct field* field, uint64_t* a, const uint64_t* b) {
    if (!machine_combines(field->fp2_add, a, b)) software_add(field, a, b);
}

void fp2_reduce(const struct field* field, uint64_t* a, const uint64_t* b) {
    if (!machine_combines(field->fp2_subtract, a, b)) software_subtract(field, a, b);
}

void fp2_scale(const struct field* field, uint64_t* a, const uint64_t* b) {
    if (!machine_combines(field->fp2_multiply, a, b)) software_multiply(field, a, b);
}

void fp2_add(const struct field* field, uint64_t* sum, const uint64_t* a, const uint64_t* b) {
    uint64_t result[kMaxFp2];
    limbs_copy(2 * field->limbs, result, a);
    fp2_accumulate(field, result, b);
    limbs_copy(2 * field->limbs, sum, result);
}

void fp2_subtract(const struct field* field, uint64_t* difference, const uint64_t* a,
                  const uint64_t* b) {
    uint64_t result[kMaxFp2];
    limbs_copy(2 * field->limbs, result, a);
    fp2_reduce(field, result, b);
    limbs_copy(2 * field->limbs, difference, result);
}

void fp2_multiply(const struct field* field, uint64_t* product, const uint64_t* a,
                  const uint64_t* b) {
    uint64_t result[kMaxFp2];
    limbs_copy(2 * field->limbs, result, a);
    fp2_scale(field, result, b);
    limbs_copy(2 * field->limbs, product, result);
}

void fp2_negate(const struct field* field, uint64_t* negative, const uint64_t* a) {
    field_negate(field, negative, a);
    field_negate(field, negative + field->limbs, a + field->limbs);
}

void fp2_conjugate(const struct field* field, uint64_t* conjugate, const uint64_t* a) {
    limbs_copy(field->limbs, conjugate, a);
    field_negate(field, conjugate + field->limbs, a + field->limbs);
}

/** c0^2 + c1^2 */
static void norm(const struct field* field, uint64_t* result, const uint64_t* a) {
    const uint64_t* const c1 = a + field->limbs;
    uint64_t square[kMaxLimbs], sum[kMaxLimbs];
    field_multiply(field, square, a, a);
    multiply_add_mod(field->limbs, c1, c1, square, field->modulus, sum);
    limbs_copy(field->limbs, result, sum);
}

void fp2_invert(const struct field* field, uint64_t* inverse, const uint64_t* a) {
    uint64_t factor[kMaxLimbs];
    norm(field, factor, a);
    field_invert(field, factor, factor);
    fp2_conjugate(field, inverse, a);
    field_multiply(field, inverse, inverse, factor);
    field_multiply(field, inverse + field->limbs, inverse + field->limbs, factor);
}

/** a / 2 */
static void halve(const struct field* field, uint64_t* a) {
    const uint64_t carry = a[0] & 1 ? limbs_add(field->limbs, a, a, field->modulus) : 0;
    limbs_halve(field->limbs, a, carry);
}

/** The root of c0 alone: that of c0 or, times u, that of -c0. One of them is a square. */
static void root_of_real(const struct field* field, uint64_t* root, const uint64_t* c0) {
    const size_t n = field->limbs;
    uint64_t negative[kMaxLimbs], result[kMaxFp2];
    limbs_clear(2 * n, result);
    field_negate(field, negative, c0);
    if (!field_square_root(field, result, c0)) {
        limbs_clear(n, result);
        field_square_root(field, result + n, negative);
    }
    limbs_copy(2 * n, root, result);
}

/*
 * The root x + y u has x^2 - y^2 = c0 and 2 x y = c1, so x^2 = (c0 + s) / 2 with s^2 the norm. The
 * product of that with (c0 - s) / 2 is -c1^2 / 4, no square, so exactly one of them is a square.
 */
bool fp2_square_root(const struct field* field, uint64_t* root, const uint64_t* a) {
    const size_t n = field->limbs;
    if (limbs_are_zero(n, a + n)) {
        root_of_real(field, root, a);
        return true;
    }
    uint64_t s[kMaxLimbs], x[kMaxLimbs], result[kMaxFp2];
    norm(field, s, a);
    if (!field_square_root(field, s, s)) return false;
    field_add(field, x, a, s);
    halve(field, x);
    if (!field_square_root(field, result, x)) {
        field_subtract(field, x, a, s);
        halve(field, x);
        field_square_root(field, result, x);
    }
    field_add(field, x, result, result);
    field_invert(field, x, x);
    field_multiply(field, result + n, a + n, x);
    limbs_copy(2 * n, root, result);
    return true;
}
