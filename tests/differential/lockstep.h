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
    Runner(std::shared_ptr<const Program> program, Bytes input, Kind kind,
           Memory::Placement placement);

    Stop run(std::uint64_t until_step) { return engine_->run(*machine_, until_step); }
    Machine& machine() { return *machine_; }
    const Bytes& output() const { return output_; }

private:
    Bytes output_;
    std::unique_ptr<Machine> machine_;
    std::unique_ptr<Engine> engine_;
};

struct LockstepResult {
    std::uint64_t steps = 0;           ///< compared
    std::string difference;            ///< empty: none
};

/// Runs `program` interpreted and compiled and compares registers, stop and output after every
/// `every` steps, up to `limit` steps. Where they differ, narrows it down to the blocks between.
LockstepResult run_in_lockstep(const std::shared_ptr<const Program>& program, const Bytes& input,
                               std::uint64_t every, std::uint64_t limit,
                               Memory::Placement placement);

}  // namespace reprise::testing
