/// @file
/// The rounds of BLAKE2s.
#pragma once

#include "precompile/limbs.h"

namespace reprise {

/// The ten rounds of BLAKE2s's compression function F (RFC 7693, section 3.2) on the working vector
/// v: what lies between the initialisation of v and the final exclusive or of its halves. Word i of
/// the 16 words of 32 bits is the low half of limb i / 2 if i is even and the high half otherwise.
/// `message` may be v.
void blake2s_rounds(Limbs<8>& v, const Limbs<8>& message);

}  // namespace reprise
