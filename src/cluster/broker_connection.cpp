#include "cluster/broker_connection.h"

#include <string_view>

#include "cluster/names.h"

namespace reprise::cluster {

using std::chrono::milliseconds;

static constexpr std::int64_t kLeastPayload = 64 * 1024;  ///< records of jobs and tasks must fit
static constexpr milliseconds kStuck{10'000};             ///< the longest that a connection may be
static constexpr milliseconds kLastWait{2000};            ///< for what is on its way when it ends

std::string last_text(natsStatus status) {
    natsStatus last = NATS_OK;
    const char* const text = nats_GetLastError(&last);  // of this call, or of an earlier one
    if (last != status || text == nullptr || *text == '\0') return natsStatus_GetText(status);
    // Without the place in the library: "(conn.c:2088): ".
    const std::string_view whole(text);
    const std::size_t end = whole.starts_with('(') ? whole.find("): ") : std::string_view::npos;
    return std::string(end == std::string_view::npos ? whole : whole.substr(end + 3));
}

/// Of a URL, for people: without a user's name and password.
static std::string place_of(std::string url) {
    const std::size_t secret_end = url.rfind('@'), scheme_end = url.find("://");
    if (secret_end != std::string::npos) {
        const std::size_t begin = scheme_end == std::string::npos ? 0 : scheme_end + 3;
        url.erase(begin, secret_end + 1 - begin);
    }
    return clean_text(url);
}

/// By way of another constructor, so that the destructor runs whatever fails here: once there is
/// a connection, libnats may call on_closed until that has run.
BrokerConnection::BrokerConnection(BrokerOptions options) : BrokerConnection() {
    options_ = std::move(options);
    place_ = place_of(options_.url);
    const OwnOptions made = make_options();
    natsConnection* nats = nullptr;
    natsStatus status = natsConnection_Connect(&nats, made.get());
    while (status == NATS_NO_SERVER && options_.waits_for_broker) {
        std::this_thread::sleep_for(milliseconds{500});
        status = natsConnection_Connect(&nats, made.get());
    }
    if (status != NATS_OK) fail("cannot connect", last_text(status));
    nats_.reset(nats);
    if (natsConnection_GetMaxPayload(nats) < kLeastPayload)
        throw BrokerError(
            "the broker at {} takes messages of {} bytes only; 'max_payload' must be {} at least",
            place_, natsConnection_GetMaxPayload(nats), kLeastPayload);
    jsOptions js;
    jsOptions_Init(&js);
    js.Wait = wait().count();
    jsCtx* context = nullptr;
    check(natsConnection_JetStream(&context, nats, &js), "JetStream");
    jet_stream_.reset(context);
}

BrokerConnection::~BrokerConnection() {
    if (nats_ == nullptr) return;
    natsConnection_FlushTimeout(nats(), kLastWait.count());
    natsConnection_Close(nats());
    std::unique_lock lock(mutex_);
    closed_.wait(lock, [this] { return is_closed_; });
}

BrokerConnection::OwnOptions BrokerConnection::make_options() {
    natsOptions* raw = nullptr;
    check(natsOptions_Create(&raw), "its options");
    OwnOptions made(raw);
    check(natsOptions_SetURL(raw, options_.url.c_str()), "its URL");
    check(natsOptions_SetName(raw, options_.name.c_str()), "our name");
    check(natsOptions_SetMaxReconnect(raw, -1), "its options");
    check(natsOptions_SetReconnectWait(raw, 200), "its options");
    check(natsOptions_SetFailRequestsOnDisconnect(raw, true), "its options");
    check(natsOptions_SetWriteDeadline(raw, kStuck.count()), "its options");
    check(natsOptions_SetPingInterval(raw, kStuck.count()), "its options");
    check(natsOptions_SetErrorHandler(raw, on_error, this), "its options");
    check(natsOptions_SetClosedCB(raw, on_closed, this), "its options");
    if (options_.url.starts_with("tls://") || options_.authority || options_.certificate)
        check(natsOptions_SetSecure(raw, true), "TLS");
    if (const auto& file = options_.authority)
        check(natsOptions_LoadCATrustedCertificates(raw, file->c_str()), *file);
    if (const auto& file = options_.certificate)
        check(natsOptions_LoadCertificatesChain(raw, file->c_str(),
                                                options_.key.value_or("").c_str()),
              *file);
    if (const auto& file = options_.credentials)
        check(natsOptions_SetUserCredentialsFromFiles(raw, file->c_str(), nullptr), *file);
    return made;
}

void BrokerConnection::fail(const std::string& what, const std::string& text) {
    std::string refused;
    {
        const std::lock_guard lock(mutex_);
        if (!complaint_.empty()) refused = " (" + complaint_ + ")";
    }
    throw BrokerError("the broker at {}: {}: {}{}", place_, what, text, refused);
}

void BrokerConnection::check(natsStatus status, const std::string& what) {
    if (status != NATS_OK) fail(what, last_text(status));
}

bool BrokerConnection::is_passing(natsStatus status, jsErrCode code) {
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

/// The last of its calls, as long as the server is silent after an error that ends a connection.
void BrokerConnection::on_closed(natsConnection* /*nats*/, void* closure) {
    auto* const self = static_cast<BrokerConnection*>(closure);
    const std::lock_guard lock(self->mutex_);
    self->is_closed_ = true;
    self->closed_.notify_all();
}

void BrokerConnection::on_error(natsConnection* nats, natsSubscription* /*subscription*/,
                                natsStatus status, void* closure) {
    auto* const self = static_cast<BrokerConnection*>(closure);
    const std::lock_guard lock(self->mutex_);
    const char* text = nullptr;
    natsConnection_GetLastError(nats, &text);
    self->complaint_ = text != nullptr && *text != '\0' ? text : natsStatus_GetText(status);
}

}  // namespace reprise::cluster
