#include "trace/chunk_encoder.h"

#include <algorithm>

namespace reprise {

namespace format = trace_format;

ChunkEncoder::ChunkEncoder(std::uint64_t trace_id, Compression compression) : trace_id_(trace_id) {
    if (compression == Compression::zstd) compressor_.emplace();
}

EncodedChunk ChunkEncoder::encode(const Chunk& chunk) {
    EncodedChunk encoded{.first_step = chunk.start.step, .steps = chunk.steps, .log = chunk.log};
    if (chunk.log.size() > kLargestLog) return encoded;  // no file takes it
    Compression form = Compression::none;
    if (compressor_) {
        if (const auto smaller = compressor_->compress(chunk.log); !smaller.empty()) {
            form = Compression::zstd;
            encoded.compressed.assign(smaller.begin(), smaller.end());
        }
    }
    const auto payload =
        format::encode_chunk({chunk.start, chunk.steps, form,
                              static_cast<std::uint32_t>(chunk.log.size()), encoded.stored()});
    const auto head = format::encode_head(format::Tag::chunk, trace_id_, payload, encoded.stored());
    std::ranges::copy(payload, std::ranges::copy(head, encoded.front.begin()).out);
    return encoded;
}

}  // namespace reprise
