#include "pairing.h"

#include "limbs.h"

/*
 * A line y - y1 = s (x - x1) of the twist, taken at P on the curve: with the coordinates of the
 * twist brought to the curve, it is s x1 - y1, s x_P and y_P times powers of w. Factors in a
 * subfield vanish in the final exponentiation, so that each line may be multiplied by one as it
 * suits.
 */
static void multiply_by_line(const struct pairing* pairing, struct fp12* f, const uint64_t* free,
                             const uint64_t* minus_at_x, const uint64_t* at_y, const uint64_t* p) {
    const struct field* const field = pairing->extension.field;
    const size_t n = field->limbs;
    struct fp12 line;
    for (size_t i = 0; i < 6; i++)
        limbs_clear(2 * n, line.c[i]);
    const bool m = pairing->multiplicative;
    uint64_t *const one = line.c[m ? 0 : 3], *const with_x = line.c[m ? 2 : 1];
    uint64_t* const with_y = line.c[m ? 3 : 0];
    limbs_copy(2 * n, one, free);
    for (size_t part = 0; part < 2 * n; part += n) {
        field_multiply(field, with_x + part, minus_at_x + part, p);
        field_negate(field, with_x + part, with_x + part);
        field_multiply(field, with_y + part, at_y + part, p + n);
    }
    fp12_multiply(&pairing->extension, f, f, &line);
}

/** f *= the tangent at t, times 2 Y Z; then t += t. */
static void double_step(const struct pairing* pairing, struct fp12* f, uint64_t* t,
                        const uint64_t* p) {
    const struct field* const field = pairing->extension.field;
    const size_t n = 2 * field->limbs;
    const uint64_t *const y = t + n, *const z = t + 2 * n;
    uint64_t free[kMaxFp2], at_x[kMaxFp2], at_y[kMaxFp2], term[kMaxFp2];
    fp2_multiply(field, at_y, y, z);
    fp2_accumulate(field, at_y, at_y);
    fp2_multiply(field, term, t, t);
    fp2_add(field, at_x, term, term);
    fp2_accumulate(field, at_x, term);
    /* (3 X^3 - 2 Y^2 Z) / Z = Y^2 - 3 b Z^2 by the equation of the curve */
    fp2_multiply(field, free, y, y);
    fp2_multiply(field, term, z, z);
    fp2_scale(field, term, pairing->twist->b3);
    fp2_reduce(field, free, term);
    multiply_by_line(pairing, f, free, at_x, at_y, p);
    const struct group group = twist_group(pairing->twist);
    group.twice(group.curve, t);
}

void pairing_add(const struct pairing* pairing, struct fp12* f, uint64_t* t, const uint64_t* q,
                 const uint64_t* p) {
    const struct field* const field = pairing->extension.field;
    const size_t n = 2 * field->limbs;
    const uint64_t* const z = t + 2 * n;
    uint64_t free[kMaxFp2], rise[kMaxFp2], run[kMaxFp2], term[kMaxFp2], point[kMaxPoint];
    fp2_multiply(field, term, q + n, z);
    fp2_subtract(field, rise, t + n, term);
    fp2_multiply(field, term, q, z);
    fp2_subtract(field, run, t, term);
    fp2_multiply(field, free, rise, q);
    fp2_multiply(field, term, run, q + n);
    fp2_reduce(field, free, term);
    multiply_by_line(pairing, f, free, rise, run, p);
    twist_from_affine(pairing->twist, point, q);
    const struct group group = twist_group(pairing->twist);
    group.add(group.curve, t, point);
}

/** Multiplies what is done by the Miller functions of those that wait (if x < 0, by their
 * inverses). */
static void run_loop(struct pairing_product* product) {
    const struct pairing* const pairing = product->pairing;
    const struct extension* const over = &pairing->extension;
    const struct pairing_pair* const pairs = product->waiting;
    struct fp12 f;
    uint64_t t[kMaxPairs][kMaxPoint];
    fp12_set_one(over, &f);
    for (size_t i = 0; i < product->count; i++)
        twist_from_affine(pairing->twist, t[i], pairs[i].q);
    for (size_t at = pairing->loop_bits - 1; at-- > 0;) {
        fp12_square(over, &f, &f);
        for (size_t i = 0; i < product->count; i++) {
            double_step(pairing, &f, t[i], pairs[i].p);
            if (limbs_bit(pairing->loop, at))
                pairing_add(pairing, &f, t[i], pairs[i].q, pairs[i].p);
        }
    }
    for (size_t i = 0; pairing->after_loop && i < product->count; i++)
        pairing->after_loop(pairing, &f, t[i], &pairs[i]);
    fp12_multiply(over, &product->done, &product->done, &f);
    product->count = 0;
}

/** f = f^((p^6 - 1)(p^2 + 1)), the part of the final exponentiation that all curves share. */
static void easy_part(const struct extension* over, struct fp12* f) {
    struct fp12 other;
    fp12_invert(over, &other, f);
    fp12_conjugate(over, f, f);
    fp12_multiply(over, f, f, &other);
    fp12_frobenius(over, &other, f);
    fp12_frobenius(over, &other, &other);
    fp12_multiply(over, f, f, &other);
}

void pairing_product_start(struct pairing_product* product, const struct pairing* pairing) {
    product->pairing = pairing;
    product->count = 0;
    fp12_set_one(&pairing->extension, &product->done);
}

void pairing_product_add(struct pairing_product* product, const struct pairing_pair* pair) {
    const size_t n = product->pairing->extension.field->limbs;
    if (limbs_are_zero(2 * n, pair->p) || limbs_are_zero(4 * n, pair->q)) return;
    product->waiting[product->count++] = *pair;
    if (product->count == kMaxPairs) run_loop(product);
}

bool pairing_product_is_one(struct pairing_product* product) {
    const struct pairing* const pairing = product->pairing;
    if (product->count) run_loop(product);
    struct fp12 power = product->done;
    easy_part(&pairing->extension, &power);
    pairing->hard_part(pairing, &power);
    return fp12_is_one(&pairing->extension, &power);
}

void pairing_power_x(const struct pairing* pairing, struct fp12* power, const struct fp12* a) {
    fp12_cyclotomic_power(&pairing->extension, power, a, pairing->x);
    if (pairing->x_is_negative) fp12_conjugate(&pairing->extension, power, power);
}
