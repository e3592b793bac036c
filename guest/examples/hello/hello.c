/*
 * The smallest guest.
 *
 * Input:  ignored.
 * Output: Hello, world!
 * Check:  echo 'Hello, world!'
 */
#include <stdio.h>

int main(void) {
    puts("Hello, world!");
    return 0;
}
