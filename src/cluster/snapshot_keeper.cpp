#include "cluster/snapshot_keeper.h"

#include <algorithm>
#include <exception>
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
      due_(Clock::now() + every) {
    for (SnapshotRecord& record : known)
        snapshots_.push_back({.record = std::move(record), .sequences = {}});
}

SnapshotKeeper::~SnapshotKeeper() {
    is_stopped_ = true;
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
    try {
        Bytes snapshot = take_snapshot(machine, executed, output);
        const auto end = Clock::now();
        due_ = end + std::max<Clock::duration>(every_, kRunsLonger * (end - start));
        if (snapshot.empty()) return;
        publishing_ = std::async(std::launch::async, [this, executed, taken = std::move(snapshot)] {
            publish(executed, taken);
        });
    } catch (const Error&) {  // the host hides which memory is in use
        due_ = Clock::time_point::max();
    } catch (const std::exception&) {  // no memory for a copy, or no thread
        due_ =
            Clock::now() + std::max<Clock::duration>(every_, kRunsLonger * (Clock::now() - start));
    }
}

void SnapshotKeeper::publish(const Executed& executed, const Bytes& snapshot) {
    Kept kept{.record = {.epoch = epoch_, .chunks = executed.chunks, .content = {}},
              .sequences = {}};
    const std::string subject = snapshot_subject(job_, epoch_, executed.chunks);
    try {
        const Bytes packed = pack(snapshot);
        kept.record.content.hash = Hasher().add(packed).finish();
        const auto when_full = [] { throw Error("no room for a snapshot"); };
        const auto before_each = [this] {
            if (is_stopped_) throw Error("a snapshot that nobody needs any more");
        };
        kept.record.content.pieces =
            publish_pieces(broker_, subject, packed, when_full, &kept.sequences, before_each);
    } catch (const std::exception&) {  // a broker that is away is noticed elsewhere
        remove(kept);
        return;
    }
    const std::lock_guard lock(mutex_);
    snapshots_.push_back(std::move(kept));
    has_untold_ = true;
}

bool SnapshotKeeper::has_news(std::uint64_t published) {
    const std::lock_guard lock(mutex_);
    return has_untold_ || supersedes(published);
}

/// Whether the run can go on from the later one. Under the mutex.
bool SnapshotKeeper::supersedes(std::uint64_t published) const {
    return snapshots_.size() > 1 && snapshots_[1].record.chunks <= published;
}

std::vector<SnapshotRecord> SnapshotKeeper::update(std::uint64_t published) {
    const std::lock_guard lock(mutex_);
    has_untold_ = false;
    while (supersedes(published)) {
        superseded_.push_back(std::move(snapshots_.front()));
        snapshots_.erase(snapshots_.begin());
    }
    std::vector<SnapshotRecord> records;
    for (const Kept& kept : snapshots_)
        records.push_back(kept.record);
    return records;
}

void SnapshotKeeper::remove_superseded() {
    std::vector<Kept> superseded;
    {
        const std::lock_guard lock(mutex_);
        superseded.swap(superseded_);
    }
    for (const Kept& kept : superseded)
        remove(kept);
}

/// Those of an earlier coordinator, whose sequences nobody knows, go with the job.
void SnapshotKeeper::remove(const Kept& kept) {
    for (const std::uint64_t sequence : kept.sequences)
        broker_.remove(kSnapshots, sequence);
}

Bytes fetch_snapshot(Broker& broker, const JobId& job, const SnapshotRecord& snapshot) {
    const Bytes packed =
        fetch_pieces(broker, kSnapshots, snapshot_subject(job, snapshot.epoch, snapshot.chunks),
                     snapshot.content.pieces);
    if (Hasher().add(packed).finish() != snapshot.content.hash) throw Error("it has another hash");
    return unpack(packed, kLargestSnapshot, "a snapshot");
}

}  // namespace reprise::cluster
