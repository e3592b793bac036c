/// @file
/// The rounds of BLAKE3.
#pragma once

#include "precompile/limbs.h"

namespace reprise {

/// The seven rounds of BLAKE3's compression function (The BLAKE3 paper, section 2.2;
/// https://github.com/BLAKE3-team/BLAKE3-specs) on the working vector v, with the permutation of
/// the message between them: what lies between the initialisation of v and the final exclusive or
/// of its halves. Word i of the 16 words of 32 bits is the low half of limb i / 2 if i is even and
/// the high half otherwise. `message` may be v.
void blake3_rounds(Limbs<8>& v, const Limbs<8>& message);

}  // namespace reprise
