/// @file
/// What each instruction does: one line an instruction. Included by interpreter.h.
#pragma once

#include <algorithm>
#include <bit>

#include "machine/interpreter.h"

namespace reprise {

template <class GuestMemory, class Observer>
[[gnu::always_inline]] inline typename Interpreter<GuestMemory, Observer>::Result
Interpreter<GuestMemory, Observer>::execute(const isa::Instruction& in, Position& at) {
    using namespace arithmetic;
    using isa::Op;

    const U64 a = state_.x[in.rs1];
    const U64 b = state_.x[in.rs2];
    const U64 imm = static_cast<U64>(static_cast<I64>(in.imm));
    const auto aw = static_cast<U32>(a);
    const auto bw = static_cast<U32>(b);
    const auto as = static_cast<I64>(a);
    const auto bs = static_cast<I64>(b);

    switch (in.op) {
        // RV64I, computing
        case Op::lui: return set(in, imm);
        case Op::auipc: return set(in, at.pc + imm);
        case Op::addi: return set(in, a + imm);
        case Op::slti: return set(in, as < static_cast<I64>(imm) ? 1 : 0);
        case Op::sltiu: return set(in, a < imm ? 1 : 0);
        case Op::xori: return set(in, a ^ imm);
        case Op::ori: return set(in, a | imm);
        case Op::andi: return set(in, a & imm);
        case Op::slli: return set(in, a << imm);
        case Op::srli: return set(in, a >> imm);
        case Op::srai: return set(in, sra(a, imm));
        case Op::add: return set(in, a + b);
        case Op::sub: return set(in, a - b);
        case Op::sll: return set(in, a << (b & 63));
        case Op::slt: return set(in, as < bs ? 1 : 0);
        case Op::sltu: return set(in, a < b ? 1 : 0);
        case Op::xor_: return set(in, a ^ b);
        case Op::srl: return set(in, a >> (b & 63));
        case Op::sra: return set(in, sra(a, b));
        case Op::or_: return set(in, a | b);
        case Op::and_: return set(in, a & b);
        case Op::addiw: return set(in, sext32(a + imm));
        case Op::slliw: return set(in, sext32(a << imm));
        case Op::srliw: return set(in, sext32(aw >> imm));
        case Op::sraiw: return set(in, sraw(a, imm));
        case Op::addw: return set(in, sext32(a + b));
        case Op::subw: return set(in, sext32(a - b));
        case Op::sllw: return set(in, sext32(a << (b & 31)));
        case Op::srlw: return set(in, sext32(aw >> (b & 31)));
        case Op::sraw: return set(in, sraw(a, b));
        // RV64I, memory
        case Op::lb: return load<std::int8_t>(in, at);
        case Op::lh: return load<std::int16_t>(in, at);
        case Op::lw: return load<std::int32_t>(in, at);
        case Op::ld: return load<std::int64_t>(in, at);
        case Op::lbu: return load<std::uint8_t>(in, at);
        case Op::lhu: return load<std::uint16_t>(in, at);
        case Op::lwu: return load<std::uint32_t>(in, at);
        case Op::sb: return store<std::uint8_t>(in, at);
        case Op::sh: return store<std::uint16_t>(in, at);
        case Op::sw: return store<std::uint32_t>(in, at);
        case Op::sd: return store<std::uint64_t>(in, at);
        // RV64I, control
        case Op::beq: return branch_if(a == b, in, at);
        case Op::bne: return branch_if(a != b, in, at);
        case Op::blt: return branch_if(as < bs, in, at);
        case Op::bge: return branch_if(as >= bs, in, at);
        case Op::bltu: return branch_if(a < b, in, at);
        case Op::bgeu: return branch_if(a >= b, in, at);
        case Op::jal:
            state_.x[in.rd] = at.next_pc;
            at.next_pc = at.pc + imm;
            return Result::retired;
        case Op::jalr: state_.x[in.rd] = at.next_pc; return jump((a + imm) & ~U64{1}, at);
        case Op::ecall: return ecall(at);
        case Op::ebreak: return fault(FaultKind::breakpoint, at.pc, at);
        case Op::fence:
        case Op::fence_i: return Result::retired;
        // M
        case Op::mul: return set(in, a * b);
        case Op::mulh: return set(in, mulh(a, b));
        case Op::mulhsu: return set(in, mulhsu(a, b));
        case Op::mulhu: return set(in, mulhu(a, b));
        case Op::div: return set(in, static_cast<U64>(div<I64>(as, bs)));
        case Op::divu: return set(in, divu<U64>(a, b));
        case Op::rem: return set(in, static_cast<U64>(rem<I64>(as, bs)));
        case Op::remu: return set(in, remu<U64>(a, b));
        case Op::mulw: return set(in, sext32(a * b));
        case Op::divw:
            return set(
                in, sext32(static_cast<U32>(div<I32>(static_cast<I32>(a), static_cast<I32>(b)))));
        case Op::divuw: return set(in, sext32(divu<U32>(aw, bw)));
        case Op::remw:
            return set(
                in, sext32(static_cast<U32>(rem<I32>(static_cast<I32>(a), static_cast<I32>(b)))));
        case Op::remuw: return set(in, sext32(remu<U32>(aw, bw)));
        // A
        case Op::lr_w: return load_reserved<I32>(in, at);
        case Op::sc_w: return store_conditional<U32>(in, at);
        case Op::amoswap_w: return atomic<I32>(in, at, [](I32, I32 y) { return y; });
        case Op::amoadd_w:
            return atomic<I32>(in, at, [](I32 x, I32 y) {
                return static_cast<I32>(static_cast<U32>(x) + static_cast<U32>(y));
            });
        case Op::amoxor_w: return atomic<I32>(in, at, [](I32 x, I32 y) { return x ^ y; });
        case Op::amoand_w: return atomic<I32>(in, at, [](I32 x, I32 y) { return x & y; });
        case Op::amoor_w: return atomic<I32>(in, at, [](I32 x, I32 y) { return x | y; });
        case Op::amomin_w: return atomic<I32>(in, at, [](I32 x, I32 y) { return std::min(x, y); });
        case Op::amomax_w: return atomic<I32>(in, at, [](I32 x, I32 y) { return std::max(x, y); });
        case Op::amominu_w:
            return atomic<I32>(in, at, [](I32 x, I32 y) {
                return static_cast<I32>(std::min(static_cast<U32>(x), static_cast<U32>(y)));
            });
        case Op::amomaxu_w:
            return atomic<I32>(in, at, [](I32 x, I32 y) {
                return static_cast<I32>(std::max(static_cast<U32>(x), static_cast<U32>(y)));
            });
        case Op::lr_d: return load_reserved<I64>(in, at);
        case Op::sc_d: return store_conditional<U64>(in, at);
        case Op::amoswap_d: return atomic<I64>(in, at, [](I64, I64 y) { return y; });
        case Op::amoadd_d:
            return atomic<I64>(in, at, [](I64 x, I64 y) {
                return static_cast<I64>(static_cast<U64>(x) + static_cast<U64>(y));
            });
        case Op::amoxor_d: return atomic<I64>(in, at, [](I64 x, I64 y) { return x ^ y; });
        case Op::amoand_d: return atomic<I64>(in, at, [](I64 x, I64 y) { return x & y; });
        case Op::amoor_d: return atomic<I64>(in, at, [](I64 x, I64 y) { return x | y; });
        case Op::amomin_d: return atomic<I64>(in, at, [](I64 x, I64 y) { return std::min(x, y); });
        case Op::amomax_d: return atomic<I64>(in, at, [](I64 x, I64 y) { return std::max(x, y); });
        case Op::amominu_d:
            return atomic<I64>(in, at, [](I64 x, I64 y) {
                return static_cast<I64>(std::min(static_cast<U64>(x), static_cast<U64>(y)));
            });
        case Op::amomaxu_d:
            return atomic<I64>(in, at, [](I64 x, I64 y) {
                return static_cast<I64>(std::max(static_cast<U64>(x), static_cast<U64>(y)));
            });
        // Zba
        case Op::add_uw: return set(in, aw + b);
        case Op::sh1add: return set(in, (a << 1) + b);
        case Op::sh2add: return set(in, (a << 2) + b);
        case Op::sh3add: return set(in, (a << 3) + b);
        case Op::sh1add_uw: return set(in, (U64{aw} << 1) + b);
        case Op::sh2add_uw: return set(in, (U64{aw} << 2) + b);
        case Op::sh3add_uw: return set(in, (U64{aw} << 3) + b);
        case Op::slli_uw: return set(in, U64{aw} << imm);
        // Zbb
        case Op::andn: return set(in, a & ~b);
        case Op::orn: return set(in, a | ~b);
        case Op::xnor: return set(in, ~(a ^ b));
        case Op::clz: return set(in, static_cast<U64>(std::countl_zero(a)));
        case Op::clzw: return set(in, static_cast<U64>(std::countl_zero(aw)));
        case Op::ctz: return set(in, static_cast<U64>(std::countr_zero(a)));
        case Op::ctzw: return set(in, static_cast<U64>(std::countr_zero(aw)));
        case Op::cpop: return set(in, static_cast<U64>(std::popcount(a)));
        case Op::cpopw: return set(in, static_cast<U64>(std::popcount(aw)));
        case Op::max: return set(in, as > bs ? a : b);
        case Op::maxu: return set(in, std::max(a, b));
        case Op::min: return set(in, as < bs ? a : b);
        case Op::minu: return set(in, std::min(a, b));
        case Op::sext_b:
            return set(in, static_cast<U64>(static_cast<I64>(static_cast<std::int8_t>(a))));
        case Op::sext_h:
            return set(in, static_cast<U64>(static_cast<I64>(static_cast<std::int16_t>(a))));
        case Op::zext_h: return set(in, static_cast<std::uint16_t>(a));
        case Op::rol: return set(in, std::rotl(a, static_cast<int>(b & 63)));
        case Op::ror: return set(in, std::rotr(a, static_cast<int>(b & 63)));
        case Op::rori: return set(in, std::rotr(a, static_cast<int>(imm)));
        case Op::rolw: return set(in, sext32(std::rotl(aw, static_cast<int>(b & 31))));
        case Op::rorw: return set(in, sext32(std::rotr(aw, static_cast<int>(b & 31))));
        case Op::roriw: return set(in, sext32(std::rotr(aw, static_cast<int>(imm))));
        case Op::orc_b: return set(in, orc_b(a));
        case Op::rev8: return set(in, rev8(a));
        // Zbs
        case Op::bclr: return set(in, a & ~(U64{1} << (b & 63)));
        case Op::bclri: return set(in, a & ~(U64{1} << imm));
        case Op::bext: return set(in, (a >> (b & 63)) & 1);
        case Op::bexti: return set(in, (a >> imm) & 1);
        case Op::binv: return set(in, a ^ (U64{1} << (b & 63)));
        case Op::binvi: return set(in, a ^ (U64{1} << imm));
        case Op::bset: return set(in, a | (U64{1} << (b & 63)));
        case Op::bseti: return set(in, a | (U64{1} << imm));
        // Zbkb
        case Op::pack: return set(in, U64{aw} | b << 32);
        case Op::packh: return set(in, (a & 0xFF) | (b & 0xFF) << 8);
        case Op::packw: return set(in, sext32((aw & 0xFFFF) | static_cast<U32>(b) << 16));
        case Op::brev8: return set(in, brev8(a));
        // Zicsr
        case Op::csrrw:
        case Op::csrrs:
        case Op::csrrc:
        case Op::csrrwi:
        case Op::csrrsi:
        case Op::csrrci: return csr(in, at);
        case Op::illegal:
            return fault(FaultKind::illegal_instruction, static_cast<U32>(in.imm), at);
        default: break;  // F and D, known by name only
    }
    return fault(FaultKind::unsupported_instruction, at.pc, at);
}

}  // namespace reprise
