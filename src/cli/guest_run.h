/// @file
/// What all commands that run a guest have in common.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/page_buffer.h"
#include "cli/options.h"
#include "cli/output_file.h"
#include "compiler/engine.h"
#include "machine/machine.h"
#include "platform/streams.h"
#include "report/statistics.h"

namespace reprise::cli {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start);

/// Loads the program that the options name, and begins the statistics.
std::shared_ptr<const Program> load_program(const std::string& path, Statistics& statistics);

/// The private input: a file, or standard input, which "-" also names.
PageBuffer read_input(const std::optional<std::string>& path);

/// Writes to a descriptor of the process; what comes out must not be lost.
Sink output_sink();
Sink diagnostics_sink();

/// The engine that the options name, and if it is the compiled one its code.
struct ChosenEngine {
    std::unique_ptr<Engine> engine;
    std::shared_ptr<const compiler::CompiledProgram> compiled;
};
ChosenEngine make_engine(const GuestOptions& options, const std::shared_ptr<const Program>& program,
                         const Machine& machine, compiler::Mode mode, Statistics& statistics);
void note_code(const compiler::CompiledProgram& compiled, Statistics& statistics);
/// Notes what was counted, if that was asked for.
void note_x86_instructions(const ChosenEngine& chosen, Statistics& statistics);

/// Explains on standard error how a run stopped, unless the guest has exited.
/// @param backtrace  of a fault; may be empty.
void explain(const Stop& stop, const State& final, const std::vector<std::uint64_t>& backtrace,
             const Program& program);
/// Notes how the run stopped, explains on standard error what went wrong, and says what the command
/// exits with.
int conclude(const Stop& stop, const Machine& machine, Statistics& statistics);
int exit_code_of(const Stop& stop);

/// Where statistics go, if they are asked for.
class StatisticsFile {
public:
    /// @throws Error if the place cannot be written.
    explicit StatisticsFile(const std::optional<std::string>& path);
    void write(const Statistics& statistics, const Program& program);

private:
    std::optional<OutputFile> file_;
};

}  // namespace reprise::cli
