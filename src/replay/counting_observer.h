/// @file
/// Observers for the interpreter (see NoObserver) that count what chunks execute.
#pragma once

#include <utility>

#include "compiler/call_recorder.h"
#include "replay/counts.h"

namespace reprise {

/// Counts instructions.
class CountingObserver {
public:
    CountingObserver(const Program& program, Counts& counts) : program_(program), counts_(counts) {}

    bool stop_before(std::uint64_t /*pc*/) const { return false; }

    void retired(const isa::Instruction& in, std::uint64_t pc, std::uint64_t next_pc) {
        const auto place = *program_.find(pc);
        counts_.executed[place.text].add(place.halfword, 1);
        if (isa::info(in.op).kind == isa::Class::branch && next_pc != pc + in.length)
            ++counts_.branches_taken;
    }

private:
    const Program& program_;
    Counts& counts_;
};

/// Records calls.
class CallObserver {
public:
    CallObserver(const Program& program, compiler::CallRecorder& calls)
        : program_(program), calls_(calls) {}

    bool stop_before(std::uint64_t /*pc*/) const { return false; }

    void retired(const isa::Instruction& in, std::uint64_t pc, std::uint64_t next_pc) {
        using compiler::Transfer;
        calls_.add_steps(1);
        if (isa::info(in.op).kind != isa::Class::jump) return;
        switch (compiler::transfer_of(in)) {
            case Transfer::none: break;
            case Transfer::call: calls_.call(index(next_pc), index(pc + in.length)); break;
            case Transfer::ret: calls_.ret(index(next_pc)); break;
            case Transfer::jump:
                if (compiler::function_around(program_, pc).is_left_for(next_pc))
                    calls_.tail_call(index(next_pc));
                break;
        }
    }

private:
    compiler::TextIndex index(std::uint64_t pc) const { return compiler::text_index(program_, pc); }

    const Program& program_;
    compiler::CallRecorder& calls_;
};

/// Two observers in one.
template <class First, class Second>
class BothObservers {
public:
    BothObservers(First first, Second second)
        : first_(std::move(first)), second_(std::move(second)) {}

    bool stop_before(std::uint64_t pc) const {
        return first_.stop_before(pc) || second_.stop_before(pc);
    }
    void retired(const isa::Instruction& in, std::uint64_t pc, std::uint64_t next_pc) {
        first_.retired(in, pc, next_pc);
        second_.retired(in, pc, next_pc);
    }

private:
    First first_;
    Second second_;
};

}  // namespace reprise
