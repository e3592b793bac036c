// Hints about scalars and points of secp256k1 and secp256r1.
#include "hint/ecdsa_point.h"
#include "hint/hint_functions.h"
#include "hint/hint_primes.h"
#include "hint/integer.h"
#include "hint/prime_field.h"

namespace reprise::hints {

namespace {

// Two short vectors (A1, B1), (A2, B2) with A + B λ ≡ 0 mod n, where λ is the eigenvalue of the
// endomorphism of secp256k1 and B2 = A1 (Gallant, Lambert, Vanstone: "Faster point multiplication
// on elliptic curves with efficient endomorphisms"; Guide to Elliptic Curve Cryptography, 3.5).
constexpr Limbs<2> kA1 = {0xE86C90E49284EB15, 0x3086D221A7D46BCD};
constexpr Limbs<2> kMinusB1 = {0x6F547FA90ABFE4C3, 0xE4437ED6010E8828};
constexpr Limbs<3> kA2 = {0x57C1108D9D44CFD8, 0x14CA50F7A8E2F3F6, 1};

/// a b / n, rounded to the nearest integer; all are positive.
mpz_class rounded(const mpz_class& a, const mpz_class& b, const mpz_class& n) {
    return (2 * a * b + n) / (2 * n);
}

HintRefusal ecdsa_verify(const ShortCurve& curve, Words words, Result& result) {
    const PrimeField scalars(curve.order);
    const CurvePoint key{to_integer(words.first(4)), to_integer(words.subspan(4, 4))};
    const auto s_inverse = scalars.invert(to_integer(words.subspan(16, 4)));
    if (!s_inverse) return "s: it is 0 modulo n";
    const auto point =
        double_multiply(curve, scalars.multiply(to_integer(words.subspan(8, 4)), *s_inverse),
                        scalars.multiply(to_integer(words.subspan(12, 4)), *s_inverse), key);
    if (!point) return "public key: off the curve, where ZisK gives a point in two ways";
    append_limbs(result, point->x, 4);
    append_limbs(result, point->y, 4);
    return nullptr;
}

}  // namespace

HintRefusal secp256k1_glv_decompose(Words words, Result& result) {
    const mpz_class k = to_integer(words.first(4));
    const mpz_class n = to_integer(kSecp256k1N);
    const mpz_class a1 = to_integer(kA1);
    const mpz_class minus_b1 = to_integer(kMinusB1);
    const mpz_class c1 = rounded(a1, k, n);
    const mpz_class c2 = rounded(minus_b1, k, n);
    const mpz_class k1 = k - c1 * a1 - c2 * to_integer(kA2);
    const mpz_class k2 = c1 * minus_b1 - c2 * a1;
    append_limbs(result, abs(k1), 4);
    append_limbs(result, abs(k2), 4);
    result.push_back(sgn(k1) < 0 ? 1 : 0);
    result.push_back(sgn(k2) < 0 ? 1 : 0);
    return nullptr;
}

HintRefusal secp256k1_ecdsa_verify(Words words, Result& result) {
    return ecdsa_verify(kSecp256k1, words, result);
}

HintRefusal secp256r1_ecdsa_verify(Words words, Result& result) {
    return ecdsa_verify(kSecp256r1, words, result);
}

HintRefusal input_ready(Words /*words*/, Result& /*result*/) {
    return nullptr;
}

}  // namespace reprise::hints
