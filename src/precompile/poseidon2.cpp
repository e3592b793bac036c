#include "precompile/poseidon2.h"

#include "precompile/cpu.h"
#include "precompile/goldilocks.h"
#include "precompile/poseidon2_constants.h"

namespace reprise {

namespace {

namespace constants = poseidon2_constants;

using goldilocks::Element, goldilocks::reduce, goldilocks::reduce_sum;

/// (x + constant)^7
[[gnu::always_inline]] inline Element substitute(Element x, Element constant) {
    return goldilocks::raise(reduce_sum(DoubleLimb{x} + constant));
}

/// The external matrix: circ(2 M4, M4, M4, M4), M4 computed as in the paper's appendix B. Sums grow
/// by a factor of 80 at most and are reduced once.
[[gnu::always_inline]] inline void multiply_external(Limbs<16>& state) {
    std::array<DoubleLimb, 16> blocks;
#pragma GCC unroll 4
    for (unsigned i = 0; i < 16; i += 4) {
        const DoubleLimb t0 = DoubleLimb{state[i]} + state[i + 1];
        const DoubleLimb t1 = DoubleLimb{state[i + 2]} + state[i + 3];
        const DoubleLimb t2 = 2 * DoubleLimb{state[i + 1]} + t1;
        const DoubleLimb t3 = 2 * DoubleLimb{state[i + 3]} + t0;
        const DoubleLimb t4 = 4 * t1 + t3;
        const DoubleLimb t5 = 4 * t0 + t2;
        blocks[i] = t3 + t5;
        blocks[i + 1] = t5;
        blocks[i + 2] = t2 + t4;
        blocks[i + 3] = t4;
    }
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; ++i) {
        const DoubleLimb sum = blocks[i] + blocks[i + 4] + blocks[i + 8] + blocks[i + 12];
#pragma GCC unroll 4
        for (unsigned j = i; j < 16; j += 4)
            state[j] = reduce_sum(blocks[j] + sum);
    }
}

[[gnu::always_inline]] inline void full_round(Limbs<16>& state,
                                              const std::array<Element, 16>& round_constants) {
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; ++i)
        state[i] = substitute(state[i], round_constants[i]);
    multiply_external(state);
}

[[gnu::always_inline]] inline void partial_round(Limbs<16>& state, Element constant) {
    state[0] = substitute(state[0], constant);
    DoubleLimb sum = 0;
#pragma GCC unroll 16
    for (const Element element : state)
        sum += element;
        // The diagonal is below the prime: product and sum together stay below 2^128.
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; ++i)
        state[i] = reduce(DoubleLimb{state[i]} * constants::kDiagonal[i] + sum);
}

[[gnu::always_inline]] inline void permute(Limbs<16>& result) {
    Limbs<16> state = result;  // a copy, which the compiler may keep where it likes
    multiply_external(state);
    for (unsigned i = 0; i < 4; ++i)
        full_round(state, constants::kFullRounds[i]);
    for (const Element constant : constants::kPartialRounds)
        partial_round(state, constant);
    for (unsigned i = 4; i < 8; ++i)
        full_round(state, constants::kFullRounds[i]);
    for (Element& element : state)
        element = goldilocks::canonical(element);
    result = state;
}

[[gnu::target("bmi,bmi2")]] void permute_with_bmi(Limbs<16>& state) {
    permute(state);
}

void permute_anywhere(Limbs<16>& state) {
    permute(state);
}

}  // namespace

void poseidon2(Limbs<16>& state) {
    has_bmi() ? permute_with_bmi(state) : permute_anywhere(state);
}

}  // namespace reprise
