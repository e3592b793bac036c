/// @file
/// Re-execution of single chunks, each from its checkpoint and read log alone, in any order.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/guarded_buffer.h"
#include "compiler/call_recorder.h"
#include "machine/state.h"
#include "machine/stop.h"
#include "replay/counts.h"

namespace reprise {

/// What a chunk's replay starts from.
struct ReplayInput {
    State start;
    std::uint64_t steps = 0;  ///< that the chunk has
    GuardedBytes log;
    /// Whether the run is said to have stopped with these steps, or right behind them without a
    /// step: by a fault, or by a return that ends it.
    bool stops = false;
};

struct ReplayResult {
    State end;
    /// `step_limit` where the chunk simply ends; else how the run ended in it.
    Stop stop;
    Bytes output;  ///< what the guest wrote to fd 1 in this chunk
    /// The calls of this chunk, where they are recorded.
    std::optional<compiler::ChunkCalls> calls;
};

/// Replays chunks of one program, one after the other: a worker's own.
class Replay {
public:
    virtual ~Replay() = default;

    /// A chunk may lie: the result is then wrong, or it is refused. Whoever has the next chunk
    /// compares `end` with its start.
    /// @throws Error if the log ends before the chunk or is not used up.
    virtual ReplayResult replay(const ReplayInput& input) = 0;

    /// Adds those of all chunks so far; of no use after one was refused.
    virtual void add_counts_to(Counts& sum) const = 0;
    /// Counts from 0 on again.
    virtual void forget_counts() = 0;
};

/// The reference: it interprets, and checks the address of every access.
/// @param platform  the name of the platform that the program ran on.
/// @throws Error if program and platform do not fit together.
/// @param records_calls  whether results tell of calls.
std::unique_ptr<Replay> make_interpreted_replay(std::shared_ptr<const Program> program,
                                                const std::string& platform,
                                                bool records_calls = false);

}  // namespace reprise
