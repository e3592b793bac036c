/// Forwards and backwards through guests, without a protocol.
#include "gdb/debugger.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "gdb/guests.h"

namespace reprise::testing {
namespace {

using gdb::Halt;
using gdb::Point;
using isa::Op;
using Reason = Halt::Reason;

constexpr std::uint64_t kStepsOfATurn = 5;

Point breakpoint(std::uint64_t address) {
    return {.kind = Point::Kind::breakpoint, .address = address, .size = 4};
}

class DebuggerOn : public ::testing::TestWithParam<Fast> {};
INSTANTIATE_TEST_SUITE_P(Engines, DebuggerOn, ::testing::Values(Fast::compiled, Fast::interpreted));

std::uint64_t counter(Debugged& debugged) {
    std::uint64_t value = 0;
    EXPECT_TRUE(debugged.machine().memory().load(GuestProgram().data_address, value));
    return value;
}

TEST_P(DebuggerOn, StepsBackThroughTheStatesItCameThrough) {
    const Counting counting(20);
    Debugged debugged(counting.guest, GetParam());
    std::vector<std::pair<State, std::uint64_t>> seen;
    for (Halt halt; halt.reason == Reason::stepped; halt = debugged.debugger.step())
        seen.emplace_back(debugged.debugger.state(), counter(debugged));
    EXPECT_GT(seen.size(), 100U);
    // The last step led back to before the exit.
    EXPECT_EQ(seen.back().first, debugged.debugger.state());
    while (!seen.empty()) {
        EXPECT_EQ(debugged.debugger.state(), seen.back().first);
        EXPECT_EQ(counter(debugged), seen.back().second);
        seen.pop_back();
        EXPECT_EQ(debugged.debugger.step_back().reason,
                  seen.empty() ? Reason::at_start : Reason::stepped);
    }
    EXPECT_EQ(debugged.output().size(), 8U) << "written once";
}

TEST_P(DebuggerOn, WandersAtRandom) {
    const Counting counting(1000);
    Debugged debugged(counting.guest, GetParam()), straight(counting.guest, Fast::interpreted);
    std::vector<State> states;
    for (Halt halt; halt.reason == Reason::stepped; halt = straight.debugger.step())
        states.push_back(straight.debugger.state());
    std::mt19937 random(3);
    debugged.debugger.points().insert(breakpoint(counting.address_of(counting.head)));
    for (int i = 0; i < 300; ++i) {
        const std::uint64_t before = debugged.debugger.state().step;
        switch (random() % 8) {
            case 0: debugged.debugger.resume_back(); break;
            case 1:
            case 2: debugged.debugger.step_back(); break;
            case 3: debugged.debugger.step(); break;
            default: debugged.debugger.resume();
        }
        ASSERT_LT(debugged.debugger.state().step, states.size()) << "from " << before;
        ASSERT_EQ(debugged.debugger.state(), states[debugged.debugger.state().step]);
    }
    while (debugged.debugger.resume().reason != Reason::leaving)
        continue;
    EXPECT_EQ(debugged.output(), straight.output());
}

/// The input is read by an ecall, and what it has read is not undone with the registers.
TEST_P(DebuggerOn, ReadsTheInputAgain) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(16);
    code.constant(5, guest.data_address);
    for (int i = 0; i < 4; ++i) {
        code.constant(10, 0);
        code.move(11, 5);
        code.constant(12, 2);
        code.constant(17, 63);  // read(0, data, 2)
        code.ecall();
        code.i(Op::addi, 5, 5, 2);
    }
    code.write(1, guest.data_address, 8);
    code.exit(0);
    Debugged debugged(guest, GetParam(), ~std::uint64_t{0},
                      {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'});
    while (debugged.debugger.resume().reason != Reason::leaving)
        continue;
    const std::uint64_t end = debugged.debugger.state().step;
    for (std::uint64_t back = 1; back <= end; ++back) {
        for (std::uint64_t i = 0; i < back; ++i)
            ASSERT_EQ(debugged.debugger.step_back().reason, Reason::stepped);
        ASSERT_EQ(debugged.debugger.resume().reason, Reason::leaving);
        std::uint64_t bytes = 0;
        ASSERT_TRUE(debugged.machine().memory().load(guest.data_address, bytes));
        ASSERT_EQ(bytes, 0x6867666564636261U) << back << " steps back and forwards again";
    }
    EXPECT_EQ(debugged.output(), "abcdefgh");
}

TEST_P(DebuggerOn, StopsAtABreakpointEachTime) {
    const Counting counting(3);
    Debugged debugged(counting.guest, GetParam());
    const std::uint64_t head = counting.address_of(counting.head);
    debugged.debugger.points().insert(breakpoint(head));
    std::vector<std::uint64_t> steps;
    for (int turn = 0; turn < 3; ++turn) {
        EXPECT_EQ(debugged.debugger.resume().reason, Reason::breakpoint);
        EXPECT_EQ(debugged.debugger.state().pc, head);
        steps.push_back(debugged.debugger.state().step);
    }
    const Halt leaving = debugged.debugger.resume();
    EXPECT_EQ(leaving.reason, Reason::leaving);
    EXPECT_EQ(leaving.stop.exit_code, 3);
    for (; !steps.empty(); steps.pop_back()) {
        EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::breakpoint);
        EXPECT_EQ(debugged.debugger.state().step, steps.back());
    }
    EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::at_start);
    EXPECT_EQ(debugged.debugger.state().step, 0U);
    EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::at_start);
}

TEST(Debugger, FindsTheLastHitHoweverFarBack) {
    constexpr std::uint64_t kTurns = 400'000;
    const Counting counting(kTurns);
    Debugged debugged(counting.guest);
    ASSERT_EQ(debugged.debugger.resume().reason, Reason::leaving);
    const std::uint64_t entry = counting.guest.text_address;
    debugged.debugger.points().insert(breakpoint(entry + 4));
    EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::breakpoint);
    EXPECT_EQ(debugged.debugger.state().step, 1U);
    EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::at_start);
}

TEST(Debugger, FindsHitsAtTheEdgesOfWhatItLooksThrough) {
    const Counting counting(40'000);
    Debugged debugged(counting.guest);
    const std::uint64_t store = counting.address_of(counting.store);
    debugged.debugger.points().insert(breakpoint(store));
    ASSERT_EQ(debugged.debugger.resume().reason, Reason::breakpoint);
    const std::uint64_t first = debugged.debugger.state().step;
    debugged.debugger.points().remove(breakpoint(store));
    // Of the first interval, one such distance is exactly the length.
    constexpr std::uint64_t kLength = 1 << 16;
    for (const std::uint64_t distance : {kLength - 1, kLength, kLength + 1}) {
        while (debugged.debugger.state().step < first + distance)
            debugged.debugger.step();
        debugged.debugger.points().insert(
            {.kind = Point::Kind::write_watch, .address = counting.guest.data_address, .size = 8});
        const Halt halt = debugged.debugger.resume_back();
        EXPECT_EQ(halt.reason, Reason::watchpoint);
        const std::uint64_t after_store =
            first + (distance - 1) / kStepsOfATurn * kStepsOfATurn + 1;
        EXPECT_EQ(debugged.debugger.state().step, after_store);
        debugged.debugger.points().remove(
            {.kind = Point::Kind::write_watch, .address = counting.guest.data_address, .size = 8});
        // Only the very first hit is left.
        debugged.debugger.points().insert(breakpoint(counting.guest.text_address));
        EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::breakpoint);
        EXPECT_EQ(debugged.debugger.state().step, 0U);
        debugged.debugger.points().remove(breakpoint(counting.guest.text_address));
    }
}

TEST_P(DebuggerOn, EndsOnlyWhenItGoesOnFromTheEnd) {
    const Counting counting(2);
    Debugged debugged(counting.guest, GetParam());
    EXPECT_EQ(debugged.debugger.resume().reason, Reason::leaving);
    EXPECT_EQ(debugged.debugger.stop().kind, Stop::Kind::step_limit);
    EXPECT_EQ(debugged.debugger.step_back().reason, Reason::stepped);
    EXPECT_EQ(debugged.debugger.resume().reason, Reason::leaving) << "it came back";
    const Halt end = debugged.debugger.step();
    EXPECT_EQ(end.reason, Reason::ended);
    EXPECT_EQ(end.stop.kind, Stop::Kind::exited);
    EXPECT_EQ(end.stop.exit_code, 3);
    EXPECT_EQ(debugged.output().size(), 8U);
}

TEST_P(DebuggerOn, StopsAtTheStepLimit) {
    const Counting counting(1000);
    Debugged debugged(counting.guest, GetParam(), 1234);
    EXPECT_EQ(debugged.debugger.resume().reason, Reason::step_limit);
    EXPECT_EQ(debugged.debugger.state().step, 1234U);
    EXPECT_EQ(debugged.debugger.step().reason, Reason::step_limit);
    EXPECT_EQ(debugged.debugger.state().step, 1234U);
    EXPECT_EQ(debugged.debugger.step_back().reason, Reason::stepped);
    EXPECT_EQ(debugged.debugger.state().step, 1233U);
    EXPECT_EQ(debugged.debugger.finish().kind, Stop::Kind::step_limit);
    EXPECT_EQ(debugged.debugger.state().step, 1234U);
}

TEST_P(DebuggerOn, StandsBeforeAFault) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    code.constant(5, 7);
    code.store(Op::sd, 5, 0, 8);
    Debugged debugged(guest, GetParam());
    const Halt halt = debugged.debugger.resume();
    EXPECT_EQ(halt.reason, Reason::faulted);
    EXPECT_EQ(halt.stop.fault.kind, FaultKind::store_access);
    EXPECT_EQ(debugged.debugger.stop(), halt.stop);
    EXPECT_EQ(debugged.debugger.step_back().reason, Reason::stepped);
    EXPECT_EQ(debugged.debugger.state().step, halt.stop.fault.step - 1);
    EXPECT_EQ(debugged.debugger.stop().kind, Stop::Kind::step_limit);
    EXPECT_EQ(debugged.debugger.step().reason, Reason::stepped);
    EXPECT_EQ(debugged.debugger.step().reason, Reason::faulted);
    const Halt end = debugged.debugger.resume();
    EXPECT_EQ(end.reason, Reason::ended);
    EXPECT_EQ(end.stop, halt.stop);
}

GuestProgram endless_guest() {
    GuestProgram guest;
    CodeWriter code(guest.items);
    code.jal(0, code.here());
    return guest;
}

TEST(Debugger, IsInterruptedBothWays) {
    const GuestProgram guest = endless_guest();
    Debugged debugged(guest);
    debugged.interrupt_after(10);
    EXPECT_EQ(debugged.debugger.resume().reason, Reason::interrupted);
    const std::uint64_t step = debugged.debugger.state().step;
    EXPECT_GT(step, 1'000'000U);
    // Nothing is found on the way back.
    debugged.debugger.points().insert(breakpoint(guest.text_address + 4));
    debugged.interrupt_after(7);
    EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::interrupted);
    EXPECT_LT(debugged.debugger.state().step, step);
}

/// To go back is to run again, for as long as the run took: that is asked for interrupts, too.
TEST(Debugger, IsInterruptedWhileItRunsAgain) {
    Debugged debugged(endless_guest());
    debugged.interrupt_after(60);
    EXPECT_EQ(debugged.debugger.resume().reason, Reason::interrupted);
    const std::uint64_t step = debugged.debugger.state().step;
    debugged.interrupt_after(1);
    EXPECT_EQ(debugged.debugger.step_back().reason, Reason::interrupted);
    EXPECT_LT(debugged.debugger.state().step, step - 1);
    EXPECT_EQ(debugged.debugger.step_back().reason, Reason::stepped);
    EXPECT_LT(debugged.debugger.state().step, step - 1);
}

// --- Watchpoints ------------------------------------------------------------------------------

struct Access {
    Op op;
    std::uint64_t size;
    bool loads, stores;
};

void PrintTo(const Access& access, std::ostream* out) {
    *out << isa::info(access.op).name;
}

class Watchpoints : public ::testing::TestWithParam<Access> {
protected:
    static constexpr std::uint64_t kAt = 16;  ///< offset of what is accessed

    Watchpoints() {
        CodeWriter code(guest.items);
        guest.data.resize(64);
        code.constant(6, guest.data_address + kAt);
        if (GetParam().op == Op::sc_d) code.i(Op::lr_d, 8, 6, 0);
        if (GetParam().op == Op::sc_w) code.i(Op::lr_w, 8, 6, 0);
        target = code.here();
        if (GetParam().loads && !GetParam().stores) {
            code.i(GetParam().op, 7, 6, 0);
        } else if (GetParam().op >= Op::sb && GetParam().op <= Op::sd) {
            code.store(GetParam().op, 7, 6, 0);
        } else {
            code.r(GetParam().op, 7, 6, 0);
        }
        code.i(Op::addi, 7, 7, 1);
        code.exit(0);
    }

    /// Whether such a point stops at the access, forwards and backwards.
    bool stops(Point::Kind kind, std::uint64_t offset, std::uint64_t size) {
        Debugged debugged(guest);
        const std::uint64_t pc = assemble(guest.items, guest.text_address).labels.at(target);
        debugged.debugger.points().insert(breakpoint(pc));
        EXPECT_EQ(debugged.debugger.resume().reason, Reason::breakpoint);
        const Point point{.kind = kind, .address = guest.data_address + offset, .size = size};
        EXPECT_TRUE(debugged.debugger.points().insert(point));
        const std::uint64_t step = debugged.debugger.state().step;
        const Halt halt = debugged.debugger.resume();
        const bool stopped = halt.reason == Reason::watchpoint;
        if (stopped) {
            EXPECT_EQ(halt.watch, point);
            EXPECT_EQ(debugged.debugger.state().step, step);
            EXPECT_EQ(debugged.debugger.step().reason, Reason::watchpoint) << "it is not made";
            debugged.debugger.points().remove(point);
            EXPECT_EQ(debugged.debugger.step().reason, Reason::stepped);
            EXPECT_EQ(debugged.debugger.step().reason, Reason::stepped);
            debugged.debugger.points().insert(point);
        } else {
            EXPECT_EQ(halt.reason, Reason::leaving);
        }
        const Halt back = debugged.debugger.resume_back();
        EXPECT_EQ(debugged.debugger.state().step, stopped ? step + 1 : step);
        EXPECT_EQ(back.reason, stopped ? Reason::watchpoint : Reason::breakpoint);
        if (stopped) {
            EXPECT_EQ(debugged.debugger.step_back().reason, Reason::watchpoint);
            EXPECT_EQ(debugged.debugger.state().step, step + 1);
        }
        return stopped;
    }

    GuestProgram guest;
    Label target = 0;
};

INSTANTIATE_TEST_SUITE_P(
    Accesses, Watchpoints,
    ::testing::Values(Access{Op::lb, 1, true, false}, Access{Op::lbu, 1, true, false},
                      Access{Op::lh, 2, true, false}, Access{Op::lhu, 2, true, false},
                      Access{Op::lw, 4, true, false}, Access{Op::lwu, 4, true, false},
                      Access{Op::ld, 8, true, false}, Access{Op::lr_w, 4, true, false},
                      Access{Op::lr_d, 8, true, false}, Access{Op::sb, 1, false, true},
                      Access{Op::sh, 2, false, true}, Access{Op::sw, 4, false, true},
                      Access{Op::sd, 8, false, true}, Access{Op::sc_w, 4, false, true},
                      Access{Op::sc_d, 8, false, true}, Access{Op::amoadd_w, 4, true, true},
                      Access{Op::amoswap_d, 8, true, true}));

TEST_P(Watchpoints, StopAtEveryByteOfAnAccessAndNoOther) {
    const auto [op, size, loads, stores] = GetParam();
    for (const std::uint64_t watched : {1U, 8U}) {
        EXPECT_FALSE(stops(Point::Kind::access_watch, kAt - watched, watched));
        EXPECT_TRUE(stops(Point::Kind::access_watch, kAt - watched + 1, watched));
        EXPECT_TRUE(stops(Point::Kind::access_watch, kAt + size - 1, watched));
        EXPECT_FALSE(stops(Point::Kind::access_watch, kAt + size, watched));
    }
}

TEST_P(Watchpoints, TellLoadsFromStores) {
    EXPECT_EQ(stops(Point::Kind::read_watch, kAt, 1), GetParam().loads);
    EXPECT_EQ(stops(Point::Kind::write_watch, kAt, 1), GetParam().stores);
}

/// The ecall has written when it is noticed; what was written is not written again.
TEST(Debugger, WatchesEcalls) {
    const Counting counting(2);
    Debugged debugged(counting.guest);
    debugged.debugger.points().insert(breakpoint(counting.address_of(counting.end)));
    ASSERT_EQ(debugged.debugger.resume().reason, Reason::breakpoint);
    const Point point{
        .kind = Point::Kind::read_watch, .address = counting.guest.data_address + 7, .size = 1};
    debugged.debugger.points().insert(point);
    EXPECT_EQ(debugged.debugger.resume().reason, Reason::watchpoint);
    const std::uint64_t pc = debugged.debugger.state().pc;
    EXPECT_EQ(debugged.machine().program().fetch(pc)->op, Op::ecall);
    debugged.debugger.points().remove(point);
    EXPECT_EQ(debugged.debugger.step().reason, Reason::stepped);
    debugged.debugger.points().insert(point);
    EXPECT_EQ(debugged.debugger.resume().reason, Reason::leaving);
    EXPECT_EQ(debugged.debugger.resume_back().reason, Reason::watchpoint);
    EXPECT_EQ(debugged.debugger.state().pc, pc + 4);
    EXPECT_EQ(debugged.output(), std::string("\2\0\0\0\0\0\0\0", 8));
}

TEST(Points, AreBounded) {
    gdb::Points points;
    for (std::uint64_t i = 0; i < gdb::Points::kLimit; ++i)
        ASSERT_TRUE(points.insert(breakpoint(2 * i)));
    EXPECT_FALSE(points.insert(breakpoint(1 << 20)));
    EXPECT_TRUE(points.insert(breakpoint(0))) << "it is there already";
    points.remove(breakpoint(0));
    EXPECT_FALSE(points.breaks_at(0));
    EXPECT_TRUE(points.breaks_at(2));
    EXPECT_TRUE(points.insert(breakpoint(1 << 20)));
    EXPECT_TRUE(points.breaks_at(1 << 20));
    EXPECT_FALSE(points.breaks_at(1 << 21)) << "that only looks alike";
}

}  // namespace
}  // namespace reprise::testing
