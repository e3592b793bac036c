#include "cli/guest_run.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "cli/exit_codes.h"
#include "cli/messages.h"
#include "machine/backtrace.h"
#include "machine/interpreter.h"
#include "platform/reprise_platform.h"

namespace reprise::cli {

namespace {

Sink descriptor_sink(int descriptor, const char* name) {
    return [descriptor, name](std::span<const std::uint8_t> bytes) {
        if (!write_all(descriptor, bytes))
            throw Error("cannot write to {}: {}", name, std::strerror(errno));
    };
}

}  // namespace

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::shared_ptr<const Program> load_program(const std::string& path, Statistics& statistics) {
    const auto start = Clock::now();
    auto program = std::make_shared<const Program>(Program::load(path));
    statistics.load_seconds = seconds_since(start);
    statistics.instructions = program->instruction_count();
    return program;
}

PageBuffer read_input(const std::optional<std::string>& path) {
    constexpr std::size_t kLimit = ReprisePlatform::kInputLimit;
    if (path && *path != "-") return read_file_to_pages(*path, kLimit);
    if (::isatty(STDIN_FILENO) != 0) {
        say("reprise: reading the input from the terminal; Ctrl-D ends it\n");
    }
    return read_descriptor_to_pages(STDIN_FILENO, kLimit, "standard input");
}

Sink output_sink() {
    return descriptor_sink(STDOUT_FILENO, "standard output");
}

Sink diagnostics_sink() {
    return descriptor_sink(STDERR_FILENO, "standard error");
}

ChosenEngine make_engine(const GuestOptions& options, const std::shared_ptr<const Program>& program,
                         const Machine& machine, compiler::Mode mode, Statistics& statistics) {
    statistics.engine = options.engine;
    if (options.engine != "compiled") return {.engine = std::make_unique<InterpretedEngine>()};
    auto compiled = compiler::compile(program, {.placement = machine.memory().placement(),
                                                .mode = mode,
                                                .count_blocks = options.count_blocks});
    note_code(*compiled, statistics);
    return {.engine = std::make_unique<compiler::CompiledEngine>(compiled), .compiled = compiled};
}

void note_code(const compiler::CompiledProgram& compiled, Statistics& statistics) {
    statistics.compile_seconds = compiled.seconds();
    statistics.blocks = compiled.block_count();
    statistics.x86_bytes = compiled.x86_bytes();
}

void note_x86_instructions(const ChosenEngine& chosen, Statistics& statistics) {
    if (chosen.compiled && chosen.compiled->options().count_blocks)
        statistics.x86_instructions = chosen.compiled->x86_instructions_run();
}

int exit_code_of(const Stop& stop) {
    switch (stop.kind) {
        case Stop::Kind::exited: return stop.exit_code;
        case Stop::Kind::faulted: return kFaulted;
        case Stop::Kind::step_limit: break;
    }
    return kStepLimit;
}

void explain(const Stop& stop, const State& final, const std::vector<std::uint64_t>& backtrace,
             const Program& program) {
    if (stop.kind == Stop::Kind::faulted) {
        say("reprise: guest fault: {}\n", describe(stop.fault, program));
        const std::vector<std::string> lines = describe_backtrace(program, backtrace);
        for (std::size_t i = 0; i < lines.size(); ++i)
            say("  #{} {}\n", i, lines[i]);
    } else if (stop.kind == Stop::Kind::step_limit) {
        say("reprise: stopped after {} at pc {}\n", count_of(final.step, "step"),
            describe_pc(final.pc, program));
    }
}

int conclude(const Stop& stop, const Machine& machine, Statistics& statistics) {
    const Program& program = machine.program();
    statistics.stop = stop;
    statistics.steps = machine.state.step;
    statistics.exit_code = exit_code_of(stop);
    if (stop.kind == Stop::Kind::faulted)
        statistics.backtrace = backtrace(program, machine.state, machine.memory());
    explain(stop, machine.state, statistics.backtrace, program);
    return statistics.exit_code;
}

StatisticsFile::StatisticsFile(const std::optional<std::string>& path) {
    if (path) file_.emplace("the statistics", *path);
}

void StatisticsFile::write(const Statistics& statistics, const Program& program) {
    if (file_) file_->write(to_json(statistics, program));
}

}  // namespace reprise::cli
