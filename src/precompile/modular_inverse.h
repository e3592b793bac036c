/// @file
/// Inverses modulo the primes of prime_field.h, in variable time: operands are no secret here.
#pragma once

#include "precompile/prime_field.h"

namespace reprise {

/// 2^(63 N): what scaled inverses are multiplied with.
template <class Field>
inline constexpr std::size_t kInverseScaleBits = 63 * Field::kLimbs;

/// `inverse` becomes 2^kInverseScaleBits / a modulo p, canonical, and the answer is true. It is
/// false, and `inverse` is not touched, if p divides a. Any a may be given. The scale is what the
/// algorithm leaves; who multiplies anyway takes it out with a constant.
template <class Field>
bool scaled_inverse(const FieldElement<Field>& a, FieldElement<Field>& inverse);

/// The same with 1/a.
template <class Field>
bool modular_inverse(const FieldElement<Field>& a, FieldElement<Field>& inverse) {
    FieldElement<Field> scaled;
    if (!scaled_inverse<Field>(a, scaled)) return false;
    // R / 2^(63 N) = 2^N.
    constexpr FieldElement<Field> kRest = field::power_of_two<Field>(Field::kLimbs);
    inverse = field::montgomery_multiply<Field>(scaled, kRest);
    return true;
}

extern template bool scaled_inverse<Secp256k1Field>(const Limbs<4>&, Limbs<4>&);
extern template bool scaled_inverse<Secp256r1Field>(const Limbs<4>&, Limbs<4>&);
extern template bool scaled_inverse<Bn254Field>(const Limbs<4>&, Limbs<4>&);
extern template bool scaled_inverse<Bn254ScalarField>(const Limbs<4>&, Limbs<4>&);
extern template bool scaled_inverse<Bls12381Field>(const Limbs<6>&, Limbs<6>&);

}  // namespace reprise
