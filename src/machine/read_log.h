/// @file
/// The read log: what a guest learned from outside its registers, in order, as raw bytes.
///
/// Each value loaded stands there in its natural width (1, 2, 4 or 8 bytes, little-endian): of
/// loads, LR and AMOs, not of SC. Of ecalls stand there the bytes that they read from guest memory,
/// and as 8 bytes each what they learned from outside (see EcallMemory::outside).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/guarded_buffer.h"

namespace reprise {

/// A buffer that is cleared and filled again and again: its memory stays.
class ReadLog {
public:
    /// More than this is an error: each step can log 64 KiB.
    static constexpr std::size_t kLimit = std::size_t{1} << 30;

    GuardedBytes bytes() const { return buffer_.bytes(0, size_); }
    std::size_t size() const { return size_; }
    /// What it holds without asking for memory.
    std::size_t capacity() const { return buffer_.capacity(); }
    /// Forgets what was logged last, down to `size` bytes.
    void truncate(std::size_t size) { size_ = size; }
    void clear() { size_ = 0; }

    template <std::integral T>
    void append(T value) {
        if (buffer_.capacity() - size_ < sizeof value) grow_to_append(sizeof value);
        std::memcpy(buffer_.data() + size_, &value, sizeof value);
        size_ += sizeof value;
    }
    void append(std::span<const std::uint8_t> bytes) {
        if (bytes.empty()) return;
        if (buffer_.capacity() - size_ < bytes.size()) grow_to_append(bytes.size());
        std::memcpy(buffer_.data() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }

    /// Where the next `size` bytes may be written by others, who then say where they ended: only
    /// then is it known whether the log is too long.
    std::uint8_t* reserve(std::size_t size) {
        if (buffer_.capacity() - size_ < size) grow(size);
        return buffer_.data() + size_;
    }
    /// @throws Error beyond kLimit.
    void end_at(const std::uint8_t* end) {
        size_ = static_cast<std::size_t>(end - buffer_.data());
        if (size_ > kLimit) refuse();
    }

private:
    /// @throws Error beyond kLimit.
    void grow_to_append(std::size_t more);
    void grow(std::size_t more);
    [[noreturn]] static void refuse();

    GuardedBuffer buffer_;
    std::size_t size_ = 0;
};

}  // namespace reprise
