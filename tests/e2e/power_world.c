#include "e2e/power_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/power_cut.h"
#include "unit/suite.h"

enum { MOST_FILES = 64, NAME_SIZE = 64, PATH_SIZE = 256, SECTOR = 512 };

struct bytes {
    char *data;
    size_t size;
};

/* A file: what of it is on the disk, and the calls since. */
struct file {
    uint64_t inode;
    struct bytes disk;
    const struct power_event **pending;
    size_t pending_count;
};

struct name {
    char text[NAME_SIZE];
    size_t file;
};

struct change { /* of names */
    const struct power_event *event;
    size_t file; /* POWER_CREATE */
};

/* All files, those without a name included. */
struct disk {
    struct file files[MOST_FILES];
    size_t file_count;
    struct name names[MOST_FILES];
    size_t name_count;
    struct change changes[MOST_FILES]; /* of names, not synced yet */
    size_t change_count;
};

struct power_world {
    struct disk before;
    char log[PATH_SIZE];
    struct power_log *journal;
    const struct power_event **events;
    size_t event_count;
};

/* --- files -------------------------------------------------------------------------------------------------------- */

static void resize(struct bytes *bytes, size_t size)
{
    bytes->data = realloc(bytes->data, size + 1);
    ck_assert_ptr_nonnull(bytes->data);
    if (size > bytes->size)
        memset(bytes->data + bytes->size, 0, size - bytes->size);
    bytes->size = size;
}

static void put(struct bytes *bytes, const void *data, size_t length, size_t offset)
{
    if (offset + length > bytes->size)
        resize(bytes, offset + length);
    memcpy(bytes->data + offset, data, length);
}

static size_t add_file(struct disk *disk, uint64_t inode)
{
    ck_assert_uint_lt(disk->file_count, MOST_FILES);
    disk->files[disk->file_count] = (struct file){.inode = inode};
    return disk->file_count++;
}

/* The last that got this number: it is given again when a file is gone. */
static struct file *file_of(struct disk *disk, uint64_t inode)
{
    for (size_t i = disk->file_count; i-- > 0;)
        if (disk->files[i].inode == inode)
            return &disk->files[i];
    return &disk->files[add_file(disk, inode)];
}

static struct name *name_of(struct disk *disk, const char *text)
{
    for (size_t i = 0; i < disk->name_count; i++)
        if (strcmp(disk->names[i].text, text) == 0)
            return &disk->names[i];
    return NULL;
}

static void set_name(struct disk *disk, const char *text, size_t file)
{
    struct name *name = name_of(disk, text);
    if (!name) {
        ck_assert_uint_lt(disk->name_count, MOST_FILES);
        name = &disk->names[disk->name_count++];
        snprintf(name->text, sizeof name->text, "%s", text);
    }
    name->file = file;
}

static void drop_name(struct disk *disk, const char *text)
{
    struct name *name = name_of(disk, text);
    if (name)
        *name = disk->names[--disk->name_count];
}

static void append(const struct power_event ***events, size_t *count, const struct power_event *event)
{
    if (*count % 1024 == 0)
        *events = realloc(*events, (*count + 1024) * sizeof(struct power_event *));
    ck_assert_ptr_nonnull(*events);
    (*events)[(*count)++] = event;
}

static const char *data_of(const struct power_event *event)
{
    return (const char *)(event + 1);
}

/* --- what calls do ------------------------------------------------------------------------------------------------ */

static void apply(struct bytes *bytes, const struct power_event *event)
{
    if (event->kind == POWER_TRUNCATE)
        resize(bytes, event->offset);
    else
        put(bytes, data_of(event), event->length, event->offset);
}

static void apply_change(struct disk *disk, const struct change *change)
{
    const struct power_event *event = change->event;
    char first[NAME_SIZE] = "", second[NAME_SIZE] = "";
    const char *data = data_of(event);
    snprintf(first, sizeof first, "%.*s", (int)event->length, data);
    if (event->kind == POWER_CREATE)
        set_name(disk, first, change->file);
    if (event->kind == POWER_UNLINK)
        drop_name(disk, first);
    if (event->kind == POWER_RENAME) {
        const size_t length = strlen(first) + 1;
        snprintf(second, sizeof second, "%.*s", (int)(event->length - length), data + length);
        const struct name *old = name_of(disk, first);
        ck_assert_ptr_nonnull(old);
        set_name(disk, second, old->file);
        drop_name(disk, first);
    }
}

static void sync_file(struct file *file, const struct power_event *event)
{
    for (size_t i = 0; i < file->pending_count; i++)
        apply(&file->disk, file->pending[i]);
    file->pending_count = 0;
    if (!event->length)
        return;
    resize(&file->disk, 0);
    put(&file->disk, data_of(event), event->length, 0);
}

static void sync_names(struct disk *disk, size_t count)
{
    for (size_t i = 0; i < count; i++)
        apply_change(disk, &disk->changes[i]);
    disk->change_count = 0;
}

static void add_change(struct disk *disk, const struct power_event *event)
{
    ck_assert_uint_lt(disk->change_count, MOST_FILES);
    const size_t file = event->kind == POWER_CREATE ? add_file(disk, event->file) : 0;
    disk->changes[disk->change_count++] = (struct change){event, file};
}

static void play(struct disk *disk, const struct power_event *event)
{
    struct file *file = NULL;
    switch ((enum power_kind)event->kind) {
    case POWER_CREATE:
    case POWER_UNLINK:
    case POWER_RENAME:
        add_change(disk, event);
        break;
    case POWER_WRITE:
    case POWER_TRUNCATE:
        file = file_of(disk, event->file);
        append(&file->pending, &file->pending_count, event);
        break;
    case POWER_SYNC:
        sync_file(file_of(disk, event->file), event);
        break;
    case POWER_SYNC_NAMES:
        sync_names(disk, disk->change_count);
        break;
    case POWER_NONE:
        ck_abort();
    }
}

/* --- the cut ------------------------------------------------------------------------------------------------------ */

static unsigned pick(unsigned *seed, unsigned count)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 12) % count;
}

/* Some sectors of a write. */
static void tear(struct bytes *bytes, const struct power_event *event, unsigned *seed)
{
    if (event->kind == POWER_TRUNCATE) {
        if (pick(seed, 2))
            apply(bytes, event);
        return;
    }
    for (size_t at = 0; at < event->length;) {
        size_t end = at + SECTOR - (event->offset + at) % SECTOR;
        end = end > event->length ? event->length : end;
        if (pick(seed, 2))
            put(bytes, data_of(event) + at, end - at, event->offset + at);
        at = end;
    }
}

/* Of what was not synced all is there, or nothing, or what came first, or anything. */
static void cut_file(struct file *file, unsigned *seed)
{
    const unsigned mode = pick(seed, 4);
    const size_t kept = mode == 0 ? 0 : mode == 1 ? pick(seed, (unsigned)file->pending_count + 1) : file->pending_count;
    for (size_t i = 0; i < kept; i++) {
        if (mode == 3)
            tear(&file->disk, file->pending[i], seed);
        else
            apply(&file->disk, file->pending[i]);
    }
    if (mode == 1 && kept < file->pending_count)
        tear(&file->disk, file->pending[kept], seed);
}

static void cut_disk(struct disk *disk, unsigned seed)
{
    for (size_t i = 0; i < disk->file_count; i++) {
        struct file *file = &disk->files[i];
        if (seed == POWER_ALL_KEPT)
            for (size_t j = 0; j < file->pending_count; j++)
                apply(&file->disk, file->pending[j]);
        else
            cut_file(file, &seed);
    }
    if (seed == POWER_ALL_KEPT)
        sync_names(disk, disk->change_count);
    else
        sync_names(disk, pick(&seed, (unsigned)disk->change_count + 1));
}

/* What processes share in memory is gone, or anything. */
static void spoil_shared_memory(struct disk *disk, unsigned seed)
{
    for (size_t i = 0; i < disk->name_count; i++) {
        const char *text = disk->names[i].text;
        if (strlen(text) < 4 || strcmp(text + strlen(text) - 4, "-shm") != 0)
            continue;
        struct bytes *bytes = &disk->files[disk->names[i].file].disk;
        for (size_t at = 0; at < bytes->size; at++)
            bytes->data[at] = (char)pick(&seed, 256);
    }
}

static void write_out(struct disk *disk, const char *folder)
{
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < disk->name_count; i++) {
        char path[PATH_SIZE];
        const struct bytes *bytes = &disk->files[disk->names[i].file].disk;
        snprintf(path, sizeof path, "%s/%s", folder, disk->names[i].text);
        FILE *out = fopen(path, "w");
        ck_assert_ptr_nonnull(out);
        ck_assert_uint_eq(bytes->size ? fwrite(bytes->data, 1, bytes->size, out) : 0, bytes->size);
        ck_assert_int_eq(fclose(out), 0);
    }
}

static struct disk *disk_copy(const struct disk *from)
{
    struct disk *disk = calloc(1, sizeof *disk);
    ck_assert_ptr_nonnull(disk);
    *disk = *from;
    for (size_t i = 0; i < disk->file_count; i++) {
        struct bytes copy = {0};
        resize(&copy, 0);
        put(&copy, from->files[i].disk.data, from->files[i].disk.size, 0);
        disk->files[i].disk = copy;
    }
    return disk;
}

static void disk_clear(struct disk *disk)
{
    for (size_t i = 0; i < disk->file_count; i++) {
        free(disk->files[i].disk.data);
        free(disk->files[i].pending);
    }
}

void power_world_cut(const struct power_world *world, size_t events, unsigned seed, const char *folder)
{
    struct disk *disk = disk_copy(&world->before);
    for (size_t i = 0; i < events; i++)
        play(disk, world->events[i]);
    cut_disk(disk, seed);
    if (seed != POWER_ALL_KEPT)
        spoil_shared_memory(disk, seed);
    write_out(disk, folder);
    disk_clear(disk);
    free(disk);
}

/* --- what happened ------------------------------------------------------------------------------------------------ */

static void read_file(struct disk *disk, const char *folder, const char *text)
{
    char path[PATH_SIZE];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder, text);
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_int_eq(fstat(fileno(in), &status), 0);
    const size_t file = add_file(disk, status.st_ino);
    set_name(disk, text, file);
    struct bytes *bytes = &disk->files[file].disk;
    resize(bytes, (size_t)status.st_size);
    ck_assert_uint_eq(bytes->size ? fread(bytes->data, 1, bytes->size, in) : 0, bytes->size);
    fclose(in);
}

struct power_world *power_world_begin(const char *folder, const char *library)
{
    struct power_world *world = calloc(1, sizeof *world);
    ck_assert_ptr_nonnull(world);
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    const struct dirent *entry;
    while ((entry = readdir(directory)))
        if (entry->d_name[0] != '.')
            read_file(&world->before, folder, entry->d_name);
    closedir(directory);
    strcpy(world->log, "/tmp/crawler-power-log-XXXXXX");
    int fd = mkstemp(world->log);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, POWER_LOG_SIZE), 0);
    world->journal = mmap(NULL, POWER_LOG_SIZE, PROT_READ, MAP_SHARED, fd, 0);
    ck_assert_ptr_ne(world->journal, MAP_FAILED);
    close(fd);
    setenv("POWER_CUT_LOG", world->log, 1);
    setenv("POWER_CUT_FOLDER", folder, 1);
    setenv("LD_PRELOAD", library, 1);
    return world;
}

void power_world_record(struct power_world *world)
{
    const char *start = (const char *)(world->journal + 1);
    unsetenv("LD_PRELOAD");
    for (size_t at = 0; at < world->journal->used;) {
        const struct power_event *event = (const struct power_event *)(const void *)(start + at);
        append(&world->events, &world->event_count, event);
        at += sizeof *event + ((event->length + 7) & ~(size_t)7);
    }
}

void power_world_free(struct power_world *world)
{
    munmap(world->journal, POWER_LOG_SIZE);
    unlink(world->log);
    disk_clear(&world->before);
    free(world->events);
    free(world);
}

size_t power_world_events(const struct power_world *world)
{
    return world->event_count;
}

size_t power_world_synced(const struct power_world *world, size_t events)
{
    while (events && world->events[events - 1]->kind != POWER_SYNC)
        events--;
    return events;
}
