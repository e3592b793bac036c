/// @file
/// Replays the chunks of a run on a cluster, while it runs: publishes them as tasks, collects
/// results, checks and merges them as `StreamedReplay` does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "cluster/broker.h"
#include "cluster/messages.h"
#include "cluster/result_merger.h"
#include "cluster/snapshot_keeper.h"
#include "cluster/store.h"
#include "cluster/task_ledger.h"
#include "cluster/task_publisher.h"
#include "cluster/work.h"
#include "platform/streams.h"
#include "replay/checker.h"
#include "replay/parallel_replay.h"

namespace reprise::cluster {

/// How far a job has come, for people.
struct JobProgress {
    std::uint64_t chunks_executed = 0;
    std::uint64_t chunks_in_flight = 0;  ///< published and not done
    std::uint64_t chunks_done = 0;
    std::map<std::string, std::uint64_t> workers;  ///< chunks done, by name
    bool is_store_full = false;
};

struct ClusterReplayOptions {
    std::shared_ptr<const Program> program;
    unsigned publishers = 1;       ///< threads that compress and publish
    std::uint64_t task_steps = 0;  ///< that a task has about; 0: as is best for its kind
    std::chrono::milliseconds snapshot_every{0};  ///< see SnapshotKeeper
    /// Takes the calls of each chunk, in order, if the kind of work records them.
    std::function<void(const compiler::ChunkCalls&)> on_calls;
    /// Takes the public output, in order, where no guest writes it.
    Sink output;
    std::function<void(const JobProgress&)> on_progress;  ///< some times a second
    /// Takes a line about a worker that failed or lied.
    std::function<void(const std::string&)> on_complaint;
};

/// Tasks that are published and not done, at most: the executor waits.
inline constexpr std::size_t kMostOutstanding = std::size_t{1} << 16;

/// How many chunks are published from the first one on, where tasks overtake each other.
class PublishedChunks {
public:
    void add(const TaskRecord& task) {
        chunks_of_.emplace(task.number, task.chunks);
        for (auto next = chunks_of_.begin(); next != chunks_of_.end() && next->first == tasks_;
             next = chunks_of_.erase(next), ++tasks_)
            chunks_ += next->second;
    }
    std::uint64_t count() const { return chunks_; }

private:
    std::map<std::uint64_t, std::uint64_t> chunks_of_;  ///< of tasks behind a gap
    std::uint64_t tasks_ = 0, chunks_ = 0;
};

class ClusterReplay final : public RunReplay {
public:
    /// Begins or continues a job. The store is there, and the job is ours.
    /// @param published  the records of tasks that are published already.
    ClusterReplay(Broker& broker, JobStore job, ClusterReplayOptions options,
                  std::span<const TaskRecord> published = {});
    /// A job that was not finished is marked as failed.
    ~ClusterReplay() override;

    /// Chunks that are published already are passed over.
    void take(SharedChunk chunk) override;
    /// Keeps a snapshot of the run, if it is time. On the executor's thread, after `take`.
    void offer_snapshot(Machine& machine, const Executed& executed,
                        std::span<const std::uint8_t> output);
    /// Waits for all results, marks the job as done and removes what it needed.
    Replayed finish(const TraceEnd& end) override;
    /// Workers that have done something.
    unsigned threads() const override;

    const JobRecord& record() const { return job_.record; }

private:
    std::uint64_t task_steps() const;
    void on_task(const TaskRecord& record);
    void note_full_store();
    void publish_task(const Outstanding& task);

    void collect();
    bool collect_one();
    bool has_snapshot_news();
    void take_result(const Message& message);
    void accept(const Message& message, const ResultMessage& result, const TaskRecord& task);
    void refuse(std::uint64_t number, const std::string& worker, const std::string& why,
                bool is_final);
    WorkResult read_result(const ResultMessage& result, const TaskRecord& task);
    WorkResult read_again(const TaskRecord& task, std::uint64_t sequence);
    void reissue_lost();
    void check_room();
    void update_record();
    void show_progress();
    void complain(std::string line);

    void fail(std::exception_ptr error);
    void rethrow() const;
    /// What went wrong, if anything.
    std::optional<std::string> failure_text() const;
    void stop();

    Broker& broker_;
    JobStore job_;  ///< the collector's, once it runs
    const ClusterReplayOptions options_;
    const bool records_calls_;

    TaskLedger ledger_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::condition_variable moved_;
    std::uint64_t chunks_ = 0, log_bytes_ = 0, steps_ = 0;  ///< executed
    std::optional<std::uint64_t> tasks_;                    ///< in all, once known
    bool is_stopped_ = false;
    std::optional<std::chrono::steady_clock::time_point> full_since_;  ///< or nothing in work
    std::uint64_t merged_ = 0;                                         ///< tasks
    PublishedChunks published_;
    std::exception_ptr failure_;
    std::map<std::string, std::uint64_t> workers_;

    // The collector's alone, until it is done.
    std::uint64_t next_sequence_ = 1;
    std::uint64_t reissues_ = 0;  ///< without a result between them
    ResultMerger merger_;
    std::chrono::steady_clock::time_point last_update_, last_shown_, last_looked_;

    // The executor's.
    std::uint64_t first_chunk_ = 0;        ///< that is not published yet
    std::optional<Checkpoint> continues_;  ///< where it must start
    SharedChunk last_;                     ///< held back, since the run may stop in it
    bool is_finished_ = false;

    std::optional<SnapshotKeeper> snapshots_;
    std::optional<TaskPublisher> publisher_;
    std::thread collector_;
};

}  // namespace reprise::cluster
