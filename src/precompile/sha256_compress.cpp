#include "precompile/sha256_compress.h"

// OpenSSL 3 deprecates what is below EVP, but EVP has no way to set the state. The function is
// there in all of OpenSSL 3, and uses the processor's SHA instructions where there are any.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <cstring>

namespace reprise {

void sha256_compress(Limbs<4>& state, const Limbs<8>& block) {
    SHA256_CTX context;  // of which SHA256_Transform uses `h` alone
    static_assert(sizeof context.h == sizeof state);
    std::memcpy(context.h, state.data(), sizeof state);
    SHA256_Transform(&context, reinterpret_cast<const unsigned char*>(block.data()));
    std::memcpy(state.data(), context.h, sizeof state);
}

}  // namespace reprise
