#include "output/sorted_lines.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/heap.h"
#include "base/temporary.h"

enum { WINDOW = 64 * 1024 };

/* A sorted stretch of the spill file, each line as its length and its bytes; while runs are merged, its reader. */
struct run {
    struct heap_node node;
    off_t start;
    off_t end;
    off_t position;    /* of the line that comes next */
    struct slice line; /* that line, in the window */
    char *window;      /* bytes of the file from `window_start` on */
    size_t window_size;
    size_t window_length;
    off_t window_start;
};

struct sorted_lines {
    size_t memory;
    struct arena text;
    struct slice *gathered;
    size_t count;
    size_t capacity;
    FILE *spill; /* NULL until the first spill */
    struct run *runs;
    size_t run_count;
};

int sorted_lines_create(struct sorted_lines **out, size_t memory)
{
    struct sorted_lines *lines = calloc(1, sizeof *lines);
    if (!lines)
        return ERR_NO_MEMORY;
    lines->memory = memory;
    arena_init(&lines->text);
    *out = lines;
    return 0;
}

void sorted_lines_free(struct sorted_lines *lines)
{
    if (!lines)
        return;
    if (lines->spill)
        fclose(lines->spill);
    for (size_t i = 0; i < lines->run_count; i++)
        free(lines->runs[i].window);
    free(lines->runs);
    free(lines->gathered);
    arena_free(&lines->text);
    free(lines);
}

static int compare_gathered(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static void sort_gathered(struct sorted_lines *lines)
{
    if (lines->count)
        qsort(lines->gathered, lines->count, sizeof *lines->gathered, compare_gathered);
}

static int add_run(struct sorted_lines *lines, off_t start, off_t end)
{
    struct run *runs = realloc(lines->runs, (lines->run_count + 1) * sizeof *runs);
    if (!runs)
        return ERR_NO_MEMORY;
    lines->runs = runs;
    runs[lines->run_count++] = (struct run){.start = start, .end = end};
    return 0;
}

/* Writes the gathered lines as one more run. */
static int write_run(struct sorted_lines *lines)
{
    off_t start = ftello(lines->spill);
    for (size_t i = 0; i < lines->count; i++) {
        const struct slice *line = &lines->gathered[i];
        uint32_t length = (uint32_t)line->length;
        fwrite(&length, sizeof length, 1, lines->spill);
        fwrite(line->data, 1, length, lines->spill);
    }
    if (fflush(lines->spill) || ferror(lines->spill))
        return error_from_errno(errno);
    return add_run(lines, start, ftello(lines->spill));
}

static int spill(struct sorted_lines *lines)
{
    int err = lines->spill ? 0 : temporary_stream(&lines->spill);
    if (err)
        return err;
    sort_gathered(lines);
    err = write_run(lines);
    if (err)
        return err;
    lines->count = 0;
    arena_clear(&lines->text);
    return 0;
}

static int make_room(struct sorted_lines *lines)
{
    if (lines->count < lines->capacity)
        return 0;
    size_t capacity = lines->capacity ? lines->capacity * 2 : 256;
    struct slice *gathered = realloc(lines->gathered, capacity * sizeof *gathered);
    if (!gathered)
        return ERR_NO_MEMORY;
    lines->gathered = gathered;
    lines->capacity = capacity;
    return 0;
}

int sorted_lines_add(struct sorted_lines *lines, struct slice line)
{
    int err = 0;
    if (lines->text.used + lines->count * sizeof line >= lines->memory)
        err = spill(lines);
    if (!err)
        err = make_room(lines);
    if (err)
        return err;
    struct slice copy = arena_copy(&lines->text, line);
    if (!copy.data)
        return ERR_NO_MEMORY;
    lines->gathered[lines->count++] = copy;
    return 0;
}

/* Makes the `length` bytes of the file from the run's position on lie in its window. */
static int show(struct sorted_lines *lines, struct run *run, size_t length)
{
    if (run->position >= run->window_start &&
        (size_t)(run->position - run->window_start) + length <= run->window_length)
        return 0;
    if (length > run->window_size) {
        size_t size = length > WINDOW ? length : WINDOW;
        char *window = realloc(run->window, size);
        if (!window)
            return ERR_NO_MEMORY;
        run->window = window;
        run->window_size = size;
    }
    off_t left = run->end - run->position;
    size_t wanted = left < (off_t)run->window_size ? (size_t)left : run->window_size;
    ssize_t got = pread(fileno(lines->spill), run->window, wanted, run->position);
    if (got < (ssize_t)length)
        return got < 0 ? error_from_errno(errno) : ERR_SYSTEM;
    run->window_start = run->position;
    run->window_length = (size_t)got;
    return 0;
}

static const char *shown(const struct run *run)
{
    return run->window + (run->position - run->window_start);
}

/* Reads the line at the run's position, which must exist. */
static int read_line(struct sorted_lines *lines, struct run *run)
{
    uint32_t length;
    int err = show(lines, run, sizeof length);
    if (err)
        return err;
    memcpy(&length, shown(run), sizeof length);
    err = show(lines, run, sizeof length + length);
    if (!err)
        run->line = (struct slice){shown(run) + sizeof length, length};
    return err;
}

/* Goes on behind the line that was read; false at the end of the run. */
static bool move_on(struct run *run)
{
    run->position += (off_t)(sizeof(uint32_t) + run->line.length);
    return run->position < run->end;
}

static bool run_before(const struct heap_node *a, const struct heap_node *b)
{
    const struct run *left = container_of(a, struct run, node);
    const struct run *right = container_of(b, struct run, node);
    return slice_compare(left->line, right->line) < 0;
}

static int start_merge(struct sorted_lines *lines, struct heap *heap)
{
    heap_init(heap, run_before);
    for (size_t i = 0; i < lines->run_count; i++) {
        struct run *run = &lines->runs[i];
        run->position = run->window_start = run->start;
        run->window_length = 0;
        int err = read_line(lines, run);
        if (err)
            return err;
        heap_insert(heap, &run->node);
    }
    return 0;
}

/* Visits the first line of the runs and moves that run on. */
static int visit_first(struct sorted_lines *lines, struct heap *heap, sorted_lines_visit visit, void *context)
{
    struct run *run = container_of(heap_pop(heap), struct run, node);
    int err = visit(context, run->line);
    if (err || !move_on(run))
        return err;
    err = read_line(lines, run);
    if (!err)
        heap_insert(heap, &run->node);
    return err;
}

int sorted_lines_walk(struct sorted_lines *lines, sorted_lines_visit visit, void *context)
{
    sort_gathered(lines);
    struct heap heap;
    int err = start_merge(lines, &heap);
    for (size_t i = 0; i < lines->count && !err; i++) {
        for (struct heap_node *first; !err && (first = heap_first(&heap));) {
            const struct run *run = container_of(first, struct run, node);
            if (slice_compare(run->line, lines->gathered[i]) > 0)
                break;
            err = visit_first(lines, &heap, visit, context);
        }
        if (!err)
            err = visit(context, lines->gathered[i]);
    }
    while (!err && heap_first(&heap))
        err = visit_first(lines, &heap, visit, context);
    return err;
}
