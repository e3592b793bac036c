/// @file
/// Where readers take the bytes of a trace from, and parts out of these bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "trace/format.h"
#include "trace/log_buffer.h"

namespace reprise::trace_format {

/// The bytes of one trace. What promises to read throws Error if there are fewer.
class Source {
public:
    virtual ~Source() = default;

    /// Fills `to` with what lies from `offset` on; the answer is smaller only where the file ends.
    virtual std::size_t read(std::uint64_t offset, std::span<std::uint8_t> to) const = 0;

    /// Whether so many bytes from `offset` on are known to be there. Not so of a pipe.
    virtual bool has(std::uint64_t offset, std::uint64_t size) const = 0;

    const std::string& name() const { return name_; }

protected:
    explicit Source(std::string name) : name_(std::move(name)) {}

private:
    std::string name_;
};

/// A regular file, read at any place, by any number of threads.
class FileSource : public Source {
public:
    /// @throws Error if it cannot be opened or is no regular file.
    explicit FileSource(const std::filesystem::path& path);
    std::size_t read(std::uint64_t offset, std::span<std::uint8_t> to) const override;
    bool has(std::uint64_t offset, std::uint64_t size) const override;
    std::uint64_t size() const { return size_; }

private:
    Descriptor file_;
    std::uint64_t size_ = 0;  ///< when it was opened
};

/// Anything that can be read from the front only; offsets must follow each other.
class PipeSource : public Source {
public:
    PipeSource(Descriptor file, std::string name);
    std::size_t read(std::uint64_t offset, std::span<std::uint8_t> to) const override;
    bool has(std::uint64_t offset, std::uint64_t size) const override;

private:
    Descriptor file_;
    std::uint64_t known_size_ = 0;  ///< from where it stood, if it is a regular file
};

/// Opens for reading.
Descriptor open_for_reading(const std::filesystem::path& path);

/// A part's name and place, for messages.
Place place_of(const Source& source, std::string part, std::uint64_t offset);

/// Checks magic and version.
void read_beginning(const Source& source);

struct Header {
    TraceHeader header;
    std::uint64_t trace_id = 0;
    std::uint64_t end = 0;  ///< where the next part starts
};
/// The header, behind the beginning.
Header read_header(const Source& source);

/// The head at `place`, of this trace.
PartHead read_head(const Source& source, std::uint64_t trace_id, const Place& place);

/// Throws unless the head has this tag.
void expect_tag(const PartHead& head, Tag tag, const Place& place);

/// The payload that follows a head, checksum checked, in `buffer`. Where it is not known how many
/// bytes there are, the buffer grows as they arrive.
ByteSpan read_payload(const Source& source, const PartHead& head, GuardedBuffer& buffer,
                      const Place& place);

/// The rest of a chunk whose head was read. Its log lies in `buffer`.
Chunk read_chunk(const Source& source, const PartHead& head, const TraceHeader& header,
                 LogBuffer& buffer, const Place& place);

/// The rest of an end whose head was read.
TraceEnd read_end(const Source& source, const PartHead& head, const Place& place);

/// Where the part ends that has this head.
inline std::uint64_t end_of(const PartHead& head, const Place& place) {
    return place.offset + kHeadSize + head.size;
}

/// The file ends at `end`, within this part.
[[noreturn]] void refuse_truncated(const Place& place, std::uint64_t end);

}  // namespace reprise::trace_format
