// Integers of OpenSSL: what the hints, which compute with GMP, are compared with.
#pragma once

#include <openssl/bn.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace reprise::test {

inline BN_CTX* bn_context() {
    static const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
    return context.get();
}

class Big {
public:
    Big() : number_(BN_new(), BN_free) {}
    Big(std::uint64_t value) : Big() { BN_set_word(get(), value); }  // NOLINT: as integers convert
    Big(const Big& other) : Big() { BN_copy(get(), other.get()); }
    Big(Big&&) = default;
    Big& operator=(Big other) {
        std::swap(number_, other.number_);
        return *this;
    }
    explicit Big(std::span<const std::uint64_t> limbs) : Big() {
        static_assert(sizeof(BN_ULONG) == 8);
        BN_lebin2bn(reinterpret_cast<const unsigned char*>(limbs.data()),
                    static_cast<int>(limbs.size() * 8), get());
    }
    static Big hex(const char* digits) {
        Big big;
        BIGNUM* number = big.get();
        BN_hex2bn(&number, digits);
        return big;
    }

    BIGNUM* get() const { return number_.get(); }
    std::vector<std::uint64_t> limbs(std::size_t count) const {
        std::vector<std::uint64_t> words(count);
        BN_bn2lebinpad(get(), reinterpret_cast<unsigned char*>(words.data()),
                       static_cast<int>(count * 8));
        return words;
    }
    std::size_t bits() const { return static_cast<std::size_t>(BN_num_bits(get())); }
    bool bit(std::size_t index) const { return BN_is_bit_set(get(), static_cast<int>(index)) != 0; }

    friend bool operator==(const Big& a, const Big& b) { return BN_cmp(a.get(), b.get()) == 0; }
    friend bool operator<(const Big& a, const Big& b) { return BN_cmp(a.get(), b.get()) < 0; }
    friend Big operator+(const Big& a, const Big& b) {
        Big sum;
        BN_add(sum.get(), a.get(), b.get());
        return sum;
    }
    friend Big operator-(const Big& a, const Big& b) {
        Big difference;
        BN_sub(difference.get(), a.get(), b.get());
        return difference;
    }
    friend Big operator*(const Big& a, const Big& b) {
        Big product;
        BN_mul(product.get(), a.get(), b.get(), bn_context());
        return product;
    }
    friend Big operator/(const Big& a, const Big& b) {
        Big quotient;
        BN_div(quotient.get(), nullptr, a.get(), b.get(), bn_context());
        return quotient;
    }
    /// Never negative.
    friend Big operator%(const Big& a, const Big& b) {
        Big remainder;
        BN_nnmod(remainder.get(), a.get(), b.get(), bn_context());
        return remainder;
    }
    static Big power(const Big& base, const Big& exponent, const Big& modulus) {
        Big result;
        BN_mod_exp(result.get(), base.get(), exponent.get(), modulus.get(), bn_context());
        return result;
    }

private:
    std::unique_ptr<BIGNUM, decltype(&BN_free)> number_;
};

using Words = std::vector<std::uint64_t>;

inline Words join(std::initializer_list<Words> parts) {
    Words all;
    for (const Words& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

inline Big part(const Words& words, std::size_t first, std::size_t count) {
    return Big(std::span(words).subspan(first, count));
}

/// Operands: most of them any number of their size, the others at the edges.
class Operands {
public:
    explicit Operands(std::uint64_t seed) : random_(seed) {}

    std::uint64_t word() { return random_(); }
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    Words words(std::size_t count) {
        Words result(count);
        for (std::uint64_t& one : result)
            one = below(8) == 0 ? 0 : word() >> below(64) * below(2);
        return result;
    }
    /// Less than the modulus.
    Words reduced(const Big& modulus, std::size_t count) {
        return (Big(std::span<const std::uint64_t>(words(count))) % modulus).limbs(count);
    }
    /// 0, 1, modulus - 1, modulus, modulus + 1 or all ones one time in ten; else any.
    Words number(const Big& modulus, std::size_t count) {
        const Big edges[] = {0, 1, modulus - 1, modulus, modulus + 1};
        const std::uint64_t choice = below(60);
        if (choice == 5) return Words(count, ~std::uint64_t{0});
        return choice < 5 ? edges[choice].limbs(count) : words(count);
    }

private:
    std::mt19937_64 random_;
};

}  // namespace reprise::test
