#include "gdb/debugger.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "machine/execute.h"
#include "machine/interpreter.h"

namespace reprise::gdb {

namespace {

/// So often, in steps, is it asked whether the guest shall stop.
constexpr std::uint64_t kSlice = 1 << 22;

/// Where nothing has to be looked at, an engine runs so many steps at a time.
constexpr std::uint64_t kRunSlice = 1 << 26;

/// How far back is looked at first, and by how much further each time.
constexpr std::uint64_t kFirstInterval = 1 << 16, kGrowth = 8;

/// So many steps before where the guest goes back to are kept, for who goes back further.
constexpr std::uint64_t kKept = 1 << 14;

/// The end of a slice of at most kSlice steps.
std::uint64_t slice_end(std::uint64_t step, std::uint64_t until_step) {
    return step + std::min(kSlice, until_step - step);
}

}  // namespace

Debugger::Debugger(Machine& machine, Engine& engine, std::uint64_t step_limit,
                   Interrupted interrupted)
    : machine_(machine),
      engine_(engine),
      step_limit_(step_limit),
      interrupted_(std::move(interrupted)) {}

Halt Debugger::step() {
    if (end_) return leave();
    if (state().step >= step_limit_) return {.reason = Halt::Reason::step_limit};
    if (const auto halt = run_slice(state().step + 1, false)) return *halt;
    return {.reason = Halt::Reason::stepped};
}

Halt Debugger::resume() {
    if (end_) return leave();
    const std::uint64_t start = state().step;
    while (state().step < step_limit_) {
        const std::uint64_t end = slice_end(state().step, step_limit_);
        if (const auto halt = run_slice(end, state().step != start)) return *halt;
        if (is_interrupted()) return {.reason = Halt::Reason::interrupted};
    }
    return {.reason = Halt::Reason::step_limit};
}

/// Nothing if the guest stands at `end` and nothing else is to be told.
std::optional<Halt> Debugger::run_slice(std::uint64_t end, bool has_moved) {
    past_.forget();
    if (points_.empty()) return end_of_run(engine_.run(machine_, end));
    return run_to_point(end, has_moved);
}

std::optional<Halt> Debugger::run_to_point(std::uint64_t end, bool has_moved) {
    std::optional<Point> hit;
    UntilPoint observer(points_, hit, has_moved);
    const Stop stop =
        points_.has_watchpoints()
            ? interpret_on(RefusingMemory(machine_.memory(), points_, hit), machine_, end, observer)
            : interpret(machine_, end, observer);
    if (hit) {
        // An ecall has done what it does already; any other access was refused.
        if (stop.kind != Stop::Kind::faulted) go_to_surely(state().step - 1);
        return Halt{.reason = Halt::Reason::watchpoint, .watch = hit, .stop = {}};
    }
    if (observer.at_breakpoint()) return Halt{.reason = Halt::Reason::breakpoint};
    return end_of_run(stop);
}

/// Brings the guest back to before it exits, and says so once.
std::optional<Halt> Debugger::end_of_run(const Stop& stop) {
    if (stop.kind == Stop::Kind::step_limit) return std::nullopt;
    if (stop.kind == Stop::Kind::exited) go_to_surely(state().step - 1);
    end_ = stop;
    const auto reason =
        stop.kind == Stop::Kind::exited ? Halt::Reason::leaving : Halt::Reason::faulted;
    return Halt{.reason = reason, .watch = std::nullopt, .stop = stop};
}

Halt Debugger::leave() {
    const Stop stop = finish();
    return {.reason = Halt::Reason::ended, .watch = std::nullopt, .stop = stop};
}

Stop Debugger::finish() {
    end_.reset();
    past_.forget();
    return engine_.run(machine_, step_limit_);
}

Stop Debugger::stop() const {
    return end_ && end_->kind == Stop::Kind::faulted ? *end_ : Stop{};
}

Halt Debugger::step_back() {
    const std::uint64_t now = state().step;
    end_.reset();
    if (now == 0) return {.reason = Halt::Reason::at_start};
    if (points_.has_watchpoints()) {
        if (const auto watch = watch_before(now))
            return {.reason = Halt::Reason::watchpoint, .watch = watch, .stop = {}};
    }
    if (!go_to(now - 1)) return {.reason = Halt::Reason::interrupted};
    return {.reason = Halt::Reason::stepped};
}

/// What the last instruction before `step`, where the guest stands, has met.
std::optional<Point> Debugger::watch_before(std::uint64_t step) {
    while (!past_.holds(step - 1) && !run_again(step)) {
    }
    if (past_.holds(step - 1)) return past_.watch_in(step - 1, points_);
    const auto last = last_stop_in(step - 1, step);  // it is an ecall
    return last ? last->watch : std::nullopt;
}

Halt Debugger::resume_back() {
    std::uint64_t end = state().step;
    std::uint64_t length = kFirstInterval;
    while (end != 0 && !points_.empty()) {
        const std::uint64_t begin = end - std::min(length, end);
        const auto last = last_stop_in(begin, end);
        if (!last && state().step != end) return {.reason = Halt::Reason::interrupted};
        if (last) {
            go_to_surely(last->step);
            return {.reason = last->watch ? Halt::Reason::watchpoint : Halt::Reason::breakpoint,
                    .watch = last->watch,
                    .stop = {}};
        }
        end = begin;
        length = length > end ? length : length * kGrowth;
    }
    go_to_surely(0);
    return {.reason = Halt::Reason::at_start};
}

/// Looks at the steps from `begin` to `end`, which have been run before. The guest then stands at
/// `end`; or earlier, with nothing found, if it was interrupted.
std::optional<LastStop> Debugger::last_stop_in(std::uint64_t begin, std::uint64_t end) {
    if (!go_to(begin)) return std::nullopt;
    StopNotes notes(points_, begin);
    while (state().step < end) {
        if (is_interrupted()) return std::nullopt;
        past_.forget();
        const std::uint64_t until = slice_end(state().step, end);
        [[maybe_unused]] const Stop stop =
            points_.has_watchpoints()
                ? interpret_on(NotedMemory(machine_.memory(), notes), machine_, until, notes)
                : interpret(machine_, until, notes);
        assert(stop.kind == Stop::Kind::step_limit);
    }
    return notes.last();
}

/// False if it was interrupted on the way, somewhere before.
bool Debugger::go_to(std::uint64_t step) {
    end_.reset();
    if (past_.holds(step)) {
        past_.rewind(machine_, step);
        return true;
    }
    return step < state().step ? run_again(step) : run_over(step);
}

/// Where nothing but the place itself can be told.
void Debugger::go_to_surely(std::uint64_t step) {
    while (!go_to(step)) {
    }
}

/// From the start to where the guest was before, and keeps the last steps. False if interrupted.
bool Debugger::run_again(std::uint64_t step) {
    machine_.restart();
    if (!run_over(step - std::min(kKept, step))) return false;
    past_.run(machine_, step);
    return true;
}

/// Over what has been run before. False if it was interrupted on the way.
bool Debugger::run_over(std::uint64_t step) {
    past_.forget();
    while (state().step < step) {
        [[maybe_unused]] const Stop stop =
            engine_.run(machine_, state().step + std::min(kRunSlice, step - state().step));
        assert(stop.kind == Stop::Kind::step_limit);
        if (state().step < step && is_interrupted()) return false;
    }
    return true;
}

}  // namespace reprise::gdb
