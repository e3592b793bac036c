#include "trace/compression.h"

#include <zstd.h>

#include <new>

namespace reprise {

namespace {
/// The fastest of zstd's usual levels: writing must keep up with a run.
constexpr int kLevel = 1;
}  // namespace

struct Compressor::Context {
    Context() : zstd(ZSTD_createCCtx()) {
        if (zstd == nullptr) throw std::bad_alloc();
    }
    ~Context() { ZSTD_freeCCtx(zstd); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    ZSTD_CCtx* zstd;
};

Compressor::Compressor() : context_(std::make_unique<Context>()) {}
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

std::span<const std::uint8_t> Compressor::compress(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return {};
    // No room for more than is of use: zstd then stops where it would not get smaller.
    if (buffer_.size() < bytes.size() - 1) buffer_.resize(bytes.size() - 1);
    const std::size_t size = ZSTD_compressCCtx(context_->zstd, buffer_.data(), bytes.size() - 1,
                                               bytes.data(), bytes.size(), kLevel);
    if (ZSTD_isError(size) != 0) return {};
    return std::span(buffer_).first(size);
}

bool is_frame_of(std::span<const std::uint8_t> frame, std::size_t size) {
    return ZSTD_findFrameCompressedSize(frame.data(), frame.size()) == frame.size() &&
           ZSTD_getFrameContentSize(frame.data(), frame.size()) == size;
}

bool decompress(std::span<const std::uint8_t> frame, std::span<std::uint8_t> to) {
    return ZSTD_decompress(to.data(), to.size(), frame.data(), frame.size()) == to.size();
}

}  // namespace reprise
