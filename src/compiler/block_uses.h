/// @file
/// When the instructions of a block use which guest register.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "program/blocks.h"

namespace reprise::compiler {

/// Positions count the instructions of a block from 0. From one question to the next they rise:
/// uses that are passed are not looked at again.
class BlockUses {
public:
    static constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

    void scan(const Program& program, const Block& block);

    /// The guest registers but x0, as a bit mask, that the block uses at least so often.
    std::uint32_t used_often(std::uint32_t uses) const;

    /// The first use at `position` or after it.
    std::uint32_t next(unsigned guest, std::uint32_t position) {
        const auto at = rest(guest, position);
        return at.empty() ? kNever : at.front();
    }
    /// How many uses there are in [first, end).
    std::uint32_t count_between(unsigned guest, std::uint32_t first, std::uint32_t end) {
        const auto at = rest(guest, first);
        if (end == kNever) return static_cast<std::uint32_t>(at.size());
        return static_cast<std::uint32_t>(std::lower_bound(at.begin(), at.end(), end) - at.begin());
    }

private:
    /// An instruction has up to three operands, which may all be the same register.
    static constexpr std::size_t kMostUses = 3 * kMaxBlockSteps;

    void add(unsigned guest, std::uint32_t position) {
        positions_[guest][counts_[guest]++] = static_cast<std::uint16_t>(position);
    }
    /// The positions of the uses at `position` and after it.
    std::span<const std::uint16_t> rest(unsigned guest, std::uint32_t position) {
        const auto& at = positions_[guest];
        std::uint32_t& passed = passed_[guest];
        while (passed < counts_[guest] && at[passed] < position)
            ++passed;
        return std::span(at).subspan(passed, counts_[guest] - passed);
    }

    std::array<std::uint32_t, 32> counts_{};
    std::array<std::uint32_t, 32> passed_{};
    std::array<std::array<std::uint16_t, kMostUses>, 32> positions_;
};

}  // namespace reprise::compiler
