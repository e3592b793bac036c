/// Keccak-f[1600]: known states, and sponges around it against OpenSSL's SHA-3.
#include "precompile/keccak_f.h"

#include <gtest/gtest.h>

#include "digest.h"

namespace reprise::testing {
namespace {

/// FIPS 202's sponge, byte by byte.
Bytes sponge(const Bytes& message, std::size_t rate, std::uint8_t suffix, std::size_t size) {
    std::array<std::uint64_t, 25> state{};
    std::size_t at = 0;
    const auto absorb = [&](std::size_t place, std::uint8_t byte) {
        state[place / 8] ^= std::uint64_t{byte} << (place % 8 * 8);
    };
    for (const std::uint8_t byte : message) {
        absorb(at, byte);
        if (++at == rate) {
            keccak_f(state);
            at = 0;
        }
    }
    absorb(at, suffix);
    absorb(rate - 1, 0x80);
    keccak_f(state);
    Bytes result(size);
    for (std::size_t i = 0; i < size; ++i)
        result[i] = static_cast<std::uint8_t>(state[i / 8] >> (i % 8 * 8));
    return result;
}

// The first lanes of the Keccak team's KeccakF-1600-IntermediateValues.txt, after one and after two
// permutations of zeros.
TEST(KeccakF, PermutesZeros) {
    std::array<std::uint64_t, 25> state{};
    keccak_f(state);
    EXPECT_EQ(state[0], 0xF1258F7940E1DDE7);
    EXPECT_EQ(state[1], 0x84D5CCF933C0478A);
    EXPECT_EQ(state[24], 0xEAF1FF7B5CECA249);
    keccak_f(state);
    EXPECT_EQ(state[0], 0x2D5C954DF96ECB3C);
    EXPECT_EQ(state[1], 0x6A332CD07057B56D);
    EXPECT_EQ(state[24], 0x20D06CD26A8FBF5C);
}

TEST(KeccakF, HashesAsSha3) {
    Random random(1);
    for (int i = 0; i < 20'000; ++i) {
        const Bytes message = random_message(random, 500);
        ASSERT_EQ(sponge(message, 136, 0x06, 32), digest(EVP_sha3_256(), message));
        ASSERT_EQ(sponge(message, 72, 0x06, 64), digest(EVP_sha3_512(), message));
    }
}

TEST(KeccakF, HashesUniformBlocksAsShake) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        for (const std::size_t size : {0, 1, 167, 168, 169, 336, 1000}) {
            const Bytes message(size, static_cast<std::uint8_t>(byte));
            ASSERT_EQ(sponge(message, 168, 0x1F, 16), digest(EVP_shake128(), message));
        }
    }
}

}  // namespace
}  // namespace reprise::testing
