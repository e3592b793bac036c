/// reprise-bench-precompiles [NAME]: what a call of each precompile costs, and what the fastest
/// library asks for the same work; NAME limits it to precompiles whose name contains it. Both sides
/// take turns in one process, so that what else the machine does meets both; each figure is the
/// median of the rounds. Operands come from a buffer larger than the first cache and results go
/// back there.
#include <fmt/format.h>
#include <gmp.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include "precompile/baby_jubjub.h"
#include "precompile/blake2_round.h"
#include "precompile/blake2s_rounds.h"
#include "precompile/blake3_rounds.h"
#include "precompile/integer.h"
#include "precompile/jump_destinations.h"
#include "precompile/keccak_f.h"
#include "precompile/modular_multiplier.h"
#include "precompile/poseidon.h"
#include "precompile/poseidon2.h"
#include "precompile/sha256_compress.h"

namespace reprise {
namespace {

using Word = std::uint64_t;

/// Does the work of so many calls with the words of the buffer.
using Batch = void (*)(Word* buffer, std::size_t calls);

/// A precompile: a line of the table.
struct Row {
    const char* name;
    /// Words of the buffer that belong to a call.
    std::size_t words;
    Batch ours;
    const char* library;
    /// nullptr if no library does this.
    Batch theirs;
};

/// The batch that makes each call with `words` words of its own: the same number as in the row.
template <std::size_t words, auto call>
void each(Word* buffer, std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i)
        call(buffer + i * words);
}

/// Words of the buffer as what a precompile takes.
template <std::size_t N>
Limbs<N>& at(Word* words) {
    return *reinterpret_cast<Limbs<N>*>(words);
}

/// Hashes `bytes` bytes of the buffer, for libraries that do not offer what is inside of a hash.
void digest(const EVP_MD* kind, const Word* buffer, std::size_t bytes) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), kind, nullptr);
    EVP_DigestUpdate(context.get(), buffer, bytes);
}

void shake(Word* buffer, std::size_t calls) {
    digest(EVP_shake128(), buffer, calls * 168);  // the bytes that a permutation takes in
}
void sha256(Word* buffer, std::size_t calls) {
    digest(EVP_sha256(), buffer, calls * 64);
}
void blake2b(Word* buffer, std::size_t calls) {
    digest(EVP_blake2b512(), buffer, calls / 12 * 128);  // a block has 12 rounds
}
void blake2s(Word* buffer, std::size_t calls) {
    digest(EVP_blake2s256(), buffer, calls * 64);
}

constexpr Limbs<4> kSecp256k1 = {0xFFFFFFFEFFFFFC2F, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
                                 0xFFFFFFFFFFFFFFFF};
constexpr Limbs<4> kBn254 = {0x3C208C16D87CFD47, 0x97816A916871CA8D, 0xB85045B68181585D,
                             0x30644E72E131A029};
constexpr Limbs<6> kBls12381 = {0xB9FEFFFFFFFFAAAB, 0x1EABFFFEB153FFFF, 0x6730D2A0F6B0F624,
                                0x64774B84F38512BF, 0x4B1BA7B6434BACD7, 0x1A0111EA397FE69A};

/// Operands a, b, c, then the result, which is the next call's operand c in memory. Guests'
/// operands are below the modulus as a rule, and those of random words may be above.
template <std::size_t N, const Limbs<N>& modulus>
void ours_modulo(Word* buffer, std::size_t calls) {
    ModularMultiplier<N> multiplier;
    for (std::size_t i = 0; i < calls; ++i) {
        Word* words = buffer + i * 4 * N;
        multiplier.multiply_add(at<N>(words), at<N>(words + N), at<N>(words + 2 * N), modulus,
                                at<N>(words + 3 * N));
    }
}
template <std::size_t N>
void gmp_modulo(Word* words, const Word* modulus) {
    Limbs<2 * N> product;
    Limbs<N + 1> quotient;
    mpn_mul_n(product.data(), words, words + N, N);
    mpn_add(product.data(), product.data(), 2 * N, words + 2 * N, N);
    mpn_tdiv_qr(quotient.data(), words + 3 * N, 0, product.data(), 2 * N, modulus, N);
}
template <std::size_t N, const Limbs<N>& modulus>
void theirs_modulo(Word* buffer, std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i)
        gmp_modulo<N>(buffer + i * 4 * N, modulus.data());
}

/// The worst case: a modulus of its own for every call.
void ours_new_modulus(Word* buffer, std::size_t calls) {
    ModularMultiplier<4> multiplier;
    for (std::size_t i = 0; i < calls; ++i) {
        Word* words = buffer + i * 20;
        multiplier.multiply_add(at<4>(words), at<4>(words + 4), at<4>(words + 8), at<4>(words + 16),
                                at<4>(words + 12));
    }
}

/// Coordinates of random words would be refused: these lose their highest bits.
void add_baby_jubjub(Word* words) {
    const auto coordinate = [words](std::size_t index) {
        Limbs<4> result = at<4>(words + 4 * index);
        result[3] &= 0x1FFF'FFFF'FFFF'FFFF;
        return result;
    };
    BabyJubjubPoint p1{coordinate(0), coordinate(1)};
    add_points(p1, {coordinate(2), coordinate(3)});
    at<4>(words) = p1.x;
    at<4>(words + 4) = p1.y;
}

/// 1 KiB of code, an eighth of which are PUSHes as random bytes have it.
void find_in_code(Word* words) {
    find_jump_destinations({reinterpret_cast<const std::uint8_t*>(words), 1024},
                           {words + 128, jump_bitmap_words(1024)});
}

constexpr Row kRows[] = {
    {"keccak_f", 25, each<25, [](Word* w) { keccak_f(at<25>(w)); }>, "OpenSSL SHAKE128", shake},
    {"sha256_compress", 12, each<12, [](Word* w) { sha256_compress(at<4>(w), at<8>(w + 4)); }>,
     "OpenSSL SHA-256", sha256},
    {"blake2_round", 32,
     each<32, [](Word* w) { blake2_round(w[16] % 10, at<16>(w), at<16>(w + 16)); }>,
     "OpenSSL BLAKE2b", blake2b},
    {"blake2s_rounds", 16, each<16, [](Word* w) { blake2s_rounds(at<8>(w), at<8>(w + 8)); }>,
     "OpenSSL BLAKE2s", blake2s},
    {"blake3_rounds", 16, each<16, [](Word* w) { blake3_rounds(at<8>(w), at<8>(w + 8)); }>, "none",
     nullptr},
    {"poseidon", 16, each<16, [](Word* w) { poseidon(at<16>(w)); }>, "none", nullptr},
    {"poseidon2", 16, each<16, [](Word* w) { poseidon2(at<16>(w)); }>, "none", nullptr},
    {"add256", 13,
     each<13, [](Word* w) { add256(at<4>(w), at<4>(w + 4), 0, at<4>(w + 8), w[12]); }>, "GMP mpn",
     each<13, [](Word* w) { w[12] = mpn_add_n(w + 8, w, w + 4, 4); }>},
    {"arith256", 20,
     each<20,
          [](Word* w) {
              arith256(at<4>(w), at<4>(w + 4), at<4>(w + 8), at<4>(w + 12), at<4>(w + 16));
          }>,
     "GMP mpn",
     each<20,
          [](Word* w) {
              mpn_mul_n(w + 12, w, w + 4, 4);
              mpn_add(w + 12, w + 12, 8, w + 8, 4);
          }>},
    {"arith256_mod secp256k1", 16, ours_modulo<4, kSecp256k1>, "GMP mpn",
     theirs_modulo<4, kSecp256k1>},
    {"arith256_mod bn254", 16, ours_modulo<4, kBn254>, "GMP mpn", theirs_modulo<4, kBn254>},
    {"arith256_mod new moduli", 20, ours_new_modulus, "GMP mpn",
     each<20, [](Word* w) { gmp_modulo<4>(w, w + 16); }>},
    {"arith384_mod bls12-381", 24, ours_modulo<6, kBls12381>, "GMP mpn",
     theirs_modulo<6, kBls12381>},
    {"add_points baby_jubjub", 16, each<16, add_baby_jubjub>, "none", nullptr},
    {"jump_destinations 1 KiB", 144, each<144, find_in_code>, "none", nullptr},
};

constexpr std::size_t kBufferWords = 64 * 1024;  // half a MiB: in the second cache
constexpr double kBatch = 500'000;               // nanoseconds
constexpr unsigned kRounds = 201;

double nanoseconds_a_call(Batch batch, Word* buffer, std::size_t calls) {
    const auto start = std::chrono::steady_clock::now();
    batch(buffer, calls);
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    return time.count() / static_cast<double>(calls);
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
    return values[kRounds / 2];
}

void measure(const Row& row, std::vector<Word>& buffer) {
    std::mt19937_64 random(1);
    std::generate(buffer.begin(), buffer.end(), random);
    // Batches are much shorter than what a scheduler gives to a process at once; each uses another
    // part of the buffer than the one before.
    const std::size_t capacity = buffer.size() / row.words;
    const double estimate = nanoseconds_a_call(row.ours, buffer.data(), capacity);
    const std::size_t calls =
        std::clamp<std::size_t>(static_cast<std::size_t>(kBatch / estimate), 12, capacity);
    std::vector<double> ours;
    std::vector<double> theirs;
    for (unsigned i = 0; i < kRounds; ++i) {
        Word* part = &buffer[i % (capacity / calls) * calls * row.words];
        ours.push_back(nanoseconds_a_call(row.ours, part, calls));
        if (row.theirs) theirs.push_back(nanoseconds_a_call(row.theirs, part, calls));
    }
    fmt::print("{:<24} {:>9.1f}", row.name, median(ours));
    if (row.theirs) {
        const double other = median(theirs);
        fmt::print(" {:>9.1f} {:>6.2f}", other, median(ours) / other);
    } else {
        fmt::print(" {:>9} {:>6}", "-", "-");
    }
    fmt::print("  {}\n", row.library);
}

}  // namespace
}  // namespace reprise

int main(int argc, char** argv) {
    const std::string_view wanted = argc > 1 ? argv[1] : "";
    std::vector<reprise::Word> buffer(reprise::kBufferWords);
    fmt::print("{:<24} {:>9} {:>9} {:>6}  {}\n", "precompile", "ns", "library", "ratio", "which");
    for (const reprise::Row& row : reprise::kRows) {
        if (std::string_view(row.name).find(wanted) != std::string_view::npos)
            reprise::measure(row, buffer);
    }
}
