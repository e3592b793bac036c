#include "differential/resumed_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "compiler/engine.h"
#include "machine/interpreter.h"
#include "platform/platform.h"
#include "trace/collector.h"
#include "trace/snapshot.h"

namespace reprise::testing {

namespace {

constexpr std::uint64_t kMostSnapshots = 12;

struct Run {
    Recorded recorded;
    std::vector<std::uint64_t> indices;
    std::vector<test::OwnedChunk> chunks;
    Bytes output;
    std::vector<Bytes> snapshots;
};

class Guest {
public:
    Guest(std::shared_ptr<const Program> program, Bytes input, const RecordOptions& options)
        : program_(std::move(program)), input_(std::move(input)), options_(options) {}

    /// @param snapshot  where it starts, if not at step 0.
    /// @param every  chunks from one snapshot to the next; 0: none.
    Run run(bool compiles, const Bytes* snapshot, std::uint64_t every) const {
        Run run;
        OutputSum sum;
        sum.keep();
        const Sink to = sum.sink([&run](std::span<const std::uint8_t> bytes) {
            run.output.insert(run.output.end(), bytes.begin(), bytes.end());
        });
        Machine machine(
            program_,
            make_environment("auto", *program_, {.input = PageBuffer(input_), .output = to}),
            Memory::Placement::anywhere);
        RecordOptions options = options_;
        if (snapshot != nullptr) {
            const Resumed resumed = resume_from(machine, *snapshot, options.chunk_steps);
            options.before = resumed.executed;
            to(resumed.output);
        }
        if (every != 0)
            options.between_chunks = [&](Machine& stopped, const Executed& executed) {
                if (executed.chunks % every == 0 && run.snapshots.size() < kMostSnapshots)
                    run.snapshots.push_back(take_snapshot(stopped, executed, *sum.kept()));
            };
        test::Collector collector;
        ChunkConsumer* const consumers[] = {&collector};
        const std::unique_ptr<Engine> engine = make_engine(compiles, machine);
        run.recorded = record_chunks(machine, *engine, options, sum, consumers);
        run.indices = std::move(collector.indices);
        run.chunks = std::move(collector.chunks);
        return run;
    }

private:
    std::unique_ptr<Engine> make_engine(bool compiles, const Machine& machine) const {
        if (!compiles) return std::make_unique<InterpretedEngine>();
        return std::make_unique<compiler::CompiledEngine>(compiler::compile(
            program_, {.placement = machine.memory().placement(), .mode = compiler::Mode::record}));
    }

    const std::shared_ptr<const Program> program_;
    const Bytes input_;
    const RecordOptions options_;
};

}  // namespace

void expect_resumable(const std::shared_ptr<const Program>& program, const Bytes& input,
                      const RecordOptions& options) {
    const Guest guest(program, input, options);
    const std::uint64_t chunks = guest.run(true, nullptr, 0).chunks.size();
    const std::uint64_t every = chunks / kMostSnapshots + 1;
    const Run whole = guest.run(false, nullptr, every);
    for (const bool compiles : {false, true}) {
        const Run again = guest.run(compiles, nullptr, every);
        EXPECT_TRUE(again.snapshots == whole.snapshots) << "the engines' snapshots differ";
        for (const Bytes& snapshot : whole.snapshots) {
            const Run rest = guest.run(compiles, &snapshot, 0);
            ASSERT_LE(rest.chunks.size(), whole.chunks.size());
            const auto skipped = static_cast<std::ptrdiff_t>(whole.chunks.size()) -
                                 static_cast<std::ptrdiff_t>(rest.chunks.size());
            EXPECT_TRUE(
                std::equal(rest.chunks.begin(), rest.chunks.end(), whole.chunks.begin() + skipped))
                << "the chunks differ behind " << skipped;
            EXPECT_TRUE(std::equal(rest.indices.begin(), rest.indices.end(),
                                   whole.indices.begin() + skipped));
            EXPECT_NE(skipped, 0);
            EXPECT_EQ(rest.recorded.end, whole.recorded.end);
            EXPECT_EQ(rest.recorded.executed, whole.recorded.executed);
            EXPECT_EQ(rest.output, whole.output);
        }
    }
}

}  // namespace reprise::testing
