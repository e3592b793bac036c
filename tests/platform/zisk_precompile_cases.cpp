#include "platform/zisk_precompile_cases.h"

#include <gmpxx.h>

#include <array>
#include <bit>
#include <stdexcept>

#include "differential/random.h"

namespace reprise::testing {

namespace {

using Place = PrecompileCase::Place;

Random& source() {
    static thread_local Random random(7);
    return random;
}

mpz_class to_integer(const Words& words, std::size_t from = 0, std::size_t count = 0) {
    mpz_class result;
    mpz_import(result.get_mpz_t(), count == 0 ? words.size() : count, -1, 8, 0, 0, &words[from]);
    return result;
}

/// Modulo 2^(64 size).
Words to_words(const mpz_class& number, std::size_t size) {
    mpz_class rest;
    mpz_fdiv_r_2exp(rest.get_mpz_t(), number.get_mpz_t(), 64 * size);
    Words words(size);
    mpz_export(words.data(), nullptr, -1, 8, 0, 0, rest.get_mpz_t());
    return words;
}

Words joined(Words a, const Words& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Words any(std::size_t size) {
    Words words(size);
    for (std::uint64_t& word : words)
        word = source().bits();
    return words;
}

/// Arithmetic modulo a prime, and pairs of its elements.
struct Field {
    mpz_class p;
    std::size_t size;

    mpz_class mod(const mpz_class& a) const {
        mpz_class result;
        mpz_mod(result.get_mpz_t(), a.get_mpz_t(), p.get_mpz_t());
        return result;
    }
    mpz_class divide(const mpz_class& a, const mpz_class& b) const {
        mpz_class inverse;
        if (mpz_invert(inverse.get_mpz_t(), b.get_mpz_t(), p.get_mpz_t()) == 0)
            throw std::logic_error("divided by 0");
        return mod(a * inverse);
    }
    mpz_class element() const { return mod(to_integer(any(size))); }
    Words pair(const mpz_class& a, const mpz_class& b) const {
        return joined(to_words(mod(a), size), to_words(mod(b), size));
    }
};

const char* const kSecp256k1 = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
const char* const kSecp256r1 = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const char* const kBn254 = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";
const char* const kBn254Scalars =
    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
const char* const kBls12381 =
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa"
    "ab";

Field field_of(const std::string& name) {
    if (name.starts_with("secp256k1")) return {mpz_class(kSecp256k1, 16), 4};
    if (name.starts_with("secp256r1")) return {mpz_class(kSecp256r1, 16), 4};
    if (name.starts_with("bn254")) return {mpz_class(kBn254, 16), 4};
    if (name.starts_with("babyjubjub")) return {mpz_class(kBn254Scalars, 16), 4};
    return {mpz_class(kBls12381, 16), 6};
}

const std::vector<Place> kInPlace = {{.operand = 0, .name = "the operand"}};
const std::vector<Place> kIntoFirst = {{.operand = 0, .name = "the first operand"},
                                       {.operand = 1, .name = "the second operand"}};

PrecompileCase in_place(std::uint32_t csr, const char* name, Words before, Words after) {
    return {.csr = csr,
            .name = name,
            .structure = kInPlace,
            .is_direct = true,
            .before = {std::move(before)},
            .after = {std::move(after)}};
}

PrecompileCase into_first(std::uint32_t csr, const char* name, Words first, Words second,
                          Words after) {
    return {.csr = csr,
            .name = name,
            .structure = kIntoFirst,
            .before = {std::move(first), second},
            .after = {std::move(after), second}};
}

// --- Curves and extension fields: neither needs points of the curve ---------------------------

PrecompileCase add_points(std::uint32_t csr, const char* name) {
    const Field f = field_of(name);
    const mpz_class x1 = f.element(), y1 = f.element(), x2 = f.element(), y2 = f.element();
    const mpz_class slope = f.divide(y2 - y1, x2 - x1);
    const mpz_class x3 = slope * slope - x1 - x2;
    return into_first(csr, name, f.pair(x1, y1), f.pair(x2, y2),
                      f.pair(x3, slope * (x1 - x3) - y1));
}

PrecompileCase double_point(std::uint32_t csr, const char* name) {
    const Field f = field_of(name);
    const mpz_class a = std::string(name).starts_with("secp256r1") ? -3 : 0;
    const mpz_class x = f.element(), y = f.element();
    const mpz_class slope = f.divide(3 * x * x + a, 2 * y);
    const mpz_class x3 = slope * slope - 2 * x;
    return in_place(csr, name, f.pair(x, y), f.pair(x3, slope * (x - x3) - y));
}

PrecompileCase on_extension(std::uint32_t csr, const char* name) {
    const Field f = field_of(name);
    const mpz_class a = f.element(), b = f.element(), c = f.element(), d = f.element();
    const std::string operation = std::string(name).substr(std::string(name).size() - 3);
    const Words after = operation == "add"   ? f.pair(a + c, b + d)
                        : operation == "sub" ? f.pair(a - c, b - d)
                                             : f.pair(a * c - b * d, a * d + b * c);
    return into_first(csr, name, f.pair(a, b), f.pair(c, d), after);
}

PrecompileCase add_on_baby_jubjub() {
    const Field f = field_of("babyjubjub");
    const mpz_class x1 = f.element(), y1 = f.element(), x2 = f.element(), y2 = f.element();
    const mpz_class a = 168700, t = 168696 * x1 * x2 * y1 * y2;
    return into_first(
        0x81D, "babyjubjub_add", f.pair(x1, y1), f.pair(x2, y2),
        f.pair(f.divide(x1 * y2 + y1 * x2, 1 + t), f.divide(y1 * y2 - a * x1 * x2, 1 - t)));
}

// --- Integers ---------------------------------------------------------------------------------

PrecompileCase multiply_add() {
    const Words a = any(4), b = any(4), c = any(4);
    const mpz_class sum = to_integer(a) * to_integer(b) + to_integer(c);
    return {.csr = 0x801,
            .name = "arith256",
            .structure = {{.operand = 0, .name = "a"},
                          {.operand = 1, .name = "b"},
                          {.operand = 2, .name = "c"},
                          {.operand = 3, .name = "dl"},
                          {.operand = 4, .name = "dh"}},
            .before = {a, b, c, any(4), any(4)},
            .after = {a, b, c, to_words(sum, 4), to_words(sum >> 256, 4)}};
}

PrecompileCase multiply_add_modulo(std::uint32_t csr, const char* name, std::size_t size) {
    const Words a = any(size), b = any(size), c = any(size), m = any(size);
    const mpz_class rest = (to_integer(a) * to_integer(b) + to_integer(c)) % to_integer(m);
    return {.csr = csr,
            .name = name,
            .structure = {{.operand = 0, .name = "a"},
                          {.operand = 1, .name = "b"},
                          {.operand = 2, .name = "c"},
                          {.operand = 3, .name = "module"},
                          {.operand = 4, .name = "d"}},
            .before = {a, b, c, m, any(size)},
            .after = {a, b, c, m, to_words(rest, size)}};
}

PrecompileCase add(const Words& a, const Words& b, std::uint64_t carry) {
    const mpz_class sum = to_integer(a) + to_integer(b) + to_integer({carry});
    return {.csr = 0x811,
            .name = "add256",
            .structure = {{.operand = 0, .name = "a"},
                          {.operand = 1, .name = "b"},
                          {.operand = Place::kNumber, .number = carry, .name = "carry"},
                          {.operand = 2, .name = "c"}},
            .before = {a, b, any(4)},
            .after = {a, b, to_words(sum, 4)},
            .rd = mpz_class(sum >> 256).get_ui()};
}

// --- Permutations: published values -------------------------------------------------------------

/// The Keccak team's KeccakF-1600-IntermediateValues.txt, of zeros.
PrecompileCase keccak() {
    return in_place(0x800, "keccak_f", Words(25),
                    {0xF1258F7940E1DDE7, 0x84D5CCF933C0478A, 0xD598261EA65AA9EE, 0xBD1547306F80494D,
                     0x8B284E056253D057, 0xFF97A42D7F8E6FD4, 0x90FEE5A0A44647C4, 0x8C5BDA0CD6192E76,
                     0xAD30A6F71B19059C, 0x30935AB7D08FFC64, 0xEB5AA93F2317D635, 0xA9A6E6260D712103,
                     0x81A57C16DBCF555F, 0x43B831CD0347C826, 0x01F22F1A11A5569F, 0x05E5635A21D9AE61,
                     0x64BEFEF28CC970F2, 0x613670957BC46611, 0xB87C5A554FD00ECB, 0x8C3EE88A1CCF32C8,
                     0x940C7922AE3A2614, 0x1841F924A2C509E4, 0x16F53526E70465C2, 0x75F644E97F30A13B,
                     0xEAF1FF7B5CECA249});
}

/// FIPS 180's "abc".
PrecompileCase sha256() {
    return into_first(
        0x805, "sha256_f",
        {0xBB67AE856A09E667, 0xA54FF53A3C6EF372, 0x9B05688C510E527F, 0x5BE0CD191F83D9AB},
        {0x80636261, 0, 0, 0, 0, 0, 0, std::uint64_t{0x18} << 56},
        {0x8F01CFEABA7816BF, 0x5DAE2223414140DE, 0x96177A9CB00361A3, 0xF20015ADB410FF61});
}

/// RFC 7693's appendix A, "abc": round 0.
PrecompileCase blake2() {
    const Words message = joined({0x636261}, Words(15));
    const Words before = {
        0x6A09E667F2BDC948, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D2, 0x9B05688C2B3E6C1F, 0xE07C265404BE4294, 0x5BE0CD19137E2179};
    const Words after = {
        0x86B7C1568029BB79, 0xC12CBCC809FF59F3, 0xC6A5214CC0EACA8E, 0x0C87CD524C14CC5D,
        0x44EE6039BD86A9F7, 0xA447C850AA694A7E, 0xDE080F1BB1C0F84B, 0x595CB8A9A1ACA66C,
        0xBEC3AE837EAC4887, 0x6267FC79DF9D6AD1, 0xFA87B01273FA6DBE, 0x521A715C63E08D8A,
        0xE02D0975B8D37A83, 0x1C7B754F08B7D193, 0x8F885A76B6E578FE, 0x2318A24E2140FC64};
    return {.csr = 0x819,
            .name = "blake2b_round",
            .structure = {{.operand = Place::kNumber, .number = 0, .name = "index"},
                          {.operand = 0, .name = "state"},
                          {.operand = 1, .name = "input"}},
            .before = {before, message},
            .after = {after, message}};
}

/// BLAKE3's specification: seven rounds, between which the message is permuted.
PrecompileCase blake3() {
    using Halves = std::array<std::uint32_t, 16>;
    const Words state = any(8), message = any(8);
    const auto halves = [](const Words& words) {
        Halves all{};
        for (std::size_t i = 0; i < 16; ++i)
            all[i] = static_cast<std::uint32_t>(words[i / 2] >> (32 * (i % 2)));
        return all;
    };
    Halves v = halves(state), m = halves(message);
    const auto g = [&](unsigned a, unsigned b, unsigned c, unsigned d, unsigned i) {
        for (const auto& [word, first, second] : {std::array{m[i], 16U, 12U}, {m[i + 1], 8U, 7U}}) {
            v[a] += v[b] + word;
            v[d] = std::rotr(v[d] ^ v[a], static_cast<int>(first));
            v[c] += v[d];
            v[b] = std::rotr(v[b] ^ v[c], static_cast<int>(second));
        }
    };
    constexpr unsigned kFrom[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    for (int round = 0; round < 7; ++round) {
        for (unsigned i = 0; i < 4; ++i)
            g(i, 4 + i, 8 + i, 12 + i, 2 * i);
        for (unsigned i = 0; i < 4; ++i)
            g(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, 8 + 2 * i);
        const Halves before = m;
        for (unsigned i = 0; i < 16; ++i)
            m[i] = before[kFrom[i]];
    }
    Words after(8);
    for (std::size_t i = 0; i < 16; ++i)
        after[i / 2] |= std::uint64_t{v[i]} << (32 * (i % 2));
    return into_first(0x81E, "blake3f", state, message, after);
}

/// RFC 7693's appendix B, BLAKE2s of "abc": v before round 0, and after round 9.
PrecompileCase blake2s() {
    return into_first(
        0x81F, "blake2sf",
        {0xBB67AE856B08E647, 0xA54FF53A3C6EF372, 0x9B05688C510E527F, 0x5BE0CD191F83D9AB,
         0xBB67AE856A09E667, 0xA54FF53A3C6EF372, 0x9B05688C510E527C, 0x5BE0CD19E07C2654},
        joined({0x636261}, Words(7)),
        {0xCFEC3AA6D9C994AA, 0x2C38670E700D0AB2, 0x1D023EF3AF6A1F66, 0x945357A51D9EC27D,
         0x969FE8113E9FFEBD, 0xA632797AEF485E21, 0xAF3D80E1DEEF082E, 0x4DEAFD3A4E86829B});
}

/// ZisK's test vectors.
PrecompileCase poseidon2() {
    return in_place(
        0x812, "poseidon2", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {9639188652563994454U, 12273372933164734616U, 2905147255612444119U, 17581461329934617288U,
         14390794100096760072U, 5468485695976078057U, 2832370985856357627U, 1116111836864400812U,
         14997632823506024332U, 3976503894892102369U, 14874978986912301676U, 12458748982184310703U,
         103345454961107931U, 3354965064850558444U, 14413825288474057217U, 4214638127285300968U});
}

PrecompileCase poseidon1() {
    return in_place(
        0x81B, "poseidon1", Words(16),
        {543339775275048841U, 13406197515273506800U, 16355280640120539189U, 15188646379150690726U,
         9354230821846213963U, 2346697939566408112U, 7619017200564581325U, 228656875195661331U,
         17072924943878933846U, 9274179898046949852U, 17957639320403343698U, 2237659060219097400U,
         10040284204272520954U, 14389846334735599737U, 17768004018560868840U,
         14237542884911959017U});
}

}  // namespace

bool PrecompileCase::is_written(int operand) const {
    const auto index = static_cast<std::size_t>(operand);
    return before[index] != after[index];
}

int PrecompileCase::find(const std::string& wanted) const {
    for (const Place& place : structure)
        if (place.name == wanted) return place.operand;
    throw std::logic_error("no operand " + wanted);
}

std::vector<PrecompileCase> precompile_cases() {
    source() = Random(7);
    const Words ones(4, ~std::uint64_t{0});
    return {keccak(),
            multiply_add(),
            multiply_add_modulo(0x802, "arith256_mod", 4),
            add_points(0x803, "secp256k1_add"),
            double_point(0x804, "secp256k1_dbl"),
            sha256(),
            add_points(0x806, "bn254_curve_add"),
            double_point(0x807, "bn254_curve_dbl"),
            on_extension(0x808, "bn254_complex_add"),
            on_extension(0x809, "bn254_complex_sub"),
            on_extension(0x80A, "bn254_complex_mul"),
            multiply_add_modulo(0x80B, "arith384_mod", 6),
            add_points(0x80C, "bls12_381_curve_add"),
            double_point(0x80D, "bls12_381_curve_dbl"),
            on_extension(0x80E, "bls12_381_complex_add"),
            on_extension(0x80F, "bls12_381_complex_sub"),
            on_extension(0x810, "bls12_381_complex_mul"),
            add(ones, Words(4), 1),
            add(any(4), {1, 2, 3, 4}, 0),
            add(ones, ones, 1),
            poseidon2(),
            add_points(0x817, "secp256r1_add"),
            double_point(0x818, "secp256r1_dbl"),
            blake2(),
            poseidon1(),
            add_on_baby_jubjub(),
            blake3(),
            blake2s()};
}

PlacedCase write_call(const PrecompileCase& one, ZiskGuest& guest) {
    constexpr unsigned kAddress = 6, kCarry = 7;
    PlacedCase placed;
    for (const Words& operand : one.before)
        placed.operands.push_back(guest.place(operand));
    Words structure;
    for (const PrecompileCase::Place& place : one.structure) {
        structure.push_back(place.operand == PrecompileCase::Place::kNumber
                                ? place.number
                                : placed.operands[static_cast<std::size_t>(place.operand)]);
    }
    placed.structure = one.is_direct ? placed.operands[0] : guest.place(structure);
    guest.code.constant(kAddress, placed.structure);
    guest.csr(isa::Op::csrrs, one.csr == 0x811 ? kCarry : 0, one.csr, kAddress);
    return placed;
}

Words modulus_of_curve(const std::string& name) {
    const Field f = field_of(name);
    return to_words(f.p, f.size);
}

}  // namespace reprise::testing
