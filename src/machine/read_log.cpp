#include "machine/read_log.h"

#include <algorithm>

#include "base/error.h"
#include "base/huge_pages.h"

namespace reprise {

void ReadLog::grow(std::size_t more) {
    constexpr std::size_t kSmallest = 64 * 1024;
    if (more > kLimit - std::min(size_, kLimit)) {
        throw Error("the read log of a chunk grows beyond {} bytes: use smaller chunks", kLimit);
    }
    const std::size_t capacity = std::max({kSmallest, 2 * capacity_, size_ + more});
    auto buffer = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    ask_for_huge_pages(buffer.get(), capacity);
    if (size_ != 0) std::memcpy(buffer.get(), buffer_.get(), size_);
    buffer_ = std::move(buffer);
    capacity_ = capacity;
}

}  // namespace reprise
