/// @file
/// Keeps snapshots of a job's run in the store while its guest runs, so that a coordinator that
/// continues the job need not execute it from its start.
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "cluster/broker.h"
#include "cluster/messages.h"
#include "trace/snapshot.h"

namespace reprise::cluster {

/// A run can go on from a snapshot as soon as all chunks before it are published. So there are two
/// at most: the latest of which this is so, and one that was taken after it.
class SnapshotKeeper {
public:
    /// @param epoch  the coordinator's.
    /// @param every  how much time lies between two of them at least; none are taken if it is 0.
    /// @param known  those that an earlier coordinator has left.
    SnapshotKeeper(Broker& broker, JobId job, std::string epoch, std::chrono::milliseconds every,
                   std::vector<SnapshotRecord> known);
    /// Waits until nothing is being published; the rest of one that is, is not.
    ~SnapshotKeeper();
    SnapshotKeeper(const SnapshotKeeper&) = delete;
    SnapshotKeeper& operator=(const SnapshotKeeper&) = delete;

    /// Takes one if it is time. On the executor's thread, between two chunks; it is published on
    /// another one. Where there is no room for it, in the store or in our memory, there will be
    /// another one later; where the host does not tell which memory is in use, there will be none.
    /// @param output  the public output so far.
    void consider(Machine& machine, const Executed& executed, std::span<const std::uint8_t> output);

    /// Whether update() would tell something new.
    /// @param published  chunks from the first one on.
    bool has_news(std::uint64_t published);
    /// The snapshots that the job's record shall name.
    /// @param published  chunks from the first one on.
    std::vector<SnapshotRecord> update(std::uint64_t published);
    /// Removes those that it no longer names.
    void remove_superseded();

private:
    using Clock = std::chrono::steady_clock;

    /// A snapshot in the store.
    struct Kept {
        SnapshotRecord record;
        std::vector<std::uint64_t> sequences;  ///< of its pieces, if it is ours
    };

    bool supersedes(std::uint64_t published) const;
    void publish(const Executed& executed, const Bytes& snapshot);
    void remove(const Kept& kept);

    Broker& broker_;
    const JobId job_;
    const std::string epoch_;
    const std::chrono::milliseconds every_;
    Clock::time_point due_;  ///< the executor's
    std::atomic<bool> is_stopped_{false};

    std::mutex mutex_;  ///< guards what follows
    std::vector<Kept> snapshots_, superseded_;
    bool has_untold_ = false;

    std::future<void> publishing_;  ///< the executor's
};

/// The bytes of one.
/// @throws Error if it is not there, or damaged.
Bytes fetch_snapshot(Broker& broker, const JobId& job, const SnapshotRecord& snapshot);

}  // namespace reprise::cluster
