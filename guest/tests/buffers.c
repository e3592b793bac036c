/* Prints 1000 lines of 10 bytes in the way that the input names. */
#include <stdio.h>
#include <string.h>

int main(void) {
    static char buffer[100];
    char mode[16] = "";
    fgets(mode, sizeof mode, stdin);
    if (strcmp(mode, "line") == 0) setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(mode, "none") == 0) setvbuf(stdout, NULL, _IONBF, 0);
    if (strcmp(mode, "own") == 0) setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    FILE* const file = strcmp(mode, "stderr") == 0 ? stderr : stdout;
    for (int i = 0; i < 1000; i++) {
        for (int j = 0; j < 4; j++)
            putc('0' + j, file);
        fputs("abc", file);
        fprintf(file, "%02d\n", i % 100);
    }
    return 0;
}
