#include "samples.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/descriptor.h"
#include "base/error.h"
#include "trace/format.h"
#include "trace/reader.h"
#include "trace/sequential_reader.h"
#include "trace/writer.h"

namespace reprise::test {

namespace {

Checkpoint sample_checkpoint(std::uint64_t step) {
    Checkpoint checkpoint;
    for (std::size_t i = 1; i < checkpoint.x.size(); ++i)
        checkpoint.x[i] = (step + 1) * 0x9E3779B97F4A7C15 * i;
    checkpoint.pc = 0x10000 + 2 * step;
    checkpoint.step = step;
    checkpoint.reserved = step / kSampleChunkSteps % 2 == 1;
    checkpoint.reservation = checkpoint.reserved ? 0x12340 + step : 0;
    return checkpoint;
}

}  // namespace

OwnedChunk own(const Chunk& chunk) {
    return {chunk.start, chunk.steps, Bytes(chunk.log.begin(), chunk.log.end())};
}

OwnedChunk sample_chunk(std::uint64_t index, std::size_t log_size) {
    OwnedChunk chunk{sample_checkpoint(index * kSampleChunkSteps), kSampleChunkSteps, {}};
    std::uint64_t random = index + 1;
    for (std::size_t i = 0; i < log_size; ++i) {
        random = random * 6364136223846793005 + 1442695040888963407;
        chunk.log.push_back(i % 64 < 32 ? 0 : static_cast<std::uint8_t>(random >> 56));
    }
    return chunk;
}

SampleTrace sample_trace(std::uint64_t chunks, Compression compression, bool input_kept,
                         std::size_t log_growth) {
    SampleTrace trace;
    TraceHeader& header = trace.header;
    header.chunk_steps = kSampleChunkSteps;
    header.program = Hasher().add(7).finish();
    header.platform = "reprise";
    const Bytes input{'i', 'n', 'p', 'u', 't', 0, 0xFF};
    header.input = input_kept ? TraceInput::kept(input) : TraceInput::left_out(input);
    header.compression = compression;
    for (std::uint64_t i = 0; i < chunks; ++i)
        trace.chunks.push_back(sample_chunk(i, log_growth * i));
    std::uint64_t steps = chunks * kSampleChunkSteps;
    if (chunks != 0) steps -= kSampleChunkSteps - (trace.chunks.back().steps = 123);
    trace.end = {{Stop::Kind::exited, 42, {}}, sample_checkpoint(steps), 5, Hasher().finish()};
    return trace;
}

TemporaryFile::TemporaryFile() {
    std::string pattern = std::filesystem::temp_directory_path() / "reprise-trace-XXXXXX";
    const int fd = ::mkstemp(pattern.data());
    if (fd < 0) throw Error("cannot make a file like {}", pattern);
    ::close(fd);
    path_ = pattern;
}

TemporaryFile::~TemporaryFile() {
    std::filesystem::remove(path_);
}

void write_trace(const SampleTrace& trace, const std::filesystem::path& path) {
    TraceWriter writer(path, trace.header);
    for (const OwnedChunk& chunk : trace.chunks)
        writer.write(chunk.chunk());
    writer.finish(trace.end);
}

Bytes bytes_of(const SampleTrace& trace) {
    const TemporaryFile file;
    write_trace(trace, file.path());
    return read_file(file.path(), 1 << 30);
}

void put_bytes(const Bytes& bytes, const std::filesystem::path& path) {
    // Not emptied first: file systems that then flush to disk make thousands of tests slow.
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT, 0666));
    if (::pwrite(file.get(), bytes.data(), bytes.size(), 0) != ssize_t(bytes.size()) ||
        ::ftruncate(file.get(), off_t(bytes.size())) != 0)
        throw Error("cannot write {}", path.string());
}

Reading read_from_front(const std::filesystem::path& path) {
    Reading reading;
    try {
        SequentialTraceReader reader(path);
        LogBuffer buffer;
        while (const std::optional<Chunk> chunk = reader.next(buffer))
            reading.chunks.push_back(own(*chunk));
    } catch (const Error& error) {
        reading.error = error.what();
    }
    return reading;
}

Reading read_through_index(const std::filesystem::path& path) {
    Reading reading;
    try {
        const TraceReader reader(path);
        LogBuffer buffer;
        for (std::uint64_t i = reader.chunk_count(); i-- > 0;)
            reading.chunks.push_back(own(reader.read(i, buffer)));
    } catch (const Error& error) {
        reading.error = error.what();
    }
    std::ranges::reverse(reading.chunks);
    return reading;
}

std::vector<std::size_t> part_offsets(const Bytes& file) {
    std::vector<std::size_t> offsets{trace_format::kBeginningSize};
    while (offsets.back() < file.size()) {
        std::size_t size = 0;
        for (std::size_t i = 8; i-- > 4;)
            size = size << 8 | file.at(offsets.back() + i);
        offsets.push_back(offsets.back() + trace_format::kHeadSize + size);
    }
    return offsets;
}

std::vector<Bytes> split(const Bytes& file) {
    std::vector<Bytes> parts;
    std::size_t start = 0;
    for (const std::size_t end : part_offsets(file)) {
        parts.emplace_back(file.begin() + start, file.begin() + end);
        start = end;
    }
    return parts;
}

Bytes join(const std::vector<Bytes>& parts) {
    Bytes file;
    for (const Bytes& part : parts)
        file.insert(file.end(), part.begin(), part.end());
    return file;
}

void reseal(Bytes& file, std::size_t offset, std::size_t size) {
    const std::span<const std::uint8_t> all(file);
    put(file, offset + 16,
        trace_format::checksum(all.subspan(offset + trace_format::kHeadSize, size)), 4);
    put(file, offset + 20, trace_format::checksum(all.subspan(offset, 20)), 4);
}

void put(Bytes& file, std::size_t offset, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
        file.at(offset + i) = static_cast<std::uint8_t>(value >> 8 * i);
}

}  // namespace reprise::test
