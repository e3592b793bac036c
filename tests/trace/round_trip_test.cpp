// What is written is read again, in both ways.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "samples.h"
#include "trace/reader.h"
#include "trace/sequential_reader.h"
#include "trace/writer.h"

namespace reprise::test {
namespace {

void expect_round_trip(const SampleTrace& trace) {
    const TemporaryFile file;
    write_trace(trace, file.path());

    const TraceReader reader(file.path());
    EXPECT_EQ(reader.header(), trace.header);
    EXPECT_EQ(reader.end(), trace.end);
    ASSERT_EQ(reader.chunk_count(), trace.chunks.size());
    LogBuffer buffer;
    for (std::size_t i = trace.chunks.size(); i-- > 0;)
        EXPECT_EQ(own(reader.read(i, buffer)), trace.chunks[i]) << i;

    SequentialTraceReader sequential(file.path());
    EXPECT_EQ(sequential.header(), trace.header);
    for (const OwnedChunk& expected : trace.chunks) {
        const std::optional<Chunk> chunk = sequential.next(buffer);
        ASSERT_TRUE(chunk);
        EXPECT_EQ(own(*chunk), expected);
    }
    EXPECT_FALSE(sequential.next(buffer));
    EXPECT_EQ(sequential.end(), trace.end);
}

TEST(RoundTrip, AnyNumberOfChunks) {
    for (const std::uint64_t chunks : {0, 1, 2, 5, 300})
        for (const Compression compression : {Compression::none, Compression::zstd})
            for (const bool kept : {true, false})
                expect_round_trip(sample_trace(chunks, compression, kept));
}

TEST(RoundTrip, AWholeLastChunk) {
    SampleTrace trace = sample_trace(3);
    trace.chunks.back().steps = kSampleChunkSteps;
    trace.end.final.step = 3 * kSampleChunkSteps;
    expect_round_trip(trace);
}

TEST(RoundTrip, AnIndexLargerThanOneBlock) {
    expect_round_trip(sample_trace(10000, Compression::none, true, 0));
}

TEST(RoundTrip, EveryStop) {
    SampleTrace trace = sample_trace(2);
    for (int code = 0; code < 256; ++code) {
        trace.end.stop = {Stop::Kind::exited, code, {}};
        expect_round_trip(trace);
    }
    trace.end.stop = {Stop::Kind::step_limit, 0, {}};
    expect_round_trip(trace);
    for (int kind = 0; kind <= static_cast<int>(FaultKind::hint); ++kind) {
        const Fault fault{static_cast<FaultKind>(kind), ~std::uint64_t{3}, 0xDEADBEEF12345678,
                          trace.end.final.step};
        trace.end.stop = {Stop::Kind::faulted, 0, fault};
        expect_round_trip(trace);
    }
}

TEST(RoundTrip, LargestNumbers) {
    SampleTrace trace = sample_trace(1);
    trace.header.chunk_steps = kMostChunkSteps;
    trace.header.platform = std::string(255, 'p');
    trace.header.input = TraceInput::kept({});
    trace.chunks[0].steps = trace.end.final.step = kMostChunkSteps;
    trace.end.output_size = ~std::uint64_t{0};
    expect_round_trip(trace);
}

// State is compared with all its fields: where no reservation stands, there is no address.
TEST(RoundTrip, AReservationThatDoesNotStandIsForgotten) {
    SampleTrace trace = sample_trace(1);
    const Bytes before = bytes_of(trace);
    trace.chunks[0].start.reservation = 0x1234;
    EXPECT_EQ(bytes_of(trace), before);
}

TEST(RoundTrip, AChunkCostsAtMost320BytesBesideItsLog) {
    SampleTrace one = sample_trace(1);
    SampleTrace many = sample_trace(101);
    for (OwnedChunk& chunk : many.chunks)
        chunk.log.clear();
    EXPECT_LE(bytes_of(many).size() - bytes_of(one).size(), 100 * 320);
}

TEST(RoundTrip, CompressionMakesLogsSmaller) {
    SampleTrace trace = sample_trace(1);
    trace.chunks[0].log = sample_chunk(1, 100000).log;
    const std::size_t plain = bytes_of(trace).size();
    trace.header.compression = Compression::zstd;
    expect_round_trip(trace);
    EXPECT_LT(bytes_of(trace).size(), plain * 3 / 4);
}

TEST(RoundTrip, ThroughAPipe) {
    const SampleTrace trace = sample_trace(50, Compression::zstd);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    // The writer writes to what it is told the name of.
    const std::string name = "/dev/fd/" + std::to_string(ends[1]);
    std::thread writing([&] {
        write_trace(trace, name);
        ::close(ends[1]);
    });
    SequentialTraceReader reader(Descriptor(ends[0]), "the pipe");
    LogBuffer buffer;
    std::vector<OwnedChunk> chunks;
    while (const std::optional<Chunk> chunk = reader.next(buffer))
        chunks.push_back(own(*chunk));
    writing.join();
    EXPECT_EQ(chunks, trace.chunks);
    EXPECT_EQ(reader.end(), trace.end);
}

TEST(RoundTrip, ManyThreadsReadAtOnce) {
    const SampleTrace trace = sample_trace(64, Compression::zstd);
    const TemporaryFile file;
    write_trace(trace, file.path());
    const TraceReader reader(file.path());
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            LogBuffer buffer;
            for (std::size_t i = 0; i < 64; ++i)
                if (own(reader.read((i + 16 * t) % 64, buffer)) != trace.chunks[(i + 16 * t) % 64])
                    ++wrong;
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

// Readers of other versions and languages rely on it: these bytes must not change by accident.
TEST(RoundTrip, TheBytesAreThoseOfVersion1) {
    const Bytes file = bytes_of(sample_trace(3));
    EXPECT_EQ(file.size(), 12 + 24 + 83 + 7 + 7 + 3 * (24 + 286) + 80 + 160 + 24 + 340 + 24 + 40);
    EXPECT_EQ(to_hex(Hasher().add(file).finish()),
              "4178645248b307fdb3b938384245587a39e5c5edd8c3870cf48377599a8307cf");
}

}  // namespace
}  // namespace reprise::test
