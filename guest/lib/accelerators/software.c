#include "software.h"

#include "limbs.h"

void software_multiply_add_256(const uint64_t a[4], const uint64_t b[4], const uint64_t c[4],
                               uint64_t low[4], uint64_t high[4]) {
    uint64_t product[8];
    limbs_copy(4, product, c);
    limbs_multiply_add(4, a, 4, b, product);
    limbs_copy(4, low, product);
    limbs_copy(4, high, product + 4);
}

void software_multiply_add_mod(size_t limbs, const uint64_t* a, const uint64_t* b,
                               const uint64_t* c, const uint64_t* modulus, uint64_t* d) {
    uint64_t product[2 * kMaxLimbs];
    limbs_copy(limbs, product, c);
    limbs_multiply_add(limbs, a, limbs, b, product);
    limbs_reduce(2 * limbs, product, limbs, modulus, d);
}
