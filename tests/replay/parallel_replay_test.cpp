/// Runs that are recorded, streamed and replayed in parallel: by every engine, from memory and
/// file.
#include "replay/parallel_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <random>
#include <thread>

#include "base/error.h"
#include "compiler/engine.h"
#include "differential/compare_program.h"
#include "differential/generator.h"
#include "machine/interpreter.h"
#include "platform/platform.h"
#include "replay/factory.h"
#include "trace/file_consumer.h"
#include "trace/samples.h"

namespace reprise::testing {
namespace {

std::shared_ptr<const Program> load(const GuestProgram& guest) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
}

using test::TemporaryFile;

ParallelReplayOptions options_for(const std::shared_ptr<const Program>& program,
                                  ReplayEngine engine, unsigned threads) {
    const std::string platform = resolve_platform("auto", *program);
    return {.name = "trace",
            .program = program,
            .platform = platform,
            .make_replay = make_replay_factory(program, platform, engine),
            .threads = threads};
}

struct Outcome {
    Recorded recorded;
    Bytes output;
};

Outcome record(const std::shared_ptr<const Program>& program, ReplayEngine engine,
               const RecordOptions& options, std::span<ChunkConsumer* const> consumers) {
    Outcome run;
    OutputSum sum;
    const Sink collect = [&run](std::span<const std::uint8_t> bytes) {
        run.output.insert(run.output.end(), bytes.begin(), bytes.end());
    };
    Machine machine(program, make_environment("auto", *program, {.output = sum.sink(collect)}),
                    Memory::Placement::anywhere);
    std::unique_ptr<Engine> runner = std::make_unique<InterpretedEngine>();
    if (engine == ReplayEngine::compiled) {
        runner = std::make_unique<compiler::CompiledEngine>(compiler::compile(
            program, {.placement = machine.memory().placement(), .mode = compiler::Mode::record}));
    }
    run.recorded = record_chunks(machine, *runner, options, sum, consumers);
    return run;
}

TraceHeader header_for(const Program& program, std::uint64_t chunk_steps) {
    return {.chunk_steps = chunk_steps,
            .program = program.identity(),
            .platform = resolve_platform("auto", program),
            .input = TraceInput::kept({})};
}

/// Records into a file and answers its bytes.
Bytes record_file(const std::shared_ptr<const Program>& program, ReplayEngine engine,
                  const RecordOptions& options, const std::filesystem::path& path) {
    FileConsumer file(path, header_for(*program, options.chunk_steps));
    ChunkConsumer* const consumers[] = {&file};
    const Outcome run = record(program, engine, options, consumers);
    file.finish(run.recorded.end);
    return read_file(path, std::size_t{1} << 30);
}

constexpr std::uint64_t kMostSteps = 100'000;

class Recordings : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Recordings, AgreeInAllCombinations) {
    const Case chosen = case_of_seed(GetParam());
    const auto program = load(generate(GetParam(), chosen.program));
    for (const std::uint64_t chunk_steps : {77, 1000, 1 << 20}) {
        const RecordOptions options{.chunk_steps = chunk_steps, .max_steps = kMostSteps};
        const TemporaryFile one, other;
        const Bytes interpreted =
            record_file(program, ReplayEngine::interpreted, options, one.path());
        const Bytes compiled = record_file(program, ReplayEngine::compiled, options, other.path());
        ASSERT_TRUE(interpreted == compiled) << "the traces differ";

        const TraceReader reader(one.path());
        std::optional<Counts> expected;
        for (const ReplayEngine engine : {ReplayEngine::interpreted, ReplayEngine::compiled}) {
            for (const unsigned threads : {1, 2, 5}) {
                Replayed from_file = replay_file(reader, options_for(program, engine, threads));
                StreamedReplay stream(options_for(program, engine, threads));
                ChunkConsumer* const consumers[] = {&stream};
                const Outcome run = record(program, engine, options, consumers);
                const Replayed streamed = stream.finish(run.recorded.end);
                if (expected) {
                    EXPECT_TRUE(from_file.counts == *expected);
                } else {
                    expected = std::move(from_file.counts);
                }
                EXPECT_TRUE(streamed.counts == *expected);
                EXPECT_EQ(streamed.chunks, reader.chunk_count());
                EXPECT_EQ(streamed.log_bytes, from_file.log_bytes);
                EXPECT_EQ(summarize(*expected, *program).steps, run.recorded.end.final.step);
            }
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, Recordings, ::testing::Range<std::uint64_t>(50, 70));

/// Counts down, with a load and a store each time round.
GuestProgram counting_guest(std::uint64_t rounds) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(64);
    code.constant(5, rounds);
    code.constant(6, guest.data_address);
    const Label head = code.here();
    code.i(isa::Op::ld, 7, 6, 8);
    code.i(isa::Op::addi, 7, 7, 3);
    code.store(isa::Op::sd, 7, 6, 8);
    code.i(isa::Op::addi, 5, 5, -1);
    code.branch(isa::Op::bne, 5, 0, head);
    code.exit(0);
    return guest;
}

/// A guest of the platform zisk that stores a word of output and comes to `last`.
template <class Last>
std::shared_ptr<const Program> zisk_guest(std::size_t steps_before, Last last) {
    GuestProgram guest{.text_address = 0x8000'0000, .data_address = 0xA003'0000};
    guest.data.resize(256);
    guest.data[0] = 10;  // of a BLAKE2b round: an index that there is not, state, message
    for (const std::size_t at : {8, 16}) {
        const std::uint64_t address = guest.data_address + 64;
        std::memcpy(guest.data.data() + at, &address, sizeof address);
    }
    CodeWriter code(guest.items);
    code.relative_address(5, guest.data_address);
    for (std::size_t i = 0; i < steps_before; ++i)
        code.store(isa::Op::sd, 5, reg::a1, 0);
    last(code);
    code.exit(0);
    return load(guest);
}

/// What the last step, or a return that is none, reads belongs to the last chunk that has steps.
void expect_replays_in_chunks_of_any_size(const std::shared_ptr<const Program>& program,
                                          Stop::Kind kind) {
    for (std::uint64_t chunk_steps = 1; chunk_steps <= 12; ++chunk_steps) {
        const RecordOptions options{.chunk_steps = chunk_steps};
        const TemporaryFile one, other;
        const Bytes interpreted =
            record_file(program, ReplayEngine::interpreted, options, one.path());
        ASSERT_TRUE(interpreted ==
                    record_file(program, ReplayEngine::compiled, options, other.path()));
        const TraceReader reader(one.path());
        EXPECT_EQ(reader.end().stop.kind, kind);
        for (const ReplayEngine engine : {ReplayEngine::interpreted, ReplayEngine::compiled}) {
            const ParallelReplayOptions replay = options_for(program, engine, 2);
            const Replayed replayed = replay_file(reader, replay);
            EXPECT_EQ(replayed.chunks, reader.chunk_count());
            EXPECT_EQ(replayed.stop, reader.end().stop);
            if (kind == Stop::Kind::faulted) {  // a trace has no texts
                EXPECT_EQ(reader.end().stop.fault.subject, nullptr);
                EXPECT_NE(replayed.stop.fault.subject, nullptr);
                EXPECT_NE(replayed.stop.fault.reason, nullptr);
            }
            StreamedReplay stream(replay);
            ChunkConsumer* const consumers[] = {&stream};
            EXPECT_NO_THROW(
                stream.finish(record(program, engine, options, consumers).recorded.end));
        }
    }
}

TEST(Zisk, ReplaysReturnsThatEndTheRun) {
    for (const std::size_t before : {0, 1, 4, 5, 8})
        expect_replays_in_chunks_of_any_size(
            zisk_guest(before, [](CodeWriter& code) { code.i(isa::Op::jalr, 0, reg::ra, 0); }),
            Stop::Kind::exited);
}

TEST(Zisk, ReplaysEcallsThatEndTheRun) {
    for (const std::size_t before : {0, 1, 4, 5, 8})
        expect_replays_in_chunks_of_any_size(zisk_guest(before, [](CodeWriter&) {}),
                                             Stop::Kind::exited);
}

TEST(Zisk, ReplaysPrecompilesThatAreRefusedBehindAChunk) {
    for (const std::size_t before : {0, 1, 4, 5, 8})
        expect_replays_in_chunks_of_any_size(
            zisk_guest(before, [](CodeWriter& code) { code.i(isa::Op::csrrs, 0, 5, 0x819); }),
            Stop::Kind::faulted);
}

/// Nothing was read yet that a chunk could hold.
TEST(Zisk, ReplaysAPrecompileThatIsRefusedAtStep0) {
    GuestProgram guest{.text_address = 0x8000'0000, .data_address = 0xA003'0000};
    guest.data.resize(64);
    CodeWriter(guest.items).i(isa::Op::csrrs, 0, reg::a1, 0x802);  // a structure of null pointers
    expect_replays_in_chunks_of_any_size(load(guest), Stop::Kind::faulted);
}

/// Lets `good` chunks pass.
class FailingConsumer final : public ChunkConsumer {
public:
    explicit FailingConsumer(std::uint64_t good) : good_(good) {}
    void take(SharedChunk chunk) override {
        if (chunk->index == good_) throw Error("no more than {} chunks", good_);
    }

private:
    std::uint64_t good_;
};

TEST(Stream, AConsumerThatFailsStopsTheRun) {
    const auto program = load(counting_guest(1'000'000));
    FailingConsumer failing(5);
    StreamedReplay replay(options_for(program, ReplayEngine::compiled, 2));
    ChunkConsumer* const consumers[] = {&replay, &failing};
    try {
        record(program, ReplayEngine::compiled, {.chunk_steps = 10'000}, consumers);
        FAIL() << "went on";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no more than 5 chunks");
    }
}

TEST(Stream, AReplayThatCannotBeMadeStopsTheRun) {
    const auto program = load(counting_guest(1'000'000));
    ParallelReplayOptions options = options_for(program, ReplayEngine::compiled, 3);
    options.make_replay = []() -> std::unique_ptr<Replay> {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        throw Error("no replay");
    };
    for (const std::uint64_t memory : {1, 640'000}) {  // less than a chunk; several
        StreamedReplay replay(options);
        ChunkConsumer* const consumers[] = {&replay};
        try {
            record(program, ReplayEngine::compiled, {.chunk_steps = 10'000, .buffer_bytes = memory},
                   consumers);
            FAIL() << "went on";
        } catch (const Error& error) {
            EXPECT_STREQ(error.what(), "no replay");
        }
    }
}

/// Bytes of this process in memory.
/// Replays slowly and counts what all of its kind have replayed.
class SlowReplay final : public Replay {
public:
    SlowReplay(std::unique_ptr<Replay> replay, std::atomic<std::uint64_t>& replayed)
        : replay_(std::move(replay)), replayed_(replayed) {}

    ReplayResult replay(const ReplayInput& input) override {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ReplayResult result = replay_->replay(input);
        ++replayed_;
        return result;
    }
    void add_counts_to(Counts& sum) const override { replay_->add_counts_to(sum); }
    void forget_counts() override { replay_->forget_counts(); }

private:
    std::unique_ptr<Replay> replay_;
    std::atomic<std::uint64_t>& replayed_;
};

class WaitingChunks final : public ChunkConsumer {
public:
    explicit WaitingChunks(const std::atomic<std::uint64_t>& replayed) : replayed_(replayed) {}
    void take(SharedChunk chunk) override { most = std::max(most, chunk->index - replayed_); }

    std::uint64_t most = 0;

private:
    const std::atomic<std::uint64_t>& replayed_;
};

/// Memory that was used a moment ago is still in the caches, so chunks do not pile up: eight wait,
/// one is being replayed, one is held back.
TEST(Stream, TheExecutorHelpsWhenReplayFallsBehind) {
    const auto program = load(counting_guest(200'000));
    std::atomic<std::uint64_t> replayed = 0;
    ParallelReplayOptions options = options_for(program, ReplayEngine::compiled, 2);
    options.make_replay = [make = options.make_replay, &replayed] {
        return std::make_unique<SlowReplay>(make(), replayed);
    };
    StreamedReplay replay(options);
    WaitingChunks waiting(replayed);
    ChunkConsumer* const consumers[] = {&replay, &waiting};
    const Outcome run = record(program, ReplayEngine::compiled, {.chunk_steps = 10'000}, consumers);
    EXPECT_EQ(replay.finish(run.recorded.end).chunks, 101);
    EXPECT_LE(waiting.most, 10);
}

std::uint64_t resident_bytes() {
    std::uint64_t all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * 4096;
}

#ifdef __SANITIZE_THREAD__
constexpr std::uint64_t kResidentPerByte = 4;  ///< shadow memory
#else
constexpr std::uint64_t kResidentPerByte = 1;
#endif

/// Large logs and small ones in turn, each let go of by another thread: what rests is bounded by
/// the room that it has, not by what it holds.
TEST(Stream, ThePoolKeepsNoMoreThanItsLimit) {
    constexpr std::uint64_t kLimit = 32 << 20, kLarge = 7 << 20;
    const Bytes large(kLarge), small(10);
    const std::uint64_t before = resident_bytes();
    ChunkPool pool(kLimit);
    for (int i = 0; i < 40; ++i) {
        for (int j = 0; j <= i; ++j) {
            std::unique_ptr<RecordedChunk> chunk = pool.take();
            chunk->log.append(std::span(j == 0 ? large : small));
            std::thread([shared = pool.hand_out(std::move(chunk))] {}).join();
        }
    }
    EXPECT_LE(resident_bytes(), before + 2 * kLimit * kResidentPerByte);
}

TEST(Stream, AFullDiskStopsTheRun) {
    const auto program = load(counting_guest(10'000'000));
    try {
        FileConsumer file("/dev/full", header_for(*program, 10'000));
        FAIL() << "the header was written";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("/dev/full at byte 0"), std::string::npos)
            << error.what();
    }
}

/// Takes its time over each chunk, and sees how many wait meanwhile.
class SlowConsumer final : public ChunkConsumer {
public:
    SlowConsumer() : thread_([this] { work(); }) {}
    ~SlowConsumer() override { finish(); }
    void take(SharedChunk chunk) override {
        most_ = std::max(most_, ++waiting_);
        chunks_.push(std::move(chunk));
    }
    int finish() {
        chunks_.close();
        if (thread_.joinable()) thread_.join();
        return most_;
    }

private:
    void work() {
        while (auto chunk = chunks_.pop()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            --waiting_;
            chunk.reset();
        }
    }

    BlockingQueue<SharedChunk> chunks_;
    std::atomic<int> waiting_{0};
    int most_ = 0;
    std::thread thread_;
};

TEST(Stream, TheExecutorWaitsForSlowConsumers) {
    const auto program = load(counting_guest(400'000));
    SlowConsumer slow;
    ChunkConsumer* const consumers[] = {&slow};
    // A chunk has room for 8 bytes a step.
    constexpr std::uint64_t kSteps = 20'000, kChunks = 4;
    const Outcome run =
        record(program, ReplayEngine::compiled,
               {.chunk_steps = kSteps, .buffer_bytes = kChunks * 8 * kSteps}, consumers);
    EXPECT_GE(run.recorded.executed.chunks, 100);
    EXPECT_LE(slow.finish(), static_cast<int>(kChunks) + 1);
}

TEST(Stream, ChunksBeyondTheMemoryForThemAreReplayedAndWritten) {
    const auto program = load(counting_guest(100'000));
    const TemporaryFile written;
    for (const std::uint64_t memory : {1, 100'000}) {
        StreamedReplay replay(options_for(program, ReplayEngine::compiled, 2));
        FileConsumer file(written.path(), header_for(*program, 30'000));
        ChunkConsumer* const consumers[] = {&replay, &file};
        const Outcome run = record(program, ReplayEngine::compiled,
                                   {.chunk_steps = 30'000, .buffer_bytes = memory}, consumers);
        EXPECT_GE(run.recorded.executed.chunks, 10);
        EXPECT_EQ(replay.finish(run.recorded.end).chunks, run.recorded.executed.chunks);
        file.finish(run.recorded.end);
    }
}

TEST(Stream, EndsWithoutAnEmptyChunk) {
    const auto program = load(counting_guest(100'000));
    for (const std::uint64_t max_steps : {0, 1, 999, 1000, 1001, 5000}) {
        StreamedReplay replay(options_for(program, ReplayEngine::compiled, 2));
        ChunkConsumer* const consumers[] = {&replay};
        const Outcome run = record(program, ReplayEngine::compiled,
                                   {.chunk_steps = 1000, .max_steps = max_steps}, consumers);
        EXPECT_EQ(run.recorded.executed.chunks, (max_steps + 999) / 1000);
        EXPECT_EQ(run.recorded.end.final.step, max_steps);
        EXPECT_EQ(replay.finish(run.recorded.end).chunks, run.recorded.executed.chunks);
    }
}

TEST(Stream, AFaultAtAChunksStartIsChecked) {
    GuestProgram guest;
    CodeWriter code(guest.items);
    for (int i = 0; i < 20; ++i)
        code.i(isa::Op::addi, 5, 5, 1);
    code.i(isa::Op::ld, 7, 0, 8);  // below all that is mapped
    const auto program = load(guest);
    for (const std::uint64_t chunk_steps : {1, 20, 7, 1000}) {
        for (const ReplayEngine engine : {ReplayEngine::interpreted, ReplayEngine::compiled}) {
            StreamedReplay replay(options_for(program, engine, 2));
            ChunkConsumer* const consumers[] = {&replay};
            const Outcome run = record(program, engine, {.chunk_steps = chunk_steps}, consumers);
            EXPECT_EQ(run.recorded.end.stop.kind, Stop::Kind::faulted);
            EXPECT_EQ(run.recorded.end.stop.fault.step, 20);
            EXPECT_NO_THROW(replay.finish(run.recorded.end));
        }
    }
}

/// What a file says that nobody has made.
class LyingTrace : public ::testing::Test {
protected:
    void SetUp() override {
        program_ = load(counting_guest(2'000));
        record_file(program_, ReplayEngine::compiled, {.chunk_steps = 1000}, file_.path());
        const TraceReader reader(file_.path());
        header_ = reader.header();
        end_ = reader.end();
        for (std::uint64_t i = 0; i < reader.chunk_count(); ++i) {
            LogBuffer buffer;
            const Chunk chunk = reader.read(i, buffer);
            starts_.push_back(chunk.start);
            steps_.push_back(chunk.steps);
            logs_.emplace_back(chunk.log.begin(), chunk.log.end());
        }
    }

    /// Writes what is noted, and answers what replay says of it.
    std::string verdict(ReplayEngine engine) {
        const TemporaryFile file;
        TraceWriter writer(file.path(), header_);
        for (std::size_t i = 0; i < starts_.size(); ++i)
            writer.write({.start = starts_[i], .steps = steps_[i], .log = logs_[i]});
        writer.finish(end_);
        try {
            replay_file(TraceReader(file.path()), options_for(program_, engine, 2));
            return "";
        } catch (const Error& error) {
            return error.what();
        }
    }
    void expect_verdict(const std::string& part) {
        for (const ReplayEngine engine : {ReplayEngine::interpreted, ReplayEngine::compiled}) {
            const std::string text = verdict(engine);
            EXPECT_NE(text.find(part), std::string::npos) << text;
        }
    }

    std::shared_ptr<const Program> program_;
    TemporaryFile file_;
    TraceHeader header_;
    TraceEnd end_;
    std::vector<Checkpoint> starts_;
    std::vector<std::uint64_t> steps_;
    std::vector<Bytes> logs_;
};

TEST_F(LyingTrace, IsRightAsItIs) {
    EXPECT_EQ(verdict(ReplayEngine::interpreted), "");
    EXPECT_EQ(verdict(ReplayEngine::compiled), "");
}

TEST_F(LyingTrace, AChangedValueIsFoundAtTheNextChunk) {
    logs_[3].end()[-8] ^= 1;  // the last one, which the next chunk's start shows
    expect_verdict("trace: chunk 3 does not end where chunk 4 starts");
}

TEST_F(LyingTrace, AChangedStartIsFound) {
    starts_[5].x[28] += 1;
    expect_verdict("trace: chunk 4 does not end where chunk 5 starts");
}

TEST_F(LyingTrace, AChangedFirstStartIsFound) {
    starts_[0].x[2] += 16;
    expect_verdict("trace: chunk 0 does not start as the program does");
}

TEST_F(LyingTrace, AShortOrLongLogIsFound) {
    logs_[2].pop_back();
    expect_verdict("trace: chunk 2: the read log ends too early");
    logs_[2].resize(logs_[2].size() + 9);
    expect_verdict("trace: chunk 2: 8 bytes of the read log are left over");
}

TEST_F(LyingTrace, AnotherEndIsFound) {
    end_.stop.exit_code = 1;
    expect_verdict("trace: the last chunk does not end as the trace says");
    end_.stop.exit_code = 0;
    end_.output_hash[0] ^= 1;
    expect_verdict("trace: the public output is not the one that the trace says");
}

TEST_F(LyingTrace, TheFirstWrongChunkIsTheError) {
    for (std::size_t i = 2; i + 1 < logs_.size(); ++i)
        logs_[i].end()[-8] ^= 1;
    for (int i = 0; i < 20; ++i)
        expect_verdict("trace: chunk 2 does not end where chunk 3 starts");
}

TEST_F(LyingTrace, AnotherProgramIsRefused) {
    header_.program[7] ^= 1;
    expect_verdict("is a trace of another program");
}

/// Wrong logs send the guest anywhere: to wild addresses, through wild jumps.
TEST(LyingLogs, NeverCrashAndNeverPassUnseenByTheInterpreter) {
    std::minstd_rand random(7);
    unsigned refused = 0;
    for (std::uint64_t seed = 300; seed < 340; ++seed) {
        const auto program = load(generate(seed, case_of_seed(seed).program));
        const auto compiled = make_replay_factory(program, "reprise", ReplayEngine::compiled)();
        const auto interpreted =
            make_replay_factory(program, "reprise", ReplayEngine::interpreted)();
        std::vector<SharedChunk> chunks;
        struct Collector final : ChunkConsumer {
            explicit Collector(std::vector<SharedChunk>& into) : chunks(into) {}
            void take(SharedChunk chunk) override { chunks.push_back(std::move(chunk)); }
            std::vector<SharedChunk>& chunks;
        } collector(chunks);
        ChunkConsumer* const consumers[] = {&collector};
        record(program, ReplayEngine::compiled, {.chunk_steps = 3000, .max_steps = kMostSteps},
               consumers);
        for (const SharedChunk& chunk : chunks) {
            GuardedBuffer log(chunk->log.bytes());
            const std::size_t size = chunk->log.size();
            if (size == 0) continue;
            for (int i = 0; i < 3; ++i)
                log.data()[random() % size] = static_cast<std::uint8_t>(random());
            const std::size_t kept = random() % 4 == 0 ? random() % size : size;
            const ReplayInput input{
                .start = chunk->start, .steps = chunk->steps, .log = log.bytes(0, kept)};
            const auto outcome = [&](Replay& replay) -> std::optional<ReplayResult> {
                try {
                    return replay.replay(input);
                } catch (const Error&) {
                    return std::nullopt;
                }
            };
            const auto a = outcome(*interpreted), b = outcome(*compiled);
            refused += a ? 0 : 1;
            // Addresses are for the interpreter alone to look at.
            const bool is_wild = !a || a->stop.kind == Stop::Kind::faulted;
            if (is_wild) continue;
            ASSERT_TRUE(b.has_value()) << "seed " << seed;
            EXPECT_EQ(a->end, b->end) << "seed " << seed;
        }
    }
    EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace reprise::testing
