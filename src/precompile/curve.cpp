#include "precompile/curve.h"

#include "precompile/modular_inverse.h"

namespace reprise {

namespace {

/// The third point on the line through p1 and a point at x2, mirrored. The slope is given times R.
template <class Curve, class Field = typename Curve::Field>
AffinePoint<Curve> on_line(const AffinePoint<Curve>& p1, const FieldElement<Field>& x2,
                           const FieldElement<Field>& slope) {
    const FieldElement<Field> square =
        field::montgomery_reduce_element<Field>(field::montgomery_multiply<Field>(slope, slope));
    AffinePoint<Curve> p3;
    p3.x = field::subtract<Field>(field::subtract<Field>(square, p1.x), x2);
    p3.y = field::subtract<Field>(
        field::montgomery_multiply<Field>(slope, field::subtract<Field>(p1.x, p3.x)), p1.y);
    return p3;
}

/// R^(Powers + 1) numerator / denominator, from the scaled inverse of the denominator.
///
/// A product with the inverse has the scale 2^(63 N) / R. A second one, with a constant, gives it
/// the one wanted: less work than to bring operands into Montgomery's form and results back.
template <class Field, std::size_t Powers>
FieldElement<Field> quotient(const FieldElement<Field>& numerator,
                             const FieldElement<Field>& scaled_inverse) {
    static constexpr FieldElement<Field> kScale =
        field::power_of_two<Field>((3 + Powers) * 64 * Field::kLimbs - kInverseScaleBits<Field>);
    return field::montgomery_multiply<Field>(
        field::montgomery_multiply<Field>(numerator, scaled_inverse), kScale);
}

/// (3 x^2 + a) / R.
template <class Curve, class Field = typename Curve::Field>
FieldElement<Field> tangent_numerator(const FieldElement<Field>& x) {
    const FieldElement<Field> square = field::montgomery_multiply<Field>(x, x);
    const FieldElement<Field> triple = field::add<Field>(field::add<Field>(square, square), square);
    if constexpr (Curve::kMinusA == 0) return triple;
    static constexpr FieldElement<Field> kMinusA =
        field::montgomery_reduce_element<Field>({Curve::kMinusA});
    return field::subtract<Field>(triple, kMinusA);
}

}  // namespace

template <class Curve>
const char* add_points(AffinePoint<Curve>& p1, const AffinePoint<Curve>& p2) {
    using Field = typename Curve::Field;
    if (!field::is_canonical<Field>(p1.x)) return "p1.x is not below the modulus";
    if (!field::is_canonical<Field>(p1.y)) return "p1.y is not below the modulus";
    if (!field::is_canonical<Field>(p2.x)) return "p2.x is not below the modulus";
    if (!field::is_canonical<Field>(p2.y)) return "p2.y is not below the modulus";
    FieldElement<Field> inverse;
    if (!scaled_inverse<Field>(field::subtract<Field>(p2.x, p1.x), inverse)) {
        return "p2.x equals p1.x";
    }
    const FieldElement<Field> slope =
        quotient<Field, 0>(field::subtract<Field>(p2.y, p1.y), inverse);
    p1 = on_line<Curve>(p1, p2.x, slope);
    return nullptr;
}

template <class Curve>
const char* double_point(AffinePoint<Curve>& p1) {
    using Field = typename Curve::Field;
    if (!field::is_canonical<Field>(p1.x)) return "p1.x is not below the modulus";
    if (!field::is_canonical<Field>(p1.y)) return "p1.y is not below the modulus";
    FieldElement<Field> inverse;
    if (!scaled_inverse<Field>(field::add<Field>(p1.y, p1.y), inverse)) return "p1.y is 0";
    const FieldElement<Field> slope = quotient<Field, 1>(tangent_numerator<Curve>(p1.x), inverse);
    p1 = on_line<Curve>(p1, p1.x, slope);
    return nullptr;
}

template const char* add_points(AffinePoint<Secp256k1>&, const AffinePoint<Secp256k1>&);
template const char* add_points(AffinePoint<Secp256r1>&, const AffinePoint<Secp256r1>&);
template const char* add_points(AffinePoint<Bn254>&, const AffinePoint<Bn254>&);
template const char* add_points(AffinePoint<Bls12381>&, const AffinePoint<Bls12381>&);
template const char* double_point(AffinePoint<Secp256k1>&);
template const char* double_point(AffinePoint<Secp256r1>&);
template const char* double_point(AffinePoint<Bn254>&);
template const char* double_point(AffinePoint<Bls12381>&);

}  // namespace reprise
