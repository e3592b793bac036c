#include "precompile/modular_inverse.h"

#include <bit>

#include "precompile/gcd_steps.h"

namespace reprise {

namespace {

using wide::I128, wide::I64, wide::U128, wide::U64;

/// number / 2^63, which fits into one limb less.
template <std::size_t M, std::size_t L>
[[gnu::always_inline]] inline void divide_by_batch(const Limbs<L>& number, Limbs<M>& result) {
    static_assert(M + 1 == L);
#pragma GCC unroll 12
    for (std::size_t i = 0; i < M; ++i)
        result[i] = number[i] >> kGcdBatchBits | number[i + 1] << (64 - kGcdBatchBits);
}

/// |x a - y b| / 2^63 of the lowest M limbs of a and b, whose others are 0; returns whether
/// x a - y b is negative. x + y is at most 2^63, so that a sum of two products with a carry fits
/// into 128 bits with a sign.
template <std::size_t M, std::size_t N>
[[gnu::always_inline]] inline bool combine(const Limbs<N>& a, U64 x, const Limbs<N>& b, U64 y,
                                           Limbs<N>& result) {
    Limbs<M + 1> difference;
    I128 sum = 0;
#pragma GCC unroll 12
    for (std::size_t i = 0; i < M; ++i) {
        sum += static_cast<I128>(U128{a[i]} * x) - static_cast<I128>(U128{b[i]} * y);
        difference[i] = static_cast<U64>(sum);
        sum >>= 64;
    }
    difference[M] = static_cast<U64>(sum);
    const U64 sign = static_cast<U64>(sum >> 64);
    unsigned char carry = sign != 0;
#pragma GCC unroll 12
    for (std::size_t i = 0; i <= M; ++i)
        difference[i] = wide::add_with_carry(difference[i] ^ sign, 0, carry);
    Limbs<M> quotient;
    divide_by_batch(difference, quotient);
#pragma GCC unroll 12
    for (std::size_t i = 0; i < M; ++i)
        result[i] = quotient[i];
    return sign != 0;
}

/// The greatest common divisor of a and p, with what a must be multiplied with to give it.
///
/// Invariants, modulo p: 2^k A = s U a and 2^k B = -s V a, with the sign s = 1 or -1. In the first
/// N batches the cofactors U and V grow, and k by 63; then it is 63 N, and every batch divides the
/// cofactors by 2^63. They are never negative: nearly all batches make A of one sign and B of the
/// other, so that both cofactors are sums.
///
/// Why it ends: a step replaces one of A and B by their difference without its k factors of 2. If
/// that was the longer one, it becomes shorter by at least k bits, and a batch takes out 63
/// factors. The other one is replaced only if they differ by less than 2^6 units of the high bits.
/// Then it becomes shorter, too, unless it is below 2^6 units itself; but then both are below 2^7
/// units, where the longer one had at least 2^63 when the batch began. No step makes the longer one
/// longer. Once both fit into 64 bits, all comparisons are right.
template <class Field>
class BinaryGcd {
public:
    static constexpr std::size_t N = Field::kLimbs;
    using Number = FieldElement<Field>;

    explicit BinaryGcd(const Number& a) : a_(a) {}

    /// The first N batches, for which the cofactors just grow by 63 bits each and are not reduced.
    /// Answers false if one gave A and B the same sign: then all is to be done by `start_reduced`.
    bool grow() { return grow(std::make_index_sequence<N>()); }

    /// As after N batches that did nothing: the cofactors have the scale 2^(63 N) from the start.
    void start_reduced(const Number& a) {
        static constexpr Number kScale = field::power_of_two<Field>(kInverseScaleBits<Field>);
        *this = BinaryGcd(a);
        u_ = kScale;
    }

    /// Batches until A is 0. Each divides the cofactors by 2^63 modulo p.
    void reduce() {
        while (!wide::is_zero(a_)) {
            const GcdFactors factors = gcd_steps(operands());
            const Signs signs = combine_numbers(factors);
            const Number u = u_;
            if (!wide::is_zero(a_)) {
                u_ = combine_reduced(u, factors.aa, v_, factors.ab);
                if (signs.a_is_negative == signs.b_is_negative) u_ = field::negate<Field>(u_);
            }
            v_ = combine_reduced(u, factors.ba, v_, factors.bb);
        }
    }

    /// Whether the greatest common divisor is 1.
    bool is_coprime() const { return b_ == Number{1}; }
    /// What a must be multiplied with to give 2^(63 N).
    Number scaled_inverse() const { return is_negated_ ? v_ : field::negate<Field>(v_); }

private:
    struct Signs {
        bool a_is_negative, b_is_negative;
    };

    template <std::size_t... I>
    bool grow(std::index_sequence<I...> /*batches*/) {
        return (grow_by_batch<I>() && ...);
    }

    template <std::size_t Batch>
    bool grow_by_batch() {
        // p is so large that cofactors after these batches are below it.
        static_assert(Field::kModulus[N - 1] >> (64 - N) != 0);
        const GcdFactors factors = gcd_steps(operands());
        const Signs signs = combine_numbers(factors);
        const Number u = u_;
        u_ = combine_growing<Batch>(u, factors.aa, v_, factors.ab);
        v_ = combine_growing<Batch>(u, factors.ba, v_, factors.bb);
        return signs.a_is_negative != signs.b_is_negative || wide::is_zero(a_);
    }

    /// The lowest limbs, and 64 bits from the highest bit that is set in A or B; all of both where
    /// they fit into 64 bits.
    GcdOperands operands() const {
        std::size_t top = N - 1;
        while (top > 1 && (a_[top] | b_[top]) == 0)
            --top;
        const int zeros = std::countl_zero(a_[top] | b_[top]);
        const auto high = [=](const Number& number) {
            const U128 two_limbs = U128{number[top]} << 64 | number[top - 1];
            return static_cast<U64>(two_limbs << zeros >> 64);
        };
        return {a_[0], high(a_), b_[0], high(b_)};
    }

    Signs combine_numbers(const GcdFactors& factors) {
        constexpr std::size_t kHalf = N / 2;
        U64 upper = 0;
#pragma GCC unroll 12
        for (std::size_t i = kHalf; i < N; ++i)
            upper |= a_[i] | b_[i];
        const Signs signs = upper == 0 ? combine_limbs<kHalf>(factors) : combine_limbs<N>(factors);
        is_negated_ ^= !signs.b_is_negative;
        return signs;
    }

    template <std::size_t M>
    Signs combine_limbs(const GcdFactors& factors) {
        const Number a = a_;
        return {combine<M>(a, factors.aa, b_, factors.ab, a_),
                combine<M>(a, factors.ba, b_, factors.bb, b_)};
    }

    /// x u + y v of numbers with M limbs.
    template <std::size_t M>
    static Number combine_growing(const Number& u, U64 x, const Number& v, U64 y) {
        if constexpr (M == 0) return {x};  // of u = 1 and v = 0
        Number result{};
        U128 sum = 0;
#pragma GCC unroll 12
        for (std::size_t i = 0; i < M; ++i) {
            sum += U128{u[i]} * x + U128{v[i]} * y;
            result[i] = static_cast<U64>(sum);
            sum >>= 64;
        }
        result[M] = static_cast<U64>(sum);
        return result;
    }

    /// (x u + y v) / 2^63 modulo p, for x + y up to 2^63: Montgomery's reduction by 63 bits. The
    /// sum of three products and a carry just fits into 128 bits.
    static Number combine_reduced(const Number& u, U64 x, const Number& v, U64 y) {
        constexpr U64 kMask = (U64{1} << kGcdBatchBits) - 1;
        const U64 multiple = ((u[0] * x + v[0] * y) * field::kNegatedInverse<Field>)&kMask;
        Limbs<N + 1> total;
        U128 sum = 0;
#pragma GCC unroll 12
        for (std::size_t i = 0; i < N; ++i) {
            sum += U128{u[i]} * x + U128{v[i]} * y + U128{multiple} * Field::kModulus[i];
            total[i] = static_cast<U64>(sum);
            sum >>= 64;
        }
        total[N] = static_cast<U64>(sum);
        Number quotient;
        divide_by_batch(total, quotient);
        return field::reduce_once<Field>(quotient, total[N] >> kGcdBatchBits);
    }

    Number a_;
    Number b_ = Field::kModulus;
    Number u_{1};
    Number v_{};
    bool is_negated_ = false;
};

}  // namespace

template <class Field>
bool scaled_inverse(const FieldElement<Field>& a, FieldElement<Field>& inverse) {
    BinaryGcd<Field> gcd(a);
    if (!gcd.grow()) gcd.start_reduced(a);
    gcd.reduce();
    if (!gcd.is_coprime()) return false;
    inverse = gcd.scaled_inverse();
    return true;
}

template bool scaled_inverse<Secp256k1Field>(const Limbs<4>&, Limbs<4>&);
template bool scaled_inverse<Secp256r1Field>(const Limbs<4>&, Limbs<4>&);
template bool scaled_inverse<Bn254Field>(const Limbs<4>&, Limbs<4>&);
template bool scaled_inverse<Bn254ScalarField>(const Limbs<4>&, Limbs<4>&);
template bool scaled_inverse<Bls12381Field>(const Limbs<6>&, Limbs<6>&);

}  // namespace reprise
