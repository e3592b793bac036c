#include "trace/file_consumer.h"

#include <utility>

namespace reprise {

namespace {

constexpr std::size_t kMostWaiting = 4;  ///< chunks that wait before the executor helps

Chunk contents_of(const RecordedChunk& chunk) {
    return {.start = chunk.start, .steps = chunk.steps, .log = chunk.log.bytes()};
}

}  // namespace

FileConsumer::FileConsumer(const std::filesystem::path& path, const TraceHeader& header)
    : writer_(path, header),
      executor_(writer_.make_encoder()),
      thread_([this] { write_chunks(); }) {}

FileConsumer::~FileConsumer() {
    jobs_.close();
    if (thread_.joinable()) thread_.join();
}

void FileConsumer::write_chunks() {
    bool has_failed = false;
    while (const auto job = jobs_.pop()) {
        if (has_failed)
            continue;  // lets go of the memory, so that the executor comes to hear of it
        try {
            if (job->encoded) {
                writer_.write(*job->encoded);
            } else {
                writer_.write(contents_of(*job->chunk));
            }
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            has_failed = true;
        }
    }
}

void FileConsumer::rethrow_failure() {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
}

void FileConsumer::take(SharedChunk chunk) {
    rethrow_failure();
    Job job{.chunk = std::move(chunk), .encoded = {}};
    if (jobs_.size() > kMostWaiting) job.encoded = executor_.encode(contents_of(*job.chunk));
    jobs_.push(std::move(job));
}

std::uint64_t FileConsumer::finish(const TraceEnd& end) {
    jobs_.close();
    thread_.join();
    rethrow_failure();
    writer_.finish(end);
    return writer_.size();
}

}  // namespace reprise
