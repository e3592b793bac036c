#include "gdb/packet.h"

#include <algorithm>
#include <utility>

namespace reprise::gdb {

namespace {

constexpr std::uint8_t kEscape = '}', kEscapeBit = 0x20, kInterrupt = 3;

}  // namespace

std::optional<Incoming> PacketReader::push(std::uint8_t byte) {
    switch (state_) {
        case State::outside: return outside(byte);
        case State::payload:
            if (byte == '#') {
                state_ = State::first_digit;
                return std::nullopt;
            }
            sum_ = static_cast<std::uint8_t>(sum_ + byte);
            if (byte == kEscape) {
                state_ = State::escaped;
            } else {
                append(byte);
            }
            return std::nullopt;
        case State::escaped:
            sum_ = static_cast<std::uint8_t>(sum_ + byte);
            append(byte ^ kEscapeBit);
            state_ = State::payload;
            return std::nullopt;
        case State::first_digit:
        case State::second_digit: break;
    }
    const auto digit = hex_digit(static_cast<char>(byte));
    digits_are_bad_ = digits_are_bad_ || !digit;
    expected_ = static_cast<std::uint8_t>(expected_ << 4 | digit.value_or(0));
    if (state_ == State::second_digit) return finish();
    state_ = State::second_digit;
    return std::nullopt;
}

std::optional<Incoming> PacketReader::outside(std::uint8_t byte) {
    switch (byte) {
        case '$': state_ = State::payload; return std::nullopt;
        case '+': return Incoming{.kind = Incoming::Kind::accepted, .payload = {}};
        case '-': return Incoming{.kind = Incoming::Kind::rejected, .payload = {}};
        case kInterrupt: return Incoming{.kind = Incoming::Kind::interrupt, .payload = {}};
        default: return std::nullopt;  // noise between packets
    }
}

void PacketReader::append(std::uint8_t byte) {
    if (payload_.size() < kPacketLimit) {
        payload_.push_back(static_cast<char>(byte));
    } else {
        too_long_ = true;
    }
}

Incoming PacketReader::finish() {
    const auto kind = too_long_                              ? Incoming::Kind::too_long
                      : digits_are_bad_ || sum_ != expected_ ? Incoming::Kind::damaged
                                                             : Incoming::Kind::packet;
    Incoming incoming{.kind = kind, .payload = {}};
    if (kind == Incoming::Kind::packet) incoming.payload = std::move(payload_);
    *this = PacketReader();
    return incoming;
}

std::string make_packet(std::string_view payload) {
    std::string packet = "$";
    std::uint8_t sum = 0;
    const auto put = [&](char byte) {
        packet.push_back(byte);
        sum = static_cast<std::uint8_t>(sum + static_cast<std::uint8_t>(byte));
    };
    for (const char byte : payload) {
        if (byte == '$' || byte == '#' || byte == '}' || byte == '*') {
            put(static_cast<char>(kEscape));
            put(static_cast<char>(byte ^ kEscapeBit));
        } else {
            put(byte);
        }
    }
    packet.push_back('#');
    append_hex(packet, sum);
    return packet;
}

std::optional<std::uint8_t> hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
    return std::nullopt;
}

void append_hex(std::string& text, std::uint8_t byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
}

void append_hex_register(std::string& text, std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8)
        append_hex(text, static_cast<std::uint8_t>(value >> shift));
}

std::optional<std::uint64_t> Fields::number() {
    constexpr std::size_t kMostDigits = 16;
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size(); ++digits) {
        const auto digit = hex_digit(rest_[digits]);
        if (!digit) break;
        value = value << 4 | *digit;
    }
    if (digits == 0 || digits > kMostDigits) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
}

bool Fields::take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
}

}  // namespace reprise::gdb
