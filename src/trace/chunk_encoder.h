/// @file
/// Chunks as they stand in a trace file: encoded, compressed, with their checksums.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/file.h"
#include "trace/compression.h"
#include "trace/format.h"
#include "trace/trace.h"

namespace reprise {

/// A part of the file but for its place there.
struct EncodedChunk {
    std::uint64_t first_step = 0, steps = 0;
    std::span<const std::uint8_t> log;  ///< the chunk's own, which must outlive this
    Bytes compressed;                   ///< the log; empty if it stands there as it is
    std::array<std::uint8_t, trace_format::kHeadSize + trace_format::kChunkFixedSize> front{};

    /// What follows the front.
    std::span<const std::uint8_t> stored() const {
        return compressed.empty() ? log : std::span(compressed);
    }
};

/// Encodes the chunks of one trace, in any order: most of what it costs to write them. One thread
/// at a time; each thread may have its own.
class ChunkEncoder {
public:
    ChunkEncoder(std::uint64_t trace_id, Compression compression);

    EncodedChunk encode(const Chunk& chunk);

private:
    std::uint64_t trace_id_;
    std::optional<Compressor> compressor_;  ///< if chunks are to be compressed
};

}  // namespace reprise
