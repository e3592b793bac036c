/// @file
/// The interpreter: the readable reference of what every instruction means.
///
/// It is a template over the memory that loads and stores see and over an observer, so that
/// execution, the slow path of compiled code and replay from a log share one meaning.
#pragma once

#include <cstdint>

#include "machine/arithmetic.h"
#include "machine/environment.h"
#include "machine/machine.h"
#include "machine/read_log.h"
#include "machine/state.h"
#include "machine/stop.h"
#include "program/program.h"

namespace reprise {

/// Watches nothing and never asks to stop. An observer may have other bodies for these.
struct NoObserver {
    /// Asked before each instruction; with true the interpreter returns before it.
    bool stop_before(std::uint64_t /*pc*/) { return false; }
    /// Told after each instruction that has retired, with where it went on.
    void retired(const isa::Instruction& /*instruction*/, std::uint64_t /*pc*/,
                 std::uint64_t /*next_pc*/) {}
};

/// @tparam GuestMemory  offers `bool load(address, T&)` and `bool store(address, T)`, false where
///                      the access is not allowed, `bool can_store(address, size)`, and is an
///                      EcallMemory for ecalls.
/// @tparam Observer     see NoObserver.
template <class GuestMemory, class Observer>
class Interpreter {
public:
    Interpreter(const Program& program, Environment& environment, State& state, GuestMemory& memory,
                Observer& observer)
        : program_(program),
          environment_(environment),
          state_(state),
          memory_(memory),
          observer_(observer) {}

    /// Runs until `until_step` instructions have retired in all, the guest exits or faults, or the
    /// observer asks to stop (`Stop::Kind::step_limit`, too: the step tells).
    Stop run(std::uint64_t until_step) {
        Position at{.pc = state_.pc, .next_pc = state_.pc, .step = state_.step};
        Result result = Result::retired;
        while (result == Result::retired && at.step < until_step) {
            if (observer_.stop_before(at.pc)) break;
            const isa::Instruction* const instruction = fetch(at.pc);
            if (instruction == nullptr) {
                result = outside_text(at);
                break;
            }
            at.next_pc = at.pc + instruction->length;
            result = execute(*instruction, at);
            if (result == Result::faulted) break;
            state_.x[0] = 0;
            ++at.step;
            observer_.retired(*instruction, at.pc, at.next_pc);
            at.pc = at.next_pc;
        }
        store_position(at);
        return result == Result::retired ? Stop{} : stop_;
    }

private:
    enum class Result : std::uint8_t { retired, exited, faulted };

    /// Where the hart stands: a copy of what is in the State, which the host can keep in registers.
    struct Position {
        std::uint64_t pc;
        std::uint64_t next_pc;
        std::uint64_t step;
    };
    void store_position(const Position& at) {
        state_.pc = at.pc;
        state_.step = at.step;
    }

    /// What lies at `pc`; almost always in the same text as before.
    const isa::Instruction* fetch(std::uint64_t pc) {
        const std::uint64_t offset = pc - text_begin_;
        if (offset < text_size_ && offset % 2 == 0) return text_ + offset / 2;
        const auto place = program_.find(pc);
        if (!place) return nullptr;
        const Text& text = program_.texts()[place->text];
        text_ = text.at.data();
        text_begin_ = text.begin;
        text_size_ = text.end - text.begin;
        return &text.at[place->halfword];
    }

    Result execute(const isa::Instruction& in, Position& at);

    // Each of these is one shape of instruction, with what differs passed in.

    Result set(const isa::Instruction& in, std::uint64_t value) {
        state_.x[in.rd] = value;
        return Result::retired;
    }

    Result branch_if(bool taken, const isa::Instruction& in, Position& at) {
        if (taken) at.next_pc = at.pc + static_cast<std::int64_t>(in.imm);
        return Result::retired;
    }

    /// @tparam T  its width is what is loaded, its signedness how it is extended.
    template <class T>
    Result load(const isa::Instruction& in, const Position& at) {
        const std::uint64_t address = state_.x[in.rs1] + static_cast<std::int64_t>(in.imm);
        T value;
        if (!memory_.load(address, value)) return fault(FaultKind::load_access, address, at);
        return set(in, static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
    }

    template <class T>
    Result store(const isa::Instruction& in, const Position& at) {
        const std::uint64_t address = state_.x[in.rs1] + static_cast<std::int64_t>(in.imm);
        const auto value = static_cast<T>(state_.x[in.rs2]);
        if (!memory_.store(address, value) && !environment_.store(address, value, sizeof(T)))
            return fault(FaultKind::store_access, address, at);
        return Result::retired;
    }

    template <class T>
    Result load_reserved(const isa::Instruction& in, const Position& at) {
        const std::uint64_t address = state_.x[in.rs1];
        if (address % sizeof(T) != 0) return fault(FaultKind::misaligned_atomic, address, at);
        T value;
        if (!memory_.load(address, value)) return fault(FaultKind::load_access, address, at);
        state_.reservation = address;
        state_.reserved = true;
        return set(in, static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
    }

    template <class T>
    Result store_conditional(const isa::Instruction& in, const Position& at) {
        const std::uint64_t address = state_.x[in.rs1];
        if (address % sizeof(T) != 0) return fault(FaultKind::misaligned_atomic, address, at);
        const bool succeeds = state_.reserved && state_.reservation == address;
        if (succeeds && !memory_.store(address, static_cast<T>(state_.x[in.rs2]))) {
            return fault(FaultKind::store_access, address, at);
        }
        state_.reserved = false;
        return set(in, succeeds ? 0 : 1);
    }

    /// @param combine  what is stored, from what was there and rs2.
    template <class T, class Combine>
    Result atomic(const isa::Instruction& in, const Position& at, Combine combine) {
        const std::uint64_t address = state_.x[in.rs1];
        if (address % sizeof(T) != 0) return fault(FaultKind::misaligned_atomic, address, at);
        // What may be stored to may be loaded, too; and what faults must not have loaded.
        if (!memory_.can_store(address, sizeof(T))) {
            return fault(FaultKind::store_access, address, at);
        }
        T old{};
        memory_.load(address, old);
        memory_.store(address, combine(old, static_cast<T>(state_.x[in.rs2])));
        return set(in, static_cast<std::uint64_t>(static_cast<std::int64_t>(old)));
    }

    Result csr(const isa::Instruction& in, const Position& at) {
        store_position(at);
        const CsrOutcome outcome =
            environment_.csr(csr_access(in, state_, program_), state_, memory_);
        return outcome.refusal ? refuse(*outcome.refusal, at) : set(in, outcome.value);
    }

    Result ecall(const Position& at) {
        store_position(at);
        const EcallOutcome outcome = environment_.ecall(state_, memory_);
        switch (outcome.kind) {
            case EcallOutcome::Kind::resume: return Result::retired;
            case EcallOutcome::Kind::exit:
                stop_ = Stop{.kind = Stop::Kind::exited, .exit_code = outcome.exit_code};
                return Result::exited;
            case EcallOutcome::Kind::refuse: break;
        }
        return refuse(outcome.refusal, at);
    }

    Result refuse(const Refusal& refusal, const Position& at) {
        const Result result = fault(refusal.kind, refusal.address, at);
        stop_.fault.subject = refusal.subject;
        stop_.fault.reason = refusal.reason;
        return result;
    }

    /// A jump that ends the guest is its last step, as an exit by ecall is: so it belongs to a
    /// chunk.
    Result jump(std::uint64_t target, Position& at) {
        at.next_pc = target;
        if (fetch(target) != nullptr || !environment_.ends_at(target, memory_))
            return Result::retired;
        stop_ = Stop{.kind = Stop::Kind::exited};
        return Result::exited;
    }

    /// Where compiled code has jumped to; the interpreter itself comes here only to fault.
    Result outside_text(const Position& at) {
        store_position(at);
        if (!environment_.ends_at(at.pc, memory_))
            return fault(FaultKind::jump_outside_text, at.pc, at);
        stop_ = Stop{.kind = Stop::Kind::exited};
        return Result::exited;
    }

    Result fault(FaultKind kind, std::uint64_t address, const Position& at) {
        stop_ = Stop{.kind = Stop::Kind::faulted,
                     .fault = {.kind = kind, .pc = at.pc, .address = address, .step = at.step}};
        return Result::faulted;
    }

    const Program& program_;
    Environment& environment_;
    State& state_;
    GuestMemory& memory_;
    Observer& observer_;
    const isa::Instruction* text_ = nullptr;
    std::uint64_t text_begin_ = 0;
    std::uint64_t text_size_ = 0;
    Stop stop_;
};

/// The guest's own memory, as the interpreter wants it. What watches some of the accesses derives
/// from it and hides those.
class RealMemory : public EcallMemory {
public:
    explicit RealMemory(Memory& memory) : memory_(memory) {}

    template <class T>
    bool load(std::uint64_t address, T& value) const {
        return memory_.load(address, value);
    }
    template <class T>
    bool store(std::uint64_t address, T value) {
        return memory_.store(address, value);
    }
    bool can_store(std::uint64_t address, std::uint64_t size) const {
        return memory_.can_store(address, size);
    }
    bool read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        return memory_.read(address, bytes);
    }
    bool write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
        return memory_.write(address, bytes);
    }
    bool can_read(std::uint64_t address, std::uint64_t size) const override {
        return memory_.map().can_read(address, size);
    }
    bool can_write(std::uint64_t address, std::uint64_t size) const override {
        return memory_.map().can_write(address, size);
    }
    bool copy(std::uint64_t to, std::uint64_t from, std::uint64_t size) override {
        return memory_.copy(to, from, size);
    }
    bool fill(std::uint64_t address, std::uint8_t value, std::uint64_t size) override {
        return memory_.fill(address, value, size);
    }

protected:
    Memory& memory_;
};

/// The guest's own memory, and all that is read from it goes into a log.
class LoggedMemory final : public RealMemory {
public:
    LoggedMemory(Memory& memory, ReadLog& log) : RealMemory(memory), log_(log) {}

    template <class T>
    bool load(std::uint64_t address, T& value) {
        if (!memory_.load(address, value)) return false;
        log_.append(value);
        return true;
    }
    bool read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        if (!memory_.read(address, bytes)) return false;
        log_.append(bytes);
        return true;
    }
    bool copy(std::uint64_t to, std::uint64_t from, std::uint64_t size) override {
        if (!memory_.map().can_write(to, size)) return false;
        const auto bytes = memory_.bytes(from, size);
        if (!bytes) return false;
        log_.append(*bytes);
        return memory_.copy(to, from, size);
    }
    std::uint64_t outside(std::uint64_t value) override {
        log_.append(value);
        return value;
    }
    std::optional<std::uint64_t> advice(std::optional<std::uint64_t> word) override {
        if (word) log_.append(*word);
        return word;
    }
    bool peek(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        return memory_.read(address, bytes);
    }

private:
    ReadLog& log_;
};

/// Runs `machine` with an observer, on what it sees of its memory.
template <class GuestMemory, class Observer>
Stop interpret_on(GuestMemory memory, Machine& machine, std::uint64_t until_step,
                  Observer& observer) {
    return Interpreter<GuestMemory, Observer>(machine.program(), machine.environment(),
                                              machine.state, memory, observer)
        .run(until_step);
}

/// Runs on `machine`'s own memory with an observer.
template <class Observer>
Stop interpret(Machine& machine, std::uint64_t until_step, Observer& observer) {
    return interpret_on(RealMemory(machine.memory()), machine, until_step, observer);
}

/// The same, and appends to a log what is read.
template <class Observer>
Stop interpret(Machine& machine, std::uint64_t until_step, Observer& observer, ReadLog& log) {
    return interpret_on(LoggedMemory(machine.memory(), log), machine, until_step, observer);
}

/// The engine that interprets.
class InterpretedEngine final : public Engine {
public:
    Stop run(Machine& machine, std::uint64_t until_step) override;
    Stop record(Machine& machine, std::uint64_t until_step, ReadLog& log) override;
};

}  // namespace reprise

#include "machine/execute.h"
