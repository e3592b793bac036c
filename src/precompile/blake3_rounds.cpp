#include "precompile/blake3_rounds.h"

#include "precompile/blake2s_round.h"

namespace reprise {

namespace {

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

}  // namespace

void blake3_rounds(Limbs<8>& v, const Limbs<8>& message) {
    const auto words = std::bit_cast<Blake2sWords>(message);
    auto state = std::bit_cast<Blake2sWords>(v);
#pragma GCC unroll 7
    for (const Order& order : kOrders)
        blake2s_round(order, state, words);
    v = std::bit_cast<Limbs<8>>(state);
}

}  // namespace reprise
