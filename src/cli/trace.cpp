/// `reprise trace`: a run whose chunks are kept, or replayed while it runs, or both.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/cluster_job.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/traced_run.h"
#include "trace/file_consumer.h"

namespace reprise::cli {

namespace {

struct TraceOptions : GuestOptions {
    std::optional<std::string> file;  ///< where the trace goes
    std::string compression = "none";
    bool leaves_input_out = false;
    bool replays = false;
    unsigned threads = 0;
    RecordOptions record;
    JobOptions job;
};

TraceHeader header_for(const TraceOptions& options, const Program& program,
                       const PageBuffer& input) {
    const std::span<const std::uint8_t> bytes{input.data(), input.size()};
    return {.chunk_steps = options.record.chunk_steps,
            .program = program.identity(),
            .platform = resolve_platform(options.platform, program),
            .input = options.leaves_input_out ? TraceInput::left_out(bytes)
                                              : TraceInput::borrowed(bytes),
            .compression = options.compression == "zstd" ? Compression::zstd : Compression::none};
}

int trace(const TraceOptions& options) {
    if (options.file == "-")
        throw Error("-o - would mix the trace with the public output: name a file");
    options.check({.what = "the trace", .path = options.file});
    StatisticsFile statistics_file(options.statistics);
    Statistics statistics;
    const auto program = load_program(options.program, statistics);
    statistics.platform = resolve_platform(options.platform, *program);
    PageBuffer input = read_input(options.input);

    // The consumers. The file's header holds the input, which the guest's memory takes after that.
    std::optional<FileConsumer> file;
    if (options.file) file.emplace(*options.file, header_for(options, *program, input));
    std::optional<StreamedReplay> threads;
    std::optional<ClusterJob> job;
    if (options.job.connection.url) {
        job.emplace(options.job, options, program, cluster::kReplay, options.record,
                    std::span(input.data(), input.size()), !options.leaves_input_out, nullptr);
    } else if (options.replays) {
        threads.emplace(make_replay_options("this run", program, statistics.platform,
                                            replay_engine(options.engine), options.threads));
    }
    RunReplay* const replay = job ? &job->replay() : threads ? &*threads : nullptr;
    ProgressConsumer progress;
    std::vector<ChunkConsumer*> consumers;
    if (!job) consumers.push_back(&progress);
    if (file) consumers.push_back(&*file);
    if (replay != nullptr) consumers.push_back(replay);

    TracedRun run(options, program, std::move(input), statistics);
    const TraceEnd& end =
        job ? job->execute(run, options.record, consumers) : run.record(options.record, consumers);
    if (replay != nullptr) run.finish(*replay);
    if (file) statistics.trace_bytes = file->finish(end);
    const int exit_code = run.conclude();
    if (job) job->conclude(statistics);
    statistics_file.write(statistics, *program);
    return exit_code;
}

}  // namespace

void add_trace(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<TraceOptions>();
    CLI::App* const command = app.add_subcommand(
        "trace", "Run a program and keep its minimal trace, or replay it meanwhile, or both");
    add_guest_options(*command, *options);
    command->add_option("-o,--output", options->file, "Where the trace goes (default: nowhere)")
        ->type_name("TRACE");
    command->add_flag("--replay", options->replays, "Replay and check the chunks meanwhile");
    add_threads_option(*command, options->threads);
    add_count_option(*command, *options);
    add_chunk_steps_option(*command, options->record.chunk_steps);
    command->add_option("--compression", options->compression, "Of the trace: none or zstd")
        ->check(CLI::IsMember({"none", "zstd"}))
        ->capture_default_str();
    command->add_flag("--leave-input-out", options->leaves_input_out,
                      "Keep only the hash of the private input");
    add_size_option(
        *command, "--buffer-memory", options->record.buffer_bytes,
        "Memory for chunks on their way, such as 64K, 512M (the default) or 2G; the run "
        "waits for it");
    add_job_options(*command, options->job);
    command->callback([options, &chosen] { chosen = [options] { return trace(*options); }; });
}

}  // namespace reprise::cli
