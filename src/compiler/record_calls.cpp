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

}  // namespace

/// In: kFrame, rdx what the function takes third, rax where to go on. Out: kFrame. Changes rcx
/// and rdx.
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
        a_.mov(x86::rsi, host::kFrame);
        a_.sub(host::kContext, kContextMiddle);  // below the Context there is a stack
        a_.mov(x86::rax, reinterpret_cast<std::uintptr_t>(slow));
        a_.call(x86::rax);
        a_.add(host::kContext, kContextMiddle);
        a_.mov(host::kFrame, x86::rax);
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

/// A frame's steps are the budget each time it becomes active less the budget each time it ceases
/// to be. No steps are owed.
void Translator::leave_frame() {
    a_.sub(in_frame(host::kFrame, offsetof(CallFrame, steps), 8), host::kBudget);
}
void Translator::go_on_in_frame() {
    a_.add(in_frame(host::kFrame, offsetof(CallFrame, steps), 8), host::kBudget);
}

void Translator::slow_way(const asmjit::Label& thunk, const asmjit::Label& from,
                          const asmjit::Label& resume, std::optional<std::uint32_t> argument) {
    cold_.push_back({.label = from, .body = [this, thunk, resume, argument] {
                         if (argument) a_.mov(x86::edx, *argument);
                         a_.lea(x86::rax, x86::ptr(resume));
                         a_.jmp(thunk);
                     }});
}

/// eax is the parts of place and function; rax becomes the first frame in the bucket that these and
/// `caller` make; says whether `caller` called it. Changes rcx.
void Translator::load_first_of_bucket(x86::Gp caller, const asmjit::Label& slow) {
    a_.mov(x86::ecx, caller.r32());
    a_.shr(x86::ecx, CallRecorder::kFrameShift);
    a_.xor_(x86::eax, x86::ecx);
    a_.mov(x86::rcx, context_slot(offsetof(Context, buckets)));
    a_.and_(x86::eax, CallRecorder::kBucketMask);
    a_.mov(x86::rax, x86::ptr(x86::rcx, x86::rax));
    a_.cmp(in_frame(x86::rax, offsetof(CallFrame, caller), 8), caller);
    a_.jne(slow);
}

/// Makes the callee active, if it is the first in its bucket. rax is that bucket, rdx what
/// CallRecorder::key_of says of the call.
void Translator::enter_callee(const asmjit::Label& slow) {
    load_first_of_bucket(host::kFrame, slow);
    a_.cmp(in_frame(x86::rax, offsetof(CallFrame, return_to), 8), x86::rdx);
    a_.jne(slow);
    a_.inc(in_frame(x86::rax, offsetof(CallFrame, calls), 8));
    a_.mov(host::kFrame, x86::rax);
}

/// The same for what takes the place of the active frame. Changes rcx and rdx.
void Translator::enter_tail_callee(TextIndex function, const asmjit::Label& slow) {
    const std::uint32_t part =
        CallRecorder::part_of(function) ^ CallRecorder::part_of_function(function);
    a_.mov(x86::rdx, in_frame(host::kFrame, offsetof(CallFrame, caller), 8));
    a_.mov(x86::eax, part);
    load_first_of_bucket(x86::rdx, slow);
    a_.mov(x86::edx, in_frame(host::kFrame, offsetof(CallFrame, return_to), 4));
    a_.cmp(in_frame(x86::rax, offsetof(CallFrame, return_to), 4), x86::edx);
    a_.jne(slow);
    a_.cmp(in_frame(x86::rax, offsetof(CallFrame, function), 4), function);
    a_.jne(slow);
    a_.inc(in_frame(x86::rax, offsetof(CallFrame, calls), 8));
    a_.mov(host::kFrame, x86::rax);
}

void Translator::record_jump(const Instruction& in, const Block& block, std::uint64_t target) {
    const Transfer transfer = transfer_of(in);
    const bool leaves = function_around(program_, block.last).is_left_for(target);
    if (transfer == Transfer::none || (transfer == Transfer::jump && !leaves)) return;
    pay();
    leave_frame();
    const asmjit::Label slow = a_.newLabel(), entered = a_.newLabel();
    const TextIndex function = text_index(program_, target);
    if (transfer == Transfer::call) {
        const TextIndex return_to = text_index(program_, block.end);
        const std::uint32_t part =
            CallRecorder::part_of(return_to) ^ CallRecorder::part_of_function(function);
        a_.mov(x86::rdx, CallRecorder::key_of(function, return_to));
        a_.mov(x86::eax, part);
        enter_callee(slow);
        slow_way(call_thunk_, slow, entered);
    } else {
        enter_tail_callee(function, slow);
        slow_way(tail_call_thunk_, slow, entered, function);
    }
    a_.bind(entered);
    go_on_in_frame();
}

void Translator::record_indirect_jump(const Instruction& in, const Block& block) {
    switch (transfer_of(in)) {
        case Transfer::none: break;
        case Transfer::jump: record_indirect_tail_call(block); break;
        case Transfer::call: record_indirect_call(block); break;
        case Transfer::ret: record_return(); break;
    }
}

void Translator::record_indirect_call(const Block& block) {
    const x86::Gp target = host::kScratch2;
    const TextIndex return_to = text_index(program_, block.end);
    a_.mov(context_slot(offsetof(Context, target)), target);
    leave_frame();
    const asmjit::Label slow = a_.newLabel(), entered = a_.newLabel();
    static_assert(CallRecorder::kBucketBytes ==
                  4 * 2);  // the target counts bytes, its part halfwords
    a_.lea(x86::eax, x86::ptr(0, target, 2));
    a_.xor_(x86::eax, CallRecorder::part_of(return_to));
    a_.shr(target, 1);  // which may be odd
    a_.shl(target, 32);
    a_.add(target, return_to);
    enter_callee(slow);
    slow_way(call_thunk_, slow, entered);
    a_.bind(entered);
    go_on_in_frame();
    a_.mov(target, context_slot(offsetof(Context, target)));
}

void Translator::record_return() {
    const x86::Gp target = host::kScratch2;
    const asmjit::Label slow = a_.newLabel(), entered = a_.newLabel();
    leave_frame();
    a_.mov(x86::rcx, target);
    a_.shr(x86::rcx, 1);
    a_.cmp(in_frame(host::kFrame, offsetof(CallFrame, return_to), 4), x86::ecx);
    a_.jne(slow);
    a_.mov(host::kFrame, in_frame(host::kFrame, offsetof(CallFrame, caller), 8));
    a_.bind(entered);
    go_on_in_frame();
    cold_.push_back({.label = slow, .body = [this, target, entered] {
                         const asmjit::Label returned = a_.newLabel();
                         a_.mov(context_slot(offsetof(Context, target)), target);
                         a_.mov(x86::edx, x86::ecx);
                         a_.lea(x86::rax, x86::ptr(returned));
                         a_.jmp(return_thunk_);
                         a_.bind(returned);
                         a_.mov(target, context_slot(offsetof(Context, target)));
                         a_.jmp(entered);
                     }});
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
                         leave_frame();
                         a_.shr(target, 1);
                         a_.lea(x86::rax, x86::ptr(entered));
                         a_.jmp(tail_call_thunk_);
                         a_.bind(entered);
                         go_on_in_frame();
                         a_.mov(target, context_slot(offsetof(Context, target)));
                         a_.jmp(stays);
                     }});
}

}  // namespace reprise::compiler
