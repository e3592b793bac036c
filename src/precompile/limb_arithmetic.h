/// @file
/// Sums and products of limbs, for loops that the compiler unrolls.
#pragma once

#include <immintrin.h>

#include "precompile/limbs.h"

namespace reprise {

__extension__ using DoubleLimb = unsigned __int128;

/// The low limb of a + b + carry; `carry`, 0 or 1, becomes the carry out.
[[gnu::always_inline]] inline std::uint64_t add_limb(std::uint64_t a, std::uint64_t b,
                                                     std::uint64_t& carry) {
    unsigned long long sum;
    carry = _addcarry_u64(static_cast<unsigned char>(carry), a, b, &sum);
    return sum;
}

/// The low limb of a - b - borrow; `borrow`, 0 or 1, becomes the borrow out.
[[gnu::always_inline]] inline std::uint64_t subtract_limb(std::uint64_t a, std::uint64_t b,
                                                          std::uint64_t& borrow) {
    unsigned long long difference;
    borrow = _subborrow_u64(static_cast<unsigned char>(borrow), a, b, &difference);
    return difference;
}

/// The low limb of a + b * c + carry; `carry` becomes the high limb. No operands overflow it.
[[gnu::always_inline]] inline std::uint64_t multiply_add_limb(std::uint64_t a, std::uint64_t b,
                                                              std::uint64_t c,
                                                              std::uint64_t& carry) {
    const DoubleLimb sum = DoubleLimb{b} * c + a + carry;
    carry = static_cast<std::uint64_t>(sum >> 64);
    return static_cast<std::uint64_t>(sum);
}

/// Without std::equal's call of memcmp and without a branch for each limb.
template <std::size_t N>
[[gnu::always_inline]] inline bool equal(const Limbs<N>& a, const Limbs<N>& b) {
    std::uint64_t difference = 0;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

/// a * b + c, which always fits.
template <std::size_t N>
[[gnu::always_inline]] inline Limbs<2 * N> multiply_add(const Limbs<N>& a, const Limbs<N>& b,
                                                        const Limbs<N>& c) {
    Limbs<2 * N> result;
    for (std::size_t i = 0; i < N; ++i)
        result[i] = c[i];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i) {
        std::uint64_t carry = 0;
#pragma GCC unroll 8
        for (std::size_t j = 0; j < N; ++j)
            result[i + j] = multiply_add_limb(result[i + j], a[i], b[j], carry);
        result[i + N] = carry;
    }
    return result;
}

}  // namespace reprise
