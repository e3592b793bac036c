/*
 * Public keys of Bitcoin and Ethereum: multiplies the generator of the elliptic curve secp256k1
 * (SEC 2) by private keys. Not in constant time.
 *
 * Input:  private keys, one a line, 64 hexadecimal digits.
 * Output: for each, the compressed public key in hexadecimal.
 * Check:  while read -r KEY; do
 *             echo "302E0201010420${KEY}A00706052B8104000A" | tr a-f A-F | basenc --base16 -d |
 *                 openssl ec -inform DER -pubout -outform DER -conv_form compressed 2>/dev/null |
 *                 tail -c 33 | basenc --base16 -w 0 | tr A-F a-f; echo
 *         done <INPUT
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef unsigned __int128 uint128;

/** Four limbs, least significant first. A field element is always below the prime. */
typedef struct {
    uint64_t limb[4];
} number;

/** (x / z^2, y / z^3); the point at infinity has z = 0. */
typedef struct {
    number x, y, z;
} point;

enum { kWindow = 4, kKeyDigits = 64 };

#define P_COMPLEMENT UINT64_C(0x1000003d1) /* 2^256 - prime */

static const number kPrime = {{0xfffffffefffffc2f, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
static const number kOrder = {
    {0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff}};
static const point kGenerator = {
    {{0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac}},
    {{0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465}},
    {{1, 0, 0, 0}}};

static bool is_zero(const number* a) {
    return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

static bool is_less(const number* a, const number* b) {
    for (int i = 3; i >= 0; i--) {
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i];
    }
    return false;
}

/** a + word * 2^0, modulo 2^256; answers the carry. */
static uint64_t add_word(number* a, uint64_t word) {
    for (int i = 0; i < 4; i++) {
        a->limb[i] += word;
        word = a->limb[i] < word;
    }
    return word;
}

/** Below the prime, given a carry of weight 2^256. */
static void normalise(number* a, uint64_t carry) {
    if (carry || !is_less(a, &kPrime)) add_word(a, P_COMPLEMENT);
}

static number add(const number* a, const number* b) {
    number sum;
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        const uint128 s = (uint128)a->limb[i] + b->limb[i] + carry;
        sum.limb[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    normalise(&sum, carry);
    return sum;
}

static number subtract(const number* a, const number* b) {
    number difference;
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        const uint128 d = (uint128)a->limb[i] - b->limb[i] - borrow;
        difference.limb[i] = (uint64_t)d;
        borrow = (uint64_t)(d >> 64) & 1;
    }
    if (borrow) { /* Adding the prime is taking away 2^256 - prime. */
        uint64_t word = P_COMPLEMENT;
        for (int i = 0; i < 4; i++) {
            const uint64_t before = difference.limb[i];
            difference.limb[i] -= word;
            word = difference.limb[i] > before;
        }
    }
    return difference;
}

static number multiply(const number* a, const number* b) {
    uint64_t product[8] = {0};
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            const uint128 sum = (uint128)a->limb[i] * b->limb[j] + product[i + j] + carry;
            product[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        product[i + 4] = carry;
    }
    /* high * 2^256 + low = high * (2^256 - prime) + low, twice. */
    number result;
    uint64_t carry = 0;
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        const uint128 sum = (uint128)product[i + 4] * P_COMPLEMENT + product[i] + carry;
        result.limb[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    uint128 folded = (uint128)carry * P_COMPLEMENT + result.limb[0];
    result.limb[0] = (uint64_t)folded;
    for (int i = 1; i < 4; i++) {
        folded = (folded >> 64) + result.limb[i];
        result.limb[i] = (uint64_t)folded;
    }
    normalise(&result, (uint64_t)(folded >> 64));
    return result;
}

static number square(const number* a) {
    return multiply(a, a);
}

static number twice(const number* a) {
    return add(a, a);
}

/** a^(prime - 2), which is 1 / a. */
static number invert(const number* a) {
    number result = {{1, 0, 0, 0}};
    number exponent = kPrime;
    exponent.limb[0] -= 2;
    for (int bit = 255; bit >= 0; bit--) {
        result = square(&result);
        if (exponent.limb[bit / 64] >> bit % 64 & 1) result = multiply(&result, a);
    }
    return result;
}

static point double_point(const point* p) {
    const number xx = square(&p->x);
    const number yy = square(&p->y);
    const number yyyy = square(&yy);
    const number xyy = multiply(&p->x, &yy);
    const number s2 = twice(&xyy);
    const number s = twice(&s2);
    const number xx2 = twice(&xx);
    const number m = add(&xx2, &xx);
    const number mm = square(&m);
    const number ss = twice(&s);
    point result;
    result.x = subtract(&mm, &ss);
    const number t = subtract(&s, &result.x);
    const number mt = multiply(&m, &t);
    const number y2 = twice(&yyyy);
    const number y4 = twice(&y2);
    const number y8 = twice(&y4);
    result.y = subtract(&mt, &y8);
    const number yz = multiply(&p->y, &p->z);
    result.z = twice(&yz);
    return result;
}

static point add_points(const point* p, const point* q) {
    if (is_zero(&p->z)) return *q;
    if (is_zero(&q->z)) return *p;
    const number pzz = square(&p->z), qzz = square(&q->z);
    const number u1 = multiply(&p->x, &qzz), u2 = multiply(&q->x, &pzz);
    const number pzzz = multiply(&pzz, &p->z), qzzz = multiply(&qzz, &q->z);
    const number s1 = multiply(&p->y, &qzzz), s2 = multiply(&q->y, &pzzz);
    const number h = subtract(&u2, &u1), r = subtract(&s2, &s1);
    if (is_zero(&h)) return is_zero(&r) ? double_point(p) : (point){.z = {{0}}};
    const number hh = square(&h);
    const number hhh = multiply(&hh, &h);
    const number v = multiply(&u1, &hh);
    const number rr = square(&r);
    const number v2 = twice(&v);
    const number x = subtract(&rr, &hhh);
    point result;
    result.x = subtract(&x, &v2);
    const number t = subtract(&v, &result.x);
    const number rt = multiply(&r, &t);
    const number sh = multiply(&s1, &hhh);
    result.y = subtract(&rt, &sh);
    const number zz = multiply(&p->z, &q->z);
    result.z = multiply(&zz, &h);
    return result;
}

/** `multiples[i]` is i times the generator. */
static point multiply_generator(const point* multiples, const number* scalar) {
    point result = {.z = {{0}}};
    for (int bit = 256 - kWindow; bit >= 0; bit -= kWindow) {
        if (!is_zero(&result.z)) {
            for (int i = 0; i < kWindow; i++)
                result = double_point(&result);
        }
        const unsigned window =
            (unsigned)(scalar->limb[bit / 64] >> bit % 64) & ((1 << kWindow) - 1);
        if (window) result = add_points(&result, &multiples[window]);
    }
    return result;
}

static void print_public_key(const point* p) {
    const number inverse = invert(&p->z);
    const number inverse2 = square(&inverse);
    const number inverse3 = multiply(&inverse2, &inverse);
    const number x = multiply(&p->x, &inverse2);
    const number y = multiply(&p->y, &inverse3);
    printf(y.limb[0] % 2 ? "03" : "02");
    for (int i = 3; i >= 0; i--)
        printf("%016llx", (unsigned long long)x.limb[i]);
    printf("\n");
}

static bool parse_key(const char* line, number* key) {
    memset(key, 0, sizeof *key);
    for (int i = 0; i < kKeyDigits; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char* const digit = line[i] ? strchr(digits, line[i]) : NULL;
        if (!digit) return false;
        const unsigned value = (unsigned)(digit - digits);
        key->limb[3 - i / 16] = key->limb[3 - i / 16] << 4 | (value < 16 ? value : value - 6);
    }
    return line[kKeyDigits] == '\n' || line[kKeyDigits] == 0;
}

int main(void) {
    point multiples[1 << kWindow] = {{.z = {{0}}}};
    for (int i = 1; i < 1 << kWindow; i++)
        multiples[i] = add_points(&multiples[i - 1], &kGenerator);

    char line[kKeyDigits + 8];
    for (int number_of_line = 1; fgets(line, sizeof line, stdin); number_of_line++) {
        number key;
        if (!parse_key(line, &key) || is_zero(&key) || !is_less(&key, &kOrder)) {
            fprintf(stderr, "line %d: not a private key\n", number_of_line);
            return 1;
        }
        const point public_key = multiply_generator(multiples, &key);
        print_public_key(&public_key);
    }
    return 0;
}
