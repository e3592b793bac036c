#include "machine/read_log.h"

#include <algorithm>

#include "base/error.h"

namespace reprise {

void ReadLog::grow_to_append(std::size_t more) {
    if (more > kLimit - std::min(size_, kLimit)) refuse();
    grow(more);
}

void ReadLog::grow(std::size_t more) {
    constexpr std::size_t kSmallest = 64 * 1024;
    buffer_.grow(std::max({kSmallest, 2 * buffer_.capacity(), size_ + more}), size_);
}

void ReadLog::refuse() {
    throw Error(
        "the read log of a chunk grows beyond {} bytes: output counts, too; use shorter chunks "
        "(--chunk-steps)",
        kLimit);
}

}  // namespace reprise
