/// @file
/// The call stacks of a profile, as formats want them: one line of frames each, of bounded length.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/profile.h"

namespace reprise {

/// A call tree of bounded depth: a recursion that is deeper goes on in its last frame.
class Stacks {
public:
    /// Frames that a stack has at most. Tools draw no more, and a recursion a million deep would
    /// make a file of a trillion frames.
    static constexpr std::uint32_t kDeepest = 256;

    explicit Stacks(const Profile& profile);

    struct Frame {
        std::uint32_t caller = 0;  ///< index of a frame before; of the first one: itself
        std::uint32_t function = 0;
        std::uint32_t depth = 0;
        std::uint64_t steps = 0;  ///< in the frame itself
        std::uint64_t total = 0;  ///< with what it called
        std::uint64_t calls = 0;
    };
    /// Callers before what they call.
    const std::vector<Frame>& frames() const { return frames_; }

    /// The functions on the stack of a frame, outermost first.
    std::vector<std::uint32_t> stack_of(std::uint32_t frame) const;

    /// By function: steps with what it called; a recursion counts once.
    std::vector<std::uint64_t> totals(std::size_t functions) const;

private:
    std::vector<Frame> frames_;
};

/// A name as UTF-8 without control characters: names come from the program's file.
std::string printable(const std::string& name);

}  // namespace reprise
