/// @file
/// A queue of a message broker: each message is handed out until somebody acknowledges it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "cluster/broker.h"

namespace reprise::cluster {

/// What a queue has handed out. Not acknowledged, it is handed out again, to anyone.
class Delivery {
public:
    Delivery(Delivery&&) noexcept;
    Delivery& operator=(Delivery&&) noexcept;
    ~Delivery();

    std::span<const std::uint8_t> data() const;
    /// How often it was handed out, this time included.
    std::uint64_t times() const;

    // None of these fails: a broker that does not hear them hands the message out again.

    /// It is done with.
    void acknowledge() const;
    /// It is still being worked on.
    void keep() const;
    /// Another one may have it, after a while.
    void give_back(std::chrono::milliseconds after) const;

private:
    friend class Queue;
    struct Content;
    explicit Delivery(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

/// One reader of a queue, for one thread.
class Queue {
public:
    /// @throws Error if there is no such consumer.
    Queue(Broker& broker, const std::string& stream, const std::string& consumer);
    ~Queue();
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;

    /// Waits for the next message.
    /// @throws Error as Broker.
    std::optional<Delivery> pull(std::chrono::milliseconds wait);

private:
    struct Subscription;
    std::unique_ptr<Subscription> subscription_;
};

}  // namespace reprise::cluster
