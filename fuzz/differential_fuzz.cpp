/// reprise-fuzz [--seconds N] [--seed N] [--no-qemu]: random programs on all engines and under
/// qemu-riscv64, from one seed to the next, until they differ or the time is up.
///
/// On a difference it prints the seed, what differs, and the shortest program it finds that shows
/// it; the exit code is 1.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>

#include "differential/compare_program.h"
#include "differential/qemu.h"

namespace {

using namespace reprise;
using namespace reprise::testing;

void report(std::uint64_t seed, const Verdict& verdict) {
    fmt::print("seed {}: {}\n{}", seed, describe(case_of_seed(seed)), verdict.difference);
    std::fflush(stdout);
    fmt::print("{}", minimized(generate(seed, case_of_seed(seed).program), verdict));
}

int run(std::uint64_t first, double seconds, bool with_qemu) {
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    Totals totals;
    std::uint64_t seed = first;
    double next_line = 10;
    int failures = 0;
    for (; elapsed() < seconds; ++seed) {
        const Verdict verdict = compare_seed(seed, with_qemu, totals);
        if (!verdict.difference.empty()) {
            report(seed, verdict);
            ++failures;
            break;
        }
        if (elapsed() > next_line) {
            fmt::print("{:.0f} s, seed {}: {}\n", elapsed(), seed, describe(totals));
            std::fflush(stdout);
            next_line *= 1.5;
        }
    }
    fmt::print("seeds {} to {}: {}\n", first, seed, describe(totals));
    return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    double seconds = 1e12;
    std::uint64_t seed = 1;
    bool no_qemu = false;
    CLI::App app("Compares the engines and qemu-riscv64 on random programs.");
    app.add_option("--seconds", seconds, "Stop after so long");
    app.add_option("--seed", seed, "The first seed");
    app.add_flag("--no-qemu", no_qemu, "Compare the engines only");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(seed, seconds, !no_qemu && testing::has_qemu());
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
