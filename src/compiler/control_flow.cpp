#include "compiler/control_flow.h"

#include "compiler/context.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace reprise::compiler {

using isa::Class;
using isa::Op;

ControlFlow::ControlFlow(const Program& program)
    : program_(program), blocks_(find_blocks(program)) {
    index_blocks();
    find_ways();
    find_loops();
    copy_loops();
    find_loops();
    find_conditionals();
    place_budget_tests();
    find_longest_ways();
    find_joins();
    find_owed();
}

void ControlFlow::index_blocks() {
    std::uint32_t block = 0;
    for (const Text& text : program_.texts()) {
        const std::uint32_t size = text.end - text.begin;
        std::vector<Stretch> stretches((size + Stretch::kBytes - 1) / Stretch::kBytes);
        for (std::uint32_t i = 0; i < stretches.size(); ++i) {
            stretches[i].before = block;
            const std::uint32_t begin = text.begin + i * Stretch::kBytes;
            for (; block < blocks_.size(); ++block) {
                const std::uint32_t offset = blocks_[block].begin - begin;
                if (offset >= Stretch::kBytes) break;
                stretches[i].starts |= std::uint64_t{1} << offset / 2;
            }
        }
        stretches_.push_back(std::move(stretches));
    }
}

std::uint32_t ControlFlow::block_at(std::uint64_t pc) const {
    const auto place = program_.find(pc);
    if (!place) return kNoBlock;
    constexpr std::size_t kHalfwords = Stretch::kBytes / 2;
    const Stretch& stretch = stretches_[place->text][place->halfword / kHalfwords];
    const std::uint64_t start = std::uint64_t{1} << place->halfword % kHalfwords;
    if ((stretch.starts & start) == 0) return kNoBlock;
    const int before_it = std::popcount(stretch.starts & (start - 1));
    return stretch.before + static_cast<std::uint32_t>(before_it);
}

void ControlFlow::find_ways() {
    ways_.reserve(blocks_.size());
    const auto way_to = [this](std::uint64_t pc) {
        return Way{.exists = true, .block = block_at(pc), .pc = pc};
    };
    for (const Block& block : blocks_) {
        const isa::Instruction& last = *program_.fetch(block.last);
        const bool is_branch = isa::info(last.op).kind == Class::branch;
        Ways& ways = ways_.emplace_back();
        ways.calls = last.op == Op::jalr || (last.op == Op::jal && last.rd != 0);
        if (is_branch || !isa::ends_block(last.op)) ways.next = way_to(block.end);
        if (is_branch || last.op == Op::jal) {
            ways.target = way_to(block.last + static_cast<std::uint64_t>(std::int64_t{last.imm}));
        }
    }
}

/// Innermost loops without calls that are so small that what is done once each time round counts.
bool ControlFlow::is_worth_copying(const Loop& loop) const {
    constexpr std::uint32_t kMaxBlocks = 8, kMaxSteps = 64;
    if (loop.has_call || loop.last - loop.first >= kMaxBlocks) return false;
    std::uint32_t steps = 0;
    for (std::uint32_t i = loop.first; i <= loop.last; ++i) {
        const bool is_inner_head = i != loop.first && is_loop_head_[i];
        const bool is_entered = i != loop.first && blocks_[i].indirect;
        if (is_inner_head || is_entered) return false;
        steps += blocks_[i].steps;
    }
    return steps <= kMaxSteps;
}

/// A second copy of a loop halves how often the budget is tested and registers are settled.
void ControlFlow::copy_loops() {
    std::vector<const Loop*> copied(blocks_.size(), nullptr);  // by first block
    for (const Loop& loop : loops_) {
        if (is_worth_copying(loop)) copied[loop.first] = &loop;
    }
    // New numbers, by old number: of the first copy, and of the second less that of the first.
    std::vector<std::uint32_t> number(blocks_.size() + 1, 0);
    std::vector<std::uint32_t> old_numbers;
    std::vector<const Loop*> loop_of;  // by new number, for both copies
    is_copy_.clear();
    const auto take = [&](std::uint32_t old, const Loop* loop, bool is_copy) {
        old_numbers.push_back(old);
        loop_of.push_back(loop);
        is_copy_.push_back(is_copy);
    };
    const Loop* loop = nullptr;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (copied[i] != nullptr) loop = copied[i];
        number[i] = static_cast<std::uint32_t>(old_numbers.size());
        take(i, loop, false);
        if (loop == nullptr || loop->last != i) continue;
        for (std::uint32_t old = loop->first; old <= loop->last; ++old)
            take(old, loop, true);
        loop = nullptr;
    }

    std::vector<Block> blocks;
    std::vector<Ways> all_ways;
    for (std::uint32_t i = 0; i < old_numbers.size(); ++i) {
        const auto renumber = [&](Way& way) {
            if (way.block == kNoBlock) return;
            const Loop* const around = loop_of[i];
            const bool stays =
                around != nullptr && way.block >= around->first && way.block <= around->last;
            const std::uint32_t size = stays ? around->last - around->first + 1 : 0;
            const bool changes_copy = stays && way.block == around->first;
            const bool to_copy = stays && is_copy_[i] != changes_copy;
            way.block = number[way.block] + (to_copy ? size : 0);
        };
        Ways ways = ways_[old_numbers[i]];
        renumber(ways.next);
        renumber(ways.target);
        all_ways.push_back(ways);
        blocks.push_back(blocks_[old_numbers[i]]);
        if (is_copy_[i]) blocks.back().indirect = false;
    }
    blocks_ = std::move(blocks);
    ways_ = std::move(all_ways);
    loops_.clear();
}

/// A branch backwards makes a loop of what lies between: cheap, and right for what compilers emit.
/// Calls make no loops.
void ControlFlow::find_loops() {
    // By first block, the last one; and how many calls are in front of each block.
    std::vector<std::uint32_t> last_of(blocks_.size(), kNoBlock);
    std::vector<std::uint32_t> calls_before(blocks_.size() + 1, 0);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const bool calls = ways_[i].calls;
        const std::uint32_t target = ways_[i].target.block;
        calls_before[i + 1] = calls_before[i] + (calls ? 1 : 0);
        if (!calls && target <= i) last_of[target] = i;
    }
    is_loop_head_.assign(blocks_.size(), false);
    std::vector<std::int32_t> opens(blocks_.size() + 1, 0);
    for (std::uint32_t first = 0; first < blocks_.size(); ++first) {
        const std::uint32_t last = last_of[first];
        if (last == kNoBlock) continue;
        loops_.push_back({.first = first,
                          .last = last,
                          .has_call = calls_before[last + 1] != calls_before[first]});
        is_loop_head_[first] = true;
        ++opens[first];
        --opens[last + 1];
    }
    std::stable_sort(loops_.begin(), loops_.end(), [](const Loop& a, const Loop& b) {
        return a.last - a.first > b.last - b.first;
    });
    loop_depth_.resize(blocks_.size());
    std::int32_t depth = 0;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        depth += opens[i];
        loop_depth_[i] = static_cast<std::uint8_t>(std::min(depth, 255));
    }
}

/// What may be computed though it is skipped: it cannot fault and is cheap.
static bool is_simple(const isa::Instruction& in) {
    if (in.rd == 0) return false;
    switch (in.op) {
        case Op::lui:
        case Op::auipc:
        case Op::add:
        case Op::addi:
        case Op::addw:
        case Op::addiw:
        case Op::sh1add:
        case Op::sh2add:
        case Op::sh3add:
        case Op::sub:
        case Op::and_:
        case Op::andi:
        case Op::or_:
        case Op::ori:
        case Op::xor_:
        case Op::xori: return true;
        default: return false;
    }
}

/// The skipped block becomes a part of the one before it: what follows is then reached in one way.
void ControlFlow::find_conditionals() {
    std::vector<std::uint8_t> ways_in(blocks_.size(), 0);
    for (const Ways& ways : ways_) {
        for (const std::uint32_t next : {ways.next.block, ways.target.block}) {
            if (next != kNoBlock && ways_in[next] < 2) ++ways_in[next];
        }
    }
    skips_next_.assign(blocks_.size(), false);
    for (std::uint32_t i = 0; i + 2 < blocks_.size(); ++i) {
        const Block& skipped = blocks_[i + 1];
        const bool skips = ways_[i].next.block == i + 1 && ways_[i].target.block == i + 2 &&
                           ways_[i + 1].next.block == i + 2 && skipped.steps == 1 &&
                           !skipped.indirect && ways_in[i + 1] == 1 && !is_conditional(i) &&
                           is_simple(*program_.fetch(skipped.begin));
        if (!skips) continue;
        skips_next_[i] = true;
        ways_[i].next = ways_[i].target;
        ways_[i].target = {};
        ways_[i + 1] = {};
    }
}

std::uint32_t ControlFlow::steps_through(std::uint32_t block) const {
    return blocks_[block].steps + (skips_next_[block] ? 1 : 0);
}

/// Walks the blocks by address with the longest way since a test. Jumps backwards and indirect
/// jumps test; a way forwards gets a test when it becomes too long.
void ControlFlow::place_budget_tests() {
    tests_budget_.assign(blocks_.size(), false);
    // The longest way, in steps, from the last test to each block.
    std::vector<std::uint32_t> way_in(blocks_.size(), 0);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (way_in[i] + steps_through(i) > kLongestWay) tests_budget_[i] = true;
        const std::uint32_t way_out = (tests_budget_[i] ? 0 : way_in[i]) + steps_through(i);
        const auto extend = [&](std::uint32_t next) {
            if (next != kNoBlock && next > i) way_in[next] = std::max(way_in[next], way_out);
        };
        extend(ways_[i].next.block);
        extend(ways_[i].target.block);
    }
}

void ControlFlow::find_longest_ways() {
    static_assert(kLongestWay <= std::numeric_limits<std::uint16_t>::max());
    longest_way_.assign(blocks_.size(), 0);
    for (std::size_t i = blocks_.size(); i-- > 0;) {
        const auto ahead = [&](std::uint32_t next) -> std::uint32_t {
            const bool meets_test = next == kNoBlock || next <= i || tests_budget_[next];
            return meets_test ? 0 : longest_way_[next];
        };
        const std::uint32_t way =
            steps_through(static_cast<std::uint32_t>(i)) +
            std::max(ahead(ways_[i].next.block), ahead(ways_[i].target.block));
        longest_way_[i] = static_cast<std::uint16_t>(way);
    }
}

void ControlFlow::find_joins() {
    is_join_ = tests_budget_;
    std::vector<bool> is_reached(blocks_.size(), false);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const auto reach = [&](std::uint32_t next) {
            if (next == kNoBlock) return;
            if (is_reached[next] || next <= i) is_join_[next] = true;
            is_reached[next] = true;
        };
        reach(ways_[i].next.block);
        reach(ways_[i].target.block);
    }
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (blocks_[i].indirect || !is_reached[i]) is_join_[i] = true;
        if (is_conditional(i)) is_join_[i] = false;
    }
}

/// By address: what falls into a join decides, or else the first jump to it. A jump backwards has
/// to pay in any case, since it tests.
void ControlFlow::find_owed() {
    owed_at_.assign(blocks_.size(), 0);
    std::vector<std::uint32_t> owed_in(blocks_.size(), 0);
    std::vector<bool> is_decided(blocks_.size(), false);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const std::uint32_t owed_out = tests_budget_[i] ? 0 : owed_in[i] + steps_through(i);
        const auto lead = [&](std::uint32_t next, bool decides) {
            if (next == kNoBlock || next <= i || blocks_[next].indirect) return;
            if (is_decided[next] && !decides) return;
            is_decided[next] = true;
            owed_in[next] = is_join_[next] && owed_out > kMostOwed ? 0 : owed_out;
        };
        lead(ways_[i].next.block, true);
        lead(ways_[i].target.block, false);
    }
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (is_join_[i]) owed_at_[i] = owed_in[i];
    }
}

}  // namespace reprise::compiler
