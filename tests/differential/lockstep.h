/// @file
/// Two engines side by side on one program: after every so many steps their machines must be equal.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "compiler/engine.h"
#include "machine/interpreter.h"
#include "machine/machine.h"

namespace reprise::testing {

/// A machine with an engine of its own, and what it wrote.
class Runner {
public:
    enum class Kind : std::uint8_t { interpreted, compiled };

    /// @param placement  of guest memory.
    /// @param records    whether what is read is logged.
    Runner(std::shared_ptr<const Program> program, Bytes input, Kind kind,
           Memory::Placement placement, bool records = false);

    Stop run(std::uint64_t until_step) {
        log_.clear();
        return records_ ? engine_->record(*machine_, until_step, log_)
                        : engine_->run(*machine_, until_step);
    }
    /// What the last run read.
    GuardedBytes log() const { return log_.bytes(); }
    Machine& machine() { return *machine_; }
    const Bytes& output() const { return output_; }

private:
    Bytes output_;
    std::unique_ptr<Machine> machine_;
    std::unique_ptr<Engine> engine_;
    bool records_;
    ReadLog log_;
};

/// What is different between two runners that stopped, a line for each thing; empty if nothing is.
/// `compare_states` looks at stop and registers, `compare_all` also at output and memory.
std::string compare_states(Runner& interpreted, const Stop& expected, Runner& compiled,
                           const Stop& got);
std::string compare_all(Runner& interpreted, const Stop& expected, Runner& compiled,
                        const Stop& got);
/// The same for the memory that programs usually write to.
std::string compare_memories(const Machine& a, const Machine& b);

struct LockstepOptions {
    std::uint64_t every = 1 << 20;  ///< steps from one comparison to the next
    std::uint64_t limit = ~std::uint64_t{0};
    Memory::Placement placement = Memory::Placement::low;
    /// Compares what was read, too, and what replays make of it.
    bool records = false;
};

struct LockstepResult {
    std::uint64_t steps = 0;  ///< compared and found equal
    Stop stop;                ///< the interpreter's
    std::string difference;   ///< empty: none
};

/// Runs `program` interpreted and compiled; compares registers and stop after every so many steps,
/// output and memory at the end.
LockstepResult run_in_lockstep(const std::shared_ptr<const Program>& program, const Bytes& input,
                               const LockstepOptions& options);

/// For a result with a difference: the step where it starts, nearly, and the steps before.
std::string narrow_down(const std::shared_ptr<const Program>& program, const Bytes& input,
                        const LockstepOptions& options, const LockstepResult& result);

}  // namespace reprise::testing
