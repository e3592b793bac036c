/** @file Numbers of the curve BLS12-381: EIP-2537, and what follows from them. */
#ifndef REPRISE_ACCELERATORS_BLS12_381_CONSTANTS_H
#define REPRISE_ACCELERATORS_BLS12_381_CONSTANTS_H

/** The parameter x of the family is negative; this is -x. */
#define BLS12_381_X UINT64_C(0xd201000000010000)
enum { kBls12XBits = 64 };

#define BLS12_381_MODULUS                                                               \
    {                                                                                   \
        0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624, 0x64774b84f38512bf, \
            0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a                                      \
    }

/* xi = 1 + u, and the twist is y^2 = x^3 + 4 xi */
#define BLS12_381_XI \
    { 1, 0, 0, 0, 0, 0, 1 }
#define BLS12_381_TWIST_B                                                                   \
    {                                                                                       \
        0x0000000000000004, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,     \
            0x0000000000000000, 0x0000000000000000, 0x0000000000000004, 0x0000000000000000, \
            0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000  \
    }
#define BLS12_381_TWIST_B3                                                                  \
    {                                                                                       \
        0x000000000000000c, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,     \
            0x0000000000000000, 0x0000000000000000, 0x000000000000000c, 0x0000000000000000, \
            0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000  \
    }
#define BLS12_381_FROBENIUS                                                                 \
    {                                                                                       \
        0x8d0775ed92235fb8, 0xf67ea53d63e7813d, 0x7b2443d784bab9c4, 0x0fd603fd3cbd5f4f,     \
            0xc231beb4202c0d1f, 0x1904d3bf02bb0667, 0x2cf78a126ddc4af3, 0x282d5ac14d6c7ec2, \
            0xec0c8ec971f63c5f, 0x54a14787b6c7b36f, 0x88e9e902231f9fb8, 0x00fc3e2b36c4e032  \
    }
#define BLS12_381_PSI_X                                                                     \
    {                                                                                       \
        0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,     \
            0x0000000000000000, 0x0000000000000000, 0x8bfd00000000aaad, 0x409427eb4f49fffd, \
            0x897d29650fb85f9b, 0xaa0d857d89759ad4, 0xec02408663d4de85, 0x1a0111ea397fe699  \
    }
#define BLS12_381_PSI_Y                                                                     \
    {                                                                                       \
        0xf1ee7b04121bdea2, 0x304466cf3e67fa0a, 0xef396489f61eb45e, 0x1c3dedd930b1cf60,     \
            0xe2e9c448d77a2cd9, 0x135203e60180a68e, 0xc81084fbede3cc09, 0xee67992f72ec05f4, \
            0x77f76e17009241c5, 0x48395dabc2d3435e, 0x6831e36d6bd17ffe, 0x06af0e0437ff400b  \
    }

/** The third root of 1 with (beta x, y) = -x^2 (x, y) in the group of order r. */
#define BLS12_381_BETA                                                                  \
    {                                                                                   \
        0x2e01fffffffefffe, 0xde17d813620a0002, 0xddb3a93be6f89688, 0xba69c6076a0f77ea, \
            0x5f19672fdf76ce51, 0x0000000000000000                                      \
    }

#define BLS12_381_ORDER \
    { 0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48 }

#endif
