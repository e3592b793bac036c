/// @file
/// Reads traces from the front: from a pipe, or as far as a damaged file goes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "trace/log_buffer.h"
#include "trace/source.h"
#include "trace/trace.h"

namespace reprise {

/// Yields the chunks in order. Where something is wrong, all whole chunks before it come first and
/// then an Error. Holds one chunk in memory, in the caller's buffer. One thread at a time.
class SequentialTraceReader {
public:
    /// Opens and reads the header; not only files, but whatever can be read.
    /// @throws Error if it cannot be opened, or the header is damaged.
    explicit SequentialTraceReader(const std::filesystem::path& path);
    /// @param name  what messages call it.
    SequentialTraceReader(Descriptor file, std::string name);

    const TraceHeader& header() const { return header_.header; }

    /// The next chunk, its log in `buffer`; nothing after the last one, once all that follows it
    /// has been checked up to the end of the file.
    /// @throws Error if what comes next is damaged or missing: what and at which byte. Then, the
    ///     reader is of no more use.
    std::optional<Chunk> next(LogBuffer& buffer);

    /// Chunks that were yielded.
    std::uint64_t chunk_count() const { return chunk_count_; }

    /// How the run stopped, once `next` answered nothing.
    const TraceEnd& end() const { return *end_; }

private:
    Chunk take_chunk(const trace_format::PartHead& head, LogBuffer& buffer,
                     const trace_format::Place& place);
    void take_end(const trace_format::PartHead& head, const trace_format::Place& place);
    void check_index();
    void check_nothing_follows();
    void expect_in_index(std::uint64_t offset);

    trace_format::PipeSource source_;
    trace_format::Header header_;
    std::uint64_t offset_;         ///< of the next part
    std::uint64_t next_step_ = 0;  ///< at which the next chunk must start
    std::uint64_t chunk_count_ = 0;
    std::uint32_t index_checksum_ = 0;  ///< of the index that these parts must have, so far
    std::optional<TraceEnd> end_;
};

}  // namespace reprise
