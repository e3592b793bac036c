/// @file
/// The JSON of messages: how they are taken apart, and put together.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/messages.h"
#include "trace/format.h"

namespace reprise::cluster {

using Json = nlohmann::json;

inline constexpr std::size_t kMostNames = 4096;  ///< in a list or an object
/// Pieces of what is the largest: a chunk's log of 1 GiB in messages of 3 KiB.
inline constexpr std::uint64_t kMostPieces = std::uint64_t{1} << 20;

/// A message as it is taken apart, by the names of its fields. Each throws Error, which says what
/// the message is and which field does not fit.
class Fields {
public:
    /// @param what  the message is: "a task".
    /// @throws Error for what is no object, or of another version.
    Fields(const char* what, std::span<const std::uint8_t> bytes);

    /// Objects of their own in a list.
    std::vector<Fields> list(const char* name, std::size_t most) const;
    std::uint64_t number(const char* name,
                         std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
    bool flag(const char* name) const;
    std::string text(const char* name) const;
    /// So many, which are there as hexadecimal digits.
    Bytes bytes(const char* name, std::size_t size) const;
    Hash hash(const char* name) const;
    /// As it lies in a trace.
    Checkpoint checkpoint(const char* name) const;
    double seconds(const char* name) const;
    JobId job(const char* name) const;
    std::string worker(const char* name) const;
    Pieces pieces(const char* name) const;
    std::vector<std::string> texts(const char* name) const;
    std::vector<std::uint64_t> numbers(const char* name) const;
    bool has(const char* name) const { return !at(name).is_null(); }
    const Json& at(const char* name) const;
    const Json& array(const char* name, std::size_t most) const;

    [[noreturn]] void refuse(const char* name, const char* why) const;
    trace_format::Place place(const char* name) const { return {.file = what_, .part = name}; }

private:
    Fields(std::string what, Json json) : what_(std::move(what)), json_(std::move(json)) {}

    std::string what_;
    Json json_;
};

/// An object with nothing but the version.
Json begin_message();
Bytes to_bytes(const Json& json);

Json json_of(const Pieces& pieces);
std::string hex_of(std::span<const std::uint8_t> bytes);
/// A text that may be anything, cut so that decoders take it: each byte that is no UTF-8 becomes
/// three.
std::string shortened(std::string_view text);

}  // namespace reprise::cluster
