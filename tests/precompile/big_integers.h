/// @file
/// What the tests of curves and fields compare with: GMP's numbers, and operands worth trying.
#pragma once

#include <gmpxx.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "precompile/limbs.h"

namespace reprise::test {

/// Sanitizers and builds without optimisation are an order of magnitude slower.
#ifdef NDEBUG
inline constexpr int kRandomCases = 100'000;
#else
inline constexpr int kRandomCases = 4'000;
#endif

template <std::size_t N>
mpz_class to_integer(const Limbs<N>& limbs) {
    mpz_class result;
    mpz_import(result.get_mpz_t(), N, -1, sizeof limbs[0], 0, 0, limbs.data());
    return result;
}

/// Of a number from 0 to 2^(64 N) - 1.
template <std::size_t N>
Limbs<N> to_limbs(const mpz_class& number) {
    Limbs<N> limbs{};
    mpz_export(limbs.data(), nullptr, -1, sizeof limbs[0], 0, 0, number.get_mpz_t());
    return limbs;
}

template <std::size_t N>
Limbs<N> from_hex(const std::string& digits) {
    return to_limbs<N>(mpz_class(digits, 16));
}

/// From 0 to modulus - 1.
inline mpz_class modulo(const mpz_class& number, const mpz_class& modulus) {
    mpz_class result;
    mpz_mod(result.get_mpz_t(), number.get_mpz_t(), modulus.get_mpz_t());
    return result;
}

inline mpz_class power_of_two(std::size_t exponent) {
    return mpz_class(1) << exponent;
}

template <class Field>
mpz_class modulus_of() {
    return to_integer(Field::kModulus);
}

template <class Field>
Limbs<Field::kLimbs> random_element(std::mt19937_64& random) {
    Limbs<Field::kLimbs> limbs;
    for (std::uint64_t& limb : limbs)
        limb = random();
    return to_limbs<Field::kLimbs>(modulo(to_integer(limbs), modulus_of<Field>()));
}

/// Numbers around 0, p / 2, p and the largest one.
template <class Field>
std::vector<Limbs<Field::kLimbs>> edge_values() {
    constexpr std::size_t N = Field::kLimbs;
    const mpz_class p = modulus_of<Field>();
    std::vector<Limbs<N>> values;
    for (const mpz_class& number :
         {mpz_class(0), mpz_class(1), mpz_class(2), mpz_class(p / 2), mpz_class(p - 1), p,
          mpz_class(p + 1), mpz_class(power_of_two(64 * N) - 1)}) {
        values.push_back(to_limbs<N>(number));
    }
    return values;
}

}  // namespace reprise::test
