/// @file
/// Numbers as in LEB128 and Protocol Buffers: seven bits a byte, the lowest first.
#pragma once

#include <cstdint>

namespace reprise {

/// @tparam Buffer  a string, or a vector of bytes.
template <class Buffer>
void append_varint(Buffer& to, std::uint64_t value) {
    using Byte = typename Buffer::value_type;
    for (; value >= 0x80; value >>= 7)
        to.push_back(static_cast<Byte>(value | 0x80));
    to.push_back(static_cast<Byte>(value));
}

}  // namespace reprise
