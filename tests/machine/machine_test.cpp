/// Machines, backtraces and the messages of faults.
#include "machine/machine.h"

#include <gtest/gtest.h>

#include "differential/guest_code.h"
#include "differential/lockstep.h"
#include "machine/backtrace.h"
#include "support/elf_builder.h"

namespace reprise::testing {
namespace {

using isa::Op;

std::shared_ptr<const Program> load(const GuestProgram& guest) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
}

TEST(Machine, StartsAgainAsIfNew) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(16, 3);
    code.write(1, guest.data_address, 16);
    code.constant(5, guest.data_address);
    const Label head = code.here();
    code.i(Op::ld, 6, 5, 0);
    code.i(Op::addi, 6, 6, 1);
    code.store(Op::sd, 6, 5, 0);
    code.r(Op::lr_d, 7, 5, 0);
    code.jal(0, head);

    const auto program = load(guest);
    for (const auto kind : {Runner::Kind::interpreted, Runner::Kind::compiled}) {
        Runner runner(program, {}, kind, Memory::Placement::low);
        const State start = runner.machine().state;
        runner.run(12'345);
        const State later = runner.machine().state;
        EXPECT_TRUE(later.reserved);
        runner.machine().restart();
        EXPECT_EQ(runner.machine().state, start);
        runner.run(12'345);
        EXPECT_EQ(runner.machine().state, later);
        EXPECT_EQ(runner.output().size(), 16U) << "what was written once is not written again";
    }
}

TEST(Machine, DoesNothingUpToAStepThatIsPast) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    code.jal(0, code.here());
    const auto program = load(guest);
    for (const auto kind : {Runner::Kind::interpreted, Runner::Kind::compiled}) {
        Runner runner(program, {}, kind, Memory::Placement::low);
        for (const std::uint64_t until : {0U, 10'000U, 10'000U, 5'000U, 0U}) {
            const std::uint64_t before = runner.machine().state.step;
            EXPECT_EQ(runner.run(until).kind, Stop::Kind::step_limit);
            EXPECT_EQ(runner.machine().state.step, std::max<std::uint64_t>(before, until));
        }
    }
}

/// What a chain of functions looks like from its innermost one.
class Backtrace : public ::testing::Test {
protected:
    std::vector<std::uint64_t> at_fault() {
        Runner runner(load(guest), {}, Runner::Kind::interpreted, Memory::Placement::anywhere);
        const Stop stop = runner.run(1'000'000);
        EXPECT_EQ(stop.fault.kind, FaultKind::breakpoint);
        return backtrace(runner.machine().program(), runner.machine().state,
                         runner.machine().memory());
    }
    std::uint32_t address_of(Label label) {
        return assemble(guest.items, guest.text_address).labels.at(label);
    }
    void prologue(std::int64_t size) {
        code.i(Op::addi, 2, 2, -size);
        code.store(Op::sd, 1, 2, size - 8);
    }
    void ebreak() { code.emit({.op = Op::ebreak}); }

    GuestProgram guest;
    CodeWriter code{guest.items};
};

TEST_F(Backtrace, OfFunctionsWithFrames) {
    const Label outer = code.new_label(), inner = code.new_label();
    code.jal(1, outer);
    const Label return_to_start = code.here();
    code.exit(0);
    code.bind(outer);
    prologue(32);
    code.jal(1, inner);
    const Label return_to_outer = code.here();
    code.exit(0);
    code.bind(inner);
    prologue(2032);
    code.store(Op::sd, 8, 2, 8);
    const Label fault = code.here();
    ebreak();
    EXPECT_EQ(at_fault(),
              (std::vector<std::uint64_t>{address_of(fault), address_of(return_to_outer),
                                          address_of(return_to_start)}));
}

TEST_F(Backtrace, OfALeafWithoutAFrame) {
    const Label leaf = code.new_label();
    prologue(16);
    code.jal(1, leaf);
    const Label back = code.here();
    code.exit(0);
    // A symbol would tell where it starts; without one, what lies before is taken for its frame.
    code.bind(leaf);
    ebreak();
    const auto frames = at_fault();
    EXPECT_EQ(frames.front(), address_of(leaf));
    EXPECT_LE(frames.size(), 2U);
    static_cast<void>(back);
}

TEST_F(Backtrace, OfALargeFrame) {
    const Label outer = code.new_label();
    code.jal(1, outer);
    const Label back = code.here();
    code.exit(0);
    code.bind(outer);
    prologue(16);
    code.constant(5, 0 - std::uint64_t{0x1'2340});
    code.r(Op::add, 2, 2, 5);
    const Label fault = code.here();
    ebreak();
    EXPECT_EQ(at_fault(), (std::vector<std::uint64_t>{address_of(fault), address_of(back)}));
}

/// sp points anywhere: the backtrace ends, nothing else happens.
TEST_F(Backtrace, EndsWhereTheStackIsNone) {
    const Label outer = code.new_label();
    code.jal(1, outer);
    code.exit(0);
    code.bind(outer);
    prologue(16);
    code.constant(2, 0xFFFF'FFFF'FFFF'FFF0);
    const Label fault = code.here();
    ebreak();
    EXPECT_EQ(at_fault(), std::vector<std::uint64_t>{address_of(fault)});
}

/// What stands behind a call that never returns belongs to another function.
TEST(BacktraceWithSymbols, OfACallThatEndsItsFunction) {
    constexpr std::uint32_t kPush = 0xFF010113, kSaveRa = 0x00113423, kEbreak = 0x00100073;
    constexpr std::uint32_t kCallAfterNext = 0x008000EF, kCallNext = 0x004000EF;
    const auto program = std::make_shared<const Program>(
        Program::from_elf(test::ElfBuilder()
                              .text(0x1'0000, test::words({kPush, kSaveRa, kCallAfterNext, kEbreak,
                                                           kPush, kSaveRa, kCallNext, kEbreak}))
                              .symbol("main", 0x1'0000, 16)
                              .symbol("caller", 0x1'0010, 12)
                              .symbol("die", 0x1'001C, 4)
                              .build(),
                          "guest"));
    Runner runner(program, {}, Runner::Kind::interpreted, Memory::Placement::anywhere);
    runner.run(100);
    const auto frames = backtrace(*program, runner.machine().state, runner.machine().memory());
    EXPECT_EQ(describe_backtrace(*program, frames),
              (std::vector<std::string>{"0x1001c (die+0x0)", "0x1001c (caller+0xc)",
                                        "0x1000c (main+0xc)"}));
}

TEST(FaultMessages, AreOneLineWhateverSymbolsAreCalled) {
    const Program program = Program::from_elf(test::ElfBuilder()
                                                  .text(0x1'0000, test::words({0x0010'0073}))
                                                  .symbol("a\n\x1B[2J\x7F\rb", 0x1'0000)
                                                  .build(),
                                              "guest");
    EXPECT_EQ(describe_pc(0x1'0000, program), "0x10000 (a??[2J??b+0x0)");
}

TEST(FaultMessages, SayWhatAndWhere) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    code.exit(0);
    const auto program = load(guest);
    const auto text = [&](FaultKind kind, std::uint64_t address) {
        return describe(
            Fault{.kind = kind, .pc = guest.text_address, .address = address, .step = 5}, *program);
    };
    const std::string at = " at pc 0x100000, step 5";
    EXPECT_EQ(text(FaultKind::load_access, 0x10), "cannot load from 0x10" + at);
    EXPECT_EQ(text(FaultKind::store_access, 0x10), "cannot store to 0x10" + at);
    EXPECT_EQ(text(FaultKind::misaligned_atomic, 1), "misaligned atomic access to 0x1" + at);
    EXPECT_EQ(text(FaultKind::unknown_ecall, 1000), "unknown ecall 1000" + at);
    EXPECT_EQ(text(FaultKind::unknown_ecall, ~std::uint64_t{0}), "unknown ecall -1" + at);
    EXPECT_EQ(text(FaultKind::unknown_csr, 0x300), "unknown CSR 0x300" + at);
    EXPECT_EQ(text(FaultKind::illegal_instruction, 0), "illegal instruction 0x0" + at);
    EXPECT_EQ(text(FaultKind::breakpoint, 0), "ebreak" + at);
}

}  // namespace
}  // namespace reprise::testing
