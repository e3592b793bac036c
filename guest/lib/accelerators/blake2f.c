#include <string.h>

#include "precompile.h"
#include "zkvm_accelerators.h"

zkvm_status zkvm_blake2f(uint32_t rounds, zkvm_blake2f_state* h, const zkvm_blake2f_message* m,
                         const zkvm_blake2f_offset* t, uint8_t f) {
    if (f > 1) return ZKVM_EFAIL;
    uint64_t v[16] = {[8] = 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                      0xa54ff53a5f1d36f1,       0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                      0x1f83d9abfb41bd6b,       0x5be0cd19137e2179};
    uint64_t state[8], message[16], offset[2];
    memcpy(state, h->data, sizeof state);
    memcpy(message, m->data, sizeof message);
    memcpy(offset, t->data, sizeof offset);
    memcpy(v, state, sizeof state);
    v[12] ^= offset[0];
    v[13] ^= offset[1];
    if (f) v[14] = ~v[14];
    uint64_t index = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        blake2b_round(index, v, message);
        index = index == 9 ? 0 : index + 1;
    }
    for (size_t i = 0; i < 8; i++)
        state[i] ^= v[i] ^ v[i + 8];
    memcpy(h->data, state, sizeof state);
    return ZKVM_EOK;
}
