/* bench_summary - makes of the lines that bench.sh has written the tables, bench.json and bench.svg.
 *
 * bench_summary DIRECTORY PART...: prints the tables and goals of these parts (sites, in_flight, size, durable, drip,
 * faults); the files are made of all parts that are in the directory, each with the date and version that it was
 * measured with. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "plot.h"
#include "tables.h"

enum { PATH_SIZE = 4096, USAGE_ERROR = 2 };

static const char *path_in(char *path, const char *directory, const char *name, const char *suffix)
{
    snprintf(path, PATH_SIZE, "%s/%s%s", directory, name, suffix);
    return path;
}

static bool is_named(enum part part, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], part_names[part]) == 0)
            return true;
    return false;
}

static void print_parts(const struct figures *parts, int count, char **names)
{
    struct goal goals[GOALS_MAX];
    size_t goal_count = goals_judge(parts, goals);
    for (enum part part = 0; part < PARTS; part++)
        if (is_named(part, count, names))
            tables_print(&parts[part], part);
    for (size_t i = 0; i < goal_count; i++)
        if (is_named(goals[i].part, count, names))
            tables_print_goal(&goals[i]);
}

int main(int argc, char **argv)
{
    struct figures parts[PARTS] = {0};
    char path[PATH_SIZE];
    int result = 0;
    if (argc < 3) {
        fputs("usage: bench_summary DIRECTORY PART...\n", stderr);
        return USAGE_ERROR;
    }
    for (enum part part = 0; part < PARTS && !result; part++)
        result = figures_load(&parts[part], path_in(path, argv[1], part_names[part], ".tsv"));
    if (!result)
        print_parts(parts, argc - 2, argv + 2);
    if (!result)
        result = json_write(parts, path_in(path, argv[1], "bench", ".json"));
    if (!result)
        result = plot_write(parts, path_in(path, argv[1], "bench", ".svg"));
    if (result)
        fprintf(stderr, "bench_summary: %s: %s\n", path, strerror(errno));
    for (enum part part = 0; part < PARTS; part++)
        figures_free(&parts[part]);
    return result != 0;
}
