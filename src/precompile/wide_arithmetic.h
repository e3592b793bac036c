/// @file
/// Arithmetic of numbers of N limbs, in the shape that gcc compiles to plain chains of mul, add and
/// adc: the loops are unrolled, and every intermediate value fits into 128 bits.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

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

/// a + b + carry; the carry, 0 or 1, becomes that of the sum. Chains of this are chains of adc.
constexpr U64 add_with_carry(U64 a, U64 b, unsigned char& carry) {
    if (std::is_constant_evaluated()) {
        const U128 sum = U128{a} + b + carry;
        carry = static_cast<unsigned char>(sum >> 64);
        return static_cast<U64>(sum);
    }
    unsigned long long sum = 0;
    carry = _addcarry_u64(carry, a, b, &sum);
    return sum;
}

/// a - b - borrow; the borrow, 0 or 1, becomes that of the difference.
constexpr U64 subtract_with_borrow(U64 a, U64 b, unsigned char& borrow) {
    if (std::is_constant_evaluated()) {
        const U128 difference = U128{a} - b - borrow;
        borrow = static_cast<unsigned char>(difference >> 64) & 1;
        return static_cast<U64>(difference);
    }
    unsigned long long difference = 0;
    borrow = _subborrow_u64(borrow, a, b, &difference);
    return difference;
}

/// The first argument becomes a + b; returns the carry.
template <std::size_t N>
constexpr unsigned char add(Limbs<N>& a, const Limbs<N>& b) {
    unsigned char carry = 0;
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i)
        a[i] = add_with_carry(a[i], b[i], carry);
    return carry;
}

/// The first argument becomes a - b; returns the borrow.
template <std::size_t N>
constexpr unsigned char subtract(Limbs<N>& a, const Limbs<N>& b) {
    unsigned char borrow = 0;
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i)
        a[i] = subtract_with_borrow(a[i], b[i], borrow);
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
