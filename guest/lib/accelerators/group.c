#include "group.h"

#include "field.h"
#include "limbs.h"

enum { kWindow = 4, kMultiples = (1 << kWindow) - 1 };

/** The multiples 1 to 15 of a point. */
static void set_multiples(const struct group* group, uint64_t multiples[kMultiples][kMaxPoint],
                          const uint64_t* point) {
    limbs_copy(group->limbs, multiples[0], point);
    for (size_t i = 1; i < kMultiples; i++) {
        limbs_copy(group->limbs, multiples[i], multiples[i - 1]);
        if (i == 1)
            group->twice(group->curve, multiples[i]);
        else
            group->add(group->curve, multiples[i], point);
    }
}

/*
 * Straus, "Addition chains of vectors", American Mathematical Monthly 71 (1964): all terms share
 * the doublings.
 */
void group_sum(const struct group* group, uint64_t* sum, const struct term* terms, size_t count) {
    uint64_t multiples[kMaxTerms][kMultiples][kMaxPoint];
    for (size_t i = 0; i < count; i++)
        set_multiples(group, multiples[i], terms[i].point);
    group->set_neutral(group->curve, sum);
    for (size_t at = kScalarBits; at > 0;) {
        at -= kWindow;
        for (int i = 0; i < kWindow; i++)
            group->twice(group->curve, sum);
        for (size_t i = 0; i < count; i++) {
            const uint64_t digit = terms[i].scalar[at / 64] >> (at % 64) & kMultiples;
            if (digit) group->add(group->curve, sum, multiples[i][digit - 1]);
        }
    }
}

void group_multiply(const struct group* group, uint64_t* product, const uint64_t* point,
                    const uint64_t* scalar, size_t bits) {
    group->set_neutral(group->curve, product);
    for (size_t at = bits; at-- > 0;) {
        group->twice(group->curve, product);
        if (limbs_bit(scalar, at)) group->add(group->curve, product, point);
    }
}

/* --- Curves ---------------------------------------------------------------------------------- */

void point_add(const struct curve* curve, uint64_t* p, const uint64_t* q) {
    const size_t n = curve->field->limbs;
    if (limbs_are_zero(2 * n, q)) return;
    if (limbs_are_zero(2 * n, p)) {
        limbs_copy(2 * n, p, q);
    } else if (limbs_compare(n, p, q) != 0) {
        curve_add(curve, p, q);
    } else if (limbs_compare(n, p + n, q + n) == 0) {
        curve_double(curve, p);
    } else {
        limbs_clear(2 * n, p);
    }
}

static void set_infinity(const void* curve, uint64_t* p) {
    limbs_clear(2 * ((const struct curve*)curve)->field->limbs, p);
}

static void add(const void* curve, uint64_t* p, const uint64_t* q) {
    point_add(curve, p, q);
}

static void twice(const void* curve, uint64_t* p) {
    const size_t n = ((const struct curve*)curve)->field->limbs;
    if (!limbs_are_zero(2 * n, p)) curve_double(curve, p);
}

struct group curve_group(const struct curve* curve) {
    const struct group group = {2 * curve->field->limbs, curve, set_infinity, add, twice};
    return group;
}

void curve_right_side(const struct curve* curve, uint64_t* right, const uint64_t* x) {
    const struct field* const field = curve->field;
    uint64_t square_plus_a[kMaxLimbs], result[kMaxLimbs];
    multiply_add_mod(field->limbs, x, x, curve->a, field->modulus, square_plus_a);
    multiply_add_mod(field->limbs, square_plus_a, x, curve->b, field->modulus, result);
    limbs_copy(field->limbs, right, result);
}

bool curve_holds(const struct curve* curve, const uint64_t* point) {
    const struct field* const field = curve->field;
    const uint64_t* const y = point + field->limbs;
    if (!field_holds(field, point) || !field_holds(field, y)) return false;
    uint64_t left[kMaxLimbs], right[kMaxLimbs];
    field_multiply(field, left, y, y);
    curve_right_side(curve, right, point);
    return limbs_compare(field->limbs, left, right) == 0;
}

bool curve_read(const struct curve* curve, uint64_t* point, const uint8_t* bytes) {
    const size_t n = curve->field->limbs;
    limbs_from_bytes(n, point, bytes);
    limbs_from_bytes(n, point + n, bytes + 8 * n);
    return limbs_are_zero(2 * n, point) || curve_holds(curve, point);
}

void curve_write(const struct curve* curve, uint8_t* bytes, const uint64_t* point) {
    const size_t n = curve->field->limbs;
    limbs_to_bytes(n, bytes, point);
    limbs_to_bytes(n, bytes + 8 * n, point + n);
}

void point_negate(const struct curve* curve, uint64_t* p) {
    uint64_t* const y = p + curve->field->limbs;
    field_negate(curve->field, y, y);
}
