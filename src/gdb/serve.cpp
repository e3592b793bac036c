#include "gdb/serve.h"

#include <optional>
#include <string>
#include <utility>

#include "gdb/debugger.h"
#include "gdb/packet.h"
#include "gdb/session.h"

namespace reprise::gdb {

namespace {

/// Packets over a connection: acknowledges and repeats them.
class PacketStream {
public:
    explicit PacketStream(Connection& connection) : connection_(connection) {}

    /// The next packet's payload; nothing for one that is too long.
    std::optional<std::string> receive() {
        for (;;) {
            std::optional<Incoming> incoming = reader_.push(connection_.read());
            if (!incoming) continue;
            switch (incoming->kind) {
                case Incoming::Kind::packet: acknowledge("+"); return std::move(incoming->payload);
                case Incoming::Kind::too_long: acknowledge("+"); return std::nullopt;
                case Incoming::Kind::damaged: acknowledge("-"); break;
                case Incoming::Kind::rejected:
                    if (acks_) connection_.write(last_);
                    break;
                case Incoming::Kind::accepted:
                case Incoming::Kind::interrupt: break;  // the guest does not run
            }
        }
    }

    void send(std::string_view payload) {
        last_ = make_packet(payload);
        connection_.write(last_);
    }

    void stop_acks() { acks_ = false; }

    /// For while the guest runs: whether it shall stop, for an interrupt or for a packet, which
    /// should not come now.
    bool is_interrupted() {
        while (const auto byte = connection_.peek()) {
            if (*byte == '$') return true;
            const auto incoming = reader_.push(connection_.read());
            if (incoming && incoming->kind == Incoming::Kind::interrupt) return true;
        }
        return false;
    }

private:
    void acknowledge(std::string_view how) {
        if (acks_) connection_.write(how);
    }

    Connection& connection_;
    PacketReader reader_;
    std::string last_;
    bool acks_ = true;
};

}  // namespace

Stop serve(Connection& connection, Machine& machine, Engine& engine, std::uint64_t step_limit) {
    PacketStream packets(connection);
    Debugger debugger(machine, engine, step_limit, [&packets] { return packets.is_interrupted(); });
    Session session(debugger);
    for (;;) {
        const std::optional<std::string> payload = packets.receive();
        const Answer answer = payload ? session.answer(*payload) : Answer{"E01"};
        if (answer.next == Answer::Next::killed) return debugger.stop();
        packets.send(answer.payload);
        switch (answer.next) {
            case Answer::Next::another_packet:
            case Answer::Next::killed: break;
            case Answer::Next::no_acks: packets.stop_acks(); break;
            case Answer::Next::detached: return debugger.finish();
            case Answer::Next::ended: return session.stop();
        }
    }
}

}  // namespace reprise::gdb
