/// BLAKE3's rounds: published hashes, and the specification written a second time.
#include "precompile/blake3_rounds.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "digest.h"

namespace reprise::testing {
namespace {

using Words = std::array<std::uint32_t, 16>;

/// The compression function's loop as the specification has it: the message is permuted in place.
Words rounds_by_the_specification(Words v, Words message) {
    const auto rotate = [](std::uint32_t word, unsigned bits) {
        return word >> bits | word << (32 - bits);
    };
    const auto g = [&](unsigned a, unsigned b, unsigned c, unsigned d, unsigned i) {
        v[a] = v[a] + v[b] + message[2 * i];
        v[d] = rotate(v[d] ^ v[a], 16);
        v[c] = v[c] + v[d];
        v[b] = rotate(v[b] ^ v[c], 12);
        v[a] = v[a] + v[b] + message[2 * i + 1];
        v[d] = rotate(v[d] ^ v[a], 8);
        v[c] = v[c] + v[d];
        v[b] = rotate(v[b] ^ v[c], 7);
    };
    constexpr unsigned kFrom[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    for (int round = 0; round < 7; ++round) {
        for (unsigned i = 0; i < 4; ++i)
            g(i, 4 + i, 8 + i, 12 + i, i);
        for (unsigned i = 0; i < 4; ++i)
            g(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, 4 + i);
        const Words before = message;
        for (unsigned i = 0; i < 16; ++i)
            message[i] = before[kFrom[i]];
    }
    return v;
}

constexpr std::uint32_t kInitial[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                       0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

/// The hash, in hexadecimal digits, of a message of one chunk: 1024 bytes at most.
std::string hash(const Bytes& message) {
    std::array<std::uint32_t, 8> chaining;
    std::copy(std::begin(kInitial), std::end(kInitial), chaining.begin());
    std::size_t done = 0;
    do {
        const std::size_t size = std::min<std::size_t>(64, message.size() - done);
        Limbs<8> block{};
        if (size > 0) std::memcpy(block.data(), &message[done], size);
        const bool is_first = done == 0;
        done += size;
        const bool is_last = done == message.size();
        Words words{};
        std::copy(chaining.begin(), chaining.end(), words.begin());
        std::copy(kInitial, kInitial + 4, words.begin() + 8);
        words[14] = static_cast<std::uint32_t>(size);
        words[15] = (is_first ? 1U : 0U) | (is_last ? 2U | 8U : 0U);  // start, end, root
        auto v = std::bit_cast<Limbs<8>>(words);
        blake3_rounds(v, block);
        words = std::bit_cast<Words>(v);
        for (unsigned i = 0; i < 8; ++i)
            chaining[i] = words[i] ^ words[i + 8];
    } while (done < message.size());
    std::string digits;
    for (const std::uint8_t byte : std::bit_cast<std::array<std::uint8_t, 32>>(chaining)) {
        digits += "0123456789abcdef"[byte >> 4];
        digits += "0123456789abcdef"[byte & 15];
    }
    return digits;
}

// Source: BLAKE3's test_vectors.json, whose messages are these; "abc": b3sum.
TEST(Blake3Rounds, HashAsPublished) {
    const auto counting = [](std::size_t size) {
        Bytes message(size);
        for (std::size_t i = 0; i < size; ++i)
            message[i] = static_cast<std::uint8_t>(i % 251);
        return message;
    };
    EXPECT_EQ(hash({}), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    EXPECT_EQ(hash(counting(1)),
              "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213");
    EXPECT_EQ(hash(counting(1024)),
              "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7");
    EXPECT_EQ(hash(bytes_of("abc")),
              "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
}

TEST(Blake3Rounds, AreThoseOfTheSpecification) {
    Random random(1);
    for (int i = 0; i < 200'000; ++i) {
        Limbs<8> v, message;
        for (std::uint64_t& limb : v)
            limb = i % 2 == 0 ? random.bits() : random.edge_value();
        for (std::uint64_t& limb : message)
            limb = i % 4 < 2 ? random.bits() : random.edge_value();
        const Words expected =
            rounds_by_the_specification(std::bit_cast<Words>(v), std::bit_cast<Words>(message));
        blake3_rounds(v, message);
        ASSERT_EQ(std::bit_cast<Words>(v), expected);
    }
}

TEST(Blake3Rounds, MayReadTheirMessageFromTheirState) {
    Limbs<8> v = {1, 2, 3, 4, 5, 6, 7, 8};
    const Words expected =
        rounds_by_the_specification(std::bit_cast<Words>(v), std::bit_cast<Words>(v));
    blake3_rounds(v, v);
    EXPECT_EQ(std::bit_cast<Words>(v), expected);
}

}  // namespace
}  // namespace reprise::testing
