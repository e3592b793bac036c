#include "precompile/integer.h"

#include <algorithm>

#include "precompile/limb_arithmetic.h"

namespace reprise {

const char* add256(const Limbs<4>& a, const Limbs<4>& b, std::uint64_t carry_in, Limbs<4>& sum,
                   std::uint64_t& carry_out) {
    if (carry_in > 1) return "carry";
    std::uint64_t carry = carry_in;
    for (std::size_t i = 0; i < 4; ++i)
        sum[i] = add_limb(a[i], b[i], carry);
    carry_out = carry;
    return nullptr;
}

void arith256(const Limbs<4>& a, const Limbs<4>& b, const Limbs<4>& c, Limbs<4>& low,
              Limbs<4>& high) {
    const Limbs<8> result = multiply_add(a, b, c);
    std::copy_n(result.begin(), 4, low.begin());
    std::copy_n(result.begin() + 4, 4, high.begin());
}

}  // namespace reprise
