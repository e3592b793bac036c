#include "compiler/call_recorder.h"

#include <algorithm>
#include <new>

namespace reprise::compiler {

namespace {

constexpr bool is_link(unsigned reg) {
    return reg == 1 || reg == 5;
}

}  // namespace

Transfer transfer_of(const isa::Instruction& in) {
    if (in.op != isa::Op::jal && in.op != isa::Op::jalr) return Transfer::none;
    if (is_link(in.rd)) return Transfer::call;
    if (in.rd != 0) return Transfer::none;
    return in.op == isa::Op::jalr && is_link(in.rs1) ? Transfer::ret : Transfer::jump;
}

FunctionRange function_around(const Program& program, std::uint64_t pc) {
    const Symbol* const symbol = program.symbol_at(pc);
    if (symbol == nullptr) return {};
    const std::uint64_t begin = symbol->address, text_end = program.text_end();
    std::uint64_t end = text_end;
    if (symbol->size != 0) {
        end = begin + symbol->size;
    } else if (symbol != &program.symbols().back()) {
        end = symbol[1].address;
    }
    return {.begin = begin, .size = std::min(end, text_end) - begin};
}

CallRecorder::CallRecorder()
    : frames_(std::make_unique_for_overwrite<CallFrame[]>(kMostFrames)),  // touched as it is used
      nothing_(std::make_unique<CallFrame>(
          CallFrame{.return_to = kNoIndex, .function = kNoIndex, .caller = nullptr})),
      buckets_(kBuckets, nothing_.get()) {
    start();
}

void CallRecorder::start() {
    for (std::uint32_t i = 0; i < used_; ++i) {
        if (frames_[i].caller != &frames_[i])
            buckets_[frames_[i].bucket / kBucketBytes] = nothing_.get();
    }
    used_ = 0;
    bases_.clear();
    lacks_memory_ = false;
    bases_.push_back({});
    current_ = add_base();
}

CallFrame* CallRecorder::add_base() {
    CallFrame* const base = &frames_[used_];
    *base = {.return_to = kNoIndex, .function = kNoIndex, .caller = base};
    ++used_;
    return base;
}

/// Counts a call of the frame that there is, or of a new one.
CallFrame* CallRecorder::enter(CallFrame& caller, TextIndex function, TextIndex return_to,
                               TextIndex place) {
    const std::uint32_t bucket =
        (part_of(&caller) ^ part_of(place) ^ part_of_function(function)) & kBucketMask;
    CallFrame*& first = buckets_[bucket / kBucketBytes];
    CallFrame** link = &first;
    for (unsigned i = 0; i < kMostLookedAt && *link != nothing_.get(); ++i, link = &(*link)->next) {
        CallFrame* const frame = *link;
        if (frame->caller != &caller || frame->function != function ||
            frame->return_to != return_to)
            continue;
        *link = frame->next;
        frame->next = first;
        first = frame;
        ++frame->calls;
        return frame;
    }
    if (used_ == kMostFrames) {
        ++caller.calls;
        return &caller;
    }
    CallFrame* const frame = &frames_[used_];
    *frame = {.return_to = return_to,
              .function = function,
              .caller = &caller,
              .steps = 0,
              .calls = 1,
              .next = first,
              .bucket = bucket};
    ++used_;
    first = frame;
    return frame;
}

/// Mostly the innermost call returns; longjmp leaves several.
CallFrame* CallRecorder::unwind(CallFrame* from, TextIndex to) {
    for (CallFrame* frame = from; frame->caller != frame; frame = frame->caller) {
        if (frame->return_to == to) return frame->caller;
    }
    if (used_ == kMostFrames) return from;
    bases_.push_back({.frame = used_, .left = number(from), .returned_to = to});
    return add_base();
}

CallFrame* CallRecorder::callee(CallRecorder* recorder, CallFrame* from,
                                std::uint64_t key) noexcept {
    const auto return_to = static_cast<TextIndex>(key);
    return recorder->enter(*from, static_cast<TextIndex>(key >> 32), return_to, return_to);
}

CallFrame* CallRecorder::returned(CallRecorder* recorder, CallFrame* from,
                                  std::uint64_t to) noexcept {
    try {
        return recorder->unwind(from, static_cast<TextIndex>(to));
    } catch (const std::bad_alloc&) {
        recorder->lacks_memory_ = true;
        return from;
    }
}

/// A frame that replaces a base is its callee, of which it is not known where it returns to.
CallFrame* CallRecorder::replaced(CallRecorder* recorder, CallFrame* from,
                                  std::uint64_t function) noexcept {
    const auto entered = static_cast<TextIndex>(function);
    return recorder->enter(*from->caller, entered, from->return_to, entered);
}

void CallRecorder::call(TextIndex function, TextIndex return_to) {
    current_ = callee(this, current_, key_of(function, return_to));
}

void CallRecorder::ret(TextIndex to) {
    current_ = returned(this, current_, to);
}

void CallRecorder::tail_call(TextIndex function) {
    current_ = replaced(this, current_, function);
}

ChunkCalls CallRecorder::finish() {
    if (lacks_memory_) throw std::bad_alloc();
    ChunkCalls calls{.bases = bases_, .last = number(current_)};
    calls.frames.reserve(used_);
    for (std::uint32_t i = 0; i < used_; ++i) {
        const CallFrame& frame = frames_[i];
        calls.frames.push_back({.caller = number(frame.caller),
                                .function = frame.function,
                                .return_to = frame.return_to,
                                .steps = frame.steps,
                                .calls = frame.calls});
    }
    return calls;
}

}  // namespace reprise::compiler
