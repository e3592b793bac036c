/// Points that lie on their curve, added by OpenSSL: it has other formulas and another encoding.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <memory>

#include "base/destroy.h"
#include "big_integers.h"
#include "precompile/curve.h"

namespace reprise {
namespace {

using Group = std::unique_ptr<EC_GROUP, Destroy<EC_GROUP_free>>;
using OpensslPoint = std::unique_ptr<EC_POINT, Destroy<EC_POINT_free>>;
using Number = std::unique_ptr<BIGNUM, Destroy<BN_free>>;

template <class Curve>
struct NumberOfCurve;
template <>
struct NumberOfCurve<Secp256k1> {
    static constexpr int kId = NID_secp256k1;
};
template <>
struct NumberOfCurve<Secp256r1> {
    static constexpr int kId = NID_X9_62_prime256v1;
};

template <class Curve>
class OnCurve : public ::testing::Test {
public:
    OnCurve() : group(EC_GROUP_new_by_curve_name(NumberOfCurve<Curve>::kId)) {}

    OpensslPoint multiple_of_generator(std::uint64_t factor) const {
        OpensslPoint point(EC_POINT_new(group.get()));
        const Number number(BN_new());
        BN_set_word(number.get(), factor);
        BN_lshift(number.get(), number.get(), static_cast<int>(factor % 192));
        EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr);
        return point;
    }
    AffinePoint<Curve> ours(const OpensslPoint& point) const {
        const Number x(BN_new()), y(BN_new());
        EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), nullptr);
        AffinePoint<Curve> result;
        BN_bn2lebinpad(x.get(), reinterpret_cast<unsigned char*>(result.x.data()), 32);
        BN_bn2lebinpad(y.get(), reinterpret_cast<unsigned char*>(result.y.data()), 32);
        return result;
    }

    const Group group;
    std::mt19937_64 random{5};
};

using Curves = ::testing::Types<Secp256k1, Secp256r1>;
TYPED_TEST_SUITE(OnCurve, Curves);

/// A walk along the curve: each point is the one before, doubled or with a summand.
TYPED_TEST(OnCurve, AddsAndDoublesAsOpensslDoes) {
    OpensslPoint theirs = this->multiple_of_generator(this->random());
    OpensslPoint summand = this->multiple_of_generator(this->random());
    AffinePoint<TypeParam> point = this->ours(theirs);
    for (int i = 0; i < test::kRandomCases / 5; ++i) {
        if (this->random() % 2 == 0) {
            ASSERT_EQ(double_point(point), nullptr);
            EC_POINT_dbl(this->group.get(), theirs.get(), theirs.get(), nullptr);
        } else {
            ASSERT_EQ(add_points(point, this->ours(summand)), nullptr);
            EC_POINT_add(this->group.get(), theirs.get(), theirs.get(), summand.get(), nullptr);
        }
        const AffinePoint<TypeParam> expected = this->ours(theirs);
        ASSERT_EQ(point.x, expected.x);
        ASSERT_EQ(point.y, expected.y);
    }
}

}  // namespace
}  // namespace reprise
