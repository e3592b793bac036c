/// @file
/// What stands behind a CSR instruction in compiled code.
#pragma once

#include <cstdint>
#include <exception>

#include "compiler/context.h"
#include "machine/environment.h"
#include "program/program.h"

namespace reprise::compiler {

/// Carries out the CSR instruction at `pc`. What is refused has not been done; it has only read,
/// maybe.
/// @return where the guest goes on, or 0 if it was refused.
inline std::uint64_t carry_out_csr(Context& context, std::uint64_t pc, const Program& program,
                                   Environment& environment, EcallMemory& memory) {
    const isa::Instruction& in = *program.fetch(pc);
    State& state = context.state;
    state.pc = pc;
    state.step = step_of(context);
    const CsrOutcome outcome = environment.csr(csr_access(in, state, program), state, memory);
    if (outcome.refusal) return 0;
    if (in.rd != 0) state.x[in.rd] = outcome.value;
    return pc + in.length;
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
