#include "hint/ecdsa_point.h"

#include "hint/integer.h"
#include "hint/library_curves.h"
#include "hint/prime_field.h"

namespace reprise::hints {

// SEC 2, 2.4.1 and 2.4.2.
const ShortCurve kSecp256k1 = {
    .prime = kSecp256k1P,
    .order = kSecp256k1N,
    .a = {0},
    .b = {7},
    .generator_x = {0x59F2815B16F81798, 0x029BFCDB2DCE28D9, 0x55A06295CE870B07, 0x79BE667EF9DCBBAC},
    .generator_y = {0x9C47D08FFB10D4B8, 0xFD17B448A6855419, 0x5DA4FBFC0E1108A8, 0x483ADA7726A3C465},
    .multiply = multiply_on_secp256k1,
};
const ShortCurve kSecp256r1 = {
    .prime = kSecp256r1P,
    .order = kSecp256r1N,
    .a = {0xFFFFFFFFFFFFFFFC, 0x00000000FFFFFFFF, 0, 0xFFFFFFFF00000001},
    .b = {0x3BCE3C3E27D2604B, 0x651D06B0CC53B0F6, 0xB3EBBD55769886BC, 0x5AC635D8AA3A93E7},
    .generator_x = {0xF4A13945D898C296, 0x77037D812DEB33A0, 0xF8BCE6E563A440F2, 0x6B17D1F2E12C4247},
    .generator_y = {0xCBB6406837BF51F5, 0x2BCE33576B315ECE, 0x8EE7EB4A7C0F9E16, 0x4FE342E2FE1A7F9B},
    .multiply = multiply_on_secp256r1,
};

namespace {

bool is_infinity(const CurvePoint& p) {
    return sgn(p.x) == 0 && sgn(p.y) == 0;
}

/// Chord and tangent in affine coordinates, with ZisK's order of cases. Nothing where 0 would have
/// to be inverted.
class AffineAddition {
public:
    explicit AffineAddition(const ShortCurve& curve)
        : field_(curve.prime), a_(to_integer(curve.a)) {}

    [[nodiscard]] std::optional<CurvePoint> add(const CurvePoint& p, const CurvePoint& q) const {
        // First: so infinity plus a point with x = 0 is infinity.
        if (p.x == q.x) return p.y == q.y ? twice(p) : CurvePoint{};
        if (is_infinity(p)) return q;
        if (is_infinity(q)) return p;
        return third(p, q.x, field_.reduce(q.y - p.y), field_.reduce(q.x - p.x));
    }

    [[nodiscard]] std::optional<CurvePoint> twice(const CurvePoint& p) const {
        if (is_infinity(p)) return p;
        return third(p, p.x, field_.reduce(3 * p.x * p.x + a_), field_.reduce(2 * p.y));
    }

    [[nodiscard]] bool is_on_curve(const CurvePoint& p, const mpz_class& b) const {
        return p.x < field_.prime() && p.y < field_.prime() &&
               field_.reduce(p.y * p.y - p.x * p.x * p.x - a_ * p.x - b) == 0;
    }

private:
    /// Minus the third point of a line through p, and another point, with this slope.
    [[nodiscard]] std::optional<CurvePoint> third(const CurvePoint& p, const mpz_class& other_x,
                                                  const mpz_class& rise,
                                                  const mpz_class& run) const {
        const auto inverse = field_.invert(run);
        if (!inverse) return {};
        const mpz_class slope = field_.multiply(rise, *inverse);
        const mpz_class x = field_.reduce(slope * slope - p.x - other_x);
        const mpz_class minuend = field_.reduce(slope * (p.x - x));
        // ZisK's emulator adds p once, and panics if that is not enough: if y is not reduced.
        if (minuend + field_.prime() < p.y) return {};
        return CurvePoint{x, field_.reduce(minuend - p.y)};
    }

    PrimeField field_;
    mpz_class a_;
};

}  // namespace

std::optional<CurvePoint> double_multiply(const ShortCurve& curve, const mpz_class& u,
                                          const mpz_class& v, const CurvePoint& key) {
    const bool is_ordinary =
        sgn(key.x) != 0 && AffineAddition(curve).is_on_curve(key, to_integer(curve.b));
    return is_ordinary ? curve.multiply(curve, u, v, key)
                       : double_multiply_in_steps(curve, u, v, key);
}

std::optional<CurvePoint> double_multiply_in_steps(const ShortCurve& curve, const mpz_class& u,
                                                   const mpz_class& v, const CurvePoint& key) {
    const AffineAddition addition(curve);
    const CurvePoint generator{to_integer(curve.generator_x), to_integer(curve.generator_y)};
    std::optional<CurvePoint> sum = CurvePoint{};
    for (std::size_t bit = 256; bit-- > 0 && sum;) {
        sum = addition.twice(*sum);
        if (sum && mpz_tstbit(u.get_mpz_t(), bit) != 0) sum = addition.add(*sum, generator);
        if (sum && mpz_tstbit(v.get_mpz_t(), bit) != 0) sum = addition.add(*sum, key);
    }
    return sum;
}

}  // namespace reprise::hints
