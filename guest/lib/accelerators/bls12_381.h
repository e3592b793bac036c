/** @file The curve BLS12-381, what its functions share. */
#ifndef REPRISE_ACCELERATORS_BLS12_381_H
#define REPRISE_ACCELERATORS_BLS12_381_H

#include "bls12_381_constants.h"
#include "pairing.h"

enum { kBls12Fp = 6, kBls12Fp2 = 12, kBls12G1 = 12, kBls12G2 = 24 }; /* limbs, points affine */

extern const struct field bls12_field;
extern const struct curve bls12_curve;
extern const struct twist bls12_twist;
extern const struct pairing bls12_pairing;

/** Whether a point of the curve is of the group of order r; the one at infinity is. */
bool bls12_g1_in_subgroup(const uint64_t* affine);
/** The same for a point of the twist. */
bool bls12_g2_in_subgroup(const uint64_t* affine);

#endif
