/// @file
/// What gdb asks for, packet by packet: each is a few calls of a Debugger.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gdb/debugger.h"
#include "gdb/packet.h"

namespace reprise::gdb {

/// What a packet leads to.
struct Answer {
    enum class Next : std::uint8_t {
        another_packet,
        no_acks,   ///< after this answer, packets are no longer acknowledged
        detached,  ///< the run goes on without gdb
        killed,    ///< the run is broken off
        ended      ///< the run is over
    };
    std::string payload;  ///< empty also for what is not supported
    Next next = Next::another_packet;
};

/// Takes any payload. Registers and memory can be read, not written: what gdb changed would be
/// forgotten as soon as the guest goes back.
class Session {
public:
    explicit Session(Debugger& debugger) : debugger_(debugger) {}

    Answer answer(std::string_view payload);

    /// How the run ended, after `Next::ended`.
    const Stop& stop() const { return halt_.stop; }

private:
    std::string read_register(Fields fields) const;
    std::string read_memory(Fields fields) const;
    std::string change_point(Fields fields, bool inserts);
    std::string query(std::string_view payload) const;
    Answer go(Halt (Debugger::*move)());
    Answer go_if_whole(bool is_whole, Halt (Debugger::*move)());
    std::string stop_reply() const;

    Debugger& debugger_;
    Halt halt_;
};

}  // namespace reprise::gdb
