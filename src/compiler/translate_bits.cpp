/// Instructions on bits: Zbb, Zbs and Zbkb.
#include <utility>

#include "compiler/translator.h"

namespace reprise::compiler {

using asmjit::Imm;
using asmjit::Operand;
using isa::Op;

void Translator::rotate(const Instruction& in, x86::Inst::Id id, Width width) {
    begin(in, true);
    const x86::Gp result = target(in, width);
    move(x86::ecx, operand(in.rs2, Width::word, host::kScratch1));  // before the target changes
    move(result, operand(in.rs1, width, host::kScratch2));
    a_.emit(id, result, x86::cl);
    regs_.written(in.rd, width == Width::word ? Upper::to_be_extended : Upper::exact);
}

void Translator::rotate_immediate(const Instruction& in, Width width) {
    begin(in, false);
    a_.rorx(target(in, width), reg(in.rs1, width, host::kScratch1), in.imm);
    regs_.written(in.rd, width == Width::word ? Upper::to_be_extended : Upper::exact);
}

void Translator::and_not(const Instruction& in) {
    const bool words = regs_.is_word(in.rs1) && regs_.is_word(in.rs2);
    begin(in, true);
    const bool pending = regs_.is_pending(in.rs1) || regs_.is_pending(in.rs2);
    const Width width = words && pending ? Width::word : Width::doubleword;
    const x86::Gp b = reg(in.rs2, width, host::kScratch2);
    const Operand a = operand(in.rs1, width, host::kScratch1);
    a_.emit(x86::Inst::kIdAndn, target(in, width), b,
            a.isImm() ? Operand(reg(in.rs1, width, host::kScratch1)) : a);
    regs_.written(in.rd, width == Width::word ? Upper::to_be_extended
                         : words              ? Upper::exact_word
                                              : Upper::exact);
}

/// a op ~b, for `or` and `xor`.
void Translator::or_not(const Instruction& in, x86::Inst::Id id) {
    begin(in, true);
    move(host::kResult, operand(in.rs2, Width::doubleword, host::kScratch2));
    a_.not_(host::kResult);
    a_.emit(id, host::kResult, operand(in.rs1, Width::doubleword, host::kScratch1));
    move(target(in, Width::doubleword), host::kResult);
    regs_.written(in.rd);
}

/// Minimum and maximum: rd takes the other one where `condition` holds between it and the other.
void Translator::select(const Instruction& in, x86::CondCode condition) {
    begin(in, true);
    const x86::Gp result = target(in, Width::doubleword);
    x86::Gp one = reg(in.rs1, Width::doubleword, host::kScratch1);
    x86::Gp other = reg(in.rs2, Width::doubleword, host::kScratch2);
    if (is_register(other, result)) std::swap(one, other);
    move(result, one);
    a_.cmp(result, other);
    a_.cmov(condition, result, other);
    regs_.written(in.rd);
}

void Translator::one_operand(const Instruction& in, x86::Inst::Id id, Width width, Upper upper) {
    begin(in, false);
    a_.emit(id, target(in, width), reg(in.rs1, width, host::kScratch1));
    regs_.written(in.rd, upper);
}

void Translator::change_bit(const Instruction& in, x86::Inst::Id id, bool immediate) {
    begin(in, !immediate);
    const Operand b =
        immediate ? Operand(Imm(in.imm)) : reg(in.rs2, Width::doubleword, host::kScratch2);
    const x86::Gp result = target(in, Width::doubleword);
    const x86::Gp work = is_register(b, result) ? host::kResult : result;
    move(work, operand(in.rs1, Width::doubleword, host::kScratch1));
    a_.emit(id, work, b);
    move(result, work);
    regs_.written(in.rd);
}

void Translator::extract_bit(const Instruction& in, bool immediate) {
    begin(in, !immediate);
    const x86::Gp result = target(in, Width::doubleword);
    const x86::Gp a = reg(in.rs1, Width::doubleword, host::kScratch1);
    if (immediate) {
        a_.rorx(result, a, in.imm);
    } else {
        a_.shrx(result, a, reg(in.rs2, Width::doubleword, host::kScratch2));
    }
    a_.and_(result.r32(), 1);
    regs_.written(in.rd, Upper::exact_word);
}

/// The low parts of rs1 and rs2 side by side.
/// @param bits  of a part: 8, 16 or 32.
void Translator::pack(const Instruction& in, unsigned bits) {
    begin(in, true);
    const x86::Gp result = target(in, Width::doubleword);
    const x86::Gp high = host::kScratch2;
    move(high.r32(), operand(in.rs2, Width::word, high));  // before the target changes
    const x86::Gp low = reg(in.rs1, Width::word, host::kScratch1);
    switch (bits) {
        case 8:
            a_.movzx(high.r32(), high.r8());
            a_.movzx(result.r32(), low.r8());
            break;
        case 16: a_.movzx(result.r32(), low.r16()); break;
        default: a_.mov(result.r32(), low.r32());
    }
    a_.shl(high, bits);
    a_.or_(result, high);
    regs_.written(in.rd, bits == 8    ? Upper::exact_word
                         : bits == 16 ? Upper::to_be_extended
                                      : Upper::exact);
}

/// The bits of each byte the other way round: halves of four bits change places, then those of two,
/// then those of one.
void Translator::reverse_bits_of_bytes(const Instruction& in) {
    begin(in, false);
    const x86::Gp result = target(in, Width::doubleword);
    move(result, operand(in.rs1, Width::doubleword, host::kScratch1));
    for (const auto& [bits, mask] :
         {std::pair{4, 0x0F0F0F0F0F0F0F0F}, {2, 0x3333333333333333}, {1, 0x5555555555555555}}) {
        a_.mov(host::kScratch2, mask);
        a_.mov(host::kScratch1, result);
        a_.shr(host::kScratch1, bits);
        a_.and_(host::kScratch1, host::kScratch2);
        a_.and_(result, host::kScratch2);
        a_.shl(result, bits);
        a_.or_(result, host::kScratch1);
    }
    regs_.written(in.rd);
}

/// 0xFF for each byte that is 0, and 0 for the others.
void Translator::compare_bytes_with_zero(const Instruction& in) {
    begin(in, false);
    const x86::Gp result = target(in, Width::doubleword);
    a_.vmovq(x86::xmm0, reg(in.rs1, Width::doubleword, host::kScratch1));
    a_.vpxor(x86::xmm1, x86::xmm1, x86::xmm1);
    a_.vpcmpeqb(x86::xmm0, x86::xmm0, x86::xmm1);
    a_.vmovq(result, x86::xmm0);
}

bool Translator::translate_bits(const Instruction& in) {
    namespace Inst = x86::Inst;
    using Cond = x86::CondCode;
    constexpr Width w = Width::word, d = Width::doubleword;
    switch (in.op) {
        case Op::andn: and_not(in); return true;
        case Op::orn: or_not(in, Inst::kIdOr); return true;
        case Op::xnor: or_not(in, Inst::kIdXor); return true;
        case Op::clz: one_operand(in, Inst::kIdLzcnt, d, Upper::exact_word); return true;
        case Op::clzw: one_operand(in, Inst::kIdLzcnt, w, Upper::exact_word); return true;
        case Op::ctz: one_operand(in, Inst::kIdTzcnt, d, Upper::exact_word); return true;
        case Op::ctzw: one_operand(in, Inst::kIdTzcnt, w, Upper::exact_word); return true;
        case Op::cpop: one_operand(in, Inst::kIdPopcnt, d, Upper::exact_word); return true;
        case Op::cpopw: one_operand(in, Inst::kIdPopcnt, w, Upper::exact_word); return true;
        case Op::max: select(in, Cond::kL); return true;
        case Op::maxu: select(in, Cond::kB); return true;
        case Op::min: select(in, Cond::kG); return true;
        case Op::minu: select(in, Cond::kA); return true;
        case Op::sext_b:
            begin(in, false);
            a_.movsx(target(in, d), reg(in.rs1, d, host::kScratch1).r8());
            regs_.written(in.rd, Upper::exact_word);
            return true;
        case Op::sext_h:
            begin(in, false);
            a_.movsx(target(in, d), reg(in.rs1, d, host::kScratch1).r16());
            regs_.written(in.rd, Upper::exact_word);
            return true;
        case Op::zext_h:
            begin(in, false);
            a_.movzx(target(in, w), reg(in.rs1, d, host::kScratch1).r16());
            regs_.written(in.rd, Upper::exact_word);
            return true;
        case Op::rol: rotate(in, Inst::kIdRol, d); return true;
        case Op::ror: rotate(in, Inst::kIdRor, d); return true;
        case Op::rolw: rotate(in, Inst::kIdRol, w); return true;
        case Op::rorw: rotate(in, Inst::kIdRor, w); return true;
        case Op::rori: rotate_immediate(in, d); return true;
        case Op::roriw: rotate_immediate(in, w); return true;
        case Op::orc_b:
            compare_bytes_with_zero(in);
            a_.not_(target(in, d));
            regs_.written(in.rd);
            return true;
        case Op::rev8:
            begin(in, false);
            move(target(in, d), operand(in.rs1, d, host::kScratch1));
            a_.bswap(target(in, d));
            regs_.written(in.rd);
            return true;

        case Op::bclr: change_bit(in, Inst::kIdBtr, false); return true;
        case Op::bset: change_bit(in, Inst::kIdBts, false); return true;
        case Op::binv: change_bit(in, Inst::kIdBtc, false); return true;
        case Op::bclri: change_bit(in, Inst::kIdBtr, true); return true;
        case Op::bseti: change_bit(in, Inst::kIdBts, true); return true;
        case Op::binvi: change_bit(in, Inst::kIdBtc, true); return true;
        case Op::bext: extract_bit(in, false); return true;
        case Op::bexti: extract_bit(in, true); return true;

        case Op::pack: pack(in, 32); return true;
        case Op::packh: pack(in, 8); return true;
        case Op::packw: pack(in, 16); return true;
        case Op::brev8: reverse_bits_of_bytes(in); return true;
        default: return false;
    }
}

}  // namespace reprise::compiler
