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

    /// Goes on from a snapshot instead of step 0: `record` first writes what was written to the
    /// public output before it.
    /// @throws Error for what is no snapshot of this run.
    void resume_from(std::span<const std::uint8_t> snapshot, std::uint64_t chunk_steps);

    /// Takes the run, how far it has come, and its public output, where snapshots can be taken.
    using OnPause =
        std::function<void(Machine&, const Executed&, std::span<const std::uint8_t> output)>;
    /// Called between chunks, unless the output is too large to be kept.
    void offer_snapshots(OnPause on_pause);

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
    Executed before_;
    Bytes output_before_;
    OnPause on_pause_;
    Clock::time_point start_;
    TraceEnd end_;
};

}  // namespace reprise::cli
