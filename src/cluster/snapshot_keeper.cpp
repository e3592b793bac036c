#include "cluster/snapshot_keeper.h"

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "cluster/packing.h"
#include "cluster/store.h"

namespace reprise::cluster {

/// The guest waits while a snapshot is taken: so much longer it runs before the next one.
static constexpr int kRunsLonger = 50;

SnapshotKeeper::SnapshotKeeper(Broker& broker, JobId job, std::string epoch,
                               std::chrono::milliseconds every, std::vector<SnapshotRecord> known)
    : broker_(broker),
      job_(std::move(job)),
      epoch_(std::move(epoch)),
      every_(every),
      due_(Clock::now() + every),
      snapshots_(std::move(known)) {}

SnapshotKeeper::~SnapshotKeeper() {
    if (publishing_.valid()) publishing_.wait();
}

void SnapshotKeeper::consider(Machine& machine, const Executed& executed,
                              std::span<const std::uint8_t> output) {
    const auto start = Clock::now();
    if (every_.count() == 0 || start < due_) return;
    using std::chrono::milliseconds;
    if (publishing_.valid() && publishing_.wait_for(milliseconds{0}) != std::future_status::ready)
        return;
    {
        const std::lock_guard lock(mutex_);
        if (snapshots_.size() > 1) return;
    }
    Bytes snapshot;
    try {
        snapshot = take_snapshot(machine, executed, output);
    } catch (const std::exception&) {  // the host hides it, or has no memory for a copy
        due_ = Clock::time_point::max();
        return;
    }
    const auto end = Clock::now();
    due_ = end + std::max<Clock::duration>(every_, kRunsLonger * (end - start));
    if (snapshot.empty()) return;
    try {
        publishing_ = std::async(std::launch::async, [this, executed, taken = std::move(snapshot)] {
            publish(executed, taken);
        });
    } catch (const std::system_error&) {  // no thread to be had: later, maybe
    }
}

void SnapshotKeeper::publish(const Executed& executed, const Bytes& snapshot) {
    SnapshotRecord record{.epoch = epoch_, .chunks = executed.chunks, .content = {}};
    try {
        const Bytes packed = pack(snapshot);
        record.content.hash = Hasher().add(packed).finish();
        record.content.pieces =
            publish_pieces(broker_, snapshot_subject(job_, epoch_, executed.chunks), packed,
                           [] { throw Error("no room for a snapshot"); });
    } catch (const std::exception&) {  // a broker that is away is noticed elsewhere
        remove(record);
        return;
    }
    const std::lock_guard lock(mutex_);
    snapshots_.push_back(std::move(record));
}

std::vector<SnapshotRecord> SnapshotKeeper::update(std::uint64_t published) {
    const std::lock_guard lock(mutex_);
    while (snapshots_.size() > 1 && snapshots_[1].chunks <= published) {
        superseded_.push_back(std::move(snapshots_.front()));
        snapshots_.erase(snapshots_.begin());
    }
    return snapshots_;
}

void SnapshotKeeper::remove_superseded() {
    std::vector<SnapshotRecord> superseded;
    {
        const std::lock_guard lock(mutex_);
        superseded.swap(superseded_);
    }
    for (const SnapshotRecord& snapshot : superseded)
        remove(snapshot);
}

void SnapshotKeeper::remove(const SnapshotRecord& snapshot) {
    remove_all(broker_, kJobs, snapshot_subject(job_, snapshot.epoch, snapshot.chunks) + ".*");
}

Bytes fetch_snapshot(Broker& broker, const JobId& job, const SnapshotRecord& snapshot) {
    const Bytes packed =
        fetch_pieces(broker, kJobs, snapshot_subject(job, snapshot.epoch, snapshot.chunks),
                     snapshot.content.pieces);
    if (Hasher().add(packed).finish() != snapshot.content.hash) throw Error("it has another hash");
    return unpack(packed, kLargestSnapshot, "a snapshot");
}

}  // namespace reprise::cluster
