/// @file
/// Numbers and byte strings one after the other, little-endian, into or out of a block of bytes
/// whose size is known to fit.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace reprise::trace_format {

class FieldWriter {
public:
    explicit FieldWriter(std::span<std::uint8_t> bytes) : rest_(bytes) {}

    void u8(std::uint8_t value) { number(value, 1); }
    void u32(std::uint32_t value) { number(value, 4); }
    void u64(std::uint64_t value) { number(value, 8); }

    void bytes(std::span<const std::uint8_t> bytes) {
        assert(bytes.size() <= rest_.size());
        if (!bytes.empty()) std::memcpy(rest_.data(), bytes.data(), bytes.size());
        rest_ = rest_.subspan(bytes.size());
    }

    bool full() const { return rest_.empty(); }

private:
    void number(std::uint64_t value, std::size_t size) {
        assert(size <= rest_.size());
        for (std::size_t i = 0; i < size; ++i)
            rest_[i] = static_cast<std::uint8_t>(value >> 8 * i);
        rest_ = rest_.subspan(size);
    }

    std::span<std::uint8_t> rest_;
};

class FieldReader {
public:
    explicit FieldReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }

    std::span<const std::uint8_t> bytes(std::size_t size) {
        assert(size <= rest_.size());
        const auto result = rest_.first(size);
        rest_ = rest_.subspan(size);
        return result;
    }

    std::span<const std::uint8_t> rest() const { return rest_; }

private:
    std::uint64_t number(std::size_t size) {
        const auto from = bytes(size);
        std::uint64_t value = 0;
        for (std::size_t i = size; i-- > 0;)
            value = value << 8 | from[i];
        return value;
    }

    std::span<const std::uint8_t> rest_;
};

}  // namespace reprise::trace_format
