#include "replay/call_tree.h"

#include <algorithm>
#include <random>

namespace reprise {

using compiler::ChunkCalls;
using compiler::kNoIndex;
using compiler::TextIndex;

namespace {

constexpr unsigned kMostLeft = 4096;  ///< frames that one return leaves

/// In the number of a chunk's frame: it is not in the tree, but counts for what has that number.
constexpr std::uint32_t kStandIn = std::uint32_t{1} << 31;
static_assert(CallTree::kMostFrames <= kStandIn);

bool is_stand_in(std::uint32_t number) {
    return (number & kStandIn) != 0;
}
std::uint32_t in_tree(std::uint32_t number) {
    return number & ~kStandIn;
}

std::uint32_t path_of(std::uint32_t caller_path, TextIndex function, TextIndex return_to) {
    const std::uint64_t key = compiler::CallRecorder::key_of(function, return_to);
    return static_cast<std::uint32_t>(spread(key ^ spread(caller_path)) >> 32);
}

}  // namespace

CallTree::CallTree(const Program& program) {
    // No guest can know which stacks would have the same hash: all hashes follow from this one.
    const std::uint32_t path = std::random_device()();
    frames_.push_back(
        {.function = compiler::text_index(program, program.entry()), .path = path, .calls = 1});
}

std::uint32_t CallTree::callee(std::uint32_t caller, TextIndex function, TextIndex return_to) {
    const Frame wanted{.caller = caller,
                       .function = function,
                       .return_to = return_to,
                       .path = path_of(frames_[caller].path, function, return_to)};
    std::uint32_t& slot = callees_.slot(wanted.path, [&](std::uint32_t number) {
        const Frame& frame = frames_[number];
        return frame.caller == caller && frame.function == function && frame.return_to == return_to;
    });
    if (slot != 0) return slot;
    if (is_full()) return caller | kStandIn;
    const auto number = static_cast<std::uint32_t>(frames_.size());
    frames_.push_back(wanted);
    callees_.fill(slot, number, [&](std::uint32_t other) { return frames_[other].path; });
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

/// Fetches what the frames of a chunk will be looked for in, some frames before they are: the tree
/// is too large for the caches. That needs their paths before their numbers are known; a path that
/// turns out otherwise costs time and nothing else.
class CallTree::Ahead {
public:
    Ahead(const CallTree& tree, const ChunkCalls& chunk)
        : tree_(tree), frames_(chunk.frames), paths_(chunk.frames.size()) {}

    /// From this frame on, a base and numbered, up to `end`, another one or the last.
    void start(std::uint32_t base, std::uint32_t end) {
        paths_[base] = tree_.frames_[in_tree(tree_.numbers_[base])].path;
        next_ = base + 1;
        end_ = end;
        while (next_ < end_ && next_ <= base + 2 * kDistance)
            fetch_slot(next_++);
    }

    /// This frame is about to be numbered: each of them, in order.
    void advance(std::uint32_t frame) {
        if (next_ < end_) fetch_slot(next_++);
        if (frame + kDistance < end_) fetch_frame(frame + kDistance);
    }

private:
    static constexpr std::uint32_t kDistance = 16;

    void fetch_slot(std::uint32_t i) {
        const ChunkCalls::Frame& frame = frames_[i];
        const bool is_caller_numbered = frame.caller + 2 * kDistance < i;
        if (is_caller_numbered && is_stand_in(tree_.numbers_[frame.caller])) return;
        paths_[i] = path_of(paths_[frame.caller], frame.function, frame.return_to);
        __builtin_prefetch(&tree_.callees_.first(paths_[i]));
    }
    void fetch_frame(std::uint32_t i) const {
        if (paths_[i] == 0) return;
        __builtin_prefetch(&tree_.frames_[tree_.callees_.first(paths_[i])]);
    }

    const CallTree& tree_;
    const std::vector<ChunkCalls::Frame>& frames_;
    std::vector<std::uint32_t> paths_;  ///< 0: not looked for
    std::uint32_t next_ = 0, end_ = 0;
};

/// What a frame of a chunk is here, or stands for it; its caller has been numbered.
std::uint32_t CallTree::number(const ChunkCalls::Frame& frame) {
    const std::uint32_t caller = numbers_[frame.caller];
    if (is_stand_in(caller)) return caller;
    if (frame.return_to != kNoIndex) return callee(caller, frame.function, frame.return_to);
    if (caller == 0) return callee(0, frame.function, kNoIndex);
    return callee(frames_[caller].caller, frame.function, frames_[caller].return_to);  // its place
}

void CallTree::add(const ChunkCalls& chunk) {
    numbers_.resize(chunk.frames.size());
    Ahead ahead(*this, chunk);
    for (std::size_t i = 0; i < chunk.bases.size(); ++i) {
        const ChunkCalls::Base& base = chunk.bases[i];
        const bool is_last = i + 1 == chunk.bases.size();
        const auto end =
            static_cast<std::uint32_t>(is_last ? chunk.frames.size() : chunk.bases[i + 1].frame);
        numbers_[base.frame] =
            i == 0 ? current_ : unwind(in_tree(numbers_[base.left]), base.returned_to);
        count(chunk.frames[base.frame], numbers_[base.frame]);
        ahead.start(base.frame, end);
        for (std::uint32_t frame = base.frame + 1; frame < end; ++frame) {
            ahead.advance(frame);
            numbers_[frame] = number(chunk.frames[frame]);
            count(chunk.frames[frame], numbers_[frame]);
        }
    }
    current_ = in_tree(numbers_[chunk.last]);
}

void CallTree::count(const ChunkCalls::Frame& frame, std::uint32_t number) {
    frames_[in_tree(number)].steps += frame.steps;
    frames_[in_tree(number)].calls += frame.calls;
}

}  // namespace reprise
