#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string_view>

#include "base/error.h"
#include "platform/platform.h"

namespace reprise::cli {

namespace {

constexpr unsigned kMostThreads = 1024;

std::optional<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || rest != end) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> size_from(std::string_view text) {
    constexpr std::string_view kUnits = "KMG";
    unsigned shift = 0;
    if (const auto unit = text.empty() ? std::string_view::npos : kUnits.find(text.back());
        unit != std::string_view::npos) {
        shift = 10 * (static_cast<unsigned>(unit) + 1);
        text.remove_suffix(1);
    }
    const auto number = number_from(text);
    if (!number || *number << shift >> shift != *number) return std::nullopt;
    return *number << shift;
}

}  // namespace

void add_engine_option(CLI::App& command, std::string& engine) {
    command.add_option("--engine", engine, "compiled or interpreted")
        ->check(CLI::IsMember({"compiled", "interpreted"}))
        ->capture_default_str();
}

void add_statistics_option(CLI::App& command, std::optional<std::string>& statistics) {
    command.add_option("--stats", statistics, "Write statistics as JSON to FILE, - for stderr")
        ->type_name("FILE");
}

void add_guest_options(CLI::App& command, GuestOptions& options) {
    command.add_option("PROGRAM", options.program, "A static RISC-V ELF (RV64)")->required();
    command
        .add_option("--input", options.input, "The private input (default, and -: standard input)")
        ->type_name("FILE");
    command
        .add_option("--platform", options.platform,
                    fmt::format("What the program finds around it: auto, {}",
                                fmt::join(platform_names(), ", ")))
        ->capture_default_str();
    add_engine_option(command, options.engine);
    add_number_option(command, "--max-steps", options.max_steps,
                      "Stop after so many instructions (default: no limit)");
    add_statistics_option(command, options.statistics);
}

void GuestOptions::check(const NamedFile& output) const {
    const bool is_standard_input = !input || *input == "-";
    check_files(
        {output, {"the statistics", statistics}},
        {{"the program", program}, {"the input", is_standard_input ? std::nullopt : input}});
    if (count_blocks && engine != "compiled")
        throw Error("--count-blocks counts what compiled code runs: it needs --engine compiled");
    if (count_blocks && gdb_port)
        throw Error(
            "--count-blocks counts a run from start to end; with --gdb parts are run again");
}

void add_count_option(CLI::App& command, GuestOptions& options) {
    command.add_flag("--count-blocks", options.count_blocks,
                     "Add the x86 instructions that were run to the statistics (slow)");
}

ReplayEngine replay_engine(const std::string& engine) {
    return engine == "interpreted" ? ReplayEngine::interpreted : ReplayEngine::compiled;
}

namespace {

struct Range {
    std::uint64_t least = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

std::uint64_t number_for(const std::string& name, const std::string& text, Range range) {
    const auto number = number_from(text);
    if (!number || *number < range.least || *number > range.most)
        throw Error("{} wants a number from {} to {}, not '{}'", name, range.least, range.most,
                    text);
    return *number;
}

std::chrono::milliseconds seconds_for(const std::string& name, const std::string& text) {
    constexpr double kMost = 1e6;
    double seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
    if (error != std::errc{} || rest != end || !(seconds >= 0 && seconds <= kMost))
        throw Error("{} wants seconds from 0 to {}, not '{}'", name, kMost, text);
    const std::chrono::milliseconds rounded(std::llround(seconds * 1000));
    return seconds > 0 ? std::max(rounded, std::chrono::milliseconds{1}) : rounded;
}

template <class Value>
CLI::Option* add_number(CLI::App& command, const std::string& name, Value& value, Range range,
                        const std::string& description) {
    return command
        .add_option_function<std::string>(
            name,
            [&value, name, range](const std::string& text) {
                value = static_cast<Value>(number_for(name, text, range));
            },
            description)
        ->type_name("N");
}

}  // namespace

void add_number_option(CLI::App& command, const std::string& name, std::uint64_t& value,
                       const std::string& description) {
    add_number(command, name, value, {}, description);
}

void add_number_option(CLI::App& command, const std::string& name,
                       std::optional<std::uint64_t>& value, const std::string& description) {
    add_number(command, name, value, {}, description);
}

void add_seconds_option(CLI::App& command, const std::string& name,
                        std::chrono::milliseconds& value, const std::string& description) {
    command
        .add_option_function<std::string>(
            name, [&value, name](const std::string& text) { value = seconds_for(name, text); },
            description)
        ->type_name("SECONDS");
}

void add_threads_option(CLI::App& command, unsigned& threads) {
    add_number(command, "--threads", threads, {.least = 1, .most = kMostThreads},
               "Threads that replay (default: one a core)");
}

void add_chunk_steps_option(CLI::App& command, std::uint64_t& steps) {
    add_number(command, "--chunk-steps", steps, {.least = 1, .most = kMostChunkSteps},
               "Steps in a chunk (default: 2^20)");
}

void add_gdb_option(CLI::App& command, GuestOptions& options) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint16_t>::max();
    add_number(command, "--gdb", options.gdb_port, {.most = kMost},
               "Wait for gdb on this port of this machine, 0 for any, and debug the run")
        ->type_name("PORT");
}

void add_size_option(CLI::App& command, const std::string& name, std::uint64_t& value,
                     const std::string& description) {
    command
        .add_option_function<std::string>(
            name,
            [&value, name](const std::string& text) {
                const auto size = size_from(text);
                if (!size || *size == 0)
                    throw Error(
                        "{} wants a number of bytes from 1 on, such as 4096, 64K, 512M or 2G, not "
                        "'{}'",
                        name, text);
                value = *size;
            },
            description)
        ->type_name("SIZE");
}

}  // namespace reprise::cli
