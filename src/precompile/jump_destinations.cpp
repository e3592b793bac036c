#include "precompile/jump_destinations.h"

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace reprise {

namespace {

constexpr std::size_t kBlock = 64;  // bytes of code for a word of the bitmap

/// A bit for each byte of a block.
struct Classes {
    std::uint64_t jump_destinations, pushes;
};

Classes classify(const std::uint8_t* block) {
    const __m128i jump_destination = _mm_set1_epi8(0x5B);
    const __m128i push = _mm_set1_epi8(0x60);
    const __m128i push_mask = _mm_set1_epi8(static_cast<char>(0xE0));
    const auto bits = [](__m128i bytes) {
        return std::uint64_t{static_cast<std::uint16_t>(_mm_movemask_epi8(bytes))};
    };
    Classes classes{};
    for (unsigned i = 0; i < kBlock; i += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + i));
        classes.jump_destinations |= bits(_mm_cmpeq_epi8(bytes, jump_destination)) << i;
        classes.pushes |= bits(_mm_cmpeq_epi8(_mm_and_si128(bytes, push_mask), push)) << i;
    }
    return classes;
}

/// The bits from `begin` on; none if it is 64 or more.
constexpr std::uint64_t bits_from(std::size_t begin) {
    return begin < 64 ? ~std::uint64_t{0} << begin : 0;
}

/// The block's word of the bitmap. The first `pending` bytes are an immediate of an instruction in
/// front of the block; it becomes the same for the next block.
std::uint64_t scan(const std::uint8_t* block, std::size_t& pending) {
    const Classes classes = classify(block);
    std::uint64_t instructions = bits_from(pending);
    std::size_t next = pending;  // no instruction starts from here on to the end of an immediate
    while (const std::uint64_t pushes = classes.pushes & bits_from(next)) {
        const auto push = static_cast<std::size_t>(std::countr_zero(pushes));
        next = push + 1 + (block[push] - 0x5FU);
        instructions &= ~bits_from(push + 1) | bits_from(next);
    }
    pending = std::max(next, kBlock) - kBlock;
    return classes.jump_destinations & instructions;
}

}  // namespace

void find_jump_destinations(std::span<const std::uint8_t> code, std::span<std::uint64_t> bitmap) {
    assert(bitmap.size() == jump_bitmap_words(code.size()));
    std::size_t pending = 0;
    const std::size_t whole = code.size() / kBlock;
    for (std::size_t i = 0; i < whole; ++i)
        bitmap[i] = scan(&code[i * kBlock], pending);
    if (const auto rest = code.subspan(whole * kBlock); !rest.empty()) {
        std::array<std::uint8_t, kBlock> block{};
        std::copy(rest.begin(), rest.end(), block.begin());
        bitmap[whole] = scan(block.data(), pending);
    }
}

}  // namespace reprise
