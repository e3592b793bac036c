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

    void expect_equal() {
        code.constant(31, program.data_address);
        for (unsigned reg = 1; reg < 31; ++reg)
            code.store(Op::sd, reg, 31, 8 * reg);
        code.write(1, program.data_address, 256);
        code.exit(0);
        Totals totals;
        EXPECT_EQ(compare_program(program, 1 << 20, false, totals).difference, "") << list(program);
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

}  // namespace
}  // namespace reprise::testing
