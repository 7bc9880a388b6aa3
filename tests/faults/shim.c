/* Faults on demand, for LD_PRELOAD: what the kernel may do to any read and write, and seldom does.
 *
 * FAULT_SHORT=N    reads and writes move N bytes at most, less by chance
 * FAULT_INTR=N     every Nth read or write fails with EINTR
 * FAULT_AGAIN=N    every Nth read or write of a pipe fails with EAGAIN
 * FAULT_EIO_AT=N   reading behind byte N of a file or pipe fails with EIO
 * FAULT_FD=FD      FAULT_WRITE_AT is about what this descriptor was at the start, and its copies
 * FAULT_WRITE_AT=N no write gets behind byte N; the one that would fails with
 * FAULT_ERRNO=N    this
 * FAULT_DO=COMMAND is run by sh at the
 * FAULT_DO_AT=N    Nth read of a file
 * FAULT_CLOCK=1    with every look the time of day jumps by up to a day, forth or back, and the clock that knows
 *                  no back by an hour
 * FAULT_LOG=FILE   gets a line of what was done, at the end
 *
 * Files are those with a size: tables in /proc have none, and are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : -1;
}

static long max_bytes, every_intr, every_again, eio_at, write_at, write_errno, do_at, clock_jumps;
static long calls, reads, read_total, written, shorts, intrs, agains, errors, done, jumps;
static struct stat target;
static int has_target;

static ssize_t (*real_read)(int, void *, size_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_read = dlsym(RTLD_NEXT, "read");
    real_pread = dlsym(RTLD_NEXT, "pread64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_clock = dlsym(RTLD_NEXT, "clock_gettime");
    max_bytes = number("FAULT_SHORT");
    every_intr = number("FAULT_INTR");
    every_again = number("FAULT_AGAIN");
    eio_at = number("FAULT_EIO_AT");
    write_at = number("FAULT_WRITE_AT");
    write_errno = number("FAULT_ERRNO");
    do_at = number("FAULT_DO_AT");
    clock_jumps = number("FAULT_CLOCK");
    long fd = number("FAULT_FD");
    has_target = fd >= 0 && fstat((int)fd, &target) == 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("FAULT_LOG");
    FILE *log = path ? fopen(path, "a") : NULL;
    if (log) {
        fprintf(log, "short %ld intr %ld again %ld error %ld do %ld jump %ld\n", shorts, intrs, agains, errors, done, jumps);
        fclose(log);
    }
}

static int add(long *to, long n) { return (int)__atomic_add_fetch(to, n, __ATOMIC_SEQ_CST); }

/* No more than is allowed. */
static size_t cut(size_t size) {
    if (max_bytes > 0 && size > 1) {
        size_t most = 1 + (size_t)(calls * 2654435761u >> 7) % (size_t)max_bytes;
        if (size > most) {
            add(&shorts, 1);
            return most;
        }
    }
    return size;
}

/* Whether this call fails for a moment. */
static int passing(const struct stat *stat) {
    long n = add(&calls, 1);
    if (every_intr > 0 && n % every_intr == 0) {
        add(&intrs, 1);
        errno = EINTR;
        return 1;
    }
    if (every_again > 0 && n % every_again == 0 && S_ISFIFO(stat->st_mode)) {
        add(&agains, 1);
        errno = EAGAIN;
        return 1;
    }
    return 0;
}

/* What happens to a read of SIZE bytes from AT on: 0 where it fails. */
static size_t before_read(const struct stat *stat, size_t size, long at) {
    if (S_ISREG(stat->st_mode) && add(&reads, 1) == do_at) {
        const char *command = getenv("FAULT_DO");
        unsetenv("LD_PRELOAD");
        if (command && system(command) == 0)
            add(&done, 1);
    }
    if (passing(stat))
        return 0;
    size = cut(size);
    if (eio_at >= 0) {
        if (at >= eio_at) {
            add(&errors, 1);
            errno = EIO;
            return 0;
        }
        if (at + (long)size > eio_at)
            size = (size_t)(eio_at - at);
    }
    return size;
}

static int is_subject(int fd, struct stat *stat) {
    return fstat(fd, stat) == 0 && (S_ISFIFO(stat->st_mode) || (S_ISREG(stat->st_mode) && stat->st_size > 0));
}

ssize_t read(int fd, void *to, size_t size) {
    struct stat stat;
    int error = errno;
    if (size == 0 || !is_subject(fd, &stat)) {
        errno = error;
        return real_read(fd, to, size);
    }
    long at = S_ISREG(stat.st_mode) ? (long)lseek(fd, 0, SEEK_CUR) : read_total;
    size = before_read(&stat, size, at);
    if (size == 0)
        return -1;
    ssize_t n = real_read(fd, to, size);
    if (n > 0)
        add(&read_total, n);
    return n;
}

ssize_t pread64(int fd, void *to, size_t size, off_t at) {
    struct stat stat;
    if (size == 0 || !is_subject(fd, &stat))
        return real_pread(fd, to, size, at);
    size = before_read(&stat, size, (long)at);
    return size ? real_pread(fd, to, size, at) : -1;
}

ssize_t write(int fd, const void *from, size_t size) {
    struct stat stat;
    if (size == 0 || fstat(fd, &stat) != 0)
        return real_write(fd, from, size);
    int aimed = has_target && stat.st_dev == target.st_dev && stat.st_ino == target.st_ino;
    if (aimed && write_at >= 0) {
        if (written >= write_at) {
            add(&errors, 1);
            errno = (int)write_errno;
            return -1;
        }
        if (written + (long)size > write_at)
            size = (size_t)(write_at - written);
    }
    if (S_ISFIFO(stat.st_mode)) {
        if (passing(&stat))
            return -1;
        size = cut(size);
    }
    ssize_t n = real_write(fd, from, size);
    if (aimed && n > 0)
        add(&written, n);
    return n;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = real_clock(clock, time);
    if (clock_jumps > 0 && result == 0) {
        int n = add(&jumps, 1);
        time->tv_sec += clock == CLOCK_REALTIME ? (time_t)(n * 2654435761u >> 7) % 172800 - 86400 : n * 3600;
    }
    return result;
}
