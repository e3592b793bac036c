/// @file
/// How few counters in compiled code tell how often every instruction has run.
///
/// A block that may be reached in several ways has a counter. One with a single way in runs as
/// often as that way is taken. Of the two ways on from a branch, one is counted, and the other is
/// the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace reprise::compiler {

class Counters {
public:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    /// The ways on from a block: after a branch the one or the other.
    enum class Side : std::uint8_t { next, target, either };

    Counters() = default;
    explicit Counters(std::size_t blocks) : blocks_(blocks) {}

    /// How many counters there are; all start at 0.
    std::uint32_t size() const { return size_; }

    // While code is emitted. Blocks are numbered as in ControlFlow; a block that is entered from
    // another has a larger number.

    /// The first `steps` instructions of the block are emitted.
    void emitted(std::uint32_t block, std::uint32_t steps) { blocks_[block].steps = steps; }
    /// Gives the block a counter.
    std::uint32_t count_block(std::uint32_t block) { return blocks_[block].counter = size_++; }
    /// The block runs whenever that side of another is taken.
    void enter_from(std::uint32_t block, std::uint32_t other, Side side);
    /// Gives a counter to one of the two sides of the branch at the block's end.
    std::uint32_t count_side(std::uint32_t block, Side side);
    /// Gives a counter to what must be taken off again: the block was entered, but the branch at
    /// its end was left to the interpreter.
    std::uint32_t count_undone(std::uint32_t block) { return blocks_[block].undone = size_++; }

    // When it has run.

    struct Runs {
        std::uint32_t block = 0;
        std::uint32_t steps = 0;   ///< the first so many instructions of the block
        std::uint64_t times = 0;   ///< that they have run
        std::uint64_t undone = 0;  ///< times of these that the last of them has not run
    };
    /// Calls `use` for all blocks, and answers how many branches were taken.
    std::uint64_t read(std::span<const std::uint64_t> counters,
                       const std::function<void(const Runs&)>& use) const;

private:
    struct Counted {
        std::uint32_t steps = 0;  ///< emitted, of the block's
        std::uint32_t counter = kNone;
        std::uint32_t from = kNone;  ///< the block before it, where there is no counter
        std::uint32_t side_counter = kNone;
        std::uint32_t undone = kNone;
        Side from_side = Side::either;
        Side counted_side = Side::next;
    };
    std::vector<Counted> blocks_;
    std::uint32_t size_ = 0;
};

}  // namespace reprise::compiler
