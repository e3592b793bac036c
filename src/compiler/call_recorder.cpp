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

CallRecorder::CallRecorder() {
    start();
}

void CallRecorder::start() {
    constexpr std::size_t kFirstTable = 1024;
    used_ = 0;
    table_.assign(kFirstTable, 0);
    bases_.clear();
    lacks_memory_ = false;
    current_ = add_frame();
    current_->caller = current_;
    bases_.push_back({});
}

CallFrame* CallRecorder::add_frame() {
    if (used_ == frames_.size()) frames_.emplace_back();
    CallFrame& frame = frames_[used_];
    frame = CallFrame{.number = used_};
    frame.recent.fill(&nothing_);
    ++used_;
    return &frame;
}

/// Where the frame stands in the table, or would stand.
std::uint32_t& CallRecorder::slot_of(const CallFrame& caller, TextIndex function,
                                     TextIndex return_to) {
    // Multiplication by the golden ratio spreads to the upper bits.
    constexpr std::uint64_t kSpread = 0x9E37'79B9'7F4A'7C15;
    std::uint64_t hash = (key_of(function, return_to) ^ caller.number * kSpread) * kSpread;
    hash ^= hash >> 32;
    for (std::size_t i = hash;; ++i) {
        std::uint32_t& slot = table_[i & (table_.size() - 1)];
        if (slot == 0) return slot;
        const CallFrame& frame = frames_[slot - 1];
        if (frame.caller == &caller && frame.function == function && frame.return_to == return_to)
            return slot;
    }
}

void CallRecorder::grow_table() {
    table_.assign(2 * table_.size(), 0);
    for (std::uint32_t i = 0; i < used_; ++i) {
        const CallFrame& frame = frames_[i];
        if (frame.caller == &frame) continue;
        slot_of(*frame.caller, frame.function, frame.return_to) = i + 1;
    }
}

CallFrame* CallRecorder::find_callee(CallFrame& caller, TextIndex function, TextIndex return_to) {
    if (const std::uint32_t known = slot_of(caller, function, return_to); known != 0)
        return &frames_[known - 1];
    if (used_ >= kMostFrames) return &caller;
    CallFrame* const frame = add_frame();
    frame->function = function;
    frame->return_to = return_to;
    frame->caller = &caller;
    if (2 * used_ > table_.size()) {
        grow_table();
    } else {
        slot_of(caller, function, return_to) = used_;
    }
    return frame;
}

/// Mostly the innermost call returns; longjmp leaves several.
CallFrame* CallRecorder::unwind(CallFrame* from, TextIndex to) {
    for (CallFrame* frame = from; frame->caller != frame; frame = frame->caller) {
        if (frame->return_to == to) return frame->caller;
    }
    if (used_ >= kMostFrames) return from;
    bases_.push_back({.frame = used_, .left = from->number, .returned_to = to});
    CallFrame* const base = add_frame();
    base->caller = base;
    return base;
}

CallFrame* CallRecorder::enter(CallFrame& caller, TextIndex function, TextIndex return_to,
                               TextIndex place) noexcept {
    try {
        CallFrame* const frame = find_callee(caller, function, return_to);
        caller.recent[recent_of(place)] = frame;
        return frame;
    } catch (const std::bad_alloc&) {
        lacks_memory_ = true;
        return &caller;
    }
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
    ++current_->calls;
}

void CallRecorder::ret(TextIndex to) {
    current_ = returned(this, current_, to);
}

void CallRecorder::tail_call(TextIndex function) {
    current_ = replaced(this, current_, function);
    ++current_->calls;
}

ChunkCalls CallRecorder::finish() {
    if (lacks_memory_) throw std::bad_alloc();
    ChunkCalls calls{.bases = bases_, .last = current_->number};
    calls.frames.reserve(used_);
    for (std::uint32_t i = 0; i < used_; ++i) {
        const CallFrame& frame = frames_[i];
        calls.frames.push_back({.caller = frame.caller->number,
                                .function = frame.function,
                                .return_to = frame.return_to,
                                .steps = frame.steps,
                                .calls = frame.calls});
    }
    return calls;
}

}  // namespace reprise::compiler
