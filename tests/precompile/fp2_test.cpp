#include "precompile/fp2.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

#include "big_integers.h"

namespace reprise {
namespace {

using test::modulo, test::to_integer, test::to_limbs;

template <class Field>
bool operator==(const Fp2<Field>& a, const Fp2<Field>& b) {
    return a.real == b.real && a.imaginary == b.imaginary;
}

template <class Field>
class Fp2Test : public ::testing::Test {
public:
    static constexpr std::size_t N = Field::kLimbs;
    using Number = Fp2<Field>;

    /// Addition, subtraction and multiplication against GMP's.
    void compare(const Number& f1, const Number& f2) {
        const mpz_class a = to_integer(f1.real), b = to_integer(f1.imaginary);
        const mpz_class c = to_integer(f2.real), d = to_integer(f2.imaginary);
        expect(add_fp2<Field>, f1, f2, a + c, b + d);
        expect(subtract_fp2<Field>, f1, f2, a - c, b - d);
        expect(multiply_fp2<Field>, f1, f2, a * c - b * d, a * d + b * c);
    }

    Number random_number() {
        return {test::random_element<Field>(random), test::random_element<Field>(random)};
    }

    const mpz_class p = test::modulus_of<Field>();
    std::mt19937_64 random{Field::kModulus[0]};

private:
    using Operation = const char* (*)(Number&, const Number&);

    void expect(Operation operation, const Number& f1, const Number& f2, const mpz_class& real,
                const mpz_class& imaginary) {
        Number result = f1;
        const bool is_refused = operation(result, f2) != nullptr;
        const bool is_canonical = to_integer(f1.real) < p && to_integer(f1.imaginary) < p &&
                                  to_integer(f2.real) < p && to_integer(f2.imaginary) < p;
        ASSERT_EQ(is_refused, !is_canonical);
        const Number expected{to_limbs<N>(modulo(real, p)), to_limbs<N>(modulo(imaginary, p))};
        ASSERT_TRUE(result == (is_canonical ? expected : f1));
    }
};

using Fields = ::testing::Types<Bn254Field, Bls12381Field>;
TYPED_TEST_SUITE(Fp2Test, Fields);

TYPED_TEST(Fp2Test, ComputesAsGmpDoes) {
    for (int i = 0; i < test::kRandomCases; ++i)
        this->compare(this->random_number(), this->random_number());
}

TYPED_TEST(Fp2Test, ComputesAndRefusesAtEdges) {
    const auto values = test::edge_values<TypeParam>();
    for (const auto& a : values) {
        for (const auto& b : values) {
            this->compare(this->random_number(), {a, b});
            this->compare({a, b}, this->random_number());
            for (const auto& c : values) {
                for (const auto& d : values)
                    this->compare({a, b}, {c, d});
            }
        }
    }
}

TYPED_TEST(Fp2Test, SaysWhatItRefuses) {
    const Fp2<TypeParam> good{{1}, {2}}, bad_real{TypeParam::kModulus, {2}};
    const Fp2<TypeParam> bad_imaginary{{3}, TypeParam::kModulus};
    for (const auto operation :
         {add_fp2<TypeParam>, subtract_fp2<TypeParam>, multiply_fp2<TypeParam>}) {
        const auto refusal = [operation](Fp2<TypeParam> f1, const Fp2<TypeParam>& f2) {
            return std::string_view(operation(f1, f2));
        };
        EXPECT_EQ(refusal(bad_real, good), "f1.real is not below the modulus");
        EXPECT_EQ(refusal(bad_imaginary, good), "f1.imaginary is not below the modulus");
        EXPECT_EQ(refusal(good, bad_real), "f2.real is not below the modulus");
        EXPECT_EQ(refusal(good, bad_imaginary), "f2.imaginary is not below the modulus");
    }
}

TYPED_TEST(Fp2Test, TakesOneNumberAsBothOperands) {
    Fp2<TypeParam> number{{3}, {4}};
    EXPECT_EQ(multiply_fp2(number, number), nullptr);
    EXPECT_TRUE((number == Fp2<TypeParam>{test::to_limbs<TypeParam::kLimbs>(this->p - 7), {24}}));
    EXPECT_EQ(add_fp2(number, number), nullptr);
    EXPECT_TRUE((number == Fp2<TypeParam>{test::to_limbs<TypeParam::kLimbs>(this->p - 14), {48}}));
    EXPECT_EQ(subtract_fp2(number, number), nullptr);
    EXPECT_TRUE((number == Fp2<TypeParam>{}));
}

template <class Field>
Fp2<Field> product(Fp2<Field> f1, const Fp2<Field>& f2) {
    EXPECT_EQ(multiply_fp2(f1, f2), nullptr);
    return f1;
}

template <class Field>
Fp2<Field> sum(Fp2<Field> f1, const Fp2<Field>& f2) {
    EXPECT_EQ(add_fp2(f1, f2), nullptr);
    return f1;
}

template <class Field>
Fp2<Field> number(const char* real, const char* imaginary) {
    return {test::from_hex<Field::kLimbs>(real), test::from_hex<Field::kLimbs>(imaginary)};
}

/// The generator of G2 lies on y^2 = x^3 + 3 / (9 + i). Source: EIP-197.
TEST(Fp2Vectors, GeneratorOfBn254) {
    const auto x =
        number<Bn254Field>("1800DEEF121F1E76426A00665E5C4479674322D4F75EDADD46DEBD5CD992F6ED",
                           "198E9393920D483A7260BFB731FB5D25F1AA493335A9E71297E485B7AEF312C2");
    const auto y =
        number<Bn254Field>("12C85EA5DB8C6DEB4AAB71808DCB408FE3D1E7690C43D37B4CE6CC0166FA7DAA",
                           "090689D0585FF075EC9E99AD690C3395BC4B313370B38EF355ACDADCD122975B");
    const Fp2<Bn254Field> nine_plus_i{{9}, {1}};
    EXPECT_TRUE(product(product(y, y), nine_plus_i) ==
                sum(product(product(product(x, x), x), nine_plus_i), {{3}, {0}}));
}

/// The generator of G2 lies on y^2 = x^3 + 4 (1 + i). Source: EIP-2537.
TEST(Fp2Vectors, GeneratorOfBls12381) {
    const auto x = number<Bls12381Field>(
        "024AA2B2F08F0A91260805272DC51051C6E47AD4FA403B02B4510B647AE3D1770BAC0326A805BBEFD48056C8C1"
        "21BDB8",
        "13E02B6052719F607DACD3A088274F65596BD0D09920B61AB5DA61BBDC7F5049334CF11213945D57E5AC7D055D"
        "042B7E");
    const auto y = number<Bls12381Field>(
        "0CE5D527727D6E118CC9CDC6DA2E351AADFD9BAA8CBDD3A76D429A695160D12C923AC9CC3BACA289E193548608"
        "B82801",
        "0606C4A02EA734CC32ACD2B02BC28B99CB3E287E85A763AF267492AB572E99AB3F370D275CEC1DA1AAA9075FF0"
        "5F79BE");
    EXPECT_TRUE(product(y, y) == sum(product(product(x, x), x), {{4}, {4}}));
}

}  // namespace
}  // namespace reprise
