#include "trace/chunk_pool.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace reprise {

namespace {

/// Memory that a consumer has just read is still in the cache of its core, and to write it there is
/// slow: up to twice the run. So chunks rest, until others have come after them that take as much
/// as such a cache has; more would only be in no cache of the executor's either. Measured where it
/// has 1 MiB: at 4 MiB replay alongside takes 3 % longer, at 32 MiB a third.
std::uint64_t second_level_cache() {
    constexpr long kLeast = 1L << 20;  // also where the system does not say
    return static_cast<std::uint64_t>(std::max(kLeast, sysconf(_SC_LEVEL2_CACHE_SIZE)));
}

std::uint64_t size_of(const RecordedChunk& chunk) {
    constexpr std::uint64_t kSmallest = std::uint64_t{64} << 10;
    return std::max<std::uint64_t>(chunk.log.size(), kSmallest);
}

}  // namespace

struct ChunkPool::Shared {
    std::mutex mutex;
    std::condition_variable came_back;
    std::uint64_t limit = 0;
    std::uint64_t rest = 0;                   ///< bytes of chunks that rest before the first goes
    std::uint64_t on_their_way = 0;           ///< chunks
    std::uint64_t capacity_on_their_way = 0;  ///< bytes that their logs have room for
    std::deque<std::unique_ptr<RecordedChunk>> resting;
    std::uint64_t resting_capacity = 0;
    std::uint64_t resting_size = 0;         ///< bytes that their logs hold: what a cache would
    std::thread::id executor;               ///< who takes chunks
    std::unique_ptr<RecordedChunk> unread;  ///< one that no other thread has had last

    /// A log that grew beyond all others is not kept, nor what would be too much in all.
    bool has_room_to_rest(std::uint64_t capacity) const {
        return capacity <= limit / 4 &&
               capacity_on_their_way + resting_capacity + capacity <= limit;
    }

    void take_back(std::unique_ptr<RecordedChunk> chunk) {
        const std::uint64_t capacity = chunk->log.capacity();
        {
            const std::lock_guard lock(mutex);
            --on_their_way;
            capacity_on_their_way -= capacity;
            if (std::this_thread::get_id() == executor && unread == nullptr) {
                unread = std::move(chunk);
            } else if (has_room_to_rest(capacity)) {
                resting_capacity += capacity;
                resting_size += size_of(*chunk);
                resting.push_back(std::move(chunk));
            }
        }
        came_back.notify_one();
    }
};

ChunkPool::ChunkPool(std::uint64_t limit) : shared_(std::make_shared<Shared>()) {
    shared_->limit = limit;
    shared_->rest = std::min(second_level_cache(), limit / 4);
}

ChunkPool::~ChunkPool() = default;

std::unique_ptr<RecordedChunk> ChunkPool::take() {
    std::unique_lock lock(shared_->mutex);
    shared_->came_back.wait(lock, [this] {
        return shared_->capacity_on_their_way < shared_->limit || shared_->on_their_way <= 1;
    });
    shared_->executor = std::this_thread::get_id();
    if (shared_->unread != nullptr) {
        shared_->unread->log.clear();
        return std::move(shared_->unread);
    }
    if (shared_->resting.empty() || shared_->resting_size < shared_->rest)
        return std::make_unique<RecordedChunk>();
    std::unique_ptr<RecordedChunk> chunk = std::move(shared_->resting.front());
    shared_->resting.pop_front();
    shared_->resting_size -= size_of(*chunk);
    shared_->resting_capacity -= chunk->log.capacity();
    chunk->log.clear();
    return chunk;
}

SharedChunk ChunkPool::hand_out(std::unique_ptr<RecordedChunk> chunk) {
    {
        const std::lock_guard lock(shared_->mutex);
        ++shared_->on_their_way;
        shared_->capacity_on_their_way += chunk->log.capacity();
    }
    return {chunk.release(), [shared = shared_](const RecordedChunk* used) {
                // Nobody else has it any more.
                shared->take_back(std::unique_ptr<RecordedChunk>(const_cast<RecordedChunk*>(used)));
            }};
}

}  // namespace reprise
