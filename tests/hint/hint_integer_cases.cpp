// Bits and divisions, by OpenSSL's integers.
#include <algorithm>

#include "hint_case.h"

namespace reprise::test {

namespace {

constexpr auto kNew = HintVersion::k1_0;
constexpr auto kOld = HintVersion::kUpTo0_16;

Big big(const Words& words) {
    return Big(std::span<const std::uint64_t>(words));
}

Words bits_of(const Big& x) {
    Words expected{x.bits()};
    for (std::size_t bit = x.bits(); bit-- > 0;)
        expected.push_back(x.bit(bit) ? 1 : 0);
    return expected;
}

HintCase decomposition(const char* name, std::uint16_t id, HintVersion version) {
    return {name,
            id,
            version,
            100'000,
            [](Operands& operands) {
                const std::uint64_t length = operands.below(12);
                return join({{length}, operands.words(length)});
            },
            [=](const Words& parameters, const Words* result) {
                const Big x = part(parameters, 1, parameters[0]);
                if (x == 0 && version != kOld) return result == nullptr;
                return result != nullptr && *result == bits_of(x);
            }};
}

/// The highest one of numbers of `limbs` words.
bool is_highest_one(const Words& numbers, std::size_t limbs, const Words* result) {
    std::size_t bits = 0;
    for (std::size_t i = 0; i < numbers.size(); i += limbs) {
        bits = std::max(bits, part(numbers, i, limbs).bits());
    }
    if (bits == 0) return result == nullptr;
    return result != nullptr && *result == Words{(bits - 1) / 64, (bits - 1) % 64};
}

Words sparse(Operands& operands, std::size_t count) {
    Words words(count);
    for (std::uint64_t& one : words) {
        if (operands.below(3) == 0) one = operands.word() >> operands.below(64);
    }
    return words;
}

HintCase highest_one_of_counted(const char* name, std::uint16_t id, HintVersion version,
                                std::size_t limbs) {
    return {name,
            id,
            version,
            100'000,
            [=](Operands& operands) {
                std::uint64_t count = operands.below(5);
                // ZisK takes as many as it is told, and no notice of the rest.
                const std::size_t rest = operands.below(2);
                if (1 + count * limbs + rest == 16 || 1 + count * limbs + rest == 8) ++count;
                return join({{count}, sparse(operands, count * limbs), Words(rest, 1)});
            },
            [=](const Words& parameters, const Words* result) {
                const auto first = parameters.begin() + 1;
                const auto size = static_cast<std::ptrdiff_t>(parameters[0] * limbs);
                return is_highest_one(Words(first, first + size), limbs, result);
            }};
}

HintCase highest_one_of_two_256() {
    return {"msb_pos_256_up_to_0_15",
            4,
            kOld,
            100'000,
            [](Operands& operands) { return sparse(operands, 8); },
            [](const Words& parameters, const Words* result) {
                return is_highest_one(parameters, 4, result);
            }};
}

HintCase highest_one_of_two_384(const char* name, std::uint16_t id, HintVersion version) {
    return {name,
            id,
            version,
            100'000,
            [](Operands& operands) {
                // As programs have it, most of the time: a small x, no y, zeros between them.
                if (operands.below(4) != 0) return join({{operands.word()}, Words(15)});
                return sparse(operands, 16);
            },
            [=](const Words& parameters, const Words* result) {
                const Words x(parameters.begin(), parameters.begin() + 6);
                const Words y(parameters.begin() + 8, parameters.begin() + 14);
                const Words not_y(parameters.begin() + 6, parameters.begin() + 12);
                const std::size_t bits = std::max(big(x).bits(), big(y).bits());
                const bool disputed =
                    version != kNew && bits != std::max(big(x).bits(), big(not_y).bits());
                if (disputed) return result == nullptr;
                return is_highest_one(join({x, y}), 6, result);
            }};
}

HintCase division(const char* name, std::uint16_t id, HintVersion version) {
    return {name,
            id,
            version,
            100'000,
            [](Operands& operands) {
                return join({operands.words(4),
                             (big(operands.words(4)) / Big(operands.word() | 1)).limbs(4)});
            },
            [](const Words& parameters, const Words* result) {
                const Big a = part(parameters, 0, 4);
                const Big b = part(parameters, 4, 4);
                if (b == 0) return result == nullptr;
                return result != nullptr && *result == join({(a / b).limbs(4), (a % b).limbs(4)});
            }};
}

bool is_inverse(const Big& a, const Big& modulus, bool exists, const Words* result) {
    if (result == nullptr || result->size() != 5) return false;
    const Big inverse = part(*result, 1, 4);
    if (!exists) return (*result)[0] == 0 && inverse == 0;
    return (*result)[0] == 1 && inverse < modulus && a * inverse % modulus == Big(1) % modulus;
}

bool are_coprime(const Big& a, const Big& b) {
    Big common;
    BN_gcd(common.get(), a.get(), b.get(), bn_context());
    return common == 1;
}

HintCase inverse_modulo_2_256() {
    return {"uint256_inv",
            20,
            kNew,
            100'000,
            [](Operands& operands) { return operands.words(4); },
            [](const Words& parameters, const Words* result) {
                return is_inverse(big(parameters), big({0, 0, 0, 0, 1}), parameters[0] % 2 == 1,
                                  result);
            }};
}

HintCase inverse_modulo_any() {
    return {"uint256_inv_mod",
            21,
            kNew,
            100'000,
            [](Operands& operands) {
                Words modulus = operands.words(4);
                const std::uint64_t choice = operands.below(20);
                if (choice < 3) modulus = {choice, 0, 0, 0};
                return join({operands.words(4), modulus});
            },
            [](const Words& parameters, const Words* result) {
                const Big modulus = part(parameters, 4, 4);
                if (modulus == 0) return result == nullptr;
                const Big a = part(parameters, 0, 4);
                return is_inverse(a, modulus, are_coprime(a, modulus), result);
            }};
}

/// A length that is a multiple of 4 and not 0, and the number.
Words padded(const Big& number) {
    const std::size_t length = std::max<std::size_t>(4, (number.bits() + 255) / 256 * 4);
    return join({{length}, number.limbs(length)});
}

HintCase big_division(const char* name, std::uint16_t id, HintVersion version) {
    return {name,
            id,
            version,
            100'000,
            [](Operands& operands) {
                const std::uint64_t a = operands.below(24);
                const std::uint64_t b = operands.below(12);
                return join({{a}, operands.words(a), {b}, operands.words(b)});
            },
            [](const Words& parameters, const Words* result) {
                const std::size_t a_size = parameters[0];
                const Big a = part(parameters, 1, a_size);
                const Big b = part(parameters, 2 + a_size, parameters[1 + a_size]);
                if (b == 0) return result == nullptr;
                return result != nullptr && *result == join({padded(a / b), padded(a % b)});
            }};
}

}  // namespace

std::vector<HintCase> integer_cases() {
    return {decomposition("bin_decomp", 16, kNew),
            decomposition("bin_decomp_up_to_0_16", 18, kOld),
            highest_one_of_counted("msb_pos_256", 17, kNew, 4),
            highest_one_of_counted("msb_pos_256_0_16", 4, kOld, 4),
            highest_one_of_counted("msb_pos_384_counted", 18, kNew, 6),
            highest_one_of_two_256(),
            highest_one_of_two_384("msb_pos_384", 18, kNew),
            highest_one_of_two_384("msb_pos_384_up_to_0_18", 18, HintVersion::k0_17),
            division("uint256_div", 19, kNew),
            inverse_modulo_2_256(),
            inverse_modulo_any(),
            big_division("bigint_div", 22, kNew)};
}

}  // namespace reprise::test
