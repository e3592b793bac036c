/// @file
/// Compression of read logs, by zstd.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/file.h"

namespace reprise {

/// Compresses one log after the other, with memory that is kept in between.
class Compressor {
public:
    Compressor();
    ~Compressor();
    Compressor(Compressor&&) noexcept;
    Compressor& operator=(Compressor&&) noexcept;

    /// One zstd frame, valid until the next call; empty if it would not be smaller than `bytes`.
    std::span<const std::uint8_t> compress(std::span<const std::uint8_t> bytes);

private:
    struct Context;
    std::unique_ptr<Context> context_;
    Bytes buffer_;
};

/// Whether `frame` is one zstd frame that says of itself that it holds `size` bytes.
bool is_frame_of(std::span<const std::uint8_t> frame, std::size_t size);

/// Fills `to` with what the frame holds; false if it is damaged or holds another number of bytes.
bool decompress(std::span<const std::uint8_t> frame, std::span<std::uint8_t> to);

}  // namespace reprise
