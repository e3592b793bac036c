/// The `reprise` command: reads the options and calls what they name.
#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "base/error.h"
#include "cli/run.h"
#include "platform/platform.h"

namespace {

using reprise::cli::RunOptions;

/// CLI11 takes "-1" and numbers beyond 64 bits for the largest one, and nothing for 0.
std::uint64_t parse_steps(const std::string& text) {
    std::uint64_t steps = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, steps);
    if (error != std::errc() || rest != end) {
        throw reprise::Error("--max-steps wants a number of instructions below 2^64, not '{}'",
                             text);
    }
    return steps;
}

void add_run(CLI::App& app, RunOptions& options) {
    CLI::App* const run = app.add_subcommand("run", "Run a program; stdout is its public output");
    run->add_option("PROGRAM", options.program, "A static RISC-V ELF (RV64)")->required();
    run->add_option("--input", options.input, "The private input (default: standard input)")
        ->type_name("FILE");
    run->add_option("--platform", options.platform,
                    "What the program finds around it: auto, reprise")
        ->capture_default_str();
    run->add_option("--engine", options.engine, "compiled or interpreted")
        ->check(CLI::IsMember({"compiled", "interpreted"}))
        ->capture_default_str();
    run->add_option_function<std::string>(
           "--max-steps",
           [&options](const std::string& text) { options.max_steps = parse_steps(text); },
           "Stop after so many instructions (default: no limit)")
        ->type_name("N");
    run->add_flag("--count-blocks", options.count_blocks,
                  "Add the x86 instructions that were run to the statistics (slow)");
    run->add_option("--stats", options.statistics, "Write statistics as JSON to FILE, - for stderr")
        ->type_name("FILE");
}

int run_command(int argc, char** argv) {
    CLI::App app("Runs RISC-V programs at native speed.", "reprise");
    app.require_subcommand(1);
    RunOptions run_options;
    add_run(app, run_options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return app.exit(help);
    }
    return reprise::cli::run(run_options);
}

int refused(const char* message) {
    std::fprintf(stderr, "reprise: %s\n", message);
    return reprise::cli::kRefused;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run_command(argc, argv);
    } catch (const std::bad_alloc&) {
        return refused("out of memory");
    } catch (const std::exception& error) {
        return refused(error.what());
    }
}
