#include "precompile/fp2.h"

namespace reprise {

namespace {

template <class Field>
const char* refusal_of(const Fp2<Field>& f1, const Fp2<Field>& f2) {
    if (!field::is_canonical<Field>(f1.real)) return "f1.real is not below the modulus";
    if (!field::is_canonical<Field>(f1.imaginary)) return "f1.imaginary is not below the modulus";
    if (!field::is_canonical<Field>(f2.real)) return "f2.real is not below the modulus";
    if (!field::is_canonical<Field>(f2.imaginary)) return "f2.imaginary is not below the modulus";
    return nullptr;
}

/// a R of a product below p R: reduced, and what the reduction divided by multiplied again.
template <class Field>
FieldElement<Field> reduce(const Limbs<2 * Field::kLimbs>& product) {
    static constexpr FieldElement<Field> kSquareOfR =
        field::power_of_two<Field>(2 * 64 * Field::kLimbs);
    return field::montgomery_multiply<Field>(field::montgomery_reduce<Field>(product), kSquareOfR);
}

/// a + b without reduction.
template <class Field>
FieldElement<Field> plain_sum(FieldElement<Field> a, const FieldElement<Field>& b) {
    wide::add(a, b);
    return a;
}

}  // namespace

template <class Field>
const char* add_fp2(Fp2<Field>& f1, const Fp2<Field>& f2) {
    if (const char* const refusal = refusal_of(f1, f2)) return refusal;
    f1.real = field::add<Field>(f1.real, f2.real);
    f1.imaginary = field::add<Field>(f1.imaginary, f2.imaginary);
    return nullptr;
}

template <class Field>
const char* subtract_fp2(Fp2<Field>& f1, const Fp2<Field>& f2) {
    if (const char* const refusal = refusal_of(f1, f2)) return refusal;
    f1.real = field::subtract<Field>(f1.real, f2.real);
    f1.imaginary = field::subtract<Field>(f1.imaginary, f2.imaginary);
    return nullptr;
}

/// Karatsuba's three products, each reduced after the sums.
template <class Field>
const char* multiply_fp2(Fp2<Field>& f1, const Fp2<Field>& f2) {
    // Sums of two elements fit into an element, and products of two such sums are below p R.
    static_assert(Field::kModulus[Field::kLimbs - 1] < std::uint64_t{1} << 62);
    if (const char* const refusal = refusal_of(f1, f2)) return refusal;
    auto real = wide::multiply(f1.real, f2.real);
    const auto both_imaginary = wide::multiply(f1.imaginary, f2.imaginary);
    auto imaginary = wide::multiply(plain_sum<Field>(f1.real, f1.imaginary),
                                    plain_sum<Field>(f2.real, f2.imaginary));
    wide::subtract(imaginary, real);
    wide::subtract(imaginary, both_imaginary);
    // A difference of products of elements is above -p^2: p R makes it positive and below p R.
    Limbs<2 * Field::kLimbs> multiple{};
    for (std::size_t i = 0; i < Field::kLimbs; ++i)
        multiple[i + Field::kLimbs] = Field::kModulus[i];
    const bool is_negative = wide::subtract(real, both_imaginary) != 0;
    wide::add(real, wide::select(is_negative, multiple, {}));
    f1.real = reduce<Field>(real);
    f1.imaginary = reduce<Field>(imaginary);
    return nullptr;
}

template const char* add_fp2(Fp2<Bn254Field>&, const Fp2<Bn254Field>&);
template const char* add_fp2(Fp2<Bls12381Field>&, const Fp2<Bls12381Field>&);
template const char* subtract_fp2(Fp2<Bn254Field>&, const Fp2<Bn254Field>&);
template const char* subtract_fp2(Fp2<Bls12381Field>&, const Fp2<Bls12381Field>&);
template const char* multiply_fp2(Fp2<Bn254Field>&, const Fp2<Bn254Field>&);
template const char* multiply_fp2(Fp2<Bls12381Field>&, const Fp2<Bls12381Field>&);

}  // namespace reprise
