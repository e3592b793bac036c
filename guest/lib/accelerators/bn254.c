#include "limbs.h"
#include "zkvm_accelerators.h"

#include "bn254_constants.h"

zkvm_status zkvm_bn254_g1_add(const zkvm_bn254_g1_point* p1, const zkvm_bn254_g1_point* p2,
                              zkvm_bn254_g1_point* result) {
    uint64_t p[8], q[8];
    if (!curve_read(&bn254_curve, p, p1->data)) return ZKVM_EFAIL;
    if (!curve_read(&bn254_curve, q, p2->data)) return ZKVM_EFAIL;
    point_add(&bn254_curve, p, q);
    curve_write(&bn254_curve, result->data, p);
    return ZKVM_EOK;
}

zkvm_status zkvm_bn254_g1_mul(const zkvm_bn254_g1_point* point, const zkvm_bn254_scalar* scalar,
                              zkvm_bn254_g1_point* result) {
    struct term term;
    uint64_t product[8];
    if (!curve_read(&bn254_curve, term.point, point->data)) return ZKVM_EFAIL;
    limbs_from_bytes(kScalarLimbs, term.scalar, scalar->data);
    const struct group group = curve_group(&bn254_curve);
    group_sum(&group, product, &term, 1);
    curve_write(&bn254_curve, result->data, product);
    return ZKVM_EOK;
}

/* --- The pairing ----------------------------------------------------------------------------- */

/** Multiplies by the lines to psi(Q) and -psi^2(Q). */
static void after_loop(const struct pairing* pairing, struct fp12* f, uint64_t* t,
                       const struct pairing_pair* pair) {
    uint64_t q[kMaxPoint], affine[2 * kMaxFp2];
    twist_from_affine(&bn254_twist, q, pair->q);
    twist_psi(&bn254_twist, q);
    twist_to_affine(&bn254_twist, affine, q);
    pairing_add(pairing, f, t, affine, pair->p);
    twist_psi(&bn254_twist, q);
    twist_negate(&bn254_twist, q);
    twist_to_affine(&bn254_twist, affine, q);
    pairing_add(pairing, f, t, affine, pair->p);
}

/** product = product^p * a */
static void frobenius_and_multiply(const struct extension* over, struct fp12* product,
                                   const struct fp12* a) {
    fp12_frobenius(over, product, product);
    fp12_multiply(over, product, product, a);
}

/*
 * Fuentes-Castaneda, Knapp and Rodriguez-Henriquez, "Faster hashing to G2", SAC 2011: the power
 * l0 + l1 p + l2 p^2 + l3 p^3 = 2 x (6 x^2 + 3 x + 1) (p^4 - p^2 + 1) / r with
 *     l1 = 12 x^3 + 6 x^2 + 4 x, l2 = l1 + 2 x, l3 = l1 - 1, l0 = l2 + 6 x^2 + 1.
 */
static void hard_part(const struct pairing* pairing, struct fp12* a) {
    const struct extension* const over = &pairing->extension;
    struct fp12 x, xx6, l0, l1, l2, l3;
    pairing_power_x(pairing, &x, a);
    pairing_power_x(pairing, &xx6, &x);
    pairing_power_x(pairing, &l1, &xx6);
    fp12_square(over, &l0, &xx6);
    fp12_multiply(over, &xx6, &l0, &xx6);
    fp12_square(over, &xx6, &xx6); /* 6 x^2 */
    fp12_square(over, &x, &x);     /* 2 x */
    fp12_square(over, &l0, &l1);
    fp12_multiply(over, &l1, &l0, &l1);
    fp12_square(over, &l1, &l1);
    fp12_square(over, &l1, &l1); /* 12 x^3 */
    fp12_multiply(over, &l1, &l1, &xx6);
    fp12_multiply(over, &l1, &l1, &x);
    fp12_multiply(over, &l1, &l1, &x);
    fp12_multiply(over, &l2, &l1, &x);
    fp12_conjugate(over, &l3, a);
    fp12_multiply(over, &l3, &l3, &l1);
    fp12_multiply(over, &l0, &l2, &xx6);
    fp12_multiply(over, &l0, &l0, a);
    frobenius_and_multiply(over, &l3, &l2);
    frobenius_and_multiply(over, &l3, &l1);
    frobenius_and_multiply(over, &l3, &l0);
    *a = l3;
}

static const struct pairing pairing = {
    .extension = {.field = &bn254_field, .xi = BN254_XI, .frobenius = BN254_FROBENIUS},
    .twist = &bn254_twist,
    .multiplicative = false,
    .x = BN254_X,
    .loop = BN254_LOOP,
    .loop_bits = kBn254LoopBits,
    .after_loop = after_loop,
    .hard_part = hard_part};

/**
 * Whether a point of the twist has order r or is at infinity: whether psi(Q) = 6 x^2 Q, since 6 x^2
 * = t - 1 and psi^2 - t psi + p = 0 on all of the twist, so that then (p + 1 - t) Q = r Q = 0.
 */
static bool in_subgroup(const uint64_t* affine) {
    static const uint64_t factor[2] = BN254_PSI;
    uint64_t q[kMaxPoint], multiple[kMaxPoint];
    const struct group group = twist_group(&bn254_twist);
    twist_from_affine(&bn254_twist, q, affine);
    group_multiply(&group, multiple, q, factor, kBn254PsiBits);
    twist_psi(&bn254_twist, q);
    return twist_equal(&bn254_twist, q, multiple);
}

zkvm_status zkvm_bn254_pairing(const zkvm_bn254_pairing_pair* pairs, size_t num_pairs,
                               bool* verified) {
    struct pairing_product product;
    pairing_product_start(&product, &pairing);
    for (size_t i = 0; i < num_pairs; i++) {
        struct pairing_pair pair;
        if (!curve_read(&bn254_curve, pair.p, pairs[i].g1.data)) return ZKVM_EFAIL;
        if (!twist_read(&bn254_twist, pair.q, pairs[i].g2.data, true)) return ZKVM_EFAIL;
        if (!in_subgroup(pair.q)) return ZKVM_EFAIL;
        pairing_product_add(&product, &pair);
    }
    *verified = pairing_product_is_one(&product);
    return ZKVM_EOK;
}
