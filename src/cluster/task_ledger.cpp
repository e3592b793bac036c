#include "cluster/task_ledger.h"

#include <fmt/format.h>

#include <algorithm>

namespace reprise::cluster {

namespace {
constexpr std::size_t kMostReasons = 2;
}

void TaskLedger::add(const TaskRecord& record) {
    const std::lock_guard lock(mutex_);
    tasks_[record.number].record = record;
    chunks_ += record.chunks;
}

std::optional<Outstanding> TaskLedger::find(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = tasks_.find(number);
    if (found == tasks_.end()) return std::nullopt;
    return found->second;
}

void TaskLedger::remove(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = tasks_.find(number);
    chunks_ -= found->second.record.chunks;
    tasks_.erase(found);
}

Outstanding TaskLedger::note_failure(std::uint64_t number, const std::string& worker,
                                     const std::string& why, bool is_final) {
    const std::lock_guard lock(mutex_);
    Outstanding& task = tasks_.at(number);
    ++task.tries;
    if (is_final) {
        ++task.final_words;
    } else if (std::ranges::find(task.avoid, worker) == task.avoid.end()) {
        task.avoid.push_back(worker);
    }
    task.reasons.push_back(fmt::format("worker {}: {}", worker, why));
    if (task.reasons.size() > kMostReasons) task.reasons.erase(task.reasons.begin());
    return task;
}

std::vector<Outstanding> TaskLedger::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<Outstanding> tasks;
    for (const auto& [number, task] : tasks_)
        tasks.push_back(task);
    return tasks;
}

std::size_t TaskLedger::size() const {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
}

std::uint64_t TaskLedger::chunks() const {
    const std::lock_guard lock(mutex_);
    return chunks_;
}

}  // namespace reprise::cluster
