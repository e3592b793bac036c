/// add256 and arith256 against OpenSSL's integers.
#include "precompile/integer.h"

#include <gtest/gtest.h>

#include "big_number.h"

namespace reprise::testing {
namespace {

constexpr Limbs<4> kZero{};
constexpr Limbs<4> kOnes = {~0ULL, ~0ULL, ~0ULL, ~0ULL};

void expect_sum(const Limbs<4>& a, const Limbs<4>& b, std::uint64_t carry_in) {
    Limbs<4> sum{};
    std::uint64_t carry_out = 2;
    ASSERT_EQ(add256(a, b, carry_in, sum, carry_out), nullptr);
    const Limbs<5> expected =
        (BigNumber(a) + BigNumber(b) + BigNumber(Limbs<1>{carry_in})).limbs<5>();
    const Limbs<5> result = {sum[0], sum[1], sum[2], sum[3], carry_out};
    ASSERT_EQ(result, expected);
}

void expect_product(const Limbs<4>& a, const Limbs<4>& b, const Limbs<4>& c) {
    Limbs<4> low{};
    Limbs<4> high{};
    arith256(a, b, c, low, high);
    const Limbs<8> result = {low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3]};
    ASSERT_EQ(result, (BigNumber(a) * BigNumber(b) + BigNumber(c)).limbs<8>());
}

TEST(Add256, AgreesWithOpenSsl) {
    Random random(1);
    for (int i = 0; i < 100'000; ++i)
        expect_sum(random_operand<4>(random), random_operand<4>(random), random.below(2));
}

TEST(Add256, CarriesAtEveryEdge) {
    const auto edges = edge_operands<4>();
    for (const Limbs<4>& a : edges) {
        for (const Limbs<4>& b : edges)
            expect_sum(a, b, (a[0] ^ b[1]) & 1);
    }
    expect_sum(kOnes, kOnes, 1);
    expect_sum(kOnes, kZero, 1);
    expect_sum(kZero, kOnes, 0);
}

TEST(Add256, RefusesWhatIsNoCarry) {
    for (const std::uint64_t carry : {2ULL, 3ULL, 1ULL << 32, ~0ULL}) {
        Limbs<4> sum = {1, 2, 3, 4};
        std::uint64_t carry_out = 5;
        EXPECT_STREQ(add256(kOnes, kOnes, carry, sum, carry_out), "carry");
        EXPECT_EQ(sum, (Limbs<4>{1, 2, 3, 4}));
        EXPECT_EQ(carry_out, 5);
    }
}

TEST(Add256, MayOverwriteAnOperand) {
    Limbs<4> a = kOnes;
    std::uint64_t carry = 1;
    ASSERT_EQ(add256(a, a, carry, a, carry), nullptr);
    EXPECT_EQ(a, kOnes);
    EXPECT_EQ(carry, 1);
}

TEST(Arith256, AgreesWithOpenSsl) {
    Random random(2);
    for (int i = 0; i < 100'000; ++i)
        expect_product(random_operand<4>(random), random_operand<4>(random),
                       random_operand<4>(random));
}

TEST(Arith256, FitsAtEveryEdge) {
    const auto edges = edge_operands<4>();
    for (const Limbs<4>& a : edges) {
        for (const Limbs<4>& b : edges)
            expect_product(a, b, (a[1] & 1) != 0 ? kOnes : kZero);
    }
    expect_product(kOnes, kOnes, kOnes);
}

TEST(Arith256, MayOverwriteItsOperands) {
    Limbs<4> a = kOnes;
    Limbs<4> b = kOnes;
    arith256(a, b, a, a, b);
    EXPECT_EQ(a, kZero);
    EXPECT_EQ(b, kOnes);
}

}  // namespace
}  // namespace reprise::testing
