/// @file
/// Addition and doubling of points on elliptic curves, as guests have them done by ZisK's CSRs.
///
/// A point is x, then y: affine coordinates, each with its least significant limb first. The
/// operations are the bare formulas for y^2 = x^3 + a x + b:
///
///     lambda = (y2 - y1) / (x2 - x1), or (3 x1^2 + a) / (2 y1) to double
///     x3 = lambda^2 - x1 - x2
///     y3 = lambda (x1 - x3) - y1
///
/// The reference is ZisK 0.18. Its fast emulator computes with its C library (lib-c); its other
/// emulator does, too, on secp256k1, and otherwise with arkworks (precompiles/helpers), as its
/// prover always does (precompiles/arith_eq, arith_eq_384).
///
/// | operands                           | C library       | arkworks | here              |
/// |------------------------------------|-----------------|----------|-------------------|
/// | a coordinate >= p                  | taken modulo p  | panics   | refused           |
/// | x1 = x2 in an addition: the same   | ends the        | panics   | refused           |
/// | point, its negative, or any other  | emulator        |          |                   |
/// | y = 0 in a doubling                | the same        | panics   | refused           |
/// | (0, 0), which is often infinity    | as any other pair of coordinates, all three           |
/// | a point that is not on the curve   | the formulas, which do not mention b, all three       |
///
/// ZisK's guest library asks for points on the curve with coordinates below p, and tells apart
/// infinity, equal points and negatives before it calls. Results are canonical.
#pragma once

#include "precompile/prime_field.h"

namespace reprise {

/// Curves by their field and coefficient a = -kMinusA. The coefficient b is not needed.
struct Secp256k1 {
    using Field = Secp256k1Field;
    static constexpr std::uint64_t kMinusA = 0;
};
struct Secp256r1 {
    using Field = Secp256r1Field;
    static constexpr std::uint64_t kMinusA = 3;
};
struct Bn254 {
    using Field = Bn254Field;
    static constexpr std::uint64_t kMinusA = 0;
};
struct Bls12381 {
    using Field = Bls12381Field;
    static constexpr std::uint64_t kMinusA = 0;
};

/// As it lies in guest memory.
template <class Curve>
struct AffinePoint {
    FieldElement<typename Curve::Field> x, y;
};

/// p1 becomes p1 + p2. Answers nullptr, or what is wrong with the operands, in a few words such as
/// "p2.x equals p1.x"; p1 is then as it was. p2 may be p1, which is refused like any equal point.
template <class Curve>
const char* add_points(AffinePoint<Curve>& p1, const AffinePoint<Curve>& p2);

/// p1 becomes p1 + p1, with the same answers.
template <class Curve>
const char* double_point(AffinePoint<Curve>& p1);

extern template const char* add_points(AffinePoint<Secp256k1>&, const AffinePoint<Secp256k1>&);
extern template const char* add_points(AffinePoint<Secp256r1>&, const AffinePoint<Secp256r1>&);
extern template const char* add_points(AffinePoint<Bn254>&, const AffinePoint<Bn254>&);
extern template const char* add_points(AffinePoint<Bls12381>&, const AffinePoint<Bls12381>&);
extern template const char* double_point(AffinePoint<Secp256k1>&);
extern template const char* double_point(AffinePoint<Secp256r1>&);
extern template const char* double_point(AffinePoint<Bn254>&);
extern template const char* double_point(AffinePoint<Bls12381>&);

}  // namespace reprise
