/// BLAKE2s's rounds: RFC 7693's example, and whole hashes against OpenSSL's.
#include "precompile/blake2s_rounds.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "digest.h"

namespace reprise::testing {
namespace {

using Words = std::array<std::uint32_t, 16>;

/// RFC 7693, section 2.6.
constexpr std::array<std::uint32_t, 8> kInitial = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                                   0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

/// F: RFC 7693, section 3.2.
void compress(std::array<std::uint32_t, 8>& h, const Limbs<8>& message, std::size_t bytes,
              bool last) {
    Words words{};
    std::copy(h.begin(), h.end(), words.begin());
    std::copy(kInitial.begin(), kInitial.end(), words.begin() + 8);
    words[12] ^= static_cast<std::uint32_t>(bytes);
    if (last) words[14] = ~words[14];
    auto v = std::bit_cast<Limbs<8>>(words);
    blake2s_rounds(v, message);
    words = std::bit_cast<Words>(v);
    for (std::size_t i = 0; i < 8; ++i)
        h[i] ^= words[i] ^ words[i + 8];
}

/// BLAKE2s with 32 bytes of output and no key: RFC 7693, section 3.3.
Bytes hash(const Bytes& message) {
    auto h = kInitial;
    h[0] ^= 0x01010020;
    std::size_t done = 0;
    do {
        const std::size_t size = std::min<std::size_t>(64, message.size() - done);
        Limbs<8> block{};
        if (size > 0) std::memcpy(block.data(), &message[done], size);
        done += size;
        compress(h, block, done, done == message.size());
    } while (done < message.size());
    Bytes result(32);
    std::memcpy(result.data(), h.data(), 32);
    return result;
}

/// v of RFC 7693's appendix B, "abc", before round 0 and after round 9.
constexpr Limbs<8> kBefore = {0xBB67AE856B08E647, 0xA54FF53A3C6EF372, 0x9B05688C510E527F,
                              0x5BE0CD191F83D9AB, 0xBB67AE856A09E667, 0xA54FF53A3C6EF372,
                              0x9B05688C510E527C, 0x5BE0CD19E07C2654};
constexpr Limbs<8> kAfter = {0xCFEC3AA6D9C994AA, 0x2C38670E700D0AB2, 0x1D023EF3AF6A1F66,
                             0x945357A51D9EC27D, 0x969FE8113E9FFEBD, 0xA632797AEF485E21,
                             0xAF3D80E1DEEF082E, 0x4DEAFD3A4E86829B};

TEST(Blake2sRounds, AreThoseOfTheRfc) {
    Limbs<8> v = kBefore;
    blake2s_rounds(v, {0x636261});
    EXPECT_EQ(v, kAfter);
}

TEST(Blake2sRounds, HashAsOpenSsl) {
    EXPECT_EQ(hash(bytes_of("abc")), digest(EVP_blake2s256(), bytes_of("abc")));
    Random random(1);
    for (int i = 0; i < 60'000; ++i) {  // of 100,000 blocks and more
        const Bytes message = random_message(random, 300);
        ASSERT_EQ(hash(message), digest(EVP_blake2s256(), message));
    }
    for (unsigned byte = 0; byte < 256; ++byte) {
        for (const std::size_t size : {0, 1, 63, 64, 65, 128}) {
            const Bytes message(size, static_cast<std::uint8_t>(byte));
            ASSERT_EQ(hash(message), digest(EVP_blake2s256(), message));
        }
    }
}

TEST(Blake2sRounds, MayReadTheirMessageFromTheirState) {
    Limbs<8> v = kBefore, expected = kBefore;
    blake2s_rounds(v, v);
    blake2s_rounds(expected, kBefore);
    EXPECT_EQ(v, expected);
}

}  // namespace
}  // namespace reprise::testing
