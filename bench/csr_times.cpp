/// reprise-csr-times PROGRAM INPUT [ROUNDS]: how much of a run is spent in precompiles, memory
/// operations and hints. Prints JSON: for a run without and with a log, the seconds of the whole
/// and, by function, calls and seconds; medians of the rounds, and the fastest round of each.
///
/// Runs with a clock and runs without one take turns. The clock is the CPU's time stamp counter,
/// read before and after the platform carries out a CSR instruction; what reading it costs is
/// measured and taken off. So `calls` holds the function and its access to guest memory (and the
/// log), and not the way out of compiled code and back.
#include <fmt/format.h>
#include <x86intrin.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "compiler/engine.h"
#include "platform/platform.h"
#include "platform/zisk/memory_operations.h"
#include "platform/zisk/zisk_platform.h"
#include "trace/recorder.h"

namespace reprise {
namespace {

using Clock = std::chrono::steady_clock;

/// Waits for what was begun before.
std::uint64_t ticks() {
    unsigned core = 0;
    const std::uint64_t now = __rdtscp(&core);
    _mm_lfence();
    return now;
}

/// What lies between two readings of the clock; the median, as for interrupts.
std::uint64_t ticks_of_reading() {
    std::vector<std::uint64_t> times(10'001);
    for (std::uint64_t& time : times) {
        const std::uint64_t start = ticks();
        time = ticks() - start;
    }
    std::ranges::nth_element(times, times.begin() + times.size() / 2);
    return times[times.size() / 2];
}

struct Figure {
    std::uint64_t calls = 0;
    std::uint64_t ticks = 0;
};

/// By number of a CSR; a function of hints by kFunctions and its own number.
class Times {
public:
    static constexpr std::size_t kFunctions = 0x1000;

    void add(std::size_t what, std::uint64_t ticks) {
        Figure& figure = figures_[what];
        ++figure.calls;
        figure.ticks += ticks > reading_ ? ticks - reading_ : 0;
    }
    const std::vector<Figure>& figures() const { return figures_; }
    std::uint64_t reading() const { return reading_; }

private:
    std::vector<Figure> figures_ = std::vector<Figure>(kFunctions + 1024);
    std::uint64_t reading_ = ticks_of_reading();
};

/// A platform, with a clock at its CSR instructions.
class TimedEnvironment final : public Environment {
public:
    TimedEnvironment(std::unique_ptr<Environment> timed, Times& times)
        : timed_(std::move(timed)), times_(times) {}

    std::vector<Region> regions(const Program& program) const override {
        return timed_->regions(program);
    }
    void set_registers(State& state) const override { timed_->set_registers(state); }
    void start(const Program& program, Memory& memory) override { timed_->start(program, memory); }
    EcallOutcome ecall(State& state, EcallMemory& memory) override {
        return timed_->ecall(state, memory);
    }
    CsrOutcome csr(const CsrAccess& access, State& state, EcallMemory& memory) override {
        std::size_t what = access.number;
        if (what >= HintCalls::kRun && what < HintCalls::kRunEnd)
            what = Times::kFunctions + (what - HintCalls::kRun) * 32 + access.instruction.rs1;
        const std::uint64_t start = ticks();
        CsrOutcome outcome = timed_->csr(access, state, memory);
        times_.add(what, ticks() - start);
        return outcome;
    }
    bool ends_at(std::uint64_t pc, EcallMemory& memory) override {
        return timed_->ends_at(pc, memory);
    }
    bool store(std::uint64_t address, std::uint64_t value, unsigned size) override {
        return timed_->store(address, value, size);
    }

private:
    std::unique_ptr<Environment> timed_;
    Times& times_;
};

struct Run {
    double seconds = 0;
    double ticks_per_second = 0;
};

/// One run, with the trace on or off; chunks are dropped.
/// @param times  where to put times, or null: no clock
Run run_once(const std::shared_ptr<const Program>& program, const char* input, bool records,
             Times* times) {
    OutputSum output;
    auto environment = make_environment("auto", *program,
                                        {.input = read_file_to_pages(input, 1U << 30),
                                         .output = output.sink({}),
                                         .diagnostics = [](auto) {}});
    if (times != nullptr)
        environment = std::make_unique<TimedEnvironment>(std::move(environment), *times);
    Machine machine(program, std::move(environment));
    const auto mode = records ? compiler::Mode::record : compiler::Mode::run;
    compiler::CompiledEngine engine(
        compiler::compile(program, {.placement = machine.memory().placement(), .mode = mode}));
    const auto start = Clock::now();
    const std::uint64_t start_ticks = ticks();
    const Stop stop = records ? record_chunks(machine, engine, {}, output, {}).end.stop
                              : engine.run(machine, ~std::uint64_t{0});
    const std::uint64_t taken = ticks() - start_ticks;
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (stop.kind != Stop::Kind::exited) throw Error("the program does not exit");
    return {.seconds = seconds, .ticks_per_second = static_cast<double>(taken) / seconds};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// What a CSR, or a function of hints, is called; and what kind of thing it is.
std::pair<std::string, std::string> name_of(std::size_t what, const Program& program) {
    if (what >= Times::kFunctions) {
        const bool is_new = std::ranges::any_of(program.segments(), [](const Segment& segment) {
            return segment.address == ZiskPlatform::kNewLayout.system;
        });
        const auto id = static_cast<std::uint16_t>(what - Times::kFunctions);
        const Hint* const hint = find_hint(id, hint_version_of(program, is_new));
        return {hint != nullptr ? hint->name : fmt::format("hint {}", id), "hints"};
    }
    const auto number = static_cast<std::uint32_t>(what);
    if (const PrecompileCall* const call = find_precompile(number))
        return {call->name, "precompiles"};
    switch (number) {
        case MemoryOperation::kCopy: return {"memcpy", "memory operations"};
        case MemoryOperation::kCompare: return {"memcmp", "memory operations"};
        case MemoryOperation::kInputCopy: return {"input copy", "memory operations"};
        case MemoryOperation::kSet: return {"memset", "memory operations"};
        case MemoryOperation::kJumpDestinations: return {"jump_dest", "precompiles"};
        case HintCalls::kRead: return {"words of results", "hints"};
        default: break;
    }
    if (number >= HintCalls::kPush && number < HintCalls::kPushEnd) return {"pushes", "hints"};
    return {fmt::format("CSR {:#x}", number), "others"};
}

nlohmann::json measure(const std::shared_ptr<const Program>& program, const char* input,
                       bool records, int rounds) {
    std::vector<double> plain, timed;
    std::map<std::size_t, std::vector<double>> seconds;
    std::map<std::size_t, std::uint64_t> calls;
    double reading = 0;
    for (int i = 0; i < rounds; ++i) {
        plain.push_back(run_once(program, input, records, nullptr).seconds);
        Times times;
        const Run run = run_once(program, input, records, &times);
        timed.push_back(run.seconds);
        reading = static_cast<double>(times.reading()) / run.ticks_per_second;
        for (std::size_t what = 0; what < times.figures().size(); ++what) {
            const Figure& figure = times.figures()[what];
            if (figure.calls == 0) continue;
            calls[what] = figure.calls;
            seconds[what].push_back(static_cast<double>(figure.ticks) / run.ticks_per_second);
        }
    }
    nlohmann::json result{{"seconds", median(plain)},
                          {"fastest_seconds", std::ranges::min(plain)},
                          {"seconds_with_clock", median(timed)},
                          {"seconds_of_a_reading", reading}};
    for (const auto& [what, times] : seconds) {
        const auto [name, kind] = name_of(what, *program);
        result["functions"].push_back({{"name", name},
                                       {"kind", kind},
                                       {"calls", calls[what]},
                                       {"seconds", median(times)},
                                       {"fastest_seconds", std::ranges::min(times)}});
    }
    return result;
}

void report(const char* path, const char* input, int rounds) {
    const auto program = std::make_shared<const Program>(Program::load(path));
    const nlohmann::json result{{"untraced", measure(program, input, false, rounds)},
                                {"traced", measure(program, input, true, rounds)}};
    fmt::print("{}\n", result.dump(2));
}

}  // namespace
}  // namespace reprise

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(stderr, "usage: reprise-csr-times PROGRAM INPUT [ROUNDS]\n");
        return 2;
    }
    try {
        reprise::report(argv[1], argv[2], argc > 3 ? std::max(1, std::atoi(argv[3])) : 3);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
