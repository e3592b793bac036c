#include "precompile/blake2s_rounds.h"

#include "precompile/blake2_sigma.h"
#include "precompile/blake2s_round.h"

namespace reprise {

void blake2s_rounds(Limbs<8>& v, const Limbs<8>& message) {
    const auto words = std::bit_cast<Blake2sWords>(message);
    auto state = std::bit_cast<Blake2sWords>(v);
#pragma GCC unroll 10
    for (const auto& order : kBlake2Sigma)
        blake2s_round(order, state, words);
    v = std::bit_cast<Limbs<8>>(state);
}

}  // namespace reprise
