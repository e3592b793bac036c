#include "precompile/blake2_round.h"

#include <bit>

namespace reprise {

namespace {

/// SIGMA: RFC 7693, section 2.7.
constexpr std::uint8_t kSigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                         {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                         {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                         {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                         {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                         {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                         {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                         {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                         {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                         {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

/// G: RFC 7693, section 3.1.
[[gnu::always_inline]] inline void mix(Limbs<16>& v, unsigned a, unsigned b, unsigned c, unsigned d,
                                       std::uint64_t x, std::uint64_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 63);
}

}  // namespace

const char* blake2_round(std::uint64_t index, Limbs<16>& v, const Limbs<16>& message) {
    if (index >= std::size(kSigma)) return "index";
    const auto& order = kSigma[index];
    const auto word = [&](unsigned i) { return message[order[i]]; };
    // A copy, which the compiler may keep in registers; word by word, since a wide load of words
    // that were just stored one by one would wait for them.
    Limbs<16> w;
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; ++i)
        w[i] = v[i];
    mix(w, 0, 4, 8, 12, word(0), word(1));
    mix(w, 1, 5, 9, 13, word(2), word(3));
    mix(w, 2, 6, 10, 14, word(4), word(5));
    mix(w, 3, 7, 11, 15, word(6), word(7));
    mix(w, 0, 5, 10, 15, word(8), word(9));
    mix(w, 1, 6, 11, 12, word(10), word(11));
    mix(w, 2, 7, 8, 13, word(12), word(13));
    mix(w, 3, 4, 9, 14, word(14), word(15));
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; ++i)
        v[i] = w[i];
    return nullptr;
}

}  // namespace reprise
