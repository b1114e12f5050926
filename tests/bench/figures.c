#include "figures.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 512, ENTRIES_MAX = 100000, RUN_FIELDS = 11, FACT_FIELDS = 4 };

double run_cpu(const struct run *run)
{
    return run->user + run->sys;
}

double run_cpu_per_page(const struct run *run)
{
    return run_cpu(run) / run->pages;
}

double run_user_per_page(const struct run *run)
{
    return run->user / run->pages;
}

double run_sys_per_page(const struct run *run)
{
    return run->sys / run->pages;
}

double run_wall(const struct run *run)
{
    return run->wall / 1e6;
}

double run_waited(const struct run *run)
{
    return run->waited / run->wall;
}

double run_rss(const struct run *run)
{
    return run->rss;
}

double run_pages(const struct run *run)
{
    return run->pages;
}

double run_known(const struct run *run)
{
    return run->known;
}

/* The array with room for one more behind `count`; NULL with errno set when there is none, and the array as it was. */
static void *with_room(void *array, size_t count, size_t size)
{
    if (count >= ENTRIES_MAX) {
        errno = EFBIG;
        return NULL;
    }
    bool is_full = (count & (count - 1)) == 0; /* it has doubled at 1, 2, 4... */
    return is_full ? realloc(array, (count ? 2 * count : 1) * size) : array;
}

/* Cuts a line at its tabs. Returns how many fields it has, of which at most `most` are stored. */
static size_t split(char *line, char **fields, size_t most)
{
    size_t count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *field; (field = strsep(&line, "\t")); count++)
        if (count < most)
            fields[count] = field;
    return count;
}

static void copy_name(char *name, const char *text)
{
    snprintf(name, FIGURES_NAME, "%s", text);
}

static int add_run(struct figures *figures, char **fields)
{
    struct run *runs = with_room(figures->runs, figures->run_count, sizeof *runs);
    if (!runs)
        return -1;
    figures->runs = runs;
    struct run *run = &runs[figures->run_count++];
    copy_name(run->subject, fields[1]);
    copy_name(run->who, fields[2]);
    run->turn = (int)strtol(fields[3], NULL, 10);
    double *const numbers[] = {&run->pages, &run->known, &run->user, &run->sys, &run->wall, &run->rss, &run->waited};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = strtod(fields[4 + i], NULL);
    return 0;
}

static int add_fact(struct figures *figures, char **fields)
{
    struct fact *facts = with_room(figures->facts, figures->fact_count, sizeof *facts);
    if (!facts)
        return -1;
    figures->facts = facts;
    struct fact *fact = &facts[figures->fact_count++];
    copy_name(fact->subject, fields[1]);
    copy_name(fact->key, fields[2]);
    snprintf(fact->value, sizeof fact->value, "%s", fields[3]);
    return 0;
}

static int take_line(struct figures *figures, char *line)
{
    char *fields[RUN_FIELDS];
    size_t count = split(line, fields, RUN_FIELDS);
    if (count == RUN_FIELDS && strcmp(fields[0], "run") == 0)
        return add_run(figures, fields);
    if (count == FACT_FIELDS && strcmp(fields[0], "fact") == 0)
        return add_fact(figures, fields);
    errno = EINVAL;
    return -1;
}

int figures_load(struct figures *figures, const char *path)
{
    char line[LINE_SIZE];
    int result = 0;
    *figures = (struct figures){0};
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT ? 0 : -1;
    while (!result && fgets(line, sizeof line, file))
        result = take_line(figures, line);
    if (ferror(file))
        result = -1;
    int number = errno;
    fclose(file);
    errno = number;
    return result;
}

void figures_free(struct figures *figures)
{
    free(figures->runs);
    free(figures->facts);
}

static bool is_first(const struct figures *figures, const struct run *run)
{
    for (const struct run *other = figures->runs; other < run; other++)
        if (strcmp(other->subject, run->subject) == 0)
            return false;
    return true;
}

const char *figures_subject(const struct figures *figures, size_t index)
{
    for (size_t i = 0; i < figures->run_count; i++)
        if (is_first(figures, &figures->runs[i]) && index-- == 0)
            return figures->runs[i].subject;
    return NULL;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
    if (!count)
        return NAN;
    qsort(values, count, sizeof *values, compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static bool is_of(const struct run *run, const char *subject, const char *who)
{
    return strcmp(run->subject, subject) == 0 && strcmp(run->who, who) == 0;
}

enum { TURNS_MAX = 1000 };

double figures_median(const struct figures *figures, const char *subject, const char *who, figure *of)
{
    double values[TURNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < figures->run_count && count < TURNS_MAX; i++)
        if (is_of(&figures->runs[i], subject, who))
            values[count++] = of(&figures->runs[i]);
    return median(values, count);
}

static const struct run *run_in_turn(const struct figures *figures, const char *subject, const char *who, int turn)
{
    for (size_t i = 0; i < figures->run_count; i++)
        if (is_of(&figures->runs[i], subject, who) && figures->runs[i].turn == turn)
            return &figures->runs[i];
    return NULL;
}

double figures_ratio(const struct figures *figures, const char *subject, const char *who, const char *other)
{
    double values[TURNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < figures->run_count && count < TURNS_MAX; i++) {
        const struct run *run = &figures->runs[i];
        const struct run *against = is_of(run, subject, who) ? run_in_turn(figures, subject, other, run->turn) : NULL;
        if (against)
            values[count++] = run_cpu_per_page(run) / run_cpu_per_page(against);
    }
    return median(values, count);
}

double figures_cost_without_start(const struct figures *figures, const char *subject, const char *who,
                                  const char *start)
{
    char starter[2 * FIGURES_NAME];
    snprintf(starter, sizeof starter, "%s_start", who);
    double whole = figures_median(figures, subject, who, run_cpu);
    return (whole - figures_median(figures, start, starter, run_cpu)) /
           figures_median(figures, subject, who, run_pages);
}

const char *figures_fact(const struct figures *figures, const char *subject, const char *key)
{
    for (size_t i = 0; i < figures->fact_count; i++)
        if (strcmp(figures->facts[i].subject, subject) == 0 && strcmp(figures->facts[i].key, key) == 0)
            return figures->facts[i].value;
    return NULL;
}

double figures_fact_number(const struct figures *figures, const char *subject, const char *key)
{
    const char *value = figures_fact(figures, subject, key);
    return value ? strtod(value, NULL) : (double)NAN;
}

double figures_fact_in_turn(const struct figures *figures, const char *subject, const char *key, int turn)
{
    char name[2 * FIGURES_NAME];
    snprintf(name, sizeof name, "%s_%d", key, turn);
    return figures_fact_number(figures, subject, name);
}

/* Stores what `key` is in each turn, over `other` unless that is NULL; returns how many there are. */
static size_t turns_of_fact(const struct figures *figures, const char *subject, const char *key, const char *other,
                            double values[TURNS_MAX])
{
    size_t count = 0;
    for (; count < TURNS_MAX; count++) {
        int turn = (int)count + 1;
        double by = other ? figures_fact_in_turn(figures, subject, other, turn) : 1;
        values[count] = figures_fact_in_turn(figures, subject, key, turn) / by;
        if (isnan(values[count]))
            break;
    }
    return count;
}

double figures_fact_median(const struct figures *figures, const char *subject, const char *key)
{
    return figures_fact_ratio(figures, subject, key, NULL);
}

double figures_fact_most(const struct figures *figures, const char *subject, const char *key)
{
    double values[TURNS_MAX], most = NAN;
    size_t count = turns_of_fact(figures, subject, key, NULL, values);
    for (size_t i = 0; i < count; i++)
        most = fmax(most, values[i]);
    return most;
}

double figures_fact_ratio(const struct figures *figures, const char *subject, const char *key, const char *other)
{
    double values[TURNS_MAX];
    size_t count = turns_of_fact(figures, subject, key, other, values);
    return median(values, count);
}
