#include "faults/trial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Beyond what any of the crawls should need by a factor of ten; in microseconds. */
static const int64_t LONGEST = 30 * INT64_C(1000000);

enum { PATH_SIZE = 128, NUMBER_SIZE = 16, TICK = 2000 /* microseconds */ };

static const char *const NAMES[] = {
#define X(kind, name, number) name,
    NTH_KINDS(X)
#undef X
};

const char *fault_kind_name(enum nth_kind kind)
{
    return kind < NTH_KIND_COUNT ? NAMES[kind] : "none";
}

enum nth_kind fault_kind(const char *name)
{
    int kind = 0;
    while (kind < NTH_KIND_COUNT && strcmp(NAMES[kind], name) != 0)
        kind++;
    return (enum nth_kind)kind;
}

static void die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

void trial_open(struct trial *trial)
{
    const char *base = getenv("TMPDIR");
    *trial = (struct trial){0};
    snprintf(trial->folder, sizeof trial->folder, "%.40s/crawler-faults-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(trial->folder))
        die(trial->folder);
    trial->record_fd = memfd_create("record", MFD_CLOEXEC);
    if (trial->record_fd < 0 || ftruncate(trial->record_fd, sizeof *trial->record))
        die("memfd");
    trial->record = mmap(NULL, sizeof *trial->record, PROT_READ | PROT_WRITE, MAP_SHARED, trial->record_fd, 0);
    if (trial->record == MAP_FAILED)
        die("mmap");
}

static void path_of(const struct trial *trial, const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", trial->folder, name);
}

static void empty_folder(const struct trial *trial)
{
    DIR *folder = opendir(trial->folder);
    if (!folder)
        die(trial->folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/%.60s", trial->folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(folder);
}

void trial_close(struct trial *trial)
{
    empty_folder(trial);
    rmdir(trial->folder);
    munmap(trial->record, sizeof *trial->record);
    close(trial->record_fd);
}

static void set_number(const char *name, unsigned number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%u", number);
    setenv(name, text, 1);
}

static void set_environment(const struct fault *fault, int record_fd)
{
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    setenv("LD_PRELOAD", NTH_FAILURE_LIBRARY, 1);
    set_number("NTH_FAILURE_FD", (unsigned)record_fd);
    if (fault->kind == NTH_KIND_COUNT)
        return;
    setenv("NTH_FAILURE_KIND", fault_kind_name(fault->kind), 1);
    set_number("NTH_FAILURE_NTH", fault->nth);
    if (fault->number)
        set_number("NTH_FAILURE_ERRNO", (unsigned)fault->number);
    if (fault->from)
        setenv("NTH_FAILURE_FROM", "1", 1);
}

/* A second try takes a quarter of a second: only where it may help. */
static const char *tries_of(const struct fault *fault)
{
    return fault->from || fault->kind == NTH_MEMORY ? "1" : "2";
}

enum { MOST_ARGUMENTS = 40 };

struct arguments {
    const char *words[MOST_ARGUMENTS]; /* NULL behind the last */
    size_t count;
};

static void add_words(struct arguments *arguments, const char *const *words)
{
    while (*words && arguments->count < MOST_ARGUMENTS - 1)
        arguments->words[arguments->count++] = *words++;
}

static void set_arguments(struct arguments *arguments, const struct target *target, const struct fault *fault)
{
    static const char *const usual[] = {CRAWLER,      "--unthrottled", "-c", "6",          "--timeout", "3",
                                        "--progress", "none",          "-o", "text:-",     "-o",        "crawl.jsonl",
                                        "-o",         "crawl.json",    "-o", "crawl.html", "--skipped", "skipped.jsonl",
                                        "-i",         "roots.txt",     NULL};
    static const char *const state[] = {"--state", STATE_FILE, "--memory", "1", NULL};
    add_words(arguments, usual);
    add_words(arguments,
              (const char *const[]){"--dns-servers", target->name_server, "--max-tries", tries_of(fault), NULL});
    if (target->ca_file)
        add_words(arguments, (const char *const[]){"--cacert", target->ca_file, NULL});
    if (target->with_state)
        add_words(arguments, state);
}

/* Standard output and error go to files of these names. */
static void enter_folder(const struct trial *trial, const char *out_name, const char *err_name)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (chdir(trial->folder) || null < 0)
        _exit(126);
    int out = open(out_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int err = open(err_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(126);
}

static void become_crawler(const struct trial *trial, const struct target *target, const struct fault *fault)
{
    struct arguments arguments = {.count = 0};
    set_arguments(&arguments, target, fault);
    int record_fd = dup(trial->record_fd);
    if (record_fd < 0)
        _exit(126);
    enter_folder(trial, "stdout", "stderr");
    set_environment(fault, record_fd);
    execv(CRAWLER, (char *const *)arguments.words);
    _exit(126);
}

static void write_roots(const struct trial *trial, const char *root)
{
    char path[PATH_SIZE];
    path_of(trial, "roots.txt", path);
    FILE *file = fopen(path, "we");
    if (!file)
        die(path);
    fprintf(file, "# where to begin\n%s\n", root);
    fclose(file);
}

static void copy_begun(const struct trial *trial, const char *begun)
{
    char path[PATH_SIZE], command[3 * PATH_SIZE];
    path_of(trial, STATE_FILE, path);
    snprintf(command, sizeof command, "cp %s %s", begun, path);
    if (system(command))
        die(path);
}

void trial_start(struct trial *trial, const struct target *target, const struct fault *fault)
{
    empty_folder(trial);
    write_roots(trial, target->root);
    if (target->begun)
        copy_begun(trial, target->begun);
    memset(trial->record, 0, sizeof *trial->record);
    trial->fault = *fault;
    trial->hung = false;
    trial->since = now();
    trial->pid = fork();
    if (trial->pid < 0)
        die("fork");
    if (trial->pid == 0)
        become_crawler(trial, target, fault);
}

/* Whether the trial's crawl is over by now. */
static bool is_over(struct trial *trial)
{
    if (!trial->pid)
        return false;
    if (!trial->hung && now() - trial->since > LONGEST) {
        trial->hung = true;
        kill(trial->pid, SIGKILL);
    }
    if (waitpid(trial->pid, &trial->status, WNOHANG) != trial->pid)
        return false;
    trial->pid = 0;
    return true;
}

struct trial *trial_wait(struct trial *trials, int count)
{
    for (;;) {
        for (int i = 0; i < count; i++)
            if (is_over(&trials[i]))
                return &trials[i];
        usleep(TICK);
    }
}

int trial_then(const struct trial *trial, const char *const *words)
{
    struct arguments arguments = {.words = {CRAWLER}, .count = 1};
    add_words(&arguments, words);
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
        enter_folder(trial, "then.out", "then.err");
        execv(CRAWLER, (char *const *)arguments.words);
        _exit(126);
    }
    int status;
    for (int64_t since = now(); waitpid(pid, &status, WNOHANG) != pid; usleep(TICK))
        if (now() - since > LONGEST)
            kill(pid, SIGKILL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

char *trial_read(const struct trial *trial, const char *name)
{
    char path[PATH_SIZE], *text = NULL;
    path_of(trial, name, path);
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    size_t length = 0, capacity = 0, more;
    do {
        capacity += 65536;
        text = realloc(text, capacity + 1);
        if (!text)
            die("memory");
        more = fread(text + length, 1, capacity - length, file);
        length += more;
    } while (more);
    text[length] = '\0';
    fclose(file);
    return text;
}
