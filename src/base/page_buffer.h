/// @file
/// Memory in whole pages, which can be handed on without a copy (`Memory::adopt`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise {

/// Bytes at the start of an anonymous mapping of their own.
class PageBuffer {
public:
    PageBuffer() = default;
    /// A copy of the bytes.
    /// @throws Error if the host has not enough addresses, as below.
    PageBuffer(std::span<const std::uint8_t> bytes);    // NOLINT(google-explicit-constructor)
    PageBuffer(const std::vector<std::uint8_t>& bytes)  // NOLINT(google-explicit-constructor)
        : PageBuffer(std::span<const std::uint8_t>(bytes)) {}
    ~PageBuffer();
    PageBuffer(PageBuffer&& other) noexcept;
    PageBuffer& operator=(PageBuffer&& other) noexcept;
    PageBuffer(const PageBuffer&) = delete;
    PageBuffer& operator=(const PageBuffer&) = delete;

    /// No bytes, and room for `capacity`: addresses, and memory only as it is touched.
    static PageBuffer with_capacity(std::size_t capacity);

    std::uint8_t* data() { return data_; }
    const std::uint8_t* data() const { return data_; }
    std::size_t size() const { return size_; }

    /// At most the capacity; bytes that are new and were never written are zero.
    void resize(std::size_t size);

    /// Moves the pages that hold bytes to that address, in place of what is mapped there, and
    /// leaves this empty.
    /// @throws Error if the host refuses.
    void move_to(void* address);

private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;  ///< what is mapped, less than a page less
};

}  // namespace reprise
