/// @file
/// What stands behind a CSR instruction in compiled code: the interpreter, for one step.
#pragma once

#include <cstdint>
#include <exception>

#include "compiler/context.h"
#include "machine/interpreter.h"

namespace reprise::compiler {

/// Lets the interpreter do the instruction at `pc`. What it refuses, it has not done; it has only
/// read, maybe.
/// @return where the guest goes on, or 0 if it was refused.
template <class GuestMemory, class Observer>
std::uint64_t interpret_csr(Context& context, std::uint64_t pc, const Program& program,
                            Environment& environment, GuestMemory& memory, Observer& observer) {
    State state{.x = context.x, .pc = pc, .step = step_of(context)};
    const Stop stop =
        Interpreter<GuestMemory, Observer>(program, environment, state, memory, observer)
            .run(state.step + 1);
    if (stop.kind != Stop::Kind::step_limit) return 0;
    context.x = state.x;
    return state.pc;
}

/// Exceptions cannot pass through compiled code: they wait here.
class WaitingError {
public:
    /// What `call` answers, or 0 if it throws.
    template <class Call>
    std::uint64_t catch_from(Call call) {
        try {
            return call();
        } catch (...) {
            error_ = std::current_exception();
            return 0;
        }
    }
    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

private:
    std::exception_ptr error_;
};

}  // namespace reprise::compiler
