/// Tasks are carried out as replay at one place would do it.
#include "cluster/work.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "differential/compare_program.h"
#include "differential/generator.h"
#include "recording.h"

namespace reprise::cluster {
namespace {

using compiler::ChunkCalls;
using testing::CodeWriter;

/// Frames without their hashes, which are other ones in each tree.
void expect_same(const CallTree& one, const CallTree& other) {
    ASSERT_EQ(one.frames().size(), other.frames().size());
    for (std::size_t i = 0; i < one.frames().size(); ++i) {
        const CallTree::Frame &frame = one.frames()[i], &same = other.frames()[i];
        EXPECT_EQ(frame.caller, same.caller) << i;
        EXPECT_EQ(frame.function, same.function) << i;
        EXPECT_EQ(frame.return_to, same.return_to) << i;
        EXPECT_EQ(frame.steps, same.steps) << i;
        EXPECT_EQ(frame.calls, same.calls) << i;
    }
}

/// Carries out all tasks of so many chunks each, the last one first, and puts their results
/// together.
void expect_work_as_here(const Recording& run, const std::string& kind, std::size_t task_chunks) {
    const auto work = work_for(run, kind);
    std::vector<WorkResult> results;
    for (std::size_t task = (run.chunks.size() + task_chunks - 1) / task_chunks; task-- > 0;) {
        const std::size_t first = task * task_chunks;
        const std::size_t count = std::min(task_chunks, run.chunks.size() - first);
        const Bytes result = work->carry_out(task_of(run, first, count));
        results.push_back(decode_work_result(result, *run.program,
                                             expected_of(run, first, count, kind == "profile")));
    }
    std::ranges::reverse(results);
    Counts counts(*run.program);
    CallTree tree(*run.program);
    Bytes output;
    for (const WorkResult& result : results) {
        counts += result.counts;
        append(output, result.output);
        EXPECT_EQ(result.end.output_size, result.output.size());
        EXPECT_EQ(result.end.output_hash, Hasher().add(result.output).finish());
        for (const ChunkCalls& calls : result.calls)
            tree.add(calls);
    }
    EXPECT_EQ(results.back().end.final, run.end.final);
    EXPECT_EQ(results.back().end.stop, run.end.stop);
    EXPECT_TRUE(counts == run.counts);
    EXPECT_EQ(output, run.output);
    if (kind == "profile") expect_same(tree, run.calls);
}

void expect_work_as_here(const std::shared_ptr<const Program>& program, Stop::Kind end,
                         std::uint64_t max_steps = 100'000) {
    for (const ReplayEngine engine : {ReplayEngine::compiled, ReplayEngine::interpreted}) {
        const Recording run = record(program, engine, kChunkSteps, max_steps);
        ASSERT_EQ(run.end.stop.kind, end);
        for (const std::string& kind : kinds()) {
            for (const std::size_t task_chunks :
                 {std::size_t{1}, std::size_t{3}, run.chunks.size()})
                expect_work_as_here(run, kind, task_chunks);
        }
    }
}

TEST(Work, AddsUpWhereARunExits) {
    expect_work_as_here(exiting_guest(), Stop::Kind::exited);
}

TEST(Work, AddsUpWhereARunFaults) {
    for (const isa::Op op : {isa::Op::ebreak, isa::Op::ld}) {
        expect_work_as_here(calling_guest(40,
                                          [op](CodeWriter& code) {
                                              if (op == isa::Op::ld)
                                                  code.i(op, reg::a3, reg::a4, 0);
                                              else
                                                  code.emit({.op = op});
                                          }),
                            Stop::Kind::faulted);
    }
}

// Such a call retires, and the fault is behind it: its frame is of a function that is no place in
// text, and so is where such a return goes.
TEST(Work, AddsUpWhereARunJumpsOutOfText) {
    for (const std::uint64_t target :
         {std::uint64_t{0}, std::uint64_t{0xF'FFFE}, std::uint64_t{0x2000'0000},
          std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
        for (const unsigned link : {0U, reg::ra}) {
            for (const unsigned base : {reg::a3, reg::ra}) {
                SCOPED_TRACE(::testing::Message() << target << " " << link << " " << base);
                expect_work_as_here(calling_guest(4,
                                                  [&](CodeWriter& code) {
                                                      code.constant(base, target);
                                                      code.i(isa::Op::jalr, link, base, 0);
                                                  }),
                                    Stop::Kind::faulted);
            }
        }
    }
}

TEST(Work, AddsUpWhereARunIsCutOff) {
    // In a chunk, and right where one ends.
    for (const std::uint64_t most : {std::uint64_t{1000}, 10 * kChunkSteps, std::uint64_t{1}})
        expect_work_as_here(exiting_guest(), Stop::Kind::step_limit, most);
}

TEST(Work, AddsUpInChunksOfAnySize) {
    const auto program = calling_guest(2, [](CodeWriter& code) { code.exit(0); });
    for (std::uint64_t chunk_steps = 1; chunk_steps < 20; ++chunk_steps) {
        const Recording run = record(program, ReplayEngine::compiled, chunk_steps);
        expect_work_as_here(run, "profile", 4);
    }
}

TEST(Work, TakesLogsThatAreNotCompressed) {
    const Recording run =
        record(exiting_guest(), ReplayEngine::compiled, kChunkSteps, 100'000, Compression::none);
    expect_work_as_here(run, "profile", 3);
}

class RandomRuns : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomRuns, AddUp) {
    const testing::Case chosen = testing::case_of_seed(GetParam());
    const auto program = load(testing::generate(GetParam(), chosen.program));
    for (const ReplayEngine engine : {ReplayEngine::compiled, ReplayEngine::interpreted}) {
        const Recording run = record(program, engine, 333, 20'000);
        if (run.chunks.empty()) continue;
        expect_work_as_here(run, "profile", 5);
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomRuns, ::testing::Range<std::uint64_t>(300, 320));

TEST(Work, IsOfTwoKinds) {
    EXPECT_EQ(kinds(), (std::vector<std::string>{"replay", "profile"}));
    const auto program = std::make_shared<WorkProgram>(exiting_guest(1));
    for (const char* const kind : {"", "Replay", "replay ", "prove"})
        EXPECT_THROW(make_work(kind, program), Error) << kind;
}

// Whoever carries it out, and whatever was done before: a task may be given to anyone, and again.
TEST(Work, IsAFunctionOfItsTask) {
    for (const ReplayEngine engine : {ReplayEngine::compiled, ReplayEngine::interpreted}) {
        const Recording run = record(exiting_guest(), engine);
        Recording in_other_engine = record(exiting_guest(), engine);
        in_other_engine.engine =
            engine == ReplayEngine::compiled ? ReplayEngine::interpreted : ReplayEngine::compiled;
        const Bytes task = task_of(run, 2, 3), other = task_of(run, 7, 2);
        Bytes broken = task_of(run, 0, 3);
        broken.back() ^= 1;
        for (const std::string& kind : kinds()) {
            const Bytes once = work_for(run, kind)->carry_out(task);
            const auto work = work_for(run, kind);
            EXPECT_EQ(work->carry_out(task), once);
            EXPECT_EQ(work->carry_out(task), once);
            const Bytes of_other = work->carry_out(other);
            EXPECT_NE(of_other, once);
            EXPECT_EQ(work->carry_out(task), once);
            EXPECT_THROW(work->carry_out(broken), Error);  // after two chunks have been counted
            EXPECT_EQ(work->carry_out(task), once);
            EXPECT_EQ(work->carry_out(other), of_other);
            EXPECT_EQ(work->carry_out(task_of(in_other_engine, 2, 3)), once);
            EXPECT_EQ(work->carry_out(task), once);
        }
    }
}

}  // namespace
}  // namespace reprise::cluster
