#include "precompile/gcd_steps.h"

#include <bit>

#include "precompile/wide_arithmetic.h"

namespace reprise {

namespace {

using wide::U64;

/// (a, b) becomes (a - b, b), or where that is negative (b - a, a); the factors follow.
///
/// Which it is, is as good as random. gcc makes a branch of it, which costs more than all of this:
/// so the conditional moves are written by hand.
[[gnu::always_inline]] inline void subtract_smaller(GcdOperands& x, U64& factor_a, U64& factor_b,
                                                    U64 low_difference) {
    const U64 low_negated = x.b_low - x.a_low;
    const U64 high_negated = x.b_high - x.a_high;
    const U64 sum = factor_a + factor_b;
    U64 high = x.a_high;
    asm("sub %[b_high], %[high]\n\t"
        "cmovb %[low_negated], %[low]\n\t"
        "cmovb %[high_negated], %[high]\n\t"
        "cmovb %[a_low], %[b_low]\n\t"
        "cmovb %[a_high], %[b_high]\n\t"
        "cmovb %[factor_a], %[factor_b]"
        : [high] "+&r"(high), [low] "+&r"(low_difference), [b_low] "+&r"(x.b_low),
          [b_high] "+&r"(x.b_high), [factor_b] "+&r"(factor_b)
        : [low_negated] "r"(low_negated), [high_negated] "r"(high_negated), [a_low] "r"(x.a_low),
          [a_high] "r"(x.a_high), [factor_a] "r"(factor_a)
        : "cc");
    x.a_low = low_difference;
    x.a_high = high;
    factor_a = sum;
}

/// Only the factors of a are followed. Those of b result from the division being without remainder:
/// aa a = ab b modulo 2^63.
[[gnu::always_inline]] inline GcdFactors steps(GcdOperands x) {
    const U64 quotient = x.a_low * wide::inverse_of_odd(x.b_low);
    U64 factor_a = 1;
    U64 factor_b = 0;
    int left = kGcdBatchBits;
    int zeros = std::countr_zero(x.a_low);
    while (zeros < left) {
        left -= zeros;
        x.a_low >>= zeros;
        x.a_high >>= zeros;
        factor_b <<= zeros;
        // The difference has as many zeros as its negation: they are counted before it is known
        // which of the two it is.
        const U64 difference = x.a_low - x.b_low;
        zeros = std::countr_zero(difference);
        subtract_smaller(x, factor_a, factor_b, difference);
    }
    factor_b <<= left;
    constexpr U64 kMask = (U64{1} << kGcdBatchBits) - 1;
    // Where b was never replaced, its factors are 0 and 2^63, which is 0 modulo 2^63.
    return {.aa = factor_a,
            .ab = (factor_a * quotient) & kMask,
            .ba = factor_b,
            .bb = factor_b == 0 ? kMask + 1 : (factor_b * quotient) & kMask};
}

/// With shifts by any register and a count of zeros that knows 0, a step is a fifth faster.
[[gnu::target("bmi,bmi2")]] GcdFactors steps_with_bmi(const GcdOperands& operands) {
    return steps(operands);
}

}  // namespace

GcdFactors gcd_steps_without_bmi(const GcdOperands& operands) {
    return steps(operands);
}

GcdFactors gcd_steps(const GcdOperands& operands) {
    const bool has_bmi = __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
    return has_bmi ? steps_with_bmi(operands) : gcd_steps_without_bmi(operands);
}

}  // namespace reprise
