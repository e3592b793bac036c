#include "trace/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "trace/compression.h"
#include "trace/fields.h"

namespace reprise::trace_format {

namespace {

/// Calls `read_some` until `to` is full or the file ends.
template <class ReadSome>
std::size_t read_fully(std::span<std::uint8_t> to, const std::string& name, ReadSome read_some) {
    std::size_t used = 0;
    while (used < to.size()) {
        const ssize_t got = read_some(to.subspan(used), used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error("cannot read {}: {}", name, std::strerror(errno));
        if (got == 0) break;
        used += static_cast<std::size_t>(got);
    }
    return used;
}

/// Bytes that are read at a time.
constexpr std::size_t kPiece = std::size_t{256} << 10;

std::string name_of_tag(Tag tag) {
    switch (tag) {
        case Tag::header: return "a header";
        case Tag::chunk: return "a chunk";
        case Tag::end: return "the end of a trace";
        case Tag::index: return "an index";
    }
    return "nothing known";
}

}  // namespace

Descriptor open_for_reading(const std::filesystem::path& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open())
        throw Error("cannot open {}: {}", path.empty() ? "''" : path.c_str(), std::strerror(errno));
    return file;
}

FileSource::FileSource(const std::filesystem::path& path)
    : Source(path.string()), file_(open_for_reading(path)) {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0)
        throw Error("cannot read {}: {}", name(), std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        throw Error("{} is no regular file: its chunks can be read from the front only", name());
    size_ = static_cast<std::uint64_t>(status.st_size);
}

std::size_t FileSource::read(std::uint64_t offset, std::span<std::uint8_t> to) const {
    return read_fully(to, name(), [&](std::span<std::uint8_t> rest, std::size_t used) {
        return ::pread(file_.get(), rest.data(), rest.size(), static_cast<off_t>(offset + used));
    });
}

bool FileSource::has(std::uint64_t offset, std::uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
}

PipeSource::PipeSource(Descriptor file, std::string name)
    : Source(std::move(name)), file_(std::move(file)) {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    const off_t start = ::lseek(file_.get(), 0, SEEK_CUR);
    if (start >= 0 && start < status.st_size)
        known_size_ = static_cast<std::uint64_t>(status.st_size - start);
}

bool PipeSource::has(std::uint64_t offset, std::uint64_t size) const {
    return offset <= known_size_ && size <= known_size_ - offset;
}

std::size_t PipeSource::read(std::uint64_t /*offset*/, std::span<std::uint8_t> to) const {
    return read_fully(to, name(), [&](std::span<std::uint8_t> rest, std::size_t) {
        return ::read(file_.get(), rest.data(), rest.size());
    });
}

Place place_of(const Source& source, std::string part, std::uint64_t offset) {
    return {source.name(), std::move(part), offset};
}

void refuse_truncated(const Place& place, std::uint64_t end) {
    if (end == place.offset)
        throw Error("{} ends at byte {}, where {} is missing: it was not written to its end",
                    place.file, end, place.part);
    throw Error("{} ends at byte {}, within {}, which starts at byte {}", place.file, end,
                place.part, place.offset);
}

void read_beginning(const Source& source) {
    std::array<std::uint8_t, kBeginningSize> bytes{};
    const std::size_t got = source.read(0, bytes);
    const std::size_t compared = std::min(got, kMagic.size());
    if (got == 0 || !std::equal(kMagic.begin(), kMagic.begin() + compared, bytes.begin()))
        throw Error("{} is not a trace: it does not start as one", source.name());
    if (got < bytes.size())
        throw Error("{} ends at byte {}, within its first {}", source.name(), got, bytes.size());
    FieldReader from(bytes);
    from.bytes(kMagic.size());
    if (const std::uint32_t version = from.u32(); version != kVersion)
        throw Error("{} is a trace of version {} (at byte {}); this reads version {}",
                    source.name(), version, kMagic.size(), kVersion);
}

Header read_header(const Source& source) {
    read_beginning(source);
    const Place place = place_of(source, "the header", kBeginningSize);
    std::array<std::uint8_t, kHeadSize> bytes{};
    const std::size_t got = source.read(place.offset, bytes);
    if (got < bytes.size()) refuse_truncated(place, place.offset + got);
    const PartHead head = decode_head(bytes, place);
    expect_tag(head, Tag::header, place);
    GuardedBuffer payload;
    const ByteSpan read = read_payload(source, head, payload, place);
    Header result{decode_header(read, place), head.trace_id, end_of(head, place)};
    const std::size_t identified = kHeaderFixedSize + result.header.platform.size();
    if (trace_id_of(read.first(identified)) != head.trace_id)
        place.refuse("its trace id is not that of its content");
    return result;
}

PartHead read_head(const Source& source, std::uint64_t trace_id, const Place& place) {
    std::array<std::uint8_t, kHeadSize> bytes{};
    const std::size_t got = source.read(place.offset, bytes);
    if (got < bytes.size()) refuse_truncated(place, place.offset + got);
    const PartHead head = decode_head(bytes, place);
    if (head.trace_id != trace_id) place.refuse("what is here belongs to another trace");
    return head;
}

void expect_tag(const PartHead& head, Tag tag, const Place& place) {
    if (head.tag != tag) place.refuse("{} is here instead", name_of_tag(head.tag));
}

ByteSpan read_payload(const Source& source, const PartHead& head, GuardedBuffer& buffer,
                      const Place& place) {
    const std::uint64_t start = place.offset + kHeadSize;
    if (source.has(start, head.size)) buffer.grow(head.size, 0);
    std::uint32_t sum = 0;
    for (std::size_t used = 0; used < head.size;) {
        // Piece by piece, so that each is still in the cache when it is summed up. A size is
        // believed only as far as bytes arrive; memory that is there is used at once.
        const std::size_t next = std::min<std::size_t>(head.size, used + kPiece);
        if (next > buffer.capacity())
            buffer.grow(std::min<std::size_t>(head.size, std::max(next, 2 * used)), used);
        const std::span<std::uint8_t> piece{buffer.data() + used, next - used};
        const std::size_t got = source.read(start + used, piece);
        if (got < piece.size()) refuse_truncated(place, start + used + got);
        sum = checksum(piece, sum);
        used = next;
    }
    if (sum != head.payload_checksum)
        place.refuse("the checksum of its {} bytes does not match", head.size);
    return buffer.bytes(0, head.size);
}

Chunk read_chunk(const Source& source, const PartHead& head, const TraceHeader& header,
                 LogBuffer& buffer, const Place& place) {
    const ByteSpan payload = read_payload(source, head, buffer.part, place);
    const StoredChunk stored = decode_chunk(payload, header, place);
    if (stored.form == Compression::none) {
        buffer.log = buffer.part.bytes(kChunkFixedSize, stored.log_size);
        return {stored.start, stored.steps, buffer.log};
    }
    if (!is_frame_of(stored.stored, stored.log_size))
        place.refuse("its log is no zstd frame of {} bytes", stored.log_size);
    buffer.decompressed.grow(stored.log_size, 0);
    if (!decompress(stored.stored, {buffer.decompressed.data(), stored.log_size}))
        place.refuse("its log cannot be decompressed");
    buffer.log = buffer.decompressed.bytes(0, stored.log_size);
    return {stored.start, stored.steps, buffer.log};
}

TraceEnd read_end(const Source& source, const PartHead& head, const Place& place) {
    GuardedBuffer buffer;
    return decode_end(read_payload(source, head, buffer, place), place);
}

}  // namespace reprise::trace_format
