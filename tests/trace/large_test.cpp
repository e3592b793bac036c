// Files of 5 GiB, most of them holes, read with the memory of one chunk.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include "samples.h"
#include "support/allocations.h"
#include "trace/format.h"
#include "trace/reader.h"
#include "trace/sequential_reader.h"

namespace reprise::test {
namespace {

using namespace trace_format;

constexpr std::uint64_t kLarge = std::uint64_t{5} << 30;
constexpr std::size_t kLogSize = 128 << 20;
constexpr std::uint64_t kChunks = kLarge / kLogSize;

/// A file that is written here and there; what lies in between are zeros that take no room.
class SparseFile {
public:
    explicit SparseFile(const std::filesystem::path& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666)) {}

    void put(ByteSpan bytes) {
        EXPECT_EQ(::pwrite(file_.get(), bytes.data(), bytes.size(), end_), ssize_t(bytes.size()));
        end_ += bytes.size();
    }
    void skip(std::uint64_t size) { end_ += size; }
    std::uint64_t end() const { return end_; }

    void put_part(PartHead head, ByteSpan payload, std::uint64_t zeros, std::uint32_t checksum) {
        head.size = static_cast<std::uint32_t>(payload.size() + zeros);
        head.payload_checksum = checksum;
        put(encode(head));
        put(payload);
        skip(zeros);
    }

private:
    Descriptor file_;
    std::uint64_t end_ = 0;
};

/// A whole trace; every log is zeros.
void write_sparse_trace(const std::filesystem::path& path) {
    const TraceHeader header = sample_trace(0, Compression::none, false).header;
    const Bytes encoded = encode_header(header);
    const Bytes zeros(kLogSize);
    SparseFile file(path);
    Bytes index;
    const auto note_place = [&] {
        const auto entry = encode_offset(file.end());
        index.insert(index.end(), entry.begin(), entry.end());
    };
    PartHead head{Tag::header, 0, trace_id_of(encoded), 0};
    file.put(encode_beginning());
    file.put_part(head, encoded, 0, checksum(encoded));
    head.tag = Tag::chunk;
    for (std::uint64_t i = 0; i < kChunks; ++i) {
        note_place();
        const auto fixed = encode_chunk({sample_chunk(i, 0).start, kSampleChunkSteps,
                                         Compression::none, std::uint32_t{kLogSize}, zeros});
        file.put_part(head, fixed, kLogSize, checksum(zeros, checksum(fixed)));
    }
    TraceEnd end = sample_trace(0).end;
    end.final.step = kChunks * kSampleChunkSteps;
    const auto last = encode_end(end);
    note_place();
    head.tag = Tag::end;
    file.put_part(head, last, 0, checksum(last));
    note_place();
    head.tag = Tag::index;
    file.put_part(head, index, 0, checksum(index));
}

TEST(Large, ATraceNeedsTheMemoryOfOneChunk) {
    const TemporaryFile file;
    write_sparse_trace(file.path());
    ASSERT_GT(std::filesystem::file_size(file.path()), kLarge);
    const std::size_t before = allocated();
    reset_peak();
    LogBuffer buffer;
    const TraceReader reader(file.path());
    ASSERT_EQ(reader.chunk_count(), kChunks);
    for (const std::uint64_t i : {kChunks - 1, kChunks / 2})
        EXPECT_EQ(reader.read(i, buffer).log.size(), kLogSize);
    SequentialTraceReader sequential(file.path());
    while (sequential.next(buffer)) {
    }
    EXPECT_EQ(sequential.chunk_count(), kChunks);
    EXPECT_LT(peak_allocated() - before, kLogSize + (1U << 20));
}

TEST(Large, ZerosBehindATraceOrInsteadOfIt) {
    const SampleTrace trace = sample_trace(3);
    const TemporaryFile file;
    const std::size_t before = allocated();
    reset_peak();
    ASSERT_EQ(::truncate(file.path().c_str(), kLarge), 0);
    EXPECT_NE(read_from_front(file.path()).error, "");
    EXPECT_NE(read_through_index(file.path()).error, "");
    write_trace(trace, file.path());
    ASSERT_EQ(::truncate(file.path().c_str(), kLarge), 0);
    const Reading reading = read_from_front(file.path());
    EXPECT_EQ(reading.chunks, trace.chunks);
    EXPECT_NE(reading.error, "");
    EXPECT_NE(read_through_index(file.path()).error, "");
    EXPECT_LT(peak_allocated() - before, 4U << 20);
}

}  // namespace
}  // namespace reprise::test
