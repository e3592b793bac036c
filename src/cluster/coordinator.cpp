#include "cluster/coordinator.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/error.h"

namespace reprise::cluster {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kShowEvery{200}, kUpdateEvery{1000}, kLookEvery{2000};

// Of a large program, a task costs 1 to 2 ms beside its chunks, which take about 0.7 ms each. The
// calls of a profile may be as large as the chunks.
constexpr std::uint64_t kReplayTaskSteps = std::uint64_t{1} << 25;
constexpr std::uint64_t kProfileTaskSteps = std::uint64_t{1} << 23;

/// Error results after which a worker's word that nobody else should try is believed.
constexpr unsigned kFinalWords = 2;
/// How often a task that some workers may not have is handed out: they give it back twice a second,
/// and another worker is waited for as long.
constexpr std::uint64_t kGiveBacks = 60;

TraceHeader header_of(const JobRecord& record, const Program& program) {
    return {
        .chunk_steps = record.chunk_steps,
        .program = program.identity(),
        .platform = record.platform,
        .input = {.size = record.input_bytes, .hash = record.input_hash, .bytes = {}, .owner = {}},
        .compression = record.compresses ? Compression::zstd : Compression::none};
}

/// The task that a result's subject names.
std::optional<std::uint64_t> task_number(const std::string& subject) {
    const std::size_t dot = subject.rfind('.');
    std::uint64_t number = 0;
    const char* const begin = subject.data() + dot + 1;
    const char* const end = subject.data() + subject.size();
    const auto [rest, error] = std::from_chars(begin, end, number);
    if (error != std::errc() || rest != end) return std::nullopt;
    return number;
}

std::string names_of(const std::map<std::string, std::uint64_t>& workers) {
    std::string names;
    for (const auto& [name, chunks] : workers)
        names += (names.empty() ? "" : ", ") + name;
    return names;
}

std::string describe(const TaskRecord& task, std::uint64_t chunk_steps) {
    const std::uint64_t first = task.start.step / chunk_steps;
    return fmt::format("chunks {} to {}", first, first + task.chunks - 1);
}

}  // namespace

ClusterReplay::ClusterReplay(Broker& broker, JobStore job, ClusterReplayOptions options,
                             std::span<const TaskRecord> published)
    : broker_(broker),
      job_(std::move(job)),
      options_(std::move(options)),
      records_calls_(job_.record.kind == kProfile),
      merger_(*options_.program, options_.on_calls, options_.output) {
    for (const TaskRecord& task : published) {
        ledger_.add(task);
        published_.add(task);
        continues_ = task.end;
        first_chunk_ += task.chunks;
        chunks_ += task.chunks;
        steps_ = task.end.step;
        log_bytes_ += task.log_bytes;
    }
    snapshots_.emplace(broker_, job_.record.id, job_.record.coordinator, options_.snapshot_every,
                       job_.record.snapshots);
    publisher_.emplace(
        broker_, PublisherOptions{
                     .job = job_.record.id,
                     .epoch = job_.record.coordinator,
                     .front = {.header = header_of(job_.record, *options_.program),
                               .engine = job_.record.interprets ? ReplayEngine::interpreted
                                                                : ReplayEngine::compiled},
                     .first_task = published.size(),
                     .threads = options_.publishers,
                     .steps = task_steps(),
                     .on_task = [this](const TaskRecord& task) { on_task(task); },
                     .when_full = [this] { note_full_store(); },
                     .on_failure = [this](std::exception_ptr error) { fail(std::move(error)); }});
    collector_ = std::thread([this] { collect(); });
}

std::uint64_t ClusterReplay::task_steps() const {
    if (options_.task_steps != 0) return options_.task_steps;
    return records_calls_ ? kProfileTaskSteps : kReplayTaskSteps;
}

ClusterReplay::~ClusterReplay() {
    stop();
    if (is_finished_) return;
    try {
        using Written = JobStore::Written;
        job_.record.state = JobState::failed;
        job_.record.error = failure_text().value_or("the coordinator has given up");
        const Written written = job_.try_update();
        if (written != Written::taken_over) job_.purge();
        if (written == Written::no_room) job_.try_update();
    } catch (const std::exception&) {  // then the record stays as it was: the job can be continued
    }
}

void ClusterReplay::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
    }
    moved_.notify_all();
    if (collector_.joinable()) collector_.join();
    publisher_.reset();
    snapshots_.reset();
}

void ClusterReplay::fail(std::exception_ptr error) {
    {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::move(error);
    }
    moved_.notify_all();
}

void ClusterReplay::rethrow() const {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
}

std::optional<std::string> ClusterReplay::failure_text() const {
    try {
        rethrow();
    } catch (const std::exception& error) {
        return error.what();
    }
    return std::nullopt;
}

unsigned ClusterReplay::threads() const {
    const std::lock_guard lock(mutex_);
    return static_cast<unsigned>(workers_.size());
}

// The executor's part.

void ClusterReplay::take(SharedChunk chunk) {
    rethrow();
    {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [this] { return ledger_.size() < kMostOutstanding || failure_; });
        if (chunk->index < first_chunk_) return;  // published by an earlier coordinator
        chunks_ = chunk->index + 1;
        steps_ = chunk->start.step + chunk->steps;
        log_bytes_ += chunk->log.size();
    }
    if (!last_ && chunk->index > first_chunk_)
        throw Error("job {}: the run begins behind what is published", job_.record.id);
    if (chunk->index == first_chunk_ && continues_ && !(chunk->start == *continues_))
        throw Error("job {}: the run is not the one that was published before", job_.record.id);
    if (last_) publisher_->add(std::move(last_), chunk->start, nullptr);
    last_ = std::move(chunk);
}

void ClusterReplay::offer_snapshot(Machine& machine, const Executed& executed,
                                   std::span<const std::uint8_t> output) {
    snapshots_->consider(machine, executed, output);
}

Replayed ClusterReplay::finish(const TraceEnd& end) {
    const bool has_chunks = last_ != nullptr || first_chunk_ != 0;
    if (last_) publisher_->add(std::move(last_), end.final, &end);
    publisher_->finish();
    rethrow();
    {
        std::unique_lock lock(mutex_);
        tasks_ = publisher_->tasks();
        moved_.notify_all();
        moved_.wait(lock, [this] { return merged_ == *tasks_ || failure_; });
    }
    rethrow();
    collector_.join();
    rethrow();
    if (!has_chunks) {
        ReplayChecker checker("this run", initial_state(*options_.program, job_.record.platform),
                              1);
        add_end_without_chunks(options_.program, job_.record.platform, end, checker);
        checker.finish(end);
    } else if (!merger_.has_output_of(end)) {
        fail(std::make_exception_ptr(
            Error("job {}: the public output of the workers is not that of the run: one of {} lies",
                  job_.record.id, names_of(workers_))));
        rethrow();
    }
    job_.record.state = JobState::done;
    job_.update();
    is_finished_ = true;
    snapshots_.reset();  // one may still be on its way
    try {
        job_.purge();
    } catch (const Error& error) {  // the numbers are right nevertheless
        complain(
            fmt::format("not all of job {} could be removed: {}", job_.record.id, error.what()));
    }
    Replayed replayed{.counts = merger_.take_counts(), .stop = end.stop};
    replayed.chunks = chunks_;
    replayed.log_bytes = log_bytes_;
    return replayed;
}

// The publishers' part.

void ClusterReplay::on_task(const TaskRecord& record) {
    ledger_.add(record);
    publish_task({.record = record, .avoid = {}, .reasons = {}});
    const std::lock_guard lock(mutex_);
    published_.add(record);
    full_since_.reset();
}

/// Workers make room; where none of ours is in work, others must.
void ClusterReplay::note_full_store() {
    const std::lock_guard lock(mutex_);
    if (is_stopped_ || failure_) throw Error("the job has failed meanwhile");
    const auto now = Clock::now();
    if (!full_since_ || ledger_.size() != 0) full_since_ = now;
    if (now - *full_since_ > broker_.options().patience)
        throw Error(
            "job {}: the broker's room for chunks, the stream {}, is used up by other jobs, or too "
            "small for a task",
            job_.record.id, kChunks);
}

void ClusterReplay::publish_task(const Outstanding& task) {
    const JobRecord& job = job_.record;
    const Task message{.job = job.id,
                       .number = task.record.number,
                       .epoch = task.record.epoch,
                       .kind = job.kind,
                       .program = job.program,
                       .chunks = task.record.pieces,
                       .tries = job.tries + (task.avoid.empty() ? 0 : kGiveBacks),
                       .avoid = task.avoid};
    publish_when_possible(broker_, task_subject(job.id), encode(message), [this] { rethrow(); });
}

// The collector's part.

void ClusterReplay::collect() {
    constexpr milliseconds kShortest{4}, kLongest{50};
    milliseconds pause = kShortest;
    const auto goes_on = [this] {
        const std::lock_guard lock(mutex_);
        return !is_stopped_ && !failure_ && !(tasks_ && merged_ == *tasks_);
    };
    last_looked_ = Clock::now();
    try {
        while (goes_on()) {
            const bool has_come = collect_one();
            const auto now = Clock::now();
            if (now - last_shown_ >= kShowEvery) show_progress();
            if (now - last_update_ >= kUpdateEvery || has_snapshot_news()) {
                update_record();
                check_room();
            }
            if (now - last_looked_ >= kLookEvery) reissue_lost();
            if (has_come) {
                pause = kShortest;
                continue;
            }
            std::unique_lock lock(mutex_);
            moved_.wait_for(lock, pause, [this] { return is_stopped_ || failure_ != nullptr; });
            pause = std::min(2 * pause, kLongest);
        }
    } catch (...) {
        fail(std::current_exception());
        publisher_->give_up();
    }
    try {
        show_progress();
        update_record();
    } catch (...) {
        fail(std::current_exception());
    }
}

bool ClusterReplay::has_snapshot_news() {
    const std::lock_guard lock(mutex_);
    return snapshots_->has_news(published_.count());
}

bool ClusterReplay::collect_one() {
    const auto message = broker_.next(kResults, next_sequence_, results_subject(job_.record.id));
    if (!message) return false;
    next_sequence_ = message->sequence + 1;
    last_looked_ = Clock::now();
    take_result(*message);
    return true;
}

void ClusterReplay::take_result(const Message& message) {
    const auto number = task_number(message.subject);
    const auto task = number ? ledger_.find(*number) : std::nullopt;
    if (!task) return;  // a second result, or a foreign one
    ResultMessage result;
    try {
        result = decode_result_message(message.data);
    } catch (const Error& error) {
        complain(fmt::format("what is no result of task {}: {}", *number, error.what()));
        return;
    }
    if (result.head.epoch != task->record.epoch)
        return;  // of chunks that another one has published
    if (result.head.error) {
        refuse(*number, result.head.worker, *result.head.error, result.head.is_final);
        return;
    }
    accept(message, result, task->record);
}

WorkResult ClusterReplay::read_result(const ResultMessage& result, const TaskRecord& task) {
    Bytes fetched;
    std::span<const std::uint8_t> content = result.content;
    if (result.head.pieces != 0) {
        if (result.head.bytes > kLargestResult + 4096) throw Error("a result that is too large");
        fetched = fetch_pieces(broker_, kResults,
                               result_part_subject(job_.record.id, task.number, result.head.nonce),
                               {.bytes = result.head.bytes, .count = result.head.pieces});
        content = fetched;
    }
    ExpectedWork expected{.start = task.start,
                          .end = task.end,
                          .chunk_steps = job_.record.chunk_steps,
                          .stop = {},
                          .records_calls = records_calls_};
    if (task.trace_end) expected.stop = task.trace_end->stop;
    return decode_work_result(content, *options_.program, expected);
}

void ClusterReplay::accept(const Message& message, const ResultMessage& result,
                           const TaskRecord& task) {
    std::optional<WorkResult> work;
    try {
        work = read_result(result, task);
    } catch (const std::bad_alloc&) {
        throw Error("job {}: out of memory for a result of {} bytes", job_.record.id,
                    result.head.bytes);
    } catch (const Error& error) {
        refuse(task.number, result.head.worker, error.what(), false);
        return;
    }
    reissues_ = 0;
    merger_.add(task, message.sequence, std::move(*work));
    const std::uint64_t merged = merger_.merge(
        [this](const TaskRecord& of, std::uint64_t at) { return read_again(of, at); });
    ledger_.remove(task.number);
    {
        const std::lock_guard lock(mutex_);
        merged_ = merged;
        workers_[result.head.worker] += task.chunks;
        job_.record.chunks_done += task.chunks;
    }
    moved_.notify_all();
    for (const std::uint64_t sequence : task.sequences)
        broker_.remove(kChunks, sequence);
}

WorkResult ClusterReplay::read_again(const TaskRecord& task, std::uint64_t sequence) {
    const auto message =
        broker_.next(kResults, sequence, result_subject(job_.record.id, task.number));
    if (!message || message->sequence != sequence)
        throw Error("job {}: the result of task {} is no longer in the store", job_.record.id,
                    task.number);
    return read_result(decode_result_message(message->data), task);
}

/// Results stay in the store until the job is done: without room for more, it never would be.
void ClusterReplay::check_room() {
    const StreamUsage usage = broker_.usage(kResults).value_or(StreamUsage{});
    const std::uint64_t least =
        std::max<std::uint64_t>(usage.largest / 16, 2 * broker_.largest_message());
    if (usage.largest != 0 && usage.bytes + least > usage.largest)
        throw Error(
            "job {}: the broker's room for results is used up, {} of {} bytes: drop jobs that are "
            "not wanted ('reprise jobs'), or give the stream {} more",
            job_.record.id, usage.bytes, usage.largest, kResults);
}

/// Gives a task to another worker, or gives up.
void ClusterReplay::refuse(std::uint64_t number, const std::string& worker, const std::string& why,
                           bool is_final) {
    const Outstanding task = ledger_.note_failure(number, worker, why, is_final);
    const std::string chunks = describe(task.record, job_.record.chunk_steps);
    if (task.final_words >= kFinalWords || task.tries >= job_.record.tries)
        throw Error("job {}: {} cannot be replayed, tried {} times: {}", job_.record.id, chunks,
                    task.tries, fmt::join(task.reasons, "; "));
    complain(fmt::format("worker {}: {}: {}; they are given to another one", worker, chunks, why));
    publish_task(task);
}

/// A broker that was killed may have lost what it had just taken; a task that was damaged in the
/// queue is taken out of it. So where nothing is in the queue, what is outstanding goes there
/// again.
void ClusterReplay::reissue_lost() {
    last_looked_ = Clock::now();
    if (broker_.next(kTasks, 1, task_subject(job_.record.id))) return;
    if (ledger_.size() == 0) return;
    if (++reissues_ > job_.record.tries)
        throw Error(
            "job {}: tasks were published {} times and taken out of the queue, and none came back",
            job_.record.id, reissues_);
    // What was done while we looked, has its result in the store.
    while (collect_one()) {
    }
    for (const Outstanding& task : ledger_.all())
        publish_task(task);
}

void ClusterReplay::complain(std::string line) {
    if (options_.on_complaint) options_.on_complaint(line);
    auto& complaints = job_.record.complaints;
    complaints.push_back(std::move(line));
    if (complaints.size() > kMostComplaints) complaints.erase(complaints.begin());
}

void ClusterReplay::update_record() {
    last_update_ = Clock::now();
    JobRecord& record = job_.record;
    {
        const std::lock_guard lock(mutex_);
        record.snapshots = snapshots_->update(published_.count());
        record.steps = steps_;
        record.chunks = chunks_;
        record.log_bytes = log_bytes_;
        record.tasks = publisher_->tasks();
        record.tasks_done = merged_;
        record.workers = workers_;
        if (tasks_) record.state = JobState::published;
    }
    if (auto text = failure_text()) {
        record.state = JobState::failed;
        record.error = std::move(*text);
    }
    job_.update();
    snapshots_->remove_superseded();
}

void ClusterReplay::show_progress() {
    last_shown_ = Clock::now();
    if (!options_.on_progress) return;
    JobProgress progress;
    {
        const std::lock_guard lock(mutex_);
        progress = {.chunks_executed = chunks_,
                    .chunks_in_flight = ledger_.chunks(),
                    .chunks_done = job_.record.chunks_done,
                    .workers = workers_,
                    .is_store_full = full_since_.has_value()};
    }
    options_.on_progress(progress);
}

}  // namespace reprise::cluster
