#include "precompile/blake3_rounds.h"

#include "precompile/blake.h"

namespace reprise {

static constexpr unsigned kRounds = 7;

/// The message words of each round: those of the one before in the order of the specification's
/// table 2.
static constexpr std::array<BlakeOrder, kRounds> make_orders() {
    constexpr BlakeOrder kPermutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    std::array<BlakeOrder, kRounds> orders{};
    for (std::uint8_t i = 0; i < 16; ++i)
        orders[0][i] = i;
    for (unsigned round = 1; round < kRounds; ++round) {
        for (unsigned i = 0; i < 16; ++i)
            orders[round][i] = orders[round - 1][kPermutation[i]];
    }
    return orders;
}
static constexpr std::array<BlakeOrder, kRounds> kOrders = make_orders();

void blake3_rounds(Limbs<8>& v, const Limbs<8>& message) {
    blake_rounds<kOrders>(v, message);
}

}  // namespace reprise
