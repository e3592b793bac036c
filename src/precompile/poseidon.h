/// @file
/// The Poseidon permutation over the Goldilocks field, ZisK's "poseidon1".
#pragma once

#include "precompile/limbs.h"

namespace reprise {

/// Poseidon (https://eprint.iacr.org/2019/458) of 16 elements modulo p = 2^64 - 2^32 + 1, with x^7,
/// 4 + 4 full rounds, 22 partial ones between them, the round constants of the paper's appendix E
/// and the circulant matrix of ZisK. Any number stands for its residue modulo p; results are below
/// p.
void poseidon(Limbs<16>& state);

}  // namespace reprise
