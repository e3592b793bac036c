/// @file
/// The socket that gdb connects to: on this machine only, for one connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/descriptor.h"

namespace reprise::gdb {

/// Bytes from and to the other side, which may send anything.
class Connection {
public:
    explicit Connection(Descriptor socket) : socket_(std::move(socket)) {}

    /// The next byte; waits for it.
    /// @throws Error if the connection is lost.
    std::uint8_t read();
    /// The next byte if it is there, which stays the next.
    /// @throws Error as above.
    std::optional<std::uint8_t> peek();
    /// @throws Error as above.
    void write(std::string_view bytes);

private:
    /// Asks for more once all bytes are used. False if nothing is there and it shall not wait.
    bool fill(bool waits);

    Descriptor socket_;
    std::array<std::uint8_t, 4096> buffer_{};
    std::size_t begin_ = 0, end_ = 0;
};

/// Waits for a connection on 127.0.0.1.
class Listener {
public:
    /// @param port  0: any that is free.
    /// @throws Error if the port is not to be had.
    explicit Listener(std::uint16_t port);

    std::uint16_t port() const { return port_; }

    /// Takes the first connection, and listens no more.
    /// @throws Error if that fails.
    Connection accept();

private:
    Descriptor socket_;
    std::uint16_t port_ = 0;
};

}  // namespace reprise::gdb
