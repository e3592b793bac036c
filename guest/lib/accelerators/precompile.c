#include "precompile.h"

#include <stdbool.h>

#include "software.h"

/** Linux's -ENOSYS; C libraries number errors in their own way. */
enum { kNoSuchEcall = -38 };

/** A set bit for each precompile that the machine is known not to have. */
static uint32_t missing;

/** Whether the machine has done it. Any answer but two is a defect of the machine. */
static bool machine_does(enum precompile precompile, void* parameters) {
    if (missing >> precompile & 1) return false;
    const long answer = reprise_precompile(precompile, parameters);
    if (answer == 0) return true;
    if (answer != kNoSuchEcall) __builtin_trap();
    missing |= UINT32_C(1) << precompile;
    return false;
}

void keccak_f(uint64_t state[25]) {
    if (!machine_does(kKeccakF, state)) software_keccak_f(state);
}

void sha256_compress(uint64_t state[4], const uint64_t block[8]) {
    struct {
        uint64_t* state;
        const uint64_t* block;
    } parameters = {state, block};
    if (!machine_does(kSha256Compress, &parameters)) software_sha256_compress(state, block);
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

/** Two points or two elements of Fp2; the first is replaced by the result. */
struct pair {
    uint64_t* first;
    const uint64_t* second;
};

void curve_add(const struct curve* curve, uint64_t* p, const uint64_t* q) {
    struct pair parameters = {p, q};
    if (!machine_does(curve->add, &parameters)) software_curve_add(curve, p, q);
}

void curve_double(const struct curve* curve, uint64_t* p) {
    if (!machine_does(curve->twice, p)) software_curve_double(curve, p);
}

void fp2_accumulate(const struct field* field, uint64_t* a, const uint64_t* b) {
    struct pair parameters = {a, b};
    if (!machine_does(field->fp2_add, &parameters)) software_fp2_add(field, a, b);
}

void fp2_reduce(const struct field* field, uint64_t* a, const uint64_t* b) {
    struct pair parameters = {a, b};
    if (!machine_does(field->fp2_subtract, &parameters)) software_fp2_subtract(field, a, b);
}

void fp2_scale(const struct field* field, uint64_t* a, const uint64_t* b) {
    struct pair parameters = {a, b};
    if (!machine_does(field->fp2_multiply, &parameters)) software_fp2_multiply(field, a, b);
}
