/// @file
/// The round that BLAKE2s and BLAKE3 share: they differ in the order of the message's words.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace reprise {

/// The working vector v, or a message: word i of 32 bits is the low half of limb i / 2 if i is
/// even, and the high half otherwise.
using Blake2sWords = std::array<std::uint32_t, 16>;

/// G: RFC 7693, section 3.1; The BLAKE3 paper, section 2.2.
[[gnu::always_inline]] inline void blake2s_mix(Blake2sWords& v, unsigned a, unsigned b, unsigned c,
                                               unsigned d, std::uint32_t x, std::uint32_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 7);
}

/// @param order  the message words that the round mixes in, in their order.
[[gnu::always_inline]] inline void blake2s_round(const std::array<std::uint8_t, 16>& order,
                                                 Blake2sWords& v, const Blake2sWords& message) {
    const auto word = [&](unsigned i) { return message[order[i]]; };
    blake2s_mix(v, 0, 4, 8, 12, word(0), word(1));
    blake2s_mix(v, 1, 5, 9, 13, word(2), word(3));
    blake2s_mix(v, 2, 6, 10, 14, word(4), word(5));
    blake2s_mix(v, 3, 7, 11, 15, word(6), word(7));
    blake2s_mix(v, 0, 5, 10, 15, word(8), word(9));
    blake2s_mix(v, 1, 6, 11, 12, word(10), word(11));
    blake2s_mix(v, 2, 7, 8, 13, word(12), word(13));
    blake2s_mix(v, 3, 4, 9, 14, word(14), word(15));
}

}  // namespace reprise
