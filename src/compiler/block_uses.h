/// @file
/// When the instructions of a block use which guest register.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "program/blocks.h"

namespace reprise::compiler {

/// Positions count the instructions of a block from 0.
class BlockUses {
public:
    static constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

    void scan(const Program& program, const Block& block);

    /// The first use at `position` or after it.
    std::uint32_t next(unsigned guest, std::uint32_t position) const {
        const auto& at = positions_[guest];
        const auto found = std::lower_bound(at.begin(), at.end(), position);
        return found == at.end() ? kNever : *found;
    }
    /// How many uses there are in [first, end).
    std::uint32_t count_between(unsigned guest, std::uint32_t first, std::uint32_t end) const {
        const auto& at = positions_[guest];
        return static_cast<std::uint32_t>(std::lower_bound(at.begin(), at.end(), end) -
                                          std::lower_bound(at.begin(), at.end(), first));
    }

private:
    std::array<std::vector<std::uint32_t>, 32> positions_;
};

}  // namespace reprise::compiler
