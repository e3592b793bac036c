/// @file
/// A guest, loaded and ready to run: program, memory, registers and environment in one.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "machine/environment.h"
#include "machine/memory.h"
#include "machine/read_log.h"
#include "machine/state.h"
#include "machine/stop.h"
#include "program/program.h"

namespace reprise {

/// The guest's whole memory map: the environment's regions and the program's segments.
std::vector<Region> all_regions(const Program& program, const Environment& environment);

/// Registers at step 0. They belong to program and platform.
State initial_state(const Program& program, const Environment& environment);

class Machine {
public:
    /// Loads the program at step 0.
    /// @throws Error if program and environment do not fit together, or the host lacks memory.
    Machine(std::shared_ptr<const Program> program, std::unique_ptr<Environment> environment,
            Memory::Placement placement = Memory::Placement::low);

    /// Back to step 0, as if new. Since everything is deterministic, running on from here leads
    /// through the same states again.
    void restart();

    const Program& program() const { return *program_; }
    Environment& environment() { return *environment_; }
    Memory& memory() { return memory_; }
    const Memory& memory() const { return memory_; }

    State state;

private:
    void load();

    std::shared_ptr<const Program> program_;
    std::unique_ptr<Environment> environment_;
    Memory memory_;
};

/// What runs a machine. Engines differ in speed only: state, memory, output, steps and faults are
/// the same bit for bit.
class Engine {
public:
    virtual ~Engine() = default;

    /// Runs until `until_step` instructions have retired in all, or the guest exits or faults.
    /// After `step_limit` the machine stands exactly there and may be run on, by any engine; after
    /// a fault it stands before the instruction that caused it.
    virtual Stop run(Machine& machine, std::uint64_t until_step) = 0;

    /// The same, and appends to `log` what is read on the way: the same bytes from every engine.
    /// Of an instruction that faults, at most what was read for a precompile that then refused is
    /// logged.
    /// @throws Error if the log grows beyond ReadLog::kLimit.
    virtual Stop record(Machine& machine, std::uint64_t until_step, ReadLog& log) = 0;
};

}  // namespace reprise
