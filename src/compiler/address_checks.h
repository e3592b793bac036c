/// @file
/// Which base registers should be known to be in range where ways join.
///
/// An access whose base is not known to be near an address in range has to note the base (see
/// translate_memory.cpp). Where blocks join, what is known would be lost, and a loop would note its
/// pointers each time round. So joins may demand that registers are known. What is chosen here
/// decides speed, never meaning. But only a base that is then used should be noted: what is noted
/// and not in range costs a second run, to find out where.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/control_flow.h"

namespace reprise::compiler {

class AddressChecks {
public:
    AddressChecks(const Program& program, const ControlFlow& flow);

    /// Guest registers, as a bit mask, that are used as a base on every way from the block's start,
    /// before they are replaced.
    std::uint32_t used(std::uint32_t block) const { return used_[block]; }

    /// A loop without calls, with guest registers as bit masks.
    struct LoopBases {
        std::uint32_t first = 0;  ///< the block it starts with
        /// Used as a base, and moved by small constants only: each access proves the next.
        std::uint32_t bases = 0;
        std::uint32_t used = 0;  ///< as a base
        std::uint32_t written = 0;
    };
    /// The innermost loop around the block, or null.
    const LoopBases* loop_around(std::uint32_t block) const {
        return loop_of_[block] == kNone ? nullptr : &loops_[loop_of_[block]];
    }

private:
    /// What a block does, in bit masks of guest registers.
    struct Summary {
        std::uint32_t used_first = 0;  ///< bases used before they are written
        std::uint32_t used = 0;        ///< all bases
        std::uint32_t written = 0;
        std::uint32_t replaced = 0;  ///< written by other than a small addition to itself
    };
    static Summary summarize(const Program& program, const Block& block);
    void find_used(const ControlFlow& flow);
    void find_loops(const ControlFlow& flow);

    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    std::vector<Summary> summaries_;
    std::vector<std::uint32_t> used_;
    std::vector<LoopBases> loops_;
    std::vector<std::uint32_t> loop_of_;
};

}  // namespace reprise::compiler
