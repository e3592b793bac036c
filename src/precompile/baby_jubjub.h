/// @file
/// Addition of points on the twisted Edwards curve Baby Jubjub (ERC-2494, in the form of
/// circomlib):
///
///     a x^2 + y^2 = 1 + d x^2 y^2 over the scalar field of bn254, a = 168700, d = 168696
///
///     t = x1 x2 y1 y2
///     x3 = (x1 y2 + y1 x2) / (1 + d t)
///     y3 = (y1 y2 - a x1 x2) / (1 - d t)
///
/// On points of the curve no denominator is 0, since a is a square and d none (Bernstein, Birkner,
/// Joye, Lange, Peters, Twisted Edwards curves, 2008, section 6): doubling, inverses and the
/// neutral element (0, 1) are like any other.
///
/// The reference is ZisK 1.3 and 1.4.
///
/// | operands                       | C library                    | arkworks | here    |
/// |--------------------------------|------------------------------|----------|---------|
/// | a coordinate >= p              | taken modulo p               | panics   | refused |
/// | a denominator is 0             | says so, result is undefined | panics   | refused |
/// | a point that is not on a curve | the formulas, all three                          |
#pragma once

#include "precompile/prime_field.h"

namespace reprise {

/// As it lies in guest memory.
struct BabyJubjubPoint {
    FieldElement<Bn254ScalarField> x, y;
};

/// p1 becomes p1 + p2, canonical. Answers nullptr, or what is wrong with the operands, in a few
/// words such as "p1.x is not below the modulus"; p1 is then as it was. p2 may be p1.
const char* add_points(BabyJubjubPoint& p1, const BabyJubjubPoint& p2);

}  // namespace reprise
