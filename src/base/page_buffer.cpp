#include "base/page_buffer.h"

#include <sys/mman.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace reprise {

namespace {

/// What one page table maps: what begins there is moved by tables and not page by page.
constexpr std::size_t kTable = std::size_t{2} << 20;

/// Maps memory from a multiple of kTable on.
std::uint8_t* map_aligned(std::size_t size) {
    void* const got = ::mmap(nullptr, size + kTable, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) {
        throw Error("cannot map {} bytes of memory: {}", size, std::strerror(errno));
    }
    auto* const begin = static_cast<std::uint8_t*>(got);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(begin) % kTable;
    if (before != 0) ::munmap(begin, before);
    ::munmap(begin + before + size, kTable - before);
    return begin + before;
}

constexpr std::size_t round_up_to_page(std::size_t size) {
    constexpr std::size_t kPage = 4096;
    return (size + kPage - 1) / kPage * kPage;
}

}  // namespace

PageBuffer::PageBuffer(std::span<const std::uint8_t> bytes)
    : PageBuffer(with_capacity(bytes.size())) {
    resize(bytes.size());
    if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
}

PageBuffer::~PageBuffer() {
    if (capacity_ != 0) ::munmap(data_, round_up_to_page(capacity_));
}

PageBuffer::PageBuffer(PageBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

PageBuffer& PageBuffer::operator=(PageBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

PageBuffer PageBuffer::with_capacity(std::size_t capacity) {
    PageBuffer buffer;
    if (capacity == 0) return buffer;
    buffer.data_ = map_aligned(round_up_to_page(capacity));
    buffer.capacity_ = capacity;
    return buffer;
}

void PageBuffer::resize(std::size_t size) {
    assert(size <= capacity_);
    size_ = size;
}

void PageBuffer::move_to(void* address) {
    const std::size_t size = round_up_to_page(size_);
    if (size != 0 &&
        ::mremap(data_, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, address) == MAP_FAILED) {
        throw Error("cannot move {} bytes of memory: {}", size, std::strerror(errno));
    }
    // What was moved is no longer ours, and another thread may have mapped something there.
    const std::size_t rest = round_up_to_page(capacity_) - size;
    if (rest != 0) ::munmap(data_ + size, rest);
    data_ = nullptr;
    size_ = capacity_ = 0;
}

}  // namespace reprise
