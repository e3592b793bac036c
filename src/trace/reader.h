/// @file
/// Reads whole trace files, chunks in any order, by any number of threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>

#include "trace/log_buffer.h"
#include "trace/source.h"
#include "trace/trace.h"

namespace reprise {

/// A trace that was written to its end; for others there is SequentialTraceReader. Holds no chunks
/// and no index in memory: files may be larger than it.
///
/// Who reads all chunks has checked every byte of the file. A file that is changed or truncated
/// meanwhile leads to an Error at worst. Const functions may be called from any number of threads.
class TraceReader {
public:
    /// Opens and checks header, end and index.
    /// @throws Error for what is no whole trace: what is wrong, and at which byte.
    explicit TraceReader(const std::filesystem::path& path);

    const TraceHeader& header() const { return header_.header; }
    const TraceEnd& end() const { return end_; }
    std::uint64_t chunk_count() const { return chunk_count_; }

    /// @param index  below `chunk_count`.
    /// @param buffer  holds the log, until it is used again.
    /// @throws Error if the chunk is damaged.
    Chunk read(std::uint64_t index, LogBuffer& buffer) const;

private:
    /// Entries `entry` and the next of the index.
    std::pair<std::uint64_t, std::uint64_t> index_entries(std::uint64_t entry) const;
    void read_index();
    void check_index(const trace_format::PartHead& head, const trace_format::Place& place) const;

    trace_format::FileSource source_;
    trace_format::Header header_;
    std::uint64_t index_offset_ = 0;
    std::uint64_t chunk_count_ = 0;
    TraceEnd end_;
};

}  // namespace reprise
