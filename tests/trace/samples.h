/// @file
/// Traces for tests: made up, written, read to the end in both ways, and patched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "trace/trace.h"

namespace reprise::test {

/// A chunk that owns its log.
struct OwnedChunk {
    Checkpoint start;
    std::uint64_t steps = 0;
    Bytes log;

    Chunk chunk() const { return {start, steps, log}; }
    bool operator==(const OwnedChunk&) const = default;
};
OwnedChunk own(const Chunk& chunk);

struct SampleTrace {
    TraceHeader header;
    std::vector<OwnedChunk> chunks;
    TraceEnd end;
};

inline constexpr std::uint64_t kSampleChunkSteps = 1000;

/// Chunk `index` of a made-up run; half of its log is easy to compress.
OwnedChunk sample_chunk(std::uint64_t index, std::size_t log_size);
/// Logs of 0, 80, 160, ... bytes. The last chunk, if there is one, is shorter than the others.
SampleTrace sample_trace(std::uint64_t chunks, Compression compression = Compression::none,
                         bool input_kept = true, std::size_t log_growth = 80);

/// A file that is removed at the end of its scope.
class TemporaryFile {
public:
    TemporaryFile();
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

void write_trace(const SampleTrace& trace, const std::filesystem::path& path);
Bytes bytes_of(const SampleTrace& trace);
void put_bytes(const Bytes& bytes, const std::filesystem::path& path);

/// What a reader made of a file.
struct Reading {
    std::vector<OwnedChunk> chunks;
    std::string error;  ///< empty if there was none
};
/// From the front, until the end or the first error.
Reading read_from_front(const std::filesystem::path& path);
/// Through the index, the last chunk first.
Reading read_through_index(const std::filesystem::path& path);

/// Where the parts start, and at last where the file ends, of a whole trace.
std::vector<std::size_t> part_offsets(const Bytes& file);
/// The parts, each with its head; the first is the beginning of the file and has none.
std::vector<Bytes> split(const Bytes& file);
Bytes join(const std::vector<Bytes>& parts);
/// Makes the checksums of the part at `offset` right, whatever is in it. The payload is `size`
/// bytes, whatever the head says.
void reseal(Bytes& file, std::size_t offset, std::size_t size);
void put(Bytes& file, std::size_t offset, std::uint64_t value, std::size_t size);

}  // namespace reprise::test
