/*
 * strlen, strcmp, strchr, memchr, strcpy: eight bytes at a time.
 *
 * A string may end right before an unmapped page, so words are loaded from aligned addresses only:
 * such a word lies within one page.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) word_t;

enum { kWord = sizeof(word_t) };
#define LOW_BITS UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

/** Not zero if a byte of `word` is zero; its lowest set bit is then in the first such byte. */
static inline uint64_t zero_bytes(uint64_t word) {
#ifdef __riscv_zbb
    uint64_t ones;
    __asm__("orc.b %0, %1" : "=r"(ones) : "r"(word));
    return ~ones;
#else
    return (word - LOW_BITS) & ~word & HIGH_BITS;
#endif
}

static inline unsigned first_byte(uint64_t bytes) {
    return (unsigned)__builtin_ctzll(bytes) / 8;
}

static inline const word_t* word_of(const void* address) {
    return (const word_t*)((uintptr_t)address & -(uintptr_t)kWord);
}

/** The bits of a word that lie before `address`. */
static inline uint64_t bits_before(const void* address) {
    return ((uint64_t)1 << (uintptr_t)address % kWord * 8) - 1;
}

size_t strlen(const char* string) {
    const word_t* at = word_of(string);
    uint64_t zeros = zero_bytes(*at | bits_before(string));
    while (!zeros)
        zeros = zero_bytes(*++at);
    return (size_t)((const char*)at + first_byte(zeros) - string);
}

char* strcpy(char* to, const char* from) {
    return memcpy(to, from, strlen(from) + 1);
}

void* memchr(const void* block, int byte, size_t size) {
    if (size == 0) return NULL;
    const uint64_t pattern = (unsigned char)byte * LOW_BITS;
    const uintptr_t begin = (uintptr_t)block;
    const uintptr_t last = size - 1 > UINTPTR_MAX - begin ? UINTPTR_MAX : begin + size - 1;
    const word_t* const last_word = word_of((const void*)last);
    const word_t* at = word_of(block);
    uint64_t found = zero_bytes((*at ^ pattern) | bits_before(block));
    while (!found && at != last_word)
        found = zero_bytes(*++at ^ pattern);
    if (!found) return NULL;
    const char* const match = (const char*)at + first_byte(found);
    return (uintptr_t)match <= last ? (void*)match : NULL;
}

char* strchr(const char* string, int byte) {
    const uint64_t pattern = (unsigned char)byte * LOW_BITS;
    const word_t* at = word_of(string);
    const uint64_t before = bits_before(string);
    uint64_t zeros = zero_bytes(*at | before);
    uint64_t found = zero_bytes((*at ^ pattern) | before);
    while (!zeros && !found) {
        at++;
        zeros = zero_bytes(*at);
        found = zero_bytes(*at ^ pattern);
    }
    const char* const match = (const char*)at + first_byte(zeros | found);
    return *match == (char)byte ? (char*)match : NULL;
}

int strcmp(const char* left, const char* right) {
    if (((uintptr_t)left ^ (uintptr_t)right) % kWord == 0) {
        while ((uintptr_t)left % kWord) {
            if (*left != *right || *left == 0) break;
            left++;
            right++;
        }
        if ((uintptr_t)left % kWord == 0) {
            const word_t* a = (const word_t*)left;
            const word_t* b = (const word_t*)right;
            while (*a == *b && !zero_bytes(*a)) {
                a++;
                b++;
            }
            left = (const char*)a;
            right = (const char*)b;
        }
    }
    while (*left == *right && *left) {
        left++;
        right++;
    }
    return (unsigned char)*left - (unsigned char)*right;
}
