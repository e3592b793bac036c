/// @file
/// Integers by OpenSSL, to compare precompiles with, and operands that find bugs.
#pragma once

#include <openssl/bn.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "differential/random.h"
#include "precompile/limbs.h"

namespace reprise::testing {

/// A number that is not negative and has no bound.
class BigNumber {
public:
    template <std::size_t N>
    explicit BigNumber(const Limbs<N>& limbs)
        : BigNumber(BN_lebin2bn(reinterpret_cast<const unsigned char*>(limbs.data()), sizeof limbs,
                                nullptr)) {}

    friend BigNumber operator+(const BigNumber& a, const BigNumber& b) {
        BigNumber result(BN_new());
        check(BN_add(result.number_.get(), a.number_.get(), b.number_.get()));
        return result;
    }
    friend BigNumber operator*(const BigNumber& a, const BigNumber& b) {
        BigNumber result(BN_new());
        check(BN_mul(result.number_.get(), a.number_.get(), b.number_.get(), context()));
        return result;
    }
    friend BigNumber operator%(const BigNumber& a, const BigNumber& b) {
        BigNumber result(BN_new());
        check(BN_mod(result.number_.get(), a.number_.get(), b.number_.get(), context()));
        return result;
    }

    /// Throws if the number needs more limbs.
    template <std::size_t N>
    Limbs<N> limbs() const {
        Limbs<N> result{};
        check(BN_bn2lebinpad(number_.get(), reinterpret_cast<unsigned char*>(result.data()),
                             sizeof result) >= 0);
        return result;
    }

private:
    explicit BigNumber(BIGNUM* number) : number_(number, &BN_free) { check(number != nullptr); }

    static void check(bool fine) {
        if (!fine) throw std::runtime_error("OpenSSL does not calculate");
    }
    static BN_CTX* context() {
        static const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> result(BN_CTX_new(),
                                                                            &BN_CTX_free);
        return result.get();
    }

    std::unique_ptr<BIGNUM, decltype(&BN_free)> number_;
};

/// A number of any length, often of limbs that are all zeros, all ones or near to powers of two.
template <std::size_t N>
Limbs<N> random_operand(Random& random) {
    Limbs<N> result{};
    const std::size_t length = random.chance(70) ? N : random.below(N + 1);
    const std::uint64_t kind = random.below(3);
    for (std::size_t i = 0; i < length; ++i) {
        result[i] = kind == 0   ? random.bits()
                    : kind == 1 ? random.edge_value()
                                : random.pick({std::uint64_t{0}, ~std::uint64_t{0}});
    }
    return result;
}

/// All numbers whose limbs are 0, 1, the highest bit, or all ones.
template <std::size_t N>
std::vector<Limbs<N>> edge_operands() {
    constexpr std::uint64_t kEdges[] = {0, 1, std::uint64_t{1} << 63, ~std::uint64_t{0}};
    std::vector<Limbs<N>> result(std::size_t{1} << (2 * N));
    for (std::size_t i = 0; i < result.size(); ++i) {
        for (std::size_t limb = 0; limb < N; ++limb)
            result[i][limb] = kEdges[(i >> (2 * limb)) & 3];
    }
    return result;
}

}  // namespace reprise::testing
