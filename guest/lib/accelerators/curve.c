#include "curve.h"

/** p becomes the third point, negated, of the line through p and one more with x = other_x. */
static void follow_line(const struct curve* curve, uint64_t* p, const uint64_t* slope,
                        const uint64_t* other_x) {
    const struct field* const field = curve->field;
    uint64_t* const y = p + field->limbs;
    uint64_t x3[kMaxLimbs], difference[kMaxLimbs];
    field_multiply(field, x3, slope, slope);
    field_subtract(field, x3, x3, p);
    field_subtract(field, x3, x3, other_x);
    field_subtract(field, difference, p, x3);
    field_multiply(field, difference, difference, slope);
    field_subtract(field, y, difference, y);
    limbs_copy(field->limbs, p, x3);
}

static void software_add(const struct curve* curve, uint64_t* p, const uint64_t* q) {
    const struct field* const field = curve->field;
    const size_t n = field->limbs;
    uint64_t slope[kMaxLimbs], run[kMaxLimbs];
    field_subtract(field, slope, q + n, p + n);
    field_subtract(field, run, q, p);
    field_invert(field, run, run);
    field_multiply(field, slope, slope, run);
    follow_line(curve, p, slope, q);
}

static void software_double(const struct curve* curve, uint64_t* p) {
    const struct field* const field = curve->field;
    const size_t n = field->limbs;
    uint64_t slope[kMaxLimbs], run[kMaxLimbs], x[kMaxLimbs];
    limbs_copy(n, x, p);
    field_multiply(field, run, x, x);
    field_add(field, slope, run, run);
    field_add(field, slope, slope, run);
    field_add(field, slope, slope, curve->a);
    field_add(field, run, p + n, p + n);
    field_invert(field, run, run);
    field_multiply(field, slope, slope, run);
    follow_line(curve, p, slope, x);
}

void curve_add(const struct curve* curve, uint64_t* p, const uint64_t* q) {
    if (!machine_combines(curve->add, p, q)) software_add(curve, p, q);
}

void curve_double(const struct curve* curve, uint64_t* p) {
    if (!machine_does(curve->twice, p)) software_double(curve, p);
}
