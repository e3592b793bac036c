/// @file
/// What the messages of a cluster say, as JSON. docs/cluster.md describes each. Nothing that is
/// decoded is believed: what does not fit is refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "cluster/names.h"
#include "trace/snapshot.h"
#include "trace/trace.h"

namespace reprise::cluster {

/// Of all messages; another one is refused.
inline constexpr std::uint64_t kMessageVersion = 1;

/// Bytes that lie in pieces of one size below a subject.
struct Pieces {
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;

    bool operator==(const Pieces&) const = default;
};

/// A file that is named by its hash.
struct FileRecord {
    Hash hash{};
    Pieces pieces;

    bool operator==(const FileRecord&) const = default;
};

/// What a worker is asked for: consecutive chunks of one job.
struct Task {
    JobId job;
    std::uint64_t number = 0;
    std::string epoch;  ///< names the coordinator that has published the chunks
    std::string kind;   ///< of work
    FileRecord program;
    Pieces chunks;
    std::uint64_t tries = 0;         ///< how often it may be handed out
    std::vector<std::string> avoid;  ///< workers that may not have it
};
Bytes encode(const Task& task);
/// Whether this is a message of another version, which others may understand.
bool is_of_other_version(std::span<const std::uint8_t> bytes);
/// @throws Error for what is no task.
Task decode_task(std::span<const std::uint8_t> bytes);

/// That a task was published: with these a job can be continued. The bytes of the chunks and this
/// are in the store before the task is in the queue.
struct TaskRecord {
    std::uint64_t number = 0;
    std::string epoch;  ///< of the chunks
    Checkpoint start;
    Checkpoint end;
    std::uint64_t chunks = 0;
    std::uint64_t log_bytes = 0;
    Pieces pieces;
    std::vector<std::uint64_t> sequences;  ///< of the pieces, in their stream
    std::optional<TraceEnd> trace_end;     ///< of the last task

    std::uint64_t steps() const { return end.step - start.step; }
};
Bytes encode(const TaskRecord& record);
TaskRecord decode_task_record(std::span<const std::uint8_t> bytes);

/// What a worker made of a task. The result follows the head in the message, or lies in pieces.
struct ResultHead {
    std::string worker;
    std::string epoch;                 ///< of the task
    std::string nonce;                 ///< of the pieces
    std::uint64_t bytes = 0;           ///< of the result
    std::uint64_t pieces = 0;          ///< 0: it follows
    std::optional<std::string> error;  ///< why there is none
    bool is_final = false;             ///< of an error: nobody else should try
    double seconds = 0;                ///< that the work took
};
struct ResultMessage {
    ResultHead head;
    Bytes content;  ///< that follows
};
Bytes encode(const ResultHead& head, std::span<const std::uint8_t> content);
ResultMessage decode_result_message(std::span<const std::uint8_t> bytes);

/// A snapshot of a run, between two chunks.
struct SnapshotRecord {
    std::string epoch;         ///< of the coordinator that has taken it
    std::uint64_t chunks = 0;  ///< before it
    FileRecord content;        ///< packed; the hash is that of the packed bytes

    bool operator==(const SnapshotRecord&) const = default;
};

/// See kLargestSnapshot; packed, it is no larger but for its size.
inline constexpr std::uint64_t kLargestPackedSnapshot = kLargestSnapshot + 8;

/// Complaints that a job's record keeps: the latest.
inline constexpr std::size_t kMostComplaints = 32;

enum class JobState : std::uint8_t {
    executing,  ///< the guest runs
    published,  ///< all chunks are there
    done,
    failed
};
std::string_view name_of(JobState state);

/// What is known of a job: enough to continue it, and to tell people.
struct JobRecord {
    JobId id;
    std::string kind;
    JobState state = JobState::executing;
    std::string coordinator;  ///< who may change this
    std::string program_name;
    FileRecord program;
    std::uint64_t input_bytes = 0;
    Hash input_hash{};
    std::optional<Pieces> input;  ///< nothing: it was left out
    std::string platform;
    bool interprets = false;
    bool compresses = false;
    std::uint64_t chunk_steps = 0;
    std::uint64_t max_steps = 0;
    std::uint64_t tries = 0;
    std::int64_t started = 0;  ///< seconds since 1970
    std::int64_t updated = 0;
    std::uint64_t steps = 0, chunks = 0, log_bytes = 0;  ///< executed
    std::uint64_t tasks = 0;                             ///< published
    std::uint64_t tasks_done = 0, chunks_done = 0;
    std::vector<SnapshotRecord> snapshots;         ///< at most two, ascending
    std::map<std::string, std::uint64_t> workers;  ///< chunks done, by name
    std::vector<std::string> complaints;           ///< of and about workers, the latest
    std::string error;                             ///< of a failed job
};
Bytes encode(const JobRecord& record);
JobRecord decode_job_record(std::span<const std::uint8_t> bytes);

}  // namespace reprise::cluster
