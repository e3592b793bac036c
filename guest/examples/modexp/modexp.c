/*
 * Modular exponentiation, as in RSA and Diffie-Hellman: Montgomery multiplication and a window of
 * four bits.
 *
 * Input:  lines "BASE EXPONENT MODULUS" in hexadecimal, up to 4096 bits each, the modulus odd.
 * Output: for each line, BASE to the power of EXPONENT modulo MODULUS.
 * Check:  python3 -c '[print("%x" % pow(*[int(n,16) for n in l.split()])) for l in open(0)]' <INPUT
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../common/input.h"

enum { kMaxLimbs = 64, kWindow = 4 };

typedef unsigned __int128 uint128;
typedef uint64_t number[kMaxLimbs]; /* least significant limb first */

static size_t limbs; /* of the modulus: all numbers have as many */
static number modulus;
static uint64_t minus_inverse; /* of the modulus, modulo 2^64 */

static _Noreturn void fail(size_t line, const char* message) {
    fprintf(stderr, "line %zu: %s\n", line, message);
    exit(1);
}

static bool is_less(const number a, const number b) {
    for (size_t i = limbs; i-- > 0;) {
        if (a[i] != b[i]) return a[i] < b[i];
    }
    return false;
}

static void subtract(number to, const number a, const number b) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < limbs; i++) {
        const uint128 difference = (uint128)a[i] - b[i] - borrow;
        to[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
}

/** 2 * a + bit modulo the modulus, in place. */
static void shift_in(number a, uint64_t bit) {
    const uint64_t carry = a[limbs - 1] >> 63;
    for (size_t i = limbs - 1; i > 0; i--)
        a[i] = a[i] << 1 | a[i - 1] >> 63;
    a[0] = a[0] << 1 | bit;
    if (carry || !is_less(a, modulus)) subtract(a, a, modulus);
}

/** to += a * b, from limb 0 on; answers the carry out of limb `limbs - 1`. */
static uint64_t multiply_add(uint64_t* to, const number a, uint64_t b) {
    uint64_t carry = 0;
    for (size_t i = 0; i < limbs; i++) {
        const uint128 sum = (uint128)a[i] * b + to[i] + carry;
        to[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    return carry;
}

/** a * b / 2^(64 * limbs) modulo the modulus. */
static void multiply(number to, const number a, const number b) {
    uint64_t product[2 * kMaxLimbs];
    uint64_t top = 0;
    memset(product, 0, 2 * limbs * sizeof *product);
    for (size_t i = 0; i < limbs; i++) {
        const uint64_t carry1 = multiply_add(product + i, a, b[i]);
        const uint64_t carry2 = multiply_add(product + i, modulus, product[i] * minus_inverse);
        const uint128 sum = (uint128)carry1 + carry2 + top;
        product[i + limbs] = (uint64_t)sum;
        top = (uint64_t)(sum >> 64);
    }
    if (top || !is_less(product + limbs, modulus))
        subtract(to, product + limbs, modulus);
    else
        memcpy(to, product + limbs, limbs * sizeof *to);
}

static void set_modulus(const number value) {
    memcpy(modulus, value, sizeof modulus);
    limbs = kMaxLimbs;
    while (modulus[limbs - 1] == 0)
        limbs--;
    uint64_t inverse = 1;
    for (int bits = 1; bits < 64; bits *= 2)
        inverse *= 2 - modulus[0] * inverse;
    minus_inverse = -inverse;
}

static unsigned window_of(const number exponent, size_t bit) {
    return (unsigned)(exponent[bit / 64] >> bit % 64) & ((1 << kWindow) - 1);
}

static void power(number result, const number base, const number exponent) {
    number powers[1 << kWindow] = {{0}};
    /* 1 and the base in Montgomery form: times 2^(64 * limbs), by doubling. */
    number one = {1};
    while (!is_less(one, modulus))
        subtract(one, one, modulus);
    memcpy(powers[0], one, sizeof one);
    memcpy(powers[1], base, sizeof powers[1]);
    for (size_t i = 0; i < 64 * limbs; i++) {
        shift_in(powers[0], 0);
        shift_in(powers[1], 0);
    }
    for (unsigned i = 2; i < 1 << kWindow; i++)
        multiply(powers[i], powers[i - 1], powers[1]);

    memcpy(result, powers[0], sizeof one);
    bool started = false;
    for (size_t bit = 64 * kMaxLimbs; bit > 0;) {
        bit -= kWindow;
        const unsigned window = window_of(exponent, bit);
        if (started) {
            for (int i = 0; i < kWindow; i++)
                multiply(result, result, result);
        }
        if (window) multiply(result, result, powers[window]);
        started |= window != 0;
    }
    multiply(result, result, one);
}

/** `value` modulo the modulus, bit by bit. */
static void reduce(number to, const number value) {
    size_t bit = 64 * kMaxLimbs;
    while (bit > 64 && value[bit / 64 - 1] == 0)
        bit -= 64;
    memset(to, 0, sizeof(number));
    while (bit-- > 0)
        shift_in(to, value[bit / 64] >> bit % 64 & 1);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char* parse_number(const char* at, number to, size_t line) {
    while (*at == ' ')
        at++;
    const char* const first = at;
    memset(to, 0, sizeof(number));
    while (hex_digit(*at) >= 0)
        at++;
    const size_t digits = (size_t)(at - first);
    if (digits == 0) fail(line, "hexadecimal number expected");
    if (digits > 16 * kMaxLimbs) fail(line, "number of more than 4096 bits");
    for (size_t i = 0; i < digits; i++)
        to[i / 16] |= (uint64_t)hex_digit(first[digits - 1 - i]) << i % 16 * 4;
    return at;
}

static void print_number(const number value) {
    size_t i = limbs - 1;
    while (i > 0 && value[i] == 0)
        i--;
    printf("%llx", (unsigned long long)value[i]);
    while (i-- > 0)
        printf("%016llx", (unsigned long long)value[i]);
    printf("\n");
}

int main(void) {
    size_t size;
    char* const text = read_all(&size);
    text[size] = 0;
    size_t line = 1;
    for (const char* at = text; *at; line++) {
        number base, exponent, value, reduced, result = {0};
        at = parse_number(at, base, line);
        at = parse_number(at, exponent, line);
        at = parse_number(at, value, line);
        if (*at != '\n' && *at) fail(line, "three numbers expected");
        if (*at) at++;
        if (value[0] % 2 == 0) fail(line, "odd modulus expected");
        set_modulus(value);
        reduce(reduced, base);
        power(result, reduced, exponent);
        print_number(result);
    }
    return 0;
}
