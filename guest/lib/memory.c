/*
 * memcpy, memmove, memset, memcmp: eight bytes at a time.
 *
 * They dominate many programs, so what counts is the number of instructions. Up to 32 bytes, two
 * loads of equal width that overlap in the middle cover every length without a loop. Longer blocks
 * get their first and last bytes the same way, and the rest in a loop whose stores are aligned.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "unaligned.h"

enum { kWord = 8 };

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

static inline void move32(char* to, const char* from) {
    const uint64_t a = load64(from), b = load64(from + 8);
    const uint64_t c = load64(from + 16), d = load64(from + 24);
    store64(to, a);
    store64(to + 8, b);
    store64(to + 16, c);
    store64(to + 24, d);
}

/**
 * More than 32 bytes, lowest addresses first. Right for blocks that overlap if `to` is below
 * `from`: the first and last words are loaded before and stored after everything else.
 */
static inline void move_up(char* to, const char* from, size_t size) {
    char* const begin = to;
    char* const tail = to + size - 32;
    const uint64_t first = load64(from);
    from += size - 32;
    const uint64_t a = load64(from), b = load64(from + 8);
    const uint64_t c = load64(from + 16), d = load64(from + 24);
    to += kWord - (uintptr_t)to % kWord;
    from -= tail - to;
    while (tail - to > 32) {
        move32(to, from);
        move32(to + 32, from + 32);
        to += 64;
        from += 64;
    }
    if (to < tail) move32(to, from);
    store64(begin, first);
    store64(tail, a);
    store64(tail + 8, b);
    store64(tail + 16, c);
    store64(tail + 24, d);
}

/** The same, highest addresses first: for blocks that overlap with `to` above `from`. */
static inline void move_down(char* to, const char* from, size_t size) {
    char* const head = to + 32;
    char* const end = to + size;
    const uint64_t a = load64(from), b = load64(from + 8);
    const uint64_t c = load64(from + 16), d = load64(from + 24);
    from += size;
    const uint64_t last = load64(from - kWord);
    to = end - (uintptr_t)end % kWord;
    from -= end - to;
    while (to - head > 32) {
        to -= 64;
        from -= 64;
        move32(to + 32, from + 32);
        move32(to, from);
    }
    if (to > head) move32(to - 32, from - 32);
    store64(end - kWord, last);
    store64(head - 32, a);
    store64(head - 24, b);
    store64(head - 16, c);
    store64(head - 8, d);
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

static inline void set32(char* to, uint64_t word) {
    store64(to, word);
    store64(to + 8, word);
    store64(to + 16, word);
    store64(to + 24, word);
}

void* memset(void* block, int byte, size_t size) {
    char* to = block;
    uint64_t word = (unsigned char)byte;
    word |= word << 8;
    word |= word << 16;
    word |= word << 32;
    if (size >= 32) {
        char* const tail = to + size - 32;
        store64(to, word);
        to += kWord - (uintptr_t)to % kWord;
        while (tail - to > 32) {
            set32(to, word);
            set32(to + 32, word);
            to += 64;
        }
        if (to < tail) set32(to, word);
        set32(tail, word);
    } else if (size >= 8) {
        char* const tail = to + size - 8;
        store64(to, word);
        if (size > 16) {
            store64(to + 8, word);
            store64(tail - 8, word);
        }
        store64(tail, word);
    } else if (size >= 4) {
        store32(to, word);
        store32(to + size - 4, word);
    } else if (size > 0) {
        to[0] = (char)word;
        to[size / 2] = (char)word;
        to[size - 1] = (char)word;
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
    if (size >= 8) {
        const unsigned char* const tail = a + size - 8;
        const unsigned char* const other_tail = b + size - 8;
        while (a < tail) {
            const uint64_t x = load64(a), y = load64(b);
            if (x != y) return compare_words(x, y);
            a += 8;
            b += 8;
        }
        const uint64_t x = load64(tail), y = load64(other_tail);
        return x == y ? 0 : compare_words(x, y);
    }
    if (size >= 4) {
        uint64_t x = load32(a), y = load32(b);
        if (x != y) return compare_words(x, y);
        x = load32(a + size - 4);
        y = load32(b + size - 4);
        return x == y ? 0 : compare_words(x, y);
    }
    for (const unsigned char* const end = a + size; a != end; a++, b++) {
        if (*a != *b) return *a - *b;
    }
    return 0;
}
