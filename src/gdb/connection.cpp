#include "gdb/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace reprise::gdb {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

[[noreturn]] void refuse_port(std::uint16_t port) {
    throw Error("cannot listen on 127.0.0.1:{} for gdb: {}", port, std::strerror(errno));
}

void set_option(const Descriptor& socket, int level, int option) {
    const int on = 1;
    // Where it cannot be set, all goes on as well, if slower.
    std::ignore = ::setsockopt(socket.get(), level, option, &on, sizeof on);
}

}  // namespace

std::uint8_t Connection::read() {
    fill(true);
    return buffer_[begin_++];
}

std::optional<std::uint8_t> Connection::peek() {
    if (!fill(false)) return std::nullopt;
    return buffer_[begin_];
}

bool Connection::fill(bool waits) {
    while (begin_ == end_) {
        const ssize_t got =
            ::recv(socket_.get(), buffer_.data(), buffer_.size(), waits ? 0 : MSG_DONTWAIT);
        if (got > 0) {
            begin_ = 0;
            end_ = static_cast<std::size_t>(got);
        } else if (got == 0) {
            throw Error("gdb has closed the connection");
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return false;
        } else if (errno != EINTR) {
            throw Error("the connection to gdb is lost: {}", std::strerror(errno));
        }
    }
    return true;
}

void Connection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw Error("the connection to gdb is lost: {}", std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

Listener::Listener(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (!socket_.is_open()) refuse_port(port);
    // Else the port of a session that has just ended could not be used again for a minute.
    set_option(socket_, SOL_SOCKET, SO_REUSEADDR);
    sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    auto* const pointer = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.get(), pointer, size) != 0 || ::listen(socket_.get(), 1) != 0 ||
        ::getsockname(socket_.get(), pointer, &size) != 0)
        refuse_port(port);
    port_ = ntohs(address.sin_port);
}

Connection Listener::accept() {
    for (;;) {
        Descriptor socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket.is_open() && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (!socket.is_open()) throw Error("no connection from gdb: {}", std::strerror(errno));
        socket_.close();
        // Packets are small, and each waits for the answer to the one before.
        set_option(socket, IPPROTO_TCP, TCP_NODELAY);
        return Connection(std::move(socket));
    }
}

}  // namespace reprise::gdb
