#include "trace/writer.h"

#include <fcntl.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "trace/format.h"

namespace reprise {

namespace format = trace_format;

namespace {

/// Takes away what was written from the front of the pieces.
void drop_written(std::span<iovec> pieces, std::size_t written) {
    for (iovec& piece : pieces) {
        const std::size_t taken = std::min(written, piece.iov_len);
        piece.iov_base = static_cast<std::uint8_t*>(piece.iov_base) + taken;
        piece.iov_len -= taken;
        written -= taken;
    }
}

iovec piece_of(std::span<const std::uint8_t> bytes) {
    return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}

void append_offset(Bytes& index, std::uint64_t offset) {
    const auto bytes = format::encode_offset(offset);
    index.insert(index.end(), bytes.begin(), bytes.end());
}

}  // namespace

TraceWriter::TraceWriter(const std::filesystem::path& path, const TraceHeader& header)
    : name_(path.string()), chunk_steps_(header.chunk_steps), compression_(header.compression) {
    if (header.input.size > kLargestTraceInput)
        throw Error("{}: an input of {} bytes is over the {} that a trace holds", name_,
                    header.input.size, kLargestTraceInput);
    file_ = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file_.is_open())
        throw Error("cannot create {}: {}", path.empty() ? "''" : name_, std::strerror(errno));

    write_bytes(format::encode_beginning(), {}, {});
    const Bytes encoded = format::encode_header(header);
    trace_id_ = format::trace_id_of(encoded);
    encoder_.emplace(make_encoder());
    write_part(format::Tag::header, encoded,
               header.input.bytes ? ByteSpan(*header.input.bytes) : ByteSpan());
}

void TraceWriter::write(const EncodedChunk& chunk) {
    if (!file_.is_open()) fail("it is closed already");
    assert(chunk.first_step == next_step_ && next_step_ % chunk_steps_ == 0);
    assert(chunk.steps != 0 && chunk.steps <= chunk_steps_);
    if (chunk.log.size() > kLargestLog)
        fail("the log of a chunk is over 1 GiB; use shorter chunks (--chunk-steps)");
    if (index_.size() / format::kIndexEntrySize == kMostChunks)
        fail("more than 2^28 chunks; use longer ones");

    append_offset(index_, offset_);
    write_bytes(chunk.front, chunk.stored(), {});
    next_step_ += chunk.steps;
}

void TraceWriter::finish(const TraceEnd& end) {
    if (!file_.is_open()) fail("it is closed already");
    assert(end.final.step == next_step_);
    append_offset(index_, offset_);
    write_part(format::Tag::end, format::encode_end(end), {});
    append_offset(index_, offset_);
    write_part(format::Tag::index, index_, {});
    // Some file systems report only now that there was no room.
    if (file_.close() != 0) fail(std::strerror(errno));
}

void TraceWriter::write_part(format::Tag tag, ByteSpan payload, ByteSpan rest) {
    write_bytes(format::encode_head(tag, trace_id_, payload, rest), payload, rest);
}

void TraceWriter::write_bytes(ByteSpan first, ByteSpan second, ByteSpan third) {
    std::array<iovec, 3> pieces{piece_of(first), piece_of(second), piece_of(third)};
    std::uint64_t left = first.size() + second.size() + third.size();
    while (left != 0) {
        const ssize_t written = ::writev(file_.get(), pieces.data(), pieces.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(std::strerror(errno));
        if (written == 0) fail("no bytes are taken");
        drop_written(pieces, static_cast<std::size_t>(written));
        offset_ += static_cast<std::size_t>(written);
        left -= static_cast<std::size_t>(written);
    }
}

void TraceWriter::fail(const char* reason) {
    file_.close();
    throw Error("cannot write {} at byte {}: {}; the trace is not whole", name_, offset_, reason);
}

}  // namespace reprise
