/// @file
/// Runs of small guests, cut into chunks and put together to tasks as the coordinator does it; and
/// what replay at one place makes of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cluster/work.h"
#include "differential/guest_code.h"
#include "replay/call_tree.h"
#include "replay/factory.h"
#include "trace/samples.h"

namespace reprise::cluster {

using test::OwnedChunk;

std::shared_ptr<const Program> load(const testing::GuestProgram& guest);

/// Calls a function that calls another one twice, and writes three bytes: each time round. Then
/// comes what ends it, for which a4 is 0.
std::shared_ptr<const Program> calling_guest(std::uint64_t rounds,
                                             const std::function<void(testing::CodeWriter&)>& last);
/// With code 7.
std::shared_ptr<const Program> exiting_guest(std::uint64_t rounds = 40);

/// A run in chunks, and what replay here makes of it.
struct Recording {
    std::shared_ptr<const Program> program;
    TraceHeader header;
    ReplayEngine engine;
    std::vector<OwnedChunk> chunks;
    TraceEnd end;
    Bytes output;
    Counts counts;
    CallTree calls;
};

/// So few that calls go on from one chunk to the next.
inline constexpr std::uint64_t kChunkSteps = 57;

/// Runs it, and replays it beside the run.
Recording record(const std::shared_ptr<const Program>& program, ReplayEngine engine,
                 std::uint64_t chunk_steps = kChunkSteps, std::uint64_t max_steps = 100'000,
                 Compression compression = Compression::zstd);

void append(Bytes& to, const Bytes& bytes);

/// What a task of these chunks starts with; behind it stand chunks as `encode_chunk` makes them.
TaskFront front_of(const Recording& run, std::size_t first, std::size_t count);
Bytes encode_chunk(const TraceHeader& header, const OwnedChunk& chunk);
Bytes task_of(const TaskFront& front, std::span<const OwnedChunk> chunks);
Bytes task_of(const Recording& run, std::size_t first, std::size_t count);
/// What the coordinator knows of that task.
ExpectedWork expected_of(const Recording& run, std::size_t first, std::size_t count,
                         bool records_calls);

std::unique_ptr<Work> work_for(const Recording& run, const std::string& kind);

}  // namespace reprise::cluster
