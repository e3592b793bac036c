/// @file
/// What things are called in a cluster: streams, jobs, workers, and the subjects of messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace reprise::cluster {

// Streams and their subjects.
inline constexpr const char* kJobs = "REPRISE_JOBS";            ///< records of jobs and their tasks
inline constexpr const char* kPrograms = "REPRISE_PROGRAMS";    ///< in pieces, by their hash
inline constexpr const char* kChunks = "REPRISE_CHUNKS";        ///< of tasks, in pieces
inline constexpr const char* kSnapshots = "REPRISE_SNAPSHOTS";  ///< of runs, in pieces
inline constexpr const char* kTasks = "REPRISE_TASKS";          ///< the queue
inline constexpr const char* kResults = "REPRISE_RESULTS";
inline constexpr const char* kWorkers = "workers";  ///< the queue's consumer

/// Names a job: 16 hexadecimal digits.
using JobId = std::string;
bool is_job_id(std::string_view text);
/// 16 hexadecimal digits that nobody else has.
std::string random_id();
/// Text from outside for people and records: of bounded length, without control characters.
std::string clean_text(std::string_view text);
/// Names a worker: 1 to 64 letters, digits, '-' and '_'.
bool is_worker_name(std::string_view text);

std::string job_subject(const JobId& job);                         ///< "*" for all
std::string record_subject(const JobId& job, std::uint64_t task);  ///< of a published task
std::string records_subject(const JobId& job);
std::string input_subject(const JobId& job);  ///< pieces lie below it
/// Pieces of a snapshot lie below it.
std::string snapshot_subject(const JobId& job, const std::string& epoch, std::uint64_t chunks);
std::string snapshots_subject(const JobId& job);  ///< pieces of all, with a wildcard
std::string program_subject(const Hash& file);    ///< pieces lie below it
std::string chunks_subject(const JobId& job);     ///< of all tasks, with a wildcard
/// Pieces lie below it. A coordinator's own, since two that publish the same task may cut it
/// differently.
std::string chunks_subject(const JobId& job, const std::string& epoch, std::uint64_t task);
std::string task_subject(const JobId& job);
std::string result_subject(const JobId& job, std::uint64_t task);
std::string results_subject(const JobId& job);  ///< of all tasks, with a wildcard
/// Pieces of a result that is too large for one message lie below it.
std::string result_part_subject(const JobId& job, std::uint64_t task, const std::string& nonce);
std::string result_parts_subject(const JobId& job);

}  // namespace reprise::cluster
