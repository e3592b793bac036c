/// @file
/// Where the interpreter gives way to compiled code.
#pragma once

#include <cstdint>

#include "compiler/compiler.h"
#include "isa/instruction.h"

namespace reprise::compiler {

/// An observer (see NoObserver) that stops the interpreter where compiled code can take over, but
/// not before its first step.
class UntilBlock {
public:
    UntilBlock(const CompiledProgram& program, std::uint64_t steps_left)
        : program_(program), steps_left_(steps_left) {}

    bool stop_before(std::uint64_t pc) const {
        return retired_ && program_.can_run(pc, steps_left_);
    }
    void retired(const isa::Instruction&, std::uint64_t, std::uint64_t) {
        retired_ = true;
        --steps_left_;
    }

private:
    const CompiledProgram& program_;
    std::uint64_t steps_left_;
    bool retired_ = false;
};

}  // namespace reprise::compiler
