/// @file
/// Puts the results of a job's tasks together: counts at once, output and calls in the order of the
/// run.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "cluster/messages.h"
#include "cluster/work.h"
#include "platform/streams.h"

namespace reprise::cluster {

/// Results that wait for earlier ones are kept up to this; beyond it they are read again.
inline constexpr std::uint64_t kMostWaiting = std::uint64_t{64} << 20;

/// For one thread. Each task's result is added once.
class ResultMerger {
public:
    /// Takes the calls of each chunk, in order.
    using OnCalls = std::function<void(const compiler::ChunkCalls&)>;
    /// Reads the result of a task again, from the message of this sequence.
    using ReadAgain = std::function<WorkResult(const TaskRecord& task, std::uint64_t sequence)>;

    /// @param on_calls  and
    /// @param output    may be empty.
    ResultMerger(const Program& program, OnCalls on_calls, Sink output);

    /// A result that was found right.
    void add(const TaskRecord& task, std::uint64_t sequence, WorkResult result);
    /// Merges what has its turn.
    /// @return how many tasks are merged by now.
    std::uint64_t merge(const ReadAgain& read_again);

    // When all are merged.

    Counts take_counts() { return std::move(counts_); }
    /// Whether the output of all tasks is that of the run. Once.
    bool has_output_of(const TraceEnd& end);

private:
    struct InOrder {
        Bytes output;
        std::vector<compiler::ChunkCalls> calls;
    };
    struct Waiting {
        TaskRecord task;
        std::uint64_t sequence = 0;       ///< of the message
        std::optional<InOrder> in_order;  ///< nothing: to be read again
    };
    static std::uint64_t memory_of(const InOrder& result);
    void pass_on(const InOrder& result);

    const OnCalls on_calls_;
    const Sink output_;
    std::map<std::uint64_t, Waiting> waiting_;  ///< by task
    std::uint64_t waiting_bytes_ = 0;
    std::uint64_t merged_ = 0;
    Counts counts_;
    Hasher output_hash_;
    std::uint64_t output_size_ = 0;
};

}  // namespace reprise::cluster
