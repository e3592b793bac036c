/// The `reprise` command: reads the options and calls what they name.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"

namespace {

/// A descriptor that is closed would be given to the next file that is opened, and what is meant
/// for people would be written there. What stands in for it refuses to be used.
void hold_standard_descriptors() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(descriptor, F_GETFD) != -1) continue;
        const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (::open("/dev/null", mode) != descriptor) std::abort();
    }
}

/// CLI11 says of such a word only that there is no command.
void refuse_unknown_command(const CLI::App& app, int argc, char** argv) {
    const std::string word = argc > 1 ? argv[1] : "-";
    if (word.starts_with("-")) return;
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) {
        if (command->get_name() == word) return;
        names.push_back(command->get_name());
    }
    throw reprise::Error("there is no command '{}'; there are {}", word, fmt::join(names, ", "));
}

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
    reprise::cli::add_worker(app, chosen);
    reprise::cli::add_jobs(app, chosen);
    reprise::cli::add_new(app, chosen);
    refuse_unknown_command(app, argc, argv);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        app.exit(help);
        if (!std::cout.flush()) throw reprise::Error("cannot write to standard output");
        return 0;
    }
    return chosen();
}

int refused(const char* message) {
    std::fprintf(stderr, "reprise: %s\n", message);
    return reprise::cli::kRefused;
}

}  // namespace

int main(int argc, char** argv) {
    hold_standard_descriptors();
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
