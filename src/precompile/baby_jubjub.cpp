#include "precompile/baby_jubjub.h"

#include "precompile/modular_inverse.h"

namespace reprise {

namespace {

using Field = Bn254ScalarField;
using Element = FieldElement<Field>;

/// 2^(64 N) modulo the prime: what Montgomery's form multiplies with.
constexpr std::size_t kScaleBits = 64 * Field::kLimbs;
constexpr Element kOne = field::power_of_two<Field>(kScaleBits);

constexpr Element multiply(const Element& a, const Element& b) {
    return field::montgomery_multiply<Field>(a, b);
}

/// Into Montgomery's form, in which all else is computed.
constexpr Element scale(const Element& a) {
    constexpr Element kSquare = field::power_of_two<Field>(2 * kScaleBits);
    return multiply(a, kSquare);
}

constexpr Element kA = scale({168700});
constexpr Element kD = scale({168696});

/// 1 / a in Montgomery's form; false if a is 0.
bool invert(const Element& a, Element& inverse) {
    static constexpr Element kRest =
        field::power_of_two<Field>(3 * kScaleBits - kInverseScaleBits<Field>);
    Element scaled;
    if (!scaled_inverse<Field>(a, scaled)) return false;
    inverse = multiply(scaled, kRest);
    return true;
}

const char* refusal_of(const BabyJubjubPoint& p1, const BabyJubjubPoint& p2) {
    if (!field::is_canonical<Field>(p1.x)) return "p1.x is not below the modulus";
    if (!field::is_canonical<Field>(p1.y)) return "p1.y is not below the modulus";
    if (!field::is_canonical<Field>(p2.x)) return "p2.x is not below the modulus";
    if (!field::is_canonical<Field>(p2.y)) return "p2.y is not below the modulus";
    return nullptr;
}

}  // namespace

const char* add_points(BabyJubjubPoint& p1, const BabyJubjubPoint& p2) {
    if (const char* const refusal = refusal_of(p1, p2)) return refusal;
    const Element x1 = scale(p1.x), y1 = scale(p1.y), x2 = scale(p2.x), y2 = scale(p2.y);
    const Element x_product = multiply(x1, x2), y_product = multiply(y1, y2);
    const Element product = multiply(kD, multiply(x_product, y_product));
    const Element x_denominator = field::add<Field>(kOne, product);
    const Element y_denominator = field::subtract<Field>(kOne, product);
    Element inverse;  // of both at once
    if (!invert(multiply(x_denominator, y_denominator), inverse)) return "a denominator is 0";
    const Element x_numerator = field::add<Field>(multiply(x1, y2), multiply(y1, x2));
    const Element y_numerator = field::subtract<Field>(y_product, multiply(kA, x_product));
    const auto quotient = [&](const Element& numerator, const Element& other) {
        return field::montgomery_reduce_element<Field>(
            multiply(numerator, multiply(inverse, other)));
    };
    p1 = {quotient(x_numerator, y_denominator), quotient(y_numerator, x_denominator)};
    return nullptr;
}

}  // namespace reprise
