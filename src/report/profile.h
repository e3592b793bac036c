/// @file
/// Exact profiles: how many steps a run took in which function, called from where.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "program/source_lines.h"
#include "replay/call_tree.h"
#include "replay/counts.h"

namespace reprise {

struct ProfileFunction {
    std::string name;           ///< readable, or "0x10034" where there is no symbol
    std::uint64_t address = 0;  ///< where it begins
    std::optional<SourceLine> source;
};

/// A frame: an active call, under the call that made it.
struct ProfileFrame {
    std::uint32_t caller = 0;    ///< index of a frame before this one; of the first frame: itself
    std::uint32_t function = 0;  ///< index into Profile::functions
    std::uint64_t steps = 0;     ///< in this frame itself, without what it called
    std::uint64_t calls = 0;     ///< how often it was entered from its caller
};

/// By function, wherever it was called from.
struct ProfileFunctionSteps {
    std::uint32_t function = 0;
    std::uint64_t steps = 0;  ///< of instructions that lie in the function
};

struct Profile {
    std::string program;  ///< its name, for titles
    std::uint64_t steps = 0;
    std::vector<ProfileFunction> functions;
    /// The call tree, callers before what they call; the first frame is where the run started. At
    /// least one. Steps of all frames sum up to `steps`. A recursion is as deep here as it was.
    std::vector<ProfileFrame> frames;
    /// By falling steps; they sum up to `steps`.
    std::vector<ProfileFunctionSteps> by_function;
};

/// From what replay has counted; of a whole run.
Profile make_profile(const Program& program, const Counts& counts, const CallTree& calls);

}  // namespace reprise
