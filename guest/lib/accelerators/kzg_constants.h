/**
 * @file
 * Points that the verification of KZG proofs needs, affine: the generators of BLS12-381, and tau
 * times that of G2 from Ethereum's trusted setup (consensus-specs, presets/mainnet/trusted_setups,
 * the second of g2_monomial).
 */
#ifndef REPRISE_ACCELERATORS_KZG_CONSTANTS_H
#define REPRISE_ACCELERATORS_KZG_CONSTANTS_H

#define BLS12_381_G1                                                                        \
    {                                                                                       \
        0xfb3af00adb22c6bb, 0x6c55e83ff97a1aef, 0xa14e3a3f171bac58, 0xc3688c4f9774b905,     \
            0x2695638c4fa9ac0f, 0x17f1d3a73197d794, 0x0caa232946c5e7e1, 0xd03cc744a2888ae4, \
            0x00db18cb2c04b3ed, 0xfcf5e095d5d00af6, 0xa09e30ed741d8ae4, 0x08b3f481e3aaa0f1  \
    }
#define BLS12_381_G2                                                                        \
    {                                                                                       \
        0xd48056c8c121bdb8, 0x0bac0326a805bbef, 0xb4510b647ae3d177, 0xc6e47ad4fa403b02,     \
            0x260805272dc51051, 0x024aa2b2f08f0a91, 0xe5ac7d055d042b7e, 0x334cf11213945d57, \
            0xb5da61bbdc7f5049, 0x596bd0d09920b61a, 0x7dacd3a088274f65, 0x13e02b6052719f60, \
            0xe193548608b82801, 0x923ac9cc3baca289, 0x6d429a695160d12c, 0xadfd9baa8cbdd3a7, \
            0x8cc9cdc6da2e351a, 0x0ce5d527727d6e11, 0xaaa9075ff05f79be, 0x3f370d275cec1da1, \
            0x267492ab572e99ab, 0xcb3e287e85a763af, 0x32acd2b02bc28b99, 0x0606c4a02ea734cc  \
    }
#define KZG_TAU_G2                                                                          \
    {                                                                                       \
        0xc98edada20c1def2, 0x087041de621000ed, 0xa36851477ba4c60b, 0x3926c911cceceac9,     \
            0x734429b7b38608e2, 0x185cbfee53492714, 0xafaaab24f3499f72, 0x2914e5870cb452d2, \
            0x1009a2ce615ac53d, 0x26187075cbfbefa8, 0x843bc287230af389, 0x15bfd7dd8cdeb128, \
            0xee689bfbbb832a99, 0x4ce26d105941f383, 0xe82451a496a9c979, 0x131569490e28de18, \
            0xd7d5ee8599d1fca2, 0x014353bdb96b626d, 0x23048ef30d0a154f, 0x9495346f3d7ac9cd, \
            0xda5ed1ba9bfa0789, 0xef79de09fc63671f, 0x03432fcae0181b4b, 0x1666c54b0a325295  \
    }

#endif
