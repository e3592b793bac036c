/** @file Input that is a sequence of decimal numbers between spaces and newlines. */
#ifndef EXAMPLES_NUMBERS_H
#define EXAMPLES_NUMBERS_H

#include <stdint.h>

#include "input.h"

struct numbers {
    const char* at;
    const char* end;
};

static struct numbers read_numbers(void) {
    size_t size;
    const char* const text = read_all(&size);
    return (struct numbers){text, text + size};
}

/** The next number. Exits with 1 if there is none or if it is above `limit`. */
static uint64_t next_number(struct numbers* numbers, uint64_t limit) {
    const char* at = numbers->at;
    while (at < numbers->end && (*at == ' ' || *at == '\n'))
        at++;
    uint64_t value = 0;
    const char* const first = at;
    while (at < numbers->end && *at >= '0' && *at <= '9' && value <= limit / 10)
        value = value * 10 + (uint64_t)(*at++ - '0');
    if (at == first || value > limit) {
        fprintf(stderr, "number up to %llu expected\n", (unsigned long long)limit);
        exit(1);
    }
    numbers->at = at;
    return value;
}

#endif
