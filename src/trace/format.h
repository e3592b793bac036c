/// @file
/// The bytes of a trace file: sizes, tags, and how each part is encoded and decoded. Version 1 of
/// docs/trace-format.md; for writer and readers only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "trace/trace.h"

namespace reprise::trace_format {

using ByteSpan = std::span<const std::uint8_t>;

/// What a file starts with. The first byte is no text, the line ends are two, so that a transfer as
/// text breaks it.
inline constexpr std::array<std::uint8_t, 8> kMagic{0x89, 'R', 'P', 'R', '\r', '\n', 0x1A, '\n'};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kBeginningSize = 12;

inline constexpr std::size_t kHeadSize = 24;
inline constexpr std::size_t kCheckpointSize = 273;
inline constexpr std::size_t kHeaderFixedSize = 83;  ///< before the platform's name
inline constexpr std::size_t kChunkFixedSize = 286;  ///< before the log
inline constexpr std::size_t kEndSize = 340;
inline constexpr std::size_t kIndexEntrySize = 8;

constexpr std::uint32_t tag_of(const char (&text)[5]) {
    std::uint32_t tag = 0;
    for (int i = 3; i >= 0; --i)
        tag = tag << 8 | static_cast<std::uint8_t>(text[i]);
    return tag;
}

enum class Tag : std::uint32_t {
    header = tag_of("HEAD"),
    chunk = tag_of("CHNK"),
    end = tag_of("END."),
    index = tag_of("INDX")
};

/// Sizes that the payload of a part may have.
struct SizeRange {
    std::uint64_t least, most;
};
SizeRange payload_sizes(Tag tag);

/// Where something is wrong, for messages.
struct Place {
    std::string_view file;
    std::string part;          ///< "chunk 3"
    std::uint64_t offset = 0;  ///< of the part in the file

    /// "FILE: chunk 3 at byte 1234: WHAT"
    template <class... Args>
    [[noreturn]] void refuse(fmt::format_string<Args...> what, Args&&... args) const {
        throw Error("{}: {} at byte {}: {}", file, part, offset,
                    fmt::format(what, std::forward<Args>(args)...));
    }
};

/// CRC-32 as in zlib, of what was summed up in `so_far` and these bytes after it.
std::uint32_t checksum(ByteSpan bytes, std::uint32_t so_far = 0);

struct PartHead {
    Tag tag{};
    std::uint32_t size = 0;  ///< of the payload
    std::uint64_t trace_id = 0;
    std::uint32_t payload_checksum = 0;
};

std::array<std::uint8_t, kHeadSize> encode(const PartHead& head);
/// The head of a part whose payload lies in two pieces.
std::array<std::uint8_t, kHeadSize> encode_head(Tag tag, std::uint64_t trace_id, ByteSpan payload,
                                                ByteSpan rest);
/// Checks the head's own checksum, and that tag and size are possible.
PartHead decode_head(std::span<const std::uint8_t, kHeadSize> bytes, const Place& place);

std::array<std::uint8_t, kBeginningSize> encode_beginning();

/// The payload without the input itself.
Bytes encode_header(const TraceHeader& header);
TraceHeader decode_header(ByteSpan payload, const Place& place);
/// What ties the parts of one trace together; `encoded` is from `encode_header`.
std::uint64_t trace_id_of(ByteSpan encoded);

std::array<std::uint8_t, kCheckpointSize> encode_checkpoint(const Checkpoint& checkpoint);
Checkpoint decode_checkpoint(ByteSpan bytes, const Place& place);

/// A chunk as it lies in the file.
struct StoredChunk {
    Checkpoint start;
    std::uint64_t steps = 0;
    Compression form = Compression::none;  ///< of the log
    std::uint32_t log_size = 0;
    ByteSpan stored;  ///< the log: as it is, or compressed
};

/// The payload without the stored log.
std::array<std::uint8_t, kChunkFixedSize> encode_chunk(const StoredChunk& chunk);
/// Checks what can be said of a chunk alone.
StoredChunk decode_chunk(ByteSpan payload, const TraceHeader& header, const Place& place);

std::array<std::uint8_t, kEndSize> encode_end(const TraceEnd& end);
TraceEnd decode_end(ByteSpan payload, const Place& place);

/// A number of an index.
std::array<std::uint8_t, kIndexEntrySize> encode_offset(std::uint64_t offset);
std::uint64_t decode_offset(std::span<const std::uint8_t, kIndexEntrySize> bytes);

}  // namespace reprise::trace_format
