/// @file
/// The statistics of a run as one JSON object. Names stay stable once they are there.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "machine/stop.h"
#include "replay/counts.h"

namespace reprise {

struct Statistics {
    std::uint64_t steps = 0;
    int exit_code = 0;  ///< what the command exits with
    Stop stop{};
    std::vector<std::uint64_t> backtrace;  ///< of a fault
    std::string engine;
    std::string platform;
    double load_seconds = 0;     ///< from the file to the program in memory
    double compile_seconds = 0;  ///< 0 where nothing was compiled
    double execute_seconds = 0;
    std::optional<std::uint64_t> resumed_at_step;  ///< of a run that went on from a snapshot
    std::optional<double> execute_cpu_seconds;  ///< of the executing thread, where it was measured
    std::uint64_t instructions = 0;             ///< in the program
    std::uint64_t blocks = 0;
    std::uint64_t x86_bytes = 0;
    std::optional<std::uint64_t> x86_instructions;  ///< run, where they were counted
    std::uint64_t chunks = 0;
    std::uint64_t log_bytes = 0;               ///< of all read logs, uncompressed
    std::optional<std::uint64_t> trace_bytes;  ///< of a file that was written
    /// Of a replay; beside a run, from its first step on.
    struct OfReplay {
        double seconds = 0;
        unsigned threads = 0;
        CountSummary counts;
    };
    /// Of a replay on a cluster.
    struct OfJob {
        std::string id;
        std::map<std::string, std::uint64_t> workers;  ///< chunks that each has replayed
    };
    std::optional<OfJob> job;
    std::optional<OfReplay> replay;
};

/// All of it as JSON, indented, with what can be derived: steps_per_second, peak_rss_bytes,
/// program_hash.
std::string to_json(const Statistics& statistics, const Program& program);

/// The most memory that this process has held at a time.
std::uint64_t peak_rss_bytes();

}  // namespace reprise
