/// @file
/// What the compiler knows of the blocks before it emits them.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "program/blocks.h"

namespace reprise::compiler {

class ControlFlow {
public:
    static constexpr std::uint32_t kNoBlock = std::numeric_limits<std::uint32_t>::max();

    explicit ControlFlow(const Program& program);

    const std::vector<Block>& blocks() const { return blocks_; }

    /// The block that starts at `pc`, or kNoBlock.
    std::uint32_t block_at(std::uint64_t pc) const;

    /// Whether the block has to test the step budget. Every way through the program meets a test
    /// at the latest after kSlack steps.
    bool tests_budget(std::uint32_t block) const { return tests_budget_[block]; }

    /// How many loops a block is in.
    unsigned loop_depth(std::uint32_t block) const { return loop_depth_[block]; }

    /// How often each guest register is used, weighted by loop depth: a guess at run time.
    std::array<double, 32> register_weights() const;

private:
    void find_loops();
    void place_budget_tests();

    const Program& program_;
    std::vector<Block> blocks_;
    std::vector<std::vector<std::uint32_t>> at_;  ///< by text and halfword: the block
    std::vector<std::uint8_t> loop_depth_;
    std::vector<bool> tests_budget_;
};

/// Where the last instruction of `block` may go directly, other than to what follows: the target
/// of a branch or `jal`.
struct DirectJump {
    bool exists = false;
    std::uint64_t target = 0;
};
DirectJump direct_jump(const Program& program, const Block& block);

}  // namespace reprise::compiler
