/// Chunks recorded by one engine, replayed from their logs alone.
#include "replay/replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "base/error.h"
#include "compiler/engine.h"
#include "differential/compare_program.h"
#include "differential/generator.h"
#include "differential/lockstep.h"
#include "machine/interpreter.h"
#include "platform/platform.h"

namespace reprise::testing {
namespace {

std::shared_ptr<const Program> load(const GuestProgram& guest) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
}

struct RecordedChunk {
    State start;
    std::uint64_t steps = 0;
    GuardedBuffer buffer;
    GuardedBytes log;
};

/// A run, cut into chunks.
struct Recording {
    std::vector<RecordedChunk> chunks;
    State end;
    Stop stop;
    Bytes output;
};

std::unique_ptr<Engine> make_engine(Runner::Kind kind,
                                    const std::shared_ptr<const Program>& program,
                                    const Machine& machine) {
    if (kind == Runner::Kind::interpreted) return std::make_unique<InterpretedEngine>();
    return std::make_unique<compiler::CompiledEngine>(compiler::compile(
        program, {.placement = machine.memory().placement(), .mode = compiler::Mode::record}));
}

Recording record(const std::shared_ptr<const Program>& program, Runner::Kind kind,
                 std::uint64_t chunk_steps, const Bytes& input = {}) {
    Recording recording;
    const auto collect = [&](std::span<const std::uint8_t> bytes) {
        recording.output.insert(recording.output.end(), bytes.begin(), bytes.end());
    };
    Machine machine(program,
                    make_environment("auto", *program, {.input = input, .output = collect}));
    const auto engine = make_engine(kind, program, machine);
    ReadLog log;
    do {
        const State start = machine.state;
        log.clear();
        recording.stop = engine->record(machine, start.step + chunk_steps, log);
        GuardedBuffer buffer(log.bytes());
        const GuardedBytes bytes = buffer.bytes(0, log.size());
        recording.chunks.push_back({.start = start,
                                    .steps = machine.state.step - start.step,
                                    .buffer = std::move(buffer),
                                    .log = bytes});
    } while (recording.stop.kind == Stop::Kind::step_limit && machine.state.step < 1'000'000);
    recording.end = machine.state;
    return recording;
}

ReplayInput input_of(const RecordedChunk& chunk) {
    return {.start = chunk.start, .steps = chunk.steps, .log = chunk.log};
}

/// Replays in an order of its own, and checks each chunk against the next.
void expect_replays(const std::shared_ptr<const Program>& program, const Recording& recording,
                    unsigned seed) {
    const auto replay = make_interpreted_replay(program, "auto");
    std::vector<std::size_t> order(recording.chunks.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::minstd_rand(seed));
    std::vector<Bytes> outputs(order.size());
    for (const std::size_t i : order) {
        const bool is_last = i + 1 == recording.chunks.size();
        ReplayInput input = input_of(recording.chunks[i]);
        input.stops = is_last && recording.stop.kind != Stop::Kind::step_limit;
        const ReplayResult result = replay->replay(input);
        const State& end = is_last ? recording.end : recording.chunks[i + 1].start;
        EXPECT_EQ(result.end, end) << "chunk " << i << " of " << order.size();
        EXPECT_EQ(result.stop, is_last ? recording.stop : Stop{}) << "chunk " << i;
        outputs[i] = result.output;
    }
    Bytes output;
    for (const Bytes& part : outputs)
        output.insert(output.end(), part.begin(), part.end());
    EXPECT_EQ(output, recording.output);
}

class RandomRecordings : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomRecordings, ReplayInAnyOrder) {
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
        const Case chosen = case_of_seed(GetParam() + seed);
        const auto program = load(generate(GetParam() + seed, chosen.program));
        const std::uint64_t chunk_steps = 1 + (1000 + 777 * seed) % 5000;
        const Recording compiled = record(program, Runner::Kind::compiled, chunk_steps);
        const Recording interpreted = record(program, Runner::Kind::interpreted, chunk_steps);
        ASSERT_EQ(compiled.chunks.size(), interpreted.chunks.size());
        for (std::size_t i = 0; i < compiled.chunks.size(); ++i) {
            ASSERT_EQ(compiled.chunks[i].start, interpreted.chunks[i].start);
            ASSERT_TRUE(std::ranges::equal(compiled.chunks[i].log, interpreted.chunks[i].log));
        }
        expect_replays(program, compiled, static_cast<unsigned>(seed));
        if (HasFailure()) FAIL() << "seed " << GetParam() + seed;
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomRecordings, ::testing::Values(1000, 2000, 3000, 4000));

/// Reads its input, writes it out again, and asks for memory: all that comes from outside.
GuestProgram copying_guest() {
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data.resize(256);
    const std::uint64_t buffer = guest.data_address;
    code.constant(reg::a0, 0);
    code.constant(17, 214);  // brk(0)
    code.ecall();
    code.move(9, reg::a0);
    const Label head = code.here(), done = code.new_label();
    code.constant(reg::a0, 0);
    code.constant(reg::a1, buffer);
    code.constant(reg::a2, 100);
    code.constant(reg::a7, 63);  // read
    code.ecall();
    code.branch(isa::Op::beq, reg::a0, 0, done);
    code.move(reg::a2, reg::a0);
    code.constant(reg::a0, 1);
    code.constant(reg::a7, 64);  // write
    code.ecall();
    code.jal(0, head);
    code.bind(done);
    code.exit(7);
    return guest;
}

TEST(Replay, OfEcallsNeedsNeitherInputNorMemory) {
    const auto program = load(copying_guest());
    Bytes input(1'000);
    std::iota(input.begin(), input.end(), 0);
    for (const std::uint64_t chunk_steps : {1, 7, 1'000'000}) {
        const Recording recording = record(program, Runner::Kind::compiled, chunk_steps, input);
        EXPECT_EQ(recording.output, input);
        EXPECT_EQ(recording.stop.exit_code, 7);
        expect_replays(program, recording, 1);
    }
}

TEST(Replay, RefusesALogThatIsTooShortOrTooLong) {
    const auto program = load(copying_guest());
    const Recording recording = record(program, Runner::Kind::interpreted, 1'000'000, Bytes(50));
    const auto replay = make_interpreted_replay(program, "auto");
    ReplayInput input = input_of(recording.chunks.front());
    Bytes longer(input.log.begin(), input.log.end());
    longer.push_back(0);
    const GuardedBuffer buffer(longer);
    input.log = buffer.bytes(0, longer.size());
    EXPECT_THROW(replay->replay(input), Error);
    for (std::size_t size = 0; size + 1 < longer.size(); ++size) {
        input.log = buffer.bytes(0, size);
        EXPECT_THROW(replay->replay(input), Error) << size;
    }
}

}  // namespace
}  // namespace reprise::testing
