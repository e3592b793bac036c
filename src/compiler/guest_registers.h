/// @file
/// The guest's registers while code is translated: where each one's value is, or as what it
/// can be computed.
///
/// A register's *home* is its host register, or its slot in the Context. An instruction that only
/// adds, shifts left or copies is not emitted at once: its result is kept as a linear expression
///
///     home(base) + (home(index) << shift) + imm
///
/// until it is needed, folded into an address, or overwritten. The rules that keep this right:
///
/// 1. An expression refers to homes only, never to other expressions.
/// 2. Before a home is written, every other register whose expression refers to it is forced.
/// 3. Where ways join all registers are forced: each home holds its register's exact value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/assembler.h"
#include "compiler/mapping.h"
#include "machine/memory.h"

namespace reprise::compiler {

/// What a guest register holds, in terms of homes.
struct Value {
    enum class Kind : std::uint8_t {
        home,    ///< what its own home holds
        linear,  ///< the expression above
        high,    ///< home(base) << 32: half of a zero or sign extension
        saved    ///< what its saved slot in the Context holds
    };
    Kind kind = Kind::home;
    std::uint8_t base = 0;    ///< guest register, 0: none
    std::uint8_t index = 0;   ///< guest register, 0: none
    std::uint8_t shift = 0;   ///< 0..3, of the index
    bool index_word = false;  ///< only the index's low 32 bits count, zero-extended
    /// The value is the sign extension of the low 32 bits: for `home`, the home's upper half is
    /// not right yet; for `linear`, of the sum.
    bool word = false;
    std::int64_t imm = 0;  ///< beyond 32 bits only for constants

    bool is_constant() const { return kind == Kind::linear && base == 0 && index == 0; }
    bool is_copy() const {
        return kind == Kind::linear && base != 0 && index == 0 && imm == 0 && !word;
    }
    bool refers_to(unsigned guest) const {
        return kind != Kind::home && guest != 0 && (base == guest || index == guest);
    }

    static Value constant(std::int64_t value) { return {.kind = Kind::linear, .imm = value}; }
};

class GuestRegisters {
public:
    explicit GuestRegisters(Assembler& assembler) : a_(assembler) {}

    /// Where everything is at some point of a block. Small enough to be copied at every branch.
    struct State;

    /// All registers are in their homes, which are those of `mapping`, and nothing more is known.
    /// @param dirty  bit mask of the registers whose slots in the Context may be out of date.
    /// @param known  bit mask of the registers that `demand_known` was called for on each way here.
    void start(const Mapping& mapping, std::uint32_t dirty, std::uint32_t known);
    const State& state() const { return state_; }
    void resume(const State& state) { state_ = state; }

    /// As much of a State as it takes to settle all registers: mostly very little.
    struct Unsettled;
    Unsettled unsettled() const;
    /// Goes on where that was taken, with nothing known that is not needed.
    void resume(const Unsettled& from);

    /// Whether every home holds its register's exact value.
    bool is_settled() const { return state_.unsettled == 0; }

    const Value& value(unsigned guest) const { return state_.values[guest]; }

    /// Gives a register an expression for a value. Nothing is emitted.
    void set_value(unsigned guest, const Value& value);

    /// The register's value as a linear expression to build on, settling it if it is none.
    /// @param for_word  only the low 32 bits of what is built will count.
    Value linear(unsigned guest, bool for_word);

    // Reading. First `prepare` (and `release`) for all registers of an instruction, then read: what
    // a read returns stays right until the next `prepare`, `release` or write.

    /// Makes sure that reading emits at most a load into scratch or an extension.
    void prepare(unsigned guest);
    /// The value in a register: a home, or `scratch`.
    x86::Gp read(unsigned guest, x86::Gp scratch);
    /// The same, 32 bits wide.
    x86::Gp read_word(unsigned guest, x86::Gp scratch);
    /// The value as a source operand: register, slot in the Context, or immediate of 32 bits.
    asmjit::Operand read_operand(unsigned guest, x86::Gp scratch);
    asmjit::Operand read_word_operand(unsigned guest, x86::Gp scratch);
    /// kResult, if it still holds the value of a register whose home is its slot. Only for reading,
    /// before anything else is emitted.
    std::optional<x86::Gp> held_value(unsigned guest) const;
    /// Puts the value of an expression into a register that is no home and changes nothing else.
    void evaluate(const Value& value, x86::Gp target);
    /// The same for the value of a guest register.
    void read_into(unsigned guest, x86::Gp target);

    /// Whether the value is known to be the sign extension of its low 32 bits.
    bool is_word(unsigned guest) const;
    /// Whether the upper half is still to be extended; after `prepare`.
    bool is_pending(unsigned guest) const {
        return value(guest).kind == Value::Kind::home && value(guest).word;
    }

    // Writing: `release`, then compute into `target`, then `written`.

    /// Settles what refers to the home of `guest`, so that the home may be written.
    void release(unsigned guest);
    /// Brings the value into the home; its upper half may still have to be extended.
    void settle(unsigned guest);
    /// Mends a home whose upper half is to be extended.
    void extend(unsigned guest);
    /// Where to compute the new value of `guest`: its home, or the scratch register kResult.
    x86::Gp target(unsigned guest) const {
        return guest != 0 && is_mapped(guest) ? host(guest) : host::kResult;
    }
    enum class Upper : std::uint8_t {
        exact,          ///< all 64 bits are right
        exact_word,     ///< and they are the sign extension of the low 32
        to_be_extended  ///< the low 32 bits are right and must be sign-extended
    };
    /// `target(guest)` holds the new value.
    void written(unsigned guest, Upper upper = Upper::exact) {
        written(guest, upper, target(guest));
    }
    /// A scratch register, or `target(guest)`, holds it.
    void written(unsigned guest, Upper upper, x86::Gp at);
    /// Whether the home is the slot in the Context and holds what counts, so that x86 can operate
    /// on it there.
    bool is_in_memory(unsigned guest) const {
        return guest != 0 && !is_mapped(guest) && value(guest).kind == Value::Kind::home;
    }
    /// The slot in the Context was written.
    void written_in_memory(unsigned guest) { note_written(guest, Upper::exact, false); }

    /// Brings every register's exact value into its home.
    void force_all();

    // Addresses. Those in range have an upper half of 0; a base that has not is noted in kAstray.

    /// How far what a home holds is from an address in range, at least and at most.
    struct Distance {
        std::int32_t least = 1;
        std::int32_t most = 0;

        bool is_known() const { return least <= most; }
    };
    /// Whether an access to base + `displacement` faults if the base is not in range.
    static bool is_near(std::int64_t displacement);
    /// Whether an access to home(guest) + `displacement` faults if that is not in range.
    bool is_near_range(unsigned guest, std::int64_t displacement) const;
    /// Registers, as a bit mask, that are known to be near the range, or will be when settled.
    std::uint32_t known_registers() const;
    /// ORs the home into kAstray: from now on it counts as in range.
    void note_base(unsigned guest);
    /// An access to home(guest) + `displacement` has not faulted, and it was near the range.
    void note_access(unsigned guest, std::int64_t displacement);
    /// Makes registers known to be near the range; all homes are exact.
    void demand_known(std::uint32_t guests);
    /// Whether `demand_known` would emit nothing.
    bool are_known(std::uint32_t guests) const;
    /// What the home of `guest` holds, which must be exact: in a register not to be written, or in
    /// `scratch`.
    x86::Gp read_home(unsigned guest, x86::Gp scratch);

    /// The register that has what the home of `guest` holds, if one has.
    std::optional<x86::Gp> held_home(unsigned guest) const {
        if (!is_held(guest)) return std::nullopt;
        return held(guest);
    }

    /// What a home holds: `offset` more, modulo 2^32, than what others of the same origin had. Two
    /// of the same origin can be compared within a block.
    struct Origin {
        std::uint32_t id = 0;
        std::int64_t offset = 0;
    };
    const Origin& origin(unsigned guest) const { return origins_[guest]; }
    /// Every home is from an origin of its own.
    void forget_origins();

    const Mapping& mapping() const { return state_.mapping; }
    /// Exchanges homes until they are those of `mapping`; all registers are settled. Slots but
    /// those of `dirty` registers are then up to date.
    void remap_to(const Mapping& mapping, std::uint32_t dirty);
    /// Whether `remap_to` would emit nothing.
    bool is_mapped_as(const Mapping& mapping, std::uint32_t dirty) const {
        return state_.mapping == mapping && (state_.dirty & ~dirty) == 0;
    }
    /// Gives `guest` a host register for its home, that of `victim`, whose home becomes its slot.
    /// @param is_read  whether the value of `guest` still counts.
    void promote(unsigned guest, unsigned victim, bool is_read);

    struct State {
        Mapping mapping;
        std::uint32_t dirty = 0;  ///< registers with a host register whose slots are out of date
        std::array<Value, 32> values{};
        std::uint32_t unsettled = 0;  ///< registers whose homes do not hold their exact values
        /// By guest register: a bit for every other register whose expression refers to its home.
        std::array<std::uint32_t, 32> dependents{};
        std::uint32_t words = 0;               ///< homes known to hold sign extensions of 32 bits
        std::array<Distance, 32> distances{};  ///< of homes
    };

    struct Unsettled {
        Mapping mapping;
        std::uint32_t dirty = 0;
        std::vector<std::pair<unsigned, Value>> values;  ///< of registers that are not settled
        std::vector<std::pair<unsigned, Distance>> distances;  ///< small ones
    };

private:
    /// Whether what the home of `guest` holds is in a register: its host register, or still in
    /// kResult, from where it was stored.
    bool is_held(unsigned guest) const {
        return is_mapped(guest) || (in_result_ == guest && in_result_since_ == a_.rax_version());
    }
    x86::Gp held(unsigned guest) const { return is_mapped(guest) ? host(guest) : host::kResult; }
    void note_in_result(unsigned guest);
    bool is_mapped(unsigned guest) const { return state_.mapping.has(guest); }
    x86::Gp host(unsigned guest) const { return state_.mapping.host(guest); }
    static bool is_small(const Distance& distance);
    Distance distance_of(const Value& value) const;
    bool is_single_lea(const Value& value) const;
    void load_home(x86::Gp target, unsigned guest);
    void add_scaled_index(x86::Gp target, const Value& value);
    void evaluate_constant(std::int64_t constant, x86::Gp target);
    void evaluate_linear(const Value& value, x86::Gp target);
    void settle_mapped(unsigned guest, const Value& value);
    void settle_in_memory(unsigned guest, const Value& value);
    void note_settled(unsigned guest, const Value& value, bool extended);
    void note_written(unsigned guest, Upper upper, bool pending);
    void save(unsigned guest);
    void put_home(unsigned guest, bool pending);
    void put(unsigned guest, const Value& value);
    void forget(unsigned guest);

    Assembler& a_;
    State state_;
    unsigned in_result_ = 0;  ///< the register last stored from kResult
    std::uint64_t in_result_since_ = 0;
    std::uint32_t in_progress_ = 0;     ///< registers that are being settled
    std::array<Origin, 32> origins_{};  ///< of homes
    std::uint32_t next_origin_ = 0;
};

}  // namespace reprise::compiler
