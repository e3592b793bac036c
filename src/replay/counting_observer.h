/// @file
/// Counts while chunks are interpreted.
#pragma once

#include "replay/counts.h"

namespace reprise {

/// An observer for the interpreter, see NoObserver.
class CountingObserver {
public:
    CountingObserver(const Program& program, Counts& counts) : program_(program), counts_(counts) {}

    bool stop_before(std::uint64_t /*pc*/) const { return false; }

    void retired(const isa::Instruction& in, std::uint64_t pc, std::uint64_t next_pc) {
        const auto place = *program_.find(pc);
        ++counts_.executed[place.text][place.halfword];
        if (isa::info(in.op).kind == isa::Class::branch && next_pc != pc + in.length)
            ++counts_.branches_taken;
    }

private:
    const Program& program_;
    Counts& counts_;
};

}  // namespace reprise
