/** @file Numbers of the curve BN254 (alt_bn128): EIP-196, EIP-197, and what follows from them. */
#ifndef REPRISE_ACCELERATORS_BN254_CONSTANTS_H
#define REPRISE_ACCELERATORS_BN254_CONSTANTS_H

#include "pairing.h"

static const struct field bn254_field = {
    .limbs = 4,
    .modulus = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029},
    .fp2_add = kBn254Fp2Add,
    .fp2_subtract = kBn254Fp2Subtract,
    .fp2_multiply = kBn254Fp2Multiply};

static const struct curve bn254_curve = {
    .field = &bn254_field, .a = {0}, .b = {3}, .add = kBn254Add, .twice = kBn254Double};

/* xi = 9 + u, and the twist is y^2 = x^3 + 3 / xi */
static const struct twist bn254_twist = {
    .field = &bn254_field,
    .b = {0x3267e6dc24a138e5, 0xb5b4c5e559dbefa3, 0x81be18991be06ac3, 0x2b149d40ceb8aaae,
          0xe4a2bd0685c315d2, 0xa74fa084e52d1852, 0xcd2cafadeed8fdf4, 0x009713b03af0fed4},
    .b3 = {0x1ef69c66bce9b021, 0xf21b7c8d3cb039cf, 0x1499be5e509e8f8f, 0x20753adca9c6bfb8,
           0xade8371391494176, 0xf5eee18eaf8748f8, 0x67860f09cc8af9dd, 0x01c53b10b0d2fc7e},
    .psi_x = {0x99e39557176f553d, 0xb78cc310c2c3330c, 0x4c0bec3cf559b143, 0x2fb347984f7911f7,
              0x1665d51c640fcba2, 0x32ae2a1d0b7c9dce, 0x4ba4cc8bd75a0794, 0x16c9e55061ebae20},
    .psi_y = {0xdc54014671a0135a, 0xdbaae0eda9c95998, 0xdc5ec698b6e2f9b9, 0x063cf305489af5dc,
              0x82d37f632623b0e3, 0x21807dc98fa25bd2, 0x0704b5a7ec796f2b, 0x07c03cbcac41049a}};

enum { kBn254XBits = 63 };
#define BN254_X UINT64_C(4965661367192848881)
#define BN254_XI \
    { 9, 0, 0, 0, 1 }
#define BN254_FROBENIUS                                                                    \
    {                                                                                      \
        0xd60b35dadcc9e470, 0x5c521e08292f2176, 0xe8b99fdd76e68b60, 0x1284b71c2865a7df,    \
            0xca5cf05f80f362ac, 0x747992778eeec7e5, 0xa6327cfe12150b8e, 0x246996f3b4fae7e6 \
    }
/** 6 x + 2 */
#define BN254_LOOP \
    { 0x9d797039be763ba8, 0x0000000000000001 }
enum { kBn254LoopBits = 65 };
/** 6 x^2, by which psi multiplies in the group of order r */
#define BN254_PSI \
    { 0xf83e9682e87cfd46, 0x6f4d8248eeb859fb }
enum { kBn254PsiBits = 127 };

#endif
