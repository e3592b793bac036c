/// What the accelerators compute with in software, against libcrypto.
#include <gtest/gtest.h>

#include "big.h"
#include "library.h"

namespace reprise::testing {
namespace {

const int kRounds = rounds(5000);

Limbs limbs_of(const field& field) {
    return {field.modulus, field.modulus + field.limbs};
}

class Modular : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Modular, MultiplyAdd) {
    const std::size_t n = GetParam();
    RandomLimbs random(1);
    for (int i = 0; i < kRounds; i++) {
        const Limbs a = random.any(n), b = random.any(n), c = random.any(n);
        Limbs modulus = random.any(n), d(n);
        std::fill(modulus.end() - static_cast<long>(random.below(n)), modulus.end(), 0);
        if (limbs_are_zero(n, modulus.data())) modulus[0] = 1;
        multiply_add_mod(n, a.data(), b.data(), c.data(), modulus.data(), d.data());
        ASSERT_EQ(d, ((Big(a) * Big(b) + Big(c)) % Big(modulus)).limbs(n));
    }
}

INSTANTIATE_TEST_SUITE_P(Limbs, Modular, ::testing::Values(4, 6));

TEST(Arithmetic, MultiplyAdd256) {
    RandomLimbs random(2);
    for (int i = 0; i < kRounds; i++) {
        const Limbs a = random.any(4), b = random.any(4), c = random.any(4);
        Limbs result(8);
        multiply_add_256(a.data(), b.data(), c.data(), result.data(), result.data() + 4);
        ASSERT_EQ(result, (Big(a) * Big(b) + Big(c)).limbs(8));
    }
}

class Field : public ::testing::TestWithParam<const field*> {
protected:
    const field& field_ = *GetParam();
    const Limbs modulus_ = limbs_of(field_);
    const Big m_{modulus_};
    const std::size_t n_ = field_.limbs;
    RandomLimbs random_{3};
};

TEST_P(Field, AddsAndSubtracts) {
    for (int i = 0; i < kRounds; i++) {
        const Limbs a = random_.element(modulus_), b = random_.element(modulus_);
        Limbs result(n_);
        field_add(&field_, result.data(), a.data(), b.data());
        ASSERT_EQ(result, ((Big(a) + Big(b)) % m_).limbs(n_));
        field_subtract(&field_, result.data(), a.data(), b.data());
        ASSERT_EQ(result, ((Big(a) - Big(b)) % m_).limbs(n_));
        field_negate(&field_, result.data(), a.data());
        ASSERT_EQ(result, ((m_ - Big(a)) % m_).limbs(n_));
    }
}

TEST_P(Field, Inverts) {
    for (int i = 0; i < kRounds; i++) {
        const Limbs a = random_.element(modulus_);
        Limbs result(n_);
        field_invert(&field_, result.data(), a.data());
        const Big expected = limbs_are_zero(n_, a.data()) ? Big(0) : Big(a).inverse(m_);
        ASSERT_EQ(result, expected.limbs(n_));
    }
}

const field kSecp256k1Order{
    .limbs = 4,
    .modulus = {0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, ~0ULL},
    .fp2_add = {},
    .fp2_subtract = {},
    .fp2_multiply = {}};

INSTANTIATE_TEST_SUITE_P(Fields, Field,
                         ::testing::Values(&kSecp256k1Order, &bn254_field, &bls12_field));

class Extension : public Field {
protected:
    Limbs element() {
        Limbs result = random_.element(modulus_);
        const Limbs second = random_.element(modulus_);
        result.insert(result.end(), second.begin(), second.end());
        return result;
    }
    Big part(const Limbs& a, std::size_t index) const {
        return Big(std::span(a).subspan(index * n_, n_));
    }
    Limbs reduced(const Big& c0, const Big& c1) const {
        Limbs result = (c0 % m_).limbs(n_);
        const Limbs second = (c1 % m_).limbs(n_);
        result.insert(result.end(), second.begin(), second.end());
        return result;
    }
    Limbs product(const Limbs& a, const Limbs& b) const {
        return reduced(part(a, 0) * part(b, 0) - part(a, 1) * part(b, 1),
                       part(a, 0) * part(b, 1) + part(a, 1) * part(b, 0));
    }
};

TEST_P(Extension, AddsSubtractsMultiplies) {
    for (int i = 0; i < kRounds; i++) {
        const Limbs a = element(), b = element();
        Limbs result(2 * n_);
        fp2_add(&field_, result.data(), a.data(), b.data());
        ASSERT_EQ(result, reduced(part(a, 0) + part(b, 0), part(a, 1) + part(b, 1)));
        fp2_subtract(&field_, result.data(), a.data(), b.data());
        ASSERT_EQ(result, reduced(part(a, 0) - part(b, 0), part(a, 1) - part(b, 1)));
        fp2_multiply(&field_, result.data(), a.data(), b.data());
        ASSERT_EQ(result, product(a, b));
        result = a;
        fp2_scale(&field_, result.data(), result.data());
        ASSERT_EQ(result, product(a, a));
    }
}

TEST_P(Extension, InvertsAndFindsRoots) {
    for (int i = 0; i < kRounds / 50; i++) {
        const Limbs a = element();
        Limbs result(2 * n_), root(2 * n_);
        fp2_invert(&field_, result.data(), a.data());
        const bool zero = limbs_are_zero(2 * n_, a.data());
        ASSERT_EQ(product(a, result), Big(zero ? 0 : 1).limbs(2 * n_));

        const Limbs square = product(a, a);
        ASSERT_TRUE(fp2_square_root(&field_, root.data(), square.data()));
        ASSERT_EQ(product(root, root), square);
        /* a itself is a square if and only if its norm is one. */
        const Big norm = (part(a, 0) * part(a, 0) + part(a, 1) * part(a, 1)) % m_;
        const bool is_square = BN_kronecker(norm.get(), m_.get(), Big::context()) >= 0;
        ASSERT_EQ(fp2_square_root(&field_, root.data(), a.data()), is_square);
        if (is_square) {
            ASSERT_EQ(product(root, root), a);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Fields, Extension, ::testing::Values(&bn254_field, &bls12_field));

TEST(Ring, PowersOfAnySize) {
    RandomLimbs random(4);
    for (int i = 0; i < kRounds / 10; i++) {
        const std::size_t size = 1 + random.below(150), limbs = (size + 7) / 8;
        Limbs modulus = random.any(limbs);
        modulus.back() &= ~std::uint64_t{0} >> (64 * limbs - 8 * size);
        const Limbs base = random.any(1 + random.below(20)), exponent = random.any(1);
        if (limbs_are_zero(limbs, modulus.data())) continue;
        const auto bytes = [](const Limbs& number, std::size_t count) {
            std::vector<std::uint8_t> result(count);
            BN_bn2binpad(Big(number).get(), result.data(), static_cast<int>(count));
            return result;
        };
        const auto b = bytes(base, 8 * base.size()), e = bytes(exponent, 8);
        const auto m = bytes(modulus, size);
        std::vector<std::uint8_t> result(size);
        ASSERT_EQ(
            zkvm_modexp(b.data(), b.size(), e.data(), e.size(), m.data(), size, result.data()),
            ZKVM_EOK);
        const Big expected = Big(base).power(Big(exponent), Big(modulus)) % Big(modulus);
        ASSERT_EQ(result, bytes(expected.limbs(limbs), size));
    }
}

}  // namespace
}  // namespace reprise::testing
