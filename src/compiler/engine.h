/// @file
/// The engine that runs compiled code.
#pragma once

#include <memory>

#include "compiler/compiler.h"
#include "machine/machine.h"

namespace reprise::compiler {

class AccessGuard;
class ContextStack;

/// Compiled code, with the interpreter for what it leaves aside: ecalls and CSRs, instructions that
/// fault, jumps to where no block starts, and the last steps before a limit.
///
/// Compiled code only notices that something went wrong since it was last entered. What exactly
/// comes from running the machine again from its start up to that entry, and interpreting from
/// there: so a machine must have been run from step 0 by engines alone.
class CompiledEngine final : public Engine {
public:
    /// Runs machines of this program whose memory lies where the code was compiled for.
    explicit CompiledEngine(std::shared_ptr<const CompiledProgram> program);
    ~CompiledEngine() override;

    Stop run(Machine& machine, std::uint64_t until_step) override;

    /// Needs code that was compiled for Mode::record, and `run` code for Mode::run.
    Stop record(Machine& machine, std::uint64_t until_step, ReadLog& log) override;

    /// How often a machine was run again from its start.
    std::uint64_t restarts() const { return restarts_; }

private:
    // `log` is null where there is none.
    Stop run_slices(Machine& machine, std::uint64_t until_step, ReadLog* log);
    Stop run_slice(Machine& machine, std::uint64_t until_step, ReadLog* log);
    bool run_compiled(Machine& machine, std::uint64_t until_step, ReadLog* log);
    static bool pass_on_stores(Machine& machine, AccessGuard& guard);
    Stop interpret_to_block(Machine& machine, std::uint64_t until_step, ReadLog* log);
    void return_to(Machine& machine, std::uint64_t step);
    Stop run_again(Machine& machine, std::uint64_t good_step, std::uint64_t until_step,
                   ReadLog* log);
    void note_less();

    std::shared_ptr<const CompiledProgram> program_;
    std::unique_ptr<ContextStack> stack_;
    std::uint64_t restarts_ = 0;
    /// Whether it stores more to a device than can be noted in a slice. To run again whenever it
    /// does would take ever longer, and each such store costs two signals: the rest is interpreted.
    bool prints_much_ = false;
};

}  // namespace reprise::compiler
