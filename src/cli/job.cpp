/// `reprise jobs`, `reprise job ID`, `reprise job resume ID`, `reprise job drop ID`.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.h"
#include "cli/cluster_job.h"
#include "cli/commands.h"
#include "cli/guest_run.h"
#include "cli/messages.h"
#include "cli/traced_run.h"
#include "replay/call_tree.h"
#include "report/profile_formats.h"

namespace reprise::cli {

namespace {

/// A coordinator writes its job's record each second.
constexpr std::int64_t kSilent = 5;

struct JobCommand {
    ConnectionOptions connection;
    std::string id;
    std::optional<std::string> input;
    std::optional<std::string> profile;
    std::string format = "html";
    std::optional<std::string> statistics;
    bool forces = false;
    std::chrono::milliseconds snapshot_every = kSnapshotEvery;
};

bool is_silent(const cluster::JobRecord& job) {
    const bool runs =
        job.state == cluster::JobState::executing || job.state == cluster::JobState::published;
    return runs && cluster::now_seconds() - job.updated > kSilent;
}

void print(const std::string& text) {
    output_sink()({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string state_of(const cluster::JobRecord& job) {
    return is_silent(job) ? "silent" : std::string(name_of(job.state));
}

int list(const JobCommand& command) {
    cluster::Broker broker(command.connection.broker());
    std::vector<std::string> unreadable;
    std::string text = fmt::format("{:16}  {:9}  {:8}  {:>10}  {:>10}  {:>7}  {}\n", "JOB", "STATE",
                                   "KIND", "EXECUTED", "DONE", "WORKERS", "PROGRAM");
    for (const cluster::JobRecord& job : cluster::list_jobs(broker, unreadable))
        text += fmt::format("{:16}  {:9}  {:8}  {:>10}  {:>10}  {:>7}  {}\n", job.id, state_of(job),
                            job.kind, job.chunks, job.chunks_done, job.workers.size(),
                            job.program_name);
    for (const std::string& line : unreadable)
        say("reprise: {}\n", line);
    print(text);
    return 0;
}

int show(const JobCommand& command) {
    cluster::Broker broker(command.connection.broker());
    const cluster::JobRecord job = cluster::JobStore::find(broker, command.id).record;
    std::string text = fmt::format(
        "job:        {}\nstate:      {}\nkind:       {}\nprogram:    {} ({} bytes)\nplatform:   "
        "{}\n"
        "chunks:     {} executed, {} done, of {} steps\nsteps:      {}\nlog:        {} bytes\n"
        "tasks:      {} published, {} done\nage:        {} s, last heard of {} s ago\n",
        job.id, state_of(job), job.kind, job.program_name, job.program.pieces.bytes, job.platform,
        job.chunks, job.chunks_done, job.chunk_steps, job.steps, job.log_bytes, job.tasks,
        job.tasks_done, job.updated - job.started, cluster::now_seconds() - job.updated);
    for (const cluster::SnapshotRecord& snapshot : job.snapshots)
        text += fmt::format("snapshot:   behind {}\n", count_of(snapshot.chunks, "chunk"));
    for (const auto& [name, chunks] : job.workers)
        text += fmt::format("worker:     {}: {} done\n", name, count_of(chunks, "chunk"));
    for (const std::string& complaint : job.complaints)
        text += fmt::format("complaint:  {}\n", complaint);
    if (!job.error.empty()) text += fmt::format("error:      {}\n", job.error);
    if (is_silent(job))
        text += fmt::format("its coordinator is silent: 'reprise job resume {}' continues it\n",
                            job.id);
    print(text);
    return 0;
}

int drop(const JobCommand& command) {
    cluster::Broker broker(command.connection.broker());
    cluster::drop_job(broker, command.id);
    return 0;
}

/// How a job ends whose guest need not run any more.
Replayed finish_published(ClusterJob& job, const TraceEnd& end, Statistics& statistics,
                          const Program& program) {
    const auto start = Clock::now();
    Replayed replayed = job.replay().finish(end);
    statistics.stop = end.stop;
    statistics.steps = end.final.step;
    statistics.exit_code = exit_code_of(end.stop);
    statistics.chunks = replayed.chunks;
    statistics.log_bytes = replayed.log_bytes;
    statistics.replay = {.seconds = seconds_since(start),
                         .threads = job.replay().threads(),
                         .counts = summarize(replayed.counts, program)};
    explain(end.stop, end.final, {}, program);
    return replayed;
}

/// The private input of a job, by which its guest runs again.
PageBuffer input_of(ClusterJob& job, const std::optional<std::string>& path) {
    PageBuffer input = path ? read_input(path) : PageBuffer(job.fetch_input());
    if (Hasher().add({input.data(), input.size()}).finish() != job.record().input_hash)
        throw Error("this is not the input of job {}: its hash is another one", job.record().id);
    return input;
}

int resume(const JobCommand& command) {
    StatisticsFile statistics_file(command.statistics);
    std::optional<CallTree> calls;  // outlives the job, which adds to it
    ClusterJob job(command.connection, command.id, command.snapshot_every);
    const cluster::JobRecord record = job.record();
    const bool is_profile = record.kind == cluster::kProfile;
    if (!is_silent(record) && !command.forces)
        throw Error("job {} has a coordinator that was heard of {} s ago; --force takes it over",
                    record.id, cluster::now_seconds() - record.updated);
    if (is_profile && !command.profile)
        throw Error("job {} is a profile: name a file for it with -o, or - for standard error",
                    record.id);
    std::optional<OutputFile> profile_file;
    if (is_profile) profile_file.emplace("the profile", *command.profile);

    const auto program = job.fetch_program();
    Statistics statistics{.engine = record.interprets ? "interpreted" : "compiled",
                          .platform = record.platform};
    statistics.instructions = program->instruction_count();
    if (is_profile) calls.emplace(*program);
    const auto on_calls = [&calls](const compiler::ChunkCalls& chunk) {
        if (calls) calls->add(chunk);
    };
    PageBuffer input;
    job.read_published(*program);
    if (!job.published_end()) input = input_of(job, command.input);
    job.take_over(*program);
    Replayed replayed{.counts = Counts(*program), .stop = {}};
    int exit_code = 0;
    if (const auto end = job.published_end()) {
        job.start(program, on_calls, output_sink());
        replayed = finish_published(job, *end, statistics, *program);
        exit_code = statistics.exit_code;
    } else {
        GuestOptions guest;
        guest.platform = record.platform;
        guest.engine = statistics.engine;
        guest.max_steps = record.max_steps;
        std::optional<TracedRun> run;
        const auto begin = [&] {
            run.emplace(guest, program, PageBuffer(std::span(input.data(), input.size())),
                        statistics);
        };
        const bool goes_on = job.go_on_from_snapshot([&](const Bytes& snapshot) {
            begin();
            run->resume_from(snapshot, record.chunk_steps);
        });
        if (!goes_on) begin();
        input = {};
        job.start(program, on_calls, {});
        ChunkConsumer* const consumers[] = {&job.replay()};
        job.execute(*run, {.chunk_steps = record.chunk_steps}, consumers);
        replayed = run->finish(job.replay());
        exit_code = run->conclude();
    }
    job.conclude(statistics);
    if (is_profile)
        profile_file->write(
            format_profile(make_profile(*program, replayed.counts, *calls), command.format));
    statistics_file.write(statistics, *program);
    return exit_code;
}

}  // namespace

void add_jobs(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<JobCommand>();
    CLI::App* const jobs = app.add_subcommand("jobs", "List the jobs of a cluster");
    add_connection_options(*jobs, options->connection);
    jobs->callback([options, &chosen] { chosen = [options] { return list(*options); }; });

    CLI::App* const job = app.add_subcommand("job", "Show a job of a cluster, continue or drop it");
    add_connection_options(*job, options->connection);
    job->add_option("ID", options->id, "Of the job: 16 hexadecimal digits");
    job->callback([options, job, &chosen] {
        if (!job->get_subcommands().empty()) return;
        if (options->id.empty()) throw Error("name a job; 'reprise jobs' lists them");
        chosen = [options] { return show(*options); };
    });

    CLI::App* const resumed =
        job->add_subcommand("resume", "Go on with a job whose coordinator has died");
    add_connection_options(*resumed, options->connection);
    resumed->add_option("ID", options->id, "Of the job")->required();
    resumed->add_option("--input", options->input, "The private input, if it was left out")
        ->type_name("FILE");
    resumed->add_option("-o,--output", options->profile, "Where a profile goes, - for stderr")
        ->type_name("FILE");
    resumed->add_option("--format", options->format, "Of a profile")
        ->check(CLI::IsMember(profile_formats()))
        ->capture_default_str();
    resumed->add_flag("--force", options->forces, "Even if its coordinator seems to be alive");
    add_snapshot_option(*resumed, options->snapshot_every);
    add_statistics_option(*resumed, options->statistics);
    resumed->callback([options, &chosen] { chosen = [options] { return resume(*options); }; });

    CLI::App* const dropped =
        job->add_subcommand("drop", "Remove a job and all that is kept of it");
    add_connection_options(*dropped, options->connection);
    dropped->add_option("ID", options->id, "Of the job")->required();
    dropped->callback([options, &chosen] { chosen = [options] { return drop(*options); }; });
}

}  // namespace reprise::cli
