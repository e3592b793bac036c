#include "bls12_381.h"
#include "kzg_constants.h"
#include "limbs.h"
#include "zkvm_accelerators.h"

enum { kCompressed = 0x80, kInfinity = 0x40, kLargerY = 0x20 };

/** Reads a compressed point of the group of order r, as ZCash has it and EIP-4844 uses it. */
static bool read_compressed(uint64_t* point, const uint8_t bytes[48]) {
    uint64_t* const y = point + kBls12Fp;
    uint64_t negative[kBls12Fp];
    limbs_from_bytes(kBls12Fp, point, bytes);
    point[kBls12Fp - 1] &= UINT64_MAX >> 3; /* the flags */
    limbs_clear(kBls12Fp, y);
    if (!(bytes[0] & kCompressed)) return false;
    if (bytes[0] & kInfinity) return !(bytes[0] & kLargerY) && limbs_are_zero(kBls12Fp, point);
    if (!field_holds(&bls12_field, point)) return false;
    curve_right_side(&bls12_curve, y, point);
    if (!field_square_root(&bls12_field, y, y)) return false;
    field_negate(&bls12_field, negative, y);
    const bool is_larger = limbs_compare(kBls12Fp, y, negative) > 0;
    if (is_larger != ((bytes[0] & kLargerY) != 0)) limbs_copy(kBls12Fp, y, negative);
    return bls12_g1_in_subgroup(point);
}

/** Reads an element of the field of scalars. */
static bool read_scalar(uint64_t scalar[kScalarLimbs], const uint8_t bytes[32]) {
    static const uint64_t order[kScalarLimbs] = BLS12_381_ORDER;
    limbs_from_bytes(kScalarLimbs, scalar, bytes);
    return limbs_compare(kScalarLimbs, scalar, order) < 0;
}

/** sum = commitment - y G1 + z proof, of points on the curve. */
static void combine(uint64_t* sum, const uint64_t* commitment, const uint64_t* y, const uint64_t* z,
                    const uint64_t* proof) {
    static const uint64_t g1[kBls12G1] = BLS12_381_G1;
    const struct group group = curve_group(&bls12_curve);
    struct term terms[2];
    limbs_copy(kBls12G1, terms[0].point, g1);
    point_negate(&bls12_curve, terms[0].point);
    limbs_copy(kScalarLimbs, terms[0].scalar, y);
    limbs_copy(kBls12G1, terms[1].point, proof);
    limbs_copy(kScalarLimbs, terms[1].scalar, z);
    group_sum(&group, sum, terms, 2);
    point_add(&bls12_curve, sum, commitment);
}

/*
 * The proof is [q(tau)] for q = (f - y) / (X - z), so that f(tau) - y = q(tau) (tau - z), that is
 * e(commitment - y G1, G2) = e(proof, tau G2 - z G2). With z on the other side, only points of the
 * curve need be multiplied: e(commitment - y G1 + z proof, G2) e(-proof, tau G2) = 1.
 */
zkvm_status zkvm_kzg_point_eval(const zkvm_kzg_commitment* commitment,
                                const zkvm_kzg_field_element* z, const zkvm_kzg_field_element* y,
                                const zkvm_kzg_proof* proof, bool* verified) {
    static const uint64_t g2[kBls12G2] = BLS12_381_G2, tau_g2[kBls12G2] = KZG_TAU_G2;
    uint64_t first[kBls12G1], second[kBls12G1], at[kScalarLimbs], value[kScalarLimbs];
    *verified = false;
    if (!read_compressed(first, commitment->data) || !read_compressed(second, proof->data))
        return ZKVM_EOK;
    if (!read_scalar(at, z->data) || !read_scalar(value, y->data)) return ZKVM_EOK;

    struct pairing_product product;
    struct pairing_pair pair;
    pairing_product_start(&product, &bls12_pairing);
    combine(pair.p, first, value, at, second);
    limbs_copy(kBls12G2, pair.q, g2);
    pairing_product_add(&product, &pair);
    limbs_copy(kBls12G1, pair.p, second);
    point_negate(&bls12_curve, pair.p);
    limbs_copy(kBls12G2, pair.q, tau_g2);
    pairing_product_add(&product, &pair);
    *verified = pairing_product_is_one(&product);
    return ZKVM_EOK;
}
