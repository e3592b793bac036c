/*
 * stdin, stdout and stderr, and the functions of <stdio.h> that move bytes.
 *
 * picolibc's own move each byte through a function pointer; these copy blocks where the stream is
 * one of the three. They work on any other stream of picolibc as well.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    kBufferSize = 1 << 16, /* what one ecall moves */
    kUngot = 0x100,        /* marks a byte in __file.unget */
    kFirstLineCapacity = 128,
};

struct stream {
    struct __file_ext base;
    int fd;
    bool line_buffered;
    unsigned char* buffer;
    unsigned char* next; /* the next byte to take, or to put */
    unsigned char* end;  /* of what was read, or of the room to write */
    size_t size;         /* of the buffer */
    /* Up to here a byte can be taken, or put, and nothing else is to be done; NULL: nowhere. */
    unsigned char* get_end;
    unsigned char* put_end;
};

/** Writes out everything, or notes an error; forgets what it could not write. */
static int write_all(struct stream* stream, const unsigned char* from, size_t size) {
    while (size > 0) {
        const ssize_t done = write(stream->fd, from, size);
        if (done < 0) {
            stream->base.cfile.file.flags |= __SERR;
            return EOF;
        }
        from += done;
        size -= (size_t)done;
    }
    return 0;
}

static int flush(FILE* file) {
    struct stream* const stream = (struct stream*)file;
    if (!(file->flags & __SWR)) return 0;
    unsigned char* const end = stream->next;
    stream->next = stream->buffer;
    return write_all(stream, stream->buffer, (size_t)(end - stream->buffer));
}

static int put(char byte, FILE* file) {
    struct stream* const stream = (struct stream*)file;
    *stream->next++ = (unsigned char)byte;
    if (stream->next == stream->end || (stream->line_buffered && byte == '\n')) {
        if (flush(file) < 0) return _FDEV_ERR;
    }
    return (unsigned char)byte;
}

static int get(FILE* file) {
    struct stream* const stream = (struct stream*)file;
    if (stream->next == stream->end) {
        const ssize_t got = read(stream->fd, stream->buffer, stream->size);
        if (got <= 0) return got < 0 ? _FDEV_ERR : _FDEV_EOF;
        stream->next = stream->buffer;
        stream->end = stream->get_end = stream->buffer + got;
    }
    return *stream->next++;
}

static int close_stream(FILE* file) {
    struct stream* const stream = (struct stream*)file;
    const int result = flush(file);
    file->flags = 0;
    stream->get_end = stream->put_end = NULL;
    return result;
}

static off_t seek(FILE* file, off_t offset, int whence) {
    return lseek(((struct stream*)file)->fd, offset, whence);
}

static int set_buffer(FILE* file, char* buffer, int mode, size_t size) {
    struct stream* const stream = (struct stream*)file;
    const bool reads = (file->flags & __SRD) != 0;
    if (reads && stream->next != stream->end) return -1;
    if (flush(file) < 0) return -1;
    stream->line_buffered = mode == _IOLBF;
    if (mode == _IONBF) {
        stream->size = 1;
    } else if (buffer && size > 0) {
        stream->buffer = (unsigned char*)buffer;
        stream->size = size;
    }
    stream->next = stream->buffer;
    stream->end = reads ? stream->buffer : stream->buffer + stream->size;
    stream->get_end = NULL;
    stream->put_end = reads || mode == _IOLBF ? NULL : stream->end - 1;
    return 0;
}

static unsigned char stdin_buffer[kBufferSize];
static unsigned char stdout_buffer[kBufferSize];
static unsigned char stderr_buffer[BUFSIZ];

#define BASE(direction) FDEV_SETUP_EXT(put, get, flush, close_stream, seek, set_buffer, direction)

static struct stream input = {
    .base = BASE(__SRD),
    .fd = STDIN_FILENO,
    .buffer = stdin_buffer,
    .next = stdin_buffer,
    .end = stdin_buffer,
    .size = sizeof stdin_buffer,
};
static struct stream output = {
    .base = BASE(__SWR),
    .fd = STDOUT_FILENO,
    .buffer = stdout_buffer,
    .next = stdout_buffer,
    .end = stdout_buffer + sizeof stdout_buffer,
    .size = sizeof stdout_buffer,
    /* The last byte makes the buffer full and is left to put(). */
    .put_end = stdout_buffer + sizeof stdout_buffer - 1,
};
static struct stream diagnostics = {
    .base = BASE(__SWR),
    .fd = STDERR_FILENO,
    .line_buffered = true,
    .buffer = stderr_buffer,
    .next = stderr_buffer,
    .end = stderr_buffer + sizeof stderr_buffer,
    .size = sizeof stderr_buffer,
};

FILE* const stdin = &input.base.cfile.file;
FILE* const stdout = &output.base.cfile.file;
FILE* const stderr = &diagnostics.base.cfile.file;

/** The stream behind `file` if it is one of ours. */
static struct stream* own(FILE* file) {
    return file->put == put ? (struct stream*)file : NULL;
}

/* The lowest priority that a program may use is 101: everything else is done by then. */
__attribute__((destructor(101))) static void flush_all(void) {
    fflush(stdout);
    fflush(stderr);
}

int fileno(FILE* file) {
    const struct stream* const stream = own(file);
    if (stream) return stream->fd;
    errno = EBADF;
    return -1;
}

static __attribute__((noinline)) int get_slowly(FILE* file) {
    if (!(file->flags & __SRD)) return EOF;
    if (file->unget) {
        const int byte = file->unget & 0xff;
        file->unget = 0;
        return byte;
    }
    const int byte = file->get(file);
    if (byte >= 0) return byte;
    file->flags |= byte == _FDEV_EOF ? __SEOF : __SERR;
    return EOF;
}

int fgetc(FILE* file) {
    struct stream* const stream = own(file);
    if (stream && stream->next < stream->get_end && !file->unget) return *stream->next++;
    return get_slowly(file);
}

#undef getc
int getc(FILE* file) __attribute__((alias("fgetc")));

int ungetc(int byte, FILE* file) {
    if (byte == EOF || file->unget || !(file->flags & __SRD)) return EOF;
    file->unget = (__ungetc_t)(kUngot | (byte & 0xff));
    file->flags &= (uint8_t)~__SEOF;
    return byte & 0xff;
}

static __attribute__((noinline)) int put_slowly(int byte, FILE* file) {
    if (!(file->flags & __SWR) || file->put((char)byte, file) < 0) return EOF;
    return byte & 0xff;
}

int fputc(int byte, FILE* file) {
    struct stream* const stream = own(file);
    if (stream && stream->next < stream->put_end) return *stream->next++ = (unsigned char)byte;
    return put_slowly(byte, file);
}

#undef putc
int putc(int byte, FILE* file) __attribute__((alias("fputc")));

/** Takes from the buffer what is there, at most `size` bytes. */
static size_t take(struct stream* stream, unsigned char* to, size_t size) {
    const size_t there = (size_t)(stream->end - stream->next);
    if (size > there) size = there;
    memcpy(to, stream->next, size);
    stream->next += size;
    return size;
}

size_t fread(void* to, size_t size, size_t count, FILE* file) {
    unsigned char* const bytes = to;
    size_t wanted;
    if (__builtin_mul_overflow(size, count, &wanted) || wanted == 0) return 0;
    struct stream* const stream = file->flags & __SRD ? own(file) : NULL;
    size_t done = 0;
    while (done < wanted) {
        if (stream && !file->unget) {
            done += take(stream, bytes + done, wanted - done);
            if (wanted - done >= stream->size) {
                const ssize_t got = read(stream->fd, bytes + done, wanted - done);
                if (got <= 0) {
                    file->flags |= got < 0 ? __SERR : __SEOF;
                    break;
                }
                done += (size_t)got;
                continue;
            }
            if (done == wanted) break;
        }
        const int byte = fgetc(file);
        if (byte == EOF) break;
        bytes[done++] = (unsigned char)byte;
    }
    return done / size;
}

/** Writes a block to one of our streams. */
static int put_block(struct stream* stream, const unsigned char* from, size_t size) {
    FILE* const file = (FILE*)stream;
    if (size >= (size_t)(stream->end - stream->next)) {
        if (flush(file) < 0) return EOF;
        if (size >= stream->size) return write_all(stream, from, size);
    }
    memcpy(stream->next, from, size);
    stream->next += size;
    return stream->line_buffered && memchr(from, '\n', size) ? flush(file) : 0;
}

size_t fwrite(const void* from, size_t size, size_t count, FILE* file) {
    const unsigned char* const bytes = from;
    size_t wanted;
    if (__builtin_mul_overflow(size, count, &wanted) || wanted == 0) return 0;
    if (!(file->flags & __SWR)) return 0;
    if (own(file)) return put_block(own(file), bytes, wanted) < 0 ? 0 : count;
    size_t done = 0;
    while (done < wanted && file->put((char)bytes[done], file) >= 0)
        done++;
    return done / size;
}

int fputs(const char* string, FILE* file) {
    const size_t size = strlen(string);
    return fwrite(string, 1, size, file) == size ? 0 : EOF;
}

int puts(const char* string) {
    return fputs(string, stdout) == EOF || fputc('\n', stdout) == EOF ? EOF : 0;
}

/**
 * Moves bytes up to and with `delimiter`, at most `room`, to `to`. Answers their number: 0 at the
 * end of the stream.
 */
static size_t get_until(int delimiter, char* to, size_t room, FILE* file) {
    struct stream* const stream = file->flags & __SRD ? own(file) : NULL;
    size_t done = 0;
    while (done < room) {
        const int byte = fgetc(file);
        if (byte == EOF) break;
        to[done++] = (char)byte;
        if (byte == delimiter) break;
        if (!stream) continue;
        const size_t there = (size_t)(stream->end - stream->next);
        const size_t size = there < room - done ? there : room - done;
        const unsigned char* const match = memchr(stream->next, delimiter, size);
        done += take(stream, (unsigned char*)to + done,
                     match ? (size_t)(match - stream->next) + 1 : size);
        if (match) break;
    }
    return done;
}

char* fgets(char* line, int size, FILE* file) {
    if (size <= 0) return NULL;
    const size_t length = get_until('\n', line, (size_t)size - 1, file);
    line[length] = 0;
    return length || size == 1 ? line : NULL;
}

ssize_t getdelim(char** line, size_t* capacity, int delimiter, FILE* file) {
    if (!*line) *capacity = 0;
    size_t length = 0;
    for (;;) {
        if (length + 1 >= *capacity) {
            const size_t larger = *capacity ? 2 * *capacity : kFirstLineCapacity;
            char* const moved = realloc(*line, larger);
            if (!moved) return -1;
            *line = moved;
            *capacity = larger;
        }
        const size_t got = get_until(delimiter, *line + length, *capacity - length - 1, file);
        length += got;
        (*line)[length] = 0;
        if (got == 0) return length ? (ssize_t)length : -1;
        if ((*line)[length - 1] == (char)delimiter) return (ssize_t)length;
    }
}

ssize_t getline(char** line, size_t* capacity, FILE* file) {
    return getdelim(line, capacity, '\n', file);
}
