#include "precompile/modular_multiplier.h"

#include <gmp.h>

#include <algorithm>
#include <cstdint>

#include "precompile/limb_arithmetic.h"

namespace reprise {

namespace {

static_assert(GMP_NUMB_BITS == 64 && sizeof(mp_limb_t) == sizeof(std::uint64_t));

/// remainder = dividend mod modulus, by division; the modulus must not be 0.
template <std::size_t N>
void divide(const Limbs<2 * N>& dividend, const Limbs<N>& modulus, Limbs<N>& remainder) {
    std::size_t length = N;
    while (modulus[length - 1] == 0)
        --length;
    Limbs<2 * N> quotient;
    remainder.fill(0);
    mpn_tdiv_qr(quotient.data(), remainder.data(), 0, dividend.data(), 2 * N, modulus.data(),
                static_cast<mp_size_t>(length));
}

/// remainder -= modulus if that does not make it negative.
/// @return whether it was subtracted
template <std::size_t N>
[[gnu::always_inline]] inline bool subtract_once(Limbs<N + 1>& remainder, const Limbs<N>& modulus) {
    Limbs<N + 1> difference;
    std::uint64_t borrow = 0;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i)
        difference[i] = subtract_limb(remainder[i], modulus[i], borrow);
    difference[N] = subtract_limb(remainder[N], 0, borrow);
    if (borrow != 0) return false;
    remainder = difference;
    return true;
}

/// Barrett's reduction, as in the Handbook of Applied Cryptography, algorithm 14.42 and note 14.44,
/// in base 2^64. The modulus has N limbs, so that the top one is not 0. The quotient is estimated
/// from the upper limbs of x and is never too large and too small by at most 4: 2 for what Barrett
/// leaves out, 1 for the partial products left out here, and 1 where the reciprocal did not fit.
template <std::size_t N>
[[gnu::always_inline]] inline void reduce(const Limbs<2 * N>& x, const Limbs<N>& modulus,
                                          const Limbs<N + 1>& reciprocal, Limbs<N>& result) {
    // The limbs from N - 1 on of (x / 2^(64 (N - 1))) * reciprocal, without what is below them.
    Limbs<N + 3> product{};
#pragma GCC unroll 8
    for (std::size_t i = 0; i <= N; ++i) {
        std::uint64_t carry = 0;
#pragma GCC unroll 8
        for (std::size_t j = i < N - 1 ? N - 1 - i : 0; j <= N; ++j) {
            std::uint64_t& limb = product[i + j - (N - 1)];
            limb = multiply_add_limb(limb, x[N - 1 + i], reciprocal[j], carry);
        }
        product[i + 2] = carry;
    }
    // quotient * modulus, modulo 2^(64 (N + 1)): the remainder is smaller than that.
    Limbs<N + 1> multiple{};
#pragma GCC unroll 8
    for (std::size_t i = 0; i <= N; ++i) {
        std::uint64_t carry = 0;
        const std::size_t end = i == 0 ? N : N + 1 - i;
#pragma GCC unroll 8
        for (std::size_t j = 0; j < end; ++j)
            multiple[i + j] = multiply_add_limb(multiple[i + j], product[i + 2], modulus[j], carry);
        if (i == 0) multiple[N] = carry;
    }
    Limbs<N + 1> remainder;
    std::uint64_t borrow = 0;
#pragma GCC unroll 8
    for (std::size_t i = 0; i <= N; ++i)
        remainder[i] = subtract_limb(x[i], multiple[i], borrow);
    while (subtract_once(remainder, modulus)) {
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i)
        result[i] = remainder[i];
}

}  // namespace

template <std::size_t N>
const char* ModularMultiplier<N>::multiply_add(const Limbs<N>& a, const Limbs<N>& b,
                                               const Limbs<N>& c, const Limbs<N>& modulus,
                                               Limbs<N>& result) {
    if (equal(modulus, Limbs<N>{})) return "modulus";
    const Limbs<2 * N> x = reprise::multiply_add(a, b, c);
    const bool again = equal(modulus, modulus_);
    if (!again) {
        modulus_ = modulus;
        prepared_ = false;
    }
    if (again && modulus_[N - 1] != 0) {  // Barrett's bounds hold for N limbs alone
        if (!prepared_) prepare();
        reduce(x, modulus_, reciprocal_, result);
    } else {
        divide(x, modulus_, result);
    }
    return nullptr;
}

template <std::size_t N>
void ModularMultiplier<N>::prepare() {
    Limbs<2 * N + 1> power{};
    power[2 * N] = 1;
    Limbs<N + 2> quotient;
    Limbs<N> remainder;
    mpn_tdiv_qr(quotient.data(), remainder.data(), 0, power.data(), 2 * N + 1, modulus_.data(), N);
    std::copy_n(quotient.begin(), N + 1, reciprocal_.begin());
    if (quotient[N + 1] != 0) reciprocal_.fill(~std::uint64_t{0});
    prepared_ = true;
}

template class ModularMultiplier<4>;
template class ModularMultiplier<6>;

}  // namespace reprise
