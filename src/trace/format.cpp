#include "trace/format.h"

#include <libdeflate.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "trace/fields.h"

namespace reprise::trace_format {

namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

void write_checkpoint(FieldWriter& to, const Checkpoint& checkpoint) {
    to.u64(checkpoint.step);
    to.u64(checkpoint.pc);
    for (std::size_t i = 1; i < checkpoint.x.size(); ++i)
        to.u64(checkpoint.x[i]);
    to.u8(checkpoint.reserved ? 1 : 0);
    to.u64(checkpoint.reserved ? checkpoint.reservation : 0);
}

bool read_flag(FieldReader& from, const char* what, const Place& place) {
    const unsigned flag = from.u8();
    if (flag > 1) place.refuse("{} is {}, neither 0 nor 1", what, flag);
    return flag == 1;
}

Checkpoint read_checkpoint(FieldReader& from, const Place& place) {
    Checkpoint checkpoint;
    checkpoint.step = from.u64();
    checkpoint.pc = from.u64();
    for (std::size_t i = 1; i < checkpoint.x.size(); ++i)
        checkpoint.x[i] = from.u64();
    checkpoint.reserved = read_flag(from, "whether a reservation stands", place);
    checkpoint.reservation = from.u64();
    if (!checkpoint.reserved && checkpoint.reservation != 0)
        place.refuse("a reservation that does not stand has an address");
    return checkpoint;
}

Compression read_compression(FieldReader& from, const Place& place) {
    const unsigned value = from.u8();
    if (value > 1) place.refuse("compression {} is unknown", value);
    return static_cast<Compression>(value);
}

Hash read_hash(FieldReader& from) {
    Hash hash;
    std::ranges::copy(from.bytes(hash.size()), hash.begin());
    return hash;
}

std::string read_platform(FieldReader& from, std::size_t size, const Place& place) {
    if (size > from.rest().size()) place.refuse("the platform's name is longer than this part");
    const ByteSpan bytes = from.bytes(size);
    std::string name(bytes.begin(), bytes.end());
    if (name.empty() || !std::ranges::all_of(name, is_name_character))
        place.refuse("the platform's name is empty or has characters that no name has");
    return name;
}

void read_input(TraceInput& input, bool kept, ByteSpan rest, const Place& place) {
    if (input.size > kLargestTraceInput)
        place.refuse("an input of {} bytes is over the limit of {}", input.size,
                     kLargestTraceInput);
    if (rest.size() != (kept ? input.size : 0))
        place.refuse("{} bytes of input are here, not {}", rest.size(), kept ? input.size : 0);
    if (!kept) return;
    if (Hasher().add(rest).finish() != input.hash)
        place.refuse("the input does not have the hash that is given for it");
    input.owner = std::make_shared<const Bytes>(rest.begin(), rest.end());
    input.bytes = *input.owner;
}

// Numbers in the file; the order of the enumeration must not change them.
static_assert(static_cast<int>(FaultKind::load_access) == 0 &&
              static_cast<int>(FaultKind::store_access) == 1 &&
              static_cast<int>(FaultKind::misaligned_atomic) == 2 &&
              static_cast<int>(FaultKind::jump_outside_text) == 3 &&
              static_cast<int>(FaultKind::illegal_instruction) == 4 &&
              static_cast<int>(FaultKind::unsupported_instruction) == 5 &&
              static_cast<int>(FaultKind::breakpoint) == 6 &&
              static_cast<int>(FaultKind::unknown_ecall) == 7 &&
              static_cast<int>(FaultKind::unknown_csr) == 8 &&
              static_cast<int>(FaultKind::precompile) == 9 &&
              static_cast<int>(FaultKind::hint) == 10);
static_assert(static_cast<int>(Stop::Kind::step_limit) == 0 &&
              static_cast<int>(Stop::Kind::exited) == 1 &&
              static_cast<int>(Stop::Kind::faulted) == 2);

void write_stop(FieldWriter& to, const Stop& stop) {
    const Fault fault = stop.kind == Stop::Kind::faulted ? stop.fault : Fault{};
    to.u8(static_cast<std::uint8_t>(stop.kind));
    to.u8(stop.kind == Stop::Kind::exited ? static_cast<std::uint8_t>(stop.exit_code) : 0);
    to.u8(static_cast<std::uint8_t>(fault.kind));
    to.u64(fault.pc);
    to.u64(fault.address);
    to.u64(fault.step);
}

Stop read_stop(FieldReader& from, const Place& place) {
    const unsigned kind = from.u8();
    if (kind > 2) place.refuse("kind of stop {} is unknown", kind);
    Stop stop;
    stop.kind = static_cast<Stop::Kind>(kind);
    stop.exit_code = from.u8();
    const unsigned fault_kind = from.u8();
    if (fault_kind > 10) place.refuse("kind of fault {} is unknown", fault_kind);
    stop.fault.kind = static_cast<FaultKind>(fault_kind);
    stop.fault.pc = from.u64();
    stop.fault.address = from.u64();
    stop.fault.step = from.u64();
    if (stop.kind != Stop::Kind::exited && stop.exit_code != 0)
        place.refuse("an exit code without an exit");
    if (stop.kind != Stop::Kind::faulted && stop.fault != Fault{})
        place.refuse("a fault's details without a fault");
    return stop;
}

}  // namespace

SizeRange payload_sizes(Tag tag) {
    switch (tag) {
        case Tag::header:
            return {kHeaderFixedSize + 1, kHeaderFixedSize + 255 + kLargestTraceInput};
        case Tag::chunk: return {kChunkFixedSize, kChunkFixedSize + kLargestLog};
        case Tag::end: return {kEndSize, kEndSize};
        case Tag::index: return {2 * kIndexEntrySize, (kMostChunks + 2) * kIndexEntrySize};
    }
    return {1, 0};
}

std::uint32_t checksum(ByteSpan bytes, std::uint32_t so_far) {
    // For libdeflate, a null pointer asks for the initial value.
    return bytes.empty() ? so_far : libdeflate_crc32(so_far, bytes.data(), bytes.size());
}

std::array<std::uint8_t, kHeadSize> encode(const PartHead& head) {
    std::array<std::uint8_t, kHeadSize> bytes;
    FieldWriter to(bytes);
    to.u32(static_cast<std::uint32_t>(head.tag));
    to.u32(head.size);
    to.u64(head.trace_id);
    to.u32(head.payload_checksum);
    to.u32(checksum(std::span(bytes).first<kHeadSize - 4>()));
    return bytes;
}

std::array<std::uint8_t, kHeadSize> encode_head(Tag tag, std::uint64_t trace_id, ByteSpan payload,
                                                ByteSpan rest) {
    return encode({.tag = tag,
                   .size = static_cast<std::uint32_t>(payload.size() + rest.size()),
                   .trace_id = trace_id,
                   .payload_checksum = checksum(rest, checksum(payload))});
}

PartHead decode_head(std::span<const std::uint8_t, kHeadSize> bytes, const Place& place) {
    FieldReader from(bytes);
    PartHead head;
    head.tag = static_cast<Tag>(from.u32());
    head.size = from.u32();
    head.trace_id = from.u64();
    head.payload_checksum = from.u32();
    if (from.u32() != checksum(bytes.first<kHeadSize - 4>()))
        place.refuse("the checksum of its head does not match: damaged, or no part starts here");
    const SizeRange sizes = payload_sizes(head.tag);
    if (sizes.least > sizes.most) place.refuse("no part has this tag");
    if (head.size < sizes.least || head.size > sizes.most)
        place.refuse("its size, {}, is not from {} to {}", head.size, sizes.least, sizes.most);
    return head;
}

std::array<std::uint8_t, kBeginningSize> encode_beginning() {
    std::array<std::uint8_t, kBeginningSize> bytes;
    FieldWriter to(bytes);
    to.bytes(kMagic);
    to.u32(kVersion);
    return bytes;
}

Bytes encode_header(const TraceHeader& header) {
    assert(header.chunk_steps != 0);
    assert(!header.platform.empty() && header.platform.size() <= 255 &&
           std::ranges::all_of(header.platform, is_name_character));
    Bytes bytes(kHeaderFixedSize + header.platform.size());
    FieldWriter to(bytes);
    to.u64(header.chunk_steps);
    to.bytes(header.program);
    to.u8(static_cast<std::uint8_t>(header.compression));
    to.u8(header.input.bytes ? 1 : 0);
    to.u8(static_cast<std::uint8_t>(header.platform.size()));
    to.u64(header.input.size);
    to.bytes(header.input.hash);
    for (const char c : header.platform)
        to.u8(static_cast<std::uint8_t>(c));
    assert(to.full());
    return bytes;
}

TraceHeader decode_header(ByteSpan payload, const Place& place) {
    assert(payload.size() >= kHeaderFixedSize);
    FieldReader from(payload);
    TraceHeader header;
    header.chunk_steps = from.u64();
    if (header.chunk_steps == 0 || header.chunk_steps > kMostChunkSteps)
        place.refuse("chunks of {} steps, not 1 to 2^30", header.chunk_steps);
    header.program = read_hash(from);
    header.compression = read_compression(from, place);
    const bool kept = read_flag(from, "whether the input is here", place);
    const std::size_t platform_size = from.u8();
    header.input.size = from.u64();
    header.input.hash = read_hash(from);
    header.platform = read_platform(from, platform_size, place);
    read_input(header.input, kept, from.rest(), place);
    return header;
}

std::uint64_t trace_id_of(ByteSpan encoded) {
    const Hash hash = Hasher().add(encoded).finish();
    return FieldReader(hash).u64();
}

std::array<std::uint8_t, kCheckpointSize> encode_checkpoint(const Checkpoint& checkpoint) {
    std::array<std::uint8_t, kCheckpointSize> bytes;
    FieldWriter to(bytes);
    write_checkpoint(to, checkpoint);
    assert(to.full());
    return bytes;
}

Checkpoint decode_checkpoint(ByteSpan bytes, const Place& place) {
    assert(bytes.size() == kCheckpointSize);
    FieldReader from(bytes);
    return read_checkpoint(from, place);
}

std::array<std::uint8_t, kChunkFixedSize> encode_chunk(const StoredChunk& chunk) {
    std::array<std::uint8_t, kChunkFixedSize> bytes;
    FieldWriter to(bytes);
    to.u64(chunk.steps);
    write_checkpoint(to, chunk.start);
    to.u8(static_cast<std::uint8_t>(chunk.form));
    to.u32(chunk.log_size);
    assert(to.full());
    return bytes;
}

StoredChunk decode_chunk(ByteSpan payload, const TraceHeader& header, const Place& place) {
    assert(payload.size() >= kChunkFixedSize);
    FieldReader from(payload);
    StoredChunk chunk;
    chunk.steps = from.u64();
    if (chunk.steps == 0 || chunk.steps > header.chunk_steps)
        place.refuse("it has {} steps, not 1 to {}", chunk.steps, header.chunk_steps);
    chunk.start = read_checkpoint(from, place);
    if (chunk.start.step % header.chunk_steps != 0 ||
        chunk.steps > std::numeric_limits<std::uint64_t>::max() - chunk.start.step)
        place.refuse("no chunk of {} steps starts at step {}", header.chunk_steps,
                     chunk.start.step);
    chunk.form = read_compression(from, place);
    if (chunk.form != Compression::none && header.compression == Compression::none)
        place.refuse("a compressed log in a trace without compression");
    chunk.log_size = from.u32();
    chunk.stored = from.rest();
    if (chunk.log_size > kLargestLog)
        place.refuse("a log of {} bytes is over the limit of {}", chunk.log_size, kLargestLog);
    const bool fits = chunk.form == Compression::none ? chunk.stored.size() == chunk.log_size
                                                      : chunk.stored.size() < chunk.log_size;
    if (!fits)
        place.refuse("{} bytes do not hold a log of {}", chunk.stored.size(), chunk.log_size);
    return chunk;
}

std::array<std::uint8_t, kEndSize> encode_end(const TraceEnd& end) {
    std::array<std::uint8_t, kEndSize> bytes;
    FieldWriter to(bytes);
    write_stop(to, end.stop);
    write_checkpoint(to, end.final);
    to.u64(end.output_size);
    to.bytes(end.output_hash);
    assert(to.full());
    return bytes;
}

TraceEnd decode_end(ByteSpan payload, const Place& place) {
    assert(payload.size() == kEndSize);
    FieldReader from(payload);
    TraceEnd end;
    end.stop = read_stop(from, place);
    end.final = read_checkpoint(from, place);
    if (end.stop.kind == Stop::Kind::faulted && end.stop.fault.step != end.final.step)
        place.refuse("the fault's step, {}, is not the last one, {}", end.stop.fault.step,
                     end.final.step);
    end.output_size = from.u64();
    end.output_hash = read_hash(from);
    return end;
}

std::array<std::uint8_t, kIndexEntrySize> encode_offset(std::uint64_t offset) {
    std::array<std::uint8_t, kIndexEntrySize> bytes;
    FieldWriter(bytes).u64(offset);
    return bytes;
}

std::uint64_t decode_offset(std::span<const std::uint8_t, kIndexEntrySize> bytes) {
    return FieldReader(bytes).u64();
}

}  // namespace reprise::trace_format
