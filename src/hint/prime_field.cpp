#include "hint/prime_field.h"

#include "hint/integer.h"

namespace reprise {

PrimeField::PrimeField(std::span<const std::uint64_t> prime) : prime_(to_integer(prime)) {}

mpz_class PrimeField::reduce(const mpz_class& a) const {
    mpz_class result;
    mpz_mod(result.get_mpz_t(), a.get_mpz_t(), prime_.get_mpz_t());
    return result;
}

mpz_class PrimeField::add(const mpz_class& a, const mpz_class& b) const {
    mpz_class sum = a + b;
    if (sum >= prime_) sum -= prime_;
    return sum;
}

mpz_class PrimeField::subtract(const mpz_class& a, const mpz_class& b) const {
    mpz_class difference = a - b;
    if (sgn(difference) < 0) difference += prime_;
    return difference;
}

mpz_class PrimeField::negate(const mpz_class& a) const {
    return subtract(0, a);
}

mpz_class PrimeField::multiply(const mpz_class& a, const mpz_class& b) const {
    mpz_class product = a * b;
    mpz_tdiv_r(product.get_mpz_t(), product.get_mpz_t(), prime_.get_mpz_t());
    return product;
}

mpz_class PrimeField::power(const mpz_class& a, const mpz_class& exponent) const {
    mpz_class result;
    mpz_powm(result.get_mpz_t(), a.get_mpz_t(), exponent.get_mpz_t(), prime_.get_mpz_t());
    return result;
}

std::optional<mpz_class> PrimeField::invert(const mpz_class& a) const {
    mpz_class inverse;
    if (mpz_invert(inverse.get_mpz_t(), a.get_mpz_t(), prime_.get_mpz_t()) == 0) return {};
    return inverse;
}

Fp2Element QuadraticField::reduce(const Fp2Element& a) const {
    return {base_.reduce(a.real), base_.reduce(a.imaginary)};
}

Fp2Element QuadraticField::add(const Fp2Element& a, const Fp2Element& b) const {
    return {base_.add(a.real, b.real), base_.add(a.imaginary, b.imaginary)};
}

Fp2Element QuadraticField::subtract(const Fp2Element& a, const Fp2Element& b) const {
    return {base_.subtract(a.real, b.real), base_.subtract(a.imaginary, b.imaginary)};
}

Fp2Element QuadraticField::multiply(const Fp2Element& a, const Fp2Element& b) const {
    return {base_.reduce(a.real * b.real - a.imaginary * b.imaginary),
            base_.reduce(a.real * b.imaginary + a.imaginary * b.real)};
}

Fp2Element QuadraticField::square(const Fp2Element& a) const {
    return {base_.reduce((a.real + a.imaginary) * (a.real - a.imaginary)),
            base_.reduce(2 * a.real * a.imaginary)};
}

Fp2Element QuadraticField::power(const Fp2Element& a, const mpz_class& exponent) const {
    Fp2Element result{1, 0};
    for (std::size_t bit = mpz_sizeinbase(exponent.get_mpz_t(), 2); bit-- > 0;) {
        result = square(result);
        if (mpz_tstbit(exponent.get_mpz_t(), bit) != 0) result = multiply(result, a);
    }
    return result;
}

std::optional<Fp2Element> QuadraticField::invert(const Fp2Element& a) const {
    const auto inverse = base_.invert(base_.reduce(a.real * a.real + a.imaginary * a.imaginary));
    if (!inverse) return {};
    return Fp2Element{base_.multiply(a.real, *inverse),
                      base_.multiply(base_.negate(a.imaginary), *inverse)};
}

}  // namespace reprise
