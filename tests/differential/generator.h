/// @file
/// Random guest programs, for comparing engines with each other and with an oracle.
#pragma once

#include <cstdint>

#include "differential/guest_code.h"

namespace reprise::testing {

struct GeneratorOptions {
    /// Instructions in the program, roughly.
    std::uint32_t size = 1000;
    /// Branches, loops, calls, recursion, indirect jumps, ecalls; else one straight line.
    bool control_flow = true;
    /// Only what means the same under qemu-user: no cycle counters, no SC that an LR far away or of
    /// other width decides.
    bool for_oracle = true;
    /// A few places that may go wrong: wild addresses and jumps, illegal instructions, unknown
    /// ecalls.
    bool wild = false;
};

/// A program of a seed. It gives all registers values, computes on them and on kRegionSize bytes of
/// data, writes some of that to fd 1 on the way and all of it at the end, and exits with 0 (unless
/// it is wild). It runs at most a few hundred instructions for each of its own.
GuestProgram generate(std::uint64_t seed, const GeneratorOptions& options);

/// The data that a generated program's loads and stores reach, at the end of its data segment.
inline constexpr std::uint32_t kRegionSize = 0x1'0000;

}  // namespace reprise::testing
