/// @file
/// Sums and products of integers of 256 bits.
#pragma once

#include <cstdint>

#include "precompile/limbs.h"

namespace reprise {

/// sum + 2^256 carry_out = a + b + carry_in.
/// @return the operand that is refused, nullptr if none: "carry" unless it is 0 or 1. Then nothing
/// is
///     written.
const char* add256(const Limbs<4>& a, const Limbs<4>& b, std::uint64_t carry_in, Limbs<4>& sum,
                   std::uint64_t& carry_out);

/// low + 2^256 high = a * b + c, which always fits.
void arith256(const Limbs<4>& a, const Limbs<4>& b, const Limbs<4>& c, Limbs<4>& low,
              Limbs<4>& high);

}  // namespace reprise
