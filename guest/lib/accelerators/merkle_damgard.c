#include "merkle_damgard.h"

#include <string.h>

enum { kBlock = 64 };

void hash_blocks(compress_function compress, uint64_t* state, const uint8_t* data, size_t len,
                 uint64_t length) {
    uint64_t block[kBlock / 8];
    for (; len >= kBlock; data += kBlock, len -= kBlock) {
        memcpy(block, data, kBlock);
        compress(state, block);
    }
    memset(block, 0, sizeof block);
    if (len) memcpy(block, data, len);
    ((uint8_t*)block)[len] = 0x80;
    if (len + 1 + sizeof length > kBlock) {
        compress(state, block);
        memset(block, 0, sizeof block);
    }
    block[kBlock / 8 - 1] = length;
    compress(state, block);
}
