/* cost - runs a command and appends to a file what it cost: "USER SYS WALL RSS STATUS WAITED", microseconds and KiB.
 *
 * WAITED is how long its first thread was ready to run while others had the core (0 where the system doesn't tell):
 * when that is much, WALL says little. cost FILE COMMAND [ARGUMENT...] */
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

/* Of a process that has ended and was not waited for yet. */
static long long waited_for_core(pid_t child)
{
    char path[64];
    long long ran, waited;
    snprintf(path, sizeof path, "/proc/%ld/schedstat", (long)child);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%lld %lld", &ran, &waited) != 2)
        waited = 0;
    fclose(file);
    return waited / 1000;
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
    siginfo_t ended;
    if (child < 0 || waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT) != 0)
        return 1;
    long long wall = now() - started, waited = waited_for_core(child);
    if (wait4(child, &status, 0, &usage) != child)
        return 1;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(file, "%lld %lld %lld %ld %d %lld\n", microseconds(usage.ru_utime), microseconds(usage.ru_stime), wall,
            usage.ru_maxrss, code, waited);
    return fclose(file) != 0;
}
