/// @file
/// SHA-256's compression function.
#pragma once

#include "precompile/limbs.h"

namespace reprise {

/// Takes one block of 64 bytes into the state (FIPS 180-4, section 6.2.2). Both are as they lie in
/// guest memory: the state is eight words of 32 bits, so H0 is the low half of `state[0]` and H1
/// the high half; the block is the message's bytes in their order, the first one lowest in
/// `block[0]`.
void sha256_compress(Limbs<4>& state, const Limbs<8>& block);

}  // namespace reprise
