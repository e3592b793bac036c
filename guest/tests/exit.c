/* Ends in the way that the input names. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void constructed(void) {
    printf("constructed ");
}
__attribute__((destructor)) static void destroyed(void) {
    printf("destroyed ");
}
static void at_exit(void) {
    printf("at_exit ");
}

int main(int argc, char** argv) {
    char way[16] = "";
    if (argc != 1 || strcmp(argv[0], "guest") || argv[1] || !fgets(way, sizeof way, stdin))
        return 99;
    atexit(at_exit);
    printf("main ");
    if (strcmp(way, "return") == 0) return 42;
    if (strcmp(way, "exit") == 0) exit(43);
    if (strcmp(way, "_exit") == 0) _exit(44);
    if (strcmp(way, "abort") == 0) abort();
    assert(strcmp(way, "assert") != 0);
    return 98;
}
