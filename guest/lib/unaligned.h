/*
 * Loads and stores of 8, 4 and 2 bytes at any address, one instruction each.
 *
 * Reprise runs misaligned accesses at full speed (Zicclsm) and Linux emulates them where hardware
 * lacks them, but the compilers do not know that and would go byte by byte.
 */
#ifndef REPRISE_UNALIGNED_H
#define REPRISE_UNALIGNED_H

#include <stdint.h>

#define REPRISE_UNALIGNED(bits, load_name, store_name)                                          \
    struct unaligned##bits {                                                                    \
        uint##bits##_t value;                                                                   \
    } __attribute__((packed, may_alias));                                                       \
    static inline uint64_t load##bits(const void* from) {                                       \
        uint64_t value;                                                                         \
        __asm__(load_name " %0, %1" : "=r"(value) : "m"(*(const struct unaligned##bits*)from)); \
        return value;                                                                           \
    }                                                                                           \
    static inline void store##bits(void* to, uint64_t value) {                                  \
        __asm__(store_name " %z1, %0" : "=m"(*(struct unaligned##bits*)to) : "rJ"(value));      \
    }

REPRISE_UNALIGNED(64, "ld", "sd")
REPRISE_UNALIGNED(32, "lwu", "sw")
REPRISE_UNALIGNED(16, "lhu", "sh")

#undef REPRISE_UNALIGNED

#endif
