/* Standard streams: how they buffer, what they answer at the end, and pushing bytes back. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void at_exit(void) {
    puts("at exit");
}

int main(void) {
    atexit(at_exit);
    assert(fileno(stdin) == 0 && fileno(stdout) == 1 && fileno(stderr) == 2);
    assert(!isatty(1) && errno == ENOTTY);

    int first, second;
    assert(scanf("%d %d\n", &first, &second) == 2 && first == 12 && second == -7);
    char line[16];
    assert(fgets(line, sizeof line, stdin) && strcmp(line, "short\n") == 0);
    assert(fgets(line, sizeof line, stdin) && strcmp(line, "a line longer t") == 0);
    assert(getc(stdin) == 'h');
    assert(ungetc('H', stdin) == 'H');
    char rest[8];
    assert(fread(rest, 1, 3, stdin) == 3 && memcmp(rest, "Han", 3) == 0);

    char* text = NULL;
    size_t capacity = 0;
    assert(getline(&text, &capacity, stdin) == 12 && strcmp(text, " the buffer\n") == 0);
    ssize_t length = getline(&text, &capacity, stdin);
    assert(length == 200001 && text[0] == 'x' && text[199999] == 'x');
    assert(getdelim(&text, &capacity, ';', stdin) == 4 && strcmp(text, "abc;") == 0);

    static char block[100000];
    assert(fread(block, 1, sizeof block, stdin) == sizeof block && !feof(stdin));
    for (size_t i = 0; i < sizeof block; i++)
        assert(block[i] == 'y');
    assert(fread(block, 3, 10, stdin) == 1 && memcmp(block, "tail", 4) == 0 && feof(stdin));
    assert(getc(stdin) == EOF && getline(&text, &capacity, stdin) == -1 && !fgets(line, 16, stdin));
    assert(ungetc('q', stdin) == 'q' && !feof(stdin) && getc(stdin) == 'q' && getc(stdin) == EOF);

    printf("%s %5d %-4x| %lld %c %.3f %%\n", "printf", 42, 255, 1LL << 40, 'c', 2.5);
    fwrite(block, 1, 0, stdout);
    memset(block, 'z', sizeof block);
    assert(fwrite(block, 1, sizeof block, stdout) == sizeof block);
    fputs("\n", stdout);
    fflush(stdout);
    write(1, "unbuffered\n", 11);
    fprintf(stderr, "error %d\n", 1);
    assert(fputc('x', stdin) == EOF && getc(stdout) == EOF);
    assert(write(5, "x", 1) == -1 && errno == EBADF);
    assert(!fopen("/etc/passwd", "r") && errno == ENOENT);
    char small[4];
    assert(snprintf(small, sizeof small, "%d", first * 10288) == 6 && strcmp(small, "123") == 0);
    fputs("last, without a newline", stdout);
    return 0;
}
