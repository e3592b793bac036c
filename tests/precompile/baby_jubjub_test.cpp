#include "precompile/baby_jubjub.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

#include "big_integers.h"

namespace reprise {
namespace {

using test::modulo, test::to_integer, test::to_limbs;
using Field = Bn254ScalarField;

bool operator==(const BabyJubjubPoint& a, const BabyJubjubPoint& b) {
    return a.x == b.x && a.y == b.y;
}

class BabyJubjub : public ::testing::Test {
public:
    /// The sum by GMP's integers; none if that is refused.
    std::optional<BabyJubjubPoint> sum(const BabyJubjubPoint& p1, const BabyJubjubPoint& p2) const {
        const mpz_class x1 = to_integer(p1.x), y1 = to_integer(p1.y);
        const mpz_class x2 = to_integer(p2.x), y2 = to_integer(p2.y);
        if (x1 >= p || y1 >= p || x2 >= p || y2 >= p) return std::nullopt;
        const mpz_class t = d * x1 * x2 * y1 * y2;
        const auto x3 = quotient(x1 * y2 + y1 * x2, 1 + t);
        const auto y3 = quotient(y1 * y2 - a * x1 * x2, 1 - t);
        if (!x3 || !y3) return std::nullopt;
        return BabyJubjubPoint{to_limbs<4>(*x3), to_limbs<4>(*y3)};
    }

    void compare(const BabyJubjubPoint& p1, const BabyJubjubPoint& p2) const {
        const auto expected = sum(p1, p2);
        BabyJubjubPoint result = p1;
        ASSERT_EQ(add_points(result, p2) != nullptr, !expected);
        ASSERT_TRUE(result == expected.value_or(p1));
    }

    bool is_on_curve(const BabyJubjubPoint& point) const {
        const mpz_class x = to_integer(point.x), y = to_integer(point.y);
        return modulo(a * x * x + y * y - 1 - d * x * x * y * y, p) == 0;
    }

    BabyJubjubPoint random_point() {
        return {test::random_element<Field>(random), test::random_element<Field>(random)};
    }

    std::optional<mpz_class> quotient(const mpz_class& numerator,
                                      const mpz_class& denominator) const {
        mpz_class inverse;
        if (mpz_invert(inverse.get_mpz_t(), denominator.get_mpz_t(), p.get_mpz_t()) == 0)
            return std::nullopt;
        return modulo(numerator * inverse, p);
    }

    const mpz_class p = test::modulus_of<Field>();
    const mpz_class a = 168700, d = 168696;
    std::mt19937_64 random{1};
};

BabyJubjubPoint point(const char* x, const char* y) {
    return {to_limbs<4>(mpz_class(x)), to_limbs<4>(mpz_class(y))};
}

// Source: ERC-2494, "Test 1 (Addition)", "Test 2 (Doubling)" and the base point.
const char* const kX1 =
    "17777552123799933955779906779655732241715742912184938656739573121738514868268";
const char* const kY1 =
    "2626589144620713026669568689430873010625803728049924121243784502389097019475";
const char* const kX2 =
    "16540640123574156134436876038791482806971768689494387082833631921987005038935";
const char* const kY2 =
    "20819045374670962167435360035096875258406992893633759881276124905556507972311";

TEST_F(BabyJubjub, AddsAsInTheProposal) {
    BabyJubjubPoint result = point(kX1, kY1);
    ASSERT_EQ(add_points(result, point(kX2, kY2)), nullptr);
    EXPECT_TRUE(
        (result ==
         point("7916061937171219682591368294088513039687205273691143098332585753343424131937",
               "14035240266687799601661095864649209771790948434046947201833777492504781204499")));
    BabyJubjubPoint twice = point(kX1, kY1);
    ASSERT_EQ(add_points(twice, twice), nullptr);
    EXPECT_TRUE(
        (twice ==
         point("6890855772600357754907169075114257697580319025794532037257385534741338397365",
               "4338620300185947561074059802482547481416142213883829469920100239455078257889")));
}

TEST_F(BabyJubjub, KeepsToTheCurve) {
    const BabyJubjubPoint neutral{{0}, {1}}, generator = point(kX1, kY1);
    BabyJubjubPoint multiple = neutral;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(is_on_curve(multiple));
        compare(multiple, multiple);
        compare(multiple, neutral);
        const BabyJubjubPoint inverse{to_limbs<4>(modulo(-to_integer(multiple.x), p)), multiple.y};
        BabyJubjubPoint nothing = multiple;
        ASSERT_EQ(add_points(nothing, inverse), nullptr);
        ASSERT_TRUE(nothing == neutral);
        ASSERT_EQ(add_points(multiple, generator), nullptr);
    }
}

TEST_F(BabyJubjub, ComputesAsGmpDoes) {
    for (int i = 0; i < test::kRandomCases; ++i)
        compare(random_point(), random_point());
}

TEST_F(BabyJubjub, ComputesAndRefusesAtEdges) {
    const auto values = test::edge_values<Field>();
    for (const auto& x1 : values) {
        for (const auto& y1 : values) {
            compare({x1, y1}, random_point());
            compare(random_point(), {x1, y1});
            for (const auto& x2 : values) {
                for (const auto& y2 : values)
                    compare({x1, y1}, {x2, y2});
            }
        }
    }
}

TEST_F(BabyJubjub, RefusesDenominatorsOfZero) {
    for (int i = 0; i < 100; ++i) {
        const BabyJubjubPoint p1 = random_point(), other = random_point();
        const mpz_class rest = d * to_integer(p1.x) * to_integer(p1.y) * to_integer(other.x);
        for (const int product : {1, -1}) {
            BabyJubjubPoint result = p1;
            const BabyJubjubPoint p2{other.x, to_limbs<4>(*quotient(product, rest))};
            ASSERT_STREQ(add_points(result, p2), "a denominator is 0");
            ASSERT_TRUE(result == p1);
        }
    }
}

TEST_F(BabyJubjub, SaysWhatItRefuses) {
    const Limbs<4> bad = Field::kModulus;
    const auto refusal = [](BabyJubjubPoint p1, const BabyJubjubPoint& p2) {
        return std::string_view(add_points(p1, p2));
    };
    EXPECT_EQ(refusal({bad, {1}}, {{0}, {1}}), "p1.x is not below the modulus");
    EXPECT_EQ(refusal({{0}, bad}, {{0}, {1}}), "p1.y is not below the modulus");
    EXPECT_EQ(refusal({{0}, {1}}, {bad, {1}}), "p2.x is not below the modulus");
    EXPECT_EQ(refusal({{0}, {1}}, {{0}, bad}), "p2.y is not below the modulus");
}

}  // namespace
}  // namespace reprise
