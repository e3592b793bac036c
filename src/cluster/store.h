/// @file
/// What the broker keeps of jobs: their records, and bytes in pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cluster/broker.h"
#include "cluster/messages.h"

namespace reprise::cluster {

/// How much the streams may hold, and how long workers may be silent. Set where they are made for
/// the first time.
struct StoreOptions {
    std::uint64_t chunk_bytes = std::uint64_t{2} << 30;
    std::uint64_t result_bytes = std::uint64_t{1} << 30;
    std::uint64_t snapshot_bytes = std::uint64_t{1} << 30;
    std::chrono::milliseconds answer_within{30'000};
    bool in_memory = false;
};
/// Makes all streams and the queue, unless they are there.
void ensure_store(Broker& broker, const StoreOptions& options);

/// Called each time that a stream is full, before it is tried again; throws to give up.
using WhenFull = std::function<void()>;

/// Publishes bytes in pieces below a subject: SUBJECT.0, SUBJECT.1, ...
/// @param sequences  gets those of the messages.
/// @param before_each  of them; throws to give up.
Pieces publish_pieces(Broker& broker, const std::string& subject,
                      std::span<const std::uint8_t> bytes, const WhenFull& when_full,
                      std::vector<std::uint64_t>* sequences = nullptr,
                      const std::function<void()>& before_each = {});
/// What such pieces will be.
Pieces pieces_of(const Broker& broker, std::uint64_t bytes);
/// Publishes one message, sooner or later.
/// @return its sequence.
std::uint64_t publish_when_possible(Broker& broker, const std::string& subject,
                                    std::span<const std::uint8_t> bytes, const WhenFull& when_full);

/// Removes all messages of the subjects.
void remove_all(Broker& broker, const std::string& stream, const std::string& subjects);

/// The bytes again.
/// @throws Error if a piece is not there, or they are not as many as said.
Bytes fetch_pieces(Broker& broker, const std::string& stream, const std::string& subject,
                   const Pieces& pieces);

/// Publishes a file by its hash, unless it is there.
FileRecord publish_program(Broker& broker, std::span<const std::uint8_t> file,
                           const WhenFull& when_full);
/// @throws Error if it is not there, or its hash is another one.
Bytes fetch_program(Broker& broker, const FileRecord& program);

/// @throws Error if the job is done or has failed.
void refuse_ended(const JobRecord& job);

/// A job's record, and who may write it.
class JobStore {
public:
    /// @throws Error if there is no such job.
    static JobStore find(Broker& broker, const JobId& job);
    /// Makes the record.
    static JobStore create(Broker& broker, JobRecord record);

    JobRecord record;

    /// From now on this coordinator writes the record, as it is by now.
    /// @throws Error if the job has ended meanwhile.
    void take_over();
    enum class Written : std::uint8_t { written, no_room, taken_over, dropped };
    /// Writes the record, unless another coordinator has taken the job over, or it was dropped.
    Written try_update();
    /// @throws Error if it is not written.
    void update();
    /// Removes all that the broker keeps of the job but for the record.
    void purge();

private:
    JobStore(Broker& broker, JobRecord of_job, std::uint64_t sequence)
        : record(std::move(of_job)), broker_(broker), sequence_(sequence) {}

    Broker& broker_;
    std::uint64_t sequence_;  ///< of the record
};

/// Removes all that the broker keeps of a job but for its record.
void purge_job(Broker& broker, const JobId& job);
/// Removes the record as well, whether it can be read or not.
void drop_job(Broker& broker, const JobId& job);

/// All jobs, the latest last; of what is no record, `unreadable` gets a line each.
std::vector<JobRecord> list_jobs(Broker& broker, std::vector<std::string>& unreadable);

/// The records of a job's tasks from the first one on, as far as none lacks and each starts where
/// the one before ends.
/// @param initial  where the program starts.
std::vector<TaskRecord> read_task_records(Broker& broker, const JobRecord& job,
                                          const State& initial);

/// Removes the chunks of tasks that have no record, the records that are not continued, and the
/// snapshots that the job's record does not name.
void remove_unrecorded(Broker& broker, const JobRecord& job, std::span<const TaskRecord> records);

/// Seconds since 1970.
std::int64_t now_seconds();

}  // namespace reprise::cluster
