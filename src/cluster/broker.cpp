#include "cluster/broker.h"

#include <nats/nats.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "base/destroy.h"
#include "base/error.h"
#include "cluster/messages.h"

namespace reprise::cluster {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

using OwnOptions = std::unique_ptr<natsOptions, Destroy<natsOptions_Destroy>>;
using OwnConnection = std::unique_ptr<natsConnection, Destroy<natsConnection_Destroy>>;
using OwnJetStream = std::unique_ptr<jsCtx, Destroy<jsCtx_Destroy>>;
using OwnMessage = std::unique_ptr<natsMsg, Destroy<natsMsg_Destroy>>;
using OwnSubscription = std::unique_ptr<natsSubscription, Destroy<natsSubscription_Destroy>>;
using OwnMetaData = std::unique_ptr<jsMsgMetaData, Destroy<jsMsgMetaData_Destroy>>;

constexpr std::int64_t kLeastPayload = 64 * 1024;  ///< records of jobs and tasks must fit
constexpr std::int64_t kSilence = 10'000;          ///< ms that a connection may be stuck
constexpr milliseconds kLastWait{2000};  ///< for what is on its way when a connection ends

std::int64_t nanoseconds(milliseconds time) {
    return std::chrono::nanoseconds(time).count();
}

/// Whether to ask again may help.
bool is_passing(natsStatus status, jsErrCode code) {
    switch (status) {
        case NATS_TIMEOUT:
        case NATS_NO_RESPONDERS:
        case NATS_CONNECTION_DISCONNECTED:
        case NATS_STALE_CONNECTION:
        case NATS_NO_SERVER:
        case NATS_INSUFFICIENT_BUFFER:
        case NATS_IO_ERROR: return true;
        default: break;
    }
    return code == JSNotEnabledErr || code == JSClusterNotAvailErr ||
           code == JSTempStorageFailedErr;
}

bool means_full(jsErrCode code) {
    return code == JSStreamStoreFailedErr || code == JSStorageResourcesExceededErr ||
           code == JSMemoryResourcesExceededErr || code == JSInsufficientResourcesErr ||
           code == JSAccountResourcesExceededErr;
}

/// What libnats has to say of the last call on this thread.
std::string last_text(natsStatus status) {
    natsStatus last = NATS_OK;
    const char* const text = nats_GetLastError(&last);  // of this call, or of an earlier one
    if (last != status || text == nullptr || *text == '\0') return natsStatus_GetText(status);
    // Without the place in the library: "(conn.c:2088): ".
    const std::string_view whole(text);
    const std::size_t end = whole.starts_with('(') ? whole.find("): ") : std::string_view::npos;
    return std::string(end == std::string_view::npos ? whole : whole.substr(end + 3));
}

}  // namespace

struct Broker::Connection {
    BrokerOptions options;
    std::string place;  ///< the URL without what is secret in it
    std::mutex mutex;
    std::string complaint;   ///< what the server has refused last; guarded by the mutex
    bool is_closed = false;  ///< guarded by the mutex
    std::condition_variable closed;
    OwnConnection nats;
    OwnJetStream jet_stream;

    [[noreturn]] void fail(const char* what, const std::string& text) {
        std::string refused;
        {
            const std::lock_guard lock(mutex);
            if (!complaint.empty()) refused = " (" + complaint + ")";
        }
        throw BrokerError("the broker at {}: {}: {}{}", place, what, text, refused);
    }

    void check(natsStatus status, const char* what) {
        if (status != NATS_OK) fail(what, last_text(status));
    }

    /// Calls until that answers, or the broker is silent for too long.
    /// @param call  answers a status and, by its argument, an error code.
    template <class Call>
    std::pair<natsStatus, jsErrCode> ask(const char* what, Call call) {
        const auto end = Clock::now() + options.patience;
        for (milliseconds pause{20};; pause = std::min(2 * pause, milliseconds{1000})) {
            auto code = static_cast<jsErrCode>(0);
            // What is published while there is no connection would be kept and sent later.
            const bool is_there = natsConnection_Status(nats.get()) == NATS_CONN_STATUS_CONNECTED;
            const natsStatus status = is_there ? call(code) : NATS_CONNECTION_DISCONNECTED;
            if (status == NATS_OK || !is_passing(status, code)) return {status, code};
            if (natsConnection_IsClosed(nats.get()) || Clock::now() + pause > end)
                fail(what, last_text(status));
            std::this_thread::sleep_for(pause);
        }
    }

    /// The last of its calls.
    static void on_closed(natsConnection* /*nats*/, void* closure) {
        auto* const self = static_cast<Connection*>(closure);
        const std::lock_guard lock(self->mutex);
        self->is_closed = true;
        self->closed.notify_all();
    }

    static void on_error(natsConnection* /*nats*/, natsSubscription* /*subscription*/,
                         natsStatus status, void* closure) {
        auto* const self = static_cast<Connection*>(closure);
        const std::lock_guard lock(self->mutex);
        const char* text = nullptr;
        natsConnection_GetLastError(self->nats.get(), &text);
        self->complaint = text != nullptr && *text != '\0' ? text : natsStatus_GetText(status);
    }

    OwnOptions make_options() {
        natsOptions* raw = nullptr;
        check(natsOptions_Create(&raw), "its options");
        OwnOptions made(raw);
        check(natsOptions_SetURL(raw, options.url.c_str()), "its URL");
        check(natsOptions_SetName(raw, options.name.c_str()), "our name");
        check(natsOptions_SetMaxReconnect(raw, -1), "its options");
        check(natsOptions_SetReconnectWait(raw, 200), "its options");
        check(natsOptions_SetFailRequestsOnDisconnect(raw, true), "its options");
        check(natsOptions_SetWriteDeadline(raw, kSilence), "its options");
        check(natsOptions_SetPingInterval(raw, kSilence), "its options");
        check(natsOptions_SetErrorHandler(raw, on_error, this), "its options");
        check(natsOptions_SetClosedCB(raw, on_closed, this), "its options");
        if (options.url.starts_with("tls://") || options.authority || options.certificate)
            check(natsOptions_SetSecure(raw, true), "TLS");
        if (options.authority)
            check(natsOptions_LoadCATrustedCertificates(raw, options.authority->c_str()),
                  options.authority->c_str());
        if (options.certificate)
            check(natsOptions_LoadCertificatesChain(raw, options.certificate->c_str(),
                                                    options.key.value_or("").c_str()),
                  options.certificate->c_str());
        if (options.credentials)
            check(
                natsOptions_SetUserCredentialsFromFiles(raw, options.credentials->c_str(), nullptr),
                options.credentials->c_str());
        return made;
    }
};

Broker::Broker(BrokerOptions options) : connection_(std::make_unique<Connection>()) {
    Connection& to = *connection_;
    to.options = std::move(options);
    const std::size_t secret_end = to.options.url.rfind('@');
    const std::size_t scheme_end = to.options.url.find("://");
    to.place = to.options.url;
    if (secret_end != std::string::npos) {
        const std::size_t begin = scheme_end == std::string::npos ? 0 : scheme_end + 3;
        to.place.erase(begin, secret_end + 1 - begin);
    }
    to.place = clean_text(to.place);
    const OwnOptions made = to.make_options();
    natsConnection* nats = nullptr;
    natsStatus status = natsConnection_Connect(&nats, made.get());
    while (status == NATS_NO_SERVER && to.options.waits_for_broker) {
        std::this_thread::sleep_for(milliseconds{500});
        status = natsConnection_Connect(&nats, made.get());
    }
    if (status != NATS_OK) to.fail("cannot connect", last_text(status));
    to.nats.reset(nats);
    if (natsConnection_GetMaxPayload(nats) < kLeastPayload)
        throw BrokerError(
            "the broker at {} takes messages of {} bytes only; 'max_payload' must be {} at least",
            to.place, natsConnection_GetMaxPayload(nats), kLeastPayload);
    jsOptions js;
    jsOptions_Init(&js);
    jsCtx* context = nullptr;
    to.check(natsConnection_JetStream(&context, nats, &js), "JetStream");
    to.jet_stream.reset(context);
}

Broker::~Broker() {
    Connection& to = *connection_;
    if (to.nats == nullptr) return;
    natsConnection_FlushTimeout(to.nats.get(), kLastWait.count());
    natsConnection_Close(to.nats.get());
    std::unique_lock lock(to.mutex);
    to.closed.wait_for(lock, kLastWait, [&] { return to.is_closed; });
}

const BrokerOptions& Broker::options() const {
    return connection_->options;
}

std::size_t Broker::largest_message() const {
    constexpr std::size_t kMost = std::size_t{1} << 20, kAdded = 1024;
    const auto most =
        static_cast<std::size_t>(natsConnection_GetMaxPayload(connection_->nats.get()));
    return std::min(kMost, most) - kAdded;
}

void Broker::ensure_stream(const StreamOptions& stream) {
    if (has_stream(stream.name)) return;  // for one that is there, room is asked for as well
    const char* const subjects[] = {stream.subjects.c_str()};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = stream.name.c_str();
    config.Subjects = const_cast<const char**>(subjects);
    config.SubjectsLen = 1;
    config.MaxBytes = stream.largest != 0 ? static_cast<std::int64_t>(stream.largest) : -1;
    config.Discard = js_DiscardNew;
    config.Retention = stream.is_queue ? js_WorkQueuePolicy : js_LimitsPolicy;
    config.Storage = stream.in_memory ? js_MemoryStorage : js_FileStorage;
    config.AllowDirect = true;
    if (stream.longest != std::chrono::seconds{0})
        config.MaxAge = std::chrono::nanoseconds(stream.longest).count();
    config.Duplicates = nanoseconds(milliseconds{1000});
    if (stream.keeps_last_only) {
        config.MaxMsgsPerSubject = 1;
        config.Discard = js_DiscardOld;
    }
    const auto [status, code] = connection_->ask("making a stream", [&](jsErrCode& error) {
        return js_AddStream(nullptr, connection_->jet_stream.get(), &config, nullptr, &error);
    });
    if (status != NATS_OK && means_full(code))
        throw Error("the broker at {} has no room for the stream {}, which wants {} bytes",
                    connection_->place, stream.name, stream.largest);
    if (status != NATS_OK && code != JSStreamNameExistErr)
        connection_->fail(("making the stream " + stream.name).c_str(), last_text(status));
}

void Broker::ensure_consumer(const std::string& stream, const std::string& consumer,
                             milliseconds answer_within) {
    jsConsumerConfig config;
    jsConsumerConfig_Init(&config);
    config.Durable = consumer.c_str();
    config.AckPolicy = js_AckExplicit;
    config.AckWait = nanoseconds(answer_within);
    config.MaxDeliver = 10'000;  // what libnats cannot read comes back until then
    config.MaxAckPending = 100'000;
    config.MaxWaiting = 100'000;
    const auto [status, code] = connection_->ask("making a consumer", [&](jsErrCode& error) {
        return js_AddConsumer(nullptr, connection_->jet_stream.get(), stream.c_str(), &config,
                              nullptr, &error);
    });
    if (status != NATS_OK && code != JSConsumerNameExistErr)
        connection_->fail(("making the consumer of " + stream).c_str(), last_text(status));
}

std::optional<milliseconds> Broker::answer_within(const std::string& stream,
                                                  const std::string& consumer) {
    milliseconds within{0};
    const auto [status, code] = connection_->ask("asking for a queue", [&](jsErrCode& error) {
        jsConsumerInfo* info = nullptr;
        const natsStatus answer =
            js_GetConsumerInfo(&info, connection_->jet_stream.get(), stream.c_str(),
                               consumer.c_str(), nullptr, &error);
        if (answer != NATS_OK) return answer;
        within = milliseconds(info->Config->AckWait / 1'000'000);
        jsConsumerInfo_Destroy(info);
        return answer;
    });
    if (status == NATS_NOT_FOUND || code == JSConsumerNotFoundErr || code == JSStreamNotFoundErr)
        return std::nullopt;
    connection_->check(status, ("the consumer of " + stream).c_str());
    return within;
}

Published Broker::publish(const std::string& subject, std::span<const std::uint8_t> data,
                          std::optional<std::uint64_t> expected, std::uint64_t* sequence) {
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = 10'000;
    if (expected && *expected == 0) {
        options.ExpectNoMessage = true;
    } else if (expected) {
        options.ExpectLastSubjectSeq = *expected;
    }
    const auto [status, code] = connection_->ask("publishing", [&](jsErrCode& error) {
        jsPubAck* acknowledgement = nullptr;
        const natsStatus answer =
            js_Publish(&acknowledgement, connection_->jet_stream.get(), subject.c_str(),
                       data.data(), static_cast<int>(data.size()), &options, &error);
        if (answer == NATS_OK && sequence != nullptr) *sequence = acknowledgement->Sequence;
        jsPubAck_Destroy(acknowledgement);
        return answer;
    });
    if (status == NATS_OK) return Published::stored;
    if (code == JSStreamWrongLastSequenceErr) return Published::outdated;
    if (means_full(code)) return Published::full;
    connection_->fail(("publishing " + subject).c_str(), last_text(status));
}

namespace {

/// The last value of a header: the broker adds its own behind those that a message had.
std::string header_of(natsMsg* message, const char* name) {
    const char** values = nullptr;
    int count = 0;
    if (natsMsgHeader_Values(message, name, &values, &count) != NATS_OK || count == 0) return {};
    std::string value = values[count - 1];
    std::free(values);  // NOLINT(cppcoreguidelines-no-malloc): as libnats wants it
    return value;
}

}  // namespace

/// The call of JetStream's API behind js_DirectGetMsg. That takes headers of stored messages for
/// those of the broker; what really comes from a stream has a sequence.
std::optional<Message> Broker::get(const std::string& stream, const std::string& request) {
    const std::string subject = "$JS.API.DIRECT.GET." + stream;
    OwnMessage answer;
    const auto [status, code] = connection_->ask("reading", [&](jsErrCode& /*error*/) {
        natsMsg* raw = nullptr;
        const natsStatus asked = natsConnection_RequestString(
            &raw, connection_->nats.get(), subject.c_str(), request.c_str(), kSilence / 2);
        answer.reset(raw);
        return asked;
    });
    connection_->check(status, ("reading " + stream).c_str());
    const std::string sequence = header_of(answer.get(), "Nats-Sequence");
    if (sequence.empty()) {
        const std::string said = header_of(answer.get(), "Status");
        if (said == "404") return std::nullopt;
        connection_->fail(("reading " + stream).c_str(), "status " + said);
    }
    const auto* const data = reinterpret_cast<const std::uint8_t*>(natsMsg_GetData(answer.get()));
    const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(answer.get()));
    return Message{.subject = header_of(answer.get(), "Nats-Subject"),
                   .sequence = std::strtoull(sequence.c_str(), nullptr, 10),
                   .data = Bytes(data, data + size)};
}

std::optional<Message> Broker::last(const std::string& stream, const std::string& subject) {
    return get(stream, fmt::format(R"({{"last_by_subj":"{}"}})", subject));
}

std::optional<Message> Broker::next(const std::string& stream, std::uint64_t from,
                                    const std::string& subjects) {
    return get(stream, fmt::format(R"({{"seq":{},"next_by_subj":"{}"}})",
                                   std::max<std::uint64_t>(1, from), subjects));
}

bool Broker::has_stream(const std::string& stream) {
    return usage(stream).has_value();
}

std::optional<StreamUsage> Broker::usage(const std::string& stream) {
    StreamUsage usage;
    const auto [status, code] = connection_->ask("asking for a stream", [&](jsErrCode& error) {
        jsStreamInfo* info = nullptr;
        const natsStatus answer =
            js_GetStreamInfo(&info, connection_->jet_stream.get(), stream.c_str(), nullptr, &error);
        if (answer != NATS_OK) return answer;
        usage.bytes = info->State.Bytes;
        usage.largest =
            static_cast<std::uint64_t>(std::max<std::int64_t>(0, info->Config->MaxBytes));
        jsStreamInfo_Destroy(info);
        return answer;
    });
    if (status == NATS_NOT_FOUND || code == JSStreamNotFoundErr) return std::nullopt;
    connection_->check(status, ("the stream " + stream).c_str());
    return usage;
}

void Broker::remove(const std::string& stream, std::uint64_t sequence) {
    // The call of JetStream's API behind js_DeleteMsg, without an answer.
    const std::string subject = "$JS.API.STREAM.MSG.DELETE." + stream;
    const std::string request = fmt::format(R"({{"seq":{},"no_erase":true}})", sequence);
    natsConnection_PublishString(connection_->nats.get(), subject.c_str(), request.c_str());
}

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
    Broker::Connection* connection = nullptr;
    OwnSubscription nats;
};

Queue::Queue(Broker& broker, const std::string& stream, const std::string& consumer)
    : subscription_(std::make_unique<Subscription>()) {
    Broker::Connection& connection = *broker.connection_;
    subscription_->connection = &connection;
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = stream.c_str();
    options.Consumer = consumer.c_str();
    natsSubscription* raw = nullptr;
    const auto [status, ignored] = connection.ask("the queue", [&](jsErrCode& error) {
        return js_PullSubscribe(&raw, connection.jet_stream.get(), nullptr, consumer.c_str(),
                                nullptr, &options, &error);
    });
    connection.check(status, ("the consumer of " + stream).c_str());
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
        Broker::Connection& connection = *subscription_->connection;
        if (natsConnection_IsClosed(connection.nats.get()))
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
