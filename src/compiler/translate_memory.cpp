/// Loads, stores and atomics.
///
/// An access uses the address modulo 2^32, so it cannot leave the guest's 4 GiB. That the upper
/// half was zero is tested later: base registers are ORed into kAstray, and whoever leaves compiled
/// code looks at it. A base in range plus a small displacement that is not in range wraps into
/// pages that are never mapped, so the base alone need be looked at.
#include "compiler/translator.h"

namespace reprise::compiler {

using isa::Op;

namespace {

bool fits_32_signed(std::int64_t value) {
    return value == static_cast<std::int32_t>(value);
}

}  // namespace

/// [base32 + displacement], in the guest's 4 GiB.
x86::Mem Translator::guest_memory(x86::Gp base, std::int32_t displacement,
                                  std::uint32_t size) const {
    x86::Mem memory = x86::ptr(base.r32(), displacement, size);
    if (options_.placement == Memory::Placement::anywhere) memory.setSegment(x86::gs);
    return memory;
}

/// home(base) + displacement. From far away the base itself need be no address: then it is an index
/// into a table whose address is the displacement, and may be negative.
x86::Mem Translator::checked_address(unsigned base, std::int64_t displacement, std::uint32_t size) {
    const bool is_near = GuestRegisters::is_near(displacement);
    if (is_near && !regs_.is_near_range(base, displacement)) regs_.note_base(base);
    const x86::Gp home = regs_.read_home(base, host::kScratch1);
    if (!regs_.is_near_range(base, displacement)) {  // too far from the base itself
        a_.lea(host::kScratch1, x86::ptr(home, static_cast<std::int32_t>(displacement)));
        a_.or_(host::kAstray, host::kScratch1);
        return guest_memory(host::kScratch1, 0, size);
    }
    regs_.note_access(base, displacement);
    return guest_memory(home, static_cast<std::int32_t>(displacement), size);
}

x86::Mem Translator::address(unsigned rs1, std::int32_t imm, std::uint32_t size,
                             bool rs1_is_overwritten) {
    const Value& value = regs_.value(rs1);
    if (value.kind == Value::Kind::linear && !value.word && value.index == 0) {
        const auto displacement = static_cast<std::int64_t>(
            static_cast<std::uint64_t>(value.imm) + static_cast<std::uint64_t>(std::int64_t{imm}));
        if (value.base == 0) {  // a constant
            regs_.evaluate(Value::constant(displacement), host::kScratch1);
            if ((displacement >> 32) != 0) a_.or_(host::kAstray, host::kScratch1);
            return guest_memory(host::kScratch1, 0, size);
        }
        if (fits_32_signed(displacement)) return checked_address(value.base, displacement, size);
    }
    if (rs1_is_overwritten && value.kind != Value::Kind::home) {
        regs_.read_into(rs1, host::kScratch1);
        a_.or_(host::kAstray, host::kScratch1);
        return guest_memory(host::kScratch1, imm, size);
    }
    regs_.settle(rs1);
    regs_.extend(rs1);
    return checked_address(rs1, imm, size);
}

void Translator::load(const Instruction& in, std::uint32_t size, bool is_signed) {
    regs_.release(in.rd);
    if (replays()) count_misaligned(in.rs1, in.imm, size);
    const x86::Mem source =
        replays() ? take_from_log(size) : address(in.rs1, in.imm, size, in.rs1 == in.rd);
    const x86::Gp result = regs_.target(in.rd);
    load_into(result, source, is_signed);
    log(result, size);
    regs_.written(in.rd, size == 8 || (size == 4 && !is_signed) ? Upper::exact : Upper::exact_word);
}

void Translator::load_into(x86::Gp result, const x86::Mem& source, bool is_signed) {
    switch (source.size()) {
        case 8: a_.mov(result, source); break;
        case 4:
            if (is_signed) {
                a_.movsxd(result, source);
            } else {
                a_.mov(result.r32(), source);
            }
            break;
        default:
            if (is_signed) {
                a_.movsx(result, source);
            } else {
                a_.movzx(result.r32(), source);
            }
            break;
    }
}

void Translator::log(x86::Gp loaded, std::uint32_t size) {
    if (options_.mode != Mode::record) return;
    store_sized(x86::ptr(host::kLog, logged_, size), loaded, size);
    logged_ += static_cast<std::int32_t>(size);
}

x86::Mem Translator::take_from_log(std::uint32_t size) {
    const x86::Mem next = x86::ptr(host::kLog, logged_, size);
    logged_ += static_cast<std::int32_t>(size);
    return next;
}

void Translator::store_sized(const x86::Mem& destination, x86::Gp source, std::uint32_t size) {
    switch (size) {
        case 8: a_.mov(destination, source.r64()); break;
        case 4: a_.mov(destination, source.r32()); break;
        case 2: a_.mov(destination, source.r16()); break;
        default: a_.mov(destination, source.r8()); break;
    }
}

void Translator::store(const Instruction& in, std::uint32_t size) {
    if (replays()) {
        count_misaligned(in.rs1, in.imm, size);
        return;
    }
    regs_.prepare(in.rs2);
    const x86::Mem destination = address(in.rs1, in.imm, size, false);
    asmjit::Operand value = size == 8 ? regs_.read_operand(in.rs2, host::kScratch2)
                                      : regs_.read_word_operand(in.rs2, host::kScratch2);
    if (const auto held = regs_.held_value(in.rs2)) value = *held;
    if (value.isImm()) {
        a_.emit(x86::Inst::kIdMov, destination, value);
        return;
    }
    x86::Gp source = host::kScratch2;
    if (value.isMem()) {
        a_.mov(size == 8 ? source : source.r32(), value.as<x86::Mem>());
    } else {
        source = value.as<x86::Gp>();
    }
    store_sized(destination, source, size);
}

// --- Atomics: one hart, so an AMO is a load, an operation and a store --------------------------

/// The address of an LR, SC or AMO in kScratch1, noted for the test of its upper half. A misaligned
/// one aborts.
x86::Gp Translator::atomic_address(const Instruction& in, std::uint32_t size) {
    regs_.read_into(in.rs1, host::kScratch1);
    a_.test(host::kScratch1.r8(), static_cast<int>(size - 1));
    a_.jnz(abort_);
    return host::kScratch1;
}

void Translator::note_astray(x86::Gp base) {
    if (!replays()) a_.or_(host::kAstray, base);
}

void Translator::load_reserved(const Instruction& in, std::uint32_t size) {
    begin(in, false);
    const x86::Gp at = atomic_address(in, size);
    note_astray(at);
    a_.mov(context_slot(offsetof(Context, reservation)), at);
    a_.mov(context_slot(offsetof(Context, reserved)), 1);
    const x86::Gp result = regs_.target(in.rd);
    load_into(result, replays() ? take_from_log(size) : guest_memory(at, 0, size), true);
    log(result, size);
    regs_.written(in.rd, size == 8 ? Upper::exact : Upper::exact_word);
}

void Translator::store_conditional(const Instruction& in, std::uint32_t size) {
    begin(in, true);
    const x86::Gp at = atomic_address(in, size);
    const x86::Gp value = regs_.read(in.rs2, host::kScratch2);
    const asmjit::Label failed = a_.newLabel();
    a_.mov(x86::eax, 1);
    a_.cmp(context_slot(offsetof(Context, reserved)), 0);
    a_.je(failed);
    a_.cmp(context_slot(offsetof(Context, reservation)), at);
    a_.jne(failed);
    note_astray(at);
    if (!replays()) a_.mov(guest_memory(at, 0, size), size == 8 ? value : value.r32());
    a_.xor_(x86::eax, x86::eax);
    a_.bind(failed);
    a_.mov(context_slot(offsetof(Context, reserved)), 0);
    move(regs_.target(in.rd), host::kResult);
    regs_.written(in.rd, Upper::exact_word);
}

void Translator::atomic(const Instruction& in, std::uint32_t size) {
    begin(in, true);
    const x86::Gp at = atomic_address(in, size);
    if (replays()) {
        load_into(host::kResult, take_from_log(size), true);
    } else {
        change_atomically(in, at, size);
    }
    move(regs_.target(in.rd), host::kResult);
    regs_.written(in.rd, size == 8 ? Upper::exact : Upper::exact_word);
}

/// The old value is left in kResult, extended.
void Translator::change_atomically(const Instruction& in, x86::Gp at, std::uint32_t size) {
    note_astray(at);
    const auto sized = [size](x86::Gp reg) { return size == 8 ? reg : reg.r32(); };
    const x86::Gp operand = sized(regs_.read(in.rs2, host::kScratch2));
    const x86::Gp old = sized(host::kResult);
    const x86::Gp fresh = sized(host::kScratch2);
    a_.mov(old, guest_memory(at, 0, size));
    log(old, size);
    const auto combined = [&](x86::Inst::Id id) {
        if (operand != fresh) a_.mov(fresh, operand);
        a_.emit(id, fresh, old);
    };
    // The operand stays unless the old value wins over it.
    const auto selected = [&](x86::CondCode old_wins) {
        if (operand != fresh) a_.mov(fresh, operand);
        a_.cmp(old, fresh);
        a_.cmov(old_wins, fresh, old);
    };
    switch (in.op) {
        case Op::amoswap_w:
        case Op::amoswap_d:
            if (operand != fresh) a_.mov(fresh, operand);
            break;
        case Op::amoadd_w:
        case Op::amoadd_d: combined(x86::Inst::kIdAdd); break;
        case Op::amoxor_w:
        case Op::amoxor_d: combined(x86::Inst::kIdXor); break;
        case Op::amoand_w:
        case Op::amoand_d: combined(x86::Inst::kIdAnd); break;
        case Op::amoor_w:
        case Op::amoor_d: combined(x86::Inst::kIdOr); break;
        case Op::amomin_w:
        case Op::amomin_d: selected(x86::CondCode::kL); break;
        case Op::amomax_w:
        case Op::amomax_d: selected(x86::CondCode::kG); break;
        case Op::amominu_w:
        case Op::amominu_d: selected(x86::CondCode::kB); break;
        default: selected(x86::CondCode::kA); break;  // amomaxu
    }
    a_.mov(guest_memory(at, 0, size), fresh);
    if (size == 4) a_.movsxd(host::kResult, host::kResult.r32());
}

bool Translator::translate_memory(const Instruction& in) {
    switch (in.op) {
        case Op::lb: load(in, 1, true); return true;
        case Op::lh: load(in, 2, true); return true;
        case Op::lw: load(in, 4, true); return true;
        case Op::ld: load(in, 8, true); return true;
        case Op::lbu: load(in, 1, false); return true;
        case Op::lhu: load(in, 2, false); return true;
        case Op::lwu: load(in, 4, false); return true;
        case Op::sb: store(in, 1); return true;
        case Op::sh: store(in, 2); return true;
        case Op::sw: store(in, 4); return true;
        case Op::sd: store(in, 8); return true;
        case Op::lr_w: load_reserved(in, 4); return true;
        case Op::lr_d: load_reserved(in, 8); return true;
        case Op::sc_w: store_conditional(in, 4); return true;
        case Op::sc_d: store_conditional(in, 8); return true;
        case Op::amoswap_w:
        case Op::amoadd_w:
        case Op::amoxor_w:
        case Op::amoand_w:
        case Op::amoor_w:
        case Op::amomin_w:
        case Op::amomax_w:
        case Op::amominu_w:
        case Op::amomaxu_w: atomic(in, 4); return true;
        case Op::amoswap_d:
        case Op::amoadd_d:
        case Op::amoxor_d:
        case Op::amoand_d:
        case Op::amoor_d:
        case Op::amomin_d:
        case Op::amomax_d:
        case Op::amominu_d:
        case Op::amomaxu_d: atomic(in, 8); return true;
        default: return false;
    }
}

}  // namespace reprise::compiler
