#include "precompile/modular_inverse.h"

#include <gtest/gtest.h>

#include "big_integers.h"
#include "precompile/gcd_steps.h"

namespace reprise {
namespace {

using test::to_integer, test::to_limbs, test::power_of_two;

template <class Field>
class ModularInverse : public ::testing::Test {
public:
    static constexpr std::size_t N = Field::kLimbs;

    /// For any number that fits into an element, above the modulus, too.
    void compare(const mpz_class& number) {
        const Limbs<N> untouched{0x1234567};
        Limbs<N> inverse = untouched;
        const bool exists = modular_inverse<Field>(to_limbs<N>(number), inverse);
        mpz_class expected;
        const bool should_exist =
            mpz_invert(expected.get_mpz_t(), number.get_mpz_t(), p.get_mpz_t()) != 0;
        ASSERT_EQ(exists, should_exist) << number;
        ASSERT_EQ(to_integer(inverse), exists ? expected : to_integer(untouched)) << number;
    }

    /// The number, and what its negation and its inverse are.
    void compare_relatives(const mpz_class& number) {
        compare(number);
        compare(test::modulo(-number, p));
        mpz_class inverse;
        mpz_invert(inverse.get_mpz_t(), number.get_mpz_t(), p.get_mpz_t());
        compare(inverse);
    }

    const mpz_class p = test::modulus_of<Field>();
    std::mt19937_64 random{Field::kModulus[0]};
};

using Fields =
    ::testing::Types<Secp256k1Field, Secp256r1Field, Bn254Field, Bn254ScalarField, Bls12381Field>;
TYPED_TEST_SUITE(ModularInverse, Fields);

TYPED_TEST(ModularInverse, IsGmpsOfRandomNumbers) {
    for (int i = 0; i < test::kRandomCases; ++i)
        this->compare(to_integer(test::random_element<TypeParam>(this->random)));
}

TYPED_TEST(ModularInverse, OfEdges) {
    for (const auto& value : test::edge_values<TypeParam>())
        this->compare(to_integer(value));
}

TYPED_TEST(ModularInverse, OfZeroDoesNotExist) {
    FieldElement<TypeParam> inverse{7};
    for (mpz_class multiple = 0; multiple < power_of_two(64 * TypeParam::kLimbs);
         multiple += this->p) {
        EXPECT_FALSE(modular_inverse<TypeParam>(to_limbs<TypeParam::kLimbs>(multiple), inverse));
        EXPECT_EQ(inverse, FieldElement<TypeParam>{7});
    }
}

TYPED_TEST(ModularInverse, OfSmallNumbers) {
    for (int number = 0; number < 1000; ++number)
        this->compare_relatives(number);
}

TYPED_TEST(ModularInverse, OfNumbersNearPowersOfTwo) {
    for (std::size_t exponent = 2; exponent < 64 * TypeParam::kLimbs; ++exponent) {
        for (int offset = -2; offset <= 2; ++offset) {
            const mpz_class number = power_of_two(exponent) + offset;
            this->compare(number);
            this->compare_relatives(test::modulo(number, this->p));
        }
    }
}

/// The high bits cannot tell such numbers from p, or p's half and so on.
TYPED_TEST(ModularInverse, OfNumbersThatBeginLikeTheModulus) {
    for (std::size_t shift = 0; shift < 64 * TypeParam::kLimbs; ++shift) {
        const mpz_class beginning = this->p >> shift;
        for (std::size_t size = 0; size < 64 * TypeParam::kLimbs; size += 5) {
            const mpz_class number = beginning ^ (power_of_two(size) - 1);
            this->compare(test::modulo(number, this->p));
        }
    }
}

/// Long runs of equal bits, and few bits at all.
TYPED_TEST(ModularInverse, OfNumbersWithRuns) {
    for (int i = 0; i < test::kRandomCases / 10; ++i) {
        mpz_class number = 0;
        for (int run = 0; run < 4; ++run) {
            const std::size_t begin = this->random() % (64 * TypeParam::kLimbs);
            const std::size_t end = this->random() % (64 * TypeParam::kLimbs);
            number ^= power_of_two(begin) - power_of_two(end);
        }
        this->compare(test::modulo(number, this->p));
    }
}

/// Quotients of 1 throughout, as Euclid's algorithm finds them longest: p over the golden ratio.
TYPED_TEST(ModularInverse, OfTheGoldenSection) {
    const mpz_class root = sqrt(mpz_class(5 * this->p * this->p));
    for (int offset = -500; offset < 500; ++offset)
        this->compare_relatives((root - this->p) / 2 + offset);
}

mpz_class integer_of(std::uint64_t high, std::uint64_t low) {
    return to_integer(Limbs<2>{low, high});
}

/// The contract, for operands of 128 bits that are given by both ends.
void expect_contract(const GcdOperands& operands) {
    const GcdFactors factors = gcd_steps(operands);
    const GcdFactors portable = gcd_steps_without_bmi(operands);
    EXPECT_EQ(factors.aa, portable.aa);
    EXPECT_EQ(factors.ab, portable.ab);
    EXPECT_EQ(factors.ba, portable.ba);
    EXPECT_EQ(factors.bb, portable.bb);

    const mpz_class a = integer_of(operands.a_high, operands.a_low);
    const mpz_class b = integer_of(operands.b_high, operands.b_low);
    const auto integer = [](std::uint64_t limb) { return integer_of(0, limb); };
    const mpz_class new_a = integer(factors.aa) * a - integer(factors.ab) * b;
    const mpz_class new_b = integer(factors.ba) * a - integer(factors.bb) * b;
    EXPECT_TRUE(mpz_divisible_2exp_p(new_a.get_mpz_t(), kGcdBatchBits));
    EXPECT_EQ(mpz_scan1(new_b.get_mpz_t(), 0), kGcdBatchBits);
    EXPECT_LE(integer(factors.aa) + integer(factors.ab), power_of_two(kGcdBatchBits));
    EXPECT_LE(integer(factors.ba) + integer(factors.bb), power_of_two(kGcdBatchBits));
}

TEST(GcdSteps, KeepTheirContractForRandomOperands) {
    std::mt19937_64 random(1);
    for (int i = 0; i < test::kRandomCases / 4; ++i)
        expect_contract({random(), random(), random() | 1, random()});
}

TEST(GcdSteps, KeepTheirContractAtEdges) {
    const std::uint64_t edges[] = {0, 1, 2, 3, 1ULL << 62, 1ULL << 63, ~0ULL, ~0ULL - 1};
    for (const std::uint64_t a_low : edges) {
        for (const std::uint64_t a_high : edges) {
            for (const std::uint64_t b_low : edges) {
                for (const std::uint64_t b_high : edges)
                    expect_contract({a_low, a_high, b_low | 1, b_high});
            }
        }
    }
}

TEST(GcdSteps, KeepTheirContractForPowersOfTwo) {
    for (unsigned shift = 0; shift < 64; ++shift) {
        for (unsigned odd = 1; odd < 64; odd += 2) {
            expect_contract({std::uint64_t{odd} << shift, 0, 1, 0});
            expect_contract({std::uint64_t{odd} << shift, 0, odd, 0});
            expect_contract({(std::uint64_t{1} << shift) + odd, 1, odd, 1});
        }
    }
}

}  // namespace
}  // namespace reprise
