/* replay - runs every input of the corpus through its target, without a fuzzer: what was once found stays mended.
 *
 * replay CORPUS, where CORPUS/NAME/ holds the inputs of the target NAME. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "base/buf.h"
#include "fuzz.h"

#define TARGETS(X) \
    X(charset) X(config) X(decode) X(extractor) X(response) X(retry_after) X(robots) X(sitemap) X(url) X(values)

#define X(name) int fuzz_##name(const uint8_t *data, size_t size);
TARGETS(X)
#undef X

enum { PATH_LIMIT = 4096, INPUT_LIMIT = 1 << 20 };

static const struct target {
    const char *name;
    int (*run)(const uint8_t *data, size_t size);
} targets[] = {
#define X(name) {#name, fuzz_##name},
    TARGETS(X)
#undef X
};

static bool read_file(const char *path, struct buf *out)
{
    char chunk[4096];
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    buf_clear(out);
    bool ok = true;
    for (size_t length; ok && (length = fread(chunk, 1, sizeof chunk, file)) > 0;)
        ok = buf_append(out, chunk, length) == 0;
    fclose(file);
    return ok;
}

/* The inputs that were run; -1 when one can't be read. */
static int replay(const struct target *target, const char *corpus)
{
    char path[PATH_LIMIT];
    struct buf input;
    int count = 0;
    snprintf(path, sizeof path, "%s/%s", corpus, target->name);
    DIR *folder = opendir(path);
    if (!folder)
        return -1;
    buf_init(&input, INPUT_LIMIT);
    for (const struct dirent *entry; count >= 0 && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", corpus, target->name, entry->d_name);
        printf("%s/%s\n", target->name, entry->d_name);
        fflush(stdout); /* the last line names the input that crashed */
        if (!read_file(path, &input)) {
            perror(path);
            count = -1;
            break;
        }
        target->run((const uint8_t *)buf_text(&input), input.length);
        count++;
    }
    buf_free(&input);
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int failed = argc != 2;
    for (size_t i = 0; !failed && i < sizeof targets / sizeof targets[0]; i++) {
        int count = replay(&targets[i], argv[1]);
        if (count <= 0)
            fprintf(stderr, "%s: no inputs, or one that can't be read\n", targets[i].name);
        failed |= count <= 0;
    }
    return failed;
}
