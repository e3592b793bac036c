/// @file
/// Replays all chunks of a trace at once, by any number of threads, and checks them.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/blocking_queue.h"
#include "replay/checker.h"
#include "replay/replay.h"
#include "trace/reader.h"
#include "trace/recorder.h"

namespace reprise {

namespace compiler {
class CompiledProgram;
}

/// Code for replay that a thread is making.
using CompiledLater = std::shared_future<std::shared_ptr<const compiler::CompiledProgram>>;

/// Makes a worker's Replay, on the worker's thread.
using ReplayFactory = std::function<std::unique_ptr<Replay>()>;

struct ParallelReplayOptions {
    std::string name;  ///< what messages call the trace
    std::shared_ptr<const Program> program;
    std::string platform;
    ReplayFactory make_replay;
    /// What the factory's replays run; not valid where they interpret.
    CompiledLater compiled;
    /// At least 1. Beside a run one of them is the executor's, who helps when too many chunks wait
    /// and when the run is over.
    unsigned threads = 1;
    ReplayChecker::OnResult on_result;
};

/// What all workers counted.
struct Replayed {
    Counts counts;
    Stop stop;  ///< of the run; more than a trace says: texts of faults
    std::uint64_t chunks = 0;
    std::uint64_t log_bytes = 0;
};

/// Adds up what workers counted; for any number of threads.
class ReplaySum {
public:
    /// The program must outlive it.
    explicit ReplaySum(const Program& program)
        : program_(program), sum_{.counts = Counts(program)} {}

    void add(const Replay& replay, std::uint64_t chunks, std::uint64_t log_bytes);
    /// Once, when all workers are done and the run is known to have stopped so.
    Replayed take(const Stop& stop) {
        sum_.stop = stop;
        return std::move(sum_);
    }

private:
    const Program& program_;
    std::mutex mutex_;
    Replayed sum_;  ///< guarded by the mutex
};

/// Replays the chunks of a run while it runs.
class RunReplay : public ChunkConsumer {
public:
    /// Waits for all chunks.
    /// @throws Error for what is wrong with the trace, or why it could not be replayed.
    virtual Replayed finish(const TraceEnd& end) = 0;
    /// How many replay at a time.
    virtual unsigned threads() const = 0;
};

/// A run of no steps has no chunks: what it stopped with, happened at its start, where all memory
/// is known. Runs it again up to there, and adds how it stops.
void add_end_without_chunks(const std::shared_ptr<const Program>& program,
                            const std::string& platform, const TraceEnd& end,
                            ReplayChecker& checker);

/// With threads of this process.
class StreamedReplay final : public RunReplay {
public:
    explicit StreamedReplay(ParallelReplayOptions options);
    ~StreamedReplay() override;

    unsigned threads() const override { return options_.threads; }

    void take(SharedChunk chunk) override;
    Replayed finish(const TraceEnd& end) override;

private:
    struct Job {
        SharedChunk chunk;
        bool stops = false;
    };
    /// Replays on a thread of its own, or on the executor's.
    class Worker;

    void work(Worker& worker);
    void stop();

    ParallelReplayOptions options_;
    ReplayChecker checker_;
    BlockingQueue<Job> jobs_;
    SharedChunk last_;  ///< held back, since the run may stop in it
    ReplaySum sum_;
    std::unique_ptr<Worker> executor_;  ///< what it does when it helps
    std::vector<std::thread> threads_;
};

/// Replays the chunks of a file.
/// @throws Error if the trace is of another program, is damaged or lies.
Replayed replay_file(const TraceReader& reader, const ParallelReplayOptions& options);

/// Replays one chunk of a file, and checks that it ends where the next one starts, or, if it is the
/// last, as the trace says.
/// @param index  below the number of chunks.
/// @throws Error as `replay_file`.
Replayed replay_one(const TraceReader& reader, const ParallelReplayOptions& options,
                    std::uint64_t index);

}  // namespace reprise
