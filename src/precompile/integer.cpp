#include "precompile/integer.h"

#include "precompile/limb_arithmetic.h"

namespace reprise {

const char* add256(const Limbs<4>& a, const Limbs<4>& b, std::uint64_t carry_in, Limbs<4>& sum,
                   std::uint64_t& carry_out) {
    if (carry_in > 1) return "carry";
    std::uint64_t carry = carry_in;
    sum[0] = add_limb(a[0], b[0], carry);  // a loop would not be unrolled
    sum[1] = add_limb(a[1], b[1], carry);
    sum[2] = add_limb(a[2], b[2], carry);
    sum[3] = add_limb(a[3], b[3], carry);
    carry_out = carry;
    return nullptr;
}

void arith256(const Limbs<4>& a, const Limbs<4>& b, const Limbs<4>& c, Limbs<4>& low,
              Limbs<4>& high) {
    const Limbs<8> result = multiply_add(a, b, c);
    low = {result[0], result[1], result[2], result[3]};
    high = {result[4], result[5], result[6], result[7]};
}

}  // namespace reprise
