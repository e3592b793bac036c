#include "precompile.h"

#include "software.h"

/** Linux's -ENOSYS; C libraries number errors in their own way. */
enum { kNoSuchEcall = -38 };

/** A set bit for each precompile that the machine is known not to have. */
static uint32_t missing;

/** Any answer but two is a defect of the machine. */
bool machine_does(enum precompile precompile, void* parameters) {
    if (missing >> precompile & 1) return false;
    const long answer = reprise_precompile(precompile, parameters);
    if (answer == 0) return true;
    if (answer != kNoSuchEcall) __builtin_trap();
    missing |= UINT32_C(1) << precompile;
    return false;
}

bool machine_combines(enum precompile precompile, uint64_t* first, const uint64_t* second) {
    struct {
        uint64_t* first;
        const uint64_t* second;
    } parameters = {first, second};
    return machine_does(precompile, &parameters);
}

void keccak_f(uint64_t state[25]) {
    if (!machine_does(kKeccakF, state)) software_keccak_f(state);
}

void sha256_compress(uint64_t state[4], const uint64_t block[8]) {
    if (!machine_combines(kSha256Compress, state, block)) software_sha256_compress(state, block);
}

void blake2b_round(uint64_t index, uint64_t v[16], const uint64_t m[16]) {
    struct {
        uint64_t index;
        uint64_t* state;
        const uint64_t* message;
    } parameters = {index, v, m};
    if (!machine_does(kBlake2bRound, &parameters)) software_blake2b_round(index, v, m);
}

void multiply_add_256(const uint64_t a[4], const uint64_t b[4], const uint64_t c[4],
                      uint64_t low[4], uint64_t high[4]) {
    struct {
        const uint64_t *a, *b, *c;
        uint64_t *low, *high;
    } parameters = {a, b, c, low, high};
    if (!machine_does(kArith256, &parameters)) software_multiply_add_256(a, b, c, low, high);
}

void multiply_add_mod(size_t limbs, const uint64_t* a, const uint64_t* b, const uint64_t* c,
                      const uint64_t* modulus, uint64_t* d) {
    struct {
        const uint64_t *a, *b, *c, *modulus;
        uint64_t* d;
    } parameters = {a, b, c, modulus, d};
    if (!machine_does(limbs == 4 ? kArith256Mod : kArith384Mod, &parameters))
        software_multiply_add_mod(limbs, a, b, c, modulus, d);
}
