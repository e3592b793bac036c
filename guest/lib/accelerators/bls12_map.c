/*
 * From a field element to a point: RFC 9380, the suites BLS12381G1 and BLS12381G2 without their
 * hash. A point of a curve that is isogenous (6.6.2, 6.6.3, appendix E), then cleared of the
 * cofactor (7).
 */
#include "bls12_381.h"
#include "bls12_isogeny.h"
#include "limbs.h"
#include "zkvm_accelerators.h"

/** Fp or Fp2, and the map in it. */
struct domain {
    size_t limbs;
    void (*add)(const struct field*, uint64_t*, const uint64_t*, const uint64_t*);
    void (*multiply)(const struct field*, uint64_t*, const uint64_t*, const uint64_t*);
    void (*negate)(const struct field*, uint64_t*, const uint64_t*);
    void (*invert)(const struct field*, uint64_t*, const uint64_t*);
    bool (*square_root)(const struct field*, uint64_t*, const uint64_t*);
    const struct isogeny* isogeny;
};

static const struct domain fp = {kBls12Fp,     field_add,         field_multiply, field_negate,
                                 field_invert, field_square_root, &isogeny_g1};
static const struct domain fp2 = {kBls12Fp2,  fp2_add,         fp2_multiply, fp2_negate,
                                  fp2_invert, fp2_square_root, &isogeny_g2};

static void multiply(const struct domain* in, uint64_t* a, const uint64_t* b) {
    in->multiply(&bls12_field, a, a, b);
}

static void add(const struct domain* in, uint64_t* a, const uint64_t* b) {
    in->add(&bls12_field, a, a, b);
}

/** sgn0 of RFC 9380: the parity of the first coefficient that isn't zero. */
static uint64_t sign(const struct domain* in, const uint64_t* a) {
    const bool use_second = in->limbs == kBls12Fp2 && limbs_are_zero(kBls12Fp, a);
    return a[use_second ? kBls12Fp : 0] & 1;
}

/** y = the root of x^3 + A x + B; false if there is none. */
static bool solve(const struct domain* in, uint64_t* y, const uint64_t* x) {
    uint64_t right[kMaxFp2];
    in->multiply(&bls12_field, right, x, x);
    add(in, right, in->isogeny->a);
    multiply(in, right, x);
    add(in, right, in->isogeny->b);
    return in->square_root(&bls12_field, y, right);
}

/** x, y = the point of the isogenous curve for u: the simplified SWU map, as 6.6.2 states it. */
static void map_to_isogenous(const struct domain* in, const uint64_t* u, uint64_t* x, uint64_t* y) {
    const struct isogeny* const to = in->isogeny;
    uint64_t zuu[kMaxFp2], factor[kMaxFp2];
    in->multiply(&bls12_field, zuu, u, u);
    multiply(in, zuu, to->z);
    in->multiply(&bls12_field, factor, zuu, zuu);
    add(in, factor, zuu);
    in->invert(&bls12_field, factor, factor);
    if (limbs_are_zero(in->limbs, factor)) {
        /* x = B / (Z A) */
        in->multiply(&bls12_field, factor, to->z, to->a);
        in->invert(&bls12_field, x, factor);
        multiply(in, x, to->b);
    } else {
        /* x = -B / A (1 + 1 / (Z^2 u^4 + Z u^2)) */
        static const uint64_t one[kMaxFp2] = {1};
        add(in, factor, one);
        in->invert(&bls12_field, x, to->a);
        multiply(in, x, to->b);
        in->negate(&bls12_field, x, x);
        multiply(in, x, factor);
    }
    if (!solve(in, y, x)) {
        multiply(in, x, zuu);
        solve(in, y, x);
    }
    if (sign(in, u) != sign(in, y)) in->negate(&bls12_field, y, y);
}

/** value = the polynomial at x. */
static void evaluate(const struct domain* in, const struct polynomial* polynomial,
                     const uint64_t* x, uint64_t* value) {
    limbs_clear(in->limbs, value);
    for (size_t i = polynomial->terms; i-- > 0;) {
        multiply(in, value, x);
        add(in, value, polynomial->coefficients + i * in->limbs);
    }
}

/** x, y = the image of a point under the isogeny; all zeros where a denominator is. */
static void apply_isogeny(const struct domain* in, uint64_t* x, uint64_t* y) {
    uint64_t values[4][kMaxFp2], inverse[kMaxFp2];
    for (size_t i = 0; i < 4; i++)
        evaluate(in, &in->isogeny->polynomials[i], x, values[i]);
    /* x' = v0 / v1, y' = y v2 / v3, with one inversion */
    in->multiply(&bls12_field, inverse, values[1], values[3]);
    in->invert(&bls12_field, inverse, inverse);
    in->multiply(&bls12_field, x, values[0], values[3]);
    multiply(in, x, inverse);
    multiply(in, y, values[2]);
    multiply(in, y, values[1]);
    multiply(in, y, inverse);
}

zkvm_status zkvm_bls12_map_fp_to_g1(const zkvm_bls12_381_fp* field_element,
                                    zkvm_bls12_381_g1_point* result) {
    static const uint64_t factor[1] = {BLS12_381_X + 1}; /* 1 - x */
    const struct group group = curve_group(&bls12_curve);
    uint64_t u[kBls12Fp], point[kBls12G1], cleared[kBls12G1];
    limbs_from_bytes(kBls12Fp, u, field_element->data);
    if (!field_holds(&bls12_field, u)) return ZKVM_EFAIL;
    map_to_isogenous(&fp, u, point, point + kBls12Fp);
    apply_isogeny(&fp, point, point + kBls12Fp);
    group_multiply(&group, cleared, point, factor, kBls12XBits);
    curve_write(&bls12_curve, result->data, cleared);
    return ZKVM_EOK;
}

/**
 * p becomes (x^2 - x - 1) p + (x - 1) psi(p) + psi^2(2 p): Budroni and Pintore, "Efficient hash
 * maps to G2 on BLS curves", ePrint 2017/419, which is what RFC 9380 has in 8.8.2.
 */
static void clear_cofactor_g2(const struct group* group, uint64_t* p) {
    static const uint64_t abs_x[1] = {BLS12_381_X};
    uint64_t sum[kMaxPoint], term[kMaxPoint], image[kMaxPoint];
    limbs_copy(group->limbs, image, p);
    twist_psi(&bls12_twist, image);
    /* With q = x p + psi(p), it is x q - q - p + psi^2(2 p). */
    group_multiply(group, term, p, abs_x, kBls12XBits);
    twist_negate(&bls12_twist, term);
    group->add(group->curve, term, image);
    group_multiply(group, sum, term, abs_x, kBls12XBits);
    twist_negate(&bls12_twist, sum);
    twist_negate(&bls12_twist, term);
    group->add(group->curve, sum, term);
    twist_psi(&bls12_twist, image);
    group->twice(group->curve, image);
    group->add(group->curve, sum, image);
    twist_negate(&bls12_twist, p);
    group->add(group->curve, sum, p);
    limbs_copy(group->limbs, p, sum);
}

zkvm_status zkvm_bls12_map_fp2_to_g2(const zkvm_bls12_381_fp2* field_element,
                                     zkvm_bls12_381_g2_point* result) {
    const struct group group = twist_group(&bls12_twist);
    uint64_t u[kBls12Fp2], affine[kBls12G2], point[kMaxPoint];
    limbs_from_bytes(kBls12Fp, u, field_element->data);
    limbs_from_bytes(kBls12Fp, u + kBls12Fp, field_element->data + 48);
    if (!field_holds(&bls12_field, u) || !field_holds(&bls12_field, u + kBls12Fp))
        return ZKVM_EFAIL;
    map_to_isogenous(&fp2, u, affine, affine + kBls12Fp2);
    apply_isogeny(&fp2, affine, affine + kBls12Fp2);
    twist_from_affine(&bls12_twist, point, affine);
    clear_cofactor_g2(&group, point);
    twist_to_affine(&bls12_twist, affine, point);
    twist_write(&bls12_twist, result->data, affine, false);
    return ZKVM_EOK;
}
