/// Tracing, replaying and profiling for those who embed the engine.
#include <optional>
#include <utility>
#include <vector>

#include "api/loaded.h"
#include "compiler/engine.h"
#include "machine/interpreter.h"
#include "platform/platform.h"
#include "replay/call_tree.h"
#include "replay/factory.h"
#include "report/profile_formats.h"
#include "trace/file_consumer.h"

namespace reprise {

namespace {

ReplayEngine replay_engine(EngineKind engine) {
    return engine == EngineKind::compiled ? ReplayEngine::compiled : ReplayEngine::interpreted;
}

ExecutionCounts counts_of(const Counts& counts, const Program& program) {
    const CountSummary summary = summarize(counts, program);
    ExecutionCounts result{.steps = summary.steps,
                           .blocks = summary.blocks,
                           .branches_taken = summary.branches_taken,
                           .misaligned_accesses = summary.misaligned_accesses,
                           .ecalls = summary.ecalls};
    for (std::size_t i = 0; i < isa::kClassCount; ++i) {
        if (summary.by_class[i] == 0) continue;
        result.steps_by_kind.emplace(isa::name_of(static_cast<isa::Class>(i)), summary.by_class[i]);
    }
    return result;
}

struct RecordedRun {
    Recorded recorded;
    RunResult result;
};

/// Runs with the trace on.
RecordedRun record(const std::shared_ptr<const Program>& program, const RunOptions& options,
                   const RecordOptions& record_options, std::span<ChunkConsumer* const> consumers) {
    OutputSum output;
    Streams streams{.input = options.input,
                    .output = output.sink(options.output),
                    .diagnostics = options.diagnostics};
    Machine machine(program, make_environment(options.platform, *program, std::move(streams)));
    std::unique_ptr<Engine> engine = std::make_unique<InterpretedEngine>();
    if (options.engine == EngineKind::compiled) {
        engine = std::make_unique<compiler::CompiledEngine>(compiler::compile(
            program, {.placement = machine.memory().placement(), .mode = compiler::Mode::record}));
    }
    RecordedRun run;
    run.recorded = record_chunks(machine, *engine, record_options, output, consumers);
    run.result = result_of(run.recorded.end.stop, machine);
    return run;
}

TraceHeader header_for(const Program& program, const RunOptions& options,
                       const TraceOptions& trace) {
    return {.chunk_steps = trace.chunk_steps,
            .program = program.identity(),
            .platform = resolve_platform(options.platform, program),
            .input = trace.leave_input_out ? TraceInput::left_out(options.input)
                                           : TraceInput::borrowed(options.input),
            .compression = trace.compress ? Compression::zstd : Compression::none};
}

}  // namespace

TraceResult Guest::trace(const RunOptions& options, const TraceOptions& trace) const {
    if (trace.chunk_steps == 0 || trace.chunk_steps > kMostChunkSteps)
        throw Error("a chunk has 1 to 2^30 steps, not {}", trace.chunk_steps);
    const std::shared_ptr<const Program>& program = loaded_->program;
    std::optional<FileConsumer> file;
    if (!trace.file.empty()) file.emplace(trace.file, header_for(*program, options, trace));
    std::optional<StreamedReplay> replay;
    if (trace.replay)
        replay.emplace(make_replay_options("this run", program,
                                           resolve_platform(options.platform, *program),
                                           replay_engine(options.engine), trace.threads));
    std::vector<ChunkConsumer*> consumers;
    if (file) consumers.push_back(&*file);
    if (replay) consumers.push_back(&*replay);

    const RecordedRun run = record(program, options,
                                   {.chunk_steps = trace.chunk_steps,
                                    .max_steps = options.max_steps,
                                    .buffer_bytes = trace.buffer_bytes},
                                   consumers);
    TraceResult result{.run = run.result,
                       .chunks = run.recorded.executed.chunks,
                       .log_bytes = run.recorded.executed.log_bytes};
    if (replay) result.counts = counts_of(replay->finish(run.recorded.end).counts, *program);
    if (file) file->finish(run.recorded.end);
    return result;
}

ReplayReport Guest::replay(const std::filesystem::path& trace, const ReplayOptions& options) const {
    const std::shared_ptr<const Program>& program = loaded_->program;
    const TraceReader reader(trace);
    const ParallelReplayOptions replay =
        make_replay_options(trace.string(), program, reader.header().platform,
                            replay_engine(options.engine), options.threads);
    const Replayed replayed = replay_file(reader, replay);
    const Stop& stop = reader.end().stop;
    return {.kind = kind_of(stop),
            .exit_code = stop.exit_code,
            .chunks = replayed.chunks,
            .log_bytes = replayed.log_bytes,
            .counts = counts_of(replayed.counts, *program)};
}

ProfileResult Guest::profile(const RunOptions& options, ProfileFormat format,
                             unsigned threads) const {
    const std::shared_ptr<const Program>& program = loaded_->program;
    CallTree calls(*program);
    ParallelReplayOptions with_calls =
        make_replay_options("this run", program, resolve_platform(options.platform, *program),
                            replay_engine(options.engine), threads, true);
    with_calls.on_result = [&calls](ReplayResult&& result) { calls.add(*result.calls); };
    StreamedReplay replay(std::move(with_calls));
    ChunkConsumer* const consumers[] = {&replay};
    const RecordedRun run = record(program, options, {.max_steps = options.max_steps}, consumers);
    const Replayed replayed = replay.finish(run.recorded.end);
    return {.run = run.result,
            .profile = format_profile(make_profile(*program, replayed.counts, calls),
                                      profile_formats()[static_cast<std::size_t>(format)])};
}

}  // namespace reprise
