/// Computing instructions: first those that stay linear expressions, then one template each.
#include <cassert>
#include <optional>

#include "compiler/translator.h"
#include "machine/arithmetic.h"

namespace reprise::compiler {

using asmjit::Imm;
using asmjit::Operand;
using isa::Op;

namespace {

bool fits_32_signed(std::int64_t value) {
    return value == static_cast<std::int32_t>(value);
}

/// rs2 + (ext(rs1) << shift), where one expression can hold it.
std::optional<Value> combine(Value base, Value index, unsigned shift, bool index_word) {
    if (index.is_constant()) {
        const auto value = index_word ? static_cast<std::uint32_t>(index.imm)
                                      : static_cast<std::uint64_t>(index.imm);
        base.imm =
            static_cast<std::int64_t>(static_cast<std::uint64_t>(base.imm) + (value << shift));
        return base;
    }
    // The shifted part must be a single register, itself perhaps shifted already.
    if (index.base != 0 && index.index != 0) return std::nullopt;
    if (index_word && (index.imm != 0 || index.shift != 0)) return std::nullopt;
    const std::uint8_t source = index.base != 0 ? index.base : index.index;
    const unsigned total = shift + index.shift;
    if (total > 3) return std::nullopt;
    Value sum = base;
    sum.imm = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum.imm) +
                                        (static_cast<std::uint64_t>(index.imm) << shift));
    const bool zero_extends = index_word || index.index_word;
    if (sum.index == 0) {
        sum.index = source;
        sum.shift = static_cast<std::uint8_t>(total);
        sum.index_word = zero_extends;
    } else if (sum.base == 0 && total == 0 && !zero_extends) {
        sum.base = source;
    } else {
        return std::nullopt;
    }
    return sum;
}

/// An expression's constant part is an x86 displacement, unless it is all there is.
bool is_encodable(const Value& value) {
    return value.is_constant() || fits_32_signed(value.imm);
}

/// A W result: only the low 32 bits of the constant part count.
Value as_word(Value value) {
    value.imm = static_cast<std::int32_t>(value.imm);
    value.word = !value.is_constant();
    return value;
}

}  // namespace

// --- Linear expressions ------------------------------------------------------------------------

Value Translator::add_registers(const Instruction& in, unsigned shift, bool index_word) {
    const bool for_word = in.op == Op::addw;
    // Each `settle` may change what the other value is, so both are looked at anew.
    const auto try_combine = [&]() -> std::optional<Value> {
        regs_.linear(in.rs1, for_word || index_word);
        regs_.linear(in.rs2, for_word);
        std::optional<Value> sum =
            combine(regs_.linear(in.rs2, for_word), regs_.linear(in.rs1, for_word || index_word),
                    shift, index_word);
        if (sum && for_word) sum = as_word(*sum);
        return sum && is_encodable(*sum) ? sum : std::nullopt;
    };
    if (const auto sum = try_combine()) return *sum;
    regs_.settle(in.rs2);
    if (const auto sum = try_combine()) return *sum;
    regs_.settle(in.rs1);
    return try_combine().value();  // two homes always do
}

std::optional<Value> Translator::shift_left(const Instruction& in) {
    Value value = regs_.linear(in.rs1, false);
    const auto amount = static_cast<unsigned>(in.imm);
    if (value.is_constant()) {
        value.imm = static_cast<std::int64_t>(static_cast<std::uint64_t>(value.imm) << amount);
        return value;
    }
    if (amount > 3) return std::nullopt;
    const std::optional<Value> shifted = combine(Value::constant(0), value, amount, false);
    return shifted && is_encodable(*shifted) ? shifted : std::nullopt;
}

std::optional<Value> Translator::shift_left_word(const Instruction& in) {
    if (in.imm > 3) return std::nullopt;
    const Value value = regs_.linear(in.rs1, true);
    const std::optional<Value> shifted =
        combine(Value::constant(0), value, static_cast<unsigned>(in.imm), false);
    if (!shifted) return std::nullopt;
    return as_word(*shifted);
}

/// `slli 32` then `srli` or `srai`: an extension.
std::optional<Value> Translator::shift_right(const Instruction& in) {
    const Value value = regs_.value(in.rs1);
    if (value.kind != Value::Kind::high) return std::nullopt;
    if (in.op == Op::srli && in.imm >= 29 && in.imm <= 32) {
        return Value{.kind = Value::Kind::linear,
                     .index = value.base,
                     .shift = static_cast<std::uint8_t>(32 - in.imm),
                     .index_word = true};
    }
    if (in.op == Op::srai && in.imm == 32) {
        return Value{.kind = Value::Kind::linear, .base = value.base, .word = true};
    }
    return std::nullopt;
}

Value Translator::add_immediate(const Instruction& in) {
    Value value = regs_.linear(in.rs1, false);
    value.imm = static_cast<std::int64_t>(static_cast<std::uint64_t>(value.imm) +
                                          static_cast<std::uint64_t>(std::int64_t{in.imm}));
    if (!is_encodable(value)) {
        regs_.settle(in.rs1);
        value = regs_.linear(in.rs1, false);
        value.imm += in.imm;
    }
    return value;
}

Value Translator::add_immediate_word(const Instruction& in) {
    const Value& source = regs_.value(in.rs1);
    if (in.imm == 0 && source.kind == Value::Kind::linear && regs_.is_word(in.rs1)) return source;
    Value value = regs_.linear(in.rs1, true);
    const bool is_word = regs_.is_word(in.rs1);
    value.imm = static_cast<std::int32_t>(value.imm) + std::int64_t{in.imm};
    value = as_word(value);
    // sext.w of what is extended already, and in its home: a copy.
    if (in.imm == 0 && is_word && !regs_.value(in.rs1).word) value.word = false;
    return value;
}

/// What need not be computed yet.
std::optional<Value> Translator::linear_result(const Instruction& in, std::uint32_t pc) {
    switch (in.op) {
        case Op::lui: return Value::constant(in.imm);
        case Op::auipc: return Value::constant(std::int64_t{pc} + in.imm);
        case Op::addi: return add_immediate(in);
        case Op::addiw: return add_immediate_word(in);
        case Op::add:
        case Op::addw: return add_registers(in, 0, false);
        case Op::sh1add: return add_registers(in, 1, false);
        case Op::sh2add: return add_registers(in, 2, false);
        case Op::sh3add: return add_registers(in, 3, false);
        case Op::add_uw: return add_registers(in, 0, true);
        case Op::sh1add_uw: return add_registers(in, 1, true);
        case Op::sh2add_uw: return add_registers(in, 2, true);
        case Op::sh3add_uw: return add_registers(in, 3, true);
        case Op::slli:
            if (in.imm <= 3) return shift_left(in);
            if (in.imm == 32 && !regs_.value(in.rs1).is_constant()) {
                regs_.prepare(in.rs1);
                const Value value = regs_.value(in.rs1);
                const auto source = value.kind == Value::Kind::home ? in.rs1 : value.base;
                return Value{.kind = Value::Kind::high, .base = source};
            }
            return std::nullopt;
        case Op::slliw: return shift_left_word(in);
        case Op::srli:
        case Op::srai: return shift_right(in);
        default: return std::nullopt;
    }
}

bool Translator::translate_linear(const Instruction& in, std::uint32_t pc) {
    const std::optional<Value> value = linear_result(in, pc);
    if (value) regs_.set_value(in.rd, *value);
    return value.has_value();
}

/// Computes a simple instruction's result into kResult and changes no guest register.
void Translator::compute_simple(const Instruction& in, std::uint32_t pc) {
    if (const std::optional<Value> value = linear_result(in, pc)) {
        regs_.evaluate(*value, host::kResult);
        return;
    }
    const auto [id, immediate] = [&]() -> std::pair<x86::Inst::Id, bool> {
        switch (in.op) {
            case Op::sub: return {x86::Inst::kIdSub, false};
            case Op::and_: return {x86::Inst::kIdAnd, false};
            case Op::andi: return {x86::Inst::kIdAnd, true};
            case Op::or_: return {x86::Inst::kIdOr, false};
            case Op::ori: return {x86::Inst::kIdOr, true};
            case Op::xor_: return {x86::Inst::kIdXor, false};
            default: return {x86::Inst::kIdXor, true};
        }
    }();
    regs_.prepare(in.rs1);
    if (!immediate) regs_.prepare(in.rs2);
    const Operand b =
        immediate ? Operand(Imm(in.imm)) : operand(in.rs2, Width::doubleword, host::kScratch2);
    move(host::kResult, operand(in.rs1, Width::doubleword, host::kScratch1));
    a_.emit(id, host::kResult, b);
}

// --- Templates ---------------------------------------------------------------------------------

void Translator::begin(const Instruction& in, bool has_b) {
    regs_.release(in.rd);
    regs_.prepare(in.rs1);
    if (has_b) regs_.prepare(in.rs2);
}

x86::Gp Translator::target(const Instruction& in, Width width) const {
    const x86::Gp whole = regs_.target(in.rd);
    return width == Width::word ? whole.r32() : whole;
}

Operand Translator::operand(unsigned guest, Width width, x86::Gp scratch) {
    return width == Width::word ? regs_.read_word_operand(guest, scratch)
                                : regs_.read_operand(guest, scratch);
}

x86::Gp Translator::reg(unsigned guest, Width width, x86::Gp scratch) {
    return width == Width::word ? regs_.read_word(guest, scratch) : regs_.read(guest, scratch);
}

void Translator::move(x86::Gp target, const Operand& source) {
    if (source.isReg() && source.id() == target.id()) return;
    a_.emit(x86::Inst::kIdMov, target, source);
}

/// `and`, `or` and `xor` of words are words: with an upper half still to be extended they need only
/// be computed in 32 bits.
void Translator::logic(const Instruction& in, x86::Inst::Id id, bool immediate) {
    const bool words = regs_.is_word(in.rs1) && (immediate || regs_.is_word(in.rs2));
    begin(in, !immediate);
    const bool pending = regs_.is_pending(in.rs1) || (!immediate && regs_.is_pending(in.rs2));
    const Width width = words && pending ? Width::word : Width::doubleword;
    const x86::Gp result = target(in, width);
    Operand a = operand(in.rs1, width, host::kScratch1);
    Operand b = immediate ? Operand(Imm(in.imm)) : operand(in.rs2, width, host::kScratch2);
    if (a.isImm() || is_register(b, result)) std::swap(a, b);
    const bool is_mask = b.isImm() && b.as<Imm>().value() == 0xFF && id == x86::Inst::kIdAnd;
    if (is_mask && a.isReg()) {
        a_.movzx(result.r32(), a.as<x86::Gp>().r8());
        regs_.written(in.rd, Upper::exact_word);
        return;
    }
    if (width == Width::doubleword && a.isMem() && in.rd == in.rs1 && regs_.is_in_memory(in.rd) &&
        !b.isMem()) {
        a_.emit(id, a, b);
        regs_.written_in_memory(in.rd);
        return;
    }
    move(result, a);
    if (b.isImm() && b.as<Imm>().value() == -1 && id == x86::Inst::kIdXor) {
        a_.not_(result);
    } else {
        a_.emit(id, result, b);
    }
    regs_.written(in.rd, width == Width::word ? Upper::to_be_extended
                         : words              ? Upper::exact_word
                                              : Upper::exact);
}

void Translator::subtract(const Instruction& in, Width width) {
    begin(in, true);
    const x86::Gp result = target(in, width);
    const Operand a = operand(in.rs1, width, host::kScratch1);
    const Operand b = operand(in.rs2, width, host::kScratch2);
    const bool from_zero = a.isImm() && a.as<Imm>().value() == 0;
    if (width == Width::doubleword && a.isMem() && in.rd == in.rs1 && regs_.is_in_memory(in.rd) &&
        !b.isMem()) {
        a_.emit(x86::Inst::kIdSub, a, b);
        regs_.written_in_memory(in.rd);
        return;
    }
    if (from_zero || (is_register(b, result) && !is_register(a, result))) {
        move(result, b);
        a_.neg(result);
        if (!from_zero) a_.emit(x86::Inst::kIdAdd, result, a);
    } else {
        move(result, a);
        a_.emit(x86::Inst::kIdSub, result, b);
    }
    regs_.written(in.rd, width == Width::word ? Upper::to_be_extended : Upper::exact);
}

void Translator::shift_by_register(const Instruction& in, x86::Inst::Id id, Width width) {
    begin(in, true);
    const Operand a = [&]() -> Operand {
        const Operand source = operand(in.rs1, width, host::kScratch1);
        return source.isImm() ? reg(in.rs1, width, host::kScratch1) : source;
    }();
    const x86::Gp b = reg(in.rs2, width, host::kScratch2);
    a_.emit(id, target(in, width), a, b);
    regs_.written(in.rd, width == Width::word ? Upper::to_be_extended : Upper::exact);
}

void Translator::shift_by_immediate(const Instruction& in, x86::Inst::Id id, Width width) {
    begin(in, false);
    const x86::Gp result = target(in, width);
    move(result, operand(in.rs1, width, host::kScratch1));
    if (in.imm != 0) a_.emit(id, result, Imm(in.imm));
    const bool is_zero_extended = id == x86::Inst::kIdShr && in.imm != 0;
    regs_.written(in.rd, width == Width::doubleword ? Upper::exact
                         : is_zero_extended         ? Upper::exact_word
                                                    : Upper::to_be_extended);
}

void Translator::set_if(const Instruction& in, x86::CondCode condition, bool immediate) {
    const bool words = regs_.is_word(in.rs1) && (immediate || regs_.is_word(in.rs2));
    const Width width = words ? Width::word : Width::doubleword;
    begin(in, !immediate);
    const bool is_not_zero = !immediate && regs_.value(in.rs1).is_constant() &&
                             regs_.value(in.rs1).imm == 0 && condition == x86::CondCode::kB;
    const x86::Gp a = reg(is_not_zero ? in.rs2 : in.rs1, width, host::kScratch1);
    const Operand b = is_not_zero ? Operand(Imm(0))
                      : immediate ? Operand(Imm(in.imm))
                                  : operand(in.rs2, width, host::kScratch2);
    if (is_not_zero) condition = x86::CondCode::kNE;
    const x86::Gp result = regs_.target(in.rd);
    if (condition == x86::CondCode::kB && a_.carry_tells_of(a, b)) {  // whether a sum overflowed
        a_.set(condition, result.r8());
        a_.movzx(result.r32(), result.r8());
        regs_.written(in.rd, Upper::exact_word);
        return;
    }
    const bool is_free = !is_register(a, result) && !is_register(b, result);
    const x86::Gp flag = is_free ? result : host::kResult;
    if (is_free) a_.xor_(flag.r32(), flag.r32());
    if (b.isImm() && b.as<Imm>().value() == 0) {
        a_.test(a, a);
    } else {
        a_.emit(x86::Inst::kIdCmp, a, b);
    }
    a_.set(condition, flag.r8());
    if (!is_free) a_.movzx(result.r32(), flag.r8());
    regs_.written(in.rd, Upper::exact_word);
}

void Translator::multiply(const Instruction& in, Width width) {
    begin(in, true);
    const x86::Gp result = target(in, width);
    Operand a = operand(in.rs1, width, host::kScratch1);
    Operand b = operand(in.rs2, width, host::kScratch2);
    if (a.isImm() || is_register(b, result)) std::swap(a, b);
    if (a.isImm()) {  // both constant
        move(result, a);
        a_.emit(x86::Inst::kIdImul, result, result, b);
    } else if (b.isImm()) {
        a_.emit(x86::Inst::kIdImul, result, a, b);
    } else {
        move(result, a);
        a_.emit(x86::Inst::kIdImul, result, b);
    }
    regs_.written(in.rd, width == Width::word ? Upper::to_be_extended : Upper::exact);
}

void Translator::multiply_high(const Instruction& in) {
    begin(in, true);
    Operand b = operand(in.rs2, Width::doubleword, host::kScratch1);
    if (b.isImm()) b = reg(in.rs2, Width::doubleword, host::kScratch1);
    if (in.op == Op::mulhu) {
        regs_.read_into(in.rs1, x86::rdx);
        a_.emit(x86::Inst::kIdMulx, regs_.target(in.rd), host::kScratch1, b);
        regs_.written(in.rd);
        return;
    }
    regs_.read_into(in.rs1, x86::rax);
    a_.emit(in.op == Op::mulh ? x86::Inst::kIdImul : x86::Inst::kIdMul, x86::rdx, x86::rax, b);
    if (in.op == Op::mulhsu) {  // a < 0 was taken for a + 2^64
        regs_.read_into(in.rs1, x86::rax);
        a_.sar(x86::rax, 63);
        a_.emit(x86::Inst::kIdAnd, x86::rax, b);
        a_.sub(x86::rdx, x86::rax);
    }
    regs_.written(in.rd, Upper::exact, x86::rdx);
}

/// x86 traps where the divisor is 0 or the quotient overflows; RISC-V defines the result.
void Translator::divide(const Instruction& in, Width width, bool is_signed, bool remainder) {
    begin(in, true);
    const bool word = width == Width::word;
    const Value& divisor_value = regs_.value(in.rs2);
    const auto constant = word ? static_cast<std::int32_t>(divisor_value.imm) : divisor_value.imm;
    const bool is_safe = divisor_value.is_constant() && constant != 0 && constant != -1;
    const x86::Gp divisor = reg(in.rs2, width, host::kScratch1);
    regs_.read_into(in.rs1, x86::rax);
    const x86::Gp rax = word ? x86::Gp(x86::eax) : x86::Gp(x86::rax);
    const x86::Gp rdx = word ? x86::Gp(x86::edx) : x86::Gp(x86::rdx);
    const auto divide_rax = [=, this] {
        if (!is_signed) {
            a_.xor_(x86::edx, x86::edx);
            a_.emit(x86::Inst::kIdDiv, rdx, rax, divisor);
        } else if (word) {
            a_.cdq();
            a_.idiv(x86::edx, x86::eax, divisor);
        } else {
            a_.cqo();
            a_.idiv(x86::rdx, x86::rax, divisor);
        }
    };
    const asmjit::Label done = a_.newLabel();
    if (!is_safe) {
        // Zero, and where signed all divisors that are not positive.
        a_.test(divisor, divisor);
        a_.emit(is_signed ? x86::Inst::kIdJle : x86::Inst::kIdJz, cold([=, this] {
                    const asmjit::Label zero = a_.newLabel(), ordinary = a_.newLabel();
                    if (is_signed) {
                        a_.jz(zero);
                        a_.cmp(divisor, -1);
                        a_.jne(ordinary);
                        if (remainder) {
                            a_.xor_(x86::edx, x86::edx);
                        } else {
                            a_.neg(rax);
                        }
                        a_.jmp(done);
                        a_.bind(ordinary);
                        divide_rax();
                        a_.jmp(done);
                    }
                    a_.bind(zero);
                    if (remainder) {
                        a_.mov(rdx, rax);
                    } else {
                        a_.mov(rax, -1);
                    }
                    a_.jmp(done);
                }));
    }
    divide_rax();
    a_.bind(done);
    regs_.written(in.rd, word ? Upper::to_be_extended : Upper::exact, remainder ? rdx : rax);
}

bool Translator::translate_arithmetic(const Instruction& in) {
    namespace Inst = x86::Inst;
    using Cond = x86::CondCode;
    constexpr Width w = Width::word, d = Width::doubleword;
    switch (in.op) {
        case Op::sub: subtract(in, d); return true;
        case Op::subw: subtract(in, w); return true;
        case Op::and_: logic(in, Inst::kIdAnd, false); return true;
        case Op::or_: logic(in, Inst::kIdOr, false); return true;
        case Op::xor_: logic(in, Inst::kIdXor, false); return true;
        case Op::andi: logic(in, Inst::kIdAnd, true); return true;
        case Op::ori: logic(in, Inst::kIdOr, true); return true;
        case Op::xori: logic(in, Inst::kIdXor, true); return true;
        case Op::slt: set_if(in, Cond::kL, false); return true;
        case Op::sltu: set_if(in, Cond::kB, false); return true;
        case Op::slti: set_if(in, Cond::kL, true); return true;
        case Op::sltiu: set_if(in, Cond::kB, true); return true;
        case Op::sll: shift_by_register(in, Inst::kIdShlx, d); return true;
        case Op::srl: shift_by_register(in, Inst::kIdShrx, d); return true;
        case Op::sra: shift_by_register(in, Inst::kIdSarx, d); return true;
        case Op::sllw: shift_by_register(in, Inst::kIdShlx, w); return true;
        case Op::srlw: shift_by_register(in, Inst::kIdShrx, w); return true;
        case Op::sraw: shift_by_register(in, Inst::kIdSarx, w); return true;
        case Op::slli: shift_by_immediate(in, Inst::kIdShl, d); return true;
        case Op::srli: shift_by_immediate(in, Inst::kIdShr, d); return true;
        case Op::srai: shift_by_immediate(in, Inst::kIdSar, d); return true;
        case Op::slliw: shift_by_immediate(in, Inst::kIdShl, w); return true;
        case Op::srliw: shift_by_immediate(in, Inst::kIdShr, w); return true;
        case Op::sraiw: shift_by_immediate(in, Inst::kIdSar, w); return true;

        case Op::mul: multiply(in, d); return true;
        case Op::mulw: multiply(in, w); return true;
        case Op::mulh:
        case Op::mulhu:
        case Op::mulhsu: multiply_high(in); return true;
        case Op::div: divide(in, d, true, false); return true;
        case Op::divu: divide(in, d, false, false); return true;
        case Op::rem: divide(in, d, true, true); return true;
        case Op::remu: divide(in, d, false, true); return true;
        case Op::divw: divide(in, w, true, false); return true;
        case Op::divuw: divide(in, w, false, false); return true;
        case Op::remw: divide(in, w, true, true); return true;
        case Op::remuw: divide(in, w, false, true); return true;

        case Op::slli_uw: {
            Instruction zero_extend = in;
            zero_extend.op = Op::add_uw;
            zero_extend.rs2 = 0;
            regs_.set_value(in.rd, add_registers(zero_extend, 0, true));
            Instruction shift = in;
            shift.op = Op::slli;
            shift.rs1 = in.rd;
            if (const auto value = shift_left(shift)) {
                regs_.set_value(in.rd, *value);
            } else {
                shift_by_immediate(shift, Inst::kIdShl, d);
            }
            return true;
        }
        default: return false;
    }
}

}  // namespace reprise::compiler
