/* cost - runs a command and appends what it cost to a file: "USER SYS WALL RSS STATUS", in microseconds and KiB.
 *
 * cost FILE COMMAND [ARGUMENT...] */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int status;
    FILE *file = argc > 2 ? fopen(argv[1], "ae") : NULL;
    if (!file)
        return 2;
    long long started = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 1;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(file, "%lld %lld %lld %ld %d\n", microseconds(usage.ru_utime), microseconds(usage.ru_stime),
            now() - started, usage.ru_maxrss, code);
    return fclose(file) != 0;
}
