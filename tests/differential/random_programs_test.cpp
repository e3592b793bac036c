/// A fixed number of random programs on all engines and under qemu-riscv64; `reprise-fuzz` goes on
/// where this ends.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "differential/compare_program.h"
#include "differential/qemu.h"
#include "differential/random.h"

namespace reprise::testing {
namespace {

class RandomPrograms : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomPrograms, RunTheSameEverywhere) {
    constexpr std::uint64_t kSeeds = 250;
    const bool with_qemu = has_qemu();
    Totals totals;
    for (std::uint64_t i = 0; i < kSeeds; ++i) {
        const std::uint64_t seed = GetParam() * kSeeds + i;
        const Verdict verdict = compare_seed(seed, with_qemu, totals);
        if (verdict.difference.empty()) continue;
        const Case chosen = case_of_seed(seed);
        ADD_FAILURE() << fmt::format("seed {}: {}\n{}{}", seed, describe(chosen),
                                     verdict.difference,
                                     minimized(generate(seed, chosen.program), verdict));
        break;
    }
    fmt::print("{}\n", describe(totals));
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomPrograms, ::testing::Range<std::uint64_t>(0, 8));

/// However a run is cut, by whichever engine its parts are run, it leads to the same end.
TEST(Steps, AreExactWhereverARunIsCut) {
    for (std::uint64_t seed = 1; seed < 40; ++seed) {
        const GuestProgram guest = generate(seed, {.size = 300, .for_oracle = false});
        const auto program =
            std::make_shared<const Program>(Program::from_elf(make_elf(guest), "random program"));
        Runner whole(program, {}, Runner::Kind::interpreted, Memory::Placement::anywhere);
        const Stop expected = whole.run(1'000'000);
        ASSERT_EQ(expected.kind, Stop::Kind::exited)
            << seed << ": " << describe(expected.fault, *program) << "\n"
            << list(guest);
        const std::uint64_t end = whole.machine().state.step;

        Random random(seed);
        Runner cut(program, {}, Runner::Kind::compiled, Memory::Placement::low);
        InterpretedEngine interpreter;
        Stop stop;
        while (stop.kind == Stop::Kind::step_limit) {
            const std::uint64_t until = cut.machine().state.step + random.below(3000);
            stop = random.chance(70) ? cut.run(until) : interpreter.run(cut.machine(), until);
            if (stop.kind == Stop::Kind::step_limit) {
                ASSERT_EQ(cut.machine().state.step, until);
            }
            ASSERT_LE(cut.machine().state.step, end);
        }
        EXPECT_EQ(compare_all(whole, expected, cut, stop), "") << "seed " << seed;
    }
}

}  // namespace
}  // namespace reprise::testing
