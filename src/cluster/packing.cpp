#include "cluster/packing.h"

#include "base/error.h"
#include "trace/compression.h"
#include "trace/fields.h"

namespace reprise::cluster {

static constexpr std::size_t kSizeBytes = 8;

Bytes pack(std::span<const std::uint8_t> bytes) {
    Compressor compressor;
    const auto compressed = compressor.compress(bytes);
    const std::span<const std::uint8_t> content = compressed.empty() ? bytes : compressed;
    Bytes packed(kSizeBytes + content.size());
    trace_format::FieldWriter to(packed);
    to.u64(bytes.size());
    to.bytes(content);
    return packed;
}

Bytes unpack(std::span<const std::uint8_t> packed, std::uint64_t limit, const char* what) {
    if (packed.size() < kSizeBytes) throw Error("{} of {} bytes", what, packed.size());
    const std::uint64_t size = trace_format::FieldReader(packed).u64();
    const std::span<const std::uint8_t> content = packed.subspan(kSizeBytes);
    if (size > limit) throw Error("{} of {} bytes is over the limit", what, size);
    if (content.size() == size) return {content.begin(), content.end()};
    if (!is_frame_of(content, size)) throw Error("{} that is no zstd frame", what);
    Bytes bytes(size);
    if (!decompress(content, bytes)) throw Error("{} that is damaged", what);
    return bytes;
}

}  // namespace reprise::cluster
