/// @file
/// The functions behind the numbers in hints.h, by family. Each appends its result to an empty
/// vector, or refuses and appends nothing. It must be given at least the words that its comment
/// lists.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hint/hints.h"

namespace reprise::hints {

using Words = std::span<const std::uint64_t>;
using Result = std::vector<std::uint64_t>;

// Prime fields (field_hints.cpp). An operand may be any number of its size; it counts modulo the
// prime.

/// a → 1/a. Refused: a ≡ 0.
HintRefusal secp256k1_fp_inv(Words words, Result& result);
HintRefusal secp256k1_fn_inv(Words words, Result& result);
HintRefusal secp256r1_fn_inv(Words words, Result& result);
HintRefusal bn254_fp_inv(Words words, Result& result);
HintRefusal bls12_381_fp_inv(Words words, Result& result);

/// a, parity → 1, the root of a with this lowest bit (any parity but 0 and 1: the other root than
/// a^((p+1)/4)), or 0, such a root of 3a. An a from p on counts as having none, and the last number
/// is then one whose square is 3a or -3a.
///
/// Where a has no root, ZisK's emulator gives a root of 3a of whatever parity, its C library one
/// with the parity asked for. Programs ask for roots of what has none (a signature that is not
/// one), check the square alone, and drop the root: so this is no reason to refuse, and the C
/// library's is given.
HintRefusal secp256k1_fp_sqrt(Words words, Result& result);

/// a → 1, a^((p+1)/4), or 0, (2a)^((p+1)/4). An a from p on counts as having no root.
HintRefusal bls12_381_fp_sqrt(Words words, Result& result);

// Fp2 = Fp[i]/(i² + 1) (extension_hints.cpp): real part, imaginary part.

/// a → 1/a. Refused: a ≡ 0, and an imaginary part greater than p.
HintRefusal bn254_fp2_inv(Words words, Result& result);
HintRefusal bls12_381_fp2_inv(Words words, Result& result);

/// a → 1, a root of a, or 0, a root of a(1 + i). Refused where that, a or a(1 + i), is real and has
/// no root in Fp: there the C library gives 0.
HintRefusal bls12_381_fp2_sqrt(Words words, Result& result);

/// x1, y1, x2, y2 → λ = (y2 - y1)/(x2 - x1), µ = y1 - λ x1. Refused: x1 = x2, coordinates from p
/// on.
HintRefusal bn254_twist_add_line_coeffs(Words words, Result& result);
HintRefusal bls12_381_twist_add_line_coeffs(Words words, Result& result);

/// x, y → λ = 3x²/2y, µ = y - λ x. Refused: y = 0, coordinates from p on.
HintRefusal bn254_twist_dbl_line_coeffs(Words words, Result& result);
HintRefusal bls12_381_twist_dbl_line_coeffs(Words words, Result& result);

// Integers (integer_hints.cpp).

/// length, x → number of bits, the bits of x from the highest one down, a word each. Refused: more
/// than 8192 bits; x = 0, where 0.17 on differ (0 bits or one), and up to 0.16 the result is 0.
HintRefusal bin_decomp(Words words, Result& result);
HintRefusal bin_decomp_up_to_0_16(Words words, Result& result);

/// n, n numbers of 4 words → limb and bit in it of the highest one of all. Refused: all are 0.
HintRefusal msb_pos_256(Words words, Result& result);
/// The same up to 0.16; up to 0.15, two numbers without a count were pushed, known by their 8
/// words.
HintRefusal msb_pos_256_up_to_0_16(Words words, Result& result);

/// x, two words of anything, y: the same for these two numbers of 6 words. Refused where the C
/// library differs, which up to 0.18 takes the six words after x for y.
HintRefusal msb_pos_384_up_to_0_18(Words words, Result& result);
/// The same without that mistake; later: n, n numbers of 6 words. 16 words are the first form.
HintRefusal msb_pos_384(Words words, Result& result);

/// a, b → a / b, a mod b, of 4 words each. Refused: b = 0.
HintRefusal uint256_div(Words words, Result& result);
/// a → 1, 1/a mod 2^256, or 0, 0 if a is even.
HintRefusal uint256_inv(Words words, Result& result);
/// a, m → 1, 1/a mod m (0 for m = 1), or 0, 0 if there is none. Refused: m = 0.
HintRefusal uint256_inv_mod(Words words, Result& result);
/// length of a, a, length of b, b → length of q, q = a / b, length of r, r = a mod b; both lengths
/// are the fewest multiples of 4 words that hold the number, at least 4. Refused: b = 0.
HintRefusal bigint_div(Words words, Result& result);

// Curves (curve_hints.cpp).

/// k → |k1|, |k2| (4 words each), 1 if k1 is negative, 1 if k2 is: k = k1 + k2 λ, both short.
HintRefusal secp256k1_glv_decompose(Words words, Result& result);

/// public key (x, y), z, r, s → the point (z/s) G + (r/s) key, (0, 0) for infinity. Refused: s ≡ 0,
/// and what double_multiply() (ecdsa_point.h) has no answer to.
HintRefusal secp256k1_ecdsa_verify(Words words, Result& result);
HintRefusal secp256r1_ecdsa_verify(Words words, Result& result);

/// address → nothing: says that the input up to this address is wanted. Whether it is there, and
/// the address one of the input at all, the platform sees.
HintRefusal input_ready(Words words, Result& result);

}  // namespace reprise::hints
