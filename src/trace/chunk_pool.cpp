#include "trace/chunk_pool.h"

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace reprise {

struct ChunkPool::Shared {
    std::mutex mutex;
    std::condition_variable came_back;
    std::uint64_t limit = 0;
    std::uint64_t on_their_way = 0;  ///< bytes that their logs have room for
    /// The one that came back last is taken first: it is most likely in the caches.
    std::vector<std::unique_ptr<RecordedChunk>> idle;

    void take_back(std::unique_ptr<RecordedChunk> chunk) {
        const std::uint64_t size = chunk->log.capacity();
        {
            const std::lock_guard lock(mutex);
            on_their_way -= size;
            // A log that grew beyond all others is not kept.
            if (size <= limit / 4) idle.push_back(std::move(chunk));
        }
        came_back.notify_one();
    }
};

ChunkPool::ChunkPool(std::uint64_t limit) : shared_(std::make_shared<Shared>()) {
    shared_->limit = limit;
}

ChunkPool::~ChunkPool() = default;

std::unique_ptr<RecordedChunk> ChunkPool::take() {
    std::unique_lock lock(shared_->mutex);
    shared_->came_back.wait(lock, [this] {
        return shared_->on_their_way < shared_->limit || shared_->on_their_way == 0;
    });
    if (shared_->idle.empty()) return std::make_unique<RecordedChunk>();
    std::unique_ptr<RecordedChunk> chunk = std::move(shared_->idle.back());
    shared_->idle.pop_back();
    chunk->log.clear();
    return chunk;
}

SharedChunk ChunkPool::hand_out(std::unique_ptr<RecordedChunk> chunk) {
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->on_their_way += chunk->log.capacity();
    }
    return {chunk.release(), [shared = shared_](const RecordedChunk* used) {
                // Nobody else has it any more.
                shared->take_back(std::unique_ptr<RecordedChunk>(const_cast<RecordedChunk*>(used)));
            }};
}

}  // namespace reprise
