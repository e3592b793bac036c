#include "cluster/message_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace reprise::cluster {

namespace {

namespace format = trace_format;

constexpr std::size_t kLargestText = 4096;

}  // namespace

Fields::Fields(const char* what, std::span<const std::uint8_t> bytes)
    : what_(what), json_(Json::parse(bytes.begin(), bytes.end(), nullptr, false)) {
    if (!json_.is_object()) throw Error("{}: no JSON object", what_);
    const std::uint64_t version = number("version");
    if (version != kMessageVersion)
        throw Error("{}: of version {}; this is version {}", what_, version, kMessageVersion);
}

std::vector<Fields> Fields::list(const char* name, std::size_t most) const {
    std::vector<Fields> list;
    for (const Json& item : array(name, most)) {
        if (!item.is_object()) refuse(name, "holds what is no object");
        list.push_back(Fields(fmt::format("{}: '{}'", what_, name), item));
    }
    return list;
}

std::uint64_t Fields::number(const char* name, std::uint64_t most) const {
    const Json& value = at(name);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
        refuse(name, "no number, or too large");
    return value.get<std::uint64_t>();
}

bool Fields::flag(const char* name) const {
    const Json& value = at(name);
    if (!value.is_boolean()) refuse(name, "neither true nor false");
    return value.get<bool>();
}

std::string Fields::text(const char* name) const {
    const Json& value = at(name);
    if (!value.is_string()) refuse(name, "no text");
    auto text = value.get<std::string>();
    if (text.size() > kLargestText) refuse(name, "too long");
    return text;
}

Bytes Fields::bytes(const char* name, std::size_t size) const {
    const std::string digits = text(name);
    Bytes bytes(size);
    if (digits.size() != 2 * size) refuse(name, "of another size");
    for (std::size_t i = 0; i < size; ++i) {
        const char* const begin = digits.data() + 2 * i;
        const auto [end, error] = std::from_chars(begin, begin + 2, bytes[i], 16);
        if (error != std::errc() || end != begin + 2) refuse(name, "not hexadecimal");
    }
    return bytes;
}

Hash Fields::hash(const char* name) const {
    Hash hash;
    std::ranges::copy(bytes(name, hash.size()), hash.begin());
    return hash;
}

Checkpoint Fields::checkpoint(const char* name) const {
    return format::decode_checkpoint(bytes(name, format::kCheckpointSize), place(name));
}

double Fields::seconds(const char* name) const {
    const Json& value = at(name);
    if (!value.is_number()) refuse(name, "no number");
    return value.get<double>();
}

JobId Fields::job(const char* name) const {
    JobId id = text(name);
    if (!is_job_id(id)) refuse(name, "no name of a job");
    return id;
}

std::string Fields::worker(const char* name) const {
    std::string worker = text(name);
    if (!is_worker_name(worker)) refuse(name, "no name of a worker");
    return worker;
}

Pieces Fields::pieces(const char* name) const {
    const Json& value = at(name);
    if (!value.is_array() || value.size() != 2 || !value[0].is_number_unsigned() ||
        !value[1].is_number_unsigned())
        refuse(name, "not two numbers");
    const Pieces pieces{.bytes = value[0].get<std::uint64_t>(),
                        .count = value[1].get<std::uint64_t>()};
    if (pieces.count > kMostPieces || (pieces.count == 0) != (pieces.bytes == 0) ||
        pieces.count > pieces.bytes)
        refuse(name, "no pieces");
    return pieces;
}

std::vector<std::string> Fields::texts(const char* name) const {
    std::vector<std::string> texts;
    for (const Json& item : array(name, kMostNames)) {
        if (!item.is_string() || item.get_ref<const std::string&>().size() > kLargestText)
            refuse(name, "holds what is no text, or too long");
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::vector<std::uint64_t> Fields::numbers(const char* name) const {
    std::vector<std::uint64_t> numbers;
    for (const Json& item : array(name, kMostPieces)) {
        if (!item.is_number_unsigned()) refuse(name, "holds what is no number");
        numbers.push_back(item.get<std::uint64_t>());
    }
    return numbers;
}

const Json& Fields::at(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) refuse(name, "not there");
    return *found;
}

const Json& Fields::array(const char* name, std::size_t most) const {
    const Json& value = at(name);
    if (!value.is_array() || value.size() > most) refuse(name, "no list, or too long");
    return value;
}

void Fields::refuse(const char* name, const char* why) const {
    throw Error("{}: '{}': {}", what_, name, why);
}

Json begin_message() {
    return {{"version", kMessageVersion}};
}

Bytes to_bytes(const Json& json) {
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return {text.begin(), text.end()};
}

Json json_of(const Pieces& pieces) {
    return Json::array({pieces.bytes, pieces.count});
}

std::string hex_of(std::span<const std::uint8_t> bytes) {
    return fmt::format("{:02x}", fmt::join(bytes, ""));
}

std::string shortened(std::string_view text) {
    return std::string(text.substr(0, kLargestText / 3));
}

}  // namespace reprise::cluster
