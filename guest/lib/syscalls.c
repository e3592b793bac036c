/*
 * The POSIX functions under picolibc: those that the platform offers, and refusals for those that
 * it does not. A guest has files 0, 1 and 2 and neither a file system, nor a clock, nor processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <unistd.h>

#include "ecall.h"

enum { kExitAborted = 134 }; /* what a shell shows for SIGABRT */

static long fail(int error) {
    errno = error;
    return -1;
}

static long checked(long result) {
    return result < 0 ? fail((int)-result) : result;
}

static long check_file(int fd) {
    return fd < 0 || fd > 2 ? fail(EBADF) : 0;
}

ssize_t read(int fd, void* to, size_t size) {
    return checked(ecall(kEcallRead, fd, (long)to, (long)size));
}

ssize_t write(int fd, const void* from, size_t size) {
    return checked(ecall(kEcallWrite, fd, (long)from, (long)size));
}

void _exit(int code) {
    for (;;)
        ecall(kEcallExit, code, 0, 0);
}

void abort(void) {
    _exit(kExitAborted);
}

off_t lseek(int fd, off_t offset, int whence) {
    (void)offset, (void)whence;
    return check_file(fd) ? -1 : fail(ESPIPE);
}

int fstat(int fd, struct stat* status) {
    if (check_file(fd)) return -1;
    memset(status, 0, sizeof *status);
    status->st_mode = S_IFIFO | 0600;
    return 0;
}

int isatty(int fd) {
    if (check_file(fd) == 0) errno = ENOTTY;
    return 0;
}

int close(int fd) {
    return (int)check_file(fd);
}

int open(const char* path, int flags, ...) {
    (void)path, (void)flags;
    return (int)fail(ENOENT);
}

int stat(const char* path, struct stat* status) {
    (void)path, (void)status;
    return (int)fail(ENOENT);
}

int unlink(const char* path) {
    (void)path;
    return (int)fail(ENOENT);
}

int rename(const char* from, const char* to) {
    (void)from, (void)to;
    return (int)fail(ENOENT);
}

pid_t getpid(void) {
    return 1;
}

int kill(pid_t process, int signal) {
    if (process != getpid()) return (int)fail(ESRCH);
    _exit(128 + signal);
}

int gettimeofday(struct timeval* time, void* zone) {
    (void)time, (void)zone;
    return (int)fail(ENOSYS);
}

clock_t times(struct tms* times) {
    (void)times;
    return fail(ENOSYS);
}
