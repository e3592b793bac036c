#include "ecdsa.h"

#include "field.h"
#include "group.h"
#include "limbs.h"

enum { kLimbs = 4 };

/** Reads r and s; false if one isn't between 0 and the order. */
static bool read_signature(const struct ecdsa* ecdsa, const uint8_t signature[64],
                           uint64_t r[kLimbs], uint64_t s[kLimbs]) {
    limbs_from_bytes(kLimbs, r, signature);
    limbs_from_bytes(kLimbs, s, signature + 32);
    return !limbs_are_zero(kLimbs, r) && field_holds(&ecdsa->scalars, r) &&
           !limbs_are_zero(kLimbs, s) && field_holds(&ecdsa->scalars, s);
}

/** result = factor * (generator * a + point * b), scalars modulo the order. */
static void combine(const struct ecdsa* ecdsa, uint64_t result[2 * kLimbs], const uint64_t* factor,
                    const uint64_t* a, const uint64_t* point, const uint64_t* b) {
    struct term terms[2];
    limbs_copy(2 * kLimbs, terms[0].point, ecdsa->generator);
    limbs_copy(2 * kLimbs, terms[1].point, point);
    field_multiply(&ecdsa->scalars, terms[0].scalar, factor, a);
    field_multiply(&ecdsa->scalars, terms[1].scalar, factor, b);
    const struct group group = curve_group(&ecdsa->curve);
    group_sum(&group, result, terms, 2);
}

bool ecdsa_verify(const struct ecdsa* ecdsa, const uint8_t hash[32], const uint8_t signature[64],
                  const uint8_t key[64]) {
    uint64_t r[kLimbs], s[kLimbs], z[kLimbs], point[2 * kLimbs], inverse[kLimbs];
    if (!read_signature(ecdsa, signature, r, s)) return false;
    limbs_from_bytes(kLimbs, z, hash);
    limbs_from_bytes(kLimbs, point, key);
    limbs_from_bytes(kLimbs, point + kLimbs, key + 32);
    if (!curve_holds(&ecdsa->curve, point)) return false;

    field_invert(&ecdsa->scalars, inverse, s);
    combine(ecdsa, point, inverse, z, point, r);
    if (limbs_are_zero(2 * kLimbs, point)) return false;
    static const uint64_t one[kLimbs] = {1};
    field_multiply(&ecdsa->scalars, point, point, one); /* x modulo the order */
    return limbs_compare(kLimbs, point, r) == 0;
}

bool ecdsa_recover(const struct ecdsa* ecdsa, const uint8_t hash[32], const uint8_t signature[64],
                   bool odd, uint8_t key[64]) {
    const struct field* const field = ecdsa->curve.field;
    uint64_t r[kLimbs], s[kLimbs], z[kLimbs], point[2 * kLimbs], inverse[kLimbs];
    uint64_t* const y = point + kLimbs;
    if (!read_signature(ecdsa, signature, r, s) || !field_holds(field, r)) return false;
    limbs_copy(kLimbs, point, r);
    curve_right_side(&ecdsa->curve, y, r);
    if (!field_square_root(field, y, y)) return false;
    if ((y[0] & 1) != odd) field_negate(field, y, y);

    limbs_from_bytes(kLimbs, z, hash);
    field_invert(&ecdsa->scalars, inverse, r);
    field_multiply(&ecdsa->scalars, z, z, inverse);
    field_negate(&ecdsa->scalars, z, z);
    field_multiply(&ecdsa->scalars, s, s, inverse);
    static const uint64_t one[kLimbs] = {1};
    combine(ecdsa, point, one, z, point, s);
    if (limbs_are_zero(2 * kLimbs, point)) return false;
    limbs_to_bytes(kLimbs, key, point);
    limbs_to_bytes(kLimbs, key + 32, y);
    return true;
}
