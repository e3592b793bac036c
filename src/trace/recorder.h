/// @file
/// Runs a machine and hands its chunks to consumers while it runs.
#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>

#include "base/hash.h"
#include "machine/machine.h"
#include "platform/streams.h"
#include "trace/chunk_pool.h"
#include "trace/snapshot.h"
#include "trace/trace.h"

namespace reprise {

/// Takes the chunks of a run in order, on the thread of the executor, which waits meanwhile: so it
/// keeps them for a thread of its own. It may hold back one of them, no more, until it is told how
/// the run ended. What it throws ends the run.
class ChunkConsumer {
public:
    virtual ~ChunkConsumer() = default;
    /// @throws Error, or what else went wrong since.
    virtual void take(SharedChunk chunk) = 0;
};

/// Passes the public output on, and sums up what a trace says of it.
class OutputSum {
public:
    /// What the platform writes to; `to` may be empty. This must outlive it.
    Sink sink(Sink to);
    /// From now on, before anything has come: keeps a copy, for snapshots, as long as it has no
    /// more than kMostKept bytes.
    void keep() {
        assert(size_ == 0);
        kept_.emplace();
    }
    static constexpr std::uint64_t kMostKept = std::uint64_t{64} << 20;
    /// All that has come, if it was kept.
    const std::optional<Bytes>& kept() const { return kept_; }
    std::uint64_t size() const { return size_; }
    /// SHA-256; once, when all was written.
    Hash finish() { return hasher_.finish(); }

private:
    Hasher hasher_;
    std::uint64_t size_ = 0;
    std::optional<Bytes> kept_;
};

struct RecordOptions {
    std::uint64_t chunk_steps = std::uint64_t{1} << 20;  ///< 1 to kMostChunkSteps
    std::uint64_t max_steps = std::numeric_limits<std::uint64_t>::max();
    /// See ChunkPool.
    std::uint64_t buffer_bytes = std::uint64_t{512} << 20;
    /// Of a run that goes on from a snapshot: what lies before it.
    Executed before = {};
    /// Called between two chunks, wherever a snapshot can be taken.
    std::function<void(Machine&, const Executed&)> between_chunks = {};
};

/// What a run left besides its chunks.
struct Recorded {
    TraceEnd end;
    Executed executed;
};

/// Runs a machine that stands at step 0, or at a snapshot, until it stops, with an engine that
/// records. The chunks are complete up to there, however it stops.
/// @param output  what the machine's public output goes through.
/// @throws Error from a consumer, or if the log of a chunk grows beyond ReadLog::kLimit.
Recorded record_chunks(Machine& machine, Engine& engine, const RecordOptions& options,
                       OutputSum& output, std::span<ChunkConsumer* const> consumers);

}  // namespace reprise
