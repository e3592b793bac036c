/// @file
/// Where the interpreter gives way to compiled code.
#pragma once

#include <cstdint>

#include "compiler/compiler.h"
#include "isa/instruction.h"

namespace reprise::compiler {

/// With fewer steps than this left, compiled code might leave at once.
inline constexpr std::uint64_t kFewSteps = kSlack + kMaxBlockSteps;

/// An observer (see NoObserver) that stops the interpreter where compiled code can take over, but
/// not before its first step.
class UntilBlock {
public:
    UntilBlock(const CompiledProgram& program, bool to_the_end)
        : program_(program), to_the_end_(to_the_end) {}

    bool stop_before(std::uint64_t pc) const {
        return retired_ && !to_the_end_ && program_.starts_block(pc);
    }
    void retired(const isa::Instruction&, std::uint64_t, std::uint64_t) { retired_ = true; }

private:
    const CompiledProgram& program_;
    bool to_the_end_;
    bool retired_ = false;
};

}  // namespace reprise::compiler
