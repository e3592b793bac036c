#include "cluster/task_publisher.h"

#include <optional>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "trace/format.h"

namespace reprise::cluster {

namespace {

using Clock = std::chrono::steady_clock;

// What a task has at most. Of a large program, a task costs 1 to 2 ms beside its chunks.
constexpr std::uint64_t kMostLogBytes = std::uint64_t{64} << 20;
constexpr std::size_t kMostChunks = 4096;
/// Chunks that wait for each thread before the executor compresses some.
constexpr std::size_t kMostWaiting = 4;
/// A slow run does not keep workers waiting.
constexpr std::chrono::milliseconds kLongest{100};

}  // namespace

struct TaskPublisher::OpenTask {
    TaskRecord record;
    Clock::time_point since = Clock::now();
    std::mutex mutex;  ///< guards all below
    std::vector<Bytes> chunks;
    std::size_t encoded = 0;
    bool is_closed = false;
};

TaskPublisher::TaskPublisher(Broker& broker, PublisherOptions options)
    : broker_(broker),
      options_(std::move(options)),
      trace_id_(trace_format::trace_id_of(trace_format::encode_header(options_.front.header))),
      tasks_(options_.first_task) {
    try {
        for (unsigned i = 0; i < options_.threads; ++i)
            threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
        finish();
        throw Error("cannot start a thread to publish: {}", error.what());
    }
}

TaskPublisher::~TaskPublisher() {
    has_failed_ = true;  // what waits is not wanted any more
    finish();
}

void TaskPublisher::add(SharedChunk chunk, const Checkpoint& end, const TraceEnd* trace_end) {
    if (!open_) {
        open_ = std::make_shared<OpenTask>();
        open_->record.number = tasks_++;
        open_->record.epoch = options_.epoch;
        open_->record.start = chunk->start;
    }
    TaskRecord& record = open_->record;
    record.end = end;
    record.log_bytes += chunk->log.size();
    ++record.chunks;
    if (trace_end != nullptr) record.trace_end = *trace_end;
    Job job{.chunk = std::move(chunk), .task = open_, .slot = record.chunks - 1};
    const bool is_full = trace_end != nullptr || record.steps() >= options_.steps ||
                         record.log_bytes >= kMostLogBytes || record.chunks >= kMostChunks ||
                         Clock::now() - open_->since >= kLongest;
    {
        const std::lock_guard lock(open_->mutex);
        open_->chunks.emplace_back();
        open_->is_closed = is_full;
    }
    if (is_full) open_.reset();
    // Memory and caches are better used for few chunks, and no core has less to do for it.
    // Not where publishing is what takes time: then memory would grow beyond the buffers.
    if (jobs_.size() > kMostWaiting * options_.threads && complete_ < options_.threads) {
        if (!compress(job, executor_)) return;
        ++complete_;
    }
    jobs_.push(std::move(job));
}

void TaskPublisher::finish() {
    jobs_.close();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void TaskPublisher::work() {
    Encoder encoder;
    while (auto job = jobs_.pop()) {
        if (has_failed_) continue;  // lets go of chunks: the executor may wait for their memory
        try {
            const bool is_complete = job->chunk == nullptr;
            if (is_complete || compress(*job, encoder)) publish(*job->task);
            if (is_complete) --complete_;
        } catch (...) {
            has_failed_ = true;
            options_.on_failure(std::current_exception());
        }
    }
}

/// Whether the task is then complete.
bool TaskPublisher::compress(Job& job, Encoder& encoder) {
    if (!encoder) encoder.emplace(trace_id_, options_.front.header.compression);
    const RecordedChunk& chunk = *job.chunk;
    const EncodedChunk encoded =
        encoder->encode({.start = chunk.start, .steps = chunk.steps, .log = chunk.log.bytes()});
    const auto stored = encoded.stored();
    Bytes bytes;
    bytes.reserve(encoded.front.size() + stored.size());
    bytes.insert(bytes.end(), encoded.front.begin(), encoded.front.end());
    bytes.insert(bytes.end(), stored.begin(), stored.end());
    job.chunk.reset();
    OpenTask& task = *job.task;
    const std::lock_guard lock(task.mutex);
    task.chunks[job.slot] = std::move(bytes);
    return ++task.encoded == task.chunks.size() && task.is_closed;
}

/// First what a task needs, then the record by which a job can be continued, then the task.
void TaskPublisher::publish(OpenTask& task) {
    TaskFront front = options_.front;
    front.chunks = task.record.chunks;
    front.stops =
        task.record.trace_end && task.record.trace_end->stop.kind != Stop::Kind::step_limit;
    Bytes bytes = encode_task_front(front);
    for (Bytes& chunk : task.chunks) {
        bytes.insert(bytes.end(), chunk.begin(), chunk.end());
        Bytes().swap(chunk);
    }
    const auto when_full = [this] {
        if (has_failed_) throw Error("publishing was given up");
        options_.when_full();
    };
    const std::lock_guard one_at_a_time(publishing_);
    if (has_failed_) return;
    task.record.pieces =
        publish_pieces(broker_, chunks_subject(options_.job, options_.epoch, task.record.number),
                       bytes, when_full, &task.record.sequences);
    publish_when_possible(broker_, record_subject(options_.job, task.record.number),
                          encode(task.record), when_full);
    options_.on_task(task.record);
}

}  // namespace reprise::cluster
