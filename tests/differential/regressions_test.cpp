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

}  // namespace
}  // namespace reprise::testing
