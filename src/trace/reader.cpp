#include "trace/reader.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "trace/fields.h"

namespace reprise {

using namespace trace_format;

TraceReader::TraceReader(const std::filesystem::path& path)
    : source_(path), header_(read_header(source_)) {
    read_index();
    const auto [end, index] = index_entries(chunk_count_);
    const Place place = place_of(source_, "the end", end);
    const PartHead head = read_head(source_, header_.trace_id, place);
    expect_tag(head, Tag::end, place);
    if (end_of(head, place) != index) place.refuse("the index does not follow it");
    end_ = read_end(source_, head, place);
    const std::uint64_t steps = end_.final.step, n = header().chunk_steps;
    if (const std::uint64_t chunks = steps / n + (steps % n != 0 ? 1 : 0); chunks != chunk_count_)
        place.refuse("{} steps are {} chunks, but there are {}", steps, chunks, chunk_count_);
}

Chunk TraceReader::read(std::uint64_t index, LogBuffer& buffer) const {
    assert(index < chunk_count_);
    const auto [offset, next] = index_entries(index);
    const Place place = place_of(source_, fmt::format("chunk {}", index), offset);
    const PartHead head = read_head(source_, header_.trace_id, place);
    expect_tag(head, Tag::chunk, place);
    if (end_of(head, place) != next)
        place.refuse("it ends at byte {}, not at {} as the index says", end_of(head, place), next);
    const Chunk chunk = read_chunk(source_, head, header(), buffer, place);
    const std::uint64_t start = index * header().chunk_steps;
    const std::uint64_t steps = std::min(header().chunk_steps, end_.final.step - start);
    if (chunk.start.step != start || chunk.steps != steps)
        place.refuse("it has {} steps from {} on, not {} from {} on", chunk.steps, chunk.start.step,
                     steps, start);
    return chunk;
}

void TraceReader::read_index() {
    std::array<std::uint8_t, kIndexEntrySize> last{};
    const std::uint64_t size = source_.size();
    const auto refuse = [&](std::uint64_t at) {
        throw Error(
            "{} does not end with an index (at byte {}): it was not written to its end, or "
            "something follows it",
            source_.name(), at);
    };
    if (size < header_.end + kHeadSize + 2 * kIndexEntrySize) refuse(size);
    source_.read(size - last.size(), last);
    index_offset_ = decode_offset(last);
    if (index_offset_ < header_.end || index_offset_ > size - kHeadSize) refuse(size);
    const Place place = place_of(source_, "the index", index_offset_);
    const PartHead head = read_head(source_, header_.trace_id, place);
    expect_tag(head, Tag::index, place);
    if (end_of(head, place) != size) refuse(end_of(head, place));
    if (head.size % kIndexEntrySize != 0) place.refuse("its size is not one of whole numbers");
    chunk_count_ = head.size / kIndexEntrySize - 2;
    check_index(head, place);
}

void TraceReader::check_index(const PartHead& head, const Place& place) const {
    std::uint32_t sum = 0;
    std::uint64_t least = header_.end;  // the next entry
    std::uint64_t last = 0;
    std::array<std::uint8_t, 4096 * kIndexEntrySize> block{};
    for (std::uint64_t done = 0; done < head.size;) {
        const std::size_t wanted = std::min<std::uint64_t>(block.size(), head.size - done);
        const std::span<std::uint8_t> bytes = std::span(block).first(wanted);
        if (source_.read(place.offset + kHeadSize + done, bytes) < wanted)
            refuse_truncated(place, place.offset + kHeadSize + done);
        sum = checksum(bytes, sum);
        if (done == 0 && decode_offset(std::span(block).first<kIndexEntrySize>()) != least)
            place.refuse("its first entry is not {}, where the header ends", least);
        for (FieldReader from(bytes); !from.rest().empty();) {
            last = from.u64();
            if (last < least || last > index_offset_)
                place.refuse("an entry is {}, not {} to {}", last, least, index_offset_);
            least = last + 1;
        }
        done += wanted;
    }
    if (sum != head.payload_checksum)
        place.refuse("the checksum of its {} bytes does not match", head.size);
}

std::pair<std::uint64_t, std::uint64_t> TraceReader::index_entries(std::uint64_t entry) const {
    std::array<std::uint8_t, 2 * kIndexEntrySize> bytes{};
    const std::uint64_t offset = index_offset_ + kHeadSize + entry * kIndexEntrySize;
    const std::size_t got = source_.read(offset, bytes);
    if (got < bytes.size())
        refuse_truncated(place_of(source_, "the index", index_offset_), offset + got);
    FieldReader from(bytes);
    const std::uint64_t first = from.u64();
    return {first, from.u64()};
}

}  // namespace reprise
