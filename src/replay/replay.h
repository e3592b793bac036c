/// @file
/// Re-execution of single chunks, each from its checkpoint and read log alone, in any order.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/file.h"
#include "machine/memory_map.h"
#include "machine/state.h"
#include "machine/stop.h"
#include "program/program.h"

namespace reprise {

/// What a chunk's replay starts from.
struct ReplayInput {
    State start;
    std::uint64_t steps = 0;  ///< that the chunk has, at most
    std::span<const std::uint8_t> log;
};

struct ReplayResult {
    State end;
    /// `step_limit` where the chunk simply ends; else how the run ended in it.
    Stop stop;
    Bytes output;       ///< what the guest wrote to fd 1 in this chunk
    Bytes diagnostics;  ///< and to fd 2
};

/// Replays chunks of one program, one at a time, by interpreting them.
class InterpretedReplay {
public:
    /// @param platform  the name of the platform that the program ran on.
    /// @throws Error if program and platform do not fit together.
    InterpretedReplay(std::shared_ptr<const Program> program, const std::string& platform);

    /// A chunk may lie: the result is then wrong, or it is refused.
    /// @throws Error if the log ends before the chunk or is not used up.
    ReplayResult replay(const ReplayInput& input) const;

private:
    std::shared_ptr<const Program> program_;
    std::string platform_;
    MemoryMap map_;
};

}  // namespace reprise
