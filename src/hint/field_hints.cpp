// Hints in prime fields: inverses and square roots.
#include "hint/hint_functions.h"
#include "hint/hint_primes.h"
#include "hint/integer.h"
#include "hint/prime_field.h"

namespace reprise::hints {

namespace {

template <std::size_t N>
HintRefusal invert(const Limbs<N>& prime, Words words, Result& result) {
    const PrimeField field(prime);
    const auto inverse = field.invert(to_integer(words.first(N)));
    if (!inverse) return "a: 0 has no inverse";
    append_limbs(result, *inverse, N);
    return nullptr;
}

struct Root {
    bool exists;
    mpz_class value;  ///< of a, or of a times the non-residue
};

/// For p ≡ 3 mod 4, where a^((p+1)/4) is a root if there is one (Handbook of Applied Cryptography,
/// 3.36). As in ZisK, an a that is not reduced equals no square.
Root square_root(const PrimeField& field, const mpz_class& a, unsigned non_residue) {
    const mpz_class exponent = (field.prime() + 1) / 4;
    mpz_class root = field.power(a, exponent);
    if (field.multiply(root, root) == a) return {true, root};
    return {false, field.power(a * non_residue, exponent)};
}

}  // namespace

HintRefusal secp256k1_fp_inv(Words words, Result& result) {
    return invert(kSecp256k1P, words, result);
}

HintRefusal secp256k1_fn_inv(Words words, Result& result) {
    return invert(kSecp256k1N, words, result);
}

HintRefusal secp256r1_fn_inv(Words words, Result& result) {
    return invert(kSecp256r1N, words, result);
}

HintRefusal bn254_fp_inv(Words words, Result& result) {
    return invert(kBn254P, words, result);
}

HintRefusal bls12_381_fp_inv(Words words, Result& result) {
    return invert(kBls12381P, words, result);
}

HintRefusal secp256k1_fp_sqrt(Words words, Result& result) {
    const PrimeField field(kSecp256k1P);
    const std::uint64_t parity = words[4];
    const Root root = square_root(field, to_integer(words.first(4)), 3);
    const bool as_asked = static_cast<std::uint64_t>(mpz_odd_p(root.value.get_mpz_t())) == parity;
    result.push_back(root.exists ? 1 : 0);
    append_limbs(result, as_asked ? root.value : field.negate(root.value), 4);
    return nullptr;
}

HintRefusal bls12_381_fp_sqrt(Words words, Result& result) {
    const PrimeField field(kBls12381P);
    const Root root = square_root(field, to_integer(words.first(6)), 2);
    result.push_back(root.exists ? 1 : 0);
    append_limbs(result, root.value, 6);
    return nullptr;
}

}  // namespace reprise::hints
