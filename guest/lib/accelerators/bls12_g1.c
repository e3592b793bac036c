#include "bls12_381.h"
#include "limbs.h"
#include "zkvm_accelerators.h"

zkvm_status zkvm_bls12_g1_add(const zkvm_bls12_381_g1_point* p1, const zkvm_bls12_381_g1_point* p2,
                              zkvm_bls12_381_g1_point* result) {
    uint64_t p[kBls12G1], q[kBls12G1];
    if (!curve_read(&bls12_curve, p, p1->data)) return ZKVM_EFAIL;
    if (!curve_read(&bls12_curve, q, p2->data)) return ZKVM_EFAIL;
    point_add(&bls12_curve, p, q);
    curve_write(&bls12_curve, result->data, p);
    return ZKVM_EOK;
}

/** Sums up `count` pairs, at most kMaxTerms; false if a point isn't one of the group. */
static bool sum_some(const zkvm_bls12_381_g1_msm_pair* pairs, size_t count, uint64_t* sum) {
    struct term terms[kMaxTerms];
    for (size_t i = 0; i < count; i++) {
        if (!curve_read(&bls12_curve, terms[i].point, pairs[i].point.data)) return false;
        if (!bls12_g1_in_subgroup(terms[i].point)) return false;
        limbs_from_bytes(kScalarLimbs, terms[i].scalar, pairs[i].scalar.data);
    }
    const struct group group = curve_group(&bls12_curve);
    group_sum(&group, sum, terms, count);
    return true;
}

zkvm_status zkvm_bls12_g1_msm(const zkvm_bls12_381_g1_msm_pair* pairs, size_t num_pairs,
                              zkvm_bls12_381_g1_point* result) {
    uint64_t sum[kBls12G1] = {0}, part[kBls12G1];
    if (num_pairs == 0) return ZKVM_EFAIL;
    for (size_t at = 0; at < num_pairs; at += kMaxTerms) {
        const size_t rest = num_pairs - at;
        if (!sum_some(pairs + at, rest < kMaxTerms ? rest : kMaxTerms, part)) return ZKVM_EFAIL;
        point_add(&bls12_curve, sum, part);
    }
    curve_write(&bls12_curve, result->data, sum);
    return ZKVM_EOK;
}
