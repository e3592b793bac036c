/// @file
/// One generated program on everything that can run it.
#pragma once

#include <cstdint>
#include <string>

#include "differential/generator.h"
#include "differential/lockstep.h"

namespace reprise::testing {

/// Instructions that were run twice and compared.
struct Totals {
    std::uint64_t programs = 0;
    std::uint64_t between_engines = 0;  ///< in each placement of guest memory
    std::uint64_t with_oracle = 0;
    std::uint64_t faults = 0;  ///< programs that ended in one
};
std::string describe(const Totals& totals);

/// What is done with a seed.
struct Case {
    GeneratorOptions program;
    std::uint64_t every = 0;   ///< steps between comparisons
    bool with_oracle = false;  ///< also under qemu: slow to start, and about the interpreter only
};
Case case_of_seed(std::uint64_t seed);
std::string describe(const Case& chosen);

/// Where two runs of a program differed.
struct Verdict {
    std::string difference;  ///< empty: nowhere
    Stop stop;               ///< the interpreter's
    bool from_oracle = false;
    bool from_generator = false;  ///< the program goes wrong, though the same everywhere
    LockstepOptions lockstep;     ///< otherwise: with these
};

/// Runs a program interpreted, compiled with guest memory low and anywhere, and under qemu if it is
/// meant for that, and compares.
Verdict compare_program(const GuestProgram& program, std::uint64_t every, bool with_oracle,
                        Totals& totals);

Verdict compare_seed(std::uint64_t seed, bool with_qemu, Totals& totals);

/// For a program with a difference: the shortest one found that has it too, as a text.
std::string minimized(const GuestProgram& failing, const Verdict& verdict);

}  // namespace reprise::testing
