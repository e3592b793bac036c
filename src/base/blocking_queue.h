/// @file
/// A queue between threads.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace reprise {

/// First in, first out; any number of threads at both ends. Of any length: whoever fills it bounds
/// what is in it.
///
/// Who waits looks again and again for a while before it sleeps: to be woken costs up to 0.1 ms in
/// a virtual machine, most of it paid by the one who wakes.
template <class T>
class BlockingQueue {
public:
    void push(T item) {
        {
            const std::lock_guard lock(mutex_);
            items_.push_back(std::move(item));
            has_news_.store(true, std::memory_order_relaxed);
        }
        changed_.notify_one();
    }

    /// Nothing more will come.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            is_closed_ = true;
            has_news_.store(true, std::memory_order_relaxed);
        }
        changed_.notify_all();
    }

    /// Waits for the next item; nothing once the queue is closed and empty.
    std::optional<T> pop() {
        look_for_news();
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !items_.empty() || is_closed_; });
        if (items_.empty()) return std::nullopt;
        return take_first();
    }

    /// The next item if more than so many are in the queue, else nothing. Does not wait.
    std::optional<T> pop_beyond(std::size_t length) {
        const std::lock_guard lock(mutex_);
        if (items_.size() <= length) return std::nullopt;
        return take_first();
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }

private:
    T take_first() {
        T item = std::move(items_.front());
        items_.pop_front();
        has_news_.store(!items_.empty() || is_closed_, std::memory_order_relaxed);
        return item;
    }

    void look_for_news() const {
        constexpr std::chrono::microseconds kAWhile{200};
        const auto start = std::chrono::steady_clock::now();
        while (!has_news_.load(std::memory_order_relaxed) &&
               std::chrono::steady_clock::now() - start < kAWhile)
            __builtin_ia32_pause();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> items_;
    bool is_closed_ = false;
    std::atomic<bool> has_news_{false};  ///< a hint, for those who do not hold the mutex
};

}  // namespace reprise
