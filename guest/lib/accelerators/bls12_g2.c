#include "bls12_381.h"
#include "limbs.h"
#include "zkvm_accelerators.h"

/** Reads a point of the twist, in which the coefficient of u comes last. */
static bool read_g2(uint64_t* affine, const zkvm_bls12_381_g2_point* point) {
    return twist_read(&bls12_twist, affine, point->data, false);
}

static void write_g2(zkvm_bls12_381_g2_point* result, const uint64_t* p) {
    uint64_t affine[kBls12G2];
    twist_to_affine(&bls12_twist, affine, p);
    twist_write(&bls12_twist, result->data, affine, false);
}

zkvm_status zkvm_bls12_g2_add(const zkvm_bls12_381_g2_point* p1, const zkvm_bls12_381_g2_point* p2,
                              zkvm_bls12_381_g2_point* result) {
    uint64_t affine[2][kBls12G2], p[kMaxPoint], q[kMaxPoint];
    if (!read_g2(affine[0], p1) || !read_g2(affine[1], p2)) return ZKVM_EFAIL;
    twist_from_affine(&bls12_twist, p, affine[0]);
    twist_from_affine(&bls12_twist, q, affine[1]);
    const struct group group = twist_group(&bls12_twist);
    group.add(group.curve, p, q);
    write_g2(result, p);
    return ZKVM_EOK;
}

/** Sums up `count` pairs, at most kMaxTerms; false if a point isn't one of the group. */
static bool sum_some(const zkvm_bls12_381_g2_msm_pair* pairs, size_t count, uint64_t* sum) {
    struct term terms[kMaxTerms];
    for (size_t i = 0; i < count; i++) {
        uint64_t affine[kBls12G2];
        if (!read_g2(affine, &pairs[i].point) || !bls12_g2_in_subgroup(affine)) return false;
        twist_from_affine(&bls12_twist, terms[i].point, affine);
        limbs_from_bytes(kScalarLimbs, terms[i].scalar, pairs[i].scalar.data);
    }
    const struct group group = twist_group(&bls12_twist);
    group_sum(&group, sum, terms, count);
    return true;
}

zkvm_status zkvm_bls12_g2_msm(const zkvm_bls12_381_g2_msm_pair* pairs, size_t num_pairs,
                              zkvm_bls12_381_g2_point* result) {
    const struct group group = twist_group(&bls12_twist);
    uint64_t sum[kMaxPoint], part[kMaxPoint];
    if (num_pairs == 0) return ZKVM_EFAIL;
    group.set_neutral(group.curve, sum);
    for (size_t at = 0; at < num_pairs; at += kMaxTerms) {
        const size_t rest = num_pairs - at;
        if (!sum_some(pairs + at, rest < kMaxTerms ? rest : kMaxTerms, part)) return ZKVM_EFAIL;
        group.add(group.curve, sum, part);
    }
    write_g2(result, sum);
    return ZKVM_EOK;
}
