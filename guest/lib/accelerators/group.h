/**
 * @file
 * Groups of points, written with +: what scalar multiplication needs of them, and the group of an
 * elliptic curve in affine coordinates.
 */
#ifndef REPRISE_ACCELERATORS_GROUP_H
#define REPRISE_ACCELERATORS_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curve.h"

enum {
    kMaxPoint = 6 * kMaxLimbs, /* limbs of a point: projective over Fp2 */
    kMaxTerms = 8,             /* of one sum */
    kScalarBits = 256,
    kScalarLimbs = 4,
};

struct group {
    size_t limbs;      /* of a point */
    const void* curve; /* what the functions get */
    void (*set_neutral)(const void* curve, uint64_t* p);
    void (*add)(const void* curve, uint64_t* p, const uint64_t* q); /* p += q; any two points */
    void (*twice)(const void* curve, uint64_t* p);                  /* p += p */
};

/** One term scalar * point of a sum; the point as the group has it. */
struct term {
    uint64_t point[kMaxPoint];
    uint64_t scalar[kScalarLimbs];
};

/** sum = the sum of at most kMaxTerms terms. The scalars are any numbers of 256 bits. */
void group_sum(const struct group* group, uint64_t* sum, const struct term* terms, size_t count);

/** product = scalar * point for a constant scalar of `bits` bits; they must not overlap. */
void group_multiply(const struct group* group, uint64_t* product, const uint64_t* point,
                    const uint64_t* scalar, size_t bits);

/** The group of a curve: points are x, y; the neutral one, at infinity, is all zeros. */
struct group curve_group(const struct curve* curve);

/** Whether both coordinates are elements that satisfy the equation; infinity doesn't. */
bool curve_holds(const struct curve* curve, const uint64_t* point);

/** Reads x and y; false unless it is a point of the curve or at infinity. */
bool curve_read(const struct curve* curve, uint64_t* point, const uint8_t* bytes);
void curve_write(const struct curve* curve, uint8_t* bytes, const uint64_t* point);

/** right = x^3 + a x + b */
void curve_right_side(const struct curve* curve, uint64_t* right, const uint64_t* x);

/** p += q where either may be at infinity and both may be equal or opposite. */
void point_add(const struct curve* curve, uint64_t* p, const uint64_t* q);

/** p becomes -p, which may be at infinity. */
void point_negate(const struct curve* curve, uint64_t* p);

#endif
