/// @file
/// Arithmetic of numbers of N limbs, in the shape that gcc compiles to plain chains of mul, add and
/// adc: the loops are unrolled, and every intermediate value fits into 128 bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "precompile/limbs.h"

namespace reprise::wide {

using U64 = std::uint64_t;
using I64 = std::int64_t;
__extension__ using U128 = unsigned __int128;
__extension__ using I128 = __int128;

template <std::size_t N>
constexpr bool is_zero(const Limbs<N>& a) {
    U64 bits = 0;
    for (const U64 limb : a)
        bits |= limb;
    return bits == 0;
}

/// The first argument becomes a + b; returns the carry, 0 or 1.
template <std::size_t N>
constexpr U64 add(Limbs<N>& a, const Limbs<N>& b) {
    U64 carry = 0;
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i) {
        const U128 sum = U128{a[i]} + b[i] + carry;
        a[i] = static_cast<U64>(sum);
        carry = static_cast<U64>(sum >> 64);
    }
    return carry;
}

/// The first argument becomes a - b; returns the borrow, 0 or 1.
template <std::size_t N>
constexpr U64 subtract(Limbs<N>& a, const Limbs<N>& b) {
    U64 borrow = 0;
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i) {
        const U128 difference = U128{a[i]} - b[i] - borrow;
        a[i] = static_cast<U64>(difference);
        borrow = static_cast<U64>(difference >> 64) & 1;
    }
    return borrow;
}

/// `yes` where the condition holds, else `no`, without a branch: conditions here are as random as
/// the operands.
template <std::size_t N>
constexpr Limbs<N> select(bool condition, const Limbs<N>& yes, const Limbs<N>& no) {
    const U64 mask = U64{0} - U64{condition};
    Limbs<N> result{};
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i)
        result[i] = no[i] ^ ((yes[i] ^ no[i]) & mask);
    return result;
}

/// a * b in full.
template <std::size_t N>
constexpr Limbs<2 * N> multiply(const Limbs<N>& a, const Limbs<N>& b) {
    Limbs<2 * N> product{};
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i) {
        U64 carry = 0;
#pragma GCC unroll 12
        for (std::size_t j = 0; j < N; ++j) {
            const U128 sum = U128{a[i]} * b[j] + product[i + j] + carry;
            product[i + j] = static_cast<U64>(sum);
            carry = static_cast<U64>(sum >> 64);
        }
        product[i + N] = carry;
    }
    return product;
}

/// The inverse of an odd number modulo 2^64, by Newton's iteration: each step doubles the number of
/// correct low bits, of which (3a) XOR 2 has five.
constexpr U64 inverse_of_odd(U64 a) {
    U64 inverse = (3 * a) ^ 2;
    for (int bits = 5; bits < 64; bits *= 2)
        inverse *= 2 - a * inverse;
    return inverse;
}

}  // namespace reprise::wide
