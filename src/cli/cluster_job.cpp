#include "cli/cluster_job.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "cli/messages.h"

namespace reprise::cli {

namespace {

constexpr std::size_t kMostShown = 4;  ///< workers, in a line

unsigned default_publishers() {
    return std::clamp(std::thread::hardware_concurrency() / 2, 1U, 8U);
}

std::string text_of(const cluster::JobProgress& progress) {
    std::string text =
        fmt::format("chunks: {} executed, {} in flight, {} done", progress.chunks_executed,
                    progress.chunks_in_flight, progress.chunks_done);
    std::size_t shown = 0;
    for (const auto& [name, chunks] : progress.workers) {
        if (shown++ == kMostShown) {
            text += fmt::format(" and {} more", progress.workers.size() - kMostShown);
            break;
        }
        text += fmt::format("{} {} {}", shown == 1 ? ":" : ",", name, chunks);
    }
    if (progress.workers.empty()) text += "; no worker has answered yet";
    if (progress.is_store_full) text += "; the store is full, waiting for workers";
    return text;
}

}  // namespace

void add_connection_options(CLI::App& command, ConnectionOptions& options) {
    command
        .add_option("--nats", options.url,
                    "The broker: nats://[USER:PASSWORD@]HOST[:PORT], or tls://...")
        ->envname("REPRISE_NATS")
        ->type_name("URL");
    command
        .add_option("--nats-credentials", options.credentials,
                    "A credentials file for the broker (JWT and seed)")
        ->type_name("FILE");
    command
        .add_option("--nats-ca", options.authority,
                    "TLS: the authority that has signed the broker's certificate (PEM)")
        ->type_name("FILE");
    command.add_option("--nats-certificate", options.certificate, "TLS: our certificate (PEM)")
        ->type_name("FILE");
    command.add_option("--nats-key", options.key, "TLS: the key of our certificate (PEM)")
        ->type_name("FILE");
    add_seconds_option(command, "--nats-patience", options.patience,
                       "How long a silent broker is waited for (default: 60)");
}

cluster::BrokerOptions ConnectionOptions::broker() const {
    if (!url) throw Error("name the broker with --nats URL");
    if (certificate.has_value() != key.has_value())
        throw Error("--nats-certificate and --nats-key belong together");
    return {.url = *url,
            .credentials = credentials,
            .authority = authority,
            .certificate = certificate,
            .key = key,
            .patience = patience};
}

void add_snapshot_option(CLI::App& command, std::chrono::milliseconds& every) {
    add_seconds_option(command, "--snapshot-every", every,
                       "Time between snapshots of the guest, from which the job can be continued "
                       "(default: 1; 0: none)");
}

void add_job_options(CLI::App& command, JobOptions& options) {
    add_connection_options(command, options.connection);
    command
        .add_option("--job-compression", options.compression, "Of published chunks: none or zstd")
        ->check(CLI::IsMember({"none", "zstd"}))
        ->capture_default_str();
    add_number_option(
        command, "--tries", options.tries,
        "How often a task may fail, or be left unanswered, before the job fails (default: 8)");
    add_seconds_option(command, "--answer-within", options.answer_within,
                       "How long until a silent worker's task is given to another one, if this "
                       "makes the queue (default: 30)");
    add_size_option(command, "--chunk-store", options.chunk_store,
                    "The broker's room for chunks, if this makes the stream (default: 2G)");
    add_size_option(command, "--result-store", options.result_store,
                    "The broker's room for results, if this makes the stream (default: 1G)");
    add_number_option(command, "--task-steps", options.task_steps,
                      "Steps that a task of a worker has (default: 2^25, of a profile 2^23)");
    add_snapshot_option(command, options.snapshot_every);
    add_size_option(command, "--snapshot-store", options.snapshot_store,
                    "The broker's room for snapshots, if this makes the stream (default: 1G)");
    command.add_flag("--store-in-memory", options.in_memory,
                     "The broker keeps all in memory, if this makes the streams");
}

ClusterJob::ClusterJob(const JobOptions& options, const GuestOptions& guest,
                       const std::shared_ptr<const Program>& program, const std::string& kind,
                       const RecordOptions& recording, std::span<const std::uint8_t> input,
                       bool keeps_input, OnCalls on_calls)
    : broker_(options.connection.broker()),
      task_steps_(options.task_steps),
      snapshot_every_(options.snapshot_every) {
    if (options.tries == 0) throw Error("--tries wants a number from 1 on");
    if (options.answer_within < std::chrono::seconds{1})
        throw Error("--answer-within wants a second at least");
    if (input.size() > kLargestTraceInput)
        throw Error("an input of {} bytes is over the limit of {}", input.size(),
                    kLargestTraceInput);
    cluster::ensure_store(broker_, {.chunk_bytes = options.chunk_store,
                                    .result_bytes = options.result_store,
                                    .snapshot_bytes = options.snapshot_store,
                                    .answer_within = options.answer_within,
                                    .in_memory = options.in_memory});
    const auto when_full = [] {
        throw Error("the broker has no room for the program or its input");
    };
    cluster::JobRecord job{.id = cluster::random_id(), .kind = kind};
    job.program = cluster::publish_program(broker_, program->file(), when_full);
    job.program_name = program->name();
    job.input_bytes = input.size();
    job.input_hash = Hasher().add(input).finish();
    if (keeps_input) job.input = cluster::pieces_of(broker_, input.size());
    job.coordinator = cluster::random_id();
    job.platform = resolve_platform(guest.platform, *program);
    job.interprets = guest.engine == "interpreted";
    job.compresses = options.compression == "zstd";
    job.chunk_steps = recording.chunk_steps;
    job.max_steps = guest.max_steps;
    job.tries = options.tries;
    job.started = cluster::now_seconds();
    job_.emplace(cluster::JobStore::create(broker_, std::move(job)));
    say("reprise: job {}\n", record().id);
    if (keeps_input) {
        try {
            cluster::publish_pieces(broker_, cluster::input_subject(record().id), input, when_full);
        } catch (...) {
            cluster::drop_job(broker_, record().id);
            throw;
        }
    }
    start(program, std::move(on_calls), {});
}

ClusterJob::ClusterJob(const ConnectionOptions& options, const std::string& id,
                       std::chrono::milliseconds snapshot_every)
    : broker_(options.broker()),
      job_(cluster::JobStore::find(broker_, id)),
      snapshot_every_(snapshot_every) {
    cluster::refuse_ended(record());
}

void ClusterJob::read_published(const Program& program) {
    published_ =
        cluster::read_task_records(broker_, record(), initial_state(program, record().platform));
}

void ClusterJob::take_over(const Program& program) {
    job_->take_over();
    job_->record.chunks_done = 0;  // results are read again
    job_->record.workers.clear();
    read_published(program);  // there may be more by now
    // Of chunks without a record nobody knows.
    cluster::remove_all(broker_, cluster::kTasks, cluster::task_subject(record().id));
    cluster::remove_unrecorded(broker_, record(), published_);
}

std::optional<TraceEnd> ClusterJob::published_end() const {
    if (published_.empty()) return std::nullopt;
    return published_.back().trace_end;
}

bool ClusterJob::go_on_from_snapshot(const std::function<void(const Bytes& snapshot)>& use) {
    std::uint64_t published = 0;
    for (const cluster::TaskRecord& task : published_)
        published += task.chunks;
    std::vector<cluster::SnapshotRecord>& known = job_->record.snapshots;
    for (std::size_t i = known.size(); i-- > 0;) {
        if (known[i].chunks > published) continue;
        try {
            use(cluster::fetch_snapshot(broker_, record().id, known[i]));
            return true;
        } catch (const std::exception& error) {
            say("reprise: job {}: the snapshot behind {} is of no use: {}\n", record().id,
                count_of(known[i].chunks, "chunk"), error.what());
        }
    }
    known.clear();  // the run comes to new ones before it comes to these
    return false;
}

std::shared_ptr<const Program> ClusterJob::fetch_program() {
    return std::make_shared<const Program>(Program::from_elf(
        cluster::fetch_program(broker_, record().program), record().program_name));
}

Bytes ClusterJob::fetch_input() {
    if (!record().input)
        throw Error("the input of job {} was left out: name it with --input", record().id);
    return cluster::fetch_pieces(broker_, cluster::kJobs, cluster::input_subject(record().id),
                                 *record().input);
}

void ClusterJob::start(const std::shared_ptr<const Program>& program, OnCalls on_calls,
                       Sink output) {
    replay_.emplace(
        broker_, std::move(*job_),
        cluster::ClusterReplayOptions{
            .program = program,
            .publishers = default_publishers(),
            .task_steps = task_steps_,
            .snapshot_every = snapshot_every_,
            .on_calls = std::move(on_calls),
            .output = std::move(output),
            .on_progress =
                [this](const cluster::JobProgress& progress) {
                    progress_.show_text(text_of(progress));
                },
            .on_complaint = [](const std::string& line) { say("reprise: {}\n", line); }},
        published_);
}

const TraceEnd& ClusterJob::execute(TracedRun& run, const RecordOptions& options,
                                    std::span<ChunkConsumer* const> consumers) {
    if (snapshot_every_.count() != 0)
        run.offer_snapshots([this](Machine& machine, const Executed& executed,
                                   std::span<const std::uint8_t> output) {
            replay_->offer_snapshot(machine, executed, output);
        });
    return run.record(options, consumers);
}

void ClusterJob::conclude(Statistics& statistics) const {
    const cluster::JobRecord& record = replay_->record();
    statistics.job = {.id = record.id, .workers = record.workers};
    say("reprise: job {}: {}, {} replayed in {:.3f} s by {}: right\n", record.id,
        count_of(statistics.chunks, "chunk"), count_of(statistics.replay->counts.steps, "step"),
        statistics.replay->seconds, count_of(record.workers.size(), "worker"));
}

}  // namespace reprise::cli
