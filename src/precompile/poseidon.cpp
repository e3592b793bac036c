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

/// The circulant twice, so that each column of the matrix lies in one piece.
constexpr std::array<std::uint64_t, 2 * kWidth> make_columns() {
    std::array<std::uint64_t, 2 * kWidth> columns{};
    for (unsigned i = 0; i < 2 * kWidth; ++i)
        columns[i] = constants::kCirculant[i % kWidth];
    return columns;
}
constexpr std::array<std::uint64_t, 2 * kWidth> kColumns = make_columns();

/// Four sums at once. Element 0, for which a partial round's S-box is still at work, comes last.
[[gnu::target("avx2")]] inline Halves multiply_by_columns(const Limbs<kWidth>& state) {
    constexpr unsigned kVectors = kWidth / 4;
    __m256i low[kVectors], high[kVectors];
    for (unsigned i = 0; i < kVectors; ++i)
        low[i] = high[i] = _mm256_setzero_si256();
#pragma GCC unroll 16
    for (unsigned j = kWidth; j-- > 0;) {
        const __m256i low_half = _mm256_set1_epi64x(static_cast<long long>(state[j]));
        const __m256i high_half = _mm256_srli_epi64(low_half, 32);
#pragma GCC unroll 4
        for (unsigned i = 0; i < kVectors; ++i) {
            const __m256i column =
                _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&kColumns[kWidth - j + 4 * i]));
            low[i] = _mm256_add_epi64(low[i], _mm256_mul_epu32(low_half, column));
            high[i] = _mm256_add_epi64(high[i], _mm256_mul_epu32(high_half, column));
        }
    }
    Halves sums;
    for (unsigned i = 0; i < kVectors; ++i) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(&sums.low[4 * i]), low[i]);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(&sums.high[4 * i]), high[i]);
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

[[gnu::target("avx2,bmi,bmi2")]] void permute_by_columns(Limbs<kWidth>& state) {
    permute<multiply_by_columns>(state);
}

void permute_by_words(Limbs<kWidth>& state) {
    permute<multiply_by_words>(state);
}

}  // namespace

void poseidon(Limbs<16>& state) {
    has_avx2() && has_bmi() ? permute_by_columns(state) : permute_by_words(state);
}

}  // namespace reprise
