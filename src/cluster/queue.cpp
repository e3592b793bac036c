#include "cluster/queue.h"

#include <thread>
#include <utility>

#include "cluster/broker_connection.h"

namespace reprise::cluster {

using std::chrono::milliseconds;

using OwnSubscription = std::unique_ptr<natsSubscription, Destroy<natsSubscription_Destroy>>;
using OwnMetaData = std::unique_ptr<jsMsgMetaData, Destroy<jsMsgMetaData_Destroy>>;

struct Delivery::Content {
    OwnMessage message;
    std::uint64_t times = 0;
};

Delivery::Delivery(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Delivery::Delivery(Delivery&&) noexcept = default;
Delivery& Delivery::operator=(Delivery&&) noexcept = default;
Delivery::~Delivery() = default;

std::span<const std::uint8_t> Delivery::data() const {
    natsMsg* const message = content_->message.get();
    return {reinterpret_cast<const std::uint8_t*>(natsMsg_GetData(message)),
            static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

std::uint64_t Delivery::times() const {
    return content_->times;
}

void Delivery::acknowledge() const {
    natsMsg_Ack(content_->message.get(), nullptr);
}

void Delivery::keep() const {
    natsMsg_InProgress(content_->message.get(), nullptr);
}

void Delivery::give_back(milliseconds after) const {
    natsMsg_NakWithDelay(content_->message.get(), after.count(), nullptr);
}

struct Queue::Subscription {
    BrokerConnection* connection = nullptr;
    OwnSubscription nats;
};

Queue::Queue(Broker& broker, const std::string& stream, const std::string& consumer)
    : subscription_(std::make_unique<Subscription>()) {
    BrokerConnection& connection = *broker.connection_;
    subscription_->connection = &connection;
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = stream.c_str();
    options.Consumer = consumer.c_str();
    natsSubscription* raw = nullptr;
    const auto [status, ignored] = connection.ask("the queue", [&](jsErrCode& error) {
        return js_PullSubscribe(&raw, connection.jet_stream(), nullptr, consumer.c_str(), nullptr,
                                &options, &error);
    });
    connection.check(status, "the consumer of " + stream);
    subscription_->nats.reset(raw);
}

Queue::~Queue() = default;

std::optional<Delivery> Queue::pull(milliseconds wait) {
    natsMsgList list{};
    auto error = static_cast<jsErrCode>(0);
    const natsStatus status =
        natsSubscription_Fetch(&list, subscription_->nats.get(), 1, wait.count(), &error);
    if (status != NATS_OK || list.Count == 0) {
        natsMsgList_Destroy(&list);
        BrokerConnection& connection = *subscription_->connection;
        if (natsConnection_IsClosed(connection.nats()))
            connection.fail("waiting for tasks", last_text(status));
        // The broker is away, is going away, or has sent what libnats cannot read.
        if (status != NATS_TIMEOUT && status != NATS_OK)
            std::this_thread::sleep_for(milliseconds{100});
        return std::nullopt;
    }
    auto content = std::make_unique<Delivery::Content>();
    content->message.reset(std::exchange(list.Msgs[0], nullptr));
    natsMsgList_Destroy(&list);
    jsMsgMetaData* raw = nullptr;
    if (natsMsg_GetMetaData(&raw, content->message.get()) == NATS_OK) {
        const OwnMetaData data(raw);
        content->times = data->NumDelivered;
    }
    return Delivery(std::move(content));
}

}  // namespace reprise::cluster
