/// @file
/// What the compiler knows of the blocks before it emits them.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "program/blocks.h"

namespace reprise::compiler {

/// Blocks [first, last] with a jump from the last one back to the first.
struct Loop {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool has_call = false;  ///< or an indirect jump
};

class ControlFlow {
public:
    static constexpr std::uint32_t kNoBlock = std::numeric_limits<std::uint32_t>::max();

    explicit ControlFlow(const Program& program);

    /// By address, but that small loops stand there twice, one copy after the other: their blocks
    /// go from the first copy into the second and back.
    const std::vector<Block>& blocks() const { return blocks_; }
    /// Whether the block is of a second copy.
    bool is_copy(std::uint32_t block) const { return is_copy_[block]; }

    /// Where control goes at the end of a block: to another, or, if it is kNoBlock, out of compiled
    /// code.
    struct Way {
        bool exists = false;
        std::uint32_t block = kNoBlock;
        std::uint64_t pc = 0;
    };
    struct Ways {
        Way next;            ///< what follows
        Way target;          ///< of a branch or `jal`
        bool calls = false;  ///< whether it ends in a call or an indirect jump
    };
    const Ways& ways(std::uint32_t block) const { return ways_[block]; }

    /// Whether the block has to test the step budget when it is entered. Jumps backwards and
    /// indirect jumps test, too: every way meets a test at the latest after kLongestWay steps.
    bool tests_budget(std::uint32_t block) const { return tests_budget_[block]; }

    /// The most steps from the block's start, past a test there, up to the next test.
    std::uint32_t longest_way(std::uint32_t block) const { return longest_way_[block]; }

    /// Whether the block may be reached in more than one way. If not, there is a single jump or
    /// fall-through to it, from a block before it, and it can go on with what is known there.
    bool is_join(std::uint32_t block) const { return is_join_[block]; }

    /// Whether the branch at the block's end only skips the next block, a single simple instruction
    /// that nothing else leads to: it is then computed always and taken over where the branch is
    /// not taken. The next block is then no block of its own.
    bool skips_next(std::uint32_t block) const { return skips_next_[block]; }
    bool is_conditional(std::uint32_t block) const { return block != 0 && skips_next_[block - 1]; }

    /// Whether a loop starts at the block.
    bool is_loop_head(std::uint32_t block) const { return is_loop_head_[block]; }

    /// How many loops a block is in.
    unsigned loop_depth(std::uint32_t block) const { return loop_depth_[block]; }

    /// Steps that are not yet taken off the budget where a join is entered: as many as on the way
    /// that is expected to be taken most, which then has nothing to pay. The others pay the
    /// difference.
    std::uint32_t owed_at(std::uint32_t join) const { return owed_at_[join]; }

    /// All loops, a larger one before those inside it; one for each first block.
    const std::vector<Loop>& loops() const { return loops_; }

private:
    void index_blocks();
    /// The block that starts at `pc`, or kNoBlock; before loops are copied.
    std::uint32_t block_at(std::uint64_t pc) const;
    void find_ways();
    bool is_worth_copying(const Loop& loop) const;
    void copy_loops();
    void find_loops();
    void find_conditionals();
    /// The most steps from the block's start to what comes next.
    std::uint32_t steps_through(std::uint32_t block) const;
    void place_budget_tests();
    void find_longest_ways();
    void find_joins();
    void find_owed();

    const Program& program_;
    std::vector<Block> blocks_;
    /// Which of 64 halfwords of a text start a block, a bit for each, and how many blocks start
    /// before them: from a pc to a block with little memory.
    struct Stretch {
        static constexpr std::uint32_t kBytes = 128;
        std::uint64_t starts = 0;
        std::uint32_t before = 0;
    };
    std::vector<std::vector<Stretch>> stretches_;  ///< by text
    std::vector<Ways> ways_;
    std::vector<bool> is_copy_;
    std::vector<Loop> loops_;
    std::vector<bool> skips_next_;
    std::vector<bool> is_loop_head_;
    std::vector<std::uint8_t> loop_depth_;
    std::vector<bool> tests_budget_;
    std::vector<std::uint16_t> longest_way_;
    std::vector<bool> is_join_;
    std::vector<std::uint32_t> owed_at_;
};

}  // namespace reprise::compiler
