/// Recording of calls, in a replay: compiled code keeps the active CallFrame and its steps.
///
/// Mostly a call leads to a frame that was there before, and a return to the caller: that is done
/// here. What is new is done by CallRecorder, through thunks that save what functions of the host
/// may change.
#include "compiler/call_recorder.h"
#include "compiler/translator.h"

namespace reprise::compiler {

namespace {

/// Registers that the System V ABI does not preserve, of those that may be mapped.
constexpr x86::Gp kSpilled[] = {x86::rsi, x86::rdi, x86::r8, x86::r9, x86::r10, x86::r11};

x86::Mem frame_slot() {
    return context_slot(offsetof(Context, frame));
}

x86::Mem in_frame(x86::Gp frame, std::size_t offset, std::uint32_t size) {
    return x86::ptr(frame, static_cast<int>(offset), size);
}

}  // namespace

/// In: rcx the active frame, rdx what the function takes third, rax where to go on. Out: rax the
/// frame to go on in.
void Translator::emit_call_thunks() {
    using Slow = CallFrame* (*)(CallRecorder*, CallFrame*, std::uint64_t) noexcept;
    const auto emit = [this](const asmjit::Label& label, Slow slow) {
        a_.bind(label);
        a_.mov(context_slot(offsetof(Context, scratch)), x86::rax);
        std::size_t spilled = offsetof(Context, spilled);
        for (const x86::Gp& saved : kSpilled) {
            a_.mov(context_slot(spilled), saved);
            spilled += sizeof(std::uint64_t);
        }
        a_.mov(x86::rdi, context_slot(offsetof(Context, calls)));
        a_.mov(x86::rsi, x86::rcx);
        a_.sub(host::kContext, kContextMiddle);  // below the Context there is a stack
        a_.mov(x86::rax, reinterpret_cast<std::uintptr_t>(slow));
        a_.call(x86::rax);
        a_.add(host::kContext, kContextMiddle);
        spilled = offsetof(Context, spilled);
        for (const x86::Gp& saved : kSpilled) {
            a_.mov(saved, context_slot(spilled));
            spilled += sizeof(std::uint64_t);
        }
        a_.jmp(context_slot(offsetof(Context, scratch)));
    };
    emit(call_thunk_, CallRecorder::callee);
    emit(return_thunk_, CallRecorder::returned);
    emit(tail_call_thunk_, CallRecorder::replaced);
}

/// Leaves the active frame in rcx. No steps are owed.
void Translator::charge_steps() {
    a_.mov(x86::rcx, frame_slot());
    a_.mov(x86::rax, context_slot(offsetof(Context, frame_budget)));
    a_.sub(x86::rax, host::kBudget);
    a_.add(in_frame(x86::rcx, offsetof(CallFrame, steps), 8), x86::rax);
    a_.mov(context_slot(offsetof(Context, frame_budget)), host::kBudget);
}

void Translator::slow_way(const asmjit::Label& thunk, const asmjit::Label& from,
                          const asmjit::Label& resume, std::optional<std::uint32_t> argument) {
    cold_.push_back({.label = from, .body = [this, thunk, resume, argument] {
                         if (argument) a_.mov(x86::edx, *argument);
                         a_.lea(x86::rax, x86::ptr(resume));
                         a_.jmp(thunk);
                     }});
}

void Translator::record_jump(const Instruction& in, const Block& block, std::uint64_t target) {
    const Transfer transfer = transfer_of(program_, in, block.last);
    if (transfer == Transfer::none) return;
    pay();
    charge_steps();
    const asmjit::Label slow = a_.newLabel(), entered = a_.newLabel();
    const auto recent = [](x86::Gp frame, std::size_t number) {
        return in_frame(frame, offsetof(CallFrame, recent) + 8 * number, 8);
    };
    const TextIndex function = text_index(target), return_to = text_index(block.end);
    if (transfer == Transfer::call) {
        a_.mov(x86::rax, recent(x86::rcx, CallRecorder::recent_of(return_to)));
        a_.mov(x86::rdx, CallRecorder::key_of(function, return_to));
        a_.cmp(in_frame(x86::rax, offsetof(CallFrame, return_to), 8), x86::rdx);
        a_.jne(slow);
        slow_way(call_thunk_, slow, entered);
    } else {
        a_.mov(x86::rdx, in_frame(x86::rcx, offsetof(CallFrame, caller), 8));
        a_.mov(x86::rax, recent(x86::rdx, CallRecorder::recent_of(function)));
        a_.mov(x86::edx, in_frame(x86::rcx, offsetof(CallFrame, return_to), 4));
        a_.cmp(in_frame(x86::rax, offsetof(CallFrame, return_to), 4), x86::edx);
        a_.jne(slow);
        a_.cmp(in_frame(x86::rax, offsetof(CallFrame, function), 4), function);
        a_.jne(slow);
        slow_way(tail_call_thunk_, slow, entered, function);
    }
    a_.bind(entered);
    a_.inc(in_frame(x86::rax, offsetof(CallFrame, calls), 8));
    a_.mov(frame_slot(), x86::rax);
}

void Translator::record_indirect_jump(const Instruction& in, const Block& block) {
    const Transfer transfer = transfer_of(program_, in, block.last);
    if (transfer == Transfer::none) return;
    const x86::Gp target = host::kScratch2;
    a_.mov(context_slot(offsetof(Context, target)), target);
    a_.shr(target, 1);
    charge_steps();
    const asmjit::Label slow = a_.newLabel(), entered = a_.newLabel();
    if (transfer == Transfer::call) {
        const TextIndex return_to = text_index(block.end);
        const std::size_t recent =
            offsetof(CallFrame, recent) + 8 * CallRecorder::recent_of(return_to);
        a_.shl(target, 32);
        a_.add(target, return_to);
        a_.mov(x86::rax, in_frame(x86::rcx, recent, 8));
        a_.cmp(in_frame(x86::rax, offsetof(CallFrame, return_to), 8), target);
        a_.jne(slow);
        slow_way(call_thunk_, slow, entered);
        a_.bind(entered);
        a_.inc(in_frame(x86::rax, offsetof(CallFrame, calls), 8));
    } else {
        a_.mov(x86::rax, in_frame(x86::rcx, offsetof(CallFrame, caller), 8));
        a_.cmp(in_frame(x86::rcx, offsetof(CallFrame, return_to), 4), target.r32());
        a_.jne(slow);
        slow_way(return_thunk_, slow, entered);
        a_.bind(entered);
    }
    a_.mov(frame_slot(), x86::rax);
    a_.mov(target, context_slot(offsetof(Context, target)));
}

}  // namespace reprise::compiler
