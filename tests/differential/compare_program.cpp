#include "differential/compare_program.h"

#include <fmt/format.h>

#include <algorithm>

#include "differential/minimize.h"
#include "differential/qemu.h"
#include "differential/random.h"

namespace reprise::testing {

namespace {

/// More than any generated program runs, unless it went astray.
constexpr std::uint64_t kStepLimit = 5'000'000;

std::shared_ptr<const Program> load(const GuestProgram& program) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(program), "random program"));
}

std::string compare_with_oracle(const GuestProgram& program, Totals& totals) {
    Runner interpreted(load(program), {}, Runner::Kind::interpreted, Memory::Placement::anywhere);
    const Stop stop = interpreted.run(kStepLimit);
    if (stop.kind != Stop::Kind::exited) return {};
    const QemuResult expected = run_qemu(make_elf(program));
    totals.with_oracle += interpreted.machine().state.step;
    if (expected.exit_code != stop.exit_code) {
        return fmt::format("  exit code: {} under qemu, {} interpreted\n", expected.exit_code,
                           stop.exit_code);
    }
    if (expected.output == interpreted.output()) return {};
    const auto at = std::mismatch(expected.output.begin(), expected.output.end(),
                                  interpreted.output().begin(), interpreted.output().end());
    return fmt::format("  byte {} of the output differs from qemu's\n",
                       at.first - expected.output.begin());
}

}  // namespace

std::string describe(const Totals& totals) {
    return fmt::format(
        "{} programs, {} of them faulting; {} instructions compared between engines, {} with "
        "qemu-riscv64",
        totals.programs, totals.faults, totals.between_engines, totals.with_oracle);
}

Case case_of_seed(std::uint64_t seed) {
    Random random(seed ^ 0x5EED);
    Case chosen;
    chosen.program.control_flow = random.chance(75);
    chosen.program.wild = random.chance(30);
    chosen.program.for_oracle = !chosen.program.wild && random.chance(70);
    chosen.with_oracle = chosen.program.for_oracle && random.chance(30);
    chosen.program.size = static_cast<std::uint32_t>((16 << random.below(10)) + random.below(50));
    // Compiled code does not run where fewer steps are left than a block may have.
    chosen.every =
        random.chance(4)
            ? random.pick<std::uint64_t>({1, 7, 257})
            : random.pick<std::uint64_t>({1025, 1531, 2003, 4097, 10'007, 65'536, 1 << 20});
    return chosen;
}

std::string describe(const Case& chosen) {
    return fmt::format("size {}, {}{}{}, compared every {} steps", chosen.program.size,
                       chosen.program.control_flow ? "control flow" : "straight line",
                       chosen.program.wild ? ", wild" : "",
                       chosen.with_oracle ? ", under qemu" : "", chosen.every);
}

Verdict compare_program(const GuestProgram& program, std::uint64_t every, bool with_oracle,
                        Totals& totals) {
    ++totals.programs;
    const auto loaded = load(program);
    Verdict verdict;
    using enum Memory::Placement;
    for (const auto& [placement, records] :
         {std::pair(low, false), std::pair(anywhere, false), std::pair(low, true)}) {
        const LockstepOptions options{
            .every = every, .limit = kStepLimit, .placement = placement, .records = records};
        const LockstepResult result = run_in_lockstep(loaded, {}, options);
        totals.between_engines += result.steps;
        verdict = {.difference = result.difference, .stop = result.stop, .lockstep = options};
        if (!result.difference.empty()) return verdict;
        if (!records && placement == low && result.stop.kind == Stop::Kind::faulted) {
            ++totals.faults;
        }
    }
    verdict.from_oracle = true;
    if (with_oracle) verdict.difference = compare_with_oracle(program, totals);
    return verdict;
}

Verdict compare_seed(std::uint64_t seed, bool with_qemu, Totals& totals) {
    const Case chosen = case_of_seed(seed);
    Verdict verdict = compare_program(generate(seed, chosen.program), chosen.every,
                                      with_qemu && chosen.with_oracle, totals);
    if (verdict.difference.empty() && !chosen.program.wild &&
        verdict.stop.kind != Stop::Kind::exited) {
        verdict.from_generator = true;
        verdict.difference += "  the generator is wrong: nothing in this program may go wrong\n";
    }
    return verdict;
}

std::string minimized(const GuestProgram& failing, const Verdict& verdict) {
    if (verdict.from_generator) return list(failing);
    Totals totals;
    // Parts of programs may run forever: then not for long.
    LockstepOptions options = verdict.lockstep;
    options.limit = 1'000'000;
    const GuestProgram program = minimize(failing, [&](const GuestProgram& part) {
        if (verdict.from_oracle) {
            // Not one that goes wrong in another way under qemu, which knows no heap.
            const bool is_output = verdict.difference.find("output") != std::string::npos;
            const std::string difference = compare_with_oracle(part, totals);
            return !difference.empty() &&
                   (difference.find("output") != std::string::npos) == is_output;
        }
        return !run_in_lockstep(load(part), {}, options).difference.empty();
    });
    std::string text = list(program);
    if (verdict.from_oracle) return text + compare_with_oracle(program, totals);
    const LockstepResult result = run_in_lockstep(load(program), {}, options);
    return text + result.difference + narrow_down(load(program), {}, options, result);
}

}  // namespace reprise::testing
