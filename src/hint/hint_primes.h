/// @file
/// The primes that hints compute modulo: p of a curve's coordinates, n of its order.
/// Sources: SEC 2 (secp256k1, secp256r1), EIP-196 (BN254), EIP-2537 (BLS12-381).
#pragma once

#include "precompile/limbs.h"

namespace reprise::hints {

inline constexpr Limbs<4> kSecp256k1P = {0xFFFFFFFEFFFFFC2F, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
                                         0xFFFFFFFFFFFFFFFF};
inline constexpr Limbs<4> kSecp256k1N = {0xBFD25E8CD0364141, 0xBAAEDCE6AF48A03B, 0xFFFFFFFFFFFFFFFE,
                                         0xFFFFFFFFFFFFFFFF};
inline constexpr Limbs<4> kSecp256r1P = {0xFFFFFFFFFFFFFFFF, 0x00000000FFFFFFFF, 0x0000000000000000,
                                         0xFFFFFFFF00000001};
inline constexpr Limbs<4> kSecp256r1N = {0xF3B9CAC2FC632551, 0xBCE6FAADA7179E84, 0xFFFFFFFFFFFFFFFF,
                                         0xFFFFFFFF00000000};
inline constexpr Limbs<4> kBn254P = {0x3C208C16D87CFD47, 0x97816A916871CA8D, 0xB85045B68181585D,
                                     0x30644E72E131A029};
inline constexpr Limbs<6> kBls12381P = {0xB9FEFFFFFFFFAAAB, 0x1EABFFFEB153FFFF, 0x6730D2A0F6B0F624,
                                        0x64774B84F38512BF, 0x4B1BA7B6434BACD7, 0x1A0111EA397FE69A};

}  // namespace reprise::hints
