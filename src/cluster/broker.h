/// @file
/// The NATS server with JetStream that carries a cluster's messages. What knows libnats includes
/// broker_connection.h; nothing else does.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace reprise::cluster {

/// Where the broker is, and who we are.
struct BrokerOptions {
    std::string url;                             ///< nats://[USER:PASSWORD@]HOST[:PORT], or tls://
    std::optional<std::string> credentials;      ///< a file with a JWT and its seed
    std::optional<std::string> authority;        ///< PEM: whose signature the server must have
    std::optional<std::string> certificate;      ///< PEM: ours, for servers that verify clients
    std::optional<std::string> key;              ///< PEM: of the certificate
    bool waits_for_broker = false;               ///< that is not there yet
    std::string name = "reprise";                ///< what the server calls the connection
    std::chrono::milliseconds patience{60'000};  ///< that a silent broker is waited for
};

/// A stream: an append-only store of messages by subject.
struct StreamOptions {
    std::string name;
    std::string subjects;          ///< what it takes: "reprise.chunk.>"
    std::uint64_t largest = 0;     ///< bytes; more are refused; 0: any number
    bool is_queue = false;         ///< a message goes once it is acknowledged
    bool keeps_last_only = false;  ///< of each subject
    bool in_memory = false;
    std::chrono::seconds longest{0};  ///< that a message stays; 0: for ever
};

struct Message {
    std::string subject;
    std::uint64_t sequence = 0;  ///< of the message in its stream
    Bytes data;
};

/// What a stream holds, and may hold at most; 0: any number of bytes.
struct StreamUsage {
    std::uint64_t bytes = 0, largest = 0;
};

enum class Published : std::uint8_t { stored, full, outdated };

/// The broker is away, or does not let us do something.
class BrokerError : public Error {
public:
    using Error::Error;
};

class BrokerConnection;

/// A connection. All calls may be made from any number of threads. What fails since the broker is
/// away or silent is tried again until its patience ends; repeating is harmless in all calls, since
/// who reads expects duplicates.
/// @throws BrokerError from every call: one line that names the broker and what it said.
class Broker {
public:
    /// @throws Error if it cannot be reached, or refuses us.
    explicit Broker(BrokerOptions options);
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    const BrokerOptions& options() const;
    /// Bytes that a message may have, some of which are left for what the broker adds.
    std::size_t largest_message() const;

    /// Makes the stream, unless it is there.
    void ensure_stream(const StreamOptions& stream);
    /// Makes the consumer that hands out a queue's messages, unless it is there.
    /// @param answer_within  after which a message that nobody acknowledges is handed out again.
    void ensure_consumer(const std::string& stream, const std::string& consumer,
                         std::chrono::milliseconds answer_within);
    /// The same of a consumer that is there; nothing if there is none.
    std::optional<std::chrono::milliseconds> answer_within(const std::string& stream,
                                                           const std::string& consumer);

    /// @param expected  sequence of the last message of this subject, 0 for none; nothing: any.
    /// @param sequence  gets that of the new message.
    Published publish(const std::string& subject, std::span<const std::uint8_t> data,
                      std::optional<std::uint64_t> expected = {},
                      std::uint64_t* sequence = nullptr);

    bool has_stream(const std::string& stream);

    // Of a stream that is there: of any other, nothing is heard until the patience ends.

    /// The last message of a subject, if there is one.
    std::optional<Message> last(const std::string& stream, const std::string& subject);
    /// The first message from a sequence on whose subject fits, which may hold wildcards.
    std::optional<Message> next(const std::string& stream, std::uint64_t from,
                                const std::string& subjects);
    /// Nothing if there is no such stream.
    std::optional<StreamUsage> usage(const std::string& stream);
    /// Asks for a message to be removed, and does not wait: what stays takes room. Message by
    /// message, since what nats-server 2.9 purges by subject goes on counting against its limit for
    /// all streams.
    void remove(const std::string& stream, std::uint64_t sequence);

private:
    std::optional<Message> get(const std::string& stream, const std::string& request);

    friend class Queue;
    std::unique_ptr<BrokerConnection> connection_;
};

}  // namespace reprise::cluster
