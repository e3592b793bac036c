/// @file
/// A round of BLAKE2b.
#pragma once

#include <cstdint>

#include "precompile/limbs.h"

namespace reprise {

/// One round of BLAKE2b's compression function F (RFC 7693, section 3.2) on the working vector v:
/// `index` says which row of SIGMA orders the message words. BLAKE2b's rounds 10 and 11 are those
/// of index 0 and 1.
/// @return the operand that is refused, nullptr if none: "index" unless it is below 10. Then v is
///     unchanged.
const char* blake2_round(std::uint64_t index, Limbs<16>& v, const Limbs<16>& message);

}  // namespace reprise
