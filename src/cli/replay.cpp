/// `reprise replay`: all chunks of a trace again, each by itself, and whether they fit together.
#include <memory>
#include <optional>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/guest_run.h"
#include "cli/messages.h"
#include "machine/fault.h"
#include "trace/reader.h"

namespace reprise::cli {

namespace {

struct ReplayOptions {
    std::string trace;
    std::optional<std::string> program;
    std::string engine = "compiled";
    std::optional<std::uint64_t> chunk;  ///< this one only
    unsigned threads = 0;
    std::optional<std::string> statistics;
};

void report(const Checkpoint& final, const Statistics& statistics, const Program& program) {
    const Statistics::OfReplay& replay = *statistics.replay;
    say("reprise: {}, {} replayed in {:.3f} s by {}: right\n", count_of(statistics.chunks, "chunk"),
        count_of(statistics.steps, "step"), replay.seconds, count_of(replay.threads, "thread"));
    const Stop& stop = statistics.stop;
    if (stop.kind == Stop::Kind::faulted)
        say("reprise: guest fault: {}\n", describe(stop.fault, program));
    if (stop.kind == Stop::Kind::step_limit)
        say("reprise: the run was stopped after {} at pc {}\n", count_of(final.step, "step"),
            describe_pc(final.pc, program));
}

int replay(const ReplayOptions& options) {
    const TraceReader reader(options.trace);
    if (!options.program)
        throw Error(
            "{} holds the hash of its program ({}), not the program: name it with --program",
            options.trace, to_hex(reader.header().program));
    check_files({{"the statistics", options.statistics}},
                {{"the trace", options.trace}, {"the program", options.program}});
    StatisticsFile statistics_file(options.statistics);
    Statistics statistics{.engine = options.engine, .platform = reader.header().platform};
    const auto program = load_program(*options.program, statistics);

    const auto start = Clock::now();
    const ParallelReplayOptions replay_options =
        make_replay_options(options.trace, program, reader.header().platform,
                            replay_engine(options.engine), options.threads);
    if (options.chunk && *options.chunk >= reader.chunk_count())
        throw Error("{} has no chunk {}: it has {}", options.trace, *options.chunk,
                    reader.chunk_count());
    const Replayed replayed = options.chunk ? replay_one(reader, replay_options, *options.chunk)
                                            : replay_file(reader, replay_options);

    statistics.stop = replayed.stop;
    statistics.exit_code = exit_code_of(statistics.stop);
    statistics.chunks = replayed.chunks;
    statistics.log_bytes = replayed.log_bytes;
    const CountSummary counts = summarize(replayed.counts, *program);
    statistics.steps = counts.steps;
    statistics.replay = {.seconds = seconds_since(start),
                         .threads = options.chunk ? 1 : replay_options.threads,
                         .counts = counts};
    if (replay_options.compiled.valid()) note_code(*replay_options.compiled.get(), statistics);
    report(reader.end().final, statistics, *program);
    statistics_file.write(statistics, *program);
    return statistics.exit_code;
}

}  // namespace

void add_replay(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<ReplayOptions>();
    CLI::App* const command = app.add_subcommand(
        "replay", "Replay all chunks of a trace and check it; exits as the guest did");
    command->add_option("TRACE", options->trace, "A trace file")->required();
    command->add_option("--program", options->program, "The program that was traced (required)")
        ->type_name("PROGRAM");
    add_threads_option(*command, options->threads);
    add_number_option(*command, "--chunk", options->chunk,
                      "Replay this chunk only, and check it against the next one");
    add_engine_option(*command, options->engine);
    add_statistics_option(*command, options->statistics);
    command->callback([options, &chosen] { chosen = [options] { return replay(*options); }; });
}

}  // namespace reprise::cli
