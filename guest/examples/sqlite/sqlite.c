/*
 * Runs SQL with SQLite, unmodified from Debian's source package, on a database in memory.
 *
 * Input:  SQL statements.
 * Output: a line for each row of each result, columns separated by '|'.
 * Check:  sqlite3 :memory: <INPUT
 */
#include "sqlite3.h"

#include <string.h>

#include "../common/input.h"

static int no_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    (void)vfs, (void)name, (void)flags, (void)out;
    file->pMethods = NULL;
    return SQLITE_CANTOPEN;
}

static int no_delete(sqlite3_vfs* vfs, const char* name, int sync) {
    (void)vfs, (void)name, (void)sync;
    return SQLITE_IOERR_DELETE;
}

static int no_access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    (void)vfs, (void)name, (void)flags;
    *result = 0;
    return SQLITE_OK;
}

static int full_path(sqlite3_vfs* vfs, const char* name, int room, char* to) {
    (void)vfs;
    sqlite3_snprintf(room, to, "%s", name);
    return SQLITE_OK;
}

/** A guest has no source of randomness: the same numbers on every run. */
static int fixed_randomness(sqlite3_vfs* vfs, int size, char* to) {
    (void)vfs;
    memset(to, 42, (size_t)size);
    return size;
}

static int no_sleep(sqlite3_vfs* vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

static int no_time(sqlite3_vfs* vfs, double* time) {
    (void)vfs;
    *time = 0;
    return SQLITE_ERROR;
}

static int no_error(sqlite3_vfs* vfs, int room, char* to) {
    (void)vfs, (void)room, (void)to;
    return 0;
}

/** SQLite is built for no operating system (SQLITE_OS_OTHER) and asks for one here. */
int sqlite3_os_init(void) {
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(sqlite3_file),
        .mxPathname = 64,
        .zName = "none",
        .xOpen = no_file,
        .xDelete = no_delete,
        .xAccess = no_access,
        .xFullPathname = full_path,
        .xRandomness = fixed_randomness,
        .xSleep = no_sleep,
        .xCurrentTime = no_time,
        .xGetLastError = no_error,
    };
    return sqlite3_vfs_register(&vfs, 1);
}

int sqlite3_os_end(void) {
    return SQLITE_OK;
}

static int print_row(void* context, int columns, char** values, char** names) {
    (void)context, (void)names;
    for (int i = 0; i < columns; i++) {
        if (i > 0) putchar('|');
        if (values[i]) fputs(values[i], stdout);
    }
    putchar('\n');
    return 0;
}

int main(void) {
    size_t size;
    char* const sql = read_all(&size);
    sql[size] = 0;
    sqlite3* database;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK) {
        fprintf(stderr, "cannot open a database: %s\n", sqlite3_errmsg(database));
        return 1;
    }
    char* message = NULL;
    const int result = sqlite3_exec(database, sql, print_row, NULL, &message);
    if (result != SQLITE_OK) fprintf(stderr, "%s\n", message);
    sqlite3_close(database);
    return result != SQLITE_OK;
}
