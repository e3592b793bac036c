/// `reprise run`: a program from its start to its end, and nothing kept of it.
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/guest_run.h"
#include "platform/platform.h"

namespace reprise::cli {

namespace {

struct RunOptions : GuestOptions {
    bool count_blocks = false;
};

int run(const RunOptions& options) {
    if (options.count_blocks && options.engine != "compiled") {
        throw Error("--count-blocks counts what compiled code runs: it needs --engine compiled");
    }
    Statistics statistics{.platform = options.platform_name()};

    // The program, and around it the environment that it was made for.
    const auto program = load_program(options.program, statistics);
    Streams streams{.input = read_input(options.input),
                    .output = output_sink(),
                    .diagnostics = diagnostics_sink()};
    Machine machine(program, make_environment(options.platform, *program, std::move(streams)));

    // The engine; compiling is its only preparation.
    const auto [engine, compiled] = make_engine(options.engine, program, machine,
                                                {.count_blocks = options.count_blocks}, statistics);

    const auto execute_start = Clock::now();
    const Stop stop = engine->run(machine, options.max_steps);
    statistics.execute_seconds = seconds_since(execute_start);

    if (options.count_blocks) statistics.x86_instructions = compiled->x86_instructions_run();
    const int exit_code = conclude(stop, machine, statistics);
    write_statistics(options.statistics, statistics, *program);
    return exit_code;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<RunOptions>();
    CLI::App* const command =
        app.add_subcommand("run", "Run a program; stdout is its public output");
    add_guest_options(*command, *options);
    command->add_flag("--count-blocks", options->count_blocks,
                      "Add the x86 instructions that were run to the statistics (slow)");
    command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace reprise::cli
