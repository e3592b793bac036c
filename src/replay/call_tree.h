/// @file
/// The calls of all chunks, put together.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash_index.h"
#include "compiler/call_recorder.h"

namespace reprise {

/// Every call stack that a run has had, with its steps. Grows with the number of different stacks;
/// from kMostFrames on, calls from where they have not been made before count for their callers,
/// with all that they call.
class CallTree {
public:
    static constexpr std::size_t kMostFrames = compiler::CallRecorder::kMostFrames;

    struct alignas(32) Frame {
        std::uint32_t caller = 0;  ///< number of a frame before; of the first one: itself
        compiler::TextIndex function = 0;
        compiler::TextIndex return_to = compiler::kNoIndex;
        std::uint32_t path = 0;   ///< a hash of the whole stack
        std::uint64_t steps = 0;  ///< in the frame itself
        std::uint64_t calls = 0;
    };

    /// Of a run from the program's entry.
    explicit CallTree(const Program& program);

    /// Adds a chunk: all of them, in order.
    void add(const compiler::ChunkCalls& chunk);

    /// Callers before what they call.
    const std::vector<Frame>& frames() const { return frames_; }
    bool is_full() const { return frames_.size() >= kMostFrames; }

private:
    class Ahead;

    std::uint32_t number(const compiler::ChunkCalls::Frame& frame);
    std::uint32_t callee(std::uint32_t caller, compiler::TextIndex function,
                         compiler::TextIndex return_to);
    void count(const compiler::ChunkCalls::Frame& frame, std::uint32_t number);
    std::uint32_t unwind(std::uint32_t from, compiler::TextIndex to) const;

    std::vector<Frame> frames_;
    std::vector<std::uint32_t> numbers_;  ///< of the frames of a chunk, here
    HashIndex<std::uint32_t> callees_;    ///< all frames but the first, by what they are
    std::uint32_t current_ = 0;
};

}  // namespace reprise
