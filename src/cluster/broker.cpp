#include "cluster/broker.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "cluster/broker_connection.h"

namespace reprise::cluster {

using std::chrono::milliseconds;

static constexpr milliseconds kStoredWait{10'000};  ///< until one is stored
static constexpr milliseconds kDuplicates{1000};    ///< that JetStream looks for them: we do

static std::int64_t nanoseconds(milliseconds time) {
    return std::chrono::nanoseconds(time).count();
}

static bool means_full(jsErrCode code) {
    return code == JSStreamStoreFailedErr || code == JSStorageResourcesExceededErr ||
           code == JSMemoryResourcesExceededErr || code == JSInsufficientResourcesErr ||
           code == JSAccountResourcesExceededErr;
}

Broker::Broker(BrokerOptions options)
    : connection_(std::make_unique<BrokerConnection>(std::move(options))) {}

Broker::~Broker() = default;

const BrokerOptions& Broker::options() const {
    return connection_->options();
}

std::size_t Broker::largest_message() const {
    constexpr std::size_t kMost = std::size_t{1} << 20, kAdded = 1024;
    const auto most = static_cast<std::size_t>(natsConnection_GetMaxPayload(connection_->nats()));
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
    config.Duplicates = nanoseconds(kDuplicates);
    if (stream.keeps_last_only) {
        config.MaxMsgsPerSubject = 1;
        config.Discard = js_DiscardOld;
    }
    const auto [status, code] = connection_->ask("making a stream", [&](jsErrCode& error) {
        return js_AddStream(nullptr, connection_->jet_stream(), &config, nullptr, &error);
    });
    if (status != NATS_OK && means_full(code))
        throw Error("the broker at {} has no room for the stream {}, which wants {} bytes",
                    connection_->place(), stream.name, stream.largest);
    if (status != NATS_OK && code != JSStreamNameExistErr)
        connection_->fail("making the stream " + stream.name, last_text(status));
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
        return js_AddConsumer(nullptr, connection_->jet_stream(), stream.c_str(), &config, nullptr,
                              &error);
    });
    if (status != NATS_OK && code != JSConsumerNameExistErr)
        connection_->fail("making the consumer of " + stream, last_text(status));
}

std::optional<milliseconds> Broker::answer_within(const std::string& stream,
                                                  const std::string& consumer) {
    milliseconds within{0};
    const auto [status, code] = connection_->ask("asking for a queue", [&](jsErrCode& error) {
        jsConsumerInfo* info = nullptr;
        const natsStatus answer = js_GetConsumerInfo(
            &info, connection_->jet_stream(), stream.c_str(), consumer.c_str(), nullptr, &error);
        if (answer != NATS_OK) return answer;
        within = milliseconds(info->Config->AckWait / 1'000'000);
        jsConsumerInfo_Destroy(info);
        return answer;
    });
    if (status == NATS_NOT_FOUND || code == JSConsumerNotFoundErr || code == JSStreamNotFoundErr)
        return std::nullopt;
    connection_->check(status, "the consumer of " + stream);
    return within;
}

Published Broker::publish(const std::string& subject, std::span<const std::uint8_t> data,
                          std::optional<std::uint64_t> expected, std::uint64_t* sequence) {
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = connection_->wait(kStoredWait).count();
    if (expected && *expected == 0) {
        options.ExpectNoMessage = true;
    } else if (expected) {
        options.ExpectLastSubjectSeq = *expected;
    }
    const auto [status, code] = connection_->ask("publishing", [&](jsErrCode& error) {
        jsPubAck* acknowledgement = nullptr;
        const natsStatus answer =
            js_Publish(&acknowledgement, connection_->jet_stream(), subject.c_str(), data.data(),
                       static_cast<int>(data.size()), &options, &error);
        if (answer == NATS_OK && sequence != nullptr) *sequence = acknowledgement->Sequence;
        jsPubAck_Destroy(acknowledgement);
        return answer;
    });
    if (status == NATS_OK) return Published::stored;
    if (code == JSStreamWrongLastSequenceErr) return Published::outdated;
    if (means_full(code)) return Published::full;
    connection_->fail("publishing " + subject, last_text(status));
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
        const natsStatus asked =
            natsConnection_RequestString(&raw, connection_->nats(), subject.c_str(),
                                         request.c_str(), connection_->wait().count());
        answer.reset(raw);
        return asked;
    });
    connection_->check(status, "reading " + stream);
    const std::string sequence = header_of(answer.get(), "Nats-Sequence");
    if (sequence.empty()) {
        const std::string said = header_of(answer.get(), "Status");
        if (said == "404") return std::nullopt;
        connection_->fail("reading " + stream, "status " + said);
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
            js_GetStreamInfo(&info, connection_->jet_stream(), stream.c_str(), nullptr, &error);
        if (answer != NATS_OK) return answer;
        usage.bytes = info->State.Bytes;
        usage.largest =
            static_cast<std::uint64_t>(std::max<std::int64_t>(0, info->Config->MaxBytes));
        jsStreamInfo_Destroy(info);
        return answer;
    });
    if (status == NATS_NOT_FOUND || code == JSStreamNotFoundErr) return std::nullopt;
    connection_->check(status, "the stream " + stream);
    return usage;
}

void Broker::remove(const std::string& stream, std::uint64_t sequence) {
    // The call of JetStream's API behind js_DeleteMsg, without an answer.
    const std::string subject = "$JS.API.STREAM.MSG.DELETE." + stream;
    const std::string request = fmt::format(R"({{"seq":{},"no_erase":true}})", sequence);
    natsConnection_PublishString(connection_->nats(), subject.c_str(), request.c_str());
}

}  // namespace reprise::cluster
