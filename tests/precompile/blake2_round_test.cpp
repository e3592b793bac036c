/// BLAKE2b's round: RFC 7693's example, and whole hashes against OpenSSL's.
#include "precompile/blake2_round.h"

#include <gtest/gtest.h>

#include <cstring>

#include "digest.h"

namespace reprise::testing {
namespace {

/// RFC 7693, section 2.6.
constexpr Limbs<8> kInitial = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B,
                               0xA54FF53A5F1D36F1, 0x510E527FADE682D1, 0x9B05688C2B3E6C1F,
                               0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};

/// F: RFC 7693, section 3.2.
void compress(Limbs<8>& h, const Limbs<16>& message, std::uint64_t bytes, bool last) {
    Limbs<16> v;
    std::copy(h.begin(), h.end(), v.begin());
    std::copy(kInitial.begin(), kInitial.end(), v.begin() + 8);
    v[12] ^= bytes;
    if (last) v[14] = ~v[14];
    for (std::uint64_t i = 0; i < 12; ++i)
        ASSERT_EQ(blake2_round(i % 10, v, message), nullptr);
    for (std::size_t i = 0; i < 8; ++i)
        h[i] ^= v[i] ^ v[i + 8];
}

/// BLAKE2b with 64 bytes of output and no key: RFC 7693, section 3.3.
Bytes hash(const Bytes& message) {
    Limbs<8> h = kInitial;
    h[0] ^= 0x01010040;
    std::size_t done = 0;
    do {
        const std::size_t size = std::min<std::size_t>(128, message.size() - done);
        Limbs<16> block{};
        if (size > 0) std::memcpy(block.data(), &message[done], size);
        done += size;
        compress(h, block, done, done == message.size());
    } while (done < message.size());
    Bytes result(64);
    std::memcpy(result.data(), h.data(), 64);
    return result;
}

/// v of RFC 7693's appendix A, "abc", before round 0 and after it.
constexpr Limbs<16> kBefore = {
    0x6A09E667F2BDC948, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
    0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
    0x510E527FADE682D2, 0x9B05688C2B3E6C1F, 0xE07C265404BE4294, 0x5BE0CD19137E2179};
constexpr Limbs<16> kAfter = {
    0x86B7C1568029BB79, 0xC12CBCC809FF59F3, 0xC6A5214CC0EACA8E, 0x0C87CD524C14CC5D,
    0x44EE6039BD86A9F7, 0xA447C850AA694A7E, 0xDE080F1BB1C0F84B, 0x595CB8A9A1ACA66C,
    0xBEC3AE837EAC4887, 0x6267FC79DF9D6AD1, 0xFA87B01273FA6DBE, 0x521A715C63E08D8A,
    0xE02D0975B8D37A83, 0x1C7B754F08B7D193, 0x8F885A76B6E578FE, 0x2318A24E2140FC64};

TEST(Blake2Round, IsThatOfTheRfc) {
    Limbs<16> v = kBefore;
    ASSERT_EQ(blake2_round(0, v, {0x636261}), nullptr);
    EXPECT_EQ(v, kAfter);
}

TEST(Blake2Round, HashesAsOpenSsl) {
    EXPECT_EQ(hash(bytes_of("abc")), digest(EVP_blake2b512(), bytes_of("abc")));
    Random random(1);
    for (int i = 0; i < 10'000; ++i) {
        const Bytes message = random_message(random, 400);
        ASSERT_EQ(hash(message), digest(EVP_blake2b512(), message));
    }
    for (unsigned byte = 0; byte < 256; ++byte) {
        for (const std::size_t size : {0, 1, 127, 128, 129, 256}) {
            const Bytes message(size, static_cast<std::uint8_t>(byte));
            ASSERT_EQ(hash(message), digest(EVP_blake2b512(), message));
        }
    }
}

TEST(Blake2Round, RefusesRoundsThatAreNone) {
    for (const std::uint64_t index : {10ULL, 11ULL, 16ULL, 1ULL << 32, ~0ULL}) {
        Limbs<16> v = kBefore;
        EXPECT_STREQ(blake2_round(index, v, kAfter), "index");
        EXPECT_EQ(v, kBefore);
    }
}

TEST(Blake2Round, MayReadItsMessageFromItsState) {
    Limbs<16> v = kBefore;
    Limbs<16> expected = kBefore;
    ASSERT_EQ(blake2_round(3, v, v), nullptr);
    ASSERT_EQ(blake2_round(3, expected, kBefore), nullptr);
    EXPECT_EQ(v, expected);
}

}  // namespace
}  // namespace reprise::testing
