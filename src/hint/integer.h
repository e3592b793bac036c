/// @file
/// Between limbs and the integers of GMP, which hints compute with.
#pragma once

#include <gmpxx.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise {

/// The number that these limbs are, the least significant first; none are 0.
mpz_class to_integer(std::span<const std::uint64_t> limbs);

/// Appends a number that is not negative and fits, as `count` limbs.
void append_limbs(std::vector<std::uint64_t>& limbs, const mpz_class& number, std::size_t count);

/// How many limbs a number has without leading zeros: 0 for 0.
std::size_t limb_count(const mpz_class& number);

}  // namespace reprise
