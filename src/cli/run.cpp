#include "cli/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "compiler/engine.h"
#include "machine/backtrace.h"
#include "machine/interpreter.h"
#include "machine/machine.h"
#include "platform/platform.h"
#include "platform/reprise_platform.h"
#include "report/statistics.h"

namespace reprise::cli {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

PageBuffer read_input(const std::optional<std::string>& path) {
    constexpr std::size_t kLimit = ReprisePlatform::kInputLimit;
    if (path) return read_file_to_pages(*path, kLimit);
    if (::isatty(STDIN_FILENO) != 0) {
        fmt::print(stderr, "reprise: reading the input from the terminal; Ctrl-D ends it\n");
    }
    return read_descriptor_to_pages(STDIN_FILENO, kLimit, "standard input");
}

/// Writes to a descriptor of the process; what comes out must not be lost.
Sink descriptor_sink(int descriptor, const char* name) {
    return [descriptor, name](std::span<const std::uint8_t> bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) throw Error("cannot write to {}: {}", name, std::strerror(errno));
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    };
}

void write_statistics(const std::string& path, const std::string& json) {
    if (path == "-") {
        fmt::print(stderr, "{}", json);
        return;
    }
    std::ofstream file(path);
    file << json;
    file.close();
    if (!file) throw Error("cannot write the statistics to {}", path);
}

void explain_fault(const Fault& fault, const std::vector<std::uint64_t>& frames,
                   const Program& program) {
    fmt::print(stderr, "reprise: guest fault: {}\n", describe(fault, program));
    for (std::size_t i = 0; i < frames.size(); ++i) {
        fmt::print(stderr, "  #{} {}\n", i, describe_pc(frames[i], program));
    }
}

int exit_code_of(const Stop& stop) {
    switch (stop.kind) {
        case Stop::Kind::exited: return stop.exit_code;
        case Stop::Kind::faulted: return kFaulted;
        case Stop::Kind::step_limit: break;
    }
    return kStepLimit;
}

}  // namespace

int run(const RunOptions& options) {
    if (options.count_blocks && options.engine != "compiled") {
        throw Error("--count-blocks counts what compiled code runs: it needs --engine compiled");
    }
    Statistics statistics{.engine = options.engine, .platform = "reprise"};

    // The program, and around it the environment that it was made for.
    const auto load_start = Clock::now();
    const auto program = std::make_shared<const Program>(Program::load(options.program));
    statistics.load_seconds = seconds_since(load_start);
    statistics.instructions = program->instruction_count();
    Streams streams{.input = read_input(options.input),
                    .output = descriptor_sink(STDOUT_FILENO, "standard output"),
                    .diagnostics = descriptor_sink(STDERR_FILENO, "standard error")};
    Machine machine(program, make_environment(options.platform, *program, std::move(streams)));

    // The engine; compiling is its only preparation.
    std::unique_ptr<Engine> engine;
    std::shared_ptr<const compiler::CompiledProgram> compiled;
    if (options.engine == "compiled") {
        compiled = compiler::compile(program, {.placement = machine.memory().placement(),
                                               .count_blocks = options.count_blocks});
        statistics.compile_seconds = compiled->seconds();
        statistics.blocks = compiled->block_count();
        statistics.x86_bytes = compiled->x86_bytes();
        engine = std::make_unique<compiler::CompiledEngine>(compiled);
    } else {
        engine = std::make_unique<InterpretedEngine>();
    }

    const auto execute_start = Clock::now();
    const Stop stop = engine->run(machine, options.max_steps);
    statistics.execute_seconds = seconds_since(execute_start);

    if (options.count_blocks) statistics.x86_instructions = compiled->x86_instructions_run();
    statistics.stop = stop;
    statistics.steps = machine.state.step;
    statistics.exit_code = exit_code_of(stop);
    if (stop.kind == Stop::Kind::faulted) {
        statistics.backtrace = backtrace(*program, machine.state, machine.memory());
        explain_fault(stop.fault, statistics.backtrace, *program);
    } else if (stop.kind == Stop::Kind::step_limit) {
        fmt::print(stderr, "reprise: stopped after {} steps at pc {}\n", machine.state.step,
                   describe_pc(machine.state.pc, *program));
    }
    if (options.statistics) {
        write_statistics(*options.statistics, to_json(statistics, *program));
    }
    return statistics.exit_code;
}

}  // namespace reprise::cli
