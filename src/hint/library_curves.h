/// @file
/// u G + v K on curves, by the libraries that are fastest at it. See ShortCurve::multiply.
#pragma once

#include <gmpxx.h>

#include "hint/ecdsa_point.h"

namespace reprise::hints {

/// By libsecp256k1.
CurvePoint multiply_on_secp256k1(const ShortCurve& curve, const mpz_class& u, const mpz_class& v,
                                 const CurvePoint& key);
/// By OpenSSL, which has code for this curve of its own.
CurvePoint multiply_on_secp256r1(const ShortCurve& curve, const mpz_class& u, const mpz_class& v,
                                 const CurvePoint& key);

}  // namespace reprise::hints
