/// @file
/// Who calls whom within a chunk, and how many steps each active call takes.
///
/// A chunk does not know which calls are active where it starts. So the frames of a chunk are a
/// forest: a base for where it starts, and one more whenever the guest returns to a caller of that.
/// Chunk after chunk, they are put together to the whole call tree (see CallTree).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "program/program.h"

namespace reprise::compiler {

/// A number for a pc in text: its halfword, counted from the start of the first text.
using TextIndex = std::uint32_t;
inline constexpr TextIndex kNoIndex = std::numeric_limits<TextIndex>::max();
inline TextIndex text_index(const Program& program, std::uint64_t pc) {
    return static_cast<TextIndex>((pc - program.text_begin()) / 2);
}
inline std::uint64_t pc_of(const Program& program, TextIndex index) {
    return program.text_begin() + 2 * std::uint64_t{index};
}

/// How control is handed on between functions, by the hints of the ISA manual: ra and t0 link.
enum class Transfer : std::uint8_t {
    none,
    call,
    ret,
    jump  ///< a tail call where it leaves the function: what is entered takes the caller's place
};
Transfer transfer_of(const isa::Instruction& in);

/// The instructions of the function around `pc`; of no size where there is no symbol.
struct FunctionRange {
    std::uint64_t begin = 0;
    std::uint64_t size = 0;

    bool is_left_for(std::uint64_t target) const { return size != 0 && target - begin >= size; }
};
FunctionRange function_around(const Program& program, std::uint64_t pc);

/// A call stack of the chunk, by its innermost call. Compiled code reads and writes these.
struct CallFrame {
    TextIndex return_to;   ///< kNoIndex: where the chunk's base returns to
    TextIndex function;    ///< where it was entered; kNoIndex: a base
    CallFrame* caller;     ///< of a base: itself
    std::uint64_t steps;   ///< in the frame itself
    std::uint64_t calls;   ///< how often it was entered
    CallFrame* next;       ///< in its bucket
    std::uint32_t bucket;  ///< that it is in itself; of a base: none
};

/// The calls of one chunk, for those who put chunks together.
struct ChunkCalls {
    struct Frame {
        std::uint32_t caller = 0;  ///< number of a frame before; of a base: itself
        TextIndex function = kNoIndex;
        TextIndex return_to = kNoIndex;
        std::uint64_t steps = 0;
        std::uint64_t calls = 0;

        bool operator==(const Frame&) const = default;
    };
    /// A return to a caller that the chunk does not know.
    struct Base {
        std::uint32_t frame = 0;
        std::uint32_t left = 0;  ///< the frame that was active before; of the first: itself
        TextIndex returned_to = kNoIndex;

        bool operator==(const Base&) const = default;
    };
    std::vector<Frame> frames;
    std::vector<Base> bases;  ///< the first one is where the chunk starts
    std::uint32_t last = 0;   ///< the frame that is active where the chunk ends

    bool operator==(const ChunkCalls&) const = default;
};

/// Records the calls of one chunk after the other.
///
/// Frames are found in buckets, the one that was looked for last in front: compiled code looks at
/// that one alone. Guests that recurse over data have thousands of stacks in a chunk, each for a
/// few calls: so frames are small and lie in the order of their first calls, and a bucket is the
/// only index.
class CallRecorder {
public:
    /// Frames of a chunk at most. What is called beyond them counts for the caller.
    static constexpr std::uint32_t kMostFrames = std::uint32_t{1} << 19;

    CallRecorder();

    /// Forgets all; the guest is in an unknown frame.
    void start();
    /// @throws std::bad_alloc if some return found no memory.
    ChunkCalls finish();

    CallFrame* current() const { return current_; }
    void set_current(CallFrame* frame) { current_ = frame; }
    void add_steps(std::uint64_t steps) { current_->steps += steps; }
    CallFrame** buckets() { return buckets_.data(); }

    void call(TextIndex function, TextIndex return_to);
    void ret(TextIndex to);
    void tail_call(TextIndex function);

    // The slow ways of compiled code: what the frame to go on in is. `from` is the current one.
    static CallFrame* callee(CallRecorder* recorder, CallFrame* from, std::uint64_t key) noexcept;
    static CallFrame* returned(CallRecorder* recorder, CallFrame* from, std::uint64_t to) noexcept;
    static CallFrame* replaced(CallRecorder* recorder, CallFrame* from,
                               std::uint64_t function) noexcept;

    /// What `callee` takes: both numbers in one, as they lie in a CallFrame.
    static std::uint64_t key_of(TextIndex function, TextIndex return_to) {
        return std::uint64_t{function} << 32 | return_to;
    }

    // A bucket is an offset in bytes from `buckets()`: the XOR of the part of the caller's frame,
    // that of the place (where a call returns to; of a tail call, the function) and that of the
    // function, as far as kBucketMask goes.
    static constexpr std::uint32_t kBuckets = std::uint32_t{1} << 15;
    static constexpr std::size_t kBucketBytes = sizeof(void*);
    static constexpr std::uint32_t kBucketMask = (kBuckets - 1) * kBucketBytes;
    /// Where the frame lies: nothing has to be loaded for it. Frames stand side by side, and
    /// sizeof(CallFrame) is no power of two, so all buckets are reached.
    static constexpr unsigned kFrameShift = 1;
    static std::uint32_t part_of(const CallFrame* frame) {
        return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(frame) >> kFrameShift);
    }
    /// Places stand at regular distances: multiplication by the golden ratio spreads them.
    static std::uint32_t part_of(std::uint32_t place) {
        return place * 0x9E37'79B1U >> 13 & kBucketMask;
    }
    static std::uint32_t part_of_function(TextIndex function) {
        return function * kBucketBytes & kBucketMask;
    }

private:
    /// Frames that are looked at in a bucket. Beyond them a stack may get a second frame; who puts
    /// chunks together adds them up.
    static constexpr unsigned kMostLookedAt = 64;

    CallFrame* enter(CallFrame& caller, TextIndex function, TextIndex return_to, TextIndex place);
    CallFrame* unwind(CallFrame* from, TextIndex to);
    CallFrame* add_base();
    std::uint32_t number(const CallFrame* frame) const {
        return static_cast<std::uint32_t>(frame - frames_.get());
    }

    std::unique_ptr<CallFrame[]> frames_;  ///< the first `used_` are of this chunk
    std::uint32_t used_ = 0;
    std::unique_ptr<CallFrame> nothing_;  ///< the end of each bucket
    std::vector<CallFrame*> buckets_;
    std::vector<ChunkCalls::Base> bases_;
    CallFrame* current_ = nullptr;
    bool lacks_memory_ = false;
};

}  // namespace reprise::compiler
