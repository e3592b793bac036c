/// @file
/// Interpreted and compiled replay side by side: both must lead where the run went, and count the
/// same.
#pragma once

#include <memory>
#include <string>

#include "replay/call_tree.h"
#include "replay/replay.h"

namespace reprise::testing {

class ReplayPair {
public:
    explicit ReplayPair(const std::shared_ptr<const Program>& program);

    /// Replays what led from `start` to `end`, where the run stopped with `stop`.
    /// @return what is different, a line for each thing; empty if nothing is.
    std::string compare_chunk(const State& start, const State& end, const Stop& stop,
                              GuardedBytes log);
    /// After all chunks of a run of so many steps.
    std::string compare_counts(std::uint64_t steps) const;

private:
    std::shared_ptr<const Program> program_;
    std::unique_ptr<Replay> interpreted_;
    std::unique_ptr<Replay> compiled_;
    CallTree calls_;
};

}  // namespace reprise::testing
