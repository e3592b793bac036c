#include "bls12_381.h"

#include "limbs.h"

const struct field bls12_field = {.limbs = kBls12Fp,
                                  .modulus = BLS12_381_MODULUS,
                                  .fp2_add = kBls12Fp2Add,
                                  .fp2_subtract = kBls12Fp2Subtract,
                                  .fp2_multiply = kBls12Fp2Multiply};

const struct curve bls12_curve = {
    .field = &bls12_field, .a = {0}, .b = {4}, .add = kBls12Add, .twice = kBls12Double};

const struct twist bls12_twist = {.field = &bls12_field,
                                  .b = BLS12_381_TWIST_B,
                                  .b3 = BLS12_381_TWIST_B3,
                                  .psi_x = BLS12_381_PSI_X,
                                  .psi_y = BLS12_381_PSI_Y};

/** a = a^(x - 1) */
static void power_x_minus_1(const struct pairing* pairing, struct fp12* a) {
    struct fp12 inverse;
    fp12_conjugate(&pairing->extension, &inverse, a);
    pairing_power_x(pairing, a, a);
    fp12_multiply(&pairing->extension, a, a, &inverse);
}

/*
 * Hayashida, Hayasaka and Teruya, "Efficient final exponentiation via cyclotomic structure for
 * pairings over families of elliptic curves", ePrint 2020/875:
 * 3 (p^4 - p^2 + 1) / r = (x - 1)^2 (x + p) (x^2 + p^2 - 1) + 3.
 */
static void hard_part(const struct pairing* pairing, struct fp12* a) {
    const struct extension* const over = &pairing->extension;
    struct fp12 product = *a, power, other;
    power_x_minus_1(pairing, &product);
    power_x_minus_1(pairing, &product);
    fp12_frobenius(over, &other, &product);
    pairing_power_x(pairing, &product, &product);
    fp12_multiply(over, &product, &product, &other);
    pairing_power_x(pairing, &power, &product);
    pairing_power_x(pairing, &power, &power);
    fp12_conjugate(over, &other, &product);
    fp12_multiply(over, &power, &power, &other);
    fp12_frobenius(over, &other, &product);
    fp12_frobenius(over, &other, &other);
    fp12_multiply(over, &power, &power, &other);
    for (int i = 0; i < 3; i++)
        fp12_multiply(over, &power, &power, a);
    *a = power;
}

const struct pairing bls12_pairing = {
    .extension = {.field = &bls12_field, .xi = BLS12_381_XI, .frobenius = BLS12_381_FROBENIUS},
    .twist = &bls12_twist,
    .multiplicative = true,
    .x = BLS12_381_X,
    .x_is_negative = true,
    .loop = {BLS12_381_X},
    .loop_bits = kBls12XBits,
    .hard_part = hard_part};

static const uint64_t abs_x[1] = {BLS12_381_X};

/*
 * Scott, "A note on group membership tests for G1, G2 and GT on BLS pairing-friendly curves",
 * ePrint 2021/1130. phi(x, y) = (beta x, y) satisfies phi^2 + phi + 1 = 0; where phi(P) = -x^2 P,
 * that is (x^4 - x^2 + 1) P = r P = 0.
 */
bool bls12_g1_in_subgroup(const uint64_t* affine) {
    static const uint64_t beta[kBls12Fp] = BLS12_381_BETA;
    const struct group group = curve_group(&bls12_curve);
    uint64_t once[kBls12G1], twice[kBls12G1], image[kBls12G1];
    group_multiply(&group, once, affine, abs_x, kBls12XBits);
    group_multiply(&group, twice, once, abs_x, kBls12XBits);
    point_negate(&bls12_curve, twice);
    limbs_copy(kBls12G1, image, affine);
    field_multiply(&bls12_field, image, image, beta);
    return limbs_compare(kBls12G1, image, twice) == 0;
}

/*
 * The same note. psi^2 - t psi + p = 0 with t = x + 1; where psi(Q) = x Q, that is (p - x) Q = h1 r
 * Q = 0, and the twist's order h2 r has no other factor in common with h1 r than r.
 */
bool bls12_g2_in_subgroup(const uint64_t* affine) {
    const struct group group = twist_group(&bls12_twist);
    uint64_t q[kMaxPoint], multiple[kMaxPoint];
    twist_from_affine(&bls12_twist, q, affine);
    group_multiply(&group, multiple, q, abs_x, kBls12XBits);
    twist_negate(&bls12_twist, multiple); /* x is negative */
    twist_psi(&bls12_twist, q);
    return twist_equal(&bls12_twist, q, multiple);
}
