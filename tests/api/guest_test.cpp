#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/instructions.h"
#include "reprise/reprise.h"
#include "support/elf_builder.h"

namespace reprise {

namespace {

using isa::encode;
using isa::Op;
using namespace test;

std::uint32_t addi(std::uint8_t rd, std::uint8_t rs1, std::int32_t imm) {
    return immediate(Op::addi, rd, rs1, imm);
}
std::uint32_t li(std::uint8_t rd, std::int32_t imm) {
    return addi(rd, kZero, imm);
}
std::uint32_t lui(std::uint8_t rd, std::uint32_t value) {
    return immediate(Op::lui, rd, 0, static_cast<std::int32_t>(value));
}

Guest guest_of(std::initializer_list<std::uint32_t> text) {
    return Guest::from_elf(ElfBuilder().text(kText, words(text)).data(kData, {}, 64).build(),
                           "guest");
}

/// Writes up to 64 bytes of its input to its output and exits with 7, in 12 steps.
Guest echo() {
    return guest_of({li(kA7, 63), li(kA0, 0), lui(kA1, kData), li(kA2, 64), kEcall,
                     addi(kA2, kA0, 0), li(kA7, 64), li(kA0, 1), kEcall, li(kA7, 93), li(kA0, 7),
                     kEcall});
}

/// Takes 8192 * `rounds` + 4 steps and exits with `exit_code`.
Guest countdown(std::uint32_t rounds, std::int32_t exit_code) {
    return guest_of({lui(kT0, rounds << 12), addi(kT0, kT0, -1),
                     encode({.op = Op::bne, .rs1 = kT0, .rs2 = kZero, .imm = -4}),
                     li(kA0, exit_code), li(kA7, 93), kEcall});
}

/// Exits with how often it has run in its memory.
Guest visitor() {
    return guest_of({lui(kA1, kData), immediate(Op::lw, kA0, kA1, 0), addi(kA0, kA0, 1),
                     encode({.op = Op::sw, .rs1 = kA1, .rs2 = kA0, .imm = 0}), li(kA7, 93),
                     kEcall});
}

/// main calls peek, which loads from address 0x10.
Guest wild() {
    return Guest::from_elf(
        ElfBuilder()
            .text(kText, words({encode({.op = Op::jal, .rd = kRa, .imm = 8}), kEbreak,
                                li(kA1, 0x10), immediate(Op::ld, kA0, kA1, 0), kEbreak}))
            .symbol("main", kText, 8)
            .symbol("peek", kText + 8, 12)
            .build(),
        "wild");
}

Sink append_to(Bytes& bytes) {
    return [&bytes](std::span<const std::uint8_t> piece) {
        bytes.insert(bytes.end(), piece.begin(), piece.end());
    };
}

class GuestOn : public testing::TestWithParam<EngineKind> {
protected:
    RunResult run(const Guest& guest,
                  std::uint64_t max_steps = std::numeric_limits<std::uint64_t>::max()) const {
        return guest.run({.max_steps = max_steps, .engine = GetParam()});
    }
};

INSTANTIATE_TEST_SUITE_P(, GuestOn, testing::Values(EngineKind::compiled, EngineKind::interpreted),
                         [](const auto& test) {
                             return test.param == EngineKind::compiled ? "compiled" : "interpreted";
                         });

std::string refusal(const auto& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "not refused";
}

}  // namespace

TEST_P(GuestOn, TurnsInputIntoOutput) {
    Bytes output, diagnostics;
    const Bytes input{'h', 'e', 'y'};
    const RunResult result = echo().run({.input = input,
                                         .output = append_to(output),
                                         .diagnostics = append_to(diagnostics),
                                         .engine = GetParam()});
    EXPECT_EQ(output, input);
    EXPECT_EQ(diagnostics, Bytes{});
    EXPECT_EQ(result.kind, RunResult::Kind::exited);
    EXPECT_EQ(result.exit_code, 7);
    EXPECT_EQ(result.steps, 12U);
    EXPECT_FALSE(result.fault);
}

TEST_P(GuestOn, NeedsNoSinks) {
    EXPECT_EQ(echo().run({.input = {1, 2}, .engine = GetParam()}).exit_code, 7);
}

TEST_P(GuestOn, ReportsAFault) {
    const RunResult result = run(wild());
    EXPECT_EQ(result.kind, RunResult::Kind::faulted);
    EXPECT_EQ(result.steps, 2U);
    ASSERT_TRUE(result.fault);
    const FaultReport& fault = *result.fault;
    EXPECT_EQ(fault.kind, "load_access");
    EXPECT_EQ(fault.pc, kText + 12);
    EXPECT_EQ(fault.address, 0x10U);
    EXPECT_EQ(fault.step, 2U);
    EXPECT_NE(fault.message.find("peek+0x4"), std::string::npos) << fault.message;
    EXPECT_EQ(fault.backtrace,
              (std::vector<std::string>{"0x1000c (peek+0x4)", "0x10004 (main+0x4)"}));
}

TEST_P(GuestOn, StopsAtTheStepExactly) {
    const Guest guest = countdown(1, 0);
    for (const std::uint64_t steps : {0, 1, 2, 5000, 8195}) {
        const RunResult result = run(guest, steps);
        EXPECT_EQ(result.kind, RunResult::Kind::step_limit);
        EXPECT_EQ(result.steps, steps);
    }
    EXPECT_EQ(run(guest, 8196).kind, RunResult::Kind::exited);
}

TEST_P(GuestOn, StartsAnewEachTime) {
    const Guest guest = visitor();
    EXPECT_EQ(run(guest).exit_code, 1);
    EXPECT_EQ(run(guest).exit_code, 1);
}

TEST_P(GuestOn, LivesOnInACopy) {
    auto first = std::make_unique<Guest>(countdown(1, 3));
    EXPECT_EQ(run(*first).exit_code, 3);
    const Guest copy = *first;
    first.reset();
    EXPECT_EQ(run(copy).exit_code, 3);
}

TEST_P(GuestOn, RunsWhileAnotherIsRunning) {
    const Guest outer = echo(), inner = wild();
    std::vector<RunResult> inside;
    const RunResult result = outer.run({.input = {1},
                                        .output =
                                            [&](std::span<const std::uint8_t>) {
                                                inside = {run(inner), run(inner)};
                                            },
                                        .engine = GetParam()});
    EXPECT_EQ(result.exit_code, 7);
    ASSERT_EQ(inside.size(), 2U);
    for (const RunResult& nested : inside) {
        ASSERT_TRUE(nested.fault);
        EXPECT_EQ(nested.fault->pc, kText + 12);
    }
}

TEST_P(GuestOn, PassesOnWhatASinkThrows) {
    const Guest guest = echo();
    const RunOptions options{
        .input = {1},
        .output = [](std::span<const std::uint8_t>) { throw std::domain_error("full"); },
        .engine = GetParam()};
    EXPECT_THROW(guest.run(options), std::domain_error);
    EXPECT_EQ(run(guest).exit_code, 7);
}

TEST_P(GuestOn, RunsInManyThreads) {
    constexpr int kThreads = 8, kRuns = 10;
    const std::vector<Guest> guests{countdown(20, 0), countdown(30, 1), echo(), wild()};
    const auto run_many = [&](std::size_t first) {
        int right = 0;
        for (std::size_t i = first; i < first + kRuns; ++i) {
            const std::size_t which = i % guests.size();
            const auto mark = static_cast<std::uint8_t>(i);
            Bytes output;
            const RunResult result = guests[which].run(
                {.input = {mark}, .output = append_to(output), .engine = GetParam()});
            switch (which) {
                case 0: right += result.steps == 20 * 8192 + 4 && result.exit_code == 0; break;
                case 1: right += result.steps == 30 * 8192 + 4 && result.exit_code == 1; break;
                case 2: right += output == Bytes{mark} && result.exit_code == 7; break;
                case 3: right += result.fault && result.fault->step == 2; break;
            }
        }
        return right;
    };
    std::vector<std::future<int>> threads;
    for (std::size_t i = 0; i < kThreads; ++i)
        threads.push_back(std::async(std::launch::async, run_many, i));
    for (std::future<int>& thread : threads)
        EXPECT_EQ(thread.get(), kRuns);
}

TEST(Guest, RefusesWhatIsNoProgram) {
    EXPECT_EQ(refusal([] { Guest::from_elf({'n', 'o'}, "junk"); }).find("junk: "), 0U);
    EXPECT_NE(refusal([] { Guest::load("/no/such.elf"); }).find("/no/such.elf"), std::string::npos);
}

TEST(Guest, RefusesAnUnknownPlatform) {
    EXPECT_NE(refusal([] { echo().run({.platform = "moon"}); }).find("unknown platform moon"),
              std::string::npos);
}

TEST(Guest, RefusesAProgramThatLeavesNoRoom) {
    const Guest guest =
        Guest::from_elf(ElfBuilder().text(0xF000'0000, words({kEcall})).build(), "high");
    EXPECT_NE(refusal([&] { guest.run({}); }).find("high"), std::string::npos);
}

}  // namespace reprise
