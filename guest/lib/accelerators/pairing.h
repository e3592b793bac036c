/**
 * @file
 * Optimal ate pairings (Vercauteren, "Optimal pairings", IEEE Transactions on Information Theory
 * 56, 2010) of curves with a sextic twist.
 */
#ifndef REPRISE_ACCELERATORS_PAIRING_H
#define REPRISE_ACCELERATORS_PAIRING_H

#include "fp12.h"
#include "twist.h"

struct pairing;

/** One pair: P affine on the curve, Q affine on the twist, both of the group's order. */
struct pairing_pair {
    uint64_t p[2 * kMaxLimbs];
    uint64_t q[2 * kMaxFp2];
};

struct pairing {
    struct extension extension;
    const struct twist* twist;
    /** Whether the twist's b is that of the curve times xi (M), not divided by it (D). */
    bool multiplicative;
    uint64_t x; /* the parameter of the family of curves; its absolute value */
    bool x_is_negative;
    uint64_t loop[2]; /* the number that Miller's loop runs through */
    size_t loop_bits;
    /** What follows the loop, where t is that multiple of Q; NULL if nothing does. */
    void (*after_loop)(const struct pairing* pairing, struct fp12* f, uint64_t* t,
                       const struct pairing_pair* pair);
    /** a^((p^4 - p^2 + 1) / r), or a power of that which is 1 only if that is. */
    void (*hard_part)(const struct pairing* pairing, struct fp12* a);
};

enum { kMaxPairs = 4 }; /* that share the squarings of a loop */

/** A product of pairings on its way, some of which wait to be computed together. */
struct pairing_product {
    const struct pairing* pairing;
    struct fp12 done;
    struct pairing_pair waiting[kMaxPairs];
    size_t count;
};

void pairing_product_start(struct pairing_product* product, const struct pairing* pairing);
/** One more pairing. That of a point at infinity, all zeros, is 1. */
void pairing_product_add(struct pairing_product* product, const struct pairing_pair* pair);
/** Whether the product is 1. */
bool pairing_product_is_one(struct pairing_product* product);

/** f *= the line through the twist's points t and q (affine), taken at p; then t += q. */
void pairing_add(const struct pairing* pairing, struct fp12* f, uint64_t* t, const uint64_t* q,
                 const uint64_t* p);

/** power = a^x, for a after the easy part. */
void pairing_power_x(const struct pairing* pairing, struct fp12* power, const struct fp12* a);

#endif
