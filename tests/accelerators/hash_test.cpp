/// The hashes' inner functions in software, against libcrypto's hashes.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "big.h"
#include "library.h"

namespace reprise::testing {
namespace {

const int kRounds = rounds(5000);

using Bytes = std::vector<std::uint8_t>;

Bytes digest(const EVP_MD* kind, const Bytes& message) {
    Bytes result(EVP_MD_get_size(kind));
    if (!EVP_Digest(message.data(), message.size(), result.data(), nullptr, kind, nullptr))
        throw std::runtime_error("libcrypto has no such hash");
    return result;
}

Bytes message(RandomLimbs& random) {
    const Limbs limbs = random.any(1 + random.below(40));
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(limbs.data());
    return {bytes, bytes + random.below(8 * limbs.size())};
}

template <std::size_t kSize, typename Function>
void check(Function function, const EVP_MD* kind, std::uint64_t seed) {
    RandomLimbs random(seed);
    for (int i = 0; i < kRounds; i++) {
        const Bytes data = message(random);
        zkvm_bytes_32 hash;
        ASSERT_EQ(function(data.data(), data.size(), &hash), ZKVM_EOK);
        ASSERT_EQ(Bytes(hash.data, hash.data + kSize), digest(kind, data));
    }
}

TEST(Hash, Sha256) {
    check<32>(zkvm_sha256, EVP_sha256(), 1);
}

TEST(Hash, Ripemd160) {
    check<20>(zkvm_ripemd160, EVP_ripemd160(), 2);
}

/// libcrypto has no Keccak-256, but SHA3-256, which is the same with another padding.
TEST(Hash, KeccakPermutation) {
    constexpr std::size_t kRate = 136;
    RandomLimbs random(3);
    for (int i = 0; i < kRounds; i++) {
        Bytes data = message(random);
        const Bytes expected = digest(EVP_sha3_256(), data);
        data.push_back(0x06);
        data.resize((data.size() + kRate - 1) / kRate * kRate);
        data.back() |= 0x80;
        std::uint64_t state[25] = {};
        for (std::size_t at = 0; at < data.size(); at += kRate) {
            for (std::size_t lane = 0; lane < kRate / 8; lane++) {
                std::uint64_t word;
                std::memcpy(&word, &data[at + 8 * lane], 8);
                state[lane] ^= word;
            }
            keccak_f(state);
        }
        ASSERT_EQ(std::memcmp(state, expected.data(), 32), 0);
    }
}

/// A whole BLAKE2b-512 from its compression function.
TEST(Hash, Blake2b) {
    RandomLimbs random(4);
    for (int i = 0; i < kRounds; i++) {
        Bytes data = message(random);
        const Bytes expected = digest(EVP_blake2b512(), data);
        const std::uint64_t length = data.size();
        data.resize(std::max<std::size_t>(1, (data.size() + 127) / 128) * 128);
        std::uint64_t iv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                               0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                               0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
        iv[0] ^= 0x01010040;
        zkvm_blake2f_state state;
        std::memcpy(state.data, iv, sizeof iv);
        for (std::size_t at = 0; at < data.size(); at += 128) {
            const bool last = at + 128 == data.size();
            const std::uint64_t offset[2] = {last ? length : at + 128, 0};
            zkvm_blake2f_message block;
            zkvm_blake2f_offset t;
            std::memcpy(block.data, &data[at], 128);
            std::memcpy(t.data, offset, sizeof offset);
            ASSERT_EQ(zkvm_blake2f(12, &state, &block, &t, last), ZKVM_EOK);
        }
        ASSERT_EQ(Bytes(state.data, state.data + 64), expected);
    }
}

}  // namespace
}  // namespace reprise::testing
