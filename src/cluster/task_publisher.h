/// @file
/// Puts the chunks of a run together to tasks and publishes these, beside the run.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/blocking_queue.h"
#include "cluster/messages.h"
#include "cluster/store.h"
#include "cluster/work.h"
#include "trace/chunk_encoder.h"
#include "trace/chunk_pool.h"

namespace reprise::cluster {

struct PublisherOptions {
    JobId job;
    std::string epoch;
    TaskFront front;  ///< of all tasks
    std::uint64_t first_task = 0;
    unsigned threads = 1;
    std::uint64_t steps = std::uint64_t{1} << 25;  ///< that a task has at most, or one chunk
    /// Takes a task whose chunks and record are published: it may be handed out. Called by any of
    /// the threads.
    std::function<void(const TaskRecord&)> on_task;
    WhenFull when_full;
    /// Takes what went wrong, on any of the threads.
    std::function<void(std::exception_ptr)> on_failure;
};

/// Threads of its own compress and publish. A task has few enough chunks that it takes some tens of
/// milliseconds, and enough that what a task costs does not matter.
class TaskPublisher {
public:
    TaskPublisher(Broker& broker, PublisherOptions options);
    ~TaskPublisher();
    TaskPublisher(const TaskPublisher&) = delete;
    TaskPublisher& operator=(const TaskPublisher&) = delete;

    /// The next chunk, and where it ends.
    /// @param trace_end  of the last one.
    void add(SharedChunk chunk, const Checkpoint& end, const TraceEnd* trace_end);
    /// Waits until all is published. Nothing comes after it.
    void finish();
    /// What waits is not published any more. From any thread.
    void give_up() { has_failed_ = true; }

    std::uint64_t tasks() const { return tasks_; }

private:
    /// A task that is being put together.
    struct OpenTask;
    struct Job {
        SharedChunk chunk;  ///< none: the task is complete
        std::shared_ptr<OpenTask> task;
        std::size_t slot = 0;
    };

    using Encoder = std::optional<ChunkEncoder>;  ///< made where it is used

    void work();
    bool compress(Job& job, Encoder& encoder);
    void publish(OpenTask& task);

    Broker& broker_;
    const PublisherOptions options_;
    const std::uint64_t trace_id_;
    std::atomic<std::uint64_t> tasks_;
    std::shared_ptr<OpenTask> open_;  ///< the executor's
    Encoder executor_;                ///< what it compresses with when it helps
    BlockingQueue<Job> jobs_;
    std::atomic<std::uint64_t> complete_{0};  ///< tasks that the executor has completed
    std::atomic<bool> has_failed_{false};
    /// One at a time: several that wait for room, each with a part of a task stored, would wait for
    /// ever.
    std::mutex publishing_;
    std::vector<std::thread> threads_;
};

}  // namespace reprise::cluster
