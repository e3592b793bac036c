// Hints about integers: bits, divisions, inverses modulo what is no prime.
#include <algorithm>
#include <array>
#include <bit>

#include "hint/hint_functions.h"
#include "hint/integer.h"

namespace reprise::hints {

namespace {

/// Whether a count of things, `size` words each, that a guest named fits into what it pushed.
bool fits(std::uint64_t count, std::size_t size, Words words) {
    return count <= words.size() / size;
}

/// The limb of the highest one among numbers of N limbs that follow each other, and its bit.
template <std::size_t N>
HintRefusal highest_one(Words numbers, Result& result) {
    std::array<std::uint64_t, N> any{};
    for (std::size_t i = 0; i < numbers.size(); ++i)
        any[i % N] |= numbers[i];
    for (std::size_t limb = N; limb-- > 0;) {
        if (any[limb] == 0) continue;
        result.assign({limb, static_cast<std::uint64_t>(std::bit_width(any[limb]) - 1)});
        return nullptr;
    }
    return "numbers: all are 0";
}

template <std::size_t N>
HintRefusal highest_one_of_counted(Words words, Result& result) {
    const std::uint64_t count = words[0];
    if (!fits(count, N, words.subspan(1))) return "count: it names more numbers than were pushed";
    return highest_one<N>(words.subspan(1, count * N), result);
}

/// x at the front, y at the given word.
HintRefusal highest_one_of_two_384(Words words, std::size_t y, Result& result) {
    std::array<std::uint64_t, 12> both{};
    std::copy_n(words.begin(), 6, both.begin());
    std::copy_n(words.begin() + static_cast<std::ptrdiff_t>(y), 6, both.begin() + 6);
    return highest_one<6>(both, result);
}

/// The bits from the highest one down, after their number.
HintRefusal bits(const mpz_class& x, Result& result) {
    const std::size_t count = sgn(x) == 0 ? 0 : mpz_sizeinbase(x.get_mpz_t(), 2);
    if (count >= kHintResultLimit) return "x: it has more than 8192 bits";
    result.push_back(count);
    for (std::size_t bit = count; bit-- > 0;) {
        result.push_back(static_cast<std::uint64_t>(mpz_tstbit(x.get_mpz_t(), bit)));
    }
    return nullptr;
}

void append_inverse(const mpz_class& a, const mpz_class& modulus, Result& result) {
    mpz_class inverse;
    const bool exists = mpz_invert(inverse.get_mpz_t(), a.get_mpz_t(), modulus.get_mpz_t()) != 0;
    if (!exists) inverse = 0;  // what GMP leaves there is not defined
    result.push_back(exists ? 1 : 0);
    append_limbs(result, inverse, 4);
}

/// A number after its length, which is a multiple of 4.
void append_big(Result& result, const mpz_class& number) {
    const std::size_t length = std::max<std::size_t>(4, (limb_count(number) + 3) / 4 * 4);
    result.push_back(length);
    append_limbs(result, number, length);
}

constexpr HintRefusal kTooLong = "length: it says more words than were pushed";

}  // namespace

HintRefusal bin_decomp_up_to_0_16(Words words, Result& result) {
    const std::uint64_t length = words[0];
    if (!fits(length, 1, words.subspan(1))) return kTooLong;
    return bits(to_integer(words.subspan(1, length)), result);
}

HintRefusal bin_decomp(Words words, Result& result) {
    if (const HintRefusal refusal = bin_decomp_up_to_0_16(words, result)) return refusal;
    return result[0] == 0 ? "x: what the bits of 0 are, ZisK says in two ways" : nullptr;
}

HintRefusal msb_pos_256(Words words, Result& result) {
    return highest_one_of_counted<4>(words, result);
}

HintRefusal msb_pos_256_up_to_0_16(Words words, Result& result) {
    return words.size() == 8 ? highest_one<4>(words, result) : msb_pos_256(words, result);
}

HintRefusal msb_pos_384_up_to_0_18(Words words, Result& result) {
    if (const auto refusal = highest_one_of_two_384(words, 8, result)) return refusal;
    Result other;
    if (highest_one_of_two_384(words, 6, other) != nullptr || other != result) {
        return "numbers: their highest one is one that ZisK gives in two ways";
    }
    return nullptr;
}

HintRefusal msb_pos_384(Words words, Result& result) {
    return words.size() == 16 ? highest_one_of_two_384(words, 8, result)
                              : highest_one_of_counted<6>(words, result);
}

HintRefusal uint256_div(Words words, Result& result) {
    const mpz_class a = to_integer(words.first(4));
    const mpz_class b = to_integer(words.subspan(4, 4));
    if (sgn(b) == 0) return "b: division by 0";
    append_limbs(result, a / b, 4);
    append_limbs(result, a % b, 4);
    return nullptr;
}

HintRefusal uint256_inv(Words words, Result& result) {
    append_inverse(to_integer(words.first(4)), mpz_class(1) << 256, result);
    return nullptr;
}

HintRefusal uint256_inv_mod(Words words, Result& result) {
    const mpz_class modulus = to_integer(words.subspan(4, 4));
    if (sgn(modulus) == 0) return "modulus: it is 0";
    append_inverse(to_integer(words.first(4)), modulus, result);
    return nullptr;
}

HintRefusal bigint_div(Words words, Result& result) {
    const std::uint64_t a_length = words[0];
    // The length of b comes after a, so one word less is left for a.
    if (a_length >= words.size() - 1) return kTooLong;
    const Words rest = words.subspan(1 + a_length);
    const std::uint64_t b_length = rest[0];
    if (!fits(b_length, 1, rest.subspan(1))) return kTooLong;
    const mpz_class a = to_integer(words.subspan(1, a_length));
    const mpz_class b = to_integer(rest.subspan(1, b_length));
    if (sgn(b) == 0) return "b: division by 0";
    append_big(result, a / b);
    append_big(result, a % b);
    return nullptr;
}

}  // namespace reprise::hints
