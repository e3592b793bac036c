/// Numbers of OpenSSL's libcrypto, and random limbs: the second implementation that the guests'
/// accelerators are compared with.
#pragma once

#include <openssl/bn.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

namespace reprise::testing {

/// How many random inputs a test takes: those of the environment's ROUNDS, `by_default` without.
inline int rounds(int by_default) {
    const char* const wanted = std::getenv("ROUNDS");
    return wanted ? std::atoi(wanted) : by_default;
}

using Limbs = std::vector<std::uint64_t>;

class Big {
public:
    explicit Big(std::uint64_t value = 0) : number_(BN_new()) { must(BN_set_word(get(), value)); }
    explicit Big(std::span<const std::uint64_t> limbs) : Big() {
        const auto* bytes = reinterpret_cast<const unsigned char*>(limbs.data());
        must(BN_lebin2bn(bytes, static_cast<int>(limbs.size_bytes()), get()) != nullptr);
    }
    Big(const Big& other) : Big() { must(BN_copy(get(), other.get()) != nullptr); }
    Big(Big&&) = default;
    Big& operator=(const Big& other) {
        must(BN_copy(get(), other.get()) != nullptr);
        return *this;
    }

    BIGNUM* get() const { return number_.get(); }

    /// In `count` limbs, in which it has to fit.
    Limbs limbs(std::size_t count) const {
        Limbs result(count);
        must(BN_bn2lebinpad(get(), reinterpret_cast<unsigned char*>(result.data()),
                            static_cast<int>(count * 8)) >= 0);
        return result;
    }

    friend bool operator==(const Big& a, const Big& b) { return BN_cmp(a.get(), b.get()) == 0; }
    friend bool operator<(const Big& a, const Big& b) { return BN_cmp(a.get(), b.get()) < 0; }
    friend Big operator*(const Big& a, const Big& b) {
        Big result;
        must(BN_mul(result.get(), a.get(), b.get(), context()));
        return result;
    }
    friend Big operator+(const Big& a, const Big& b) {
        Big result;
        must(BN_add(result.get(), a.get(), b.get()));
        return result;
    }
    friend Big operator-(const Big& a, const Big& b) {
        Big result;
        must(BN_sub(result.get(), a.get(), b.get()));
        return result;
    }
    /// Never negative.
    friend Big operator%(const Big& a, const Big& modulus) {
        Big result;
        must(BN_nnmod(result.get(), a.get(), modulus.get(), context()));
        return result;
    }
    Big inverse(const Big& modulus) const {
        Big result;
        must(BN_mod_inverse(result.get(), get(), modulus.get(), context()) != nullptr);
        return result;
    }
    Big power(const Big& exponent, const Big& modulus) const {
        Big result;
        must(BN_mod_exp(result.get(), get(), exponent.get(), modulus.get(), context()));
        return result;
    }

    static BN_CTX* context() {
        static const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(),
                                                                             &BN_CTX_free);
        return context.get();
    }

private:
    struct Free {
        void operator()(BIGNUM* number) const { BN_free(number); }
    };

    static void must(bool done) {
        if (!done) throw std::runtime_error("libcrypto refuses");
    }

    std::unique_ptr<BIGNUM, Free> number_;
};

/// Limbs at random, every second time with many zeros or ones in them.
class RandomLimbs {
public:
    explicit RandomLimbs(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

    Limbs any(std::size_t count) {
        Limbs limbs(count);
        const bool odd = below(2) == 0;
        for (std::uint64_t& limb : limbs)
            limb = odd ? edge() : engine_();
        return limbs;
    }

    /// Below the modulus, often near 0 or it.
    Limbs element(const Limbs& modulus) {
        const Big bound(modulus);
        const Big small(below(3));
        switch (below(8)) {
            case 0: return small.limbs(modulus.size());
            case 1: return (bound - Big(1) - small).limbs(modulus.size());
            default: return (Big(any(modulus.size())) % bound).limbs(modulus.size());
        }
    }

private:
    std::uint64_t edge() {
        switch (below(5)) {
            case 0: return 0;
            case 1: return ~std::uint64_t{0};
            case 2: return 1;
            case 3: return std::uint64_t{1} << 63;
            default: return engine_();
        }
    }

    std::mt19937_64 engine_;
};

}  // namespace reprise::testing
