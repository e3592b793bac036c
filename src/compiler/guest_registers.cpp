#include "compiler/guest_registers.h"

#include <bit>
#include <cassert>
#include <limits>

#include "compiler/register_mask.h"

namespace reprise::compiler {

namespace {

bool fits_32_signed(std::int64_t value) {
    return value == static_cast<std::int32_t>(value);
}

/// How far an access may be from an address in range: less than the lowest 64 KiB above, and than
/// the highest page below, with room for 8 bytes. These are never mapped.
constexpr std::int64_t kFarthestAbove = Memory::kLowest - 8;
constexpr std::int64_t kFarthestBelow = -static_cast<std::int64_t>(Memory::kPageSize) + 8;

/// Where ways join, a known register is not further than this from an address in range: as far as
/// one `addi` moves it, and so that most accesses from there are near.
constexpr std::int32_t kSmallDistance = 2048;

/// Distances beyond are not followed.
constexpr std::int64_t kGreatDistance = 1 << 20;

}  // namespace

void GuestRegisters::start(const Mapping& mapping, std::uint32_t dirty, std::uint32_t known) {
    state_ = State{.mapping = mapping, .dirty = dirty};
    state_.values[0] = Value::constant(0);
    for_each(known, [&](unsigned guest) {
        state_.distances[guest] = {.least = -kSmallDistance, .most = kSmallDistance};
    });
}

GuestRegisters::Unsettled GuestRegisters::unsettled() const {
    Unsettled result{.mapping = state_.mapping, .dirty = state_.dirty};
    for (unsigned guest = 1; guest < 32; ++guest) {
        const Distance& distance = state_.distances[guest];
        if (is_small(distance)) result.distances.emplace_back(guest, distance);
    }
    result.values.reserve(static_cast<std::size_t>(std::popcount(state_.unsettled)));
    for_each(state_.unsettled,
             [&](unsigned guest) { result.values.emplace_back(guest, state_.values[guest]); });
    return result;
}

void GuestRegisters::resume(const Unsettled& from) {
    start(from.mapping, from.dirty, 0);
    for (const auto& [guest, distance] : from.distances)
        state_.distances[guest] = distance;
    for (const auto& [guest, value] : from.values)
        put(guest, value);
}

/// Takes the place of a value that refers to no home.
void GuestRegisters::put_home(unsigned guest, bool pending) {
    state_.values[guest] = Value{.word = pending};
    state_.unsettled = pending ? state_.unsettled | bit(guest) : state_.unsettled & ~bit(guest);
}

/// The same, for anything but a settled home.
void GuestRegisters::put(unsigned guest, const Value& value) {
    state_.values[guest] = value;
    state_.unsettled |= bit(guest);
    if (value.kind != Value::Kind::linear && value.kind != Value::Kind::high) return;
    if (value.base != guest && value.base != 0) state_.dependents[value.base] |= bit(guest);
    if (value.index != guest && value.index != 0) state_.dependents[value.index] |= bit(guest);
}

void GuestRegisters::forget(unsigned guest) {
    const Value& old = state_.values[guest];
    if (old.kind == Value::Kind::home) return;
    state_.dependents[old.base] &= ~bit(guest);
    state_.dependents[old.index] &= ~bit(guest);
}

void GuestRegisters::set_value(unsigned guest, const Value& value) {
    if (guest == 0) return;
    forget(guest);
    if (value.is_copy() && value.base == guest) {
        put_home(guest, false);
    } else {
        put(guest, value);
    }
}

bool GuestRegisters::is_word(unsigned guest) const {
    const Value& value = state_.values[guest];
    if (value.word) return true;
    if (value.is_constant()) return fits_32_signed(value.imm);
    if (value.kind == Value::Kind::home) return (state_.words & bit(guest)) != 0;
    return value.is_copy() && (state_.words & bit(value.base)) != 0;
}

// --- Expressions -------------------------------------------------------------------------------

Value GuestRegisters::linear(unsigned guest, bool for_word) {
    Value value = state_.values[guest];
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
    if (is_held(guest)) {
        if (target != held(guest)) a_.mov(target, held(guest));
    } else {
        a_.mov(target, register_slot(guest));
    }
}

/// target = (ext(home(index)) << shift) + home(base) + imm, by way of the target alone.
void GuestRegisters::add_scaled_index(x86::Gp target, const Value& value) {
    if (value.index_word) {
        if (is_mapped(value.index)) {
            a_.mov(target.r32(), host(value.index).r32());
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
        a_.lea(target, x86::ptr(host(value.base), target, value.shift, imm));
        return;
    }
    if (value.shift != 0) a_.shl(target, value.shift);
    if (value.base != 0) a_.add(target, register_slot(value.base));
    if (imm != 0) a_.add(target, imm);
}

void GuestRegisters::evaluate_constant(std::int64_t constant, x86::Gp target) {
    if (constant == 0) {
        a_.xor_(target.r32(), target.r32());
    } else if (constant == static_cast<std::int64_t>(static_cast<std::uint32_t>(constant))) {
        a_.mov(target.r32(), constant);
    } else {
        a_.mov(target, constant);
    }
}

/// All 64 bits of a linear expression, whatever its `word` says.
void GuestRegisters::evaluate_linear(const Value& value, x86::Gp target) {
    const auto imm = static_cast<std::int32_t>(value.imm);
    const bool base_is_held = value.base != 0 && is_held(value.base);
    if (value.is_constant()) {
        evaluate_constant(value.imm, target);
    } else if (value.index == 0) {
        if (base_is_held && imm != 0) {
            a_.lea(target, x86::ptr(held(value.base), imm));
            return;
        }
        load_home(target, value.base);
        if (imm != 0) a_.add(target, imm);
    } else if (base_is_held && !value.index_word && is_held(value.index)) {
        a_.lea(target, x86::ptr(held(value.base), held(value.index), value.shift, imm));
    } else if (value.base == 0 || is_mapped(value.base) || value.index_word ||
               !is_mapped(value.index) || host(value.index) == target) {
        add_scaled_index(target, value);
    } else {
        a_.mov(target, register_slot(value.base));
        a_.lea(target, x86::ptr(target, host(value.index), value.shift, imm));
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
    if (state_.values[guest].kind != Value::Kind::home) {
        evaluate(state_.values[guest], target);
    } else if (state_.values[guest].word) {
        a_.movsxd(target, host(guest).r32());
    } else {
        load_home(target, guest);
    }
}

// --- Settling ----------------------------------------------------------------------------------

/// Breaks a circle: the value waits outside of all homes.
void GuestRegisters::save(unsigned guest) {
    evaluate(state_.values[guest], host::kResult);
    a_.mov(saved_slot(guest), host::kResult);
    forget(guest);
    put(guest, {.kind = Value::Kind::saved, .base = static_cast<std::uint8_t>(guest)});
}

void GuestRegisters::release(unsigned guest) {
    while (state_.dependents[guest] != 0) {
        const auto dependent = static_cast<unsigned>(std::countr_zero(state_.dependents[guest]));
        if ((in_progress_ & bit(dependent)) != 0) {
            save(dependent);
        } else {
            settle(dependent);
        }
    }
}

void GuestRegisters::settle(unsigned guest) {
    if (guest == 0 || state_.values[guest].kind == Value::Kind::home) return;
    in_progress_ |= bit(guest);
    release(guest);
    in_progress_ &= ~bit(guest);
    const Value value = state_.values[guest];  // now, since a circle may have changed it
    if (is_mapped(guest)) {
        settle_mapped(guest, value);
    } else {
        settle_in_memory(guest, value);
    }
}

void GuestRegisters::settle_mapped(unsigned guest, const Value& value) {
    const x86::Gp home = host(guest);
    Value whole = value;
    whole.word = false;  // the extension is left for later
    const bool adds_to_itself =
        value.kind == Value::Kind::linear && value.base == guest && !value.index_word;
    if (adds_to_itself && value.index == 0) {
        const auto imm = static_cast<std::int32_t>(value.imm);
        if (imm != 0) a_.add(value.word ? home.r32() : home, imm);
    } else if (adds_to_itself && value.shift == 0 && value.imm == 0) {
        if (is_mapped(value.index)) {
            a_.add(home, host(value.index));
        } else {
            a_.add(home, register_slot(value.index));
        }
    } else if (value.kind == Value::Kind::linear && value.base == guest && !is_single_lea(value)) {
        evaluate(whole, host::kResult);  // evaluating would write the home before it is read
        a_.mov(home, host::kResult);
    } else {
        evaluate(whole, home);
    }
    state_.dirty |= bit(guest);
    note_settled(guest, value, false);
}

void GuestRegisters::settle_in_memory(unsigned guest, const Value& value) {
    const x86::Mem slot = register_slot(guest);
    const bool is_linear = value.kind == Value::Kind::linear && !value.word;
    const bool adds_to_itself = is_linear && value.base == guest;
    const bool adds_register = value.shift == 0 && !value.index_word && value.imm == 0;
    if (adds_to_itself && value.index == 0) {
        a_.add(slot, static_cast<std::int32_t>(value.imm));
    } else if (adds_to_itself && adds_register && is_mapped(value.index)) {
        a_.add(slot, host(value.index));
    } else if (is_linear && value.index == guest && adds_register && value.base != 0 &&
               is_mapped(value.base)) {
        a_.add(slot, host(value.base));
    } else if (value.is_constant() && fits_32_signed(value.imm)) {
        a_.mov(slot, static_cast<std::int32_t>(value.imm));
    } else if (value.is_copy() && is_mapped(value.base)) {
        a_.mov(slot, host(value.base));
    } else {
        evaluate(value, host::kResult);
        a_.mov(slot, host::kResult);
        note_settled(guest, value, true);
        note_in_result(guest);
        return;
    }
    note_settled(guest, value, true);
}

void GuestRegisters::note_settled(unsigned guest, const Value& value, bool extended) {
    if (in_result_ == guest) in_result_ = 0;
    state_.distances[guest] = distance_of(value);
    const bool is_moved = value.kind == Value::Kind::linear && value.base != 0 && value.index == 0;
    origins_[guest] = is_moved ? Origin{.id = origins_[value.base].id,
                                        .offset = origins_[value.base].offset + value.imm}
                               : Origin{.id = next_origin_++};
    const bool is_word_now = value.word || is_word(guest);
    state_.words = is_word_now ? state_.words | bit(guest) : state_.words & ~bit(guest);
    forget(guest);
    put_home(guest, value.word && !extended);
}

void GuestRegisters::extend(unsigned guest) {
    if (!is_pending(guest)) return;
    a_.movsxd(host(guest), host(guest).r32());
    state_.dirty |= bit(guest);
    put_home(guest, false);
}

void GuestRegisters::force_all() {
    for_each(state_.unsettled, [this](unsigned guest) { settle(guest); });
    for_each(state_.unsettled, [this](unsigned guest) { extend(guest); });
}

void GuestRegisters::written(unsigned guest, Upper upper, x86::Gp at) {
    if (guest == 0) return;
    const bool pending = upper == Upper::to_be_extended;
    note_written(guest, upper, pending && is_mapped(guest));
    if (is_mapped(guest)) {
        state_.dirty |= bit(guest);
        if (at.id() != host(guest).id()) a_.mov(host(guest), at.r64());
        return;
    }
    if (pending) a_.movsxd(at.r64(), at.r32());
    a_.mov(register_slot(guest), at.r64());
    if (at.id() == host::kResult.id()) note_in_result(guest);
}

void GuestRegisters::note_in_result(unsigned guest) {
    in_result_ = guest;
    in_result_since_ = a_.rax_version();
}

void GuestRegisters::note_written(unsigned guest, Upper upper, bool pending) {
    assert(state_.dependents[guest] == 0);
    if (in_result_ == guest) in_result_ = 0;
    forget(guest);
    put_home(guest, pending);
    state_.words = upper == Upper::exact ? state_.words & ~bit(guest) : state_.words | bit(guest);
    state_.distances[guest] = Distance{};
    origins_[guest] = {.id = next_origin_++};
}

void GuestRegisters::forget_origins() {
    for (Origin& origin : origins_)
        origin = {.id = next_origin_++};
}

// --- Addresses ---------------------------------------------------------------------------------

GuestRegisters::Distance GuestRegisters::distance_of(const Value& value) const {
    if (value.kind != Value::Kind::linear || value.base == 0 || value.index != 0 || value.word) {
        return {};
    }
    const Distance& base = state_.distances[value.base];
    const std::int64_t least = base.least + value.imm, most = base.most + value.imm;
    if (!base.is_known() || least < -kGreatDistance || most > kGreatDistance) return {};
    return {.least = static_cast<std::int32_t>(least), .most = static_cast<std::int32_t>(most)};
}

bool GuestRegisters::is_small(const Distance& distance) {
    return distance.is_known() && distance.least >= -kSmallDistance &&
           distance.most <= kSmallDistance;
}

bool GuestRegisters::is_near(std::int64_t displacement) {
    return displacement >= kFarthestBelow && displacement <= kFarthestAbove;
}

bool GuestRegisters::is_near_range(unsigned guest, std::int64_t displacement) const {
    const Distance& distance = state_.distances[guest];
    return distance.is_known() && is_near(distance.least + displacement) &&
           is_near(distance.most + displacement);
}

std::uint32_t GuestRegisters::known_registers() const {
    std::uint32_t known = 0;
    for (unsigned guest = 1; guest < 32; ++guest) {
        const Value& value = state_.values[guest];
        const bool is_home = value.kind == Value::Kind::home;
        if (is_small(is_home ? state_.distances[guest] : distance_of(value))) known |= bit(guest);
    }
    return known;
}

void GuestRegisters::note_base(unsigned guest) {
    if (is_held(guest)) {
        a_.or_(host::kAstray, held(guest));
    } else {
        a_.or_(host::kAstray, register_slot(guest));
    }
    state_.distances[guest] = {.least = 0, .most = 0};
}

void GuestRegisters::note_access(unsigned guest, std::int64_t displacement) {
    Distance& distance = state_.distances[guest];
    const auto from_access = static_cast<std::int32_t>(-displacement);
    const bool is_nearer = std::abs(from_access) < std::max(-distance.least, distance.most);
    if (is_nearer) distance = {.least = from_access, .most = from_access};
}

bool GuestRegisters::are_known(std::uint32_t guests) const {
    bool all = true;
    for_each(guests, [&](unsigned guest) { all = all && is_small(state_.distances[guest]); });
    return all;
}

void GuestRegisters::demand_known(std::uint32_t guests) {
    for_each(guests, [&](unsigned guest) {
        if (!is_small(state_.distances[guest])) note_base(guest);
    });
}

// --- Homes -------------------------------------------------------------------------------------

void GuestRegisters::remap_to(const Mapping& mapping, std::uint32_t dirty) {
    const Mapping& old = state_.mapping;
    const std::uint32_t staying = old.shared_with(mapping);
    const std::uint32_t written_back = state_.dirty & old.mapped() & ~(staying & dirty);
    for_each(written_back, [&](unsigned guest) { a_.mov(register_slot(guest), old.host(guest)); });
    state_.dirty &= ~written_back;
    for_each(mapping.mapped() & ~staying,
             [&](unsigned guest) { a_.mov(mapping.host(guest), register_slot(guest)); });
    state_.mapping = mapping;
}

void GuestRegisters::promote(unsigned guest, unsigned victim, bool is_read) {
    const Value& value = state_.values[victim];
    const bool counts = value.kind == Value::Kind::home || value.refers_to(victim) ||
                        state_.dependents[victim] != 0;
    extend(victim);
    if (counts && (state_.dirty & bit(victim)) != 0) {
        a_.mov(register_slot(victim), host(victim));
    }
    state_.dirty &= ~bit(victim);
    state_.mapping.hand_over(victim, guest);
    if (is_read || state_.dependents[guest] != 0) a_.mov(host(guest), register_slot(guest));
}

// --- Reading -----------------------------------------------------------------------------------

void GuestRegisters::prepare(unsigned guest) {
    const Value& value = state_.values[guest];
    if (value.kind == Value::Kind::home || value.is_constant() || value.is_copy()) return;
    settle(guest);
}

x86::Gp GuestRegisters::read(unsigned guest, x86::Gp scratch) {
    const Value& value = state_.values[guest];
    if (value.is_constant()) {
        evaluate(value, scratch);
        return scratch;
    }
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    extend(at);
    if (is_mapped(at)) return host(at);
    a_.mov(scratch, register_slot(at));
    return scratch;
}

std::optional<x86::Gp> GuestRegisters::held_value(unsigned guest) const {
    const Value& value = state_.values[guest];
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    const bool is_home = value.kind == Value::Kind::home || value.is_copy();
    if (!is_home || at == 0 || is_mapped(at) || !is_held(at)) return std::nullopt;
    return held(at);
}

x86::Gp GuestRegisters::read_home(unsigned guest, x86::Gp scratch) {
    if (is_held(guest)) return held(guest);
    a_.mov(scratch, register_slot(guest));
    return scratch;
}

x86::Gp GuestRegisters::read_word(unsigned guest, x86::Gp scratch) {
    const Value& value = state_.values[guest];
    if (value.is_constant()) {
        evaluate(Value::constant(static_cast<std::uint32_t>(value.imm)), scratch);
        return scratch.r32();
    }
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    if (is_mapped(at)) return host(at).r32();
    x86::Mem slot = register_slot(at);
    slot.setSize(4);
    a_.mov(scratch.r32(), slot);
    return scratch.r32();
}

asmjit::Operand GuestRegisters::read_operand(unsigned guest, x86::Gp scratch) {
    const Value& value = state_.values[guest];
    if (value.is_constant() && fits_32_signed(value.imm)) return asmjit::Imm(value.imm);
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    if (!value.is_constant() && !is_mapped(at)) return register_slot(at);
    return read(guest, scratch);
}

asmjit::Operand GuestRegisters::read_word_operand(unsigned guest, x86::Gp scratch) {
    const Value& value = state_.values[guest];
    if (value.is_constant()) return asmjit::Imm(static_cast<std::int32_t>(value.imm));
    const unsigned at = value.kind == Value::Kind::home ? guest : value.base;
    if (is_mapped(at)) return read_word(guest, scratch);
    x86::Mem slot = register_slot(at);
    slot.setSize(4);
    return slot;
}

}  // namespace reprise::compiler
