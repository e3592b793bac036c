/// @file
/// The tasks of a job that are published and not done, and what workers have said of them.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cluster/messages.h"

namespace reprise::cluster {

/// A task that is published and not done.
struct Outstanding {
    TaskRecord record;
    std::uint64_t tries = 0;           ///< that have failed
    unsigned final_words = 0;          ///< of workers that think that nobody should try it
    std::vector<std::string> avoid;    ///< workers that have failed
    std::vector<std::string> reasons;  ///< why, the latest ones
};

/// For any number of threads.
class TaskLedger {
public:
    void add(const TaskRecord& record);
    std::optional<Outstanding> find(std::uint64_t number) const;
    /// The task is done.
    void remove(std::uint64_t number);
    /// Notes that a worker could not do it, or has done it wrongly.
    /// @param is_final  whether it says that of others, and has not tried.
    /// @return what is known of the task by now, which must be there.
    Outstanding note_failure(std::uint64_t number, const std::string& worker,
                             const std::string& why, bool is_final);

    std::vector<Outstanding> all() const;
    std::size_t size() const;
    std::uint64_t chunks() const;

private:
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Outstanding> tasks_;  ///< by number
    std::uint64_t chunks_ = 0;
};

}  // namespace reprise::cluster
