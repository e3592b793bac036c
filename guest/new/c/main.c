// @NAME@: counts the lines, words and bytes of its input.
//
// Standard input is the private input, standard output the public one. main's result is the exit
// code: anything but 0 says that the run failed.
#include <ctype.h>
#include <stdio.h>

int main(void) {
    unsigned long lines = 0, words = 0, bytes = 0;
    int was_space = 1;
    for (int c; (c = getchar()) != EOF; bytes++) {
        lines += c == '\n';
        words += was_space && !isspace(c);
        was_space = isspace(c);
    }
    printf("%lu lines, %lu words, %lu bytes\n", lines, words, bytes);
    return bytes == 0;  // there is nothing to prove about nothing
}
