#include "gdb/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "gdb/registers.h"

namespace reprise::gdb {

namespace {

/// gdb shows the number to nobody; any will do.
constexpr const char* kError = "E01";

/// gdb's own numbers, which are those of no system (its include/gdb/signals.def).
namespace signal {
enum : unsigned {
    kInterrupt = 2,
    kIllegal = 4,
    kTrap = 5,
    kBus = 10,
    kSegmentation = 11,
    kSystemCall = 12,
    kCpuTime = 24
};
}

unsigned signal_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::load_access:
        case FaultKind::store_access:
        case FaultKind::jump_outside_text: return signal::kSegmentation;
        case FaultKind::misaligned_atomic: return signal::kBus;
        case FaultKind::illegal_instruction:
        case FaultKind::unsupported_instruction:
        case FaultKind::unknown_csr:
        case FaultKind::precompile:
        case FaultKind::hint: return signal::kIllegal;
        case FaultKind::unknown_ecall: return signal::kSystemCall;
        case FaultKind::breakpoint: break;
    }
    return signal::kTrap;
}

const char* name_of(Point::Kind kind) {
    switch (kind) {
        case Point::Kind::read_watch: return "rwatch";
        case Point::Kind::access_watch: return "awatch";
        default: return "watch";
    }
}

std::string end_reply(const Stop& stop) {
    switch (stop.kind) {
        case Stop::Kind::exited: return fmt::format("W{:02x}", stop.exit_code);
        case Stop::Kind::faulted: return fmt::format("X{:02x}", signal_of(stop.fault.kind));
        case Stop::Kind::step_limit: break;
    }
    return fmt::format("X{:02x}", static_cast<unsigned>(signal::kCpuTime));
}

/// `offset,length` of a text that is sent in pieces.
std::string piece_of(const std::string& text, Fields fields) {
    const auto offset = fields.number();
    if (!offset || !fields.take(",")) return kError;
    const auto length = fields.number();
    if (!length || !fields.at_end() || *offset > text.size()) return kError;
    constexpr std::uint64_t kMost = kPacketLimit - 1;
    const std::string piece = text.substr(*offset, std::min(*length, kMost));
    return (*offset + piece.size() < text.size() ? "m" : "l") + piece;
}

}  // namespace

Answer Session::answer(std::string_view payload) {
    if (payload.empty()) return {};
    Fields fields(payload.substr(1));
    switch (payload.front()) {
        case '?': return {stop_reply()};
        case 'g': return {all_registers(debugger_.state())};
        case 'p': return {read_register(fields)};
        case 'm': return {read_memory(fields)};
        case 'G':
        case 'P':
        case 'M': return {kError};
        case 'Z': return {change_point(fields, true)};
        case 'z': return {change_point(fields, false)};
        case 'H':
        case 'T': return {"OK"};  // there is one thread
        case 'c': return go_if_whole(fields.at_end(), &Debugger::resume);
        case 's': return go_if_whole(fields.at_end(), &Debugger::step);
        // With a signal, which the guest knows nothing of.
        case 'C': return go_if_whole(fields.number() && fields.at_end(), &Debugger::resume);
        case 'S': return go_if_whole(fields.number() && fields.at_end(), &Debugger::step);
        case 'b':
            if (payload == "bc") return go(&Debugger::resume_back);
            if (payload == "bs") return go(&Debugger::step_back);
            return {};
        case 'D': return {"OK", Answer::Next::detached};
        case 'k': return {"", Answer::Next::killed};
        case 'q':
        case 'Q':
            if (payload == "QStartNoAckMode") return {"OK", Answer::Next::no_acks};
            return {query(payload)};
        default: return {};
    }
}

std::string Session::read_register(Fields fields) const {
    const auto number = fields.number();
    const auto value =
        number && fields.at_end() ? register_of(debugger_.state(), *number) : std::nullopt;
    if (!value) return kError;
    std::string text;
    append_hex_register(text, *value);
    return text;
}

/// `address,length`. Where not all of it can be read, the answer is shorter.
std::string Session::read_memory(Fields fields) const {
    const auto address = fields.number();
    if (!address || !fields.take(",")) return kError;
    const auto length = fields.number();
    if (!length || !fields.at_end()) return kError;
    const std::uint64_t size = std::min<std::uint64_t>(*length, kPacketLimit / 2);
    std::string text;
    for (std::uint64_t i = 0; i < size; ++i) {
        std::array<std::uint8_t, 1> byte{};
        if (!debugger_.memory().read(*address + i, byte)) break;
        append_hex(text, byte[0]);
    }
    return text.empty() && size != 0 ? kError : text;
}

/// `type,address,kind`; the kind of a watchpoint is its size. Conditions and commands are refused.
std::string Session::change_point(Fields fields, bool inserts) {
    const auto type = fields.number();
    if (!type || !fields.take(",")) return kError;
    if (*type > static_cast<std::uint64_t>(Point::Kind::access_watch)) return {};
    const auto address = fields.number();
    if (!address || !fields.take(",")) return kError;
    const auto size = fields.number();
    if (!size || !fields.at_end()) return kError;

    const Point point{.kind = static_cast<Point::Kind>(*type), .address = *address, .size = *size};
    if (!point.is_breakpoint() && point.size == 0) return kError;
    if (!inserts) debugger_.points().remove(point);
    if (inserts && !debugger_.points().insert(point)) return kError;
    return "OK";
}

std::string Session::query(std::string_view payload) const {
    if (payload.starts_with("qSupported"))
        return fmt::format(
            "PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;ReverseStep+;ReverseContinue+",
            kPacketLimit);
    if (payload == "qAttached") return "0";  // the run is gdb's own: its end is the run's end
    Fields fields(payload);
    if (fields.take("qXfer:features:read:target.xml:"))
        return piece_of(target_description(), fields);
    return {};
}

Answer Session::go_if_whole(bool is_whole, Halt (Debugger::*move)()) {
    return is_whole ? go(move) : Answer{kError};
}

Answer Session::go(Halt (Debugger::*move)()) {
    halt_ = (debugger_.*move)();
    if (halt_.reason == Halt::Reason::ended) return {end_reply(halt_.stop), Answer::Next::ended};
    return {stop_reply()};
}

std::string Session::stop_reply() const {
    const auto signalled = [](unsigned number) { return fmt::format("S{:02x}", number); };
    switch (halt_.reason) {
        case Halt::Reason::stepped:
        case Halt::Reason::breakpoint: return signalled(signal::kTrap);
        case Halt::Reason::watchpoint:
            return fmt::format("T{:02x}{}:{:x};", static_cast<unsigned>(signal::kTrap),
                               name_of(halt_.watch->kind), halt_.watch->address);
        case Halt::Reason::interrupted: return signalled(signal::kInterrupt);
        case Halt::Reason::at_start: return "T05replaylog:begin;";
        case Halt::Reason::leaving: return "T05replaylog:end;";
        case Halt::Reason::step_limit: return signalled(signal::kCpuTime);
        case Halt::Reason::faulted: return signalled(signal_of(halt_.stop.fault.kind));
        case Halt::Reason::ended: break;
    }
    return end_reply(halt_.stop);
}

}  // namespace reprise::gdb
