/// `reprise inspect`: what a trace holds, as far as it is whole.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "machine/fault.h"
#include "trace/sequential_reader.h"

namespace reprise::cli {

namespace {

struct InspectOptions {
    std::string trace;
    bool lists_chunks = false;
};

/// Sizes of the logs of the chunks so far.
struct LogSizes {
    std::uint64_t sum = 0, least = std::numeric_limits<std::uint64_t>::max(), most = 0;

    void add(std::uint64_t size) {
        sum += size;
        least = std::min(least, size);
        most = std::max(most, size);
    }
};

void print_header(const TraceHeader& header) {
    fmt::print("program:      {}\n", to_hex(header.program));
    fmt::print("platform:     {}\n", header.platform);
    fmt::print("chunk steps:  {}\n", header.chunk_steps);
    fmt::print("input:        {} bytes, {}, sha256 {}\n", header.input.size,
               header.input.bytes ? "kept" : "left out", to_hex(header.input.hash));
    fmt::print("compression:  {}\n", header.compression == Compression::zstd ? "zstd" : "none");
}

void print_chunk(std::uint64_t index, const Chunk& chunk) {
    fmt::print("chunk {}: steps {} to {}, pc {:#x}, log {} bytes\n", index, chunk.start.step,
               chunk.start.step + chunk.steps, chunk.start.pc, chunk.log.size());
}

void print_chunks(std::uint64_t chunks, std::uint64_t steps, const LogSizes& sizes) {
    fmt::print("chunks:       {}\n", chunks);
    fmt::print("steps:        {}\n", steps);
    if (chunks == 0) return;
    fmt::print("logs:         {} bytes, {} to {} a chunk, {:.2f} a step\n", sizes.sum, sizes.least,
               sizes.most, static_cast<double>(sizes.sum) / static_cast<double>(steps));
}

std::string describe(const Stop& stop) {
    switch (stop.kind) {
        case Stop::Kind::exited: return fmt::format("exited with {}", stop.exit_code);
        case Stop::Kind::faulted:
            return fmt::format("faulted: {} at pc {:#x}, address {:#x}", name_of(stop.fault.kind),
                               stop.fault.pc, stop.fault.address);
        case Stop::Kind::step_limit: break;
    }
    return "reached its step limit";
}

void print_end(const TraceEnd& end) {
    fmt::print("end:          {}\n", describe(end.stop));
    fmt::print("output:       {} bytes, sha256 {}\n", end.output_size, to_hex(end.output_hash));
}

int inspect(const InspectOptions& options) {
    SequentialTraceReader reader(options.trace);
    print_header(reader.header());
    LogBuffer buffer;
    LogSizes sizes;
    std::uint64_t steps = 0;
    try {
        while (const auto chunk = reader.next(buffer)) {
            if (options.lists_chunks) print_chunk(reader.chunk_count() - 1, *chunk);
            sizes.add(chunk->log.size());
            steps += chunk->steps;
        }
    } catch (...) {
        print_chunks(reader.chunk_count(), steps, sizes);  // those before the damage
        std::fflush(stdout);
        throw;
    }
    print_chunks(reader.chunk_count(), steps, sizes);
    print_end(reader.end());
    if (std::fflush(stdout) != 0)
        throw Error("cannot write to standard output: {}", std::strerror(errno));
    return 0;
}

}  // namespace

void add_inspect(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<InspectOptions>();
    CLI::App* const command = app.add_subcommand(
        "inspect", "Say what a trace holds; of a damaged one, what lies before the damage");
    command->add_option("TRACE", options->trace, "A trace file, or a pipe")->required();
    command->add_flag("--chunks", options->lists_chunks, "List the chunks");
    command->callback([options, &chosen] { chosen = [options] { return inspect(*options); }; });
}

}  // namespace reprise::cli
