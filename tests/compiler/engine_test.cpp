/// The engine for compiled code in the process around it: signals, threads, guests inside guests.
#include "compiler/engine.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <thread>

#include "base/error.h"
#include "compiler/signals.h"
#include "differential/generator.h"
#include "differential/lockstep.h"
#include "platform/platform.h"

namespace reprise::testing {
namespace {

using isa::Op;
using Placement = Memory::Placement;

std::shared_ptr<const Program> load(const GuestProgram& guest) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
}

/// Counts down, then stores to `address`, then exits.
GuestProgram storing_guest(std::uint64_t address, std::uint64_t turns = 1000) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(64);
    code.constant(5, turns);
    const Label head = code.here();
    code.i(Op::addi, 5, 5, -1);
    code.branch(Op::bne, 5, 0, head);
    code.constant(6, address);
    code.store(Op::sd, 5, 6, 0);
    code.exit(3);
    return guest;
}

constexpr std::uint64_t kGood = 0x2000'0000, kBad = 0x100;

Stop run(const std::shared_ptr<const Program>& program, Placement placement = Placement::low) {
    Runner runner(program, {}, Runner::Kind::compiled, placement);
    return runner.run(10'000'000);
}

void expect_store_fault(const Stop& stop, std::uint64_t address = kBad) {
    EXPECT_EQ(stop.kind, Stop::Kind::faulted);
    EXPECT_EQ(stop.fault.kind, FaultKind::store_access);
    EXPECT_EQ(stop.fault.address, address);
}

TEST(CompiledEngine, RefusesMachinesItWasNotCompiledFor) {
    const auto program = load(storing_guest(kGood));
    const auto other = load(storing_guest(kBad));
    const auto machine_of = [](const std::shared_ptr<const Program>& which, Placement placement) {
        return std::make_unique<Machine>(which, make_environment("auto", *which, {}), placement);
    };
    const auto placed_anywhere = machine_of(program, Placement::anywhere);
    compiler::CompiledEngine for_low(compiler::compile(program, {.placement = Placement::low}));
    EXPECT_THROW(for_low.run(*placed_anywhere, 10), Error);
    compiler::CompiledEngine for_anywhere(
        compiler::compile(program, {.placement = Placement::anywhere}));
    EXPECT_THROW(for_anywhere.run(*machine_of(other, Placement::anywhere), 10), Error);
    EXPECT_EQ(for_anywhere.run(*placed_anywhere, 10'000'000).exit_code, 3);
}

/// One engine, many machines, some of which fault.
TEST(CompiledEngine, RunsMachinesInTurns) {
    const auto program = load(storing_guest(kGood));
    compiler::CompiledEngine engine(compiler::compile(program, {.placement = Placement::anywhere}));
    Machine one(program, make_environment("auto", *program, {}), Placement::anywhere);
    Machine two(program, make_environment("auto", *program, {}), Placement::anywhere);
    for (std::uint64_t step = 900; step < 2000; step += 100) {
        EXPECT_EQ(engine.run(one, step).kind, Stop::Kind::step_limit);
        EXPECT_EQ(engine.run(two, step).kind, Stop::Kind::step_limit);
        EXPECT_EQ(one.state, two.state);
    }
    EXPECT_EQ(engine.run(one, 10'000).exit_code, 3);
    EXPECT_EQ(engine.run(two, 10'000).exit_code, 3);
}

/// Time grew with the square of the number of texts: a minute for so many.
TEST(Compiler, TakesNoLongerForManyTexts) {
    GuestProgram guest;
    CodeWriter(guest.items).exit(0);
    constexpr std::uint32_t kTexts = 60'000;
    for (std::uint32_t i = 0; i < kTexts; ++i) {
        guest.more.push_back({.address = 0x20'0000 + 16 * i,
                              .bytes = {0x13, 0, 0, 0, 0x6F, 0, 0, 0},  // nop; j .
                              .executable = true});
    }
    const auto program = load(guest);
    const std::clock_t start = std::clock();
    EXPECT_GE(compiler::compile(program, {})->blocks().size(), kTexts);
    EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 20);
}

/// The same for code that runs from high to low addresses, a jump at a time.
TEST(Compiler, TakesNoLongerForJumpsBackwards) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    constexpr std::uint32_t kJumps = 150'000;
    code.exit(0);
    for (std::uint32_t i = 0; i < kJumps; ++i)
        code.raw(0xBFFD, 2);  // c.j -2
    const auto program = load(guest);
    const std::clock_t start = std::clock();
    EXPECT_GE(compiler::compile(program, {})->blocks().size(), kJumps);
    EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 20);
}

// --- Signals of the host ---------------------------------------------------------------------

constexpr int kHandled = 42;

void exit_handled(int) {
    ::_exit(kHandled);
}
void exit_handled_with_info(int, siginfo_t* info, void* context) {
    ::_exit(info != nullptr && context != nullptr ? kHandled : 1);
}

/// An access of the host's own that fails.
void fault_in_host() {
    void* const page = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile char*>(page) = 1;
}

/// A loop that moves a register and uses it as an address only where x7 is not 0.
GuestProgram sometimes_loading_guest(std::uint64_t turns) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(64);
    code.constant(5, turns);
    code.constant(6, std::uint64_t{1} << 40);
    const Label head = code.here(), skip = code.new_label();
    code.i(Op::addi, 6, 6, 8);
    code.branch(Op::beq, 7, 0, skip);
    code.i(Op::ld, 8, 6, 0);
    code.i(Op::addi, 8, 8, 1);
    code.bind(skip);
    code.i(Op::addi, 5, 5, -1);
    code.branch(Op::bne, 5, 0, head);
    code.exit(3);
    return guest;
}

/// A loop that is certain to use a register as an address, but only when small steps have brought
/// it from below 0 into range.
GuestProgram walking_into_range_guest(std::uint64_t turns) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data_address = 0x100'0000;
    guest.data.resize(0x8000);
    code.constant(5, turns);
    code.constant(7, guest.data_address);
    const Label outer = code.here();
    code.constant(6, std::uint64_t{0} - 10'000);
    code.constant(9, 2);
    const Label head = code.here();
    for (int i = 0; i < 4; ++i)
        code.i(Op::addi, 6, 6, 2040);
    code.branch(Op::blt, 6, 7, head);
    code.i(Op::ld, 8, 6, 0);
    code.i(Op::addi, 9, 9, -1);
    code.branch(Op::bne, 9, 0, head);
    code.i(Op::addi, 5, 5, -1);
    code.branch(Op::bne, 5, 0, outer);
    code.exit(3);
    return guest;
}

/// A loop that reads in front of a table, by a negative index.
GuestProgram negative_index_guest(std::uint64_t turns) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(64);
    code.constant(5, turns);
    code.constant(6, 5);
    const Label head = code.here();
    code.i(Op::xori, 6, 6, -1);
    code.i(Op::lui, 7, 0, guest.data_address);
    code.r(Op::add, 7, 7, 6);
    code.i(Op::lbu, 8, 7, 32);
    code.i(Op::addi, 5, 5, -1);
    code.branch(Op::bne, 5, 0, head);
    code.exit(3);
    return guest;
}

/// What is noted as a base may be no address. That costs one run again, not one for each slice.
class NoAddress : public ::testing::TestWithParam<GuestProgram (*)(std::uint64_t)> {};

TEST_P(NoAddress, SeldomLeadsToRunningAgain) {
    const std::uint64_t turns = GetParam() == walking_into_range_guest ? 3000 : 4'000'000;
    const auto program = load(GetParam()(turns));
    for (const auto placement : {Placement::low, Placement::anywhere}) {
        Machine machine(program, make_environment("auto", *program, {}), placement);
        const compiler::Options options{.placement = machine.memory().placement()};
        compiler::CompiledEngine engine(compiler::compile(program, options));
        const Stop stop = engine.run(machine, 100'000'000);
        EXPECT_EQ(stop.kind, Stop::Kind::exited);
        EXPECT_EQ(stop.exit_code, 3);
        EXPECT_GT(machine.state.step, 15'000'000U) << "several slices";
        EXPECT_LE(engine.restarts(), 1U);
    }
}
INSTANTIATE_TEST_SUITE_P(Guests, NoAddress,
                         ::testing::Values(sometimes_loading_guest, walking_into_range_guest,
                                           negative_index_guest));

/// In a process of its own: handlers are for good.
class Signals : public ::testing::Test {
protected:
    Signals() { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

void handle_with(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(SIGSEGV, &action, nullptr);
}

void run_guest_then_fault() {
    expect_store_fault(run(load(storing_guest(kBad))));
    fault_in_host();
}

void fault_with_handler() {
    handle_with(exit_handled);
    run_guest_then_fault();
}

void fault_with_handler_of_three_arguments() {
    struct sigaction action {};
    action.sa_sigaction = exit_handled_with_info;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGSEGV, &action, nullptr);
    run_guest_then_fault();
}

void fault_without_handler() {
    handle_with(SIG_DFL);
    run_guest_then_fault();
}

void fault_in_sink() {
    handle_with(exit_handled);
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(8);
    code.write(1, guest.data_address, 8);
    code.exit(0);
    const auto program = load(guest);
    Streams streams{.input = {}, .output = [](auto) { fault_in_host(); }, .diagnostics = {}};
    Machine machine(program, make_environment("auto", *program, std::move(streams)),
                    Placement::anywhere);
    compiler::CompiledEngine engine(compiler::compile(program, {.placement = Placement::anywhere}));
    engine.run(machine, 10'000);
}

TEST_F(Signals, OfTheHostReachTheHandlerThatWasThere) {
    EXPECT_EXIT(fault_with_handler(), ::testing::ExitedWithCode(kHandled), "");
    EXPECT_EXIT(fault_with_handler_of_three_arguments(), ::testing::ExitedWithCode(kHandled), "");
}

TEST_F(Signals, OfTheHostKillItWithoutAHandler) {
    EXPECT_EXIT(fault_without_handler(), ::testing::KilledBySignal(SIGSEGV), "");
}

/// Also while a guest runs, but not in its code: in a sink that its output goes to.
TEST_F(Signals, OfASinkAreTheHosts) {
    EXPECT_EXIT(fault_in_sink(), ::testing::ExitedWithCode(kHandled), "");
}

/// Handlers of the host may run at any moment, on top of compiled code.
TEST_F(Signals, OfATimerDisturbNothing) {
    static std::atomic<int> ticks = 0;
    struct sigaction action {
    }, before{};
    action.sa_handler = [](int) { ++ticks; };
    action.sa_flags = SA_RESTART;
    ASSERT_EQ(::sigaction(SIGALRM, &action, &before), 0);
    ::ualarm(500, 500);
    const auto program = load(generate(11, {.size = 3000, .for_oracle = false}));
    Runner interpreted(program, {}, Runner::Kind::interpreted, Placement::anywhere);
    const Stop expected = interpreted.run(5'000'000);
    for (int i = 0; i < 200 || (ticks < 20 && i < 100'000); ++i) {
        Runner compiled(program, {}, Runner::Kind::compiled, Placement::low);
        const Stop got = compiled.run(5'000'000);
        ASSERT_EQ(compare_all(interpreted, expected, compiled, got), "");
    }
    ::ualarm(0, 0);
    ::sigaction(SIGALRM, &before, nullptr);
    EXPECT_GT(ticks, 0);
}

TEST(AccessGuards, NestAndEndInOrder) {
    static const std::array<std::uint8_t, 16> outer_code{}, inner_code{};
    const compiler::AccessGuard outer(outer_code, 1);
    {
        const compiler::AccessGuard inner(inner_code, 2);
        EXPECT_TRUE(inner.covers(reinterpret_cast<std::uintptr_t>(&inner_code[15])));
        EXPECT_FALSE(inner.covers(reinterpret_cast<std::uintptr_t>(inner_code.data()) + 16));
        EXPECT_FALSE(inner.covers(reinterpret_cast<std::uintptr_t>(outer_code.data())));
    }
    EXPECT_TRUE(outer.covers(reinterpret_cast<std::uintptr_t>(outer_code.data())));
}

/// The output of one guest goes to a sink that runs another, which faults; then the first one goes
/// on, and faults, too.
TEST(CompiledEngine, RunsAGuestInsideAnother) {
    for (const Placement placement : {Placement::low, Placement::anywhere}) {
        GuestProgram guest = storing_guest(kBad);
        GuestProgram outer;
        CodeWriter code(outer.items);
        outer.data.resize(64);
        code.constant(8, outer.data_address);
        for (int i = 0; i < 3; ++i) {
            code.write(1, outer.data_address, 8);
            code.store(Op::sd, 8, 8, 8 * i);  // through `gs`, if guest memory is anywhere
            code.i(Op::ld, 9, 8, 8 * i);
        }
        code.store(Op::sd, 9, 0, 64);
        const auto inner_program = load(guest);
        const auto outer_program = load(outer);
        int inner_runs = 0;
        const auto run_inner = [&](auto) {
            expect_store_fault(run(inner_program, Placement::anywhere));
            ++inner_runs;
        };
        Machine machine(outer_program,
                        make_environment("auto", *outer_program,
                                         {.input = {}, .output = run_inner, .diagnostics = {}}),
                        placement);
        compiler::CompiledEngine engine(
            compiler::compile(outer_program, {.placement = machine.memory().placement()}));
        expect_store_fault(engine.run(machine, 100'000), 64);
        EXPECT_EQ(inner_runs, 3) << "each byte of output goes out once";
        std::uint64_t stored = 0;
        EXPECT_TRUE(machine.memory().load(outer.data_address + 16, stored));
        EXPECT_EQ(stored, outer.data_address);
    }
}

// --- Threads ---------------------------------------------------------------------------------

/// Several guests at once, some of them faulting all the time, each like when it is alone.
TEST(CompiledEngine, RunsGuestsInThreads) {
    constexpr unsigned kThreads = 4;
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < kThreads; ++number) {
        threads.emplace_back([number] {
            const auto faulting = load(storing_guest(kBad + 8 * number, 500 + number));
            const auto program = load(generate(number + 1, {.size = 400, .for_oracle = false}));
            Runner interpreted(program, {}, Runner::Kind::interpreted, Placement::anywhere);
            const Stop expected = interpreted.run(1'000'000);
            for (int i = 0; i < 20; ++i) {
                expect_store_fault(run(faulting), kBad + 8 * number);
                Runner compiled(program, {}, Runner::Kind::compiled, Placement::low);
                const Stop got = compiled.run(1'000'000);
                EXPECT_EQ(compare_all(interpreted, expected, compiled, got), "");
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

/// One compiled program, a machine and an engine for each thread.
TEST(CompiledEngine, SharesCodeBetweenThreads) {
    constexpr unsigned kThreads = 4;
    const auto program = load(generate(5, {.size = 2000, .for_oracle = false}));
    const auto code = compiler::compile(program, {.placement = Placement::anywhere});
    std::vector<State> ends(kThreads);
    std::vector<std::thread> threads;
    for (State& end : ends) {
        threads.emplace_back([&program, &code, &end] {
            for (int i = 0; i < 10; ++i) {
                Machine machine(program, make_environment("auto", *program, {}),
                                Placement::anywhere);
                compiler::CompiledEngine(code).run(machine, 2'000'000);
                end = machine.state;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    for (const State& end : ends)
        EXPECT_EQ(end, ends.front());
    EXPECT_GT(ends.front().step, 1000U);
}

}  // namespace
}  // namespace reprise::testing
