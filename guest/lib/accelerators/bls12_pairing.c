#include "bls12_381.h"
#include "zkvm_accelerators.h"

zkvm_status zkvm_bls12_pairing(const zkvm_bls12_381_pairing_pair* pairs, size_t num_pairs,
                               bool* verified) {
    struct pairing_product product;
    if (num_pairs == 0) return ZKVM_EFAIL;
    pairing_product_start(&product, &bls12_pairing);
    for (size_t i = 0; i < num_pairs; i++) {
        struct pairing_pair pair;
        if (!curve_read(&bls12_curve, pair.p, pairs[i].g1.data)) return ZKVM_EFAIL;
        if (!bls12_g1_in_subgroup(pair.p)) return ZKVM_EFAIL;
        if (!twist_read(&bls12_twist, pair.q, pairs[i].g2.data, false)) return ZKVM_EFAIL;
        if (!bls12_g2_in_subgroup(pair.q)) return ZKVM_EFAIL;
        pairing_product_add(&product, &pair);
    }
    *verified = pairing_product_is_one(&product);
    return ZKVM_EOK;
}
