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

x86::Mem in_frame(x86::Gp frame, std::size_t offset, std::uint32_t size) {
    return x86::ptr(frame, static_cast<int>(offset), size);
}

x86::Mem recent_callee(x86::Gp frame, TextIndex place) {
    return in_frame(frame, offsetof(CallFrame, recent) + 8 * CallRecorder::recent_of(place), 8);
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
    a_.mov(x86::rcx, context_slot(offsetof(Context, frame)));
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

void Translator::count_call() {
    a_.inc(in_frame(x86::rax, offsetof(CallFrame, calls), 8));
}

/// rcx is the active frame, rdx what CallRecorder::key_of says of the call: rax becomes its frame.
void Translator::find_recent_call(TextIndex return_to, const asmjit::Label& slow) {
    a_.mov(x86::rax, recent_callee(x86::rcx, return_to));
    a_.cmp(in_frame(x86::rax, offsetof(CallFrame, return_to), 8), x86::rdx);
    a_.jne(slow);
}

/// rcx is the active frame, which the one for a tail call to `function` replaces, rax then.
void Translator::find_recent_tail_call(TextIndex function, const asmjit::Label& slow) {
    a_.mov(x86::rdx, in_frame(x86::rcx, offsetof(CallFrame, caller), 8));
    a_.mov(x86::rax, recent_callee(x86::rdx, function));
    a_.mov(x86::edx, in_frame(x86::rcx, offsetof(CallFrame, return_to), 4));
    a_.cmp(in_frame(x86::rax, offsetof(CallFrame, return_to), 4), x86::edx);
    a_.jne(slow);
    a_.cmp(in_frame(x86::rax, offsetof(CallFrame, function), 4), function);
    a_.jne(slow);
}

void Translator::record_jump(const Instruction& in, const Block& block, std::uint64_t target) {
    const Transfer transfer = transfer_of(in);
    const bool leaves = function_around(program_, block.last).is_left_for(target);
    if (transfer == Transfer::none || (transfer == Transfer::jump && !leaves)) return;
    pay();
    charge_steps();
    const asmjit::Label slow = a_.newLabel(), entered = a_.newLabel();
    const TextIndex function = text_index(program_, target);
    const TextIndex return_to = text_index(program_, block.end);
    if (transfer == Transfer::call) {
        a_.mov(x86::rdx, CallRecorder::key_of(function, return_to));
        find_recent_call(return_to, slow);
        slow_way(call_thunk_, slow, entered);
    } else {
        find_recent_tail_call(function, slow);
        slow_way(tail_call_thunk_, slow, entered, function);
    }
    a_.bind(entered);
    count_call();
    go_on_in_frame();
}

void Translator::record_indirect_jump(const Instruction& in, const Block& block) {
    const x86::Gp target = host::kScratch2;
    const Transfer transfer = transfer_of(in);
    if (transfer == Transfer::none) return;
    if (transfer == Transfer::jump) {
        record_indirect_tail_call(block);
        return;
    }
    a_.mov(context_slot(offsetof(Context, target)), target);
    a_.shr(target, 1);
    charge_steps();
    const asmjit::Label slow = a_.newLabel(), entered = a_.newLabel();
    if (transfer == Transfer::call) {
        const TextIndex return_to = text_index(program_, block.end);
        a_.shl(target, 32);
        a_.add(target, return_to);
        find_recent_call(return_to, slow);
        slow_way(call_thunk_, slow, entered);
        a_.bind(entered);
        count_call();
    } else {
        a_.mov(x86::rax, in_frame(x86::rcx, offsetof(CallFrame, caller), 8));
        a_.cmp(in_frame(x86::rcx, offsetof(CallFrame, return_to), 4), target.r32());
        a_.jne(slow);
        slow_way(return_thunk_, slow, entered);
        a_.bind(entered);
    }
    go_on_in_frame();
    a_.mov(target, context_slot(offsetof(Context, target)));
}

/// Mostly such a jump stays in its function: a switch.
void Translator::record_indirect_tail_call(const Block& block) {
    const FunctionRange range = function_around(program_, block.last);
    if (range.size == 0) return;
    const x86::Gp target = host::kScratch2;
    const auto distance =
        static_cast<std::int64_t>(range.begin) - std::int64_t{program_.text_begin()};
    const asmjit::Label leaves = a_.newLabel(), entered = a_.newLabel(), stays = a_.newLabel();
    a_.lea(host::kScratch1, x86::ptr(target, static_cast<std::int32_t>(-distance)));
    a_.cmp(host::kScratch1, static_cast<std::uint32_t>(range.size));
    a_.jae(leaves);
    a_.bind(stays);
    cold_.push_back({.label = leaves, .body = [this, target, entered, stays] {
                         a_.mov(context_slot(offsetof(Context, target)), target);
                         charge_steps();
                         a_.mov(target, context_slot(offsetof(Context, target)));
                         a_.shr(target, 1);
                         a_.lea(x86::rax, x86::ptr(entered));
                         a_.jmp(tail_call_thunk_);
                         a_.bind(entered);
                         count_call();
                         go_on_in_frame();
                         a_.mov(target, context_slot(offsetof(Context, target)));
                         a_.jmp(stays);
                     }});
}

}  // namespace reprise::compiler
