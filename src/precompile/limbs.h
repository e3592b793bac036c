/// @file
/// Numbers as precompiles take them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reprise {

/// A number of N times 64 bits, the least significant limb first: as it lies in guest memory.
template <std::size_t N>
using Limbs = std::array<std::uint64_t, N>;

}  // namespace reprise
