#include "differential/lockstep.h"

#include <fmt/format.h>

#include <algorithm>

#include "differential/replay_pair.h"
#include "isa/disassemble.h"
#include "platform/platform.h"
#include "platform/reprise_platform.h"

namespace reprise::testing {

Runner::Runner(std::shared_ptr<const Program> program, Bytes input, Kind kind,
               Memory::Placement placement, bool records)
    : records_(records) {
    const auto collect = [this](std::span<const std::uint8_t> bytes) {
        output_.insert(output_.end(), bytes.begin(), bytes.end());
    };
    Streams streams{.input = std::move(input), .output = collect, .diagnostics = collect};
    machine_ = std::make_unique<Machine>(
        program, make_environment("auto", *program, std::move(streams)), placement);
    if (kind == Kind::compiled) {
        engine_ = std::make_unique<compiler::CompiledEngine>(compiler::compile(
            program, {.placement = machine_->memory().placement(),
                      .mode = records ? compiler::Mode::record : compiler::Mode::run}));
    } else {
        engine_ = std::make_unique<InterpretedEngine>();
    }
}

namespace {

std::string describe(const Stop& stop, const Program& program) {
    switch (stop.kind) {
        case Stop::Kind::step_limit: return "step limit";
        case Stop::Kind::exited: return fmt::format("exit {}", stop.exit_code);
        case Stop::Kind::faulted: break;
    }
    return reprise::describe(stop.fault, program);
}

/// The first byte that differs in a range of pages.
std::string compare_pages(const Memory& a, const Memory& b, std::uint64_t begin,
                          std::uint64_t end) {
    Bytes page_a(Memory::kPageSize), page_b(Memory::kPageSize);
    for (begin -= begin % Memory::kPageSize; begin < end; begin += Memory::kPageSize) {
        if (!a.read(begin, page_a) || !b.read(begin, page_b)) continue;
        if (page_a == page_b) continue;
        const auto at = static_cast<std::size_t>(
            std::mismatch(page_a.begin(), page_a.end(), page_b.begin()).first - page_a.begin());
        return fmt::format("  memory at {:#x}: {:#x} interpreted, {:#x} compiled\n", begin + at,
                           page_a[at], page_b[at]);
    }
    return {};
}

}  // namespace

std::string compare_memories(const Machine& a, const Machine& b) {
    // Of heap and stack the part that programs begin with.
    constexpr std::uint64_t kPart = 1 << 16;
    std::string text;
    for (const Segment& segment : a.program().segments()) {
        if (!segment.writable) continue;
        text += compare_pages(a.memory(), b.memory(), segment.address, segment.end() + kPart);
    }
    return text + compare_pages(a.memory(), b.memory(), ReprisePlatform::kStackEnd - kPart,
                                ReprisePlatform::kStackEnd);
}

std::string compare_states(Runner& interpreted, const Stop& expected, Runner& compiled,
                           const Stop& got) {
    const Program& program = interpreted.machine().program();
    std::string text;
    const State& a = interpreted.machine().state;
    const State& b = compiled.machine().state;
    if (!(expected == got)) {
        text += fmt::format("  stop: {} interpreted, {} compiled\n", describe(expected, program),
                            describe(got, program));
    }
    for (unsigned i = 0; i < 32; ++i) {
        if (a.x[i] == b.x[i]) continue;
        text += fmt::format("  {}: {:#x} interpreted, {:#x} compiled\n", isa::register_name(i),
                            a.x[i], b.x[i]);
    }
    if (a.pc != b.pc) text += fmt::format("  pc: {:#x} interpreted, {:#x} compiled\n", a.pc, b.pc);
    if (a.step != b.step) {
        text += fmt::format("  step: {} interpreted, {} compiled\n", a.step, b.step);
    }
    if (a.reserved != b.reserved || (a.reserved && a.reservation != b.reservation)) {
        text += "  the reservations differ\n";
    }
    if (!std::ranges::equal(interpreted.log(), compiled.log())) {
        text += fmt::format("  log: {} bytes interpreted, {} compiled, and different\n",
                            interpreted.log().size(), compiled.log().size());
    }
    if (interpreted.output().size() != compiled.output().size()) {
        text += fmt::format("  output: {} bytes interpreted, {} compiled\n",
                            interpreted.output().size(), compiled.output().size());
    }
    return text;
}

std::string compare_all(Runner& interpreted, const Stop& expected, Runner& compiled,
                        const Stop& got) {
    std::string text = compare_states(interpreted, expected, compiled, got);
    if (interpreted.output() != compiled.output()) text += "  the outputs differ\n";
    return text + compare_memories(interpreted.machine(), compiled.machine());
}

namespace {

/// Collects what the interpreter goes through.
struct Listing {
    bool stop_before(std::uint64_t) { return false; }
    void retired(const isa::Instruction& in, std::uint64_t pc, std::uint64_t /*next_pc*/) {
        text += fmt::format("    {} {:#x}: {}\n", step++, pc, isa::disassemble(in, pc));
    }
    std::uint64_t step;
    std::string text;
};

/// Between `good` (equal) and `bad` (different): the smallest step at which they differ. Compiled
/// code gives way to the interpreter where it might pass a limit, so what went wrong may lie up to
/// kTail steps before.
std::string narrow(const std::shared_ptr<const Program>& program, const Bytes& input,
                   std::uint64_t good, std::uint64_t bad, const LockstepOptions& options) {
    constexpr std::uint64_t kTail = compiler::kLongestWay;
    const auto differ_at = [&](std::uint64_t step) {
        Runner interpreted(program, input, Runner::Kind::interpreted, Memory::Placement::anywhere,
                           options.records);
        Runner compiled(program, input, Runner::Kind::compiled, options.placement, options.records);
        interpreted.run(good);
        compiled.run(good);
        const Stop expected = interpreted.run(step);
        const Stop got = compiled.run(step);
        return compare_all(interpreted, expected, compiled, got);
    };
    // From `good`, the shortest run that shows it.
    std::uint64_t low = good, high = std::max(bad, good + kTail);
    while (differ_at(high).empty() && high < good + 100 * kTail)
        high += kTail;
    while (high - low > 1) {
        const std::uint64_t middle = low + (high - low) / 2;
        (differ_at(middle).empty() ? low : high) = middle;
    }
    Runner interpreted(program, input, Runner::Kind::interpreted, Memory::Placement::anywhere);
    const std::uint64_t first = high > kTail ? high - kTail : 0;
    interpreted.run(first);
    Listing listing{.step = first};
    interpret(interpreted.machine(), high, listing);
    return fmt::format("at step {}:\n{}  the steps before:\n{}", high, differ_at(high),
                       listing.text);
}

}  // namespace

LockstepResult run_in_lockstep(const std::shared_ptr<const Program>& program, const Bytes& input,
                               const LockstepOptions& options) {
    LockstepResult result;
    Runner interpreted(program, input, Runner::Kind::interpreted, Memory::Placement::anywhere,
                       options.records);
    Runner compiled(program, input, Runner::Kind::compiled, options.placement, options.records);
    std::optional<ReplayPair> replays;
    if (options.records) replays.emplace(program);
    while (true) {
        const std::uint64_t until = std::min(result.steps + options.every, options.limit);
        const State start = interpreted.machine().state;
        result.stop = interpreted.run(until);
        const Stop got = compiled.run(until);
        result.difference = compare_states(interpreted, result.stop, compiled, got);
        const bool is_last = result.stop.kind != Stop::Kind::step_limit || until == options.limit;
        if (is_last && result.difference.empty()) {
            result.difference = compare_all(interpreted, result.stop, compiled, got);
        }
        if (replays && result.difference.empty()) {
            const State& end = interpreted.machine().state;
            result.difference = replays->compare_chunk(start, end, result.stop, interpreted.log());
            if (is_last) result.difference += replays->compare_counts(end.step);
        }
        if (!result.difference.empty()) break;
        result.steps = interpreted.machine().state.step;
        if (is_last) break;
    }
    return result;
}

std::string narrow_down(const std::shared_ptr<const Program>& program, const Bytes& input,
                        const LockstepOptions& options, const LockstepResult& result) {
    return narrow(program, input, result.steps, result.steps + options.every, options);
}

}  // namespace reprise::testing
