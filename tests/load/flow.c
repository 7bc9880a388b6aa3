/* Streams for the load tests, made and taken as fast as a pipe goes.
 *
 *   flow write BYTES          so many bytes, no two blocks of 4 KiB alike
 *   flow lines COUNT          so many lines of a build
 *   flow count                reads to the end, prints how many bytes there were
 *   flow peak FILE COMMAND…   runs a command; FILE gets the most memory that it held, in KiB, and its status
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUFFER (1 << 20)
#define BLOCK 4096

static char buffer[BUFFER];

static void put(const char *from, size_t size) {
    while (size > 0) {
        ssize_t n = write(1, from, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            perror("flow: write");
            exit(1);
        }
        from += n;
        size -= (size_t)n;
    }
}

static void write_bytes(uint64_t bytes) {
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < BUFFER; i += 8) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        memcpy(buffer + i, &state, 8);
    }
    for (uint64_t block = 0; bytes > 0;) {
        for (size_t i = 0; i < BUFFER; i += BLOCK, block++)
            memcpy(buffer + i, &block, 8);
        size_t size = bytes < BUFFER ? (size_t)bytes : BUFFER;
        put(buffer, size);
        bytes -= size;
    }
}

static void write_lines(uint64_t lines) {
    static const char line[] = "#12 3.141 Get:7 a line of a build\n";
    const size_t length = sizeof line - 1, most = BUFFER / length;
    for (size_t i = 0; i < most; i++)
        memcpy(buffer + i * length, line, length);
    while (lines > 0) {
        size_t some = lines < most ? (size_t)lines : most;
        put(buffer, some * length);
        lines -= some;
    }
}

static void count_bytes(void) {
    uint64_t total = 0;
    for (;;) {
        ssize_t n = read(0, buffer, BUFFER);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            perror("flow: read");
            exit(1);
        }
        if (n == 0)
            break;
        total += (uint64_t)n;
    }
    printf("%llu\n", (unsigned long long)total);
}

static int peak(const char *path, char **command) {
    pid_t child = fork();
    if (child == 0) {
        /* Where its libraries come to lie is chance, and with it how much of them is mapped: 400 KiB from one run to the
         * next. Where that may not be turned off, it stays. */
        personality(ADDR_NO_RANDOMIZE);
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return 1;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *file = fopen(path, "w");
    if (!file || fprintf(file, "%ld %d\n", usage.ru_maxrss, code) < 0 || fclose(file) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}

int main(int count, char **words) {
    const char *verb = count > 1 ? words[1] : "";
    if (strcmp(verb, "write") == 0 && count == 3)
        write_bytes(strtoull(words[2], NULL, 10));
    else if (strcmp(verb, "lines") == 0 && count == 3)
        write_lines(strtoull(words[2], NULL, 10));
    else if (strcmp(verb, "count") == 0 && count == 2)
        count_bytes();
    else if (strcmp(verb, "peak") == 0 && count > 3)
        return peak(words[2], words + 3);
    else {
        fputs("usage: flow write BYTES | lines COUNT | count | peak FILE COMMAND…\n", stderr);
        return 2;
    }
    return 0;
}
