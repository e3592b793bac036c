#include "compiler/control_flow.h"

#include "compiler/context.h"

#include <algorithm>
#include <bit>

namespace reprise::compiler {

using isa::Class;
using isa::Op;

DirectJump direct_jump(const Program& program, const Block& block) {
    const isa::Instruction& last = *program.fetch(block.last);
    if (isa::info(last.op).kind != Class::branch && last.op != Op::jal) return {};
    return {
        .exists = true,
        .target = std::uint64_t{block.last} + static_cast<std::uint64_t>(std::int64_t{last.imm})};
}

bool falls_through(const Program& program, const Block& block) {
    const isa::Instruction& last = *program.fetch(block.last);
    return !isa::ends_block(last.op) || isa::info(last.op).kind == Class::branch;
}

ControlFlow::ControlFlow(const Program& program)
    : program_(program), blocks_(find_blocks(program)) {
    index_blocks();
    find_successors();
    find_loops();
    find_conditionals();
    place_budget_tests();
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
    for (std::size_t i = 0; i < stretches_.size(); ++i) {
        const Text& text = program_.texts()[i];
        const std::uint64_t offset = pc - text.begin;
        if (offset >= text.end - text.begin) continue;
        const Stretch& stretch = stretches_[i][offset / Stretch::kBytes];
        const std::uint64_t start = std::uint64_t{1} << offset % Stretch::kBytes / 2;
        if (offset % 2 != 0 || (stretch.starts & start) == 0) return kNoBlock;
        const int before_it = std::popcount(stretch.starts & (start - 1));
        return stretch.before + static_cast<std::uint32_t>(before_it);
    }
    return kNoBlock;
}

void ControlFlow::find_successors() {
    successors_.reserve(blocks_.size());
    for (const Block& block : blocks_) {
        const isa::Instruction& last = *program_.fetch(block.last);
        Successors& successors = successors_.emplace_back();
        successors.calls = last.op == Op::jalr || (last.op == Op::jal && last.rd != 0);
        if (falls_through(program_, block)) successors.next = block_at(block.end);
        if (const DirectJump jump = direct_jump(program_, block); jump.exists) {
            successors.target = block_at(jump.target);
        }
    }
}

/// A branch backwards makes a loop of what lies between: cheap, and right for what compilers emit.
/// Calls make no loops.
void ControlFlow::find_loops() {
    // By first block, the last one; and how many calls are in front of each block.
    std::vector<std::uint32_t> last_of(blocks_.size(), kNoBlock);
    std::vector<std::uint32_t> calls_before(blocks_.size() + 1, 0);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const auto [next, target, calls] = successors_[i];
        calls_before[i + 1] = calls_before[i] + (calls ? 1 : 0);
        if (calls || target == kNoBlock || blocks_[target].begin > blocks_[i].last) continue;
        last_of[target] = i;
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
    for (const Successors& successors : successors_) {
        for (const std::uint32_t next : {successors.next, successors.target}) {
            if (next != kNoBlock && ways_in[next] < 2) ++ways_in[next];
        }
    }
    skips_next_.assign(blocks_.size(), false);
    for (std::uint32_t i = 0; i + 2 < blocks_.size(); ++i) {
        const Block& skipped = blocks_[i + 1];
        const bool skips = successors_[i].next == i + 1 && successors_[i].target == i + 2 &&
                           successors_[i + 1].next == i + 2 && skipped.steps == 1 &&
                           !skipped.indirect && ways_in[i + 1] == 1 && !is_conditional(i) &&
                           is_simple(*program_.fetch(skipped.begin));
        if (!skips) continue;
        skips_next_[i] = true;
        successors_[i] = {.next = i + 2};
        successors_[i + 1] = {};
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
        extend(successors_[i].next);
        extend(successors_[i].target);
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
        reach(successors_[i].next);
        reach(successors_[i].target);
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
        lead(successors_[i].next, true);
        lead(successors_[i].target, false);
    }
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (is_join_[i]) owed_at_[i] = owed_in[i];
    }
}

}  // namespace reprise::compiler
