#include "compiler/counters.h"

namespace reprise::compiler {

void Counters::enter_from(std::uint32_t block, std::uint32_t other, Side side) {
    blocks_[block].from = other;
    blocks_[block].from_side = side;
}

std::uint32_t Counters::count_side(std::uint32_t block, Side side) {
    blocks_[block].counted_side = side;
    return blocks_[block].side_counter = size_++;
}

std::uint64_t Counters::read(std::span<const std::uint64_t> counters,
                             const std::function<void(const Runs&)>& use) const {
    struct Sides {
        std::uint64_t next = 0, target = 0;

        std::uint64_t of(Side side) const {
            return side == Side::next ? next : side == Side::target ? target : next + target;
        }
    };
    std::vector<Sides> sides(blocks_.size());
    std::uint64_t taken = 0;
    const auto value = [&](std::uint32_t counter) {
        return counter == kNone ? 0 : counters[counter];
    };
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const Counted& block = blocks_[i];
        const std::uint64_t times =
            block.from == kNone ? value(block.counter) : sides[block.from].of(block.from_side);
        const std::uint64_t undone = value(block.undone);
        if (times != 0) use({.block = i, .steps = block.steps, .times = times, .undone = undone});

        const std::uint64_t counted = value(block.side_counter);
        const std::uint64_t rest = times - undone - counted;
        sides[i] = block.counted_side == Side::target ? Sides{.next = rest, .target = counted}
                                                      : Sides{.next = counted, .target = rest};
        if (block.side_counter == kNone) sides[i] = {.next = times - undone};
        taken += sides[i].target;
    }
    return taken;
}

}  // namespace reprise::compiler
