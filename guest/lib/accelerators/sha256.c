#include <string.h>

#include "merkle_damgard.h"
#include "precompile.h"
#include "zkvm_accelerators.h"

zkvm_status zkvm_sha256(const uint8_t* data, size_t len, zkvm_sha256_hash* output) {
    /* Eight words of 32 bits: h[0] is the lower half of the first. */
    uint64_t state[4] = {0xbb67ae856a09e667, 0xa54ff53a3c6ef372, 0x9b05688c510e527f,
                         0x5be0cd191f83d9ab};
    hash_blocks(sha256_compress, state, data, len, __builtin_bswap64((uint64_t)len * 8));
    for (size_t i = 0; i < 4; i++) {
        const uint64_t big_endian = __builtin_bswap64(state[i] << 32 | state[i] >> 32);
        memcpy(output->data + 8 * i, &big_endian, sizeof big_endian);
    }
    return ZKVM_EOK;
}
