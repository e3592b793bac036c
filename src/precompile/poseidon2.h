/// @file
/// The Poseidon2 permutation over the Goldilocks field.
#pragma once

#include "precompile/limbs.h"

namespace reprise {

/// Poseidon2 (https://eprint.iacr.org/2023/323) of 16 elements modulo p = 2^64 - 2^32 + 1, with
/// x^7, 4 + 4 full rounds and 22 partial ones. Any number stands for its residue modulo p; results
/// are below p.
void poseidon2(Limbs<16>& state);

}  // namespace reprise
