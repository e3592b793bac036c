/// SHA-256's compression function: FIPS 180's example, and whole hashes against OpenSSL's.
#include "precompile/sha256_compress.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "digest.h"

namespace reprise::testing {
namespace {

/// The initial state (FIPS 180-4, section 5.3.3) as it lies in guest memory.
constexpr Limbs<4> kInitial = {0xBB67AE856A09E667, 0xA54FF53A3C6EF372, 0x9B05688C510E527F,
                               0x5BE0CD191F83D9AB};

/// FIPS 180-4's padding and loop.
Bytes hash(Bytes message) {
    const std::uint64_t bits = message.size() * 8;
    message.push_back(0x80);
    while (message.size() % 64 != 56)
        message.push_back(0);
    for (int shift = 56; shift >= 0; shift -= 8)
        message.push_back(static_cast<std::uint8_t>(bits >> shift));
    Limbs<4> state = kInitial;
    for (std::size_t i = 0; i < message.size(); i += 64) {
        Limbs<8> block;
        std::memcpy(block.data(), &message[i], sizeof block);
        sha256_compress(state, block);
    }
    Bytes result;
    for (std::size_t i = 0; i < 8; ++i) {
        const auto word = static_cast<std::uint32_t>(state[i / 2] >> (i % 2 * 32));
        for (int shift = 24; shift >= 0; shift -= 8)
            result.push_back(static_cast<std::uint8_t>(word >> shift));
    }
    return result;
}

// FIPS 180's example: the message "abc" in one block.
TEST(Sha256Compress, HashesAbc) {
    Limbs<4> state = kInitial;
    sha256_compress(state, {0x0000'0000'8063'6261, 0, 0, 0, 0, 0, 0, std::uint64_t{0x18} << 56});
    EXPECT_EQ(state, (Limbs<4>{0x8F01CFEA'BA7816BF, 0x5DAE2223'414140DE, 0x96177A9C'B00361A3,
                               0xF20015AD'B410FF61}));
}

TEST(Sha256Compress, HashesAsOpenSsl) {
    Random random(1);
    for (int i = 0; i < 20'000; ++i) {
        const Bytes message = random_message(random, 640);
        ASSERT_EQ(hash(message), digest(EVP_sha256(), message));
    }
}

TEST(Sha256Compress, HashesUniformBlocksAsOpenSsl) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        for (std::size_t size = 0; size < 130; ++size) {
            const Bytes message(size, static_cast<std::uint8_t>(byte));
            ASSERT_EQ(hash(message), digest(EVP_sha256(), message));
        }
    }
}

// States that no message is known to reach: SHA-256 by FIPS 180-4's formulas. Its constants are
// the fractions of the cube roots of primes.
class Formulas {
public:
    Formulas() {
        std::size_t found = 0;
        for (std::uint32_t candidate = 2; found < constants_.size(); ++candidate) {
            bool prime = true;
            for (std::uint32_t divisor = 2; divisor * divisor <= candidate; ++divisor)
                prime = prime && candidate % divisor != 0;
            if (prime) constants_[found++] = fraction_of_cube_root(candidate);
        }
    }

    void compress(std::array<std::uint32_t, 8>& state,
                  const std::array<std::uint32_t, 16>& block) const {
        std::array<std::uint32_t, 64> w;
        std::copy(block.begin(), block.end(), w.begin());
        for (std::size_t t = 16; t < 64; ++t) {
            const std::uint32_t x = w[t - 15];
            const std::uint32_t y = w[t - 2];
            w[t] = (std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10)) + w[t - 7] +
                   (std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3)) + w[t - 16];
        }
        auto [a, b, c, d, e, f, g, h] = state;
        for (std::size_t t = 0; t < 64; ++t) {
            const std::uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                     ((e & f) ^ (~e & g)) + constants_[t] + w[t];
            const std::uint32_t t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) +
                                     ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
        }
        const std::array<std::uint32_t, 8> sums = {a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < 8; ++i)
            state[i] += sums[i];
    }

private:
    /// The first 32 bits of the fraction: the largest x with x^3 <= n * 2^96, without its integer.
    static std::uint32_t fraction_of_cube_root(std::uint32_t n) {
        long double root = std::cbrt(static_cast<long double>(n));
        return static_cast<std::uint32_t>((root - std::floor(root)) * 0x1p32L);
    }

    std::array<std::uint32_t, 64> constants_{};
};

TEST(Sha256Compress, AgreesWithTheFormulasOnAnyState) {
    const Formulas formulas;
    Random random(2);
    for (int i = 0; i < 100'000; ++i) {
        Limbs<4> state;
        Limbs<8> block;
        const bool edges = random.chance(50);
        for (std::uint64_t& limb : state)
            limb = edges ? random.edge_value() : random.bits();
        for (std::uint64_t& limb : block)
            limb = edges ? random.edge_value() : random.bits();
        std::array<std::uint32_t, 8> expected;
        std::array<std::uint32_t, 16> words;
        std::memcpy(expected.data(), state.data(), sizeof state);
        std::memcpy(words.data(), block.data(), sizeof block);
        for (std::uint32_t& word : words)
            word = __builtin_bswap32(word);
        formulas.compress(expected, words);
        sha256_compress(state, block);
        ASSERT_EQ(std::memcmp(state.data(), expected.data(), sizeof state), 0);
    }
}

}  // namespace
}  // namespace reprise::testing
