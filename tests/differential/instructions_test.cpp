/// The table of instructions, on all engines and against qemu-riscv64.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "differential/compare_program.h"
#include "differential/instruction_cases.h"
#include "differential/qemu.h"

namespace reprise::testing {
namespace {

void expect_equal(const GuestProgram& program) {
    Totals totals;
    const Verdict verdict = compare_program(program, 1 << 20, has_qemu(), totals);
    if (!verdict.difference.empty()) {
        ADD_FAILURE() << verdict.difference << minimized(program, verdict);
    }
    fmt::print("{}\n", describe(totals));
}

/// Registers 1..31 as favourites in turn: as many as compilers may keep in host registers.
class Aliasing : public ::testing::TestWithParam<unsigned> {};

TEST_P(Aliasing, EveryInstructionInEveryPattern) {
    constexpr unsigned kFavoured = 10;
    std::uint32_t favoured = 0;
    for (unsigned i = 0; i < kFavoured; ++i)
        favoured |= std::uint32_t{1} << (1 + (GetParam() * kFavoured + i) % 31);
    expect_equal(aliasing_program(GetParam(), favoured));
}
INSTANTIATE_TEST_SUITE_P(Favourites, Aliasing, ::testing::Range(0U, 12U));

TEST(Instructions, EdgeValues) {
    expect_equal(edge_value_program());
}

TEST(Instructions, EveryCompressedOne) {
    expect_equal(compressed_program());
}

/// qemu 7.2 has it wrong, so it is not part of the programs above: the count is 32 if the low word
/// is zero, whatever lies above.
TEST(Instructions, CountTrailingZerosOfWordIgnoresUpperHalf) {
    GuestProgram program;
    CodeWriter code(program.items);
    code.constant(5, 0x8000'0000'0000);
    code.emit({.op = isa::Op::ctzw, .rd = 6, .rs1 = 5});
    code.move(10, 6);
    code.constant(17, 93);
    code.ecall();
    const auto loaded =
        std::make_shared<const Program>(Program::from_elf(make_elf(program), "ctzw"));
    for (const auto kind : {Runner::Kind::interpreted, Runner::Kind::compiled}) {
        Runner runner(loaded, {}, kind, Memory::Placement::low);
        EXPECT_EQ(runner.run(100'000).exit_code, 32);
    }
}

}  // namespace
}  // namespace reprise::testing
