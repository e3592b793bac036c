/// @file
/// Arithmetic modulo a prime, and in its extension by a root of -1, with GMP's integers: for hints,
/// where some microseconds a call are fine.
#pragma once

#include <gmpxx.h>

#include <cstdint>
#include <optional>
#include <span>

namespace reprise {

/// Fp. Elements are integers from 0 to p - 1; what operations return is one.
class PrimeField {
public:
    /// p, an odd prime, as limbs.
    explicit PrimeField(std::span<const std::uint64_t> prime);

    [[nodiscard]] const mpz_class& prime() const { return prime_; }
    /// Of any integer.
    [[nodiscard]] mpz_class reduce(const mpz_class& a) const;
    [[nodiscard]] mpz_class add(const mpz_class& a, const mpz_class& b) const;
    [[nodiscard]] mpz_class subtract(const mpz_class& a, const mpz_class& b) const;
    [[nodiscard]] mpz_class negate(const mpz_class& a) const;
    [[nodiscard]] mpz_class multiply(const mpz_class& a, const mpz_class& b) const;
    /// exponent >= 0.
    [[nodiscard]] mpz_class power(const mpz_class& a, const mpz_class& exponent) const;
    /// Nothing for 0.
    [[nodiscard]] std::optional<mpz_class> invert(const mpz_class& a) const;

private:
    mpz_class prime_;
};

/// real + imaginary i, with i² = -1.
struct Fp2Element {
    mpz_class real;
    mpz_class imaginary;
    bool operator==(const Fp2Element&) const = default;
};

/// Fp2 = Fp[i]/(i² + 1), a field if p ≡ 3 mod 4.
class QuadraticField {
public:
    explicit QuadraticField(std::span<const std::uint64_t> prime) : base_(prime) {}

    [[nodiscard]] const PrimeField& base() const { return base_; }
    [[nodiscard]] Fp2Element reduce(const Fp2Element& a) const;
    [[nodiscard]] Fp2Element add(const Fp2Element& a, const Fp2Element& b) const;
    [[nodiscard]] Fp2Element subtract(const Fp2Element& a, const Fp2Element& b) const;
    [[nodiscard]] Fp2Element multiply(const Fp2Element& a, const Fp2Element& b) const;
    [[nodiscard]] Fp2Element square(const Fp2Element& a) const;
    /// exponent >= 0.
    [[nodiscard]] Fp2Element power(const Fp2Element& a, const mpz_class& exponent) const;
    /// Nothing for 0.
    [[nodiscard]] std::optional<Fp2Element> invert(const Fp2Element& a) const;

private:
    PrimeField base_;
};

}  // namespace reprise
