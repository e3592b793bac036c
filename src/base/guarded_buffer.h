/// @file
/// Memory that may be read or written beyond its end without harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace reprise {

/// Bytes in a GuardedBuffer. Whoever goes on behind them, without leaving out a whole page, reads
/// what means nothing, and then comes to a page where an access raises SIGSEGV.
class GuardedBytes : public std::span<const std::uint8_t> {
public:
    GuardedBytes() = default;

private:
    friend class GuardedBuffer;
    explicit GuardedBytes(std::span<const std::uint8_t> bytes) : span(bytes) {}
};

/// A buffer that grows and stays: page-aligned, and a page behind it that cannot be accessed.
class GuardedBuffer {
public:
    GuardedBuffer() = default;
    /// A copy of the bytes.
    explicit GuardedBuffer(std::span<const std::uint8_t> bytes);
    ~GuardedBuffer();
    GuardedBuffer(GuardedBuffer&& other) noexcept;
    GuardedBuffer& operator=(GuardedBuffer&& other) noexcept;
    GuardedBuffer(const GuardedBuffer&) = delete;
    GuardedBuffer& operator=(const GuardedBuffer&) = delete;

    std::uint8_t* data() { return data_; }
    const std::uint8_t* data() const { return data_; }
    /// Memory is only taken as it is touched.
    std::size_t capacity() const { return capacity_; }

    /// At least this capacity; the first `used` bytes stay, addresses do not.
    /// @throws Error if the host has not enough memory.
    void grow(std::size_t capacity, std::size_t used);

    /// Some of the bytes: within the capacity.
    GuardedBytes bytes(std::size_t offset, std::size_t size) const {
        return GuardedBytes({data_ + offset, size});
    }

private:
    std::uint8_t* data_ = nullptr;
    std::size_t capacity_ = 0;
};

}  // namespace reprise
