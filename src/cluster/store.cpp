#include "cluster/store.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/hash.h"

namespace reprise::cluster {

namespace {

std::string piece_subject(const std::string& subject, std::uint64_t piece) {
    return fmt::format("{}.{}", subject, piece);
}

/// Calls `use(message)` for all messages of the subjects, in the order of their sequences.
template <class Use>
void for_each(Broker& broker, const std::string& stream, const std::string& subjects, Use use) {
    std::uint64_t from = 1;
    while (const auto message = broker.next(stream, from, subjects)) {
        use(*message);
        from = message->sequence + 1;
    }
}

}  // namespace

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// Whatever nobody removes (the results of a worker that comes too late, say) goes after a week.
static constexpr std::chrono::hours kLongest{7 * 24};

void ensure_store(Broker& broker, const StoreOptions& options) {
    const bool memory = options.in_memory;
    broker.ensure_stream(
        {.name = kJobs, .subjects = "reprise.job.>", .keeps_last_only = true, .in_memory = memory});
    broker.ensure_stream({.name = kPrograms,
                          .subjects = "reprise.program.>",
                          .keeps_last_only = true,
                          .in_memory = memory});
    broker.ensure_stream({.name = kSnapshots,
                          .subjects = "reprise.snapshot.>",
                          .largest = options.snapshot_bytes,
                          .in_memory = memory,
                          .longest = kLongest});
    broker.ensure_stream({.name = kChunks,
                          .subjects = "reprise.chunk.>",
                          .largest = options.chunk_bytes,
                          .in_memory = memory,
                          .longest = kLongest});
    broker.ensure_stream({.name = kResults,
                          .subjects = "reprise.result.>",
                          .largest = options.result_bytes,
                          .in_memory = memory,
                          .longest = kLongest});
    broker.ensure_stream(
        {.name = kTasks, .subjects = "reprise.task.*", .is_queue = true, .in_memory = memory});
    broker.ensure_consumer(kTasks, kWorkers, options.answer_within);
}

std::uint64_t publish_when_possible(Broker& broker, const std::string& subject,
                                    std::span<const std::uint8_t> bytes,
                                    const WhenFull& when_full) {
    using std::chrono::milliseconds;
    std::uint64_t sequence = 0;
    for (milliseconds pause{5};
         broker.publish(subject, bytes, std::nullopt, &sequence) == Published::full;
         pause = std::min(2 * pause, milliseconds{200})) {
        when_full();
        std::this_thread::sleep_for(pause);
    }
    return sequence;
}

Pieces publish_pieces(Broker& broker, const std::string& subject,
                      std::span<const std::uint8_t> bytes, const WhenFull& when_full,
                      std::vector<std::uint64_t>* sequences,
                      const std::function<void()>& before_each) {
    const std::size_t largest = broker.largest_message();
    Pieces pieces{.bytes = bytes.size()};
    for (; !bytes.empty(); ++pieces.count) {
        if (before_each) before_each();
        const auto piece = bytes.first(std::min(largest, bytes.size()));
        const std::uint64_t sequence =
            publish_when_possible(broker, piece_subject(subject, pieces.count), piece, when_full);
        if (sequences != nullptr) sequences->push_back(sequence);
        bytes = bytes.subspan(piece.size());
    }
    return pieces;
}

Pieces pieces_of(const Broker& broker, std::uint64_t bytes) {
    const std::uint64_t largest = broker.largest_message();
    return {.bytes = bytes, .count = (bytes + largest - 1) / largest};
}

void remove_all(Broker& broker, const std::string& stream, const std::string& subjects) {
    for_each(broker, stream, subjects,
             [&](const Message& message) { broker.remove(stream, message.sequence); });
}

Bytes fetch_pieces(Broker& broker, const std::string& stream, const std::string& subject,
                   const Pieces& pieces) {
    Bytes bytes;
    for (std::uint64_t i = 0; i < pieces.count; ++i) {
        const auto piece = broker.last(stream, piece_subject(subject, i));
        if (!piece) throw Error("{} is not in {}", piece_subject(subject, i), stream);
        if (piece->data.size() > pieces.bytes - bytes.size())
            throw Error("{} has more than {} bytes in all", subject, pieces.bytes);
        if (i == 0) bytes.reserve(std::min(pieces.bytes, pieces.count * piece->data.size()));
        bytes.insert(bytes.end(), piece->data.begin(), piece->data.end());
    }
    if (bytes.size() != pieces.bytes)
        throw Error("{} has {} bytes, not {}", subject, bytes.size(), pieces.bytes);
    return bytes;
}

FileRecord publish_program(Broker& broker, std::span<const std::uint8_t> file,
                           const WhenFull& when_full) {
    const FileRecord record{.hash = Hasher().add(file).finish(),
                            .pieces = pieces_of(broker, file.size())};
    try {
        fetch_program(broker, record);
    } catch (const Error&) {  // not there, or damaged, or in pieces of another size
        publish_pieces(broker, program_subject(record.hash), file, when_full);
    }
    return record;
}

Bytes fetch_program(Broker& broker, const FileRecord& program) {
    Bytes file = fetch_pieces(broker, kPrograms, program_subject(program.hash), program.pieces);
    if (Hasher().add(file).finish() != program.hash)
        throw Error("the program {} has another hash", to_hex(program.hash));
    return file;
}

[[noreturn]] static void refuse_id(const std::string& text) {
    throw Error("'{}' names no job: jobs are named by 16 hexadecimal digits", clean_text(text));
}

static void refuse_unwritten(JobStore::Written written, const JobId& job) {
    switch (written) {
        case JobStore::Written::written: return;
        case JobStore::Written::no_room:
            throw Error("the broker has no room for the record of job {}", job);
        case JobStore::Written::taken_over:
            throw Error("another coordinator has taken over job {}", job);
        case JobStore::Written::dropped: throw Error("job {} was dropped", job);
    }
}

void refuse_ended(const JobRecord& job) {
    if (job.state == JobState::done || job.state == JobState::failed)
        throw Error("job {} has ended: {}{}{}", job.id, name_of(job.state),
                    job.error.empty() ? "" : ": ", job.error);
}

JobStore JobStore::find(Broker& broker, const JobId& job) {
    if (!is_job_id(job)) refuse_id(job);
    std::optional<Message> message;
    if (broker.has_stream(kJobs)) message = broker.last(kJobs, job_subject(job));
    if (!message)
        throw Error("there is no job {} at this broker; 'reprise jobs' lists those that are", job);
    return {broker, decode_job_record(message->data), message->sequence};
}

JobStore JobStore::create(Broker& broker, JobRecord record) {
    JobStore store(broker, std::move(record), 0);
    store.update();
    return store;
}

void JobStore::take_over() {
    const std::string coordinator = random_id();
    Written written = Written::taken_over;
    constexpr int kTries = 10;  // the one that is taken over may write meanwhile
    for (int i = 0; i < kTries && written == Written::taken_over; ++i) {
        JobStore latest = find(broker_, record.id);
        refuse_ended(latest.record);
        record = std::move(latest.record);
        sequence_ = latest.sequence_;
        record.coordinator = coordinator;
        written = try_update();
    }
    refuse_unwritten(written, record.id);
}

JobStore::Written JobStore::try_update() {
    record.updated = now_seconds();
    const Bytes bytes = encode(record);
    const std::string subject = job_subject(record.id);
    const Published published = broker_.publish(subject, bytes, sequence_, &sequence_);
    if (published == Published::stored) return Written::written;
    if (published == Published::full) return Written::no_room;
    // Published before, it may be, by a call that was not answered.
    const auto last = broker_.last(kJobs, subject);
    if (!last) return Written::dropped;
    if (last->data != bytes) return Written::taken_over;
    sequence_ = last->sequence;
    return Written::written;
}

void JobStore::update() {
    refuse_unwritten(try_update(), record.id);
}

void JobStore::purge() {
    purge_job(broker_, record.id);
}

void purge_job(Broker& broker, const JobId& job) {
    remove_all(broker, kTasks, task_subject(job));
    remove_all(broker, kChunks, chunks_subject(job));
    remove_all(broker, kResults, result_parts_subject(job));
    remove_all(broker, kJobs, records_subject(job));
    remove_all(broker, kJobs, input_subject(job) + ".*");
    remove_all(broker, kSnapshots, snapshots_subject(job));
}

void drop_job(Broker& broker, const JobId& job) {
    if (!is_job_id(job)) refuse_id(job);
    bool is_known = false;
    if (broker.has_stream(kJobs)) {
        is_known = broker.last(kJobs, job_subject(job)).has_value();
        remove_all(broker, kJobs, job_subject(job));  // a coordinator that runs finds it gone
        purge_job(broker, job);
    }
    if (!is_known) throw Error("there is no job {} at this broker", job);
}

std::vector<JobRecord> list_jobs(Broker& broker, std::vector<std::string>& unreadable) {
    std::vector<JobRecord> jobs;
    if (!broker.has_stream(kJobs)) return jobs;
    for_each(broker, kJobs, job_subject("*"), [&](const Message& message) {
        try {
            jobs.push_back(decode_job_record(message.data));
        } catch (const Error& error) {
            unreadable.push_back(fmt::format("{}: {}", clean_text(message.subject), error.what()));
        }
    });
    std::ranges::sort(jobs, {},
                      [](const JobRecord& job) { return std::pair(job.started, job.id); });
    return jobs;
}

static bool continues(const std::vector<TaskRecord>& records, const TaskRecord& next,
                      const State& initial, std::uint64_t chunk_steps) {
    const bool is_first = records.empty();
    if (next.number != records.size() || (!is_first && records.back().trace_end)) return false;
    if (!(next.start == (is_first ? initial : records.back().end))) return false;
    if (next.start.step % chunk_steps != 0) return false;
    if (next.chunks != next.steps() / chunk_steps + (next.steps() % chunk_steps != 0 ? 1 : 0))
        return false;
    return next.trace_end ? next.trace_end->final == next.end : next.end.step % chunk_steps == 0;
}

std::vector<TaskRecord> read_task_records(Broker& broker, const JobRecord& job,
                                          const State& initial) {
    std::map<std::uint64_t, TaskRecord> by_number;  // publishers may have overtaken each other
    for_each(broker, kJobs, records_subject(job.id), [&](const Message& message) {
        TaskRecord record = decode_task_record(message.data);
        by_number.emplace(record.number, std::move(record));
    });
    std::vector<TaskRecord> records;
    for (auto& [number, record] : by_number) {
        if (!continues(records, record, initial, job.chunk_steps)) break;
        records.push_back(std::move(record));
    }
    return records;
}

void remove_unrecorded(Broker& broker, const JobRecord& job, std::span<const TaskRecord> records) {
    std::set<std::string> known;
    for (const TaskRecord& record : records) {
        known.insert(record_subject(job.id, record.number));
        for (std::uint64_t i = 0; i < record.pieces.count; ++i)
            known.insert(piece_subject(chunks_subject(job.id, record.epoch, record.number), i));
    }
    for (const SnapshotRecord& snapshot : job.snapshots)
        for (std::uint64_t i = 0; i < snapshot.content.pieces.count; ++i)
            known.insert(
                piece_subject(snapshot_subject(job.id, snapshot.epoch, snapshot.chunks), i));
    const auto remove_unknown = [&](const std::string& stream, const std::string& subjects) {
        for_each(broker, stream, subjects, [&](const Message& message) {
            if (!known.contains(message.subject)) broker.remove(stream, message.sequence);
        });
    };
    remove_unknown(kJobs, records_subject(job.id));
    remove_unknown(kChunks, chunks_subject(job.id));
    remove_unknown(kSnapshots, snapshots_subject(job.id));
}

}  // namespace reprise::cluster
