#include "platform/streams.h"

#include <algorithm>

namespace reprise {

void OutputStream::write(std::span<const std::uint8_t> bytes) {
    const std::uint64_t seen = std::min<std::uint64_t>(delivered_ - position_, bytes.size());
    position_ += bytes.size();
    if (seen == bytes.size()) return;
    delivered_ = position_;
    if (sink_) sink_(bytes.subspan(seen));
}

}  // namespace reprise
