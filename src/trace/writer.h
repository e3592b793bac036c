/// @file
/// Writes a trace file, chunk by chunk, while the guest runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "trace/chunk_encoder.h"
#include "trace/trace.h"

namespace reprise {

/// Every call hands whole parts to the kernel: whatever ends the process later, the chunks that
/// were written before can be read from the front. Only after `finish` is the file a whole trace.
/// Logs are not copied, but for compression. One thread at a time; chunks may be encoded by others.
///
/// After an Error the writer has closed the file and every further call throws.
class TraceWriter {
public:
    /// Makes the file or empties it, and writes the header.
    /// @throws Error if that cannot be done, or the input is longer than a trace can hold.
    TraceWriter(const std::filesystem::path& path, const TraceHeader& header);

    /// Appends the next chunk. It must start at the step at which the one before ended, and all but
    /// the last must have N steps.
    /// @throws Error if it cannot be written (a full disk, say), or log or number of chunks are
    ///     over their limits.
    void write(const EncodedChunk& chunk);
    void write(const Chunk& chunk) { write(encoder_->encode(chunk)); }

    /// One for chunks of this trace, for a thread of its own.
    ChunkEncoder make_encoder() const { return {trace_id_, compression_}; }

    /// Makes the trace whole and closes the file. The step of `end.final` must be that at which the
    /// last chunk ended.
    /// @throws Error as `write`.
    void finish(const TraceEnd& end);

    /// Bytes that the file has so far.
    std::uint64_t size() const { return offset_; }

private:
    using ByteSpan = std::span<const std::uint8_t>;

    void write_part(trace_format::Tag tag, ByteSpan payload, ByteSpan rest);
    void write_bytes(ByteSpan first, ByteSpan second, ByteSpan third);
    [[noreturn]] void fail(const char* reason);

    std::string name_;
    Descriptor file_;
    std::uint64_t chunk_steps_;
    Compression compression_;
    std::uint64_t trace_id_ = 0;
    std::uint64_t offset_ = 0;             ///< where the next part starts
    std::uint64_t next_step_ = 0;          ///< at which the next chunk starts
    Bytes index_;                          ///< the payload of the index so far
    std::optional<ChunkEncoder> encoder_;  ///< there once the trace has an id
};

}  // namespace reprise
