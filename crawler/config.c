#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "option_table.h"

/* One file being read. */
struct reading {
    struct options *options;
    const char *path;
    FILE *file;
    FILE *errors;
    int line;  /* that was read last, from 1 */
    int error; /* the first */
};

static int complain(struct reading *reading, const char *what, const char *why)
{
    fprintf(reading->errors, "%s:%d: %s%s%s\n", reading->path, reading->line, what, why[0] ? ": " : "", why);
    return ERR_SYNTAX;
}

/* Whether inih would take the line for more of the value before: it is indented, and neither empty nor a comment. */
static bool continues_a_value(const char *line)
{
    const char *start = line;
    while (isspace((unsigned char)*start))
        start++;
    return start > line && *start && !strchr(";#", *start);
}

/* inih's reader: one line. It has no line numbers of its own, and would take the rest of an overlong line for
 * another. */
static char *read_line(char *text, int size, void *context)
{
    struct reading *reading = context;
    if (reading->error || !fgets(text, size, reading->file))
        return NULL;
    reading->line++;
    if (strlen(text) + 1 == (size_t)size && text[size - 2] != '\n') {
        reading->error = complain(reading, "line too long", "");
        return NULL;
    }
    if (continues_a_value(text)) {
        reading->error = complain(reading, "an indented line", "keys and sections begin in the first column");
        return NULL;
    }
    return text;
}

/* Sets an option. What doesn't serve the command is checked all the same, and ends nowhere: a config file is for all
 * commands. */
static int set(struct options *options, const struct option_row *row, const char *value, struct buf *why)
{
    if (option_serves(row, options->command))
        return option_set(options, row, value, why);
    struct options unused = {0};
    int err = option_set(&unused, row, value, why);
    options_free(&unused);
    return err;
}

/* inih's handler: one key. Returns 1 to go on. */
static int take_key(void *context, const char *section, const char *key, const char *value)
{
    struct reading *reading = context;
    (void)section;
    if (reading->error)
        return 1;
    struct buf why;
    buf_init(&why, PATH_LIMIT);
    const struct option_row *row = option_find(key);
    if (!row)
        buf_printf(&why, "unknown key");
    reading->error = row ? set(reading->options, row, value, &why) : ERR_SYNTAX;
    if (reading->error == ERR_SYNTAX)
        complain(reading, key, buf_text(&why));
    buf_free(&why);
    return 1;
}

static int read_open_file(struct reading *reading)
{
    int line = ini_parse_stream(read_line, reading, take_key, reading);
    if (reading->error)
        return reading->error;
    if (ferror(reading->file)) {
        fprintf(reading->errors, "%s: %s\n", reading->path, strerror(errno));
        return ERR_SYSTEM;
    }
    reading->line = line;
    return line > 0 ? complain(reading, "neither a section, nor 'key = value', nor a comment", "") : 0;
}

static int read_file(struct options *options, const char *path, FILE *errors)
{
    char *name = strdup(path); /* the file may set the option that `path` belongs to */
    if (!name)
        return ERR_NO_MEMORY;
    struct reading reading = {.options = options, .path = name, .errors = errors, .file = fopen(name, "re")};
    int err;
    if (reading.file) {
        err = read_open_file(&reading);
        fclose(reading.file);
    } else {
        err = error_from_errno(errno);
        fprintf(errors, "%s: %s\n", name, strerror(errno));
    }
    free(name);
    return err;
}

/* The user's folder for our files, in `path`; false where there is none. */
static bool user_folder(struct buf *path)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    buf_clear(path);
    if (config && config[0])
        return buf_printf(path, "%s/crawler", config) == 0;
    return home && home[0] && buf_printf(path, "%s/.config/crawler", home) == 0;
}

/* Appends "/crawler.ini" or "/profiles/NAME.ini" to the folder in `path` and tells whether that file exists. */
static bool has_file(struct buf *path, const char *profile)
{
    int err = profile ? buf_printf(path, "/profiles/%s.ini", profile) : buf_printf(path, "/crawler.ini");
    return !err && access(buf_text(path), F_OK) == 0;
}

static bool has_system_file(struct buf *path, const char *profile)
{
    buf_clear(path);
    return buf_printf(path, "%s/crawler", CRAWLER_SYSCONFDIR) == 0 && has_file(path, profile);
}

static int apply_config_file(struct options *options, struct buf *path, FILE *errors)
{
    if (options->config)
        return read_file(options, options->config, errors);
    if ((user_folder(path) && has_file(path, NULL)) || has_system_file(path, NULL))
        return read_file(options, buf_text(path), errors);
    return 0;
}

/* "profiles" beside the config file that was named. */
static bool has_profile_beside_config(const struct options *options, struct buf *path)
{
    if (!options->config)
        return false;
    buf_clear(path);
    return path_append_folder(path, options->config) == 0 && has_file(path, options->profile);
}

static int apply_profile(struct options *options, struct buf *path, FILE *errors)
{
    const char *profile = options->profile;
    if (!profile)
        return 0;
    if (strchr(profile, '/'))
        return read_file(options, profile, errors);
    if (has_profile_beside_config(options, path) || (user_folder(path) && has_file(path, profile)) ||
        has_system_file(path, profile))
        return read_file(options, buf_text(path), errors);
    fprintf(errors, "--profile: there is no profile '%s' (a file is named with a '/', as ./%s.ini)\n", profile,
            profile);
    return ERR_NOT_FOUND;
}

int config_apply(struct options *options, FILE *errors)
{
    struct buf path;
    buf_init(&path, PATH_LIMIT);
    int err = apply_config_file(options, &path, errors);
    if (!err)
        err = apply_profile(options, &path, errors);
    buf_free(&path);
    return err;
}
