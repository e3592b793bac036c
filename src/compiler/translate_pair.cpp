/// Instructions of RISC-V that x86 computes in pairs.
///
/// The second one of a pair is computed early. Nobody can see that: registers need be exact only
/// where compiled code is left, and that is never in the middle of a block.
#include "compiler/register_mask.h"
#include "compiler/translator.h"

namespace reprise::compiler {

using isa::Op;

/// `mul` and `mulhu` of the same operands, in any order and not far from each other: `mulx`.
bool Translator::multiply_wide(const Instruction& in, std::uint32_t pc, std::uint32_t end) {
    constexpr int kFarthest = 8;
    const Op wanted = in.op == Op::mul ? Op::mulhu : Op::mul;
    const std::uint32_t sources = bit(in.rs1) | bit(in.rs2);
    if (in.rd == 0 || (bit(in.rd) & sources) != 0) return false;
    std::uint32_t read = 0, written = bit(in.rd);
    std::uint32_t at = pc + in.length;
    const Instruction* other = nullptr;
    for (int i = 0; i < kFarthest && at < end; ++i) {
        other = program_.fetch(at);
        if (other->op == wanted && (bit(other->rs1) | bit(other->rs2)) == sources) break;
        if (isa::reads_rs1(other->op)) read |= bit(other->rs1);
        if (isa::reads_rs2(other->op)) read |= bit(other->rs2);
        if (isa::writes_rd(other->op)) written |= bit(other->rd);
        if ((written & sources) != 0) return false;
        at += other->length;
        other = nullptr;
    }
    if (other == nullptr || other->rd == 0 || (bit(other->rd) & (read | written)) != 0)
        return false;

    regs_.release(in.rd);
    regs_.release(other->rd);
    regs_.prepare(in.rs1);
    regs_.prepare(in.rs2);
    asmjit::Operand factor = regs_.read_operand(in.rs2, host::kScratch1);
    if (factor.isImm()) factor = regs_.read(in.rs2, host::kScratch1);
    regs_.read_into(in.rs1, x86::rdx);
    const unsigned low_rd = in.op == Op::mul ? in.rd : other->rd;
    const unsigned high_rd = in.op == Op::mul ? other->rd : in.rd;
    const x86::Gp low = regs_.mapping().has(low_rd) ? regs_.target(low_rd) : host::kScratch1;
    const x86::Gp high = regs_.target(high_rd);
    a_.emit(x86::Inst::kIdMulx, high, low, factor);
    regs_.written(low_rd, Upper::exact, low);
    regs_.written(high_rd);
    done_.push_back(at);
    return true;
}

/// `orc.b` and `not`, as functions on strings use them.
bool Translator::find_zero_bytes(const Instruction& in, std::uint32_t pc, std::uint32_t end) {
    const std::uint32_t at = pc + in.length;
    if (in.rd == 0 || at >= end) return false;
    const Instruction& next = *program_.fetch(at);
    if (next.op != Op::xori || next.imm != -1 || next.rs1 != in.rd || next.rd != in.rd)
        return false;
    compare_bytes_with_zero(in);
    regs_.written(in.rd);
    done_.push_back(at);
    return true;
}

bool Translator::translate_pair(const Instruction& in, std::uint32_t pc, std::uint32_t end) {
    switch (in.op) {
        case Op::mul:
        case Op::mulhu: return multiply_wide(in, pc, end);
        case Op::orc_b: return find_zero_bytes(in, pc, end);
        default: return false;
    }
}

}  // namespace reprise::compiler
