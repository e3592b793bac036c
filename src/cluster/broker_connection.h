/// @file
/// What Broker and Queue share of a connection to the NATS server. For those two only: whoever
/// includes this knows libnats.
#pragma once

#include <nats/nats.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/destroy.h"
#include "cluster/broker.h"

namespace reprise::cluster {

using OwnMessage = std::unique_ptr<natsMsg, Destroy<natsMsg_Destroy>>;

/// What libnats has to say of the last call on this thread, which answered that.
std::string last_text(natsStatus status);

class BrokerConnection {
public:
    static constexpr std::chrono::milliseconds kAnswerWait{5000};  ///< before asking again

    /// Connects.
    /// @throws BrokerError if the server cannot be reached, or refuses us.
    explicit BrokerConnection(BrokerOptions options);
    /// Sends what is on its way, and waits for the last call that libnats makes to this object.
    ~BrokerConnection();
    BrokerConnection(const BrokerConnection&) = delete;
    BrokerConnection& operator=(const BrokerConnection&) = delete;

    const BrokerOptions& options() const { return options_; }
    /// The time for one answer: so much at most, and no more than the patience.
    std::chrono::milliseconds wait(std::chrono::milliseconds most = kAnswerWait) const {
        return std::min(most, options_.patience);
    }
    /// The URL without what is secret in it.
    const std::string& place() const { return place_; }
    natsConnection* nats() const { return nats_.get(); }
    jsCtx* jet_stream() const { return jet_stream_.get(); }

    /// @throws BrokerError always: what was wanted, and why it is not to be had.
    [[noreturn]] void fail(const std::string& what, const std::string& text);
    /// @throws BrokerError unless the last call on this thread answered NATS_OK.
    void check(natsStatus status, const std::string& what);

    /// Calls until that answers.
    /// @param call  answers a status and, by its argument, an error code.
    /// @throws BrokerError if the server is away, or silent, for longer than its patience.
    template <class Call>
    std::pair<natsStatus, jsErrCode> ask(const char* what, Call call) {
        using Clock = std::chrono::steady_clock;
        using std::chrono::milliseconds;
        const auto end = Clock::now() + options_.patience;
        for (milliseconds pause{20};; pause = std::min(2 * pause, milliseconds{1000})) {
            auto code = static_cast<jsErrCode>(0);
            // What is published while there is no connection would be kept and sent later.
            const bool is_there = natsConnection_Status(nats()) == NATS_CONN_STATUS_CONNECTED;
            const natsStatus status = is_there ? call(code) : NATS_CONNECTION_DISCONNECTED;
            if (status == NATS_OK || !is_passing(status, code)) return {status, code};
            if (natsConnection_IsClosed(nats()) || Clock::now() + pause > end)
                fail(what, last_text(status));
            std::this_thread::sleep_for(pause);
        }
    }

private:
    using OwnOptions = std::unique_ptr<natsOptions, Destroy<natsOptions_Destroy>>;
    using OwnConnection = std::unique_ptr<natsConnection, Destroy<natsConnection_Destroy>>;
    using OwnJetStream = std::unique_ptr<jsCtx, Destroy<jsCtx_Destroy>>;

    BrokerConnection() = default;
    /// Whether to ask again may help.
    static bool is_passing(natsStatus status, jsErrCode code);
    OwnOptions make_options();
    static void on_closed(natsConnection* nats, void* closure);
    static void on_error(natsConnection* nats, natsSubscription* subscription, natsStatus status,
                         void* closure);

    BrokerOptions options_;
    std::string place_;
    std::mutex mutex_;
    std::string complaint_;   ///< what the server has refused last; guarded by the mutex
    bool is_closed_ = false;  ///< guarded by the mutex
    std::condition_variable closed_;
    OwnConnection nats_;
    OwnJetStream jet_stream_;
};

}  // namespace reprise::cluster
