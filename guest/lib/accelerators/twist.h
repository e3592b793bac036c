/**
 * @file
 * The group of a sextic twist y^2 = x^3 + b over Fp2, which has no points of order 2. Points are
 * projective, X, Y, Z for (X/Z, Y/Z), each an element of Fp2; the point at infinity is 0, 1, 0.
 */
#ifndef REPRISE_ACCELERATORS_TWIST_H
#define REPRISE_ACCELERATORS_TWIST_H

#include <stdbool.h>

#include "fp2.h"
#include "group.h"

struct twist {
    const struct field* field;
    uint64_t b[kMaxFp2], b3[kMaxFp2]; /* b, 3 b */
    /** What the endomorphism psi(x, y) = (psi_x conj(x), psi_y conj(y)) multiplies by. */
    uint64_t psi_x[kMaxFp2], psi_y[kMaxFp2];
};

struct group twist_group(const struct twist* twist);

/** Whether an affine point x, y satisfies the equation. The coordinates are elements. */
bool twist_holds(const struct twist* twist, const uint64_t* affine);

/**
 * Reads x and y, each c0 and c1, c1 first where the format has it so. False unless it is a point of
 * the twist or at infinity, where all is zero.
 */
bool twist_read(const struct twist* twist, uint64_t* affine, const uint8_t* bytes, bool c1_first);
void twist_write(const struct twist* twist, uint8_t* bytes, const uint64_t* affine, bool c1_first);

bool twist_is_infinity(const struct twist* twist, const uint64_t* p);
bool twist_equal(const struct twist* twist, const uint64_t* p, const uint64_t* q);

/** p becomes -p. */
void twist_negate(const struct twist* twist, uint64_t* p);

/** From affine coordinates, and back: then infinity is all zeros. They must not overlap. */
void twist_from_affine(const struct twist* twist, uint64_t* p, const uint64_t* affine);
void twist_to_affine(const struct twist* twist, uint64_t* affine, const uint64_t* p);

/**
 * The p-power Frobenius between twist and curve: Galbraith and Scott, "Exponentiation in
 * pairing-friendly groups using homomorphisms", Pairing 2008. p becomes psi(p).
 */
void twist_psi(const struct twist* twist, uint64_t* p);

#endif
