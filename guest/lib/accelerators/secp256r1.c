#include "ecdsa.h"
#include "zkvm_accelerators.h"

/* FIPS 186-5 and SP 800-186: P-256 */
static const struct field field = {
    .limbs = 4,
    .modulus = {0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000, 0xffffffff00000001}};

static const struct ecdsa secp256r1 = {
    .curve = {.field = &field,
              .a = {0xfffffffffffffffc, 0x00000000ffffffff, 0x0000000000000000, 0xffffffff00000001},
              .b = {0x3bce3c3e27d2604b, 0x651d06b0cc53b0f6, 0xb3ebbd55769886bc, 0x5ac635d8aa3a93e7},
              .add = kSecp256r1Add,
              .twice = kSecp256r1Double},
    .scalars = {.limbs = 4,
                .modulus = {0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff,
                            0xffffffff00000000}},
    .generator = {0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247,
                  0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b}};

zkvm_status zkvm_secp256r1_verify(const zkvm_secp256r1_hash* msg,
                                  const zkvm_secp256r1_signature* sig,
                                  const zkvm_secp256r1_pubkey* pubkey, bool* verified) {
    *verified = ecdsa_verify(&secp256r1, msg->data, sig->data, pubkey->data);
    return ZKVM_EOK;
}
