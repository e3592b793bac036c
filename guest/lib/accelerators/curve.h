/** @file Affine points of curves over prime fields, on top of the precompiles. */
#ifndef REPRISE_ACCELERATORS_CURVE_H
#define REPRISE_ACCELERATORS_CURVE_H

#include "field.h"

/** A curve y^2 = x^3 + a x + b without points of order 2. */
struct curve {
    const struct field* field;
    uint64_t a[kMaxLimbs], b[kMaxLimbs];
    enum precompile add, twice;
};

/** p += q for affine points x, y of the curve with different x. */
void curve_add(const struct curve* curve, uint64_t* p, const uint64_t* q);
/** p += p for an affine point of the curve. */
void curve_double(const struct curve* curve, uint64_t* p);

#endif
