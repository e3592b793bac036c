#include "cluster/result_merger.h"

#include <utility>

namespace reprise::cluster {

ResultMerger::ResultMerger(const Program& program, OnCalls on_calls, Sink output)
    : on_calls_(std::move(on_calls)), output_(std::move(output)), counts_(program) {}

std::uint64_t ResultMerger::memory_of(const InOrder& result) {
    std::uint64_t bytes = result.output.size() + sizeof(Waiting);
    for (const auto& calls : result.calls)
        bytes += calls.frames.size() * sizeof(calls.frames[0]) +
                 calls.bases.size() * sizeof(calls.bases[0]);
    return bytes;
}

void ResultMerger::add(const TaskRecord& task, std::uint64_t sequence, WorkResult result) {
    counts_ += result.counts;
    Waiting waiting{.task = task, .sequence = sequence, .in_order = {}};
    InOrder in_order{.output = std::move(result.output), .calls = std::move(result.calls)};
    if (task.number == merged_ || waiting_bytes_ + memory_of(in_order) <= kMostWaiting) {
        waiting_bytes_ += memory_of(in_order);
        waiting.in_order = std::move(in_order);
    }
    waiting_.emplace(task.number, std::move(waiting));
}

std::uint64_t ResultMerger::merge(const ReadAgain& read_again) {
    while (!waiting_.empty() && waiting_.begin()->first == merged_) {
        Waiting next = std::move(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
        if (next.in_order) {
            waiting_bytes_ -= memory_of(*next.in_order);
        } else {
            WorkResult again = read_again(next.task, next.sequence);
            next.in_order = {.output = std::move(again.output), .calls = std::move(again.calls)};
        }
        pass_on(*next.in_order);
        ++merged_;
    }
    return merged_;
}

void ResultMerger::pass_on(const InOrder& result) {
    output_hash_.add(result.output);
    output_size_ += result.output.size();
    if (output_) output_(result.output);
    if (!on_calls_) return;
    for (const compiler::ChunkCalls& calls : result.calls)
        on_calls_(calls);
}

bool ResultMerger::has_output_of(const TraceEnd& end) {
    return output_size_ == end.output_size && output_hash_.finish() == end.output_hash;
}

}  // namespace reprise::cluster
