/// @file
/// The point u G + v K that ECDSA's verification computes (SEC 1, 4.1.4), as ZisK gives it for any
/// K, points off the curve among them.
#pragma once

#include <gmpxx.h>

#include <optional>

#include "hint/hint_primes.h"
#include "precompile/limbs.h"

namespace reprise::hints {

/// Affine coordinates; (0, 0) is the point at infinity.
struct CurvePoint {
    mpz_class x;
    mpz_class y;
    bool operator==(const CurvePoint&) const = default;
};

/// y² = x³ + ax + b over Fp, with a generator of prime order.
struct ShortCurve {
    Limbs<4> prime;
    Limbs<4> order;
    Limbs<4> a;
    Limbs<4> b;
    Limbs<4> generator_x;
    Limbs<4> generator_y;
    /// u G + v K by a library, for K on the curve, and u, v less than the order.
    CurvePoint (*multiply)(const ShortCurve& curve, const mpz_class& u, const mpz_class& v,
                           const CurvePoint& key);
};

extern const ShortCurve kSecp256k1;
extern const ShortCurve kSecp256r1;

/// u G + v K for u, v less than the order, and any K, even with coordinates that are not reduced.
/// Nothing if ZisK's two sides part on the way: if a point with y = 0 is doubled, which no point of
/// these curves is, or a y that is not reduced is too large for its emulator.
std::optional<CurvePoint> double_multiply(const ShortCurve& curve, const mpz_class& u,
                                          const mpz_class& v, const CurvePoint& key);

/// The same, step by step as ZisK does it: from the highest of 256 bits down, the sum is doubled,
/// then G is added if u has the bit, then K if v has it. Off the curve, where the rules of addition
/// make no group, the order of the steps decides. Slow: about a millisecond.
std::optional<CurvePoint> double_multiply_in_steps(const ShortCurve& curve, const mpz_class& u,
                                                   const mpz_class& v, const CurvePoint& key);

}  // namespace reprise::hints
