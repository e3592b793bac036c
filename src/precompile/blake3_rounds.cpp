#include "precompile/blake3_rounds.h"

#include <bit>

namespace reprise {

namespace {

using Words = std::array<std::uint32_t, 16>;
using Order = std::array<std::uint8_t, 16>;

constexpr unsigned kRounds = 7;

/// The message words of each round: those of the one before in the order of the specification's
/// table 2.
constexpr std::array<Order, kRounds> make_orders() {
    constexpr Order kPermutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    std::array<Order, kRounds> orders{};
    for (std::uint8_t i = 0; i < 16; ++i)
        orders[0][i] = i;
    for (unsigned round = 1; round < kRounds; ++round) {
        for (unsigned i = 0; i < 16; ++i)
            orders[round][i] = orders[round - 1][kPermutation[i]];
    }
    return orders;
}
constexpr std::array<Order, kRounds> kOrders = make_orders();

/// G: section 2.2.
[[gnu::always_inline]] inline void mix(Words& v, unsigned a, unsigned b, unsigned c, unsigned d,
                                       std::uint32_t x, std::uint32_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 7);
}

[[gnu::always_inline]] inline void round(const Order& order, Words& v, const Words& message) {
    const auto word = [&](unsigned i) { return message[order[i]]; };
    mix(v, 0, 4, 8, 12, word(0), word(1));
    mix(v, 1, 5, 9, 13, word(2), word(3));
    mix(v, 2, 6, 10, 14, word(4), word(5));
    mix(v, 3, 7, 11, 15, word(6), word(7));
    mix(v, 0, 5, 10, 15, word(8), word(9));
    mix(v, 1, 6, 11, 12, word(10), word(11));
    mix(v, 2, 7, 8, 13, word(12), word(13));
    mix(v, 3, 4, 9, 14, word(14), word(15));
}

}  // namespace

void blake3_rounds(Limbs<8>& v, const Limbs<8>& message) {
    const auto words = std::bit_cast<Words>(message);
    auto state = std::bit_cast<Words>(v);
#pragma GCC unroll 7
    for (const Order& order : kOrders)
        round(order, state, words);
    v = std::bit_cast<Limbs<8>>(state);
}

}  // namespace reprise
