#include "machine/read_log.h"

#include <algorithm>

#include "base/error.h"

namespace reprise {

void ReadLog::grow(std::size_t more, std::size_t slack) {
    constexpr std::size_t kSmallest = 64 * 1024;
    if (more > kLimit + slack - std::min(size_, kLimit)) refuse();
    buffer_.grow(std::max({kSmallest, 2 * buffer_.capacity(), size_ + more}), size_);
}

void ReadLog::refuse() {
    throw Error("the read log of a chunk grows beyond {} bytes: use smaller chunks", kLimit);
}

}  // namespace reprise
