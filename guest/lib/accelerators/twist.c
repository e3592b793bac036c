#include "twist.h"

#include "limbs.h"

enum { kX = 0, kY = 1, kZ = 2 };

/** One of the three coordinates. */
static uint64_t* of(const struct twist* twist, uint64_t* p, int coordinate) {
    return p + coordinate * 2 * twist->field->limbs;
}

static const uint64_t* in(const struct twist* twist, const uint64_t* p, int coordinate) {
    return p + coordinate * 2 * twist->field->limbs;
}

/** result = a b + c d */
static void sum_of_products(const struct field* field, uint64_t* result, const uint64_t* a,
                            const uint64_t* b, const uint64_t* c, const uint64_t* d) {
    uint64_t second[kMaxFp2];
    fp2_multiply(field, second, c, d);
    fp2_multiply(field, result, a, b);
    fp2_accumulate(field, result, second);
}

static void set_infinity(const void* context, uint64_t* p) {
    const struct twist* const twist = context;
    limbs_clear(6 * twist->field->limbs, p);
    of(twist, p, kY)[0] = 1;
}

/*
 * Complete formulas, right for all points of a curve without points of order 2: Renes, Costello and
 * Batina, "Complete addition formulas for prime order elliptic curves", Eurocrypt 2016, for a = 0.
 */
static void add(const void* context, uint64_t* p, const uint64_t* q) {
    const struct twist* const twist = context;
    const struct field* const field = twist->field;
    const uint64_t *const x1 = in(twist, p, kX), *const y1 = in(twist, p, kY);
    const uint64_t *const z1 = in(twist, p, kZ), *const x2 = in(twist, q, kX);
    const uint64_t *const y2 = in(twist, q, kY), *const z2 = in(twist, q, kZ);
    uint64_t xx3[kMaxFp2], yy[kMaxFp2], zz[kMaxFp2], xy[kMaxFp2], yz[kMaxFp2], xz[kMaxFp2];
    uint64_t plus[kMaxFp2], minus[kMaxFp2];
    sum_of_products(field, xy, x1, y2, x2, y1);
    sum_of_products(field, yz, y1, z2, y2, z1);
    sum_of_products(field, xz, x1, z2, x2, z1);
    fp2_scale(field, xz, twist->b3);
    fp2_multiply(field, yy, y1, y2);
    fp2_multiply(field, zz, z1, z2);
    fp2_scale(field, zz, twist->b3);
    fp2_add(field, plus, yy, zz);
    fp2_subtract(field, minus, yy, zz);
    fp2_multiply(field, yy, x1, x2);
    fp2_add(field, xx3, yy, yy);
    fp2_accumulate(field, xx3, yy);

    uint64_t* const x = of(twist, p, kX);
    fp2_multiply(field, x, xy, minus);
    fp2_multiply(field, zz, yz, xz);
    fp2_reduce(field, x, zz);
    sum_of_products(field, of(twist, p, kY), plus, minus, xx3, xz);
    sum_of_products(field, of(twist, p, kZ), yz, plus, xx3, xy);
}

static void twice(const void* context, uint64_t* p) {
    const struct twist* const twist = context;
    const struct field* const field = twist->field;
    uint64_t *const x = of(twist, p, kX), *const y = of(twist, p, kY), *const z = of(twist, p, kZ);
    uint64_t yy[kMaxFp2], yy8[kMaxFp2], b3zz[kMaxFp2], plus[kMaxFp2], minus[kMaxFp2];
    fp2_multiply(field, yy, y, y);
    fp2_add(field, yy8, yy, yy);
    fp2_accumulate(field, yy8, yy8);
    fp2_accumulate(field, yy8, yy8);
    fp2_multiply(field, b3zz, z, z);
    fp2_scale(field, b3zz, twist->b3);
    fp2_add(field, plus, yy, b3zz);
    fp2_subtract(field, minus, yy, b3zz);
    fp2_reduce(field, minus, b3zz);
    fp2_reduce(field, minus, b3zz);

    fp2_scale(field, x, y);
    fp2_scale(field, x, minus);
    fp2_accumulate(field, x, x);
    fp2_scale(field, z, y);
    fp2_scale(field, z, yy8);
    sum_of_products(field, y, plus, minus, b3zz, yy8);
}

struct group twist_group(const struct twist* twist) {
    const struct group group = {6 * twist->field->limbs, twist, set_infinity, add, twice};
    return group;
}

bool twist_holds(const struct twist* twist, const uint64_t* affine) {
    const struct field* const field = twist->field;
    const uint64_t* const y = in(twist, affine, kY);
    uint64_t left[kMaxFp2], right[kMaxFp2];
    fp2_multiply(field, left, y, y);
    fp2_multiply(field, right, affine, affine);
    fp2_scale(field, right, affine);
    fp2_accumulate(field, right, twist->b);
    return limbs_compare(2 * field->limbs, left, right) == 0;
}

/** Where coefficient `part` of four lies in a format. */
static size_t place(size_t part, bool c1_first) {
    return c1_first ? part ^ 1 : part;
}

bool twist_read(const struct twist* twist, uint64_t* affine, const uint8_t* bytes, bool c1_first) {
    const size_t n = twist->field->limbs;
    bool elements = true;
    for (size_t part = 0; part < 4; part++) {
        limbs_from_bytes(n, affine + n * part, bytes + 8 * n * place(part, c1_first));
        elements = elements && field_holds(twist->field, affine + n * part);
    }
    return elements && (limbs_are_zero(4 * n, affine) || twist_holds(twist, affine));
}

void twist_write(const struct twist* twist, uint8_t* bytes, const uint64_t* affine, bool c1_first) {
    const size_t n = twist->field->limbs;
    for (size_t part = 0; part < 4; part++)
        limbs_to_bytes(n, bytes + 8 * n * place(part, c1_first), affine + n * part);
}

bool twist_is_infinity(const struct twist* twist, const uint64_t* p) {
    return limbs_are_zero(2 * twist->field->limbs, in(twist, p, kZ));
}

bool twist_equal(const struct twist* twist, const uint64_t* p, const uint64_t* q) {
    const struct field* const field = twist->field;
    if (twist_is_infinity(twist, p) || twist_is_infinity(twist, q))
        return twist_is_infinity(twist, p) && twist_is_infinity(twist, q);
    for (int coordinate = kX; coordinate <= kY; coordinate++) {
        uint64_t left[kMaxFp2], right[kMaxFp2];
        fp2_multiply(field, left, in(twist, p, coordinate), in(twist, q, kZ));
        fp2_multiply(field, right, in(twist, q, coordinate), in(twist, p, kZ));
        if (limbs_compare(2 * field->limbs, left, right) != 0) return false;
    }
    return true;
}

void twist_negate(const struct twist* twist, uint64_t* p) {
    fp2_negate(twist->field, of(twist, p, kY), of(twist, p, kY));
}

void twist_from_affine(const struct twist* twist, uint64_t* p, const uint64_t* affine) {
    const size_t n = 2 * twist->field->limbs;
    set_infinity(twist, p);
    if (limbs_are_zero(2 * n, affine)) return;
    limbs_copy(2 * n, p, affine);
    of(twist, p, kZ)[0] = 1;
}

void twist_to_affine(const struct twist* twist, uint64_t* affine, const uint64_t* p) {
    const struct field* const field = twist->field;
    uint64_t inverse[kMaxFp2]; /* 0 at infinity */
    fp2_invert(field, inverse, in(twist, p, kZ));
    fp2_multiply(field, of(twist, affine, kX), in(twist, p, kX), inverse);
    fp2_multiply(field, of(twist, affine, kY), in(twist, p, kY), inverse);
}

void twist_psi(const struct twist* twist, uint64_t* p) {
    const struct field* const field = twist->field;
    for (int coordinate = kX; coordinate <= kZ; coordinate++)
        fp2_conjugate(field, of(twist, p, coordinate), in(twist, p, coordinate));
    fp2_scale(field, of(twist, p, kX), twist->psi_x);
    fp2_scale(field, of(twist, p, kY), twist->psi_y);
}
