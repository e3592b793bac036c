/// @file
/// What BLAKE2b, BLAKE2s and BLAKE3 have in common. They differ in the size of words, in the bits
/// that G rotates by, and in the order in which rounds take the words of a message.
/// Source: RFC 7693; The BLAKE3 paper, section 2.2.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "precompile/limbs.h"

namespace reprise {

/// The message words that a round mixes in, in their order.
using BlakeOrder = std::array<std::uint8_t, 16>;

/// SIGMA of BLAKE2 (RFC 7693, section 2.7): row i is round i's, modulo 10.
inline constexpr std::array<BlakeOrder, 10> kBlake2Sigma = {{
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
}};

/// How far G rotates to the right, in turn. BLAKE3 has BLAKE2s's.
struct BlakeRotations {
    int d, b, d2, b2;
};
inline constexpr BlakeRotations kBlake2bRotations = {.d = 32, .b = 24, .d2 = 16, .b2 = 63};
inline constexpr BlakeRotations kBlake2sRotations = {.d = 16, .b = 12, .d2 = 8, .b2 = 7};

/// G: RFC 7693, section 3.1.
template <const BlakeRotations& rotations, class Word>
[[gnu::always_inline]] inline void blake_mix(std::array<Word, 16>& v, unsigned a, unsigned b,
                                             unsigned c, unsigned d, Word x, Word y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], rotations.d);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], rotations.b);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], rotations.d2);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], rotations.b2);
}

/// A round on the working vector v: its columns, then its diagonals. `message` is not v.
template <const BlakeRotations& rotations, class Word>
[[gnu::always_inline]] inline void blake_round(const BlakeOrder& order, std::array<Word, 16>& v,
                                               const std::array<Word, 16>& message) {
    const auto word = [&](unsigned i) { return message[order[i]]; };
    blake_mix<rotations>(v, 0, 4, 8, 12, word(0), word(1));
    blake_mix<rotations>(v, 1, 5, 9, 13, word(2), word(3));
    blake_mix<rotations>(v, 2, 6, 10, 14, word(4), word(5));
    blake_mix<rotations>(v, 3, 7, 11, 15, word(6), word(7));
    blake_mix<rotations>(v, 0, 5, 10, 15, word(8), word(9));
    blake_mix<rotations>(v, 1, 6, 11, 12, word(10), word(11));
    blake_mix<rotations>(v, 2, 7, 8, 13, word(12), word(13));
    blake_mix<rotations>(v, 3, 4, 9, 14, word(14), word(15));
}

/// All rounds of BLAKE2s or BLAKE3. Word i of the 16 words of 32 bits is the low half of limb i / 2
/// if i is even and the high half otherwise. `message` may be v.
template <const auto& orders>
void blake_rounds(Limbs<8>& v, const Limbs<8>& message) {
    using Words = std::array<std::uint32_t, 16>;
    const auto words = std::bit_cast<Words>(message);
    auto state = std::bit_cast<Words>(v);
#pragma GCC unroll 10
    for (const BlakeOrder& order : orders)
        blake_round<kBlake2sRotations>(order, state, words);
    v = std::bit_cast<Limbs<8>>(state);
}

}  // namespace reprise
