/// @file
/// A machine that goes forwards and backwards: what a debugger does, without a protocol.
///
/// The machine is deterministic, so its step number is the time, and to go back is to run again
/// from the start to an earlier step: an engine gets there fast, and the interpreter looks for
/// breakpoints and watchpoints. Where it went back, the steps before are kept (Past). What the
/// guest has written is not written again (OutputStream).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "gdb/past.h"
#include "gdb/points.h"
#include "gdb/stops.h"
#include "machine/machine.h"

namespace reprise::gdb {

/// Why the guest stands where it stands.
struct Halt {
    enum class Reason : std::uint8_t {
        stepped,      ///< one step, as asked; or nothing was asked yet
        breakpoint,   ///< before the instruction at a breakpoint
        watchpoint,   ///< before an access is made or, on the way back, undone
        interrupted,  ///< as asked from outside
        at_start,     ///< at step 0: there is nothing before
        step_limit,   ///< at the last step that may be run
        leaving,      ///< before the ecall that exits: going on will
        faulted,      ///< before the instruction that faults: going on ends the run
        ended         ///< the run is over, as `stop` says
    };
    Reason reason = Reason::stepped;
    std::optional<Point> watch;  ///< for `watchpoint`
    Stop stop;                   ///< for `leaving`, `faulted` and `ended`
};

/// After `ended` and `finish`, nothing more may be asked of it.
class Debugger {
public:
    /// Asked now and then while the guest runs: whether it shall stop. What it throws ends the run.
    using Interrupted = std::function<bool()>;

    /// @param machine     at step 0, or where `engine` has brought it.
    /// @param engine      what runs the machine where nothing has to be looked at.
    /// @param step_limit  how many steps may be run at all.
    Debugger(Machine& machine, Engine& engine, std::uint64_t step_limit, Interrupted interrupted);

    Points& points() { return points_; }
    const State& state() const { return machine_.state; }
    const Memory& memory() const { return machine_.memory(); }

    /// One step forwards, unless a watched access comes next. An access that is met is not made: to
    /// pass it, its watchpoint must be removed for that step, which gdb does for RISC-V.
    Halt step();
    /// Forwards to the next point. A breakpoint where the guest stands does not count.
    Halt resume();
    /// One step backwards, unless a watched access would be undone. As with `resume_back`, an
    /// interrupt leaves the guest somewhere before.
    Halt step_back();
    /// Backwards to the last point before. An interrupt leaves the guest somewhere before.
    Halt resume_back();

    /// Runs on to the end, whatever points there are.
    Stop finish();
    /// How the run stands for who breaks it off here.
    Stop stop() const;

private:
    std::optional<Halt> run_slice(std::uint64_t end, bool has_moved);
    std::optional<Halt> run_to_point(std::uint64_t end, bool has_moved);
    std::optional<Halt> end_of_run(const Stop& stop);
    Halt leave();
    bool go_to(std::uint64_t step);
    void go_to_surely(std::uint64_t step);
    bool run_again(std::uint64_t step);
    bool run_over(std::uint64_t step);
    std::optional<Point> watch_before(std::uint64_t step);
    std::optional<LastStop> last_stop_in(std::uint64_t begin, std::uint64_t end);
    bool is_interrupted() const { return interrupted_ && interrupted_(); }

    Machine& machine_;
    Engine& engine_;
    std::uint64_t step_limit_;
    Interrupted interrupted_;
    Points points_;
    Past past_;
    std::optional<Stop> end_;  ///< while the guest stands before its end and was stopped there
};

}  // namespace reprise::gdb
