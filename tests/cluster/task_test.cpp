/// What is wrong with a task, or lies, is refused, or shows in the result.
#include "cluster/work.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <random>

#include "base/error.h"
#include "recording.h"

namespace reprise::cluster {
namespace {

using testing::CodeWriter;

class Tasks : public ::testing::Test {
protected:
    const Recording run_ = record(exiting_guest(), ReplayEngine::compiled);
    const std::unique_ptr<Work> work_ = work_for(run_, "profile");
    const std::size_t last_ = run_.chunks.size() - 1;

    std::optional<Bytes> carry_out(std::span<const std::uint8_t> task) {
        try {
            return work_->carry_out(task);
        } catch (const Error&) {
            return std::nullopt;
        }
    }
    void expect_refused(std::span<const std::uint8_t> task, const char* words = "") {
        try {
            work_->carry_out(task);
            ADD_FAILURE() << "carried out, not refused as " << words;
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
        }
    }
    /// The task is refused, or its result, or it ends where it must.
    void expect_no_wrong_result(std::span<const std::uint8_t> task, std::size_t first,
                                std::size_t count) {
        const std::optional<Bytes> result = carry_out(task);
        if (!result) return;
        const ExpectedWork expected = expected_of(run_, first, count, true);
        try {
            const WorkResult read = decode_work_result(*result, *run_.program, expected);
            EXPECT_EQ(read.end.final, expected.end);
            EXPECT_EQ(read.end.stop, expected.stop.value_or(Stop{}));
        } catch (const Error&) {
        }
    }
};

TEST_F(Tasks, OfAnotherProgramAreRefused) {
    const Recording other = record(exiting_guest(41), ReplayEngine::compiled);
    expect_refused(task_of(other, 0, 3), "another program");
    Recording lying = record(exiting_guest(), ReplayEngine::compiled);
    lying.header.program[31] ^= 1;
    expect_refused(task_of(lying, 0, 3), "another program");
}

TEST_F(Tasks, OfAnUnknownPlatformAreRefused) {
    for (const ReplayEngine engine : {ReplayEngine::compiled, ReplayEngine::interpreted}) {
        TaskFront front = front_of(run_, 0, 3);
        front.engine = engine;
        front.header.platform = "nowhere";
        expect_refused(task_of(front, std::span(run_.chunks).first(3)), "nowhere");
    }
    EXPECT_NO_THROW(work_->carry_out(task_of(run_, 0, 3)));
}

TEST_F(Tasks, OfAnotherTraceAreRefused) {
    TraceHeader other = run_.header;
    other.input = TraceInput::left_out(Bytes{1});
    Bytes task = encode_task_front(front_of(run_, 0, 2));
    append(task, encode_chunk(run_.header, run_.chunks[0]));
    append(task, encode_chunk(other, run_.chunks[1]));
    expect_refused(task, "another trace");
}

TEST_F(Tasks, CutShortAreRefused) {
    const Bytes task = task_of(run_, last_ - 1, 2);
    for (std::size_t size = 0; size < task.size(); size += size < 200 ? 1 : 3)
        expect_refused(std::span(task).first(size));
}

TEST_F(Tasks, WithBytesBehindThemAreRefused) {
    for (Bytes task : {task_of(run_, 0, 3), task_of(run_, last_, 1)}) {
        task.push_back(0);
        expect_refused(task, "1 bytes behind a task");
        task.pop_back();
        append(task, encode_chunk(run_.header, run_.chunks.back()));
        expect_refused(task, "behind a task");
    }
}

TEST_F(Tasks, OfAnyByteThatIsAnotherGiveNoWrongResult) {
    const Bytes task = task_of(run_, last_ - 1, 2);
    const Bytes right = work_->carry_out(task);
    std::size_t carried_out = 0;
    for (std::size_t i = 0; i < task.size(); ++i) {
        Bytes flipped = task;
        flipped[i] ^= static_cast<std::uint8_t>(1U << i % 8);
        const std::optional<Bytes> result = carry_out(flipped);
        if (!result) continue;
        ++carried_out;
        EXPECT_EQ(*result, right) << i;
    }
    EXPECT_LE(carried_out, 2U);  // by the other engine; not told that the run ends with it
}

TEST_F(Tasks, OfAnotherVersionAreRefused) {
    Bytes task = task_of(run_, 0, 3);
    task[3] = '2';
    expect_refused(task, "this version");
}

TEST_F(Tasks, OfChunksInNoOrderAreRefused) {
    using Chunks = std::vector<OwnedChunk>;
    const auto& all = run_.chunks;
    for (const Chunks& chunks : {Chunks{all[1], all[0]}, Chunks{all[0], all[2]},
                                 Chunks{all[0], all[0]}, Chunks{all[0], all[2], all[1]}})
        expect_refused(task_of(front_of(run_, 0, chunks.size()), chunks),
                       "the one before does not end where it starts");
}

TEST_F(Tasks, OfAnotherNumberOfChunksAreRefused) {
    const auto chunks = std::span(run_.chunks).first(3);
    for (const std::uint64_t count : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{4},
                                      std::numeric_limits<std::uint64_t>::max()}) {
        TaskFront front = front_of(run_, 0, 3);
        front.chunks = count;
        expect_refused(task_of(front, chunks));
    }
    TaskFront front = front_of(run_, 0, 3);
    front.chunks = 0;
    expect_refused(task_of(front, chunks), "behind a task");
    EXPECT_THROW(decode_work_result(work_->carry_out(task_of(front, {})), *run_.program,
                                    expected_of(run_, 0, 3, true)),
                 Error);
}

TEST_F(Tasks, ThatStopInTheMiddleAreRefused) {
    std::vector<OwnedChunk> chunks{run_.chunks[last_], run_.chunks[0]};
    chunks[1].start = run_.end.final;
    chunks[1].start.step = run_.chunks[last_].start.step + run_.header.chunk_steps;
    expect_refused(task_of(front_of(run_, 0, 2), chunks));
}

// Whether a run ends is said by the task, and by the coordinator to itself.
TEST(Ends, ThatLieGiveNoWrongResult) {
    const auto exit = [](CodeWriter& code) { code.exit(7); };
    const auto fault = [](CodeWriter& code) { code.emit({.op = isa::Op::ebreak}); };
    for (const std::function<void(CodeWriter&)>& last :
         {std::function<void(CodeWriter&)>(exit), std::function<void(CodeWriter&)>(fault)}) {
        const auto program = calling_guest(8, last);
        for (const ReplayEngine engine : {ReplayEngine::compiled, ReplayEngine::interpreted}) {
            for (std::uint64_t chunk_steps = 20; chunk_steps < 40; ++chunk_steps) {
                const Recording run = record(program, engine, chunk_steps);
                const auto work = work_for(run, "profile");
                for (const std::size_t first : {std::size_t{0}, run.chunks.size() - 2}) {
                    TaskFront front = front_of(run, first, 2);
                    front.stops = !front.stops;
                    const Bytes task = task_of(front, std::span(run.chunks).subspan(first, 2));
                    const ExpectedWork expected = expected_of(run, first, 2, true);
                    try {
                        const WorkResult result =
                            decode_work_result(work->carry_out(task), *program, expected);
                        EXPECT_EQ(result.end.final, expected.end);
                        EXPECT_EQ(result.end.stop, expected.stop.value_or(Stop{}));
                    } catch (const Error&) {
                    }
                }
            }
        }
    }
}

/// Whatever of a chunk's content, under checksums that are right.
TEST_F(Tasks, ThatLieGiveNoWrongEnd) {
    std::mt19937 random(1);
    for (int round = 0; round < 1000; ++round) {
        const std::size_t first = random() % run_.chunks.size();
        OwnedChunk chunk = run_.chunks[first];
        for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
            const std::uint64_t any = std::uint64_t{random()} << 32 | random();
            switch (random() % 6) {
                case 0:
                    chunk.start.x[1 + random() % 31] ^= std::uint64_t{1} << random() % 64;
                    break;
                case 1: chunk.start.pc += 2 * (random() % 16) - 16; break;
                case 2: chunk.steps = 1 + random() % run_.header.chunk_steps; break;
                case 3: chunk.log.resize(random() % (chunk.log.size() + 9)); break;
                case 4:
                    if (!chunk.log.empty())
                        chunk.log[random() % chunk.log.size()] = static_cast<std::uint8_t>(any);
                    break;
                default: chunk.start.pc = any; break;
            }
        }
        TaskFront front = front_of(run_, first, 1);
        front.engine = random() % 2 == 0 ? ReplayEngine::compiled : ReplayEngine::interpreted;
        expect_no_wrong_result(task_of(front, {&chunk, 1}), first, 1);
    }
}

}  // namespace
}  // namespace reprise::cluster
