/// @file
/// The frames of gdb's remote protocol: bytes in, packets out, and back. Pure: no sockets here.
///
/// The protocol is described in gdb's manual, appendix "GDB Remote Serial Protocol". A packet is
/// `$payload#cc`, where cc is the sum of the payload's bytes as two hexadecimal digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise::gdb {

/// The longest payload that is accepted, and the longest that is sent.
inline constexpr std::size_t kPacketLimit = 16 * 1024;

/// Something whole that came in.
struct Incoming {
    enum class Kind : std::uint8_t {
        packet,     ///< `payload` is good
        damaged,    ///< a packet whose checksum is wrong
        too_long,   ///< a packet beyond kPacketLimit; its checksum was not looked at
        accepted,   ///< '+': the other side has got our last packet
        rejected,   ///< '-': the other side wants our last packet once more
        interrupt,  ///< byte 3, outside of packets: the guest shall stop
    };
    Kind kind{};
    std::string payload;
};

/// Puts packets together, whatever pieces they come in. Takes any bytes, and never holds more than
/// kPacketLimit of them.
class PacketReader {
public:
    /// @return what this byte completes.
    std::optional<Incoming> push(std::uint8_t byte);

private:
    enum class State : std::uint8_t { outside, payload, escaped, first_digit, second_digit };

    std::optional<Incoming> outside(std::uint8_t byte);
    void append(std::uint8_t byte);
    Incoming finish();

    State state_ = State::outside;
    std::string payload_;
    bool too_long_ = false;
    bool digits_are_bad_ = false;
    std::uint8_t sum_ = 0;
    std::uint8_t expected_ = 0;
};

/// The packet with this payload. Bytes that mean something in a frame are escaped.
std::string make_packet(std::string_view payload);

/// What a hexadecimal digit stands for.
std::optional<std::uint8_t> hex_digit(char digit);

/// Two digits for each byte.
void append_hex(std::string& text, std::uint8_t byte);
/// The eight bytes of a register, the lowest first, as the guest has them in memory.
void append_hex_register(std::string& text, std::uint64_t value);

/// Reads the fields of a payload, one after the other.
class Fields {
public:
    explicit Fields(std::string_view text) : rest_(text) {}

    /// A hexadecimal number of 1 to 16 digits.
    std::optional<std::uint64_t> number();
    /// Whether this comes next; if so, it is passed.
    bool take(std::string_view text);
    bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

}  // namespace reprise::gdb
