#include "precompile/poseidon.h"

#include <immintrin.h>

#include "precompile/cpu.h"
#include "precompile/goldilocks.h"
#include "precompile/poseidon_constants.h"

namespace reprise {

namespace {

namespace constants = poseidon_constants;

using constants::kWidth, constants::Row;
using goldilocks::Element;

/// What the matrix makes of the low halves of the elements, and of the high ones. Its rows add up
/// to less than 2^9, so these are below 2^41.
struct Halves {
    Row low, high;
};

Halves multiply_by_words(const Limbs<kWidth>& state) {
    Halves sums{};
    for (unsigned i = 0; i < kWidth; ++i) {
        for (unsigned j = 0; j < kWidth; ++j) {
            const std::uint64_t factor = constants::kCirculant[(i - j) % kWidth];
            sums.low[i] += (state[j] & goldilocks::kEpsilon) * factor;
            sums.high[i] += (state[j] >> 32) * factor;
        }
    }
    return sums;
}

/// Four sums at once: the state is repeated, so that a diagonal of the matrix meets neighbours.
[[gnu::target("avx2")]] inline Halves multiply_by_rows(const Limbs<kWidth>& state) {
    std::array<std::uint64_t, 2 * kWidth> repeated;
    for (unsigned i = 0; i < kWidth; ++i)
        repeated[i] = repeated[i + kWidth] = state[i];
    Halves sums;
#pragma GCC unroll 4
    for (unsigned i = 0; i < kWidth; i += 4) {
        __m256i low = _mm256_setzero_si256();
        __m256i high = _mm256_setzero_si256();
#pragma GCC unroll 16
        for (unsigned k = 0; k < kWidth; ++k) {
            const __m256i factor = _mm256_set1_epi64x(constants::kCirculant[k]);
            const __m256i elements =
                _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&repeated[kWidth + i - k]));
            low = _mm256_add_epi64(low, _mm256_mul_epu32(elements, factor));
            high =
                _mm256_add_epi64(high, _mm256_mul_epu32(_mm256_srli_epi64(elements, 32), factor));
        }
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(&sums.low[i]), low);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(&sums.high[i]), high);
    }
    return sums;
}

/// The linear part of a round, together with what the next one adds first.
template <Halves (&multiply)(const Limbs<kWidth>&)>
[[gnu::always_inline]] inline void mix(Limbs<kWidth>& state, const Row& next) {
    const Halves sums = multiply(state);
    for (unsigned i = 0; i < kWidth; ++i) {
        state[i] = goldilocks::reduce_sum(sums.low[i] + (DoubleLimb{sums.high[i]} << 32) + next[i]);
    }
}

template <Halves (&multiply)(const Limbs<kWidth>&)>
[[gnu::always_inline]] inline void permute(Limbs<kWidth>& result) {
    Limbs<kWidth> state;
    for (unsigned i = 0; i < kWidth; ++i)
        state[i] = goldilocks::reduce_sum(DoubleLimb{result[i]} + constants::kRows[0][i]);
    for (unsigned round = 0; round < constants::kRounds; ++round) {
        const unsigned after_first = round - constants::kFullRounds / 2;
        const unsigned boxes = after_first < constants::kPartialRounds ? 1 : kWidth;
        for (unsigned i = 0; i < boxes; ++i)
            state[i] = goldilocks::raise(state[i]);
        mix<multiply>(state, constants::kRows[round + 1]);
    }
    for (unsigned i = 0; i < kWidth; ++i)
        result[i] = goldilocks::canonical(state[i]);
}

[[gnu::target("avx2,bmi,bmi2")]] void permute_by_rows(Limbs<kWidth>& state) {
    permute<multiply_by_rows>(state);
}

void permute_by_words(Limbs<kWidth>& state) {
    permute<multiply_by_words>(state);
}

}  // namespace

void poseidon(Limbs<16>& state) {
    has_avx2() && has_bmi() ? permute_by_rows(state) : permute_by_words(state);
}

}  // namespace reprise
