/// @file
/// Checks the results of chunks against each other.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/hash.h"
#include "replay/replay.h"
#include "trace/trace.h"

namespace reprise {

/// Where a run starts: registers at step 0. They belong to program and platform.
State initial_state(const Program& program, const std::string& platform);

/// Takes the results of chunks in any order, from any number of threads, and looks at them in
/// order: that each chunk starts where the one before ended, and that the run ends as the trace
/// says. What is wrong with the first chunk that is wrong is the error, whoever comes first.
class ReplayChecker {
public:
    /// Takes each result that was found right, in order, one at a time.
    using OnResult = std::function<void(ReplayResult&&)>;

    /// @param name    what messages call the trace.
    /// @param window  results that wait for an earlier one, at most.
    ReplayChecker(std::string name, const State& initial, std::uint64_t window,
                  OnResult on_result = {});

    /// Waits until the chunk may be replayed: results that wait for it are few and small. Chunks
    /// must be begun in order.
    /// @return false if it need not be: the trace is known to be wrong.
    bool wait_for_turn(std::uint64_t index);
    void add(std::uint64_t index, const ReplayInput& input, ReplayResult result);
    /// The chunk could not be replayed.
    void fail(std::uint64_t index, std::exception_ptr error);
    /// @throws Error if anything is wrong that was added so far.
    void rethrow();

    /// After all chunks were added.
    /// @return how the run stopped: as the trace says, with the texts that it does not keep.
    /// @throws Error for what is wrong.
    Stop finish(const TraceEnd& end);

private:
    struct Added {
        State start;
        std::uint64_t steps = 0;
        ReplayResult result;
    };
    void check(std::uint64_t index, Added added);
    void note(std::uint64_t index, std::exception_ptr error);

    const std::string name_;
    const std::uint64_t window_;
    const OnResult on_result_;
    std::mutex mutex_;  ///< guards all below
    std::condition_variable moved_;
    std::map<std::uint64_t, Added> waiting_;
    std::uint64_t waiting_bytes_ = 0;  ///< of output
    std::uint64_t next_ = 0;           ///< chunks before it were found right
    State end_;                        ///< of the chunk before it
    Stop stop_;
    Hasher output_;
    std::uint64_t output_size_ = 0;
    std::uint64_t failed_at_;  ///< the first chunk that is known to be wrong
    std::exception_ptr failure_;
};

}  // namespace reprise
