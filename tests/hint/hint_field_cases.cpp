// Inverses, roots and lines: checked by multiplying back.
#include "hint_case.h"

namespace reprise::test {

namespace {

const Big kSecp256k1P =
    Big::hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F");
const Big kSecp256k1N =
    Big::hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
const Big kSecp256r1N =
    Big::hex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
const Big kBn254P = Big::hex("30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47");
const Big kBls12P = Big::hex(
    "1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAA"
    "AB");

constexpr auto kNew = HintVersion::k1_0;

HintCase inverse(const char* name, std::uint16_t id, const Big& p, std::size_t limbs) {
    return {name,
            id,
            kNew,
            30'000,
            [=](Operands& operands) { return operands.number(p, limbs); },
            [=](const Words& a, const Words* result) {
                const Big value = Big(std::span<const std::uint64_t>(a)) % p;
                if (result == nullptr) return value == 0;
                const Big inverse = part(*result, 0, limbs);
                return result->size() == limbs && inverse < p && value * inverse % p == 1;
            }};
}

/// Whether the result is 1 and a root, or 0 and a root of a times a number without one; and the
/// root is the (p+1)/4-th power, or its opposite where `parity` is not its lowest bit.
bool is_root(const Big& a, const Big& p, unsigned non_residue, const std::uint64_t* parity,
             const Words& result, std::size_t limbs) {
    const bool exists = a < p && BN_kronecker(a.get(), p.get(), bn_context()) >= 0;
    const Big radicand = exists ? a : a * Big(non_residue);
    Big root = Big::power(radicand, (p + 1) / 4, p);
    if (parity != nullptr && root.bit(0) != (*parity == 1)) root = (p - root) % p;
    if (parity != nullptr && *parity > 1) {
        root = (p - Big::power(radicand, (p + 1) / 4, p)) % p;
    }
    return result.size() == limbs + 1 && result[0] == (exists ? 1 : 0) &&
           part(result, 1, limbs) == root;
}

HintCase secp256k1_root() {
    return {"secp256k1_fp_sqrt",
            3,
            kNew,
            10'000,
            [](Operands& operands) {
                return join({operands.number(kSecp256k1P, 4),
                             {operands.below(8) == 0 ? operands.word() : operands.below(2)}});
            },
            [](const Words& parameters, const Words* result) {
                return result != nullptr &&
                       is_root(part(parameters, 0, 4), kSecp256k1P, 3, &parameters[4], *result, 4);
            }};
}

HintCase bls12_381_root() {
    return {"bls12_381_fp_sqrt",
            11,
            kNew,
            5'000,
            [](Operands& operands) { return operands.number(kBls12P, 6); },
            [](const Words& parameters, const Words* result) {
                return result != nullptr &&
                       is_root(part(parameters, 0, 6), kBls12P, 2, nullptr, *result, 6);
            }};
}

struct Complex {
    Big real;
    Big imaginary;
    bool operator==(const Complex&) const = default;
};

Complex complex_at(const Words& words, std::size_t first, std::size_t limbs) {
    return {part(words, first, limbs), part(words, first + limbs, limbs)};
}
Complex times(const Complex& a, const Complex& b, const Big& p) {
    return {(a.real * b.real - a.imaginary * b.imaginary) % p,
            (a.real * b.imaginary + a.imaginary * b.real) % p};
}
Complex minus(const Complex& a, const Complex& b, const Big& p) {
    return {(a.real - b.real) % p, (a.imaginary - b.imaginary) % p};
}
bool is_reduced(const Complex& a, const Big& p) {
    return a.real < p && a.imaginary < p;
}

HintCase complex_inverse(const char* name, std::uint16_t id, const Big& p, std::size_t limbs) {
    return {name,
            id,
            kNew,
            30'000,
            [=](Operands& operands) {
                return join({operands.number(p, limbs), operands.number(p, limbs)});
            },
            [=](const Words& parameters, const Words* result) {
                const Complex a = complex_at(parameters, 0, limbs);
                const Complex zero{0, 0};
                if (result == nullptr) {
                    return minus(a, zero, p) == zero || p < a.imaginary;
                }
                const Complex inverse = complex_at(*result, 0, limbs);
                return result->size() == 2 * limbs && is_reduced(inverse, p) &&
                       times(a, inverse, p) == Complex{1, 0};
            }};
}

HintCase complex_root() {
    return {"bls12_381_fp2_sqrt",
            13,
            kNew,
            1'000,
            [](Operands& operands) {
                const bool is_real = operands.below(8) == 0;
                return join({operands.number(kBls12P, 6),
                             is_real ? Words(6) : operands.number(kBls12P, 6)});
            },
            [](const Words& parameters, const Words* result) {
                const Big& p = kBls12P;
                const Complex a = minus(complex_at(parameters, 0, 6), {0, 0}, p);
                const Big norm = (a.real * a.real + a.imaginary * a.imaginary) % p;
                // A number is a square in Fp2 if its norm is one in Fp.
                const bool exists = BN_kronecker(norm.get(), p.get(), bn_context()) >= 0;
                const Complex square = exists ? a : times(a, {1, 1}, p);
                if (result == nullptr) {
                    return square.imaginary == 0 &&
                           BN_kronecker(square.real.get(), p.get(), bn_context()) < 0;
                }
                const Complex root = complex_at(*result, 1, 6);
                return result->size() == 13 && (*result)[0] == (exists ? 1 : 0) &&
                       is_reduced(root, p) && times(root, root, p) == square;
            }};
}

/// λ and µ of a line through (x, y), on which λ run = rise.
bool is_line(const Words& result, const Complex& x, const Complex& y, const Complex& rise,
             const Complex& run, const Big& p, std::size_t limbs) {
    const Complex slope = complex_at(result, 0, limbs);
    const Complex offset = complex_at(result, 2 * limbs, limbs);
    return result.size() == 4 * limbs && is_reduced(slope, p) && is_reduced(offset, p) &&
           times(slope, run, p) == rise && minus(y, times(slope, x, p), p) == offset;
}

Words coordinates(Operands& operands, const Big& p, std::size_t limbs, int count) {
    Words all;
    for (int i = 0; i < count; ++i) {
        const Words one =
            operands.below(40) == 0 ? operands.number(p, limbs) : operands.reduced(p, limbs);
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
}

HintCase add_line(const char* name, std::uint16_t id, const Big& p, std::size_t limbs) {
    return {name,
            id,
            kNew,
            10'000,
            [=](Operands& operands) {
                Words words = coordinates(operands, p, limbs, 8);
                if (operands.below(50) == 0) {  // the same x
                    std::copy_n(words.begin(), 2 * limbs, words.begin() + 4 * limbs);
                }
                return words;
            },
            [=](const Words& parameters, const Words* result) {
                Complex points[4];
                bool fine = true;
                for (std::size_t i = 0; i < 4; ++i) {
                    points[i] = complex_at(parameters, 2 * limbs * i, limbs);
                    fine = fine && is_reduced(points[i], p);
                }
                fine = fine && points[0] != points[2];
                if (result == nullptr) return !fine;
                return fine &&
                       is_line(*result, points[0], points[1], minus(points[3], points[1], p),
                               minus(points[2], points[0], p), p, limbs);
            }};
}

HintCase double_line(const char* name, std::uint16_t id, const Big& p, std::size_t limbs) {
    return {name,
            id,
            kNew,
            10'000,
            [=](Operands& operands) {
                Words words = coordinates(operands, p, limbs, 4);
                if (operands.below(50) == 0) std::fill_n(words.begin() + 2 * limbs, 2 * limbs, 0);
                return words;
            },
            [=](const Words& parameters, const Words* result) {
                const Complex x = complex_at(parameters, 0, limbs);
                const Complex y = complex_at(parameters, 2 * limbs, limbs);
                const bool fine = is_reduced(x, p) && is_reduced(y, p) && y != Complex{0, 0};
                if (result == nullptr) return !fine;
                return fine && is_line(*result, x, y, times({3, 0}, times(x, x, p), p),
                                       times({2, 0}, y, p), p, limbs);
            }};
}

}  // namespace

std::vector<HintCase> field_cases() {
    return {inverse("secp256k1_fp_inv", 1, kSecp256k1P, 4),
            inverse("secp256k1_fn_inv", 2, kSecp256k1N, 4),
            inverse("secp256r1_fn_inv", 5, kSecp256r1N, 4),
            inverse("bn254_fp_inv", 6, kBn254P, 4),
            inverse("bls12_381_fp_inv", 10, kBls12P, 6),
            secp256k1_root(),
            bls12_381_root(),
            complex_inverse("bn254_fp2_inv", 7, kBn254P, 4),
            complex_inverse("bls12_381_fp2_inv", 12, kBls12P, 6),
            complex_root(),
            add_line("bn254_twist_add_line_coeffs", 8, kBn254P, 4),
            add_line("bls12_381_twist_add_line_coeffs", 14, kBls12P, 6),
            double_line("bn254_twist_dbl_line_coeffs", 9, kBn254P, 4),
            double_line("bls12_381_twist_dbl_line_coeffs", 15, kBls12P, 6)};
}

}  // namespace reprise::test
