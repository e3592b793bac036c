#include "precompile/blake2s_rounds.h"

#include "precompile/blake.h"

namespace reprise {

void blake2s_rounds(Limbs<8>& v, const Limbs<8>& message) {
    blake_rounds<kBlake2Sigma>(v, message);
}

}  // namespace reprise
