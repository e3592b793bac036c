/// A machine with precompiles, by libcrypto where they compute with numbers. It takes the
/// structures as ZisK documents them, and ends the program if an operand isn't what a precompile
/// may be given.
///
/// Environment: LACKS, a mask of the precompiles that it doesn't have.
#include <algorithm>
#include <cstdio>

#include "big.h"
#include "library.h"

namespace reprise::testing {
namespace {

constexpr long kDone = 0;
constexpr long kNoSuchEcall = -38;

void demand(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "machine: %s\n", what);
    std::abort();
}

Big read(const std::uint64_t* at, std::size_t limbs) {
    return Big(std::span(at, limbs));
}

void write(std::uint64_t* at, const Big& value, std::size_t limbs) {
    const Limbs result = value.limbs(limbs);
    std::copy(result.begin(), result.end(), at);
}

Big modulus_of(const field& field) {
    return read(field.modulus, field.limbs);
}

Big read_element(const field& field, const std::uint64_t* at) {
    const Big value = read(at, field.limbs);
    demand(value < modulus_of(field), "not an element of the field");
    return value;
}

void arith_mod(std::uint64_t** p, std::size_t limbs) {
    const Big modulus = read(p[3], limbs);
    demand(!(modulus == Big(0)), "modulus 0");
    write(p[4], (read(p[0], limbs) * read(p[1], limbs) + read(p[2], limbs)) % modulus, limbs);
}

void arith256(std::uint64_t** p) {
    const Limbs result = (read(p[0], 4) * read(p[1], 4) + read(p[2], 4)).limbs(8);
    std::copy_n(result.begin(), 4, p[3]);
    std::copy_n(result.begin() + 4, 4, p[4]);
}

/// The third point of the line through two, negated; p is both if other is null.
void chord(const field& field, std::uint64_t a, std::uint64_t* p, const std::uint64_t* other) {
    const std::size_t n = field.limbs;
    const Big m = modulus_of(field);
    const Big x1 = read_element(field, p), y1 = read_element(field, p + n);
    const Big x2 = other ? read_element(field, other) : x1;
    Big rise = x1 * x1 * Big(3) + m - Big(a);
    Big run = y1 + y1;
    if (other) {
        demand(!(x1 == x2), "points with the same x");
        rise = read_element(field, other + n) - y1;
        run = x2 - x1;
    }
    const Big slope = rise * (run % m).inverse(m) % m;
    const Big x3 = (slope * slope - x1 - x2) % m;
    write(p, x3, n);
    write(p + n, (slope * (x1 - x3) - y1) % m, n);
}

void fp2(const field& field, std::uint64_t** p, char operation) {
    const std::size_t n = field.limbs;
    const Big m = modulus_of(field);
    const Big a0 = read_element(field, p[0]), a1 = read_element(field, p[0] + n);
    const Big b0 = read_element(field, p[1]), b1 = read_element(field, p[1] + n);
    Big c0 = a0 * b0 - a1 * b1, c1 = a0 * b1 + a1 * b0;
    if (operation == '+') c0 = a0 + b0, c1 = a1 + b1;
    if (operation == '-') c0 = a0 - b0, c1 = a1 - b1;
    write(p[0], c0 % m, n);
    write(p[0] + n, c1 % m, n);
}

const field kSecp256k1{.limbs = 4,
                       .modulus = {0xfffffffefffffc2f, ~0ULL, ~0ULL, ~0ULL},
                       .fp2_add = {},
                       .fp2_subtract = {},
                       .fp2_multiply = {}};
const field kSecp256r1{.limbs = 4,
                       .modulus = {~0ULL, 0xffffffff, 0, 0xffffffff00000001},
                       .fp2_add = {},
                       .fp2_subtract = {},
                       .fp2_multiply = {}};

long serve(long precompile, void* parameters) {
    auto** const pointers = static_cast<std::uint64_t**>(parameters);
    auto* const words = static_cast<std::uint64_t*>(parameters);
    switch (precompile) {
        case 0x00: software_keccak_f(words); break;
        case 0x01: arith256(pointers); break;
        case 0x02: arith_mod(pointers, 4); break;
        case 0x03: chord(kSecp256k1, 0, pointers[0], pointers[1]); break;
        case 0x04: chord(kSecp256k1, 0, words, nullptr); break;
        case 0x05: software_sha256_compress(pointers[0], pointers[1]); break;
        case 0x06: chord(bn254_field, 0, pointers[0], pointers[1]); break;
        case 0x07: chord(bn254_field, 0, words, nullptr); break;
        case 0x08: fp2(bn254_field, pointers, '+'); break;
        case 0x09: fp2(bn254_field, pointers, '-'); break;
        case 0x0A: fp2(bn254_field, pointers, '*'); break;
        case 0x0B: arith_mod(pointers, 6); break;
        case 0x0C: chord(bls12_field, 0, pointers[0], pointers[1]); break;
        case 0x0D: chord(bls12_field, 0, words, nullptr); break;
        case 0x0E: fp2(bls12_field, pointers, '+'); break;
        case 0x0F: fp2(bls12_field, pointers, '-'); break;
        case 0x10: fp2(bls12_field, pointers, '*'); break;
        case 0x17: chord(kSecp256r1, 3, pointers[0], pointers[1]); break;
        case 0x18: chord(kSecp256r1, 3, words, nullptr); break;
        case 0x19:
            demand(words[0] < 10, "no such round");
            software_blake2b_round(words[0], pointers[1], pointers[2]);
            break;
        default: demand(false, "no such precompile");
    }
    return kDone;
}

}  // namespace
}  // namespace reprise::testing

extern "C" long reprise_precompile(long precompile, void* parameters) {
    static const char* const lacks = std::getenv("LACKS");
    static const unsigned long mask = lacks ? std::strtoul(lacks, nullptr, 0) : 0;
    if (mask >> precompile & 1) return reprise::testing::kNoSuchEcall;
    return reprise::testing::serve(precompile, parameters);
}
