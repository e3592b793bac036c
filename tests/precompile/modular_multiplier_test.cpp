/// arith256_mod and arith384_mod against OpenSSL's integers.
#include "precompile/modular_multiplier.h"

#include <gtest/gtest.h>

#include "big_number.h"

namespace reprise::testing {
namespace {

template <class Length>
class ModularMultiplierOf : public ::testing::Test {
protected:
    static constexpr std::size_t N = Length::value;
    using Number = Limbs<N>;

    void expect(const Number& a, const Number& b, const Number& c, const Number& modulus) {
        Number result{};
        ASSERT_EQ(multiplier_.multiply_add(a, b, c, modulus, result), nullptr);
        const BigNumber expected =
            (BigNumber(a) * BigNumber(b) + BigNumber(c)) % BigNumber(modulus);
        ASSERT_EQ(result, expected.limbs<N>())
            << ::testing::PrintToString(a) << " * " << ::testing::PrintToString(b) << " + "
            << ::testing::PrintToString(c) << " modulo " << ::testing::PrintToString(modulus);
    }
    static Number any(Random& random) { return random_operand<N>(random); }
    static Number any_modulus(Random& random) {
        for (;;) {
            const Number result = any(random);
            if (result != Number{}) return result;
        }
    }
    /// All ones.
    static Number highest() {
        Number result;
        result.fill(~std::uint64_t{0});
        return result;
    }

    ModularMultiplier<N> multiplier_;
};

using Lengths = ::testing::Types<std::integral_constant<std::size_t, 4>,
                                 std::integral_constant<std::size_t, 6>>;
TYPED_TEST_SUITE(ModularMultiplierOf, Lengths, );

TYPED_TEST(ModularMultiplierOf, AgreesWithOpenSslOnRunsOfEqualModuli) {
    Random random(3);
    for (int i = 0; i < 100'000;) {
        const auto modulus = this->any_modulus(random);
        for (std::uint64_t run = random.below(8); run > 0; --run, ++i)
            this->expect(this->any(random), this->any(random), this->any(random), modulus);
    }
}

TYPED_TEST(ModularMultiplierOf, AgreesWithOpenSslOnOperandsBelowTheModulus) {
    Random random(4);
    const auto reduced = [&](const auto& modulus) {
        return (BigNumber(this->any(random)) % BigNumber(modulus)).template limbs<TestFixture::N>();
    };
    for (int i = 0; i < 50'000; i += 5) {
        const auto modulus = this->any_modulus(random);
        for (int run = 0; run < 5; ++run)
            this->expect(reduced(modulus), reduced(modulus), reduced(modulus), modulus);
    }
}

// A quotient's estimate is worst where limbs are all ones or a power of two.
TYPED_TEST(ModularMultiplierOf, ReducesAtTheEdges) {
    auto edges = edge_operands<TestFixture::N>();
    Random random(5);
    for (const auto& modulus : edges) {
        if (modulus == typename TestFixture::Number{}) continue;
        for (int i = 0; i < 12; ++i)
            this->expect(random.pick(edges), random.pick(edges), random.pick(edges), modulus);
        this->expect(this->highest(), this->highest(), this->highest(), modulus);
        this->expect(modulus, modulus, modulus, modulus);
        this->expect(modulus, this->highest(), {}, modulus);
    }
}

TYPED_TEST(ModularMultiplierOf, RefusesZeroAndForgetsNothing) {
    const auto refuses = [&] {
        typename TestFixture::Number result = this->highest();
        EXPECT_STREQ(this->multiplier_.multiply_add({1}, {1}, {1}, {}, result), "modulus");
        EXPECT_EQ(result, this->highest());
    };
    refuses();
    refuses();
    for (int i = 0; i < 3; ++i) {
        this->expect({3}, {5}, {7}, this->highest());
        refuses();
        this->expect(this->highest(), this->highest(), {7}, this->highest());
    }
}

TYPED_TEST(ModularMultiplierOf, MayOverwriteAnyOperand) {
    Random random(6);
    for (int i = 0; i < 2'000; ++i) {
        std::array<typename TestFixture::Number, 4> operands = {
            this->any(random), this->any(random), this->any(random), this->any_modulus(random)};
        const auto [a, b, c, modulus] = operands;
        const auto expected = (BigNumber(a) * BigNumber(b) + BigNumber(c)) % BigNumber(modulus);
        for (int call = 0; call < 3; ++call) {
            operands = {a, b, c, modulus};
            auto& result = operands[random.below(4)];
            ASSERT_EQ(this->multiplier_.multiply_add(operands[0], operands[1], operands[2],
                                                     operands[3], result),
                      nullptr);
            ASSERT_EQ(result, expected.template limbs<TestFixture::N>());
        }
    }
}

}  // namespace
}  // namespace reprise::testing
