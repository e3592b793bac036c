/** @file picolibc's <stdio.h>, and the two POSIX functions that it lacks. */
#include_next <stdio.h>

#ifndef REPRISE_STDIO_H
#define REPRISE_STDIO_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** As in POSIX: the line with its delimiter, or -1 at the end of the stream. */
ssize_t getdelim(char** line, size_t* capacity, int delimiter, FILE* stream);
ssize_t getline(char** line, size_t* capacity, FILE* stream);

#ifdef __cplusplus
}
#endif

#endif
