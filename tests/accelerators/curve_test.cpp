/// Points and signatures of the accelerators in software, against libcrypto.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <cstring>
#include <ostream>

#include "big.h"
#include "library.h"

namespace reprise::testing {
namespace {

struct FreeGroup {
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
};
using Group = std::unique_ptr<EC_GROUP, FreeGroup>;

/// A curve of the library with libcrypto's group, a generator and its order.
struct Case {
    const char* name;
    const curve* ours;
    Limbs generator;
    Limbs order;
};

void PrintTo(const Case& c, std::ostream* os) {
    *os << c.name;
}

const field kSecp256k1Field{.limbs = 4,
                            .modulus = {0xfffffffefffffc2f, ~0ULL, ~0ULL, ~0ULL},
                            .fp2_add = {},
                            .fp2_subtract = {},
                            .fp2_multiply = {}};
const curve kSecp256k1{
    .field = &kSecp256k1Field, .a = {}, .b = {7}, .add = kSecp256k1Add, .twice = kSecp256k1Double};
const field kSecp256r1Field{.limbs = 4,
                            .modulus = {~0ULL, 0xffffffff, 0, 0xffffffff00000001},
                            .fp2_add = {},
                            .fp2_subtract = {},
                            .fp2_multiply = {}};
const curve kSecp256r1{
    .field = &kSecp256r1Field,
    .a = {~0ULL - 3, 0xffffffff, 0, 0xffffffff00000001},
    .b = {0x3bce3c3e27d2604b, 0x651d06b0cc53b0f6, 0xb3ebbd55769886bc, 0x5ac635d8aa3a93e7},
    .add = kSecp256r1Add,
    .twice = kSecp256r1Double};

std::vector<Case> cases() {
    return {
        {"secp256k1",
         &kSecp256k1,
         {0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac,
          0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465},
         {0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, ~0ULL}},
        {"secp256r1",
         &kSecp256r1,
         {0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247,
          0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b},
         {0xf3b9cac2fc632551, 0xbce6faada7179e84, ~0ULL, 0xffffffff00000000}},
        {"bn254",
         &bn254_curve,
         {1, 0, 0, 0, 2, 0, 0, 0},
         {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}},
        {"bls12_381",
         &bls12_curve,
         {0xfb3af00adb22c6bb, 0x6c55e83ff97a1aef, 0xa14e3a3f171bac58, 0xc3688c4f9774b905,
          0x2695638c4fa9ac0f, 0x17f1d3a73197d794, 0x0caa232946c5e7e1, 0xd03cc744a2888ae4,
          0x00db18cb2c04b3ed, 0xfcf5e095d5d00af6, 0xa09e30ed741d8ae4, 0x08b3f481e3aaa0f1},
         BLS12_381_ORDER},
    };
}

class Curve : public ::testing::TestWithParam<Case> {
protected:
    Curve() {
        group_.reset(EC_GROUP_new_curve_GFp(number(ours_.field->modulus).get(),
                                            number(ours_.a).get(), number(ours_.b).get(),
                                            Big::context()));
        point_ = EC_POINT_new(group_.get());
        set(point_, GetParam().generator);
        EC_GROUP_set_generator(group_.get(), point_, Big(GetParam().order).get(), Big(1).get());
    }
    ~Curve() override { EC_POINT_free(point_); }

    Big number(const std::uint64_t* limbs) const { return Big(std::span(limbs, n_)); }

    void set(EC_POINT* point, const Limbs& p) const {
        if (limbs_are_zero(2 * n_, p.data())) {
            EC_POINT_set_to_infinity(group_.get(), point);
            return;
        }
        EC_POINT_set_affine_coordinates(group_.get(), point, number(p.data()).get(),
                                        number(p.data() + n_).get(), Big::context());
    }
    Limbs get(const EC_POINT* point) const {
        if (EC_POINT_is_at_infinity(group_.get(), point)) return Limbs(2 * n_);
        Big x, y;
        EC_POINT_get_affine_coordinates(group_.get(), point, x.get(), y.get(), Big::context());
        Limbs result = x.limbs(n_);
        const Limbs second = y.limbs(n_);
        result.insert(result.end(), second.begin(), second.end());
        return result;
    }
    Limbs sum(const Limbs& p, const Limbs& q) const {
        EC_POINT* const other = EC_POINT_new(group_.get());
        set(point_, p);
        set(other, q);
        EC_POINT_add(group_.get(), point_, point_, other, Big::context());
        EC_POINT_free(other);
        return get(point_);
    }
    Limbs multiple(const Big& scalar) const {
        EC_POINT_mul(group_.get(), point_, scalar.get(), nullptr, nullptr, Big::context());
        return get(point_);
    }

    const curve& ours_ = *GetParam().ours;
    const std::size_t n_ = ours_.field->limbs;
    Group group_;
    EC_POINT* point_;
    RandomLimbs random_{5};
};

TEST_P(Curve, AddsAnyPoints) {
    const Limbs& generator = GetParam().generator;
    Limbs p = multiple(Big(random_.any(4))), q = multiple(Big(random_.any(4)));
    for (int i = 0; i < rounds(2000); i++) {
        Limbs second = q;
        switch (random_.below(8)) {
            case 0: second = p; break;
            case 1:
                second = p;
                point_negate(&ours_, second.data());
                break;
            case 2: second = Limbs(2 * n_); break;
            case 3: p = Limbs(2 * n_); break;
            default: break;
        }
        const Limbs expected = sum(p, second);
        point_add(&ours_, p.data(), second.data());
        ASSERT_EQ(p, expected);
        if (limbs_are_zero(2 * n_, p.data())) p = generator;
        q = expected == q ? generator : sum(q, generator);
    }
}

TEST_P(Curve, HoldsItsPointsOnly) {
    for (int i = 0; i < rounds(200); i++) {
        Limbs p = multiple(Big(random_.any(4)));
        if (limbs_are_zero(2 * n_, p.data())) continue;
        ASSERT_TRUE(curve_holds(&ours_, p.data()));
        p[random_.below(2 * n_)] ^= std::uint64_t{1} << random_.below(64);
        ASSERT_FALSE(curve_holds(&ours_, p.data()));
    }
}

TEST_P(Curve, SumsMultiples) {
    const auto group = curve_group(&ours_);
    for (int i = 0; i < rounds(1000) / 50; i++) {
        term terms[kMaxTerms];
        Big scalar;
        const std::size_t count = 1 + random_.below(3);
        for (std::size_t j = 0; j < count; j++) {
            const Big k(random_.any(4));
            const Limbs point = multiple(k), by = random_.any(4);
            std::copy(point.begin(), point.end(), terms[j].point);
            std::copy(by.begin(), by.end(), terms[j].scalar);
            scalar = scalar + k * Big(by);
        }
        Limbs result(2 * n_);
        group_sum(&group, result.data(), terms, count);
        ASSERT_EQ(result, multiple(scalar % Big(GetParam().order)));
    }
}

class Signatures : public Curve {};

/// Signatures made with libcrypto are valid, and no longer so with one bit changed.
TEST_P(Signatures, AreVerifiedAndRecovered) {
    const bool r1 = &ours_ == &kSecp256r1;
    const Big order(GetParam().order);
    for (int i = 0; i < rounds(1000) / 50; i++) {
        const Big key = Big(random_.any(4)) % order, nonce = Big(random_.any(4)) % order;
        const Limbs z = random_.any(4);
        if (key == Big(0) || nonce == Big(0)) continue;
        const Limbs q = multiple(key), point = multiple(nonce);
        const Big r = number(point.data()) % order;
        const Big s = nonce.inverse(order) * (Big(z) + r * key) % order;
        if (s == Big(0)) continue;
        zkvm_bytes_32 hash;
        zkvm_bytes_64 signature, pubkey, recovered;
        limbs_to_bytes(4, hash.data, z.data());
        limbs_to_bytes(4, signature.data, r.limbs(4).data());
        limbs_to_bytes(4, signature.data + 32, s.limbs(4).data());
        limbs_to_bytes(4, pubkey.data, q.data());
        limbs_to_bytes(4, pubkey.data + 32, q.data() + 4);
        const auto verify = r1 ? zkvm_secp256r1_verify : zkvm_secp256k1_verify;
        bool verified = false;
        ASSERT_EQ(verify(&hash, &signature, &pubkey, &verified), ZKVM_EOK);
        ASSERT_TRUE(verified);
        if (!r1 && r == number(point.data())) {
            const auto parity = static_cast<std::uint8_t>(point[4] & 1);
            ASSERT_EQ(zkvm_secp256k1_ecrecover(&hash, &signature, parity, &recovered), ZKVM_EOK);
            ASSERT_EQ(std::memcmp(recovered.data, pubkey.data, 64), 0);
        }
        std::uint8_t* const changed[] = {hash.data, signature.data, pubkey.data};
        changed[random_.below(3)][random_.below(32)] ^= 1;
        ASSERT_EQ(verify(&hash, &signature, &pubkey, &verified), ZKVM_EOK);
        ASSERT_FALSE(verified);
    }
}

std::string name_of(const ::testing::TestParamInfo<Case>& each) {
    return each.param.name;
}

INSTANTIATE_TEST_SUITE_P(Curves, Curve, ::testing::ValuesIn(cases()), name_of);

std::vector<Case> cases_with_signatures() {
    std::vector<Case> all = cases();
    all.resize(2);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Curves, Signatures, ::testing::ValuesIn(cases_with_signatures()), name_of);

}  // namespace
}  // namespace reprise::testing
