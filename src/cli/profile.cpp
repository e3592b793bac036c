/// `reprise profile`: where the steps of a run go, exactly, from replaying its chunks while it
/// runs.
#include <memory>
#include <optional>
#include <utility>

#include "base/error.h"
#include "cli/cluster_job.h"
#include "cli/commands.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/traced_run.h"
#include "replay/call_tree.h"
#include "report/profile_formats.h"

namespace reprise::cli {

namespace {

struct ProfileOptions : GuestOptions {
    std::string format = "html";
    std::optional<std::string> file;
    unsigned threads = 0;
    bool leaves_input_out = false;
    RecordOptions record;
    JobOptions job;
};

int profile(const ProfileOptions& options) {
    if (!options.file) throw Error("name a file for the profile with -o, or - for standard error");
    options.check({.what = "the profile", .path = options.file});
    StatisticsFile statistics_file(options.statistics);
    OutputFile profile_file("the profile", *options.file);
    Statistics statistics;
    const auto program = load_program(options.program, statistics);
    statistics.platform = resolve_platform(options.platform, *program);

    // Chunks are replayed while the guest runs; their calls come back in order.
    CallTree calls(*program);
    PageBuffer input = read_input(options.input);
    std::optional<StreamedReplay> threads;
    std::optional<ClusterJob> job;
    if (options.job.connection.url) {
        job.emplace(options.job, options, program, cluster::kProfile, options.record,
                    std::span(input.data(), input.size()), !options.leaves_input_out,
                    [&calls](const compiler::ChunkCalls& chunk) { calls.add(chunk); });
    } else {
        ParallelReplayOptions with_calls =
            make_replay_options("this run", program, statistics.platform,
                                replay_engine(options.engine), options.threads, true);
        with_calls.on_result = [&calls](ReplayResult&& result) { calls.add(*result.calls); };
        threads.emplace(std::move(with_calls));
    }
    RunReplay& replay = job ? job->replay() : static_cast<RunReplay&>(*threads);
    ProgressConsumer progress;
    std::vector<ChunkConsumer*> consumers{&replay};
    if (!job) consumers.push_back(&progress);

    TracedRun run(options, program, std::move(input), statistics);
    if (job) {
        job->execute(run, options.record, consumers);
    } else {
        run.record(options.record, consumers);
    }
    const Replayed replayed = run.finish(replay);
    profile_file.write(
        format_profile(make_profile(*program, replayed.counts, calls), options.format));
    if (calls.is_full())
        say("reprise: over {} different call stacks: the rest counts for callers\n",
            CallTree::kMostFrames);
    const int exit_code = run.conclude();
    if (job) job->conclude(statistics);
    statistics_file.write(statistics, *program);
    return exit_code;
}

}  // namespace

void add_profile(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<ProfileOptions>();
    CLI::App* const command = app.add_subcommand(
        "profile",
        "Run a program and count exactly where its steps go, by function and call stack");
    add_guest_options(*command, *options);
    command
        ->add_option("-o,--output", options->file,
                     "Where the profile goes, - for stderr (required)")
        ->type_name("FILE");
    command
        ->add_option("--format", options->format,
                     "html (a flame graph), table, folded, pprof or speedscope")
        ->check(CLI::IsMember(profile_formats()))
        ->capture_default_str();
    add_threads_option(*command, options->threads);
    add_chunk_steps_option(*command, options->record.chunk_steps);
    add_job_options(*command, options->job);
    command->add_flag("--leave-input-out", options->leaves_input_out,
                      "With --nats: keep the private input off the broker, but for what chunks "
                      "hold that read it");
    command->callback([options, &chosen] { chosen = [options] { return profile(*options); }; });
}

}  // namespace reprise::cli
