#include "trace/file_consumer.h"

#include <utility>

namespace reprise {

FileConsumer::FileConsumer(const std::filesystem::path& path, const TraceHeader& header)
    : writer_(path, header), thread_([this] { write_chunks(); }) {}

FileConsumer::~FileConsumer() {
    chunks_.close();
    if (thread_.joinable()) thread_.join();
}

void FileConsumer::write_chunks() {
    bool has_failed = false;
    while (const auto chunk = chunks_.pop()) {
        if (has_failed)
            continue;  // lets go of the memory, so that the executor comes to hear of it
        try {
            writer_.write(
                {.start = (*chunk)->start, .steps = (*chunk)->steps, .log = (*chunk)->log.bytes()});
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
    chunks_.push(std::move(chunk));
}

std::uint64_t FileConsumer::finish(const TraceEnd& end) {
    chunks_.close();
    thread_.join();
    rethrow_failure();
    writer_.finish(end);
    return writer_.size();
}

}  // namespace reprise
