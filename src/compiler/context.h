/// @file
/// What compiled code works on besides guest memory, and which host register is what.
///
/// | register            | holds                                                          |
/// |---------------------|----------------------------------------------------------------|
/// | rsp                 | the Context's middle, so that all its registers are in reach   |
/// | rax, rcx, rdx       | nothing between two instructions of the guest: scratch          |
/// | r15                 | steps that may still run, less kSlack                           |
/// | r14                 | the OR of all base addresses used: high half 0, or astray;       |
/// |                     | in a replay, where no address is used, the active call if those  |
/// |                     | are recorded, else a guest register                              |
/// | r13                 | where the log is written or read next; without it, a guest       |
/// |                     | register                                                         |
/// | the others          | guest registers, as a Mapping says                              |
#pragma once

#include <asmjit/x86.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "machine/state.h"

namespace reprise::compiler {

class CallRecorder;
struct CallFrame;
struct Context;

/// Carries out CSR instructions for compiled code.
class CsrHost {
public:
    virtual ~CsrHost() = default;
    /// Carries out the one that stands at `pc`, with what the Context holds, or does nothing.
    /// Throws nothing.
    /// @return where the guest goes on, or 0: compiled code is to be left before it.
    virtual std::uint64_t carry_out(Context& context, std::uint64_t pc) = 0;

    static std::uint64_t call(CsrHost* host, Context* context, std::uint64_t pc) noexcept {
        return host->carry_out(*context, pc);
    }
};

/// What code is compiled for.
enum class Mode : std::uint8_t {
    run,     ///< Engine::run
    record,  ///< Engine::record: what is loaded goes into a log
    replay   ///< loads come from a log, stores go nowhere: there is no guest memory
};

/// What compiled code and its host share. The registers lie around the address that rsp holds:
/// signed 8-bit displacements reach 16 below and 16 above.
struct Context {
    /// Compiled code keeps the registers in it; pc and step are the host's.
    State state;
    /// Where a value waits while registers depend on each other in a circle.
    std::array<std::uint64_t, 32> saved{};
    std::uint64_t scratch = 0, scratch_flags = 0;  ///< for counting
    std::uint64_t reservation = 0;
    std::uint64_t reserved = 0;  ///< 0 or 1
    std::uint64_t host_stack = 0;
    std::int64_t budget = 0;      ///< r15
    std::uint64_t astray = 0;     ///< r14
    std::uint8_t* log = nullptr;  ///< r13
    /// In a replay: loads and stores whose address was no multiple of their width.
    std::uint64_t misaligned_accesses = 0;

    // For CSR instructions.
    CsrHost* csr_host = nullptr;
    std::uint64_t until_step = 0;  ///< where the budget, kSlack included, would be used up

    // Where calls are recorded.
    CallRecorder* calls = nullptr;
    CallFrame** buckets = nullptr;  ///< CallRecorder::buckets
    CallFrame* frame = nullptr;     ///< the active call: r14
    std::uint64_t target = 0;       ///< of a jump, or the pc of a CSR instruction, for a while
    std::array<std::uint64_t, 6> spilled{};  ///< what functions of the host may change
};

/// Where, behind the Context, the counters of a replay lie.
inline constexpr std::size_t kCountersOffset = 1024;
static_assert(sizeof(Context) <= kCountersOffset);

/// rsp points at this byte of the Context.
inline constexpr int kContextMiddle = 128;

/// Between two tests of the budget at most kLongestWay steps run, and where blocks join at most
/// kMostOwed are not yet taken off. A test that passes leaves at least kSlack - kMostOwed, one more
/// than then run: the last step of a run is the interpreter's.
inline constexpr std::uint32_t kLongestWay = 512, kMostOwed = 256;
inline constexpr std::uint32_t kSlack = kLongestWay + kMostOwed + 1;

/// The budget for a run of at most `steps_left`. Below -kMostOwed, compiled code leaves at the next
/// test.
inline std::int64_t budget_for(std::uint64_t steps_left) {
    return static_cast<std::int64_t>(steps_left) - std::int64_t{kSlack};
}

/// The step at which the guest stands.
inline std::uint64_t step_of(const Context& context) {
    return context.until_step - static_cast<std::uint64_t>(context.budget + kSlack);
}

namespace x86 = asmjit::x86;

namespace host {
inline constexpr x86::Gp kContext = x86::rsp;
inline constexpr x86::Gp kBudget = x86::r15;
inline constexpr x86::Gp kAstray = x86::r14;
inline constexpr x86::Gp kFrame = x86::r14;  ///< a CallFrame
inline constexpr x86::Gp kLog = x86::r13;
inline constexpr x86::Gp kResult = x86::rax;    ///< results of guest registers that live in memory
inline constexpr x86::Gp kScratch1 = x86::rcx;  ///< first operand, addresses
inline constexpr x86::Gp kScratch2 = x86::rdx;  ///< second operand
/// What a Mapping may give to guest registers.
inline std::vector<x86::Gp> mappable(Mode mode, bool records_calls) {
    std::vector<x86::Gp> hosts{x86::rbx, x86::rbp, x86::rsi, x86::rdi, x86::r8,
                               x86::r9,  x86::r10, x86::r11, x86::r12};
    if (mode == Mode::run) hosts.push_back(kLog);
    if (mode == Mode::replay && !records_calls) hosts.push_back(kAstray);
    return hosts;
}
}  // namespace host

/// An operand in the Context.
inline x86::Mem context_slot(std::size_t offset) {
    return x86::qword_ptr(host::kContext, static_cast<int>(offset) - kContextMiddle);
}
inline x86::Mem register_slot(unsigned guest) {
    return context_slot(offsetof(Context, state.x) + 8 * guest);
}
inline x86::Mem counter_slot(std::uint32_t counter) {
    return context_slot(kCountersOffset + std::size_t{8} * counter);
}
inline x86::Mem saved_slot(unsigned guest) {
    return context_slot(offsetof(Context, saved) + 8 * guest);
}

}  // namespace reprise::compiler
