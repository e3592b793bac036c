/// @file
/// Arithmetic of the Goldilocks field, modulo p = 2^64 - 2^32 + 1, for permutations of many
/// elements. An element is any of the 64-bit numbers of its residue class.
#pragma once

#include <cstdint>

#include "precompile/limb_arithmetic.h"

namespace reprise::goldilocks {

constexpr std::uint64_t kPrime = 0xFFFF'FFFF'0000'0001;
/// 2^64 modulo the prime
constexpr std::uint64_t kEpsilon = 0xFFFF'FFFF;

using Element = std::uint64_t;

/// a + b without its carry, for which 2^64 is added again; the carry must leave room for that.
[[gnu::always_inline]] inline Element add_folding(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    const bool carry = __builtin_add_overflow(a, b, &sum);
    return sum + (kEpsilon & (0 - std::uint64_t{carry}));
}

/// The residue of any sum or product, since 2^64 = 2^32 - 1 and 2^96 = -1 modulo the prime.
[[gnu::always_inline]] inline Element reduce(DoubleLimb value) {
    const auto low = static_cast<std::uint64_t>(value);
    const auto high = static_cast<std::uint64_t>(value >> 64);
    std::uint64_t rest = 0;
    const bool borrow = __builtin_sub_overflow(low, high >> 32, &rest);
    rest -= kEpsilon & (0 - std::uint64_t{borrow});  // was at least 2^64 - 2^32
    return add_folding(rest, (high & kEpsilon) * kEpsilon);
}

/// The same for values below 2^96.
[[gnu::always_inline]] inline Element reduce_sum(DoubleLimb value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    return add_folding(static_cast<std::uint64_t>(value), high * kEpsilon);
}

[[gnu::always_inline]] inline Element multiply(Element a, Element b) {
    return reduce(DoubleLimb{a} * b);
}

/// x^7
[[gnu::always_inline]] inline Element raise(Element x) {
    const Element square = multiply(x, x);
    return multiply(multiply(square, x), multiply(square, square));
}

/// The element's number below the prime.
[[gnu::always_inline]] inline Element canonical(Element x) {
    return x >= kPrime ? x - kPrime : x;
}

}  // namespace reprise::goldilocks
