#include "ecdsa.h"
#include "zkvm_accelerators.h"

/* SEC 2, 2.4.1 */
static const struct field field = {
    .limbs = 4,
    .modulus = {0xfffffffefffffc2f, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff}};

static const struct ecdsa secp256k1 = {
    .curve = {.field = &field,
              .a = {0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000},
              .b = {0x0000000000000007, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000},
              .add = kSecp256k1Add,
              .twice = kSecp256k1Double},
    .scalars = {.limbs = 4,
                .modulus = {0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe,
                            0xffffffffffffffff}},
    .generator = {0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac,
                  0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465}};

zkvm_status zkvm_secp256k1_verify(const zkvm_secp256k1_hash* msg,
                                  const zkvm_secp256k1_signature* sig,
                                  const zkvm_secp256k1_pubkey* pubkey, bool* verified) {
    *verified = ecdsa_verify(&secp256k1, msg->data, sig->data, pubkey->data);
    return ZKVM_EOK;
}

zkvm_status zkvm_secp256k1_ecrecover(const zkvm_secp256k1_hash* msg,
                                     const zkvm_secp256k1_signature* sig, uint8_t recid,
                                     zkvm_secp256k1_pubkey* output) {
    if (recid > 1) return ZKVM_EFAIL;
    const bool found = ecdsa_recover(&secp256k1, msg->data, sig->data, recid == 1, output->data);
    return found ? ZKVM_EOK : ZKVM_EFAIL;
}
