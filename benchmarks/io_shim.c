/* Put before the C library (LD_PRELOAD): what a program does to the files of one folder is logged, or fails, or its clock is off.
 *
 * CSTO_SHIM_FOLDER  the folder; files elsewhere are left alone
 * CSTO_SHIM_LOG     every write, truncation, sync, rename and removal there, in order, with the bytes written:
 *                   a head of 6 little-endian 64-bit numbers (operation, inode, offset, length of the bytes, of the path, of
 *                   the other path), then path, other path, bytes
 * CSTO_SHIM_FAIL    N: the N-th write or sync of the folder fails ...
 * CSTO_SHIM_ERRNO   ... with this error ...
 * CSTO_SHIM_STAYS   ... and, where this is set, so does each one behind it; 0 bytes more fit
 * CSTO_SHIM_LIES    ... or nothing is written or synced and the program is told that it was
 * CSTO_SHIM_COUNT   a file that is told at the end how many writes and syncs there were
 * CSTO_SHIM_CLOCK   seconds that the clock is off (clock_gettime's CLOCK_REALTIME, time, gettimeofday)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE, SYNC, SYNC_FOLDER, RENAME, REMOVE, CREATE };

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static char folder[4096];
static size_t folder_length;
static int log_file = -1;
static long fail_at, fail_errno, seen, clock_offset;
static int stays, lies;

__attribute__((constructor)) static void begin(void) {
    const char *named = getenv("CSTO_SHIM_FOLDER"), *log_name = getenv("CSTO_SHIM_LOG");
    if (named && realpath(named, folder)) folder_length = strlen(folder);
    if (log_name) log_file = (int)syscall(SYS_openat, AT_FDCWD, log_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char *number = getenv("CSTO_SHIM_FAIL");
    fail_at = number ? atol(number) : 0;
    number = getenv("CSTO_SHIM_ERRNO");
    fail_errno = number ? atol(number) : EIO;
    stays = getenv("CSTO_SHIM_STAYS") != NULL;
    lies = getenv("CSTO_SHIM_LIES") != NULL;
    number = getenv("CSTO_SHIM_CLOCK");
    clock_offset = number ? atol(number) : 0;
}

__attribute__((destructor)) static void end(void) {
    const char *name = getenv("CSTO_SHIM_COUNT");
    if (!name) return;
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", seen);
    int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0) { syscall(SYS_write, file, text, (size_t)length); syscall(SYS_close, file); }
}

static int is_ours(const char *path) {
    return folder_length && !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

static int path_of(int file, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlink, link, path, size - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

static void full_path(const char *name, char *path, size_t size) {
    if (name[0] == '/') { snprintf(path, size, "%s", name); return; }
    char here[4096];
    if (!getcwd(here, sizeof here)) here[0] = 0;
    snprintf(path, size, "%s/%s", here, name);
}

static uint64_t inode_of(int file) {
    struct stat about;
    return fstat(file, &about) ? 0 : (uint64_t)about.st_ino;
}

static void put(const void *bytes, size_t length) {
    const char *next = bytes;
    while (length) {
        ssize_t done = syscall(SYS_write, log_file, next, length);
        if (done <= 0) abort();
        next += done;
        length -= (size_t)done;
    }
}

static void note(uint64_t what, uint64_t inode, uint64_t offset, const char *path, const char *other, const void *bytes, size_t length) {
    if (log_file < 0) return;
    int kept = errno;
    uint64_t head[6] = {what, inode, offset, bytes ? length : 0, strlen(path), strlen(other)};
    pthread_mutex_lock(&order);
    put(head, sizeof head);
    put(path, strlen(path));
    put(other, strlen(other));
    if (bytes) put(bytes, length);
    pthread_mutex_unlock(&order);
    errno = kept;
}

/* Whether this write or sync is the one that fails. */
static int fails(const char *path) {
    size_t length = strlen(path);
    if (length > 5 && !strcmp(path + length - 5, ".lock")) return 0;
    long now = __sync_add_and_fetch(&seen, 1);
    if (!fail_at || now < fail_at || (now > fail_at && !stays)) return 0;
    errno = (int)fail_errno;
    return 1;
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
    char path[4096];
    int ours = path_of(file, path, sizeof path);
    if (ours && fails(path)) return lies ? (ssize_t)length : -1;
    ssize_t done = syscall(SYS_pwrite64, file, bytes, length, offset);
    if (ours && done > 0) note(WRITE, inode_of(file), (uint64_t)offset, path, "", bytes, (size_t)done);
    return done;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) { return pwrite64(file, bytes, length, offset); }

ssize_t write(int file, const void *bytes, size_t length) {
    char path[4096];
    int ours = file > 2 && path_of(file, path, sizeof path);
    if (ours && fails(path)) return lies ? (ssize_t)length : -1;
    ssize_t done = syscall(SYS_write, file, bytes, length);
    if (ours && done > 0) {
        off_t behind = lseek(file, 0, SEEK_CUR);
        note(WRITE, inode_of(file), (uint64_t)(behind - done), path, "", bytes, (size_t)done);
    }
    return done;
}

int ftruncate64(int file, off64_t length) {
    char path[4096];
    int ours = path_of(file, path, sizeof path);
    if (ours && fails(path)) return lies ? 0 : -1;
    int done = (int)syscall(SYS_ftruncate, file, length);
    if (ours && !done) note(TRUNCATE, inode_of(file), (uint64_t)length, path, "", NULL, 0);
    return done;
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

static int sync_with(long call, int file) {
    char path[4096];
    int ours = path_of(file, path, sizeof path);
    if (ours && fails(path)) return lies ? 0 : -1;
    int done = (int)syscall(call, file);
    struct stat about;
    if (ours && !done && !fstat(file, &about))
        note(S_ISDIR(about.st_mode) ? SYNC_FOLDER : SYNC, (uint64_t)about.st_ino, 0, path, "", NULL, 0);
    return done;
}

int fsync(int file) { return sync_with(SYS_fsync, file); }
int fdatasync(int file) { return sync_with(SYS_fdatasync, file); }

int unlink(const char *name) {
    char path[4096];
    full_path(name, path, sizeof path);
    int done = (int)syscall(SYS_unlink, name);
    if (!done && is_ours(path)) note(REMOVE, 0, 0, path, "", NULL, 0);
    return done;
}

int rename(const char *name, const char *new_name) {
    char path[4096], other[4096];
    full_path(name, path, sizeof path);
    full_path(new_name, other, sizeof other);
    int done = (int)syscall(SYS_rename, name, new_name);
    if (!done && is_ours(path)) note(RENAME, 0, 0, path, other, NULL, 0);
    return done;
}

/* Only a file that wasn't there is noted: its name is what a power loss may take. */
static int open_at(int at, const char *name, int flags, mode_t mode) {
    char path[4096];
    int is_new = 0;
    if ((flags & O_CREAT) && log_file >= 0) {
        struct stat about;
        full_path(name, path, sizeof path);
        is_new = is_ours(path) && syscall(SYS_newfstatat, at, name, &about, 0) != 0;
    }
    int file = (int)syscall(SYS_openat, at, name, flags, mode);
    if (file >= 0 && is_new) note(CREATE, inode_of(file), 0, path, "", NULL, 0);
    return file;
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *name, int flags, ...) { MODE_OF(flags) return open_at(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE_OF(flags) return open_at(AT_FDCWD, name, flags | O_LARGEFILE, mode); }
int openat(int at, const char *name, int flags, ...) { MODE_OF(flags) return open_at(at, name, flags, mode); }
int openat64(int at, const char *name, int flags, ...) { MODE_OF(flags) return open_at(at, name, flags | O_LARGEFILE, mode); }

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = (int)syscall(SYS_clock_gettime, clock, now);
    if (!done && clock == CLOCK_REALTIME) now->tv_sec += clock_offset;
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *place) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (place) *place = exact.tv_sec;
    return exact.tv_sec;
}
