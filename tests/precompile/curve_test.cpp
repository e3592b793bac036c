#include "precompile/curve.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string_view>

#include "big_integers.h"

namespace reprise {
namespace {

using test::modulo, test::to_integer, test::to_limbs;

template <class Curve>
bool operator==(const AffinePoint<Curve>& a, const AffinePoint<Curve>& b) {
    return a.x == b.x && a.y == b.y;
}

/// The formulas of curve.h over GMP's integers: a second implementation.
template <class Curve>
class Formulas {
public:
    using Point = AffinePoint<Curve>;
    static constexpr std::size_t N = Curve::Field::kLimbs;

    /// No value stands for a refusal.
    std::optional<Point> sum(const Point& p1, const Point& p2) const {
        const mpz_class x1 = to_integer(p1.x), y1 = to_integer(p1.y);
        const mpz_class x2 = to_integer(p2.x), y2 = to_integer(p2.y);
        if (x1 >= p || y1 >= p || x2 >= p || y2 >= p || x1 == x2) return std::nullopt;
        return third_point(x1, y1, x2, y2 - y1, x2 - x1);
    }
    std::optional<Point> twice(const Point& p1) const {
        const mpz_class x = to_integer(p1.x), y = to_integer(p1.y);
        if (x >= p || y >= p || y == 0) return std::nullopt;
        return third_point(x, y, x, 3 * x * x - mpz_class(Curve::kMinusA), 2 * y);
    }

    const mpz_class p = test::modulus_of<typename Curve::Field>();

private:
    Point third_point(const mpz_class& x1, const mpz_class& y1, const mpz_class& x2,
                      const mpz_class& numerator, const mpz_class& denominator) const {
        mpz_class inverse;
        EXPECT_NE(mpz_invert(inverse.get_mpz_t(), denominator.get_mpz_t(), p.get_mpz_t()), 0);
        const mpz_class lambda = modulo(numerator * inverse, p);
        const mpz_class x3 = modulo(lambda * lambda - x1 - x2, p);
        return {to_limbs<N>(x3), to_limbs<N>(modulo(lambda * (x1 - x3) - y1, p))};
    }
};

template <class Curve>
class CurveTest : public ::testing::Test {
public:
    using Point = AffinePoint<Curve>;

    void compare_sum(const Point& p1, const Point& p2) {
        Point result = p1;
        check(formulas.sum(p1, p2), p1, add_points(result, p2), result);
    }
    void compare_double(const Point& p1) {
        Point result = p1;
        check(formulas.twice(p1), p1, double_point(result), result);
    }
    Point random_point() {
        return {test::random_element<typename Curve::Field>(random),
                test::random_element<typename Curve::Field>(random)};
    }

    const Formulas<Curve> formulas;
    std::mt19937_64 random{Curve::Field::kModulus[0]};

private:
    void check(const std::optional<Point>& expected, const Point& before, const char* refusal,
               const Point& result) {
        ASSERT_EQ(refusal == nullptr, expected.has_value());
        ASSERT_TRUE(result == expected.value_or(before));
    }
};

using Curves = ::testing::Types<Secp256k1, Secp256r1, Bn254, Bls12381>;
TYPED_TEST_SUITE(CurveTest, Curves);

TYPED_TEST(CurveTest, AddsAsTheFormulasSay) {
    for (int i = 0; i < test::kRandomCases; ++i)
        this->compare_sum(this->random_point(), this->random_point());
}

TYPED_TEST(CurveTest, DoublesAsTheFormulasSay) {
    for (int i = 0; i < test::kRandomCases; ++i)
        this->compare_double(this->random_point());
}

TYPED_TEST(CurveTest, AddsAndRefusesAtEdges) {
    const auto values = test::edge_values<typename TypeParam::Field>();
    for (const auto& x1 : values) {
        for (const auto& y1 : values) {
            this->compare_double({x1, y1});
            for (const auto& x2 : values) {
                for (const auto& y2 : values)
                    this->compare_sum({x1, y1}, {x2, y2});
            }
        }
    }
}

/// Two edges and two random coordinates, and all that a point has in common with itself.
TYPED_TEST(CurveTest, AddsRandomPointsToEdges) {
    using Field = typename TypeParam::Field;
    const auto values = test::edge_values<Field>();
    for (int i = 0; i < 20; ++i) {
        const auto point = this->random_point();
        this->compare_sum(point, point);
        this->compare_sum(point, {point.x, field::negate<Field>(point.y)});
        this->compare_sum(point, {field::negate<Field>(point.x), point.y});
        for (const auto& x : values) {
            for (const auto& y : values) {
                this->compare_sum({x, y}, point);
                this->compare_sum(point, {x, y});
                this->compare_sum({point.x, x}, {y, point.y});
            }
        }
    }
}

TYPED_TEST(CurveTest, SaysWhatItRefuses) {
    using Field = typename TypeParam::Field;
    const AffinePoint<TypeParam> good{{1}, {2}};
    const AffinePoint<TypeParam> bad_x{Field::kModulus, {2}}, bad_y{{3}, Field::kModulus};
    const auto sum = [](AffinePoint<TypeParam> p1, const AffinePoint<TypeParam>& p2) {
        return std::string_view(add_points(p1, p2));
    };
    const auto twice = [](AffinePoint<TypeParam> p1) { return std::string_view(double_point(p1)); };
    EXPECT_EQ(sum(bad_x, good), "p1.x is not below the modulus");
    EXPECT_EQ(sum(bad_y, good), "p1.y is not below the modulus");
    EXPECT_EQ(sum(good, bad_x), "p2.x is not below the modulus");
    EXPECT_EQ(sum(good, bad_y), "p2.y is not below the modulus");
    EXPECT_EQ(sum(good, good), "p2.x equals p1.x");
    EXPECT_EQ(twice(bad_x), "p1.x is not below the modulus");
    EXPECT_EQ(twice(bad_y), "p1.y is not below the modulus");
    EXPECT_EQ(twice({{1}, {0}}), "p1.y is 0");
}

TYPED_TEST(CurveTest, RefusesAPointThatIsItsOwnSummand) {
    AffinePoint<TypeParam> point{{1}, {2}};
    EXPECT_STREQ(add_points(point, point), "p2.x equals p1.x");
    EXPECT_TRUE((point == AffinePoint<TypeParam>{{1}, {2}}));
}

template <class Curve>
AffinePoint<Curve> point(const char* x, const char* y) {
    constexpr std::size_t N = Curve::Field::kLimbs;
    return {test::from_hex<N>(x), test::from_hex<N>(y)};
}

/// A generator G, 2G as published, and G + 2G, which must lie on a line with them.
template <class Curve>
void expect_multiples(const AffinePoint<Curve>& generator, const AffinePoint<Curve>& twice,
                      const AffinePoint<Curve>& thrice) {
    AffinePoint<Curve> result = generator;
    EXPECT_EQ(double_point(result), nullptr);
    EXPECT_TRUE(result == twice);
    EXPECT_EQ(add_points(result, generator), nullptr);
    EXPECT_TRUE(result == thrice);
}

/// Generator: SEC 2, version 2, section 2.4.1.
TEST(CurveVectors, Secp256k1) {
    expect_multiples(
        point<Secp256k1>("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798",
                         "483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8"),
        point<Secp256k1>("C6047F9441ED7D6D3045406E95C07CD85C778E4B8CEF3CA7ABAC09B95C709EE5",
                         "1AE168FEA63DC339A3C58419466CEAEEF7F632653266D0E1236431A950CFE52A"),
        point<Secp256k1>("F9308A019258C31049344F85F89D5229B531C845836F99B08601F113BCE036F9",
                         "388F7B0F632DE8140FE337E62A37F3566500A99934C2231B6CB9FD7584B8E672"));
}

/// Generator: SEC 2, version 2, section 2.4.2.
TEST(CurveVectors, Secp256r1) {
    expect_multiples(
        point<Secp256r1>("6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
                         "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"),
        point<Secp256r1>("7CF27B188D034F7E8A52380304B51AC3C08969E277F21B35A60B48FC47669978",
                         "07775510DB8ED040293D9AC69F7430DBBA7DADE63CE982299E04B79D227873D1"),
        point<Secp256r1>("5ECBE4D1A6330A44C8F7EF951D4BF165E6C6B721EFADA985FB41661BC6E7FD6C",
                         "8734640C4998FF7E374B06CE1A64A2ECD82AB036384FB83D9A79B127A27D5032"));
}

/// Generator: EIP-196.
TEST(CurveVectors, Bn254) {
    expect_multiples(
        point<Bn254>("1", "2"),
        point<Bn254>("030644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD3",
                     "15ED738C0E0A7C92E7845F96B2AE9C0A68A6A449E3538FC7FF3EBF7A5A18A2C4"),
        point<Bn254>("0769BF9AC56BEA3FF40232BCB1B6BD159315D84715B8E679F2D355961915ABF0",
                     "2AB799BEE0489429554FDB7C8D086475319E63B40B9C5B57CDF1FF3DD9FE2261"));
}

/// Generator: EIP-2537.
TEST(CurveVectors, Bls12381) {
    expect_multiples(
        point<Bls12381>("17F1D3A73197D7942695638C4FA9AC0FC3688C4F9774B905A14E3A3F171BAC586C55E83FF"
                        "97A1AEFFB3AF00ADB22C6BB",
                        "08B3F481E3AAA0F1A09E30ED741D8AE4FCF5E095D5D00AF600DB18CB2C04B3EDD03CC744A"
                        "2888AE40CAA232946C5E7E1"),
        point<Bls12381>("0572CBEA904D67468808C8EB50A9450C9721DB309128012543902D0AC358A62AE28F75BB8"
                        "F1C7C42C39A8C5529BF0F4E",
                        "166A9D8CABC673A322FDA673779D8E3822BA3ECB8670E461F73BB9021D5FD76A4C56D9D4C"
                        "D16BD1BBA86881979749D28"),
        point<Bls12381>("09ECE308F9D1F0131765212DECA99697B112D61F9BE9A5F1F3780A51335B3FF981747A0B2"
                        "CA2179B96D2C0C9024E5224",
                        "032B80D3A6F5B09F8A84623389C5F80CA69A0CDDABC3097F9D9C27310FD43BE6E745256C6"
                        "34AF45CA3473B0590AE30D1"));
}

}  // namespace
}  // namespace reprise
