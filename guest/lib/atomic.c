/*
 * Atomic operations, which the compilers call where -march has no A: std::atomic, <stdatomic.h>. There
 * is one thread, so that plain loads and stores do.
 *
 * The compilers know the names and would not let them be defined here: they are given as labels.
 */
#include <stdbool.h>
#include <stdint.h>

#define NAMED(name, size) __asm__("__atomic_" #name "_" #size)

#define FETCH(size, type, name, expression)                                        \
    type fetch_##name##size(volatile type*, type, int) NAMED(fetch_##name, size);  \
    type fetch_##name##size(volatile type* object, type value, int order) {        \
        (void)order;                                                               \
        const type old = *object;                                                  \
        *object = (type)(expression);                                              \
        return old;                                                                \
    }

#define OPERATIONS(size, type)                                                                    \
    type load##size(const volatile type*, int) NAMED(load, size);                                 \
    type load##size(const volatile type* object, int order) {                                     \
        (void)order;                                                                              \
        return *object;                                                                           \
    }                                                                                             \
    void store##size(volatile type*, type, int) NAMED(store, size);                               \
    void store##size(volatile type* object, type value, int order) {                              \
        (void)order;                                                                              \
        *object = value;                                                                          \
    }                                                                                             \
    bool compare_exchange##size(volatile type*, type*, type, bool, int, int)                      \
        NAMED(compare_exchange, size);                                                            \
    bool compare_exchange##size(volatile type* object, type* expected, type desired, bool weak,   \
                                int success, int failure) {                                       \
        (void)weak, (void)success, (void)failure;                                                 \
        const type old = *object;                                                                 \
        if (old == *expected) {                                                                   \
            *object = desired;                                                                    \
            return true;                                                                          \
        }                                                                                         \
        *expected = old;                                                                          \
        return false;                                                                             \
    }                                                                                             \
    type exchange##size(volatile type*, type, int) NAMED(exchange, size);                         \
    type exchange##size(volatile type* object, type value, int order) {                           \
        (void)order;                                                                              \
        const type old = *object;                                                                 \
        *object = value;                                                                          \
        return old;                                                                               \
    }                                                                                             \
    FETCH(size, type, add, old + value)                                                           \
    FETCH(size, type, sub, old - value)                                                           \
    FETCH(size, type, and, old & value)                                                           \
    FETCH(size, type, or, old | value)                                                            \
    FETCH(size, type, xor, old ^ value)                                                           \
    FETCH(size, type, nand, ~(old & value))

OPERATIONS(1, uint8_t)
OPERATIONS(2, uint16_t)
OPERATIONS(4, uint32_t)
OPERATIONS(8, uint64_t)
