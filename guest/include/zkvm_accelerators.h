/**
 * @file
 * Cryptography with the machine's help: the C interface of the zkvm-standards.
 *
 * Under Reprise the inner operations (permutations, field and curve arithmetic) are the machine's
 * precompiles; where a machine has none, as Linux under `qemu-riscv64`, the same results come from
 * software. What each function computes is what Ethereum's precompile of that name does; fees,
 * lengths and padding of calldata are the caller's business.
 *
 * Numbers are in bytes with the most significant first, points are x then y, the point at infinity
 * is all zeros. A field element that isn't below its modulus is refused. ZKVM_EFAIL means that an
 * operand is none (a point off its curve or outside of its group, say); results are then untouched.
 * Pointers must not be NULL, except to data of length 0. Results may lie where operands do.
 */
#ifndef ZKVM_ACCELERATORS_H
#define ZKVM_ACCELERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define ZKVM_ALIGNED alignas(8)
#else
#define ZKVM_ALIGNED _Alignas(8)
#endif

typedef enum {
    ZKVM_EOK = 0,
    ZKVM_EFAIL = -1,
} zkvm_status;

/* --- Bytes, aligned to words of 64 bits ------------------------------------------------------- */

typedef struct {
    ZKVM_ALIGNED uint8_t data[16];
} zkvm_bytes_16;

typedef struct {
    ZKVM_ALIGNED uint8_t data[32];
} zkvm_bytes_32;

typedef struct {
    ZKVM_ALIGNED uint8_t data[48];
} zkvm_bytes_48;

typedef struct {
    ZKVM_ALIGNED uint8_t data[64];
} zkvm_bytes_64;

typedef struct {
    ZKVM_ALIGNED uint8_t data[96];
} zkvm_bytes_96;

typedef struct {
    ZKVM_ALIGNED uint8_t data[128];
} zkvm_bytes_128;

typedef struct {
    ZKVM_ALIGNED uint8_t data[192];
} zkvm_bytes_192;

#undef ZKVM_ALIGNED

typedef zkvm_bytes_32 zkvm_keccak256_hash;
typedef zkvm_bytes_32 zkvm_sha256_hash;
typedef zkvm_bytes_32 zkvm_ripemd160_hash; /* 20 bytes of hash, 12 zeros */

typedef zkvm_bytes_32 zkvm_secp256k1_hash;
typedef zkvm_bytes_64 zkvm_secp256k1_signature; /* r, s */
typedef zkvm_bytes_64 zkvm_secp256k1_pubkey;    /* x, y */

typedef zkvm_bytes_32 zkvm_secp256r1_hash;
typedef zkvm_bytes_64 zkvm_secp256r1_signature;
typedef zkvm_bytes_64 zkvm_secp256r1_pubkey;

typedef zkvm_bytes_64 zkvm_bn254_g1_point;
typedef zkvm_bytes_128 zkvm_bn254_g2_point; /* EIP-197: the coefficient of u comes first */
typedef zkvm_bytes_32 zkvm_bn254_scalar;

typedef struct {
    zkvm_bn254_g1_point g1;
    zkvm_bn254_g2_point g2;
} zkvm_bn254_pairing_pair;

/* Without the 16 zeros that EIP-2537 puts before each element of the field. */
typedef zkvm_bytes_96 zkvm_bls12_381_g1_point;
typedef zkvm_bytes_192 zkvm_bls12_381_g2_point; /* EIP-2537: the coefficient of u comes last */
typedef zkvm_bytes_32 zkvm_bls12_381_scalar;
typedef zkvm_bytes_48 zkvm_bls12_381_fp;
typedef zkvm_bytes_96 zkvm_bls12_381_fp2;

typedef struct {
    zkvm_bls12_381_g1_point point;
    zkvm_bls12_381_scalar scalar;
} zkvm_bls12_381_g1_msm_pair;

typedef struct {
    zkvm_bls12_381_g2_point point;
    zkvm_bls12_381_scalar scalar;
} zkvm_bls12_381_g2_msm_pair;

typedef struct {
    zkvm_bls12_381_g1_point g1;
    zkvm_bls12_381_g2_point g2;
} zkvm_bls12_381_pairing_pair;

typedef zkvm_bytes_64 zkvm_blake2f_state;    /* 8 words, little-endian */
typedef zkvm_bytes_128 zkvm_blake2f_message; /* 16 words, little-endian */
typedef zkvm_bytes_16 zkvm_blake2f_offset;   /* 2 words, little-endian */

typedef zkvm_bytes_48 zkvm_kzg_commitment; /* a point of G1, compressed */
typedef zkvm_bytes_48 zkvm_kzg_proof;
typedef zkvm_bytes_32 zkvm_kzg_field_element;

/* --- Hashes ----------------------------------------------------------------------------------- */

/** Keccak-256 as Ethereum has it, with the padding from before SHA-3. */
zkvm_status zkvm_keccak256(const uint8_t* data, size_t len, zkvm_keccak256_hash* output);

/** SHA-256, FIPS 180-4. Precompile 0x02. */
zkvm_status zkvm_sha256(const uint8_t* data, size_t len, zkvm_sha256_hash* output);

/** RIPEMD-160. Precompile 0x03. */
zkvm_status zkvm_ripemd160(const uint8_t* data, size_t len, zkvm_ripemd160_hash* output);

/**
 * The compression function of BLAKE2b, EIP-152 (precompile 0x09). `rounds` is a number, `f` tells
 * the last block: 0 or 1, anything else is ZKVM_EFAIL.
 */
zkvm_status zkvm_blake2f(uint32_t rounds, zkvm_blake2f_state* h, const zkvm_blake2f_message* m,
                         const zkvm_blake2f_offset* t, uint8_t f);

/* --- Signatures ------------------------------------------------------------------------------- */

/**
 * Whether an ECDSA signature on secp256k1 is valid. r and s from 1 to the order of the group minus
 * 1; s may lie in the upper half. Always ZKVM_EOK: what is no signature or no key is not valid.
 */
zkvm_status zkvm_secp256k1_verify(const zkvm_secp256k1_hash* msg,
                                  const zkvm_secp256k1_signature* sig,
                                  const zkvm_secp256k1_pubkey* pubkey, bool* verified);

/**
 * The public key that a signature on secp256k1 comes from (precompile 0x01). `recid` is v - 27: 0
 * or 1, the parity of the y that belongs to r. ZKVM_EFAIL if there is no such key.
 */
zkvm_status zkvm_secp256k1_ecrecover(const zkvm_secp256k1_hash* msg,
                                     const zkvm_secp256k1_signature* sig, uint8_t recid,
                                     zkvm_secp256k1_pubkey* output);

/** The same as zkvm_secp256k1_verify for the curve P-256: EIP-7951 (precompile 0x100). */
zkvm_status zkvm_secp256r1_verify(const zkvm_secp256r1_hash* msg,
                                  const zkvm_secp256r1_signature* sig,
                                  const zkvm_secp256r1_pubkey* pubkey, bool* verified);

/* --- Numbers ---------------------------------------------------------------------------------- */

/**
 * base^exp mod modulus in mod_len bytes, EIP-198 (precompile 0x05). A modulus of 0 gives 0, 0^0 is
 * 1 (modulo 1: 0). ZKVM_EFAIL only if there isn't enough memory.
 */
zkvm_status zkvm_modexp(const uint8_t* base, size_t base_len, const uint8_t* exp, size_t exp_len,
                        const uint8_t* modulus, size_t mod_len, uint8_t* output);

/* --- BN254 ------------------------------------------------------------------------------------ */

/** EIP-196 (precompile 0x06). */
zkvm_status zkvm_bn254_g1_add(const zkvm_bn254_g1_point* p1, const zkvm_bn254_g1_point* p2,
                              zkvm_bn254_g1_point* result);

/** EIP-196 (precompile 0x07); any scalar of 256 bits. */
zkvm_status zkvm_bn254_g1_mul(const zkvm_bn254_g1_point* point, const zkvm_bn254_scalar* scalar,
                              zkvm_bn254_g1_point* result);

/** Whether the product of the pairings is 1, EIP-197 (precompile 0x08); it is of no pairs. */
zkvm_status zkvm_bn254_pairing(const zkvm_bn254_pairing_pair* pairs, size_t num_pairs,
                               bool* verified);

/* --- BLS12-381 -------------------------------------------------------------------------------- */

/** EIP-2537 (precompile 0x0b): points of the curve, not only of the subgroup. */
zkvm_status zkvm_bls12_g1_add(const zkvm_bls12_381_g1_point* p1, const zkvm_bls12_381_g1_point* p2,
                              zkvm_bls12_381_g1_point* result);

/** The sum of scalar * point, EIP-2537 (precompile 0x0c). No pairs: ZKVM_EFAIL, as there. */
zkvm_status zkvm_bls12_g1_msm(const zkvm_bls12_381_g1_msm_pair* pairs, size_t num_pairs,
                              zkvm_bls12_381_g1_point* result);

/** EIP-2537 (precompile 0x0d). */
zkvm_status zkvm_bls12_g2_add(const zkvm_bls12_381_g2_point* p1, const zkvm_bls12_381_g2_point* p2,
                              zkvm_bls12_381_g2_point* result);

/** EIP-2537 (precompile 0x0e). No pairs are ZKVM_EFAIL. */
zkvm_status zkvm_bls12_g2_msm(const zkvm_bls12_381_g2_msm_pair* pairs, size_t num_pairs,
                              zkvm_bls12_381_g2_point* result);

/** Whether the product of the pairings is 1, EIP-2537 (precompile 0x0f). No pairs: ZKVM_EFAIL. */
zkvm_status zkvm_bls12_pairing(const zkvm_bls12_381_pairing_pair* pairs, size_t num_pairs,
                               bool* verified);

/** EIP-2537 (precompile 0x10). */
zkvm_status zkvm_bls12_map_fp_to_g1(const zkvm_bls12_381_fp* field_element,
                                    zkvm_bls12_381_g1_point* result);

/** EIP-2537 (precompile 0x11). */
zkvm_status zkvm_bls12_map_fp2_to_g2(const zkvm_bls12_381_fp2* field_element,
                                     zkvm_bls12_381_g2_point* result);

/**
 * Whether the polynomial behind `commitment` has the value y at z, EIP-4844 (precompile 0x0a).
 * Always ZKVM_EOK: what is no point or no element of the field does not verify.
 */
zkvm_status zkvm_kzg_point_eval(const zkvm_kzg_commitment* commitment,
                                const zkvm_kzg_field_element* z, const zkvm_kzg_field_element* y,
                                const zkvm_kzg_proof* proof, bool* verified);

#ifdef __cplusplus
}
#endif

#endif
