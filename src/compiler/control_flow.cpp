#include "compiler/control_flow.h"

#include "compiler/context.h"

#include <algorithm>

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
    for (const Text& text : program.texts()) {
        at_.emplace_back((text.end - text.begin) / 2, kNoBlock);
    }
    std::size_t text = 0;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        while (blocks_[i].begin >= program.texts()[text].end)
            ++text;
        at_[text][(blocks_[i].begin - program.texts()[text].begin) / 2] = i;
    }
    find_loops();
    place_budget_tests();
    find_joins();
    find_owed();
}

std::uint32_t ControlFlow::block_at(std::uint64_t pc) const {
    const auto place = program_.find(pc);
    return place ? at_[place->text][place->halfword] : kNoBlock;
}

/// A branch backwards makes a loop of what lies between: cheap, and right for what compilers emit.
/// Calls make no loops.
void ControlFlow::find_loops() {
    // By first block, the last one; and how many calls are in front of each block.
    std::vector<std::uint32_t> last_of(blocks_.size(), kNoBlock);
    std::vector<std::uint32_t> calls_before(blocks_.size() + 1, 0);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const isa::Instruction& last = *program_.fetch(blocks_[i].last);
        const bool is_call = last.op == Op::jal && last.rd != 0;
        calls_before[i + 1] = calls_before[i] + (is_call || last.op == Op::jalr ? 1 : 0);
        const DirectJump jump = direct_jump(program_, blocks_[i]);
        if (is_call || !jump.exists || jump.target > blocks_[i].last) continue;
        if (const std::uint32_t first = block_at(jump.target); first != kNoBlock) {
            last_of[first] = i;
        }
    }
    std::vector<std::int32_t> opens(blocks_.size() + 1, 0);
    for (std::uint32_t first = 0; first < blocks_.size(); ++first) {
        const std::uint32_t last = last_of[first];
        if (last == kNoBlock) continue;
        loops_.push_back({.first = first,
                          .last = last,
                          .has_call = calls_before[last + 1] != calls_before[first]});
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

/// Walks the blocks by address with the longest way since a test. Jumps backwards and indirect
/// jumps test; a way forwards gets a test when it becomes too long.
void ControlFlow::place_budget_tests() {
    tests_budget_.assign(blocks_.size(), false);
    // The longest way, in steps, from the last test to each block.
    std::vector<std::uint32_t> way_in(blocks_.size(), 0);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const Block& block = blocks_[i];
        if (way_in[i] + block.steps > kLongestWay) tests_budget_[i] = true;
        const std::uint32_t way_out = (tests_budget_[i] ? 0 : way_in[i]) + block.steps;
        const auto extend = [&](std::uint64_t pc) {
            const std::uint32_t next = block_at(pc);
            if (next != kNoBlock && next > i) way_in[next] = std::max(way_in[next], way_out);
        };
        if (falls_through(program_, block)) extend(block.end);
        if (const DirectJump jump = direct_jump(program_, block); jump.exists) extend(jump.target);
    }
}

void ControlFlow::find_joins() {
    is_join_ = tests_budget_;
    std::vector<bool> is_reached(blocks_.size(), false);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const auto reach = [&](std::uint64_t pc) {
            const std::uint32_t next = block_at(pc);
            if (next == kNoBlock) return;
            if (is_reached[next] || next <= i) is_join_[next] = true;
            is_reached[next] = true;
        };
        if (falls_through(program_, blocks_[i])) reach(blocks_[i].end);
        if (const DirectJump jump = direct_jump(program_, blocks_[i]); jump.exists) {
            reach(jump.target);
        }
    }
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (blocks_[i].indirect || !is_reached[i]) is_join_[i] = true;
    }
}

/// By address: what falls into a join decides, or else the first jump to it. A jump backwards has
/// to pay in any case, since it tests.
void ControlFlow::find_owed() {
    owed_at_.assign(blocks_.size(), 0);
    std::vector<std::uint32_t> owed_in(blocks_.size(), 0);
    std::vector<bool> is_decided(blocks_.size(), false);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const std::uint32_t owed_out = tests_budget_[i] ? 0 : owed_in[i] + blocks_[i].steps;
        const auto lead = [&](std::uint64_t pc, bool decides) {
            const std::uint32_t next = block_at(pc);
            if (next == kNoBlock || next <= i || blocks_[next].indirect) return;
            if (is_decided[next] && !decides) return;
            is_decided[next] = true;
            owed_in[next] = is_join_[next] && owed_out > kMostOwed ? 0 : owed_out;
        };
        if (falls_through(program_, blocks_[i])) lead(blocks_[i].end, true);
        if (const DirectJump jump = direct_jump(program_, blocks_[i]); jump.exists) {
            lead(jump.target, false);
        }
    }
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (is_join_[i]) owed_at_[i] = owed_in[i];
    }
}

}  // namespace reprise::compiler
