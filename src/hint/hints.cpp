#include "hint/hints.h"

#include <algorithm>
#include <array>

#include "hint/hint_functions.h"

namespace reprise {

namespace {

using namespace hints;

// A prime field's number of 6 words is pushed with 8, an Fp2 element for its root with 16, and so
// on: what counts is how many words are read.

/// Up to 0.16.1. Number 5 has a name there, but no implementation.
constexpr std::array kUpTo0_16 = {
    Hint{1, "secp256k1_fp_inv", 4, secp256k1_fp_inv},
    Hint{2, "secp256k1_fn_inv", 4, secp256k1_fn_inv},
    Hint{3, "secp256k1_fp_sqrt", 5, secp256k1_fp_sqrt},
    Hint{4, "msb_pos_256", 1, msb_pos_256_up_to_0_16},
    Hint{6, "bn254_fp_inv", 4, bn254_fp_inv},
    Hint{7, "bn254_fp2_inv", 8, bn254_fp2_inv},
    Hint{8, "bn254_twist_add_line_coeffs", 32, bn254_twist_add_line_coeffs},
    Hint{9, "bn254_twist_dbl_line_coeffs", 16, bn254_twist_dbl_line_coeffs},
    Hint{10, "bls12_381_fp_inv", 6, bls12_381_fp_inv},
    Hint{11, "bls12_381_fp_sqrt", 6, bls12_381_fp_sqrt},
    Hint{12, "bls12_381_fp2_inv", 12, bls12_381_fp2_inv},
    Hint{13, "bls12_381_twist_add_line_coeffs", 48, bls12_381_twist_add_line_coeffs},
    Hint{14, "bls12_381_twist_dbl_line_coeffs", 24, bls12_381_twist_dbl_line_coeffs},
    Hint{15, "msb_pos_384", 14, msb_pos_384_up_to_0_18},
    Hint{16, "uint256_div", 8, uint256_div},
    Hint{17, "bigint_div", 2, bigint_div},
    Hint{18, "bin_decomp", 1, bin_decomp_up_to_0_16},
    Hint{19, "bls12_381_fp2_sqrt", 12, bls12_381_fp2_sqrt},
    Hint{20, "secp256k1_ecdsa_verify", 20, secp256k1_ecdsa_verify},
    Hint{21, "secp256r1_ecdsa_verify", 20, secp256r1_ecdsa_verify},
    Hint{22, "input_ready", 1, input_ready},
};

/// What 0.17 changed to stands in 1.0 as well, but for these.
constexpr std::array k0_17Only = {
    Hint{4, "secp256k1_ecdsa_verify", 20, secp256k1_ecdsa_verify},
    Hint{5, "secp256r1_ecdsa_verify", 20, secp256r1_ecdsa_verify},
    Hint{18, "msb_pos_384", 14, msb_pos_384_up_to_0_18},
};

constexpr std::array kFrom0_17 = {
    Hint{1, "secp256k1_fp_inv", 4, secp256k1_fp_inv},
    Hint{2, "secp256k1_fn_inv", 4, secp256k1_fn_inv},
    Hint{3, "secp256k1_fp_sqrt", 5, secp256k1_fp_sqrt},
    Hint{4, "secp256k1_glv_decompose", 4, secp256k1_glv_decompose},
    Hint{5, "secp256r1_fn_inv", 4, secp256r1_fn_inv},
    Hint{6, "bn254_fp_inv", 4, bn254_fp_inv},
    Hint{7, "bn254_fp2_inv", 8, bn254_fp2_inv},
    Hint{8, "bn254_twist_add_line_coeffs", 32, bn254_twist_add_line_coeffs},
    Hint{9, "bn254_twist_dbl_line_coeffs", 16, bn254_twist_dbl_line_coeffs},
    Hint{10, "bls12_381_fp_inv", 6, bls12_381_fp_inv},
    Hint{11, "bls12_381_fp_sqrt", 6, bls12_381_fp_sqrt},
    Hint{12, "bls12_381_fp2_inv", 12, bls12_381_fp2_inv},
    Hint{13, "bls12_381_fp2_sqrt", 12, bls12_381_fp2_sqrt},
    Hint{14, "bls12_381_twist_add_line_coeffs", 48, bls12_381_twist_add_line_coeffs},
    Hint{15, "bls12_381_twist_dbl_line_coeffs", 24, bls12_381_twist_dbl_line_coeffs},
    Hint{16, "bin_decomp", 1, bin_decomp},
    Hint{17, "msb_pos_256", 1, msb_pos_256},
    Hint{18, "msb_pos_384", 1, msb_pos_384},
    Hint{19, "uint256_div", 8, uint256_div},
    Hint{20, "uint256_inv", 4, uint256_inv},
    Hint{21, "uint256_inv_mod", 8, uint256_inv_mod},
    Hint{22, "bigint_div", 2, bigint_div},
    Hint{23, "input_ready", 1, input_ready},
};

const Hint* find_in(std::span<const Hint> table, std::uint16_t id) {
    const auto* const end = table.data() + table.size();
    const auto* const hint =
        std::find_if(table.data(), end, [id](const Hint& one) { return one.id == id; });
    return hint == end ? nullptr : hint;
}

/// How the libraries of each version push before they call; what is shown, the last pushes show.
struct Sign {
    std::uint16_t id;
    std::array<std::size_t, 4> pushes;  ///< the last ones; zeros in front stand for nothing
    HintVersion version;
};

/// A longer sign comes before one that it ends in.
constexpr std::array kSigns = {
    Sign{4, {8, 4, 4, 4}, HintVersion::k0_17},
    Sign{4, {1, 4, 4, 4}, HintVersion::kUpTo0_16},
    Sign{4, {0, 1, 4, 4}, HintVersion::kUpTo0_16},
    Sign{4, {0, 0, 4, 4}, HintVersion::kUpTo0_16},
    Sign{4, {0, 0, 0, 4}, HintVersion::k1_0},
    Sign{5, {8, 4, 4, 4}, HintVersion::k0_17},
    Sign{5, {0, 0, 0, 4}, HintVersion::k1_0},
    Sign{13, {0, 0, 24, 24}, HintVersion::kUpTo0_16},
    Sign{15, {0, 0, 8, 8}, HintVersion::kUpTo0_16},
    Sign{16, {0, 0, 4, 4}, HintVersion::kUpTo0_16},
    Sign{17, {0, 0, 1, 1}, HintVersion::kUpTo0_16},
    Sign{18, {0, 0, 1, 1}, HintVersion::kUpTo0_16},
    Sign{19, {0, 0, 0, 16}, HintVersion::kUpTo0_16},
    Sign{20, {8, 4, 4, 4}, HintVersion::kUpTo0_16},
    Sign{21, {8, 4, 4, 4}, HintVersion::kUpTo0_16},
};

bool ends_in(std::span<const std::size_t> pushes, std::span<const std::size_t> sign) {
    while (sign.front() == 0)
        sign = sign.subspan(1);
    return pushes.size() >= sign.size() &&
           std::equal(sign.begin(), sign.end(), pushes.last(sign.size()).begin());
}

}  // namespace

const Hint* find_hint(std::uint16_t id, HintVersion version) {
    if (version == HintVersion::kUpTo0_16) return find_in(kUpTo0_16, id);
    if (version == HintVersion::k0_17) {
        if (const Hint* hint = find_in(k0_17Only, id)) return hint;
    }
    return find_in(kFrom0_17, id);
}

HintRefusal run_hint(const Hint& hint, std::span<const std::uint64_t> parameters,
                     std::vector<std::uint64_t>& result) {
    result.clear();
    if (parameters.size() < hint.parameters) return "parameters: too few words were pushed";
    if (parameters.size() > kHintParameterLimit) return "parameters: more than 386 words";
    const HintRefusal refusal = hint.compute(parameters, result);
    if (refusal != nullptr) result.clear();
    return refusal;
}

std::optional<HintVersion> version_shown_by(std::uint16_t id, std::span<const std::size_t> pushes) {
    for (const Sign& sign : kSigns) {
        if (sign.id == id && ends_in(pushes, sign.pushes)) return sign.version;
    }
    return {};
}

}  // namespace reprise
