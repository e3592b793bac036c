// What a writer leaves when it cannot go on.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "base/error.h"
#include "samples.h"
#include "support/allocations.h"
#include "trace/format.h"
#include "trace/reader.h"
#include "trace/sequential_reader.h"
#include "trace/writer.h"

namespace reprise::test {
namespace {

/// The message of what is thrown.
template <class Call>
std::string error_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

bool contains(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

TEST(Writer, AFullDisk) {
    const std::string error = error_of([] { write_trace(sample_trace(1), "/dev/full"); });
    EXPECT_TRUE(contains(error, "cannot write /dev/full at byte 0: No space left")) << error;
}

TEST(Writer, PlacesThatCannotBeWritten) {
    const auto error_at = [](const char* path) {
        return error_of([&] { TraceWriter(path, sample_trace(1).header); });
    };
    EXPECT_TRUE(contains(error_at("/nowhere/trace"), "cannot create /nowhere/trace: No such file"));
    EXPECT_TRUE(contains(error_at("/proc/trace"), "cannot create /proc/trace: "));
    EXPECT_TRUE(contains(error_at("/"), "cannot create /: Is a directory"));
    EXPECT_TRUE(contains(error_at(""), "cannot create '': "));
}

// The limit of a process is like a disk that gets full: the last write comes up short first.
TEST(Writer, ADiskThatGetsFull) {
    const SampleTrace trace = sample_trace(20);
    const std::size_t whole = bytes_of(trace).size();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    for (std::size_t limit = 0; limit < whole; limit += 101) {
        SCOPED_TRACE(limit);
        const TemporaryFile file;
        rlimit small = before;
        small.rlim_cur = limit;
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const std::string error = error_of([&] { write_trace(trace, file.path()); });
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
        EXPECT_TRUE(contains(error, "at byte " + std::to_string(limit) + ": File too large"))
            << error;
        const Reading reading = read_from_front(file.path());
        EXPECT_NE(reading.error, "");
        EXPECT_TRUE(std::equal(reading.chunks.begin(), reading.chunks.end(), trace.chunks.begin()));
        EXPECT_NE(read_through_index(file.path()).error, "");
    }
    ::signal(SIGXFSZ, handler);
}

TEST(Writer, NothingMakesATraceWholeAfterAnError) {
    const SampleTrace trace = sample_trace(2);
    const TemporaryFile file;
    TraceWriter writer(file.path(), trace.header);
    writer.write(trace.chunks[0].chunk());
    OwnedChunk huge = trace.chunks[1];
    Chunk chunk = huge.chunk();
    chunk.log = {huge.log.data(), kLargestLog + 1};  // is refused before it is looked at
    EXPECT_TRUE(contains(error_of([&] { writer.write(chunk); }), "over 1 GiB"));
    EXPECT_TRUE(contains(error_of([&] { writer.write(huge.chunk()); }), "closed"));
    EXPECT_TRUE(contains(error_of([&] { writer.finish(trace.end); }), "closed"));
    const Reading reading = read_from_front(file.path());
    EXPECT_EQ(reading.chunks.size(), 1U);
    EXPECT_NE(reading.error, "");
}

TEST(Writer, WithoutFinishItIsNoWholeTrace) {
    const SampleTrace trace = sample_trace(3);
    const TemporaryFile file;
    {
        TraceWriter writer(file.path(), trace.header);
        for (const OwnedChunk& chunk : trace.chunks)
            writer.write(chunk.chunk());
    }
    const Reading reading = read_from_front(file.path());
    EXPECT_EQ(reading.chunks, trace.chunks);
    EXPECT_TRUE(contains(reading.error, "not written to its end")) << reading.error;
    EXPECT_TRUE(contains(read_through_index(file.path()).error, "not written to its end"));
}

TEST(Writer, TakesChunksThatOthersEncodedInAnyOrder) {
    for (const Compression compression : {Compression::none, Compression::zstd}) {
        const SampleTrace trace = sample_trace(9, compression);
        const TemporaryFile file;
        TraceWriter writer(file.path(), trace.header);
        ChunkEncoder first = writer.make_encoder(), second = writer.make_encoder();
        std::vector<EncodedChunk> encoded(trace.chunks.size());
        for (std::size_t i = encoded.size(); i-- != 0;)
            encoded[i] = (i % 3 == 0 ? first : second).encode(trace.chunks[i].chunk());
        for (const EncodedChunk& chunk : encoded)
            writer.write(chunk);
        writer.finish(trace.end);
        EXPECT_EQ(read_file(file.path(), 1 << 30), bytes_of(trace));
    }
}

TEST(Writer, ReplacesWhatWasThere) {
    const TemporaryFile file;
    write_trace(sample_trace(10), file.path());
    write_trace(sample_trace(1), file.path());
    EXPECT_EQ(read_through_index(file.path()).error, "");
}

TEST(Writer, DoesNotCopyLogs) {
    SampleTrace trace = sample_trace(2);
    trace.chunks[1].log.resize(8 << 20);
    const TemporaryFile file;
    const std::size_t before = allocated();
    reset_peak();
    write_trace(trace, file.path());
    EXPECT_LT(peak_allocated() - before, 1U << 20);
}

/// Writes chunks without end and tells of each one when it is written.
[[noreturn]] void write_without_end(const std::filesystem::path& path, int progress) {
    SampleTrace trace = sample_trace(0, Compression::none);
    const Bytes log = sample_chunk(0, 4 << 20).log;
    TraceWriter writer(path, trace.header);
    for (std::uint64_t i = 0;; ++i) {
        OwnedChunk chunk = sample_chunk(i, 0);
        writer.write({chunk.start, chunk.steps, std::span(log).first(i * 997 % log.size())});
        if (::write(progress, "", 1) != 1) ::_exit(1);
    }
}

/// What was told before all writers of the pipe were gone.
std::size_t count_to_end(int fd) {
    std::size_t count = 0;
    char bytes[4096];
    while (true) {
        const ssize_t got = ::read(fd, bytes, sizeof bytes);
        if (got <= 0) return count;
        count += static_cast<std::size_t>(got);
    }
}

void expect_written_prefix(const std::filesystem::path& path, std::size_t told) {
    const Bytes log = sample_chunk(0, 4 << 20).log;
    std::uint64_t count = 0;
    std::string error = error_of([&] {
        SequentialTraceReader reader(path);
        LogBuffer buffer;
        while (const std::optional<Chunk> chunk = reader.next(buffer)) {
            ASSERT_EQ(chunk->start, sample_chunk(count, 0).start);
            ASSERT_TRUE(
                std::ranges::equal(chunk->log, std::span(log).first(count * 997 % log.size())));
            ++count;
        }
    });
    EXPECT_TRUE(contains(error, "ends at byte") || contains(error, "is not a trace")) << error;
    EXPECT_GE(count, told);
    EXPECT_LE(count, told + 1);
    EXPECT_NE(read_through_index(path).error, "");
}

TEST(Writer, KilledAtAnyMomentItLeavesItsWholeChunks) {
    std::mt19937 random(std::random_device{}());
    std::size_t most = 0;
    for (int round = 0; round < 30; ++round) {
        const TemporaryFile file;
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) write_without_end(file.path(), ends[1]);
        ::close(ends[1]);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 100000));
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        const std::size_t told = count_to_end(ends[0]);
        ::close(ends[0]);
        SCOPED_TRACE(told);
        expect_written_prefix(file.path(), told);
        most = std::max(most, told);
    }
    EXPECT_GT(most, 10U) << "the writers were killed too early to tell anything";
}

}  // namespace
}  // namespace reprise::test
