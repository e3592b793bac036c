/// @file
/// Sets of guest registers as bit masks of 32 bits.
#pragma once

#include <bit>
#include <cstdint>

namespace reprise::compiler {

constexpr std::uint32_t bit(unsigned guest) {
    return std::uint32_t{1} << guest;
}

/// Calls `visit` for each register of a set, by number.
template <class Visit>
void for_each(std::uint32_t guests, Visit visit) {
    for (; guests != 0; guests &= guests - 1)
        visit(static_cast<unsigned>(std::countr_zero(guests)));
}

}  // namespace reprise::compiler
