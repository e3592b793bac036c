#include <string.h>

#include "heap.h"
#include "limbs.h"
#include "ring.h"
#include "zkvm_accelerators.h"

/** Bytes of a number, the most significant first. */
struct bytes {
    const uint8_t* data;
    size_t size;
};

static struct bytes without_leading_zeros(const uint8_t* data, size_t size) {
    while (size > 0 && *data == 0)
        data++, size--;
    const struct bytes rest = {data, size};
    return rest;
}

/** Reads at most 8 n bytes. */
static void read_number(size_t n, uint64_t* a, struct bytes bytes) {
    limbs_clear(n, a);
    for (size_t i = 0; i < bytes.size; i++)
        a[i / 8] |= (uint64_t)bytes.data[bytes.size - 1 - i] << (8 * (i % 8));
}

/** Writes a number that fits. */
static void write_number(uint8_t* bytes, size_t size, const uint64_t* a, size_t n) {
    for (size_t i = 0; i < size; i++) {
        const uint64_t limb = i / 8 < n ? a[i / 8] : 0;
        bytes[size - 1 - i] = (uint8_t)(limb >> (8 * (i % 8)));
    }
}

/** a = the number modulo the ring's modulus, from the front, as many bytes at a time as fit. */
static void read_modulo(struct ring* ring, uint64_t* a, uint64_t* chunk, struct bytes bytes) {
    const size_t most = 8 * ring->limbs;
    limbs_clear(ring->limbs, a);
    while (bytes.size > 0) {
        const size_t rest = bytes.size % most, now = rest ? rest : most;
        const struct bytes front = {bytes.data, now};
        read_number(ring->limbs, chunk, front);
        ring->append(ring, a, chunk);
        bytes.data += now;
        bytes.size -= now;
    }
}

/** result = base^exponent, from the exponent's highest bit down. */
static void raise(struct ring* ring, uint64_t* result, const uint64_t* base,
                  struct bytes exponent) {
    limbs_clear(ring->limbs, result);
    result[0] = 1;
    ring->multiply(ring, result, result, result); /* 0 modulo 1 */
    bool started = false;
    for (size_t bit = 8 * exponent.size; bit-- > 0;) {
        const unsigned byte = exponent.data[exponent.size - 1 - bit / 8];
        if (started) ring->multiply(ring, result, result, result);
        if (byte >> (bit % 8) & 1) {
            ring->multiply(ring, result, result, base);
            started = true;
        }
    }
}

static void compute_small(struct bytes base, struct bytes exponent, struct bytes modulus,
                          uint8_t* output, size_t size) {
    const size_t limbs = modulus.size > 32 ? 6 : 4;
    uint64_t number[kMaxLimbs], power[kMaxLimbs];
    struct small_ring small;
    read_number(limbs, number, modulus);
    small_ring_start(&small, limbs, number);
    read_modulo(&small.ring, number, power, base);
    raise(&small.ring, power, number, exponent);
    write_number(output, size, power, limbs);
}

static bool compute_large(struct bytes base, struct bytes exponent, struct bytes modulus,
                          uint8_t* output, size_t size) {
    const size_t limbs = (modulus.size + 7) / 8, room = large_ring_limbs(limbs);
    uint64_t* const number = reprise_accelerators_allocate(2 * room * sizeof *number);
    if (!number) return false;
    uint64_t* const power = number + room;
    struct large_ring large;
    read_number(limbs, number, modulus);
    const bool started = large_ring_start(&large, limbs, number);
    if (started) {
        read_modulo(&large.ring, number, power, base);
        raise(&large.ring, power, number, exponent);
        write_number(output, size, power, room);
        large_ring_end(&large);
    }
    reprise_accelerators_free(number);
    return started;
}

zkvm_status zkvm_modexp(const uint8_t* base, size_t base_len, const uint8_t* exp, size_t exp_len,
                        const uint8_t* modulus, size_t mod_len, uint8_t* output) {
    const struct bytes b = without_leading_zeros(base, base_len);
    const struct bytes e = without_leading_zeros(exp, exp_len);
    const struct bytes m = without_leading_zeros(modulus, mod_len);
    if (m.size == 0) {
        if (mod_len) memset(output, 0, mod_len);
        return ZKVM_EOK;
    }
    if (m.size > 8 * kMaxLimbs)
        return compute_large(b, e, m, output, mod_len) ? ZKVM_EOK : ZKVM_EFAIL;
    compute_small(b, e, m, output, mod_len);
    return ZKVM_EOK;
}
