/*
 * memcpy, memmove, memset, memcmp: eight bytes at a time.
 *
 * They dominate many programs, so what counts is the number of instructions. Up to 32 bytes, two
 * loads of equal width that overlap in the middle cover every length without a loop. Longer
 * blocks: the first and last bytes the same way, the rest in a loop whose stores are aligned.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "unaligned.h"

enum { kWord = 8, kUnrolled = 8 * kWord };

/** Up to 32 bytes; everything is loaded before anything is stored, so the blocks may overlap. */
static inline void move_short(char* to, const char* from, size_t size) {
    if (size > 16) {
        const uint64_t a = load64(from), b = load64(from + 8);
        const uint64_t c = load64(from + size - 16), d = load64(from + size - 8);
        store64(to, a);
        store64(to + 8, b);
        store64(to + size - 16, c);
        store64(to + size - 8, d);
    } else if (size >= 8) {
        const uint64_t a = load64(from), b = load64(from + size - 8);
        store64(to, a);
        store64(to + size - 8, b);
    } else if (size >= 4) {
        const uint64_t a = load32(from), b = load32(from + size - 4);
        store32(to, a);
        store32(to + size - 4, b);
    } else if (size >= 2) {
        const uint64_t a = load16(from), b = load16(from + size - 2);
        store16(to, a);
        store16(to + size - 2, b);
    } else if (size) {
        *to = *from;
    }
}

static inline void move_unrolled(char* to, const char* from) {
    const uint64_t a = load64(from), b = load64(from + 8);
    const uint64_t c = load64(from + 16), d = load64(from + 24);
    const uint64_t e = load64(from + 32), f = load64(from + 40);
    const uint64_t g = load64(from + 48), h = load64(from + 56);
    store64(to, a);
    store64(to + 8, b);
    store64(to + 16, c);
    store64(to + 24, d);
    store64(to + 32, e);
    store64(to + 40, f);
    store64(to + 48, g);
    store64(to + 56, h);
}

/**
 * More than 32 bytes, lowest addresses first. Right for blocks that overlap if `to` is below
 * `from`: the words at both ends are loaded before and stored after everything else.
 */
static inline void move_up(char* to, const char* from, size_t size) {
    const uint64_t first = load64(from), last = load64(from + size - kWord);
    char* const begin = to;
    char* const end = to + size;
    const size_t skip = kWord - (uintptr_t)to % kWord;
    to += skip;
    from += skip;
    while ((size_t)(end - to) >= kUnrolled) {
        move_unrolled(to, from);
        to += kUnrolled;
        from += kUnrolled;
    }
    while (end - to > kWord) {
        store64(to, load64(from));
        to += kWord;
        from += kWord;
    }
    store64(begin, first);
    store64(end - kWord, last);
}

/** The same, highest addresses first: for blocks that overlap with `to` above `from`. */
static inline void move_down(char* to, const char* from, size_t size) {
    const uint64_t first = load64(from), last = load64(from + size - kWord);
    char* const begin = to;
    char* const end = to + size;
    const size_t skip = (uintptr_t)end % kWord;
    to = end - skip;
    from += size - skip;
    while ((size_t)(to - begin) >= kUnrolled) {
        to -= kUnrolled;
        from -= kUnrolled;
        move_unrolled(to, from);
    }
    while (to - begin > kWord) {
        to -= kWord;
        from -= kWord;
        store64(to, load64(from));
    }
    store64(begin, first);
    store64(end - kWord, last);
}

void* memcpy(void* to, const void* from, size_t size) {
    if (size <= 32)
        move_short(to, from, size);
    else
        move_up(to, from, size);
    return to;
}

void* memmove(void* to, const void* from, size_t size) {
    if (size <= 32)
        move_short(to, from, size);
    else if ((uintptr_t)to - (uintptr_t)from >= size)
        move_up(to, from, size);
    else
        move_down(to, from, size);
    return to;
}

void* memset(void* block, int byte, size_t size) {
    char* to = block;
    char* const end = to + size;
    if (size < kWord) {
        while (to != end)
            *to++ = (char)byte;
        return block;
    }
    uint64_t word = (unsigned char)byte;
    word |= word << 8;
    word |= word << 16;
    word |= word << 32;
    store64(to, word);
    store64(end - kWord, word);
    to += kWord - (uintptr_t)to % kWord;
    while (end - to >= kUnrolled) {
        for (int i = 0; i < kUnrolled; i += kWord)
            store64(to + i, word);
        to += kUnrolled;
    }
    while (end - to > kWord) {
        store64(to, word);
        to += kWord;
    }
    return block;
}

/** The order of two different words, as bytes in memory. */
static inline int compare_words(uint64_t a, uint64_t b) {
#ifdef __riscv_zbb
    return __builtin_bswap64(a) < __builtin_bswap64(b) ? -1 : 1;
#else
    while ((a & 0xff) == (b & 0xff)) {
        a >>= 8;
        b >>= 8;
    }
    return (int)(a & 0xff) - (int)(b & 0xff);
#endif
}

int memcmp(const void* left, const void* right, size_t size) {
    const unsigned char* a = left;
    const unsigned char* b = right;
    if (size >= kWord) {
        const unsigned char* const last = a + size - kWord;
        while (a < last) {
            const uint64_t x = load64(a), y = load64(b);
            if (x != y) return compare_words(x, y);
            a += kWord;
            b += kWord;
        }
        b -= a - last;
        const uint64_t x = load64(last), y = load64(b);
        return x == y ? 0 : compare_words(x, y);
    }
    for (const unsigned char* const end = a + size; a != end; a++, b++) {
        if (*a != *b) return *a - *b;
    }
    return 0;
}
