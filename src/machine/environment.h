/// @file
/// The interface between a guest and what is around it: its memory map, start registers, ecalls
/// and CSRs. The environments themselves are in the room `platform`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "machine/memory.h"
#include "machine/state.h"
#include "machine/stop.h"
#include "program/program.h"

namespace reprise {

/// The guest memory that ecalls and precompiles work on. All-or-nothing: where a byte may not be
/// accessed, nothing is and the answer is false. Addresses and sizes may be any.
class EcallMemory {
public:
    virtual ~EcallMemory() = default;
    virtual bool can_read(std::uint64_t address, std::uint64_t size) const = 0;
    virtual bool can_write(std::uint64_t address, std::uint64_t size) const = 0;
    virtual bool read(std::uint64_t address, std::span<std::uint8_t> bytes) = 0;
    virtual bool write(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;
    /// Within the guest, as memmove does it: reads all, then writes all.
    virtual bool copy(std::uint64_t to, std::uint64_t from, std::uint64_t size) = 0;
    virtual bool fill(std::uint64_t address, std::uint8_t value, std::uint64_t size) = 0;
    /// What the guest will learn that follows neither from its registers nor from its memory, such
    /// as how much of the input was left: passes through here, so that it can be logged, or comes
    /// from the log instead.
    virtual std::uint64_t outside(std::uint64_t value) { return value; }
    /// Advice, which the guest checks itself: the next word of a hint, or nothing if there is none,
    /// and then the guest faults. In a replay it comes from the log, and there is none where that
    /// ends.
    virtual std::optional<std::uint64_t> advice(std::optional<std::uint64_t> word) { return word; }
    /// Whether it has to be worked out: not in a replay.
    virtual bool wants_advice() const { return true; }
    /// Reads what nothing depends on but advice: it is not logged, and zero in a replay.
    virtual bool peek(std::uint64_t address, std::span<std::uint8_t> bytes) {
        return read(address, bytes);
    }
};

/// What a guest is refused: a fault, but for where it happens. The texts live for ever.
struct Refusal {
    FaultKind kind = FaultKind::precompile;
    std::uint64_t address = 0;      ///< see Fault
    const char* subject = nullptr;  ///< the precompile or hint
    const char* reason = nullptr;   ///< which operand, and what is wrong with it
};

/// What comes of an ecall.
struct EcallOutcome {
    enum class Kind : std::uint8_t { resume, exit, refuse };
    Kind kind = Kind::resume;
    int exit_code = 0;
    Refusal refusal;
};

/// What a CSR instruction asks for.
struct CsrAccess {
    enum class Write : std::uint8_t { none, replace, set_bits, clear_bits };
    std::uint32_t number = 0;
    Write write = Write::none;  ///< none of csrrs and csrrc with x0 or 0
    std::uint64_t operand = 0;  ///< what rs1 holds, or the immediate
    const isa::Instruction& instruction;
    const Program& program;  ///< what follows the instruction may belong to it
};
/// What the CSR instruction at state.pc asks for.
CsrAccess csr_access(const isa::Instruction& instruction, const State& state,
                     const Program& program);

struct CsrOutcome {
    std::uint64_t value = 0;  ///< what rd becomes
    std::optional<Refusal> refusal;
};

class Environment {
public:
    virtual ~Environment() = default;

    /// Every region that exists besides the program's own segments.
    /// @throws Error if the program leaves no room for them.
    virtual std::vector<Region> regions(const Program& program) const = 0;

    /// Fills in the start registers; pc is set already.
    virtual void set_registers(State& state) const = 0;

    /// Brings the environment to its beginning and fills in what memory holds besides the program.
    /// Called again for every restart of a guest.
    virtual void start(const Program& program, Memory& memory) = 0;

    /// What the future depends on besides registers, memory and the input: `resume` takes it.
    virtual std::vector<std::uint64_t> save() const { return {}; }
    /// Brings an environment that has just started to where another one was saved. What that one
    /// has written is not written again.
    /// @throws Error for what `save` does not make.
    virtual void resume(std::span<const std::uint64_t> saved);

    /// Carries out the ecall that the registers describe and puts its result into them. Where it is
    /// refused, it has done nothing.
    virtual EcallOutcome ecall(State& state, EcallMemory& memory) = 0;

    /// Carries out a CSR instruction; where it is refused, it has done nothing. Here, `cycle` and
    /// `instret` can be read, and there are no others.
    virtual CsrOutcome csr(const CsrAccess& access, State& state, EcallMemory& memory);

    /// A jump to what is not text: whether the guest exits there, with 0.
    virtual bool ends_at(std::uint64_t /*pc*/, EcallMemory& /*memory*/) { return false; }

    /// A store to where memory may not be written: whether there is a device that takes it.
    virtual bool store(std::uint64_t /*address*/, std::uint64_t /*value*/, unsigned /*size*/) {
        return false;
    }
};

}  // namespace reprise
