#include "replay/call_tree.h"

namespace reprise {

using compiler::ChunkCalls;
using compiler::kNoIndex;
using compiler::TextIndex;

namespace {

constexpr unsigned kMostLeft = 4096;  ///< frames that one return leaves

}  // namespace

CallTree::CallTree(const Program& program) {
    frames_.push_back({.function = compiler::text_index(program, program.entry()), .calls = 1});
}

std::uint32_t CallTree::callee(std::uint32_t caller, TextIndex function, TextIndex return_to) {
    const auto hash_of = [](const Frame& frame) {
        return spread(compiler::CallRecorder::key_of(frame.function, frame.return_to) ^
                      spread(frame.caller));
    };
    const Frame wanted{.caller = caller, .function = function, .return_to = return_to};
    std::uint32_t& slot = callees_.slot(hash_of(wanted), [&](std::uint32_t number) {
        const Frame& frame = frames_[number];
        return frame.caller == caller && frame.function == function && frame.return_to == return_to;
    });
    if (slot != 0) return slot;
    if (is_full()) return caller;
    const auto number = static_cast<std::uint32_t>(frames_.size());
    frames_.push_back(wanted);
    callees_.fill(slot, number, [&](std::uint32_t other) { return hash_of(frames_[other]); });
    return number;
}

/// The caller of the innermost frame that returns there; where there is none, the guest has jumped
/// and stays where it is. Looks no further than kMostLeft: hostile guests return to nowhere in each
/// step.
std::uint32_t CallTree::unwind(std::uint32_t from, TextIndex to) const {
    std::uint32_t frame = from;
    for (unsigned left = 0; frame != 0 && left < kMostLeft; ++left, frame = frames_[frame].caller) {
        if (frames_[frame].return_to == to) return frames_[frame].caller;
    }
    return from;
}

void CallTree::add(const ChunkCalls& chunk) {
    std::vector<std::uint32_t> numbers(chunk.frames.size());
    std::size_t base = 0;
    for (std::uint32_t i = 0; i < chunk.frames.size(); ++i) {
        const ChunkCalls::Frame& frame = chunk.frames[i];
        if (base < chunk.bases.size() && chunk.bases[base].frame == i) {
            const ChunkCalls::Base& found = chunk.bases[base];
            numbers[i] = base == 0 ? current_ : unwind(numbers[found.left], found.returned_to);
            ++base;
        } else if (frame.return_to == kNoIndex) {  // in place of the base that was its caller
            const std::uint32_t replaced = numbers[frame.caller];
            numbers[i] = replaced == 0 ? callee(0, frame.function, kNoIndex)
                                       : callee(frames_[replaced].caller, frame.function,
                                                frames_[replaced].return_to);
        } else {
            numbers[i] = callee(numbers[frame.caller], frame.function, frame.return_to);
        }
        frames_[numbers[i]].steps += frame.steps;
        frames_[numbers[i]].calls += frame.calls;
    }
    current_ = numbers[chunk.last];
}

}  // namespace reprise
