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

/// The guest memory that an ecall works on. All-or-nothing: where a byte may not be accessed,
/// nothing is and the answer is false.
class EcallMemory {
public:
    virtual ~EcallMemory() = default;
    virtual bool read(std::uint64_t address, std::span<std::uint8_t> bytes) = 0;
    virtual bool write(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;
    /// What the guest will learn that follows neither from its registers nor from its memory, such
    /// as how much of the input was left: passes through here, so that it can be logged, or comes
    /// from the log instead.
    virtual std::uint64_t outside(std::uint64_t value) { return value; }
};

/// What comes of an ecall.
struct EcallOutcome {
    enum class Kind : std::uint8_t { resume, exit, unknown };
    Kind kind = Kind::resume;
    int exit_code = 0;
};

class Environment {
public:
    virtual ~Environment() = default;

    /// Every region that exists besides the program's own segments.
    /// @throws Error if the program leaves no room for them.
    virtual std::vector<Region> regions(const Program& program) const = 0;

    /// Brings the environment to its beginning and fills in start registers (pc is set already)
    /// and what memory holds besides the program. Called again for every restart of a guest.
    virtual void start(const Program& program, State& state, Memory& memory) = 0;

    /// Carries out the ecall that the registers describe and puts its result into them.
    virtual EcallOutcome ecall(State& state, EcallMemory& memory) = 0;

    /// The value of a CSR, or nothing if there is none of this number. Here: `cycle` and `instret`.
    virtual std::optional<std::uint64_t> read_csr(std::uint32_t number, const State& state);
    /// Whether the CSR exists and could be written. Here: none.
    virtual bool write_csr(std::uint32_t number, std::uint64_t value, State& state);
};

}  // namespace reprise
