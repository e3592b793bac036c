#include "fp12.h"

#include "limbs.h"

enum { kDegree = 6 };

void fp12_set_one(const struct extension* over, struct fp12* a) {
    for (size_t i = 0; i < kDegree; i++)
        limbs_clear(2 * over->field->limbs, a->c[i]);
    a->c[0][0] = 1;
}

bool fp12_is_one(const struct extension* over, const struct fp12* a) {
    const size_t n = 2 * over->field->limbs;
    bool rest_is_zero = limbs_are_zero(n - 1, a->c[0] + 1);
    for (size_t i = 1; i < kDegree; i++)
        rest_is_zero = rest_is_zero && limbs_are_zero(n, a->c[i]);
    return rest_is_zero && a->c[0][0] == 1;
}

/** The coefficients of a product, of which the upper five are still to be multiplied by xi. */
struct sums {
    uint64_t c[2 * kDegree - 1][kMaxFp2];
};

static void clear(const struct extension* over, struct sums* sums) {
    for (size_t i = 0; i < 2 * kDegree - 1; i++)
        limbs_clear(2 * over->field->limbs, sums->c[i]);
}

/** a = sums modulo w^6 = xi */
static void reduce(const struct extension* over, struct fp12* a, struct sums* sums) {
    for (size_t i = kDegree; i < 2 * kDegree - 1; i++) {
        fp2_scale(over->field, sums->c[i], over->xi);
        fp2_accumulate(over->field, sums->c[i - kDegree], sums->c[i]);
    }
    for (size_t i = 0; i < kDegree; i++)
        limbs_copy(2 * over->field->limbs, a->c[i], sums->c[i]);
}

void fp12_multiply(const struct extension* over, struct fp12* product, const struct fp12* a,
                   const struct fp12* b) {
    const struct field* const field = over->field;
    uint64_t term[kMaxFp2];
    struct sums sums;
    clear(over, &sums);
    for (size_t j = 0; j < kDegree; j++) {
        if (limbs_are_zero(2 * field->limbs, b->c[j])) continue;
        for (size_t i = 0; i < kDegree; i++) {
            fp2_multiply(field, term, a->c[i], b->c[j]);
            fp2_accumulate(field, sums.c[i + j], term);
        }
    }
    reduce(over, product, &sums);
}

void fp12_square(const struct extension* over, struct fp12* square, const struct fp12* a) {
    const struct field* const field = over->field;
    uint64_t term[kMaxFp2];
    struct sums sums;
    clear(over, &sums);
    for (size_t i = 0; i < kDegree; i++) {
        for (size_t j = i + 1; j < kDegree; j++) {
            fp2_multiply(field, term, a->c[i], a->c[j]);
            fp2_accumulate(field, term, term);
            fp2_accumulate(field, sums.c[i + j], term);
        }
        fp2_multiply(field, term, a->c[i], a->c[i]);
        fp2_accumulate(field, sums.c[2 * i], term);
    }
    reduce(over, square, &sums);
}

void fp12_conjugate(const struct extension* over, struct fp12* conjugate, const struct fp12* a) {
    for (size_t i = 0; i < kDegree; i++) {
        if (i % 2)
            fp2_negate(over->field, conjugate->c[i], a->c[i]);
        else
            limbs_copy(2 * over->field->limbs, conjugate->c[i], a->c[i]);
    }
}

void fp12_frobenius(const struct extension* over, struct fp12* power, const struct fp12* a) {
    uint64_t factor[kMaxFp2];
    limbs_copy(2 * over->field->limbs, factor, over->frobenius);
    fp2_conjugate(over->field, power->c[0], a->c[0]);
    for (size_t i = 1; i < kDegree; i++) {
        fp2_conjugate(over->field, power->c[i], a->c[i]);
        fp2_scale(over->field, power->c[i], factor);
        fp2_scale(over->field, factor, over->frobenius);
    }
}

/** result = a b - c d times xi, or its negative. */
static void difference(const struct extension* over, uint64_t* result, const uint64_t* a,
                       const uint64_t* b, const uint64_t* c, const uint64_t* d) {
    uint64_t second[kMaxFp2];
    fp2_multiply(over->field, second, c, d);
    fp2_multiply(over->field, result, a, b);
    fp2_reduce(over->field, result, second);
}

/**
 * 1/a where a has even coefficients only, that is in Fp6 = Fp2[v], v = w^2, v^3 = xi: the adjugate
 * by the norm. From c0 + c1 v + c2 v^2, the adjugate is
 * (c0^2 - xi c1 c2) + (xi c2^2 - c0 c1) v + (c1^2 - c0 c2) v^2.
 */
static void invert_even(const struct extension* over, struct fp12* inverse, const struct fp12* a) {
    const struct field* const field = over->field;
    const uint64_t *const c0 = a->c[0], *const c1 = a->c[2], *const c2 = a->c[4];
    uint64_t xi_c2[kMaxFp2], norm[kMaxFp2], term[kMaxFp2];
    struct fp12 adjugate;
    fp12_set_one(over, &adjugate);
    fp2_multiply(field, xi_c2, c2, over->xi);
    difference(over, adjugate.c[0], c0, c0, c1, xi_c2);
    difference(over, adjugate.c[2], c2, xi_c2, c0, c1);
    difference(over, adjugate.c[4], c1, c1, c0, c2);

    fp2_multiply(field, norm, c1, adjugate.c[4]);
    fp2_scale(field, norm, over->xi);
    fp2_multiply(field, term, xi_c2, adjugate.c[2]);
    fp2_accumulate(field, norm, term);
    fp2_multiply(field, term, c0, adjugate.c[0]);
    fp2_accumulate(field, norm, term);
    fp2_invert(field, norm, norm);
    for (size_t i = 0; i < kDegree; i += 2)
        fp2_scale(field, adjugate.c[i], norm);
    *inverse = adjugate;
}

/** 1/a = conj(a) / (a conj(a)), and the divisor is in Fp6. */
void fp12_invert(const struct extension* over, struct fp12* inverse, const struct fp12* a) {
    struct fp12 conjugate, norm;
    fp12_conjugate(over, &conjugate, a);
    fp12_multiply(over, &norm, &conjugate, a);
    invert_even(over, &norm, &norm);
    fp12_multiply(over, inverse, &conjugate, &norm);
}

/** (x + y s)^2 with s^2 = xi. */
static void square_fp4(const struct extension* over, const uint64_t* x, const uint64_t* y,
                       uint64_t* real, uint64_t* imaginary) {
    const struct field* const field = over->field;
    uint64_t yy[kMaxFp2];
    fp2_multiply(field, yy, y, y);
    fp2_scale(field, yy, over->xi);
    fp2_multiply(field, real, x, x);
    fp2_accumulate(field, real, yy);
    fp2_multiply(field, imaginary, x, y);
    fp2_accumulate(field, imaginary, imaginary);
}

/** result = 3 square - 2 a, or 3 square + 2 a. */
static void combine(const struct field* field, uint64_t* result, const uint64_t* square,
                    const uint64_t* a, bool plus) {
    uint64_t sum[kMaxFp2]; /* square +- a */
    if (plus)
        fp2_add(field, sum, square, a);
    else
        fp2_subtract(field, sum, square, a);
    fp2_accumulate(field, sum, sum);
    fp2_add(field, result, sum, square);
}

/*
 * Granger and Scott, "Faster squaring in the cyclotomic subgroup of sixth degree extensions", PKC
 * 2010. With s = w^3 and a = A + B w + C w^2, where A = a0 + a3 s, B = a1 + a4 s, C = a2 + a5 s:
 * a^2 = (3 A^2 - 2 conj(A)) + (3 s C^2 + 2 conj(B)) w + (3 B^2 - 2 conj(C)) w^2.
 */
static void cyclotomic_square(const struct extension* over, struct fp12* a) {
    const struct field* const field = over->field;
    uint64_t a_re[kMaxFp2], a_im[kMaxFp2], b_re[kMaxFp2], b_im[kMaxFp2], c_re[kMaxFp2];
    uint64_t c_im[kMaxFp2];
    square_fp4(over, a->c[0], a->c[3], a_re, a_im);
    square_fp4(over, a->c[1], a->c[4], b_re, b_im);
    square_fp4(over, a->c[2], a->c[5], c_re, c_im);
    fp2_scale(field, c_im, over->xi); /* s C^2 = xi c_im + c_re s */
    combine(field, a->c[0], a_re, a->c[0], false);
    combine(field, a->c[3], a_im, a->c[3], true);
    combine(field, a->c[1], c_im, a->c[1], true);
    combine(field, a->c[4], c_re, a->c[4], false);
    combine(field, a->c[2], b_re, a->c[2], false);
    combine(field, a->c[5], b_im, a->c[5], true);
}

void fp12_cyclotomic_power(const struct extension* over, struct fp12* power, const struct fp12* a,
                           uint64_t x) {
    const struct fp12 base = *a;
    fp12_set_one(over, power);
    for (int bit = 63; bit >= 0; bit--) {
        cyclotomic_square(over, power);
        if (x >> bit & 1) fp12_multiply(over, power, power, &base);
    }
}
