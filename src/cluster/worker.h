/// @file
/// A worker: takes tasks from the queue, carries them out, publishes the results.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "cluster/broker.h"
#include "cluster/work.h"

namespace reprise::cluster {

/// Makes a thread's Work for a program, by its kind. @throws Error for an unknown kind.
using MakeWork =
    std::function<std::unique_ptr<Work>(const std::string& kind, std::shared_ptr<WorkProgram>)>;

struct WorkerOptions {
    std::string name;      ///< see is_worker_name
    unsigned threads = 1;  ///< tasks that are carried out at a time
    /// Takes a line about what was refused or went wrong, from any thread.
    std::function<void(const std::string&)> on_event;
    MakeWork make_work = cluster::make_work;
};

/// What a worker has done.
struct WorkerTotals {
    std::uint64_t tasks = 0, refused = 0;
};

/// Programs that a worker keeps, with their code.
inline constexpr std::size_t kMostPrograms = 4;
/// Bytes that a task has at most: chunks as TaskPublisher puts them together, the last of which may
/// have the largest log that there is.
inline constexpr std::uint64_t kLargestTask = std::uint64_t{5} << 28;

/// Works until it is told to stop, which it does between tasks. Each thread has one task in work,
/// and all together have one more, which is fetched meanwhile. A task is acknowledged once its
/// result is stored; until then the broker is told from time to time that it is in work. A worker
/// that is killed or stopped leaves its tasks to others.
///
/// Memory: for each thread a task, its largest log decompressed and its result; the task that is
/// fetched; and kMostPrograms programs.
/// A worker waits for a broker that is away, for ever.
/// @throws Error if the broker has closed the connection.
WorkerTotals run_worker(Broker& broker, const WorkerOptions& options,
                        const std::atomic<bool>& is_stopped);

}  // namespace reprise::cluster
