/// The smallest programs that showed a bug once, on all engines.
#include <gtest/gtest.h>

#include "differential/compare_program.h"

namespace reprise::testing {
namespace {

using isa::Op;

/// A program, its writer, and at the end all registers to fd 1.
class Regression : public ::testing::Test {
protected:
    Regression() : code(program.items) {
        program.data.resize(256);
        for (unsigned reg = 1; reg < 32; ++reg)
            code.constant(reg, reg * 0x9E37'79B9'7F4A'7C15);
        code.jal(0, code.new_label());
        code.bind(0);
    }

    /// Keeps ten registers so busy that compilers leave the others no host registers.
    void use_up_registers() {
        for (int round = 0; round < 20; ++round) {
            for (unsigned reg = kFirstBusy; reg < kLastBusy; ++reg)
                code.r(Op::xor_, reg, reg, reg + 1);
        }
    }

    void end_block() {
        const Label next = code.new_label();
        code.jal(0, next);
        code.bind(next);
    }

    /// @param distances  steps between comparisons, in one run each
    void expect_equal(std::initializer_list<std::uint64_t> distances = {1 << 20}) {
        code.constant(31, program.data_address);
        for (unsigned reg = 1; reg < 31; ++reg)
            code.store(Op::sd, reg, 31, 8 * reg);
        code.write(1, program.data_address, 256);
        code.exit(0);
        Totals totals;
        for (const std::uint64_t every : distances) {
            EXPECT_EQ(compare_program(program, every, false, totals).difference, "")
                << list(program);
        }
    }

    static constexpr unsigned kFirstBusy = 18, kLastBusy = 27;

    GuestProgram program;
    CodeWriter code;
};

/// `or` of a sign-extended word in the Context with one whose upper half was still to be extended
/// wrote the lower half only.
TEST_F(Regression, LogicOfWordsInMemory) {
    use_up_registers();
    for (const Op op : {Op::or_, Op::and_, Op::xor_}) {
        for (unsigned source = kFirstBusy; source < kLastBusy; ++source) {
            end_block();
            code.i(Op::srliw, 5, source, 1);
            code.r(Op::subw, 19, source, source + 1);
            code.r(op, 5, 5, 19);
            end_block();
            code.r(Op::sh1add, 6, 6, 5);
        }
    }
    expect_equal();
}

/// Constants at the ends of 64 bits overflowed while they were compiled (seen by UBSan).
TEST_F(Regression, ConstantsAtTheEndsOf64Bits) {
    for (const std::int64_t imm : {-2048, -1, 1, 2047}) {
        code.i(Op::lui, 5, 0, -0x8000'0000LL);
        for (int i = 0; i < 10; ++i)
            code.i(Op::slli, 5, 5, 3);
        code.i(Op::slli, 5, 5, 2);   // the smallest
        code.i(Op::addi, 6, 5, -1);  // the largest
        code.i(Op::addi, 7, 5, imm);
        code.i(Op::addi, 8, 6, imm);
        code.i(Op::addiw, 9, 5, imm);
        code.i(Op::addiw, 10, 6, imm);
        code.r(Op::add, 11, 5, 5);
        code.r(Op::sub, 12, 5, 6);
        end_block();
    }
    expect_equal();
}

class FaultAtTheEndOf64Bits : public Regression, public ::testing::WithParamInterface<int> {};

TEST_P(FaultAtTheEndOf64Bits, IsTheSame) {
    code.i(Op::lui, 5, 0, -0x8000'0000LL);
    for (int i = 0; i < 10; ++i)
        code.i(Op::slli, 5, 5, 3);
    code.i(Op::slli, 5, 5, 2);
    if (GetParam() > 0) code.i(Op::addi, 5, 5, -1);
    code.i(Op::ld, 6, 5, GetParam());
    expect_equal();
}
INSTANTIATE_TEST_SUITE_P(Immediates, FaultAtTheEndOf64Bits, ::testing::Values(-2048, -1, 1, 2047));

/// Text that spans all that it may: the jump table is 2^31 bytes away from the code.
TEST_F(Regression, TextOfNearly1GiB) {
    program.text_address = 0x1'0000;
    const std::uint64_t last = 0x1'0000 + (std::uint64_t{1} << 30) - 4;
    GuestSegment far{.address = static_cast<std::uint32_t>(last),
                     .bytes = {0x82, 0x80},  // c.jr ra
                     .executable = true};
    program.more.push_back(far);
    code.constant(5, last);
    for (int i = 0; i < 3; ++i)
        code.i(Op::jalr, 1, 5, 0);
    expect_equal();
}

/// Steps that are only sometimes taken count for how far it is to the next test of the budget.
TEST_F(Regression, SkippedInstructionsCountAsSteps) {
    for (const Op op : {Op::beq, Op::bne, Op::bltu, Op::bgeu, Op::blt, Op::bge}) {
        for (int i = 0; i < 600; ++i) {
            const Label after = code.new_label();
            code.branch(op, 5, 6 + i % 2, after);
            code.i(Op::addi, 5, 5, 1);
            code.bind(after);
        }
    }
    expect_equal({1025, 1531, 2003, 4097});
}

/// A loop with a branch over one instruction, that stops at many counts of steps.
TEST_F(Regression, LoopsWithSkippedInstructions) {
    for (const Op op : {Op::beq, Op::bne, Op::bltu, Op::bgeu, Op::blt, Op::bge}) {
        code.constant(5, 3000);
        const Label head = code.here(), after = code.new_label();
        code.r(Op::sh1add, 6, 6, 5);
        code.branch(op, 6, 7, after);
        code.r(Op::sub, 7, 6, 7);
        code.bind(after);
        code.i(Op::addi, 5, 5, -1);
        code.branch(Op::bne, 5, 0, head);
    }
    expect_equal({1531, 1025});
}

/// A branch at a join, on what only one of the ways there has just computed.
TEST_F(Regression, FlagsWhereWaysJoin) {
    for (const Op op : {Op::beq, Op::bne, Op::blt, Op::bge}) {
        code.constant(5, 200);
        const Label head = code.here(), join = code.new_label(), skip = code.new_label();
        code.r(Op::xor_, 7, 7, 6);
        code.branch(Op::bltu, 7, 8, join);
        code.r(Op::sub, 9, 9, 7);
        code.r(Op::and_, 6, 6, 9);
        code.bind(join);
        code.branch(op, 6, 0, skip);
        code.i(Op::addi, 10, 10, 3);
        code.i(Op::addi, 11, 11, 1);
        code.bind(skip);
        code.r(Op::sh1add, 6, 6, 5);
        code.i(Op::addi, 5, 5, -1);
        code.branch(Op::bne, 5, 0, head);
    }
    expect_equal();
}

/// A register that all ways to a join know to be an address, and that the way from a loop does not
/// know: it is tested there.
TEST_F(Regression, KeptRegistersThatAreNoAddress) {
    for (const bool comes_back : {false, true}) {
        code.constant(5, program.data_address);
        code.constant(9, 3);
        const Label join = code.new_label(), other = code.new_label(), end = code.new_label();
        code.i(Op::ld, 6, 5, 0);
        code.branch(Op::beq, 9, 0, other);
        code.bind(join);
        code.i(Op::addi, 9, 9, -1);
        code.branch(Op::beq, 9, 0, end);
        code.i(Op::ld, 7, 5, 8);
        code.bind(other);
        if (comes_back) code.constant(5, std::uint64_t{1} << 40 | program.data_address);
        code.i(Op::addi, 10, 10, 1);
        code.branch(Op::bne, 10, 0, join);
        code.bind(end);
    }
    expect_equal();
}

/// A walk in small steps across the edge of what is mapped, or of what addresses may be.
struct Walk {
    std::uint64_t from;
    int step;
    int displacement;
};

class WalkAcrossAnEdge : public Regression, public ::testing::WithParamInterface<Walk> {
protected:
    /// @param only_sometimes  whether only each second turn of the loop loads.
    void walk(bool only_sometimes) {
        const auto [from, step, displacement] = GetParam();
        code.constant(5, from);
        code.constant(6, 200);
        const Label head = code.here(), skip = code.new_label();
        if (only_sometimes) {
            code.i(Op::andi, 7, 6, 1);
            code.branch(Op::beq, 7, 0, skip);
        }
        code.i(Op::lbu, 8, 5, displacement);
        code.bind(skip);
        for (int i = 0; i < 3; ++i)
            code.i(Op::addi, 5, 5, step);
        code.i(Op::addi, 6, 6, -1);
        code.branch(Op::bne, 6, 0, head);
    }
};

TEST_P(WalkAcrossAnEdge, EndsInTheSameFault) {
    walk(false);
    expect_equal();
}
TEST_P(WalkAcrossAnEdge, EndsInTheSameFaultWhereItLoadsSometimes) {
    walk(true);
    expect_equal();
}
INSTANTIATE_TEST_SUITE_P(
    Edges, WalkAcrossAnEdge,
    ::testing::Values(Walk{0x10'8000, -2048, 2047}, Walk{0x10'8000, -2047, -2048},
                      Walk{0x1000, -2048, -2048}, Walk{0xFFFF'0000, 2047, 2047},
                      Walk{0xBFFF'0000, 2047, -2048}, Walk{0xC000'0000, -2047, -2048},
                      Walk{0x1'0000'1000, -2047, -2048}, Walk{0x1'0000'1000, -2047, 2047},
                      Walk{0x1'0000'0000, 2047, -2048}, Walk{~std::uint64_t{0} - 5000, 2047, 2047},
                      Walk{0x5'2000'0000, 8, 0}, Walk{0x2000'0000, 1, -1}));

/// From near the ends of 32 bits, by as much as leaves a register known to be near the range, but
/// the load comes only when it is so far beyond that the low half is an address again.
TEST_F(Regression, WalksAroundTheAddressSpace) {
    program.data_address = 0x2'0000;
    program.data.resize(0x8'0000);
    for (const bool upwards : {true, false}) {
        const std::size_t before = program.items.size();
        code.constant(5, upwards ? 0xFFFF'8000 : 0x2'4000);
        code.constant(6, 1);
        const Label head = code.here(), skip = code.new_label();
        code.i(Op::addi, 6, 6, 1);
        code.i(Op::andi, 7, 6, 127);
        code.branch(Op::bne, 7, 0, skip);
        code.i(Op::lbu, 8, 5, 0);
        code.r(Op::add, 9, 9, 8);
        code.bind(skip);
        code.i(Op::addi, 5, 5, upwards ? 2047 : -2047);
        code.branch(Op::bge, 6, 0, head);
        expect_equal();
        program.items.resize(before);
    }
}

/// A sum that overflows has the sign of what is left of it.
TEST_F(Regression, SignsOfSumsThatOverflow) {
    for (const Op op : {Op::blt, Op::bge}) {
        code.constant(5, 100);
        code.constant(6, 0x1234'5678'9ABC'DEF0);
        code.constant(7, 0x7000'0000'0000'0000);
        const Label head = code.here(), skip = code.new_label();
        code.r(Op::add, 7, 7, 6);
        code.branch(op, 7, 0, skip);
        code.r(Op::mul, 8, 8, 7);
        code.i(Op::addi, 8, 8, 1);
        code.bind(skip);
        code.r(Op::sub, 9, 9, 6);
        code.i(Op::addi, 5, 5, -1);
        code.branch(Op::bne, 5, 0, head);
    }
    expect_equal();
}

/// Accesses far from a base that is no address, in all of which an index counts down below 0.
TEST_F(Regression, NegativeIndicesFarFromTheTable) {
    code.constant(5, 20);
    const Label head = code.here();
    code.i(Op::addi, 5, 5, -1);
    code.i(Op::lui, 6, 0, program.data_address);
    code.r(Op::add, 6, 6, 5);
    code.i(Op::lbu, 7, 6, 100);
    code.r(Op::add, 8, 8, 7);
    code.i(Op::addi, 9, 5, 60);
    code.branch(Op::bne, 9, 0, head);
    expect_equal();
}

}  // namespace
}  // namespace reprise::testing
