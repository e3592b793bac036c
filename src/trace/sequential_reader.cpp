#include "trace/sequential_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reprise {

using namespace trace_format;

SequentialTraceReader::SequentialTraceReader(const std::filesystem::path& path)
    : SequentialTraceReader(open_for_reading(path), path.string()) {}

SequentialTraceReader::SequentialTraceReader(Descriptor file, std::string name)
    : source_(std::move(file), std::move(name)),
      header_(read_header(source_)),
      offset_(header_.end) {}

std::optional<Chunk> SequentialTraceReader::next(LogBuffer& buffer) {
    if (end_) return std::nullopt;
    Place place = place_of(source_, fmt::format("chunk {}", chunk_count_), offset_);
    const PartHead head = read_head(source_, header_.trace_id, place);
    if (head.tag == Tag::chunk) return take_chunk(head, buffer, place);
    if (head.tag != Tag::end) expect_tag(head, Tag::chunk, place);
    place.part = "the end";
    take_end(head, place);
    return std::nullopt;
}

Chunk SequentialTraceReader::take_chunk(const PartHead& head, LogBuffer& buffer,
                                        const Place& place) {
    if (chunk_count_ == kMostChunks) place.refuse("there are more than {} chunks", kMostChunks);
    const Chunk chunk = read_chunk(source_, head, header(), buffer, place);
    if (chunk.start.step != next_step_)
        place.refuse(
            "it starts at step {}, not at {}: chunks are missing, repeated or out of order",
            chunk.start.step, next_step_);
    expect_in_index(offset_);
    offset_ = end_of(head, place);
    next_step_ += chunk.steps;
    ++chunk_count_;
    return chunk;
}

void SequentialTraceReader::take_end(const PartHead& head, const Place& place) {
    const TraceEnd end = read_end(source_, head, place);
    if (end.final.step != next_step_)
        place.refuse("{} steps in all, but the chunks have {}", end.final.step, next_step_);
    expect_in_index(offset_);
    offset_ = end_of(head, place);
    check_index();
    check_nothing_follows();
    end_ = end;
}

void SequentialTraceReader::check_index() {
    expect_in_index(offset_);
    const Place place = place_of(source_, "the index", offset_);
    const PartHead head = read_head(source_, header_.trace_id, place);
    expect_tag(head, Tag::index, place);
    if (head.size != (chunk_count_ + 2) * kIndexEntrySize)
        place.refuse("it has {} bytes, not those of {} chunks", head.size, chunk_count_);
    if (head.payload_checksum != index_checksum_)
        place.refuse("it does not say where the parts lie");
    std::uint32_t sum = 0;
    std::array<std::uint8_t, 1 << 15> block{};
    offset_ += kHeadSize;
    for (std::uint64_t left = head.size; left != 0;) {
        const std::span<std::uint8_t> bytes =
            std::span(block).first(std::min<std::uint64_t>(block.size(), left));
        const std::size_t got = source_.read(offset_, bytes);
        if (got < bytes.size()) refuse_truncated(place, offset_ + got);
        sum = checksum(bytes, sum);
        offset_ += got;
        left -= got;
    }
    if (sum != index_checksum_)
        place.refuse("the checksum of its {} bytes does not match", head.size);
}

void SequentialTraceReader::check_nothing_follows() {
    std::array<std::uint8_t, 1> byte{};
    if (source_.read(offset_, byte) != 0)
        throw Error("{} goes on at byte {}, after its end", source_.name(), offset_);
}

void SequentialTraceReader::expect_in_index(std::uint64_t offset) {
    index_checksum_ = checksum(encode_offset(offset), index_checksum_);
}

}  // namespace reprise
