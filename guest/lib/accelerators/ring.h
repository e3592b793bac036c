/** @file Numbers modulo any modulus but 0, of any size. */
#ifndef REPRISE_ACCELERATORS_RING_H
#define REPRISE_ACCELERATORS_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limbs.h"

struct ring {
    size_t limbs; /* of a number; they are below the modulus */
    void (*multiply)(struct ring* ring, uint64_t* product, const uint64_t* a, const uint64_t* b);
    /** a = a * 2^(64 limbs) + chunk, where the chunk is any number of as many limbs. */
    void (*append)(struct ring* ring, uint64_t* a, const uint64_t* chunk);
};

/** Up to 6 limbs: the machine's modular multiplication. */
struct small_ring {
    struct ring ring;
    uint64_t modulus[kMaxLimbs];
    uint64_t shift[kMaxLimbs]; /* 2^(64 limbs) modulo the modulus */
};
void small_ring_start(struct small_ring* small, size_t limbs, const uint64_t* modulus);

/** More: long multiplication with digits of 256 bits, and Barrett's reduction. */
struct large_ring {
    struct ring ring;
    size_t digits;
    uint64_t *modulus, *reciprocal; /* one digit more than a number */
    uint64_t *product, *estimate;   /* room to work in */
    void* block;
};

/** How many limbs a large ring's numbers have for a modulus of so many. */
size_t large_ring_limbs(size_t limbs);

/** Takes a modulus of `limbs` limbs, the highest not zero; false if there isn't enough memory. */
bool large_ring_start(struct large_ring* large, size_t limbs, const uint64_t* modulus);
void large_ring_end(struct large_ring* large);

#endif
