/// `reprise run`: a program from its start to its end, and nothing kept of it.
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/guest_run.h"
#include "cli/messages.h"
#include "gdb/connection.h"
#include "gdb/serve.h"
#include "platform/platform.h"

namespace reprise::cli {

namespace {

Stop debug(const GuestOptions& options, Machine& machine, Engine& engine) {
    gdb::Listener listener(*options.gdb_port);
    say("reprise: waiting for gdb on 127.0.0.1:{0}; in gdb: target remote :{0}\n", listener.port());
    gdb::Connection connection = listener.accept();
    return gdb::serve(connection, machine, engine, options.max_steps);
}

int run(const GuestOptions& options) {
    options.check();
    StatisticsFile statistics_file(options.statistics);
    Statistics statistics;

    // The program, and around it the environment that it was made for.
    const auto program = load_program(options.program, statistics);
    statistics.platform = resolve_platform(options.platform, *program);
    Streams streams{.input = read_input(options.input),
                    .output = output_sink(),
                    .diagnostics = diagnostics_sink()};
    Machine machine(program, make_environment(options.platform, *program, std::move(streams)));

    // The engine; compiling is its only preparation.
    const ChosenEngine chosen =
        make_engine(options, program, machine, compiler::Mode::run, statistics);

    const auto execute_start = Clock::now();
    const Stop stop = options.gdb_port ? debug(options, machine, *chosen.engine)
                                       : chosen.engine->run(machine, options.max_steps);
    statistics.execute_seconds = seconds_since(execute_start);
    note_x86_instructions(chosen, statistics);
    const int exit_code = conclude(stop, machine, statistics);
    statistics_file.write(statistics, *program);
    return exit_code;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<GuestOptions>();
    CLI::App* const command =
        app.add_subcommand("run", "Run a program; stdout is its public output");
    add_guest_options(*command, *options);
    add_count_option(*command, *options);
    add_gdb_option(*command, *options);
    command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace reprise::cli
