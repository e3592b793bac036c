/// @file
/// The quadratic extension Fp[i] / (i^2 + 1) of two fields, as guests have it done by ZisK's CSRs.
///
/// The reference is ZisK 0.18: see curve.h. It agrees with itself for all canonical coordinates;
/// one that is >= p is taken modulo p by its C library and makes its prover panic. Here it is
/// refused. Results are canonical.
#pragma once

#include "precompile/prime_field.h"

namespace reprise {

/// real + imaginary i, as it lies in guest memory.
template <class Field>
struct Fp2 {
    FieldElement<Field> real, imaginary;
};

/// f1 becomes f1 + f2. Answers nullptr, or what is wrong with the operands, in a few words such as
/// "f1.real is not below the modulus"; f1 is then as it was. f2 may be f1.
template <class Field>
const char* add_fp2(Fp2<Field>& f1, const Fp2<Field>& f2);

/// f1 becomes f1 - f2, with the same answers.
template <class Field>
const char* subtract_fp2(Fp2<Field>& f1, const Fp2<Field>& f2);

/// f1 becomes f1 f2, with the same answers.
template <class Field>
const char* multiply_fp2(Fp2<Field>& f1, const Fp2<Field>& f2);

extern template const char* add_fp2(Fp2<Bn254Field>&, const Fp2<Bn254Field>&);
extern template const char* add_fp2(Fp2<Bls12381Field>&, const Fp2<Bls12381Field>&);
extern template const char* subtract_fp2(Fp2<Bn254Field>&, const Fp2<Bn254Field>&);
extern template const char* subtract_fp2(Fp2<Bls12381Field>&, const Fp2<Bls12381Field>&);
extern template const char* multiply_fp2(Fp2<Bn254Field>&, const Fp2<Bn254Field>&);
extern template const char* multiply_fp2(Fp2<Bls12381Field>&, const Fp2<Bls12381Field>&);

}  // namespace reprise
