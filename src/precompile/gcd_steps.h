/// @file
/// The inner loop of modular inversion: 63 bits of Stein's binary greatest common divisor at once.
#pragma once

#include <cstdint>

namespace reprise {

/// How many factors of 2 a batch of steps takes out.
inline constexpr unsigned kGcdBatchBits = 63;

/// What a batch makes of (a, b): (|aa a - ab b|, |ba a - bb b|) / 2^63, both without remainder.
/// aa + ab and ba + bb are at most 2^63.
struct GcdFactors {
    std::uint64_t aa, ab, ba, bb;
};

/// Two long numbers by their lowest 64 bits and by 64 bits that start at the highest bit that is
/// set in either.
struct GcdOperands {
    std::uint64_t a_low, a_high;  ///< any number
    std::uint64_t b_low, b_high;  ///< an odd number
};

/// Steps of the binary algorithm, "take all factors of 2 out of a; the larger one becomes the
/// difference", until 63 factors of 2 are out. gcd(a, b) stays the same but for factors of 2, and
/// b stays odd.
///
/// The low bits decide exactly how often 2 is a factor. The high bits decide which number is
/// larger; since each step may round by one unit more, they may be wrong about numbers that differ
/// by less than 2^6 units. Then a difference is negative: hence the absolute values above, which
/// keep the factors right whatever is decided. Source of the approximation by both ends: T. Pornin,
/// Optimized Binary GCD for Modular Inversion, eprint 2020/972; here in variable time, with exact
/// low bits for a batch of a whole word.
GcdFactors gcd_steps(const GcdOperands& operands);

/// The same, as done on CPUs without BMI2.
GcdFactors gcd_steps_without_bmi(const GcdOperands& operands);

}  // namespace reprise
