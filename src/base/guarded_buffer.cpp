#include "base/guarded_buffer.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace reprise {

namespace {
constexpr std::size_t kPage = 4096;
}

GuardedBuffer::GuardedBuffer(std::span<const std::uint8_t> bytes) {
    grow(bytes.size(), 0);
    if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
}

GuardedBuffer::~GuardedBuffer() {
    if (data_ != nullptr) ::munmap(data_, capacity_ + kPage);
}

GuardedBuffer::GuardedBuffer(GuardedBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}

GuardedBuffer& GuardedBuffer::operator=(GuardedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

void GuardedBuffer::grow(std::size_t capacity, std::size_t used) {
    if (data_ != nullptr && capacity <= capacity_) return;
    GuardedBuffer larger;
    const std::size_t size = (capacity + kPage - 1) / kPage * kPage;
    void* const got = ::mmap(nullptr, size + kPage, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) {
        throw Error("cannot map {} bytes of memory: {}", size, std::strerror(errno));
    }
    larger.data_ = static_cast<std::uint8_t*>(got);
    larger.capacity_ = size;
    if (::mprotect(larger.data_ + size, kPage, PROT_NONE) != 0) {
        throw Error("cannot guard {} bytes of memory: {}", size, std::strerror(errno));
    }
    if (used != 0) std::memcpy(larger.data_, data_, used);
    std::swap(*this, larger);
}

}  // namespace reprise
