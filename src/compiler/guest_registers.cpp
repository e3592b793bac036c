#include "compiler/guest_registers.h"

#include <bit>
#include <cassert>
#include <limits>

namespace reprise::compiler {

namespace {

bool fits_32_signed(std::int64_t value) {
    return value == static_cast<std::int32_t>(value);
}

std::uint32_t bit(unsigned guest) {
    return std::uint32_t{1} << guest;
}

}  // namespace

void GuestRegisters::start_block(const Mapping& mapping) {
    mapping_ = &mapping;
    values_.fill(Value{});
    values_[0] = Value::constant(0);
    dependents_.fill(0);
    checked_.fill(Checked{});
    words_ = 0;
}

void GuestRegisters::forget(unsigned guest) {
    const Value& old = values_[guest];
    if (old.kind == Value::Kind::home) return;
    dependents_[old.base] &= ~bit(guest);
    dependents_[old.index] &= ~bit(guest);
}

void GuestRegisters::set_value(unsigned guest, Value value) {
    if (guest == 0) return;
    forget(guest);
    if (value.is_copy() && value.base == guest) value = Value{};
    values_[guest] = value;
    if (value.kind != Value::Kind::linear && value.kind != Value::Kind::high) return;
    if (value.base != guest && value.base != 0) dependents_[value.base] |= bit(guest);
    if (value.index != guest && value.index != 0) dependents_[value.index] |= bit(guest);
}

bool GuestRegisters::is_word(unsigned guest) const {
    const Value& value = values_[guest];
    if (value.word) return true;
    if (value.is_constant()) return fits_32_signed(value.imm);
    if (value.kind == Value::Kind::home) return (words_ & bit(guest)) != 0;
    return value.is_copy() && (words_ & bit(value.base)) != 0;
}

// --- Expressions -------------------------------------------------------------------------------

Value GuestRegisters::linear(unsigned guest, bool for_word) {
    Value value = values_[guest];
    const bool usable = value.kind == Value::Kind::linear && (for_word || !value.word);
    if (usable) {
        value.word = false;
        return value;
    }
    if (value.kind != Value::Kind::home) settle(guest);
    if (!for_word) extend(guest);
    return {.kind = Value::Kind::linear, .base = static_cast<std::uint8_t>(guest)};
}

/// Whether one `lea` computes it from homes alone, reading them before the target is written.
bool GuestRegisters::is_single_lea(const Value& value) const {
    return value.kind == Value::Kind::linear && !value.index_word &&
           (value.base == 0 || is_mapped(value.base)) &&
           (value.index == 0 || is_mapped(value.index));
}

void GuestRegisters::load_home(x86::Gp target, unsigned guest) {
    if (is_mapped(guest)) {
        if (target != mapping_->host(guest)) a_.mov(target, mapping_->host(guest));
    } else {
        a_.mov(target, register_slot(guest));
    }
}

/// target = (ext(home(index)) << shift) + home(base) + imm, by way of the target alone.
void GuestRegisters::add_scaled_index(x86::Gp target, const Value& value) {
    if (value.index_word) {
        if (is_mapped(value.index)) {
            a_.mov(target.r32(), mapping_->host(value.index).r32());
        } else {
            x86::Mem slot = register_slot(value.index);
            slot.setSize(4);
            a_.mov(target.r32(), slot);
        }
    } else {
        load_home(target, value.index);
    }
    const auto imm = static_cast<std::int32_t>(value.imm);
    if (value.base != 0 && is_mapped(value.base)) {
        a_.lea(target, x86::ptr(mapping_->host(value.base), target, value.shift, imm));
        return;
    }
    if (value.shift != 0) a_.shl(target, value.shift);
    if (value.base != 0) a_.add(target, register_slot(value.base));
    if (imm != 0) a_.add(target, imm);
}

/// All 64 bits of a linear expression, whatever its `word` says.
void GuestRegisters::evaluate_linear(const Value& value, x86::Gp target) {
    const auto imm = static_cast<std::int32_t>(value.imm);
    if (value.is_constant()) {
        if (value.imm == 0) {
            a_.xor_(target.r32(), target.r32());
        } else if (value.imm == static_cast<std::int64_t>(static_cast<std::uint32_t>(value.imm))) {
            a_.mov(target.r32(), value.imm);
        } else {
            a_.mov(target, value.imm);
        }
    } else if (value.index == 0) {
        if (!is_mapped(value.base)) {
            a_.mov(target, register_slot(value.base));
            if (imm != 0) a_.add(target, imm);
        } else if (imm == 0) {
            a_.mov(target, mapping_->host(value.base));
        } else {
            a_.lea(target, x86::ptr(mapping_->host(value.base), imm));
        }
    } else if (value.index_word || !is_mapped(value.index) || value.base == 0) {
        add_scaled_index(target, value);
    } else if (is_mapped(value.base)) {
        a_.lea(target,
               x86::ptr(mapping_->host(value.base), mapping_->host(value.index), value.shift, imm));
    } else if (mapping_->host(value.index) == target) {
        add_scaled_index(target, value);
    } else {
        a_.mov(target, register_slot(value.base));
        a_.lea(target, x86::ptr(target, mapping_->host(value.index), value.shift, imm));
    }
}

void GuestRegisters::evaluate(const Value& value, x86::Gp target) {
    switch (value.kind) {
        case Value::Kind::linear: evaluate_linear(value, target); break;
        case Value::Kind::high:
            load_home(target, value.base);
            a_.shl(target, 32);
            break;
        case Value::Kind::saved: a_.mov(target, saved_slot(value.base)); break;
        case Value::Kind::home: assert(false); break;
    }
    if (value.word) a_.movsxd(target, target.r32());
}

void GuestRegisters::read_into(unsigned guest, x86::Gp target) {
    if (values_[guest].kind != Value::Kind::home) {
        evaluate(values_[guest], target);
    } else if (values_[guest].word) {
        a_.movsxd(target, mapping_->host(guest).r32());
    } else {
        load_home(target, guest);
    }
}

// --- Settling ----------------------------------------------------------------------------------

/// Breaks a circle: the value waits outside of all homes.
void GuestRegisters::save(unsigned guest) {
    evaluate(values_[guest], host::kResult);
    a_.mov(saved_slot(guest), host::kResult);
    forget(guest);
    values_[guest] = {.kind = Value::Kind::saved, .base = static_cast<std::uint8_t>(guest)};
}

void GuestRegisters::release(unsigned guest) {
    while (dependents_[guest] != 0) {
        const auto dependent = static_cast<unsigned>(std::countr_zero(dependents_[guest]));
        if ((in_progress_ & bit(dependent)) != 0) {
            save(dependent);
        } else {
            settle(dependent);
        }
    }
}

void GuestRegisters::settle(unsigned guest) {
    if (guest == 0 || values_[guest].kind == Value::Kind::home) return;
    in_progress_ |= bit(guest);
    release(guest);
    in_progress_ &= ~bit(guest);
    const Value value = values_[guest];  // now, since a circle may have changed it
    if (is_mapped(guest)) {
        settle_mapped(guest, value);
    } else {
        settle_in_memory(guest, value);
    }
}

void GuestRegisters::settle_mapped(unsigned guest, const Value& value) {
    const x86::Gp home = mapping_->host(guest);
    Value whole = value;
    whole.word = false;  // the extension is left for later
    const bool adds_to_itself =
        value.kind == Value::Kind::linear && value.base == guest && !value.index_word;
    if (adds_to_itself && value.index == 0) {
        const auto imm = static_cast<std::int32_t>(value.imm);
        if (imm != 0) a_.add(value.word ? home.r32() : home, imm);
    } else if (adds_to_itself && value.shift == 0 && value.imm == 0) {
        if (is_mapped(value.index)) {
            a_.add(home, mapping_->host(value.index));
        } else {
            a_.add(home, register_slot(value.index));
        }
    } else if (value.kind == Value::Kind::linear && value.base == guest && !is_single_lea(value)) {
        evaluate(whole, host::kResult);  // evaluating would write the home before it is read
        a_.mov(home, host::kResult);
    } else {
        evaluate(whole, home);
    }
    note_settled(guest, value, false);
}

void GuestRegisters::settle_in_memory(unsigned guest, const Value& value) {
    const x86::Mem slot = register_slot(guest);
    if (value.kind == Value::Kind::linear && value.base == guest && value.index == 0 &&
        !value.word) {
        a_.add(slot, static_cast<std::int32_t>(value.imm));
    } else if (value.is_constant() && !value.word && fits_32_signed(value.imm)) {
        a_.mov(slot, static_cast<std::int32_t>(value.imm));
    } else {
        evaluate(value, host::kResult);
        a_.mov(slot, host::kResult);
    }
    note_settled(guest, value, true);
}

void GuestRegisters::note_settled(unsigned guest, const Value& value, bool extended) {
    Checked checked;
    if (value.kind == Value::Kind::linear && value.base != 0 && value.index == 0 && !value.word) {
        checked = checked_[value.base];
        checked.distance += value.imm;
    }
    checked_[guest] = checked;
    const bool is_word_now = value.word || is_word(guest);
    words_ = is_word_now ? words_ | bit(guest) : words_ & ~bit(guest);
    forget(guest);
    values_[guest] = Value{.kind = Value::Kind::home, .word = value.word && !extended};
}

void GuestRegisters::extend(unsigned guest) {
    Value& value = values_[guest];
    if (value.kind != Value::Kind::home || !value.word) return;
    a_.movsxd(mapping_->host(guest), mapping_->host(guest).r32());
    value.word = false;
}

void GuestRegisters::force_all() {
    for (unsigned guest = 1; guest < 32; ++guest)
        settle(guest);
    for (unsigned guest = 1; guest < 32; ++guest)
        extend(guest);
}

void GuestRegisters::written(unsigned guest, Upper upper) {
    if (guest == 0) return;
    assert(dependents_[guest] == 0);
    forget(guest);
    const bool pending = upper == Upper::to_be_extended;
    values_[guest] = Value{.kind = Value::Kind::home, .word = pending && is_mapped(guest)};
    words_ = upper == Upper::exact ? words_ & ~bit(guest) : words_ | bit(guest);
    checked_[guest] = Checked{};
    if (is_mapped(guest)) return;
    if (pending) a_.movsxd(host::kResult, host::kResult.r32());
    a_.mov(register_slot(guest), host::kResult);
}

// --- Reading -----------------------------------------------------------------------------------

void GuestRegisters::prepare(unsigned guest) {
    const Value& value = values_[guest];
    if (value.kind == Value::Kind::home || value.is_constant() || value.is_copy()) return;
    settle(guest);
}

x86::Gp GuestRegisters::read(unsigned guest, x86::Gp scratch) {
    const Value& value = values_[guest];
    if (value.is_constant()) {
        evaluate(value, scratch);
        return scratch;
    }
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    extend(at);
    return read_home(at, scratch);
}

x86::Gp GuestRegisters::read_home(unsigned guest, x86::Gp scratch) {
    if (is_mapped(guest)) return mapping_->host(guest);
    a_.mov(scratch, register_slot(guest));
    return scratch;
}

x86::Gp GuestRegisters::read_word(unsigned guest, x86::Gp scratch) {
    const Value& value = values_[guest];
    if (value.is_constant()) {
        evaluate(Value::constant(static_cast<std::uint32_t>(value.imm)), scratch);
        return scratch.r32();
    }
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    if (is_mapped(at)) return mapping_->host(at).r32();
    x86::Mem slot = register_slot(at);
    slot.setSize(4);
    a_.mov(scratch.r32(), slot);
    return scratch.r32();
}

asmjit::Operand GuestRegisters::read_operand(unsigned guest, x86::Gp scratch) {
    const Value& value = values_[guest];
    if (value.is_constant() && fits_32_signed(value.imm)) return asmjit::Imm(value.imm);
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    if (!value.is_constant() && !is_mapped(at)) return register_slot(at);
    return read(guest, scratch);
}

asmjit::Operand GuestRegisters::read_word_operand(unsigned guest, x86::Gp scratch) {
    const Value& value = values_[guest];
    if (value.is_constant()) return asmjit::Imm(static_cast<std::int32_t>(value.imm));
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    if (is_mapped(at)) return read_word(guest, scratch);
    x86::Mem slot = register_slot(at);
    slot.setSize(4);
    return slot;
}

}  // namespace reprise::compiler
