#include "replay/checker.h"

#include <limits>
#include <utility>

#include "base/error.h"
#include "machine/machine.h"
#include "platform/platform.h"

namespace reprise {

namespace {

/// Bytes of output from which on later chunks wait for the ones before them.
constexpr std::uint64_t kMostWaiting = std::uint64_t{256} << 20;

}  // namespace

State initial_state(const Program& program, const std::string& platform) {
    return initial_state(program, *make_environment(platform, program, {}));
}

ReplayChecker::ReplayChecker(std::string name, const State& initial, std::uint64_t window,
                             OnResult on_result)
    : name_(std::move(name)),
      window_(window),
      on_result_(std::move(on_result)),
      end_(initial),
      failed_at_(std::numeric_limits<std::uint64_t>::max()) {}

bool ReplayChecker::wait_for_turn(std::uint64_t index) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] {
        const bool has_room = index < next_ + window_ && waiting_bytes_ < kMostWaiting;
        return index == next_ || has_room || failed_at_ < index;
    });
    return failed_at_ >= index;
}

void ReplayChecker::add(std::uint64_t index, const ReplayInput& input, ReplayResult result) {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ += result.output.size();
    waiting_.emplace(
        index, Added{.start = input.start, .steps = input.steps, .result = std::move(result)});
    while (!waiting_.empty() && waiting_.begin()->first == next_ && next_ < failed_at_) {
        Added added = std::move(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
        waiting_bytes_ -= added.result.output.size();
        try {
            check(next_, std::move(added));
            ++next_;
        } catch (...) {
            note(next_, std::current_exception());
        }
    }
    moved_.notify_all();
}

/// That a chunk leads from where the one before ended to where it says.
void ReplayChecker::check(std::uint64_t index, Added added) {
    if (stop_.kind != Stop::Kind::step_limit)
        throw Error("{}: the run stops in chunk {}, but chunk {} follows", name_, index - 1, index);
    if (!(added.start == end_)) {
        if (index == 0) throw Error("{}: chunk 0 does not start as the program does", name_);
        throw Error("{}: chunk {} does not end where chunk {} starts", name_, index - 1, index);
    }
    end_ = added.result.end;
    stop_ = added.result.stop;
    if (stop_.kind == Stop::Kind::step_limit && end_.step != added.start.step + added.steps)
        throw Error("{}: chunk {} does not end after its {} steps", name_, index, added.steps);
    output_.add(added.result.output);
    output_size_ += added.result.output.size();
    if (on_result_) on_result_(std::move(added.result));
}

void ReplayChecker::fail(std::uint64_t index, std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    note(index, std::move(error));
    moved_.notify_all();
}

void ReplayChecker::note(std::uint64_t index, std::exception_ptr error) {
    if (index >= failed_at_) return;
    failed_at_ = index;
    failure_ = std::move(error);
}

void ReplayChecker::rethrow() {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
}

Stop ReplayChecker::finish(const TraceEnd& end) {
    rethrow();
    if (!(end_ == end.final) || !(stop_ == end.stop))
        throw Error("{}: the last chunk does not end as the trace says", name_);
    if (output_size_ != end.output_size || output_.finish() != end.output_hash)
        throw Error("{}: the public output is not the one that the trace says", name_);
    return stop_;
}

}  // namespace reprise
