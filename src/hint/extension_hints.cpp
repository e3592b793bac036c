// Hints in Fp2: inverses, square roots, lines through points of a twist.
#include "hint/hint_functions.h"
#include "hint/hint_primes.h"
#include "hint/integer.h"
#include "hint/prime_field.h"

namespace reprise::hints {

namespace {

template <std::size_t N>
Fp2Element element_at(Words words, std::size_t first) {
    return {to_integer(words.subspan(first, N)), to_integer(words.subspan(first + N, N))};
}

template <std::size_t N>
void append(Result& result, const Fp2Element& a) {
    append_limbs(result, a.real, N);
    append_limbs(result, a.imaginary, N);
}

bool is_element(const PrimeField& field, const Fp2Element& a) {
    return a.real < field.prime() && a.imaginary < field.prime();
}

template <std::size_t N>
HintRefusal invert(const Limbs<N>& prime, Words words, Result& result) {
    const QuadraticField field(prime);
    const auto a = element_at<N>(words, 0);
    if (a.imaginary > field.base().prime()) return "a: its imaginary part is greater than p";
    const auto inverse = field.invert(field.reduce(a));
    if (!inverse) return "a: 0 has no inverse";
    append<N>(result, *inverse);
    return nullptr;
}

/// The line y = λ x + µ with this λ through a point.
template <std::size_t N>
void append_line(Result& result, const QuadraticField& field, const Fp2Element& slope,
                 const Fp2Element& x, const Fp2Element& y) {
    append<N>(result, slope);
    append<N>(result, field.subtract(y, field.multiply(slope, x)));
}

template <std::size_t N>
HintRefusal add_line(const Limbs<N>& prime, Words words, Result& result) {
    const QuadraticField field(prime);
    const auto x1 = element_at<N>(words, 0);
    const auto y1 = element_at<N>(words, 2 * N);
    const auto x2 = element_at<N>(words, 4 * N);
    const auto y2 = element_at<N>(words, 6 * N);
    if (!is_element(field.base(), x1) || !is_element(field.base(), y1)) {
        return "first point: a coordinate is not less than p";
    }
    if (!is_element(field.base(), x2) || !is_element(field.base(), y2)) {
        return "second point: a coordinate is not less than p";
    }
    const auto inverse = field.invert(field.subtract(x2, x1));
    if (!inverse) return "points: they have the same x";
    append_line<N>(result, field, field.multiply(field.subtract(y2, y1), *inverse), x1, y1);
    return nullptr;
}

template <std::size_t N>
HintRefusal double_line(const Limbs<N>& prime, Words words, Result& result) {
    const QuadraticField field(prime);
    const auto x = element_at<N>(words, 0);
    const auto y = element_at<N>(words, 2 * N);
    if (!is_element(field.base(), x) || !is_element(field.base(), y)) {
        return "point: a coordinate is not less than p";
    }
    const auto inverse = field.invert(field.add(y, y));
    if (!inverse) return "point: its y is 0";
    const Fp2Element numerator = field.multiply({3, 0}, field.square(x));
    append_line<N>(result, field, field.multiply(numerator, *inverse), x, y);
    return nullptr;
}

struct Root {
    enum { kNone, kExists, kUncertain } kind;
    Fp2Element value;
};

/// Algorithm 9 of Adj and Rodríguez-Henríquez, "Square root computation over even extension fields"
/// (eprint 2012/685), which ZisK names: it decides which of the two roots is given. Its step 9 is
/// where ZisK's two sides part.
Root square_root(const QuadraticField& field, const Fp2Element& a) {
    const mpz_class& p = field.base().prime();
    const Fp2Element minus_one{p - 1, 0};
    const Fp2Element a1 = field.power(a, (p - 3) / 4);
    const Fp2Element x0 = field.multiply(a1, a);
    const Fp2Element alpha = field.multiply(a1, x0);
    const Fp2Element conjugate{alpha.real, field.base().negate(alpha.imaginary)};
    if (field.multiply(conjugate, alpha) == minus_one) return {Root::kNone, {}};
    if (alpha == minus_one) return {Root::kUncertain, {}};
    const Fp2Element b = field.power(field.add({1, 0}, alpha), (p - 1) / 2);
    return {Root::kExists, field.multiply(b, x0)};
}

}  // namespace

HintRefusal bn254_fp2_inv(Words words, Result& result) {
    return invert(kBn254P, words, result);
}

HintRefusal bls12_381_fp2_inv(Words words, Result& result) {
    return invert(kBls12381P, words, result);
}

HintRefusal bls12_381_fp2_sqrt(Words words, Result& result) {
    const QuadraticField field(kBls12381P);
    const Fp2Element a = field.reduce(element_at<6>(words, 0));
    Root root = square_root(field, a);
    const bool exists = root.kind != Root::kNone;
    if (!exists) root = square_root(field, field.multiply(a, {1, 1}));
    if (root.kind == Root::kUncertain) return "a: its root is one that ZisK gives in two ways";
    result.push_back(exists ? 1 : 0);
    append<6>(result, root.value);
    return nullptr;
}

HintRefusal bn254_twist_add_line_coeffs(Words words, Result& result) {
    return add_line(kBn254P, words, result);
}

HintRefusal bls12_381_twist_add_line_coeffs(Words words, Result& result) {
    return add_line(kBls12381P, words, result);
}

HintRefusal bn254_twist_dbl_line_coeffs(Words words, Result& result) {
    return double_line(kBn254P, words, result);
}

HintRefusal bls12_381_twist_dbl_line_coeffs(Words words, Result& result) {
    return double_line(kBls12381P, words, result);
}

}  // namespace reprise::hints
