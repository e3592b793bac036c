/// @file
/// The prime fields that elliptic curves are defined over, and their arithmetic.
///
/// Elements are canonical: below the modulus. Products are Montgomery's (P. L. Montgomery, Modular
/// multiplication without trial division, 1985): with R = 2^(64 N), `montgomery_multiply(a, b)` is
/// a b / R.
#pragma once

#include "precompile/wide_arithmetic.h"

namespace reprise {

/// p = 2^256 - 2^32 - 977. Source: SEC 2, version 2, section 2.4.1.
struct Secp256k1Field {
    static constexpr std::size_t kLimbs = 4;
    static constexpr Limbs<4> kModulus{0xFFFFFFFEFFFFFC2F, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
                                       0xFFFFFFFFFFFFFFFF};
};

/// p = 2^256 - 2^224 + 2^192 + 2^96 - 1. Source: SEC 2, version 2, section 2.4.2.
struct Secp256r1Field {
    static constexpr std::size_t kLimbs = 4;
    static constexpr Limbs<4> kModulus{0xFFFFFFFFFFFFFFFF, 0x00000000FFFFFFFF, 0x0000000000000000,
                                       0xFFFFFFFF00000001};
};

/// Source: EIP-196.
struct Bn254Field {
    static constexpr std::size_t kLimbs = 4;
    static constexpr Limbs<4> kModulus{0x3C208C16D87CFD47, 0x97816A916871CA8D, 0xB85045B68181585D,
                                       0x30644E72E131A029};
};

/// The order of the group of bn254, over which Baby Jubjub is defined. Source: EIP-196.
struct Bn254ScalarField {
    static constexpr std::size_t kLimbs = 4;
    static constexpr Limbs<4> kModulus{0x43E1F593F0000001, 0x2833E84879B97091, 0xB85045B68181585D,
                                       0x30644E72E131A029};
};

/// Source: EIP-2537.
struct Bls12381Field {
    static constexpr std::size_t kLimbs = 6;
    static constexpr Limbs<6> kModulus{0xB9FEFFFFFFFFAAAB, 0x1EABFFFEB153FFFF, 0x6730D2A0F6B0F624,
                                       0x64774B84F38512BF, 0x4B1BA7B6434BACD7, 0x1A0111EA397FE69A};
};

/// A number as long as the field's modulus.
template <class Field>
using FieldElement = Limbs<Field::kLimbs>;

namespace field {

/// -1/p modulo 2^64.
template <class Field>
inline constexpr std::uint64_t kNegatedInverse = std::uint64_t{0} -
                                                 wide::inverse_of_odd(Field::kModulus[0]);

template <class Field>
constexpr bool is_canonical(FieldElement<Field> a) {
    return wide::subtract(a, Field::kModulus) != 0;
}

/// What remains of a number below 2p; `carry` is its bit 64 N.
template <class Field>
constexpr FieldElement<Field> reduce_once(const FieldElement<Field>& a, std::uint64_t carry) {
    FieldElement<Field> reduced = a;
    const bool is_below = wide::subtract(reduced, Field::kModulus) > carry;
    return wide::select(is_below, a, reduced);
}

template <class Field>
constexpr FieldElement<Field> add(FieldElement<Field> a, const FieldElement<Field>& b) {
    const unsigned char carry = wide::add(a, b);
    return reduce_once<Field>(a, carry);
}

template <class Field>
constexpr FieldElement<Field> subtract(FieldElement<Field> a, const FieldElement<Field>& b) {
    const bool is_negative = wide::subtract(a, b) != 0;
    wide::add(a, wide::select(is_negative, Field::kModulus, FieldElement<Field>{}));
    return a;
}

template <class Field>
constexpr FieldElement<Field> negate(const FieldElement<Field>& a) {
    return subtract<Field>({}, a);
}

/// a / R, of a product below p R.
template <class Field>
constexpr FieldElement<Field> montgomery_reduce(Limbs<2 * Field::kLimbs> a) {
    using wide::U128, wide::U64;
    constexpr std::size_t N = Field::kLimbs;
    U64 carry_out = 0;
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i) {
        const U64 multiple = a[i] * kNegatedInverse<Field>;
        U64 carry = 0;
#pragma GCC unroll 12
        for (std::size_t j = 0; j < N; ++j) {
            const U128 sum = U128{multiple} * Field::kModulus[j] + a[i + j] + carry;
            a[i + j] = static_cast<U64>(sum);
            carry = static_cast<U64>(sum >> 64);
        }
        const U128 sum = U128{a[i + N]} + carry + carry_out;
        a[i + N] = static_cast<U64>(sum);
        carry_out = static_cast<U64>(sum >> 64);
    }
    FieldElement<Field> high{};
#pragma GCC unroll 12
    for (std::size_t i = 0; i < N; ++i)
        high[i] = a[i + N];
    return reduce_once<Field>(high, carry_out);
}

/// a / R.
template <class Field>
constexpr FieldElement<Field> montgomery_reduce_element(const FieldElement<Field>& a) {
    Limbs<2 * Field::kLimbs> extended{};
#pragma GCC unroll 12
    for (std::size_t i = 0; i < Field::kLimbs; ++i)
        extended[i] = a[i];
    return montgomery_reduce<Field>(extended);
}

template <class Field>
constexpr FieldElement<Field> montgomery_multiply(const FieldElement<Field>& a,
                                                  const FieldElement<Field>& b) {
    return montgomery_reduce<Field>(wide::multiply(a, b));
}

/// 2^exponent modulo p: for constants.
template <class Field>
constexpr FieldElement<Field> power_of_two(std::size_t exponent) {
    FieldElement<Field> power{1};
    for (std::size_t i = 0; i < exponent; ++i)
        power = add<Field>(power, power);
    return power;
}

}  // namespace field

}  // namespace reprise
