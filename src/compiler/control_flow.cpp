#include "compiler/control_flow.h"

#include "compiler/context.h"

#include <algorithm>

namespace reprise::compiler {

using isa::Class;
using isa::Op;

DirectJump direct_jump(const Program& program, const Block& block) {
    const isa::Instruction& last = *program.fetch(block.last);
    if (isa::info(last.op).kind != Class::branch && last.op != Op::jal) return {};
    return {.exists = true, .target = std::uint64_t{block.last} + static_cast<std::uint64_t>(std::int64_t{last.imm})};
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
}

std::uint32_t ControlFlow::block_at(std::uint64_t pc) const {
    if (pc % 2 != 0) return kNoBlock;
    for (std::size_t i = 0; i < at_.size(); ++i) {
        const std::uint64_t offset = pc - program_.texts()[i].begin;
        if (offset / 2 < at_[i].size()) return at_[i][offset / 2];
    }
    return kNoBlock;
}

/// A branch backwards within a function makes a loop of what lies between: cheap, and right for
/// what compilers emit. Calls are no loops.
void ControlFlow::find_loops() {
    std::vector<std::int32_t> opens(blocks_.size() + 1, 0);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const isa::Instruction& last = *program_.fetch(blocks_[i].last);
        if (last.op == Op::jal && last.rd != 0) continue;
        const DirectJump jump = direct_jump(program_, blocks_[i]);
        if (!jump.exists || jump.target > blocks_[i].last) continue;
        const std::uint32_t header = block_at(jump.target);
        if (header == kNoBlock) continue;
        ++opens[header];
        --opens[i + 1];
    }
    loop_depth_.resize(blocks_.size());
    std::int32_t depth = 0;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        depth += opens[i];
        loop_depth_[i] = static_cast<std::uint8_t>(std::min(depth, 255));
    }
}

/// Walks the blocks by address with the longest way since a test. Every jump backwards and every
/// indirect jump leads over a test; a way forwards gets one when it becomes too long.
void ControlFlow::place_budget_tests() {
    tests_budget_.assign(blocks_.size(), false);
    for (const Block& block : blocks_) {
        const DirectJump jump = direct_jump(program_, block);
        if (!jump.exists || jump.target > block.last) continue;
        const std::uint32_t target = block_at(jump.target);
        if (target != kNoBlock) tests_budget_[target] = true;
    }
    // The longest way, in steps, from the last test to the end of each block. A block that an
    // indirect jump reaches comes right after a test, since blocks that jump indirectly test.
    std::vector<std::uint32_t> way_in(blocks_.size(), 0);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        const Block& block = blocks_[i];
        const bool is_indirect = program_.fetch(block.last)->op == Op::jalr;
        if (is_indirect || way_in[i] + block.steps > kSlack) tests_budget_[i] = true;
        const std::uint32_t way_out = (tests_budget_[i] ? 0 : way_in[i]) + block.steps;
        const auto extend = [&](std::uint64_t pc) {
            const std::uint32_t next = block_at(pc);
            if (next != kNoBlock && next > i) way_in[next] = std::max(way_in[next], way_out);
        };
        extend(block.end);
        if (const DirectJump jump = direct_jump(program_, block); jump.exists) extend(jump.target);
    }
}

std::array<double, 32> ControlFlow::register_weights() const {
    std::array<double, 32> weights{};
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        constexpr double kPerLoop = 8;
        double weight = 1;
        for (unsigned depth = 0; depth < std::min(loop_depth(i), 6U); ++depth)
            weight *= kPerLoop;
        for (std::uint32_t pc = blocks_[i].begin; pc < blocks_[i].end;) {
            const isa::Instruction& in = *program_.fetch(pc);
            if (isa::reads_rs1(in.op)) weights[in.rs1] += weight;
            if (isa::reads_rs2(in.op)) weights[in.rs2] += weight;
            if (isa::writes_rd(in.op)) weights[in.rd] += weight;
            pc += in.length;
        }
    }
    weights[0] = 0;
    return weights;
}

}  // namespace reprise::compiler
