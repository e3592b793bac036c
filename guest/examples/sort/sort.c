/*
 * Sorts the lines of the input by their bytes: a multikey quicksort.
 *
 * Input:  text; a last line without newline gets one.
 * Output: its lines in order.
 * Check:  LC_ALL=C sort <INPUT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/input.h"

enum { kInsertionSort = 12 };

static void swap(char** a, char** b) {
    char* const t = *a;
    *a = *b;
    *b = t;
}

static unsigned char byte_at(const char* line, size_t depth) {
    return (unsigned char)line[depth];
}

static void insertion_sort(char** lines, size_t count, size_t depth) {
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && strcmp(lines[j - 1] + depth, lines[j] + depth) > 0; j--)
            swap(&lines[j - 1], &lines[j]);
    }
}

/** Sorts lines that agree in their first `depth` bytes. Bytes of 0 end a line. */
static void sort(char** lines, size_t count, size_t depth) {
    while (count > kInsertionSort) {
        const unsigned char pivot = byte_at(lines[count / 2], depth);
        size_t below = 0, above = count;
        for (size_t i = 0; i < above;) {
            const unsigned char byte = byte_at(lines[i], depth);
            if (byte < pivot)
                swap(&lines[below++], &lines[i++]);
            else if (byte > pivot)
                swap(&lines[i], &lines[--above]);
            else
                i++;
        }
        sort(lines, below, depth);
        sort(lines + above, count - above, depth);
        if (pivot == 0) return;
        lines += below;
        count = above - below;
        depth++;
    }
    insertion_sort(lines, count, depth);
}

int main(void) {
    size_t size;
    char* const text = read_all(&size);
    if (size == 0) return 0;
    if (text[size - 1] != '\n') text[size++] = '\n';

    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += text[i] == '\n';
    char** const lines = malloc(count * sizeof *lines);
    if (!lines) return 1;
    char* at = text;
    for (size_t i = 0; i < count; i++) {
        lines[i] = at;
        at = memchr(at, '\n', (size_t)(text + size - at));
        *at++ = 0;
    }
    sort(lines, count, 0);
    for (size_t i = 0; i < count; i++)
        puts(lines[i]);
    return 0;
}
