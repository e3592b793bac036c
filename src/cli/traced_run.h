/// @file
/// A guest that runs with its trace on: what `trace` and `profile` have in common.
#pragma once

#include <memory>
#include <span>

#include "cli/guest_run.h"
#include "replay/parallel_replay.h"
#include "trace/recorder.h"

namespace reprise::cli {

/// Notes in the statistics what it comes to know.
class TracedRun {
public:
    /// Makes the machine and its engine. All must outlive this.
    TracedRun(const GuestOptions& options, const std::shared_ptr<const Program>& program,
              PageBuffer input, Statistics& statistics);

    /// Runs the guest, once, until it stops.
    /// @return how it stopped.
    const TraceEnd& record(RecordOptions options, std::span<ChunkConsumer* const> consumers);
    /// Waits for a replay beside the run, after it.
    Replayed finish(RunReplay& replay);
    /// Explains how the run stopped and completes the statistics.
    /// @return what the command exits with.
    int conclude();

private:
    const std::uint64_t max_steps_;
    Statistics& statistics_;
    OutputSum output_;
    Machine machine_;
    ChosenEngine chosen_;
    Clock::time_point start_;
    TraceEnd end_;
};

}  // namespace reprise::cli
