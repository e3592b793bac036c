/// @file
/// Chunks on their way from the executor to consumers, and the memory for them.
#pragma once

#include <cstdint>
#include <memory>

#include "machine/read_log.h"
#include "trace/trace.h"

namespace reprise {

/// A chunk as it was recorded, with its log.
struct RecordedChunk {
    std::uint64_t index = 0;
    Checkpoint start;
    std::uint64_t steps = 0;
    ReadLog log;
};
/// Held by all who still use the chunk. When the last one lets go, its memory is used again.
using SharedChunk = std::shared_ptr<const RecordedChunk>;

/// Bounds the memory of chunks that are on their way, and uses it again: pages that were touched
/// before cost a tenth. Chunks may outlive the pool.
class ChunkPool {
public:
    /// @param limit  bytes that the logs of chunks on their way have room for, beside one that is
    ///               being recorded and one that a consumer may hold back.
    explicit ChunkPool(std::uint64_t limit);
    ~ChunkPool();
    ChunkPool(const ChunkPool&) = delete;
    ChunkPool& operator=(const ChunkPool&) = delete;

    /// An empty chunk to record into: at once if no more than one is on its way, however large,
    /// else when there is room.
    std::unique_ptr<RecordedChunk> take();
    /// From here on the chunk is on its way.
    SharedChunk hand_out(std::unique_ptr<RecordedChunk> chunk);

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

}  // namespace reprise
