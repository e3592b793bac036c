/// @file
/// `reprise run`.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace reprise::cli {

/// Exit codes besides the guest's own.
inline constexpr int kStepLimit = 124, kRefused = 125, kFaulted = 126;

struct RunOptions {
    std::string program;
    std::optional<std::string> input;  ///< a path; nothing: standard input
    std::string platform = "auto";
    std::string engine = "compiled";
    std::uint64_t max_steps = std::numeric_limits<std::uint64_t>::max();
    bool count_blocks = false;
    std::optional<std::string> statistics;  ///< a path, "-" for standard error; nothing: none
};

/// Runs a program; its public output goes to standard output, its diagnostics to standard error.
/// @return the exit code of the command.
/// @throws Error for what is refused.
int run(const RunOptions& options);

}  // namespace reprise::cli
