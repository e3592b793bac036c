/// @file
/// What a hart holds: everything about a guest except its memory and its environment.
#pragma once

#include <array>
#include <cstdint>

namespace reprise {

/// The registers of one hart between two steps.
struct State {
    /// x0..x31; x[0] is always 0.
    std::array<std::uint64_t, 32> x{};
    std::uint64_t pc = 0;
    /// Instructions retired so far, which is the number of the next one.
    std::uint64_t step = 0;
    /// The address that LR reserved; meaningful while `reserved`.
    std::uint64_t reservation = 0;
    bool reserved = false;

    /// What is not meaningful does not count.
    bool operator==(const State& other) const {
        return x == other.x && pc == other.pc && step == other.step && reserved == other.reserved &&
               (!reserved || reservation == other.reservation);
    }
};

/// Register numbers that the calling convention gives a meaning.
namespace reg {
inline constexpr unsigned zero = 0, ra = 1, sp = 2, a0 = 10, a1 = 11, a2 = 12, a3 = 13, a4 = 14,
                          a5 = 15, a7 = 17;
}  // namespace reg

}  // namespace reprise
