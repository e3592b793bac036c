/// Runs go on from snapshots as they would have gone on; what is no snapshot is refused.
#include "trace/snapshot.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/error.h"
#include "differential/compare_program.h"
#include "differential/generator.h"
#include "differential/guest_code.h"
#include "differential/resumed_runs.h"
#include "machine/interpreter.h"
#include "platform/platform.h"

namespace reprise::testing {
namespace {

class RandomSnapshots : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomSnapshots, LeadToTheSameEnd) {
    const auto program = std::make_shared<const Program>(Program::from_elf(
        make_elf(generate(GetParam(), case_of_seed(GetParam()).program)), "guest"));
    for (const std::uint64_t chunk_steps : {50, 3000})
        expect_resumable(program, {}, {.chunk_steps = chunk_steps, .max_steps = 50'000});
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSnapshots, ::testing::Range<std::uint64_t>(0, 12));

/// Of exit(3).
constexpr std::size_t kItemsOfExit = 3;

/// In each of 30 rounds: reads five bytes of input, writes them, asks for a page of memory in both
/// ways and stores there.
GuestProgram guest_with_streams() {
    constexpr std::uint64_t kBuffer = 0x2000'0000, kReadCall = 63, kBreakCall = 214,
                            kMmapCall = 222;
    constexpr unsigned kRounds = 8, kBreak = 9;  // registers that calls leave alone
    GuestProgram guest;
    guest.data = Bytes(64);
    CodeWriter code(guest.items);
    const auto call = [&](std::uint64_t number) {
        code.constant(reg::a7, number);
        code.ecall();
    };
    code.constant(reg::a0, 0);
    call(kBreakCall);
    code.move(kBreak, reg::a0);
    code.constant(kRounds, 30);
    const Label again = code.here();
    code.constant(reg::a0, 0);
    code.constant(reg::a1, kBuffer);
    code.constant(reg::a2, 5);
    call(kReadCall);
    code.write(1, kBuffer, 5);
    code.constant(reg::a0, 0);
    code.constant(reg::a1, 4096);
    code.constant(reg::a2, 3);
    code.constant(reg::a3, 0x22);
    call(kMmapCall);
    code.store(isa::Op::sd, kRounds, reg::a0, 8);
    code.constant(reg::a0, 4096);
    code.r(isa::Op::add, kBreak, kBreak, reg::a0);
    code.move(reg::a0, kBreak);
    call(kBreakCall);
    code.store(isa::Op::sd, kRounds, kBreak, -8);
    code.write(1, kBuffer + 1, 3);
    code.i(isa::Op::addi, kRounds, kRounds, -1);
    code.branch(isa::Op::bne, kRounds, 0, again);
    code.exit(3);
    return guest;
}

std::shared_ptr<const Program> program_with_streams() {
    return std::make_shared<const Program>(
        Program::from_elf(make_elf(guest_with_streams()), "guest"));
}

Bytes input_for_streams() {
    Bytes input;
    for (unsigned i = 0; i < 140; ++i)
        input.push_back(static_cast<std::uint8_t>('a' + i % 26));
    return input;
}

TEST(Snapshots, LeadToTheSameFault) {
    GuestProgram guest = guest_with_streams();
    CodeWriter code(guest.items);
    guest.items.resize(guest.items.size() - kItemsOfExit);
    code.store(isa::Op::sd, 0, 0, 8);
    const auto program =
        std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
    for (const std::uint64_t chunk_steps : {7, 200})
        expect_resumable(program, input_for_streams(), {.chunk_steps = chunk_steps});
}

TEST(Snapshots, KeepStreamsAndMemoryThatWasAskedFor) {
    for (const std::uint64_t chunk_steps : {1, 7, 50})
        expect_resumable(program_with_streams(), input_for_streams(), {.chunk_steps = chunk_steps});
}

std::unique_ptr<Machine> machine_with_streams() {
    const auto program = program_with_streams();
    return std::make_unique<Machine>(
        program, make_environment("auto", *program, {.input = PageBuffer(input_for_streams())}),
        Memory::Placement::anywhere);
}

constexpr std::uint64_t kStep = 300;

Bytes sample_snapshot() {
    const auto machine = machine_with_streams();
    InterpretedEngine().run(*machine, kStep);
    return take_snapshot(*machine, {.chunks = 3, .log_bytes = 17}, {});
}

TEST(Snapshots, HoldWhatWasTouchedOnly) {
    const Bytes snapshot = sample_snapshot();
    EXPECT_LT(snapshot.size(), 40 * Memory::kPageSize);
    const auto machine = machine_with_streams();
    const Resumed resumed = resume_from(*machine, snapshot, kStep / 3);
    EXPECT_EQ(resumed.executed, (Executed{.chunks = 3, .log_bytes = 17}));
    EXPECT_EQ(machine->state.step, kStep);
    EXPECT_TRUE(take_snapshot(*machine, resumed.executed, {}) == snapshot);
}

TEST(Snapshots, ThatAreNoneAreRefused) {
    const Bytes snapshot = sample_snapshot();
    const auto refuses = [](const Bytes& bytes, std::uint64_t chunk_steps = kStep / 3) {
        EXPECT_THROW(resume_from(*machine_with_streams(), bytes, chunk_steps), Error);
    };
    // Where its parts begin: the number of the platform's words, and what comes after them.
    constexpr std::size_t kWords = 4 + 8 + 8 + 273, kOutput = kWords + 8 + 5 * 8,
                          kMemory = kOutput + 8;
    for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{19}, kWords - 1,
                                   kOutput - 1, kMemory - 1, kMemory + 15, snapshot.size() - 1})
        refuses({snapshot.begin(), snapshot.begin() + static_cast<std::ptrdiff_t>(size)});
    const auto with = [&](std::size_t at, std::uint64_t number) {
        Bytes bytes = snapshot;
        std::memcpy(bytes.data() + at, &number, sizeof number);
        return bytes;
    };
    refuses(with(0, 1));                           // not "RPS1"
    refuses(with(4, 4));                           // other chunks
    refuses(snapshot, 101);                        // in other chunks
    refuses(with(kWords, 2));                      // fewer words than the platform has
    refuses(with(kWords, ~std::uint64_t{0}));      // more than there are
    refuses(with(kWords + 8, 141));                // behind the end of the input
    refuses(with(kWords + 16, 0));                 // a break below the program
    refuses(with(kWords + 24, 0xFFFF'FFFF));       // memory beyond what there is
    refuses(with(kOutput, snapshot.size()));       // more output than there is
    refuses(with(kMemory, 0x10'0000));             // text
    refuses(with(kMemory, ~std::uint64_t{4095}));  // no address of a guest
    refuses(with(kMemory + 8, ~std::uint64_t{0}));
}

}  // namespace
}  // namespace reprise::testing
