/// @file
/// Keccak-f[1600].
#pragma once

#include <array>
#include <cstdint>

namespace reprise {

/// All 24 rounds of Keccak-f[1600] (FIPS 202, section 3.3). Lane (x, y) is `state[5 * y + x]`, bit
/// z of the lane is bit z of the number: in little-endian memory the order of FIPS 202's bytes.
void keccak_f(std::array<std::uint64_t, 25>& state);

}  // namespace reprise
