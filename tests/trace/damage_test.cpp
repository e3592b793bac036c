// Whatever is not exactly a trace is refused, and the whole chunks before the damage are yielded.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <random>

#include "base/descriptor.h"
#include "base/error.h"
#include "samples.h"
#include "support/allocations.h"
#include "trace/format.h"
#include "trace/reader.h"

namespace reprise::test {
namespace {

using namespace trace_format;

/// How many of the sample's chunks lie wholly before `offset`.
std::size_t chunks_before(const Bytes& file, std::size_t offset) {
    const std::vector<std::size_t> offsets = part_offsets(file);
    std::size_t count = 0;
    for (std::size_t i = 1; i + 3 < offsets.size(); ++i)
        if (offsets[i + 1] <= offset) ++count;
    return count;
}

void expect_prefix(const Reading& reading, const SampleTrace& trace, std::size_t count) {
    EXPECT_NE(reading.error, "");
    EXPECT_EQ(reading.error.find('\n'), std::string::npos);
    ASSERT_EQ(reading.chunks.size(), count) << reading.error;
    EXPECT_TRUE(std::equal(reading.chunks.begin(), reading.chunks.end(), trace.chunks.begin()));
}

/// Both readers refuse; the sequential one after the first `count` chunks of the trace.
void expect_refused(const Bytes& file, const SampleTrace& trace, std::size_t count) {
    const TemporaryFile temporary;
    put_bytes(file, temporary.path());
    expect_prefix(read_from_front(temporary.path()), trace, count);
    EXPECT_NE(read_through_index(temporary.path()).error, "");
}

/// The same, and each message has these words in it.
void expect_refused(const Bytes& file, const char* words) {
    const TemporaryFile temporary;
    put_bytes(file, temporary.path());
    for (const std::string& error :
         {read_from_front(temporary.path()).error, read_through_index(temporary.path()).error}) {
        EXPECT_NE(error.find(words), std::string::npos) << error;
        EXPECT_NE(error.find("byte"), std::string::npos) << error;
        EXPECT_NE(error.find(temporary.path().string()), std::string::npos) << error;
    }
}

class Damage : public testing::TestWithParam<Compression> {
protected:
    const SampleTrace trace_ = sample_trace(3, GetParam());
    const Bytes file_ = bytes_of(trace_);
};
INSTANTIATE_TEST_SUITE_P(Compressions, Damage,
                         testing::Values(Compression::none, Compression::zstd));

TEST_P(Damage, EveryBitThatFlips) {
    const TemporaryFile temporary;
    put_bytes(file_, temporary.path());
    const Descriptor fd(::open(temporary.path().c_str(), O_WRONLY));
    for (std::size_t bit = 0; bit < 8 * file_.size(); ++bit) {
        const std::size_t at = bit / 8;
        const auto flipped = static_cast<std::uint8_t>(file_[at] ^ 1U << bit % 8);
        ASSERT_EQ(::pwrite(fd.get(), &flipped, 1, at), 1);
        SCOPED_TRACE("byte " + std::to_string(at) + " is " + std::to_string(flipped));
        expect_prefix(read_from_front(temporary.path()), trace_, chunks_before(file_, at));
        ASSERT_NE(read_through_index(temporary.path()).error, "");
        ASSERT_FALSE(HasFailure());
        ASSERT_EQ(::pwrite(fd.get(), &file_[at], 1, at), 1);
    }
    EXPECT_EQ(read_from_front(temporary.path()).error, "");
}

TEST_P(Damage, EveryLengthThatIsShorter) {
    const TemporaryFile temporary;
    put_bytes(file_, temporary.path());
    for (std::size_t size = file_.size(); size-- > 0;) {
        ASSERT_EQ(::truncate(temporary.path().c_str(), size), 0);
        SCOPED_TRACE(size);
        const Reading reading = read_from_front(temporary.path());
        expect_prefix(reading, trace_, chunks_before(file_, size));
        const std::string words =
            size == 0 ? "is not a trace" : "ends at byte " + std::to_string(size);
        EXPECT_NE(reading.error.find(words), std::string::npos) << reading.error;
        EXPECT_NE(read_through_index(temporary.path()).error, "");
        ASSERT_FALSE(HasFailure());
    }
}

TEST_P(Damage, AnythingBehindTheEnd) {
    Bytes longer = file_;
    longer.push_back(0);
    expect_refused(longer, trace_, 3);
    Bytes twice = file_;
    twice.insert(twice.end(), file_.begin(), file_.end());
    expect_refused(twice, trace_, 3);
    // The index once more, with its own place corrected: it looks right from the end.
    std::vector<Bytes> parts = split(file_);
    parts.push_back(parts.back());
    Bytes again = join(parts);
    put(again, again.size() - 8, file_.size(), 8);
    reseal(again, file_.size(), parts.back().size() - kHeadSize);
    expect_refused(again, trace_, 3);
}

// parts: 0 beginning, 1 header, 2 to 4 chunks, 5 end, 6 index
TEST_P(Damage, PartsOutOfPlace) {
    const std::vector<Bytes> parts = split(file_);
    ASSERT_EQ(parts.size(), 7U);
    const auto arranged = [&](std::initializer_list<std::size_t> order) {
        std::vector<Bytes> result;
        for (const std::size_t part : order)
            result.push_back(parts[part]);
        return join(result);
    };
    expect_refused(arranged({0, 1, 3, 2, 4, 5, 6}), trace_, 0);
    expect_refused(arranged({0, 1, 2, 4, 3, 5, 6}), trace_, 1);
    expect_refused(arranged({0, 1, 2, 2, 3, 4, 5, 6}), trace_, 1);
    expect_refused(arranged({0, 1, 2, 2, 4, 5, 6}), trace_, 1);
    expect_refused(arranged({0, 1, 2, 4, 5, 6}), trace_, 1);
    expect_refused(arranged({0, 1, 2, 3, 5, 6}), trace_, 2);
    expect_refused(arranged({0, 1, 5, 2, 3, 4, 6}), trace_, 0);
    expect_refused(arranged({0, 1, 2, 3, 4, 6, 5}), trace_, 3);
    expect_refused(arranged({0, 1, 2, 3, 4, 6}), trace_, 3);
    expect_refused(arranged({0, 1, 2, 3, 4, 5, 5, 6}), trace_, 3);
    expect_refused(arranged({0, 1, 1, 2, 3, 4, 5, 6}), trace_, 0);
    expect_refused(arranged({0, 2, 3, 4, 5, 6}), trace_, 0);
    expect_refused(arranged({1, 2, 3, 4, 5, 6}), trace_, 0);
}

// Chunks of one size, so that the index stays right and only what chunks say of themselves can
// tell.
TEST(DamageOfChunks, SwappedOrRepeatedUnderACorrectIndex) {
    SampleTrace trace = sample_trace(4);
    for (OwnedChunk& chunk : trace.chunks)
        chunk.log.resize(16);
    std::vector<Bytes> parts = split(bytes_of(trace));
    std::swap(parts[2], parts[3]);
    expect_refused(join(parts), trace, 0);
    parts[2] = parts[3];
    parts[3] = parts[4];
    expect_refused(join(parts), trace, 1);
}

TEST(DamageOfChunks, FromAnotherTrace) {
    const SampleTrace trace = sample_trace(4);
    const std::vector<Bytes> parts = split(bytes_of(trace));
    const auto expect_foreign_parts_refused = [&](const std::function<void(TraceHeader&)>& change) {
        SampleTrace other = trace;
        change(other.header);
        const std::vector<Bytes> others = split(bytes_of(other));
        for (std::size_t i = 1; i < parts.size(); ++i) {
            std::vector<Bytes> mixed = parts;
            mixed[i] = others[i];
            const std::size_t before = i < 2 ? 0 : std::min<std::size_t>(i - 2, 4);
            expect_refused(join(mixed), trace, before);
        }
    };
    expect_foreign_parts_refused([](TraceHeader& header) { header.program[31] ^= 1; });
    expect_foreign_parts_refused([](TraceHeader& header) { header.platform = "other"; });
    expect_foreign_parts_refused([](TraceHeader& header) { header.input = TraceInput::kept({1}); });
    expect_foreign_parts_refused(
        [](TraceHeader& header) { header.input = TraceInput::left_out(*header.input.bytes); });
}

TEST(DamageOfChunks, AShortChunkInTheMiddle) {
    SampleTrace trace = sample_trace(3);
    Bytes file = bytes_of(trace);
    const std::size_t chunk = part_offsets(file)[2];
    put(file, chunk + kHeadSize, kSampleChunkSteps - 1, 8);
    reseal(file, chunk, part_offsets(file)[3] - chunk - kHeadSize);
    trace.chunks[1].steps -= 1;
    expect_refused(file, trace, 2);
}

TEST(Foreign, FilesAreNoTraces) {
    const TemporaryFile temporary;
    for (const Bytes& bytes : {Bytes{}, Bytes{'h'}, Bytes(1000), Bytes{0x7F, 'E', 'L', 'F'}}) {
        put_bytes(bytes, temporary.path());
        EXPECT_NE(read_from_front(temporary.path()).error.find("is not a trace"),
                  std::string::npos);
        EXPECT_NE(read_through_index(temporary.path()).error.find("is not a trace"),
                  std::string::npos);
    }
    EXPECT_NE(read_from_front("/").error, "");
    EXPECT_NE(read_through_index("/dev/null").error.find("no regular file"), std::string::npos);
    EXPECT_NE(read_through_index("/nowhere/x").error.find("cannot open /nowhere/x"),
              std::string::npos);
}

TEST(Foreign, OtherVersions) {
    Bytes file = bytes_of(sample_trace(1));
    for (const std::uint32_t version : {0U, 2U, ~0U}) {
        put(file, 8, version, 4);
        expect_refused(file, ("version " + std::to_string(version)).c_str());
    }
}

/// A field of a part that gets a value, everything else as before, checksums right.
struct Lie {
    std::size_t part;   ///< 0 the header, then chunks 0 to 2, the end, the index
    std::size_t field;  ///< offset from the part's start
    std::size_t size;   ///< of the field
    std::uint64_t value;
    const char* words;  ///< of the message
};

constexpr Lie kLies[] = {
    {0, 0, 4, 0x12345678, "no part has this tag"},
    {0, 4, 4, 0xFFFFFFFF, "its size"},
    {0, 4, 4, (1U << 30) + 338, "ends at byte"},
    {0, 4, 4, 83, "its size"},
    {0, 8, 8, 0, "trace id"},
    {0, 24, 8, 0, "chunks of 0 steps"},
    {0, 24, 8, (1U << 30) + 1, "chunks of 1073741825 steps"},
    {0, 64, 1, 2, "compression 2"},
    {0, 65, 1, 2, "neither 0 nor 1"},
    {0, 65, 1, 0, "bytes of input"},
    {0, 66, 1, 0, "platform's name"},
    {0, 66, 1, 255, "platform's name"},
    {0, 66, 1, 6, "bytes of input"},
    {0, 67, 8, ~std::uint64_t{0}, "over the limit"},
    {0, 67, 8, 1U << 30, "bytes of input"},
    {0, 75, 1, 0, "does not have the hash"},
    {0, 107, 1, '\n', "platform's name"},
    {2, 4, 4, 0xFFFFFFFF, "its size"},
    {2, 4, 4, (1U << 30) + 286, ""},
    {2, 4, 4, 285, "its size"},
    {2, 8, 8, 1, "another trace"},
    {2, 24, 8, 0, "it has 0 steps"},
    {2, 24, 8, 1001, "it has 1001 steps"},
    {2, 32, 8, 999, "no chunk of 1000 steps starts at step 999"},
    {2, 32, 8, ~std::uint64_t{0} / 1000 * 1000, "no chunk of 1000 steps starts at"},
    {2, 32, 8, 2000, "2000"},
    {2, 24 + 8 + 264, 1, 2, "neither 0 nor 1"},
    {2, 24 + 8 + 264, 1, 0, "has an address"},
    {2, 24 + 281, 1, 2, "compression 2"},
    {2, 24 + 281, 1, 1, "without compression"},
    {2, 24 + 282, 4, 0xFFFFFFFF, "over the limit"},
    {2, 24 + 282, 4, 1U << 30, "do not hold a log"},
    {2, 24 + 282, 4, 0, "do not hold a log"},
    {4, 4, 4, 341, "its size"},
    {4, 24, 1, 3, "kind of stop 3"},
    {4, 24, 1, 0, "exit code"},
    {4, 24, 1, 2, "exit code"},
    {4, 26, 1, 1, "without a fault"},
    {4, 26, 1, 11, "kind of fault 11"},
    {4, 27, 8, 1, "without a fault"},
    {4, 24 + 27, 8, 4000, "4000"},
    {4, 24 + 27, 8, 2000, "2000"},
    {5, 4, 4, 0xFFFFFFF8, ""},
    {5, 4, 4, (1U << 31) + 16, ""},
    {5, 4, 4, 32, ""},
    {5, 24, 8, 0, "the index"},
    {5, 32, 8, 0, "the index"},
    {5, 40, 8, ~std::uint64_t{0}, "the index"},
    {5, 48, 8, 1, ""},
    {5, 56, 8, 0, ""},
    {5, 56, 8, ~std::uint64_t{0}, ""},
};

TEST(Lies, AreRefusedAndCostNoMemory) {
    const Bytes whole = bytes_of(sample_trace(3));
    const std::vector<std::size_t> offsets = part_offsets(whole);
    for (const Lie& lie : kLies) {
        SCOPED_TRACE(testing::Message()
                     << "part " << lie.part << " field " << lie.field << " value " << lie.value);
        Bytes file = whole;
        const std::size_t part = offsets[lie.part];
        put(file, part + lie.field, lie.value, lie.size);
        reseal(file, part, offsets[lie.part + 1] - part - kHeadSize);
        const std::size_t before = allocated();
        reset_peak();
        expect_refused(file, lie.words);
        EXPECT_LT(peak_allocated() - before, 4U << 20);
    }
}

TEST(Lies, FaultsAreWhereTheRunStopped) {
    SampleTrace trace = sample_trace(2);
    trace.end.stop = {Stop::Kind::faulted, 0, {FaultKind::breakpoint, 4, 4, 1122}};
    ASSERT_EQ(trace.end.final.step, 1123U);
    expect_refused(bytes_of(trace), "the fault's step");
}

/// A trace of one chunk whose log is this frame and says that it has `log_size` bytes.
Bytes trace_with_frame(const Bytes& frame, std::uint32_t log_size) {
    std::vector<Bytes> parts = split(bytes_of(sample_trace(1, Compression::zstd)));
    Bytes& chunk = parts[2];
    const std::size_t grown = frame.size();
    chunk.insert(chunk.end(), frame.begin(), frame.end());
    put(chunk, 4, kChunkFixedSize + grown, 4);
    put(chunk, kHeadSize + 281, 1, 1);
    put(chunk, kHeadSize + 282, log_size, 4);
    reseal(chunk, 0, chunk.size() - kHeadSize);
    Bytes& index = parts.back();
    for (std::size_t entry = 1; entry < 3; ++entry) {
        const std::size_t at = kHeadSize + 8 * entry;
        std::uint64_t offset = 0;
        for (std::size_t i = 8; i-- > 0;)
            offset = offset << 8 | index[at + i];
        put(index, at, offset + grown, 8);
    }
    reseal(index, 0, index.size() - kHeadSize);
    return join(parts);
}

/// 1000 zeros as zstd's command makes them: single segment, one RLE block.
const Bytes kZeros{0x28, 0xB5, 0x2F, 0xFD, 0x60, 0xE8, 0x02, 0x43, 0x1F, 0x00, 0x00};

TEST(Lies, FramesMustHoldWhatIsSaid) {
    const TemporaryFile temporary;
    put_bytes(trace_with_frame(kZeros, 1000), temporary.path());
    const Reading reading = read_from_front(temporary.path());
    EXPECT_EQ(reading.error, "");
    ASSERT_EQ(reading.chunks.size(), 1U);
    EXPECT_EQ(reading.chunks[0].log, Bytes(1000));
    EXPECT_EQ(read_through_index(temporary.path()).error, "");

    for (const std::uint32_t size : {999U, 1001U, 1U << 30}) {
        const std::size_t before = allocated();
        reset_peak();
        expect_refused(trace_with_frame(kZeros, size), "no zstd frame");
        EXPECT_LT(peak_allocated() - before, 4U << 20);
    }
    Bytes twice = kZeros;
    twice.insert(twice.end(), kZeros.begin(), kZeros.end());
    expect_refused(trace_with_frame(twice, 1000), "no zstd frame");
    expect_refused(trace_with_frame(Bytes(kZeros.begin(), kZeros.end() - 1), 1000),
                   "no zstd frame");
    expect_refused(trace_with_frame({}, 1000), "no zstd frame");
    expect_refused(trace_with_frame(Bytes(20), 1000), "no zstd frame");
    Bytes other = kZeros;  // declares 1000 bytes, but its block has 744
    other[7] = 0x43, other[8] = 0x17;
    expect_refused(trace_with_frame(other, 1000), "cannot be decompressed");
}

// Random damage under right checksums: whatever comes of it, no crash and no memory to speak of.
TEST(Lies, RandomOnesDoNotCrash) {
    const Bytes plain = bytes_of(sample_trace(3));
    const Bytes compressed = bytes_of(sample_trace(3, Compression::zstd));
    std::mt19937 random(1);
    const TemporaryFile temporary;
    for (int round = 0; round < 3000; ++round) {
        const Bytes& whole = round % 2 == 0 ? plain : compressed;
        const std::vector<std::size_t> offsets = part_offsets(whole);
        Bytes file = whole;
        const std::size_t which = random() % (offsets.size() - 1);
        const std::size_t part = offsets[which], size = offsets[which + 1] - part;
        for (unsigned change = 0; change <= random() % 4; ++change)
            file[part + random() % size] = static_cast<std::uint8_t>(random());
        reseal(file, part, size - kHeadSize);
        put_bytes(file, temporary.path());
        const std::size_t before = allocated();
        reset_peak();
        const Reading front = read_from_front(temporary.path());
        const Reading index = read_through_index(temporary.path());
        EXPECT_LT(peak_allocated() - before, 8U << 20);
        EXPECT_EQ(front.error.empty(), index.error.empty()) << front.error << '\n' << index.error;
    }
}

// The file shrinks after it was opened.
TEST(Shrinking, IsAnErrorAndNoCrash) {
    const TemporaryFile temporary;
    write_trace(sample_trace(3), temporary.path());
    const TraceReader reader(temporary.path());
    LogBuffer buffer;
    reader.read(2, buffer);
    ASSERT_EQ(::truncate(temporary.path().c_str(), 500), 0);
    EXPECT_THROW(reader.read(2, buffer), Error);
    EXPECT_THROW(reader.read(0, buffer), Error);
}

}  // namespace
}  // namespace reprise::test
