#include "precompile/blake2_round.h"

#include <immintrin.h>

#include "precompile/blake.h"
#include "precompile/cpu.h"

namespace reprise {

namespace {

void round_by_words(const BlakeOrder& order, Limbs<16>& v, const Limbs<16>& message) {
    Limbs<16> w = v;  // message may be v
    blake_round<kBlake2bRotations>(order, w, message);
    v = w;
}

// With AVX2, the four columns of v are mixed at once, then the four diagonals: v is four rows, and
// G's a, b, c and d are one each.
#define REPRISE_AVX2 [[gnu::target("avx2")]]

REPRISE_AVX2 inline __m256i rotate_by_32(__m256i row) {
    return _mm256_shuffle_epi32(row, _MM_SHUFFLE(2, 3, 0, 1));
}
REPRISE_AVX2 inline __m256i rotate_by_24(__m256i row) {
    return _mm256_shuffle_epi8(
        row, _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4, 5, 6, 7,
                              0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10));
}
REPRISE_AVX2 inline __m256i rotate_by_16(__m256i row) {
    return _mm256_shuffle_epi8(
        row, _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3, 4, 5, 6,
                              7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9));
}
REPRISE_AVX2 inline __m256i rotate_by_63(__m256i row) {
    return _mm256_or_si256(_mm256_srli_epi64(row, 63), _mm256_add_epi64(row, row));
}

struct Rows {
    __m256i a, b, c, d;
};

REPRISE_AVX2 inline void mix(Rows& v, __m256i x, __m256i y) {
    v.a = _mm256_add_epi64(_mm256_add_epi64(v.a, x), v.b);
    v.d = rotate_by_32(_mm256_xor_si256(v.d, v.a));
    v.c = _mm256_add_epi64(v.c, v.d);
    v.b = rotate_by_24(_mm256_xor_si256(v.b, v.c));
    v.a = _mm256_add_epi64(_mm256_add_epi64(v.a, y), v.b);
    v.d = rotate_by_16(_mm256_xor_si256(v.d, v.a));
    v.c = _mm256_add_epi64(v.c, v.d);
    v.b = rotate_by_63(_mm256_xor_si256(v.b, v.c));
}

/// The words that four Gs take as x (from the place 0 or 8 of the order) or as y (from 1 or 9).
REPRISE_AVX2 inline __m256i every_second(const std::uint8_t* order, const Limbs<16>& message) {
    return _mm256_setr_epi64x(
        static_cast<long long>(message[order[0]]), static_cast<long long>(message[order[2]]),
        static_cast<long long>(message[order[4]]), static_cast<long long>(message[order[6]]));
}

REPRISE_AVX2 void round_by_rows(const BlakeOrder& order, Limbs<16>& v, const Limbs<16>& message) {
    auto* memory = reinterpret_cast<__m256i*>(v.data());
    Rows rows = {_mm256_loadu_si256(memory), _mm256_loadu_si256(memory + 1),
                 _mm256_loadu_si256(memory + 2), _mm256_loadu_si256(memory + 3)};
    mix(rows, every_second(&order[0], message), every_second(&order[1], message));
    rows.b = _mm256_permute4x64_epi64(rows.b, _MM_SHUFFLE(0, 3, 2, 1));
    rows.c = _mm256_permute4x64_epi64(rows.c, _MM_SHUFFLE(1, 0, 3, 2));
    rows.d = _mm256_permute4x64_epi64(rows.d, _MM_SHUFFLE(2, 1, 0, 3));
    mix(rows, every_second(&order[8], message), every_second(&order[9], message));
    rows.b = _mm256_permute4x64_epi64(rows.b, _MM_SHUFFLE(2, 1, 0, 3));
    rows.c = _mm256_permute4x64_epi64(rows.c, _MM_SHUFFLE(1, 0, 3, 2));
    rows.d = _mm256_permute4x64_epi64(rows.d, _MM_SHUFFLE(0, 3, 2, 1));
    _mm256_storeu_si256(memory, rows.a);
    _mm256_storeu_si256(memory + 1, rows.b);
    _mm256_storeu_si256(memory + 2, rows.c);
    _mm256_storeu_si256(memory + 3, rows.d);
}

#undef REPRISE_AVX2

}  // namespace

const char* blake2_round(std::uint64_t index, Limbs<16>& v, const Limbs<16>& message) {
    if (index >= kBlake2Sigma.size()) return "index";
    has_avx2() ? round_by_rows(kBlake2Sigma[index], v, message)
               : round_by_words(kBlake2Sigma[index], v, message);
    return nullptr;
}

}  // namespace reprise
