/*
 * Calls the functions of zkvm_accelerators.h as its input says, one call a line: a name, then
 * operands in hex, `-` for no bytes, with spaces between. Prints a line for each: `ok` and the
 * result in hex, or `fail`. A result that changed although the call failed ends the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zkvm_accelerators.h"

enum { kMaxOperands = 8, kMaxResult = 1 << 16 };

struct operand {
    uint8_t* bytes;
    size_t size;
};

static struct operand operands[kMaxOperands];
static _Alignas(8) uint8_t result[kMaxResult];
static size_t result_size;

static _Noreturn void die(const char* what) {
    printf("broken: %s\n", what);
    exit(1);
}

/** Operand `at`, which must have a size. */
static const void* take(size_t at, size_t size) {
    if (operands[at].size != size) die("size of an operand");
    return operands[at].bytes;
}

static void* give(size_t size) {
    result_size = size;
    return result;
}

static zkvm_status tell(zkvm_status status, bool verified) {
    *(uint8_t*)give(1) = verified;
    return status;
}

static zkvm_status keccak256(void) {
    return zkvm_keccak256(operands[0].bytes, operands[0].size, give(32));
}
static zkvm_status sha256(void) {
    return zkvm_sha256(operands[0].bytes, operands[0].size, give(32));
}
static zkvm_status ripemd160(void) {
    return zkvm_ripemd160(operands[0].bytes, operands[0].size, give(32));
}

/** Rounds in 4 bytes, state, message, offset, flag: the order of EIP-152. */
static zkvm_status blake2f(void) {
    const uint8_t* const rounds = take(0, 4);
    const uint32_t number = (uint32_t)rounds[0] << 24 | (uint32_t)rounds[1] << 16 |
                            (uint32_t)rounds[2] << 8 | rounds[3];
    zkvm_blake2f_state* const state = give(64);
    zkvm_blake2f_state before;
    memcpy(state, take(1, 64), 64);
    before = *state;
    const zkvm_status status =
        zkvm_blake2f(number, state, take(2, 128), take(3, 16), *(const uint8_t*)take(4, 1));
    if (status != ZKVM_EOK && memcmp(state, &before, 64) != 0) die("blake2f changed its state");
    return status;
}

static zkvm_status secp256k1_verify(void) {
    bool verified = false;
    const zkvm_status status =
        zkvm_secp256k1_verify(take(0, 32), take(1, 64), take(2, 64), &verified);
    return tell(status, verified);
}
static zkvm_status secp256r1_verify(void) {
    bool verified = false;
    const zkvm_status status =
        zkvm_secp256r1_verify(take(0, 32), take(1, 64), take(2, 64), &verified);
    return tell(status, verified);
}
static zkvm_status secp256k1_ecrecover(void) {
    return zkvm_secp256k1_ecrecover(take(0, 32), take(1, 64), *(const uint8_t*)take(2, 1),
                                    give(64));
}

static zkvm_status modexp(void) {
    return zkvm_modexp(operands[0].bytes, operands[0].size, operands[1].bytes, operands[1].size,
                       operands[2].bytes, operands[2].size, give(operands[2].size));
}

static zkvm_status bn254_g1_add(void) {
    return zkvm_bn254_g1_add(take(0, 64), take(1, 64), give(64));
}
static zkvm_status bn254_g1_mul(void) {
    return zkvm_bn254_g1_mul(take(0, 64), take(1, 32), give(64));
}
static zkvm_status bn254_pairing(void) {
    bool verified = false;
    const size_t pairs = operands[0].size / sizeof(zkvm_bn254_pairing_pair);
    const zkvm_status status = zkvm_bn254_pairing((const void*)operands[0].bytes, pairs, &verified);
    return tell(status, verified);
}

static zkvm_status bls12_g1_add(void) {
    return zkvm_bls12_g1_add(take(0, 96), take(1, 96), give(96));
}
static zkvm_status bls12_g2_add(void) {
    return zkvm_bls12_g2_add(take(0, 192), take(1, 192), give(192));
}
static zkvm_status bls12_g1_msm(void) {
    const size_t pairs = operands[0].size / sizeof(zkvm_bls12_381_g1_msm_pair);
    return zkvm_bls12_g1_msm((const void*)operands[0].bytes, pairs, give(96));
}
static zkvm_status bls12_g2_msm(void) {
    const size_t pairs = operands[0].size / sizeof(zkvm_bls12_381_g2_msm_pair);
    return zkvm_bls12_g2_msm((const void*)operands[0].bytes, pairs, give(192));
}
static zkvm_status bls12_pairing(void) {
    bool verified = false;
    const size_t pairs = operands[0].size / sizeof(zkvm_bls12_381_pairing_pair);
    const zkvm_status status = zkvm_bls12_pairing((const void*)operands[0].bytes, pairs, &verified);
    return tell(status, verified);
}
static zkvm_status bls12_map_fp_to_g1(void) {
    return zkvm_bls12_map_fp_to_g1(take(0, 48), give(96));
}
static zkvm_status bls12_map_fp2_to_g2(void) {
    return zkvm_bls12_map_fp2_to_g2(take(0, 96), give(192));
}
static zkvm_status kzg_point_eval(void) {
    bool verified = false;
    const zkvm_status status =
        zkvm_kzg_point_eval(take(0, 48), take(1, 32), take(2, 32), take(3, 48), &verified);
    return tell(status, verified);
}

static const struct {
    const char* name;
    zkvm_status (*call)(void);
} functions[] = {
#define FUNCTION(name) {#name, name},
    FUNCTION(keccak256) FUNCTION(sha256) FUNCTION(ripemd160) FUNCTION(blake2f)
        FUNCTION(secp256k1_verify) FUNCTION(secp256k1_ecrecover) FUNCTION(secp256r1_verify)
            FUNCTION(modexp) FUNCTION(bn254_g1_add) FUNCTION(bn254_g1_mul) FUNCTION(bn254_pairing)
                FUNCTION(bls12_g1_add) FUNCTION(bls12_g1_msm) FUNCTION(bls12_g2_add)
                    FUNCTION(bls12_g2_msm) FUNCTION(bls12_pairing) FUNCTION(bls12_map_fp_to_g1)
                        FUNCTION(bls12_map_fp2_to_g2) FUNCTION(kzg_point_eval)
#undef FUNCTION
};

static unsigned digit(char c) {
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f') return (unsigned)(c - 'a') + 10;
    die("hex");
}

/** Puts the operands where each word of the line says; bytes lie where their hex was, aligned. */
static void read_operands(void) {
    for (size_t i = 0; i < kMaxOperands; i++) {
        free(operands[i].bytes);
        operands[i] = (struct operand){0};
        const char* const word = strtok(NULL, " \n");
        if (!word || strcmp(word, "-") == 0) continue;
        operands[i].size = strlen(word) / 2;
        operands[i].bytes = malloc(operands[i].size);
        for (size_t at = 0; at < operands[i].size; at++)
            operands[i].bytes[at] = (uint8_t)(digit(word[2 * at]) << 4 | digit(word[2 * at + 1]));
    }
}

static void call(const char* name) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].name, name) != 0) continue;
        memset(result, 0xa5, sizeof result);
        if (functions[i].call() != ZKVM_EOK) {
            puts("fail");
            return;
        }
        if (result[result_size] != 0xa5) die("result longer than it may be");
        fputs("ok ", stdout);
        for (size_t at = 0; at < result_size; at++)
            printf("%02x", result[at]);
        putchar('\n');
        return;
    }
    die(name);
}

int main(void) {
    static char line[1 << 20];
    while (fgets(line, sizeof line, stdin)) {
        const char* const name = strtok(line, " \n");
        if (!name || *name == ';') continue;
        read_operands();
        call(name);
    }
    return 0;
}
