/*
 * A power of a matrix modulo a prime, by repeated squaring.
 *
 * Input:  N EXPONENT PRIME, then the N x N numbers of the matrix, row by row; the prime is below
 *         2^31.
 * Output: the rows of the power.
 * Check:  python3 reference.py matrix <INPUT
 */
#include <string.h>

#include "../common/numbers.h"

static size_t n;
static uint64_t prime;

static uint32_t* new_matrix(void) {
    uint32_t* const matrix = calloc(n * n, sizeof *matrix);
    if (!matrix) exit(1);
    return matrix;
}

/** Sums stay below 3 * prime^2 < 2^64 without a division for each product. */
static uint32_t dot_product(const uint32_t* a, const uint32_t* b) {
    const uint64_t limit = 2 * prime * prime;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (uint64_t)a[i] * b[i];
        if (sum >= limit) sum -= limit;
    }
    return (uint32_t)(sum % prime);
}

/** to = a * b; `transposed` is room for b's columns as rows. */
static void multiply(uint32_t* to, const uint32_t* a, const uint32_t* b, uint32_t* transposed) {
    for (size_t row = 0; row < n; row++) {
        for (size_t column = 0; column < n; column++)
            transposed[column * n + row] = b[row * n + column];
    }
    for (size_t row = 0; row < n; row++) {
        for (size_t column = 0; column < n; column++)
            to[row * n + column] = dot_product(a + row * n, transposed + column * n);
    }
}

static void swap(uint32_t** a, uint32_t** b) {
    uint32_t* const t = *a;
    *a = *b;
    *b = t;
}

int main(void) {
    struct numbers numbers = read_numbers();
    n = next_number(&numbers, 4096);
    uint64_t exponent = next_number(&numbers, UINT64_MAX);
    prime = next_number(&numbers, INT32_MAX);
    if (n == 0 || prime == 0) return 1;
    uint32_t *square = new_matrix(), *power = new_matrix();
    uint32_t *result = new_matrix(), *transposed = new_matrix();
    for (size_t i = 0; i < n * n; i++)
        square[i] = (uint32_t)(next_number(&numbers, UINT64_MAX) % prime);
    for (size_t i = 0; i < n; i++)
        power[i * n + i] = (uint32_t)(1 % prime);

    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2) {
            multiply(result, power, square, transposed);
            swap(&result, &power);
        }
        if (exponent > 1) {
            multiply(result, square, square, transposed);
            swap(&result, &square);
        }
    }
    for (size_t row = 0; row < n; row++) {
        for (size_t column = 0; column < n; column++)
            printf(column + 1 < n ? "%u " : "%u\n", (unsigned)power[row * n + column]);
    }
    return 0;
}
