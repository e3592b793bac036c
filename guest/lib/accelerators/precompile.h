/**
 * @file
 * What the machine can do for a guest: one function for each of its precompiles on words and
 * numbers; those on Fp2 are in fp2.h, those on points in curve.h. Each asks the machine, and
 * computes in software what the machine does not have (Linux under qemu-riscv64 has none of them).
 * So everything above these headers is written once.
 *
 * Numbers and structures are those of ZisK's precompiles: ecall 0x52500000 + (CSR - 0x800).
 */
#ifndef REPRISE_ACCELERATORS_PRECOMPILE_H
#define REPRISE_ACCELERATORS_PRECOMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum precompile {
    kKeccakF = 0x00,
    kArith256 = 0x01,
    kArith256Mod = 0x02,
    kSecp256k1Add = 0x03,
    kSecp256k1Double = 0x04,
    kSha256Compress = 0x05,
    kBn254Add = 0x06,
    kBn254Double = 0x07,
    kBn254Fp2Add = 0x08,
    kBn254Fp2Subtract = 0x09,
    kBn254Fp2Multiply = 0x0A,
    kArith384Mod = 0x0B,
    kBls12Add = 0x0C,
    kBls12Double = 0x0D,
    kBls12Fp2Add = 0x0E,
    kBls12Fp2Subtract = 0x0F,
    kBls12Fp2Multiply = 0x10,
    kSecp256r1Add = 0x17,
    kSecp256r1Double = 0x18,
    kBlake2bRound = 0x19,
};

/**
 * The ecall: 0 if the machine has done it, -38 (ENOSYS of Linux) if it has no such precompile.
 * Outside of the library's other symbols, so that tests can put a machine of their own here.
 */
long reprise_precompile(long precompile, void* parameters);

/** Whether the machine has done it: false if it has no such precompile. */
bool machine_does(enum precompile precompile, void* parameters);

/** The same for two operands, of which the first is replaced by the result. */
bool machine_combines(enum precompile precompile, uint64_t* first, const uint64_t* second);

/** Keccak-f[1600] of FIPS 202, lane (x, y) at 5 y + x. */
void keccak_f(uint64_t state[25]);

/** The compression function of FIPS 180-4; the block is 64 bytes as they are in the message. */
void sha256_compress(uint64_t state[4], const uint64_t block[8]);

/** Round `index` (0 to 9) of BLAKE2b, RFC 7693. */
void blake2b_round(uint64_t index, uint64_t v[16], const uint64_t m[16]);

/** high:low = a b + c. Results must not overlap operands. */
void multiply_add_256(const uint64_t a[4], const uint64_t b[4], const uint64_t c[4],
                      uint64_t low[4], uint64_t high[4]);

/** d = (a b + c) mod modulus for any numbers of 4 or 6 limbs, but for modulus 0. */
void multiply_add_mod(size_t limbs, const uint64_t* a, const uint64_t* b, const uint64_t* c,
                      const uint64_t* modulus, uint64_t* d);

#endif
