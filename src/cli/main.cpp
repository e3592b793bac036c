/// The `reprise` command: reads the options and calls what they name.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/commands.h"
#include "cli/exit_codes.h"

namespace {

int run_command(int argc, char** argv) {
    CLI::App app("Runs RISC-V programs at native speed, traces them and replays their traces.",
                 "reprise");
    app.require_subcommand(1);
    app.set_version_flag("--version", "reprise " REPRISE_VERSION);
    reprise::cli::Action chosen;
    reprise::cli::add_run(app, chosen);
    reprise::cli::add_trace(app, chosen);
    reprise::cli::add_replay(app, chosen);
    reprise::cli::add_inspect(app, chosen);
    reprise::cli::add_profile(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return app.exit(help);
    }
    return chosen();
}

int refused(const char* message) {
    std::fprintf(stderr, "reprise: %s\n", message);
    return reprise::cli::kRefused;
}

}  // namespace

int main(int argc, char** argv) {
    // A file that may grow no further is to be an error of the one who writes it.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return run_command(argc, argv);
    } catch (const std::bad_alloc&) {
        return refused("out of memory");
    } catch (const std::exception& error) {
        return refused(error.what());
    }
}
