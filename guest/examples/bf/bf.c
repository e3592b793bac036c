/*
 * An interpreter for Brainf***: 8-bit cells that wrap around, 0 at the end of the input. Runs of
 * equal instructions become one, loops know where they end.
 *
 * Input:  a program, '!', then the program's input.
 * Output: the program's output.
 * Check:  python3 reference.py bf <INPUT
 */
#include <stdint.h>

#include "../common/input.h"

enum { kCells = 1 << 16, kMaxDepth = 1000 };

enum opcode { kMove, kAdd, kPut, kGet, kLoop, kEnd, kClear, kStop };

struct operation {
    enum opcode opcode;
    int argument; /* how far, how much, or the operation to jump to */
};

static _Noreturn void fail(const char* message) {
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static int step_of(char c) {
    return c == '>' || c == '+' ? 1 : c == '<' || c == '-' ? -1 : 0;
}

/** Compiles until `end`. There is at most one operation for each byte. */
static struct operation* compile(const char* at, const char* end) {
    struct operation* const code = malloc((size_t)(end - at + 1) * sizeof *code);
    if (!code) fail("out of memory");
    int open[kMaxDepth], depth = 0, count = 0;
    for (; at < end; at++) {
        if (step_of(*at)) {
            const enum opcode opcode = *at == '>' || *at == '<' ? kMove : kAdd;
            if (count == 0 || code[count - 1].opcode != opcode)
                code[count++] = (struct operation){opcode, 0};
            code[count - 1].argument += step_of(*at);
        } else if (*at == '.') {
            code[count++] = (struct operation){kPut, 0};
        } else if (*at == ',') {
            code[count++] = (struct operation){kGet, 0};
        } else if (*at == '[') {
            if (depth == kMaxDepth) fail("loops nested too deeply");
            open[depth++] = count;
            code[count++] = (struct operation){kLoop, 0};
        } else if (*at == ']') {
            if (depth == 0) fail("']' without '['");
            const int begin = open[--depth];
            if (count == begin + 2 && code[begin + 1].opcode == kAdd &&
                code[begin + 1].argument % 2) {
                count = begin;
                code[count++] = (struct operation){kClear, 0};
            } else {
                code[begin].argument = count;
                code[count++] = (struct operation){kEnd, begin};
            }
        }
    }
    if (depth > 0) fail("'[' without ']'");
    code[count] = (struct operation){kStop, 0};
    return code;
}

static void run(const struct operation* code, const char* input, const char* input_end) {
    static uint8_t cells[kCells];
    uint8_t* cell = cells;
    for (const struct operation* at = code;; at++) {
        switch (at->opcode) {
            case kMove:
                if (at->argument < cells - cell || at->argument >= cells + kCells - cell)
                    fail("left the cells");
                cell += at->argument;
                break;
            case kAdd: *cell = (uint8_t)(*cell + at->argument); break;
            case kPut: putchar(*cell); break;
            case kGet: *cell = input < input_end ? (uint8_t)*input++ : 0; break;
            case kLoop:
                if (*cell == 0) at = code + at->argument;
                break;
            case kEnd:
                if (*cell != 0) at = code + at->argument;
                break;
            case kClear: *cell = 0; break;
            case kStop: return;
        }
    }
}

int main(void) {
    size_t size;
    const char* const text = read_all(&size);
    const char* const end = text + size;
    const char* mark = text;
    while (mark < end && *mark != '!')
        mark++;
    run(compile(text, mark), mark < end ? mark + 1 : end, end);
    return 0;
}
