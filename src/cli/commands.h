/// @file
/// The commands. Each adds its options to the command line, and what it does if it is chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace reprise::cli {

/// Carries a command out.
/// @return the exit code.
/// @throws Error for what is refused.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& chosen);
void add_trace(CLI::App& app, Action& chosen);
void add_replay(CLI::App& app, Action& chosen);
void add_inspect(CLI::App& app, Action& chosen);
void add_profile(CLI::App& app, Action& chosen);
void add_worker(CLI::App& app, Action& chosen);
void add_jobs(CLI::App& app, Action& chosen);
void add_new(CLI::App& app, Action& chosen);

}  // namespace reprise::cli
