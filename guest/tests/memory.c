/*
 * memcpy and its relatives against loops over bytes: every size up to 300 with every alignment and
 * overlap that could matter, then random ones, and bytes around each block that must not change.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kRoom = 8192, kMaxSmall = 300, kRandomRounds = 3000 };

static unsigned char expected[kRoom], actual[kRoom], other[kRoom];

static uint64_t random_number(void) {
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static _Noreturn void fail(const char* function, size_t a, size_t b, size_t size) {
    printf("%s: wrong with offsets %zu and %zu, size %zu\n", function, a, b, size);
    exit(1);
}

static void fill(void) {
    for (size_t i = 0; i < kRoom; i++) {
        expected[i] = actual[i] = (unsigned char)random_number();
        other[i] = (unsigned char)random_number();
    }
}

static void check_all(const char* function, size_t a, size_t b, size_t size) {
    for (size_t i = 0; i < kRoom; i++) {
        if (expected[i] != actual[i]) fail(function, a, b, size);
    }
}

static void check_memcpy(size_t to, size_t from, size_t size) {
    for (size_t i = 0; i < size; i++)
        expected[to + i] = other[from + i];
    if (memcpy(actual + to, other + from, size) != actual + to)
        fail("memcpy's result", to, from, size);
    check_all("memcpy", to, from, size);
}

static void check_memmove(size_t to, size_t from, size_t size) {
    static unsigned char copy[kRoom];
    for (size_t i = 0; i < size; i++)
        copy[i] = expected[from + i];
    for (size_t i = 0; i < size; i++)
        expected[to + i] = copy[i];
    if (memmove(actual + to, actual + from, size) != actual + to)
        fail("memmove's result", to, from, size);
    check_all("memmove", to, from, size);
}

static void check_memset(size_t to, int byte, size_t size) {
    for (size_t i = 0; i < size; i++)
        expected[to + i] = (unsigned char)byte;
    if (memset(actual + to, byte, size) != actual + to) fail("memset's result", to, 0, size);
    check_all("memset", to, 0, size);
}

static int sign(int value) {
    return (value > 0) - (value < 0);
}

static void check_memcmp(size_t a, size_t b, size_t size, size_t difference) {
    for (size_t i = 0; i < size; i++)
        actual[a + i] = other[b + i];
    int order = 0;
    if (difference < size) {
        actual[a + difference] ^= (unsigned char)(1 + random_number() % 255);
        /* What lies after the first difference must not matter. */
        if (difference + 1 < size) actual[a + difference + 1] ^= 0x80;
        order = actual[a + difference] < other[b + difference] ? -1 : 1;
    }
    if (sign(memcmp(actual + a, other + b, size)) != order) fail("memcmp", a, b, size);
    for (size_t i = 0; i < size; i++)
        expected[a + i] = actual[a + i];
}

static void check_strings(size_t length) {
    static unsigned char block[kMaxSmall + 16];
    const size_t at = random_number() % 16;
    char* const string = (char*)block + at;
    for (size_t i = 0; i < length; i++)
        string[i] = (char)(random_number() % 255 + 1);
    string[length] = 0;
    if (strlen(string) != length) fail("strlen", at, 0, length);

    const int wanted = (int)(random_number() % 256);
    size_t found = 0;
    while (found < length && (unsigned char)string[found] != wanted)
        found++;
    const char* const by_strchr = found < length || wanted == 0 ? string + found : NULL;
    if (strchr(string, wanted) != by_strchr) fail("strchr", at, found, length);
    const void* const by_memchr = found < length ? string + found : NULL;
    if (memchr(string, wanted, length) != by_memchr) fail("memchr", at, found, length);

    const size_t to = random_number() % 16;
    if (strcpy((char*)other + to, string) != (char*)other + to)
        fail("strcpy's result", at, to, length);
    for (size_t i = 0; i <= length; i++) {
        if (other[to + i] != block[at + i]) fail("strcpy", at, to, length);
    }
    if (strcmp(string, (char*)other + to)) fail("strcmp of equal strings", at, to, length);
    if (length == 0) return;
    const size_t changed = random_number() % length;
    other[to + changed] ^= (unsigned char)(random_number() % 255 + 1);
    const int order = block[at + changed] < other[to + changed] ? -1 : 1;
    if (sign(strcmp(string, (char*)other + to)) != order) fail("strcmp", at, to, length);
}

int main(void) {
    fill();
    for (size_t size = 0; size <= kMaxSmall; size++) {
        for (size_t offset = 0; offset < 8; offset++) {
            check_memcpy(100 + offset, 200 + random_number() % 8, size);
            check_memset(100 + offset, (int)random_number(), size);
            check_memmove(400, 400 + offset, size);
            check_memmove(400 + offset, 400, size);
            check_memmove(400, 400 + size / 2 + offset, size);
            check_memmove(400 + size / 2 + offset, 400, size);
            check_memcmp(100 + offset, 200 + random_number() % 8, size, size);
            if (size)
                check_memcmp(100 + offset, 200 + random_number() % 8, size, random_number() % size);
            check_strings(size);
        }
    }
    fill();
    for (int i = 0; i < kRandomRounds; i++) {
        const size_t size = random_number() % (kRoom / 2);
        const size_t a = random_number() % (kRoom / 2), b = random_number() % (kRoom / 2);
        check_memcpy(a, b, size);
        check_memmove(a, b, size);
        check_memmove(a, (a + random_number() % 64) % (kRoom / 2), size);
    }
    puts("ok");
    return 0;
}
