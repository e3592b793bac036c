/// @file
/// Options that several commands have.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "cli/output_file.h"
#include "platform/platform.h"
#include "replay/factory.h"

namespace reprise::cli {

/// What is run, on what.
struct GuestOptions {
    std::string program;
    std::optional<std::string> input;  ///< a path; nothing: standard input
    std::string platform = "auto";
    std::string engine = "compiled";
    std::uint64_t max_steps = std::numeric_limits<std::uint64_t>::max();
    std::optional<std::string> statistics;  ///< a path, "-" for standard error; nothing: none
    bool count_blocks = false;
    std::optional<std::uint16_t> gdb_port;  ///< where gdb is waited for; nothing: nowhere

    /// @param output  where the command's result goes, if it has one.
    /// @throws Error for options that do not go together, before any file is touched.
    void check(const NamedFile& output = {.what = "the result", .path = {}}) const;
};
void add_guest_options(CLI::App& command, GuestOptions& options);

/// --count-blocks, for measurements.
void add_count_option(CLI::App& command, GuestOptions& options);

/// --gdb, for debugging.
void add_gdb_option(CLI::App& command, GuestOptions& options);

void add_engine_option(CLI::App& command, std::string& engine);
void add_statistics_option(CLI::App& command, std::optional<std::string>& statistics);

/// How many threads replay: 0 for as many as there are cores.
void add_threads_option(CLI::App& command, unsigned& threads);

void add_chunk_steps_option(CLI::App& command, std::uint64_t& steps);

ReplayEngine replay_engine(const std::string& engine);

/// A number below 2^64; anything else is refused, as CLI11 does not: it takes "-1" and numbers
/// beyond 64 bits for the largest one, and nothing for 0.
void add_number_option(CLI::App& command, const std::string& name, std::uint64_t& value,
                       const std::string& description);

void add_number_option(CLI::App& command, const std::string& name,
                       std::optional<std::uint64_t>& value, const std::string& description);

/// Seconds, up to a million of them; a fraction is rounded to milliseconds, and never to 0.
void add_seconds_option(CLI::App& command, const std::string& name,
                        std::chrono::milliseconds& value, const std::string& description);

/// Bytes: a number, or one with K, M or G behind it.
void add_size_option(CLI::App& command, const std::string& name, std::uint64_t& value,
                     const std::string& description);

}  // namespace reprise::cli
