/* The config file: any bytes end in a clean success or in an explained error. */
#include "config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "fuzz.h"
#include "option_table.h"

/* Keys that name other files: what is in those is nothing that a fuzzer should read. */
static bool names_a_file(struct slice input)
{
    return memmem(input.data, input.length, "profile", 7) != NULL;
}

static void apply(char *path)
{
    struct options options = {0};
    char *messages = NULL;
    size_t length = 0;
    FILE *errors = open_memstream(&messages, &length);
    FUZZ_CHECK(errors && option_set_defaults(&options) == 0);
    free(options.config);
    options.config = strdup(path);
    int err = config_apply(&options, errors);
    fclose(errors);
    FUZZ_CHECK((err == 0) == (length == 0));
    FUZZ_CHECK(!err || (strncmp(messages, path, strlen(path)) == 0 && messages[length - 1] == '\n'));
    free(messages);
    options_free(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int file = -1;
    static char path[32];
    if (file < 0) {
        file = memfd_create("config", MFD_CLOEXEC);
        FUZZ_CHECK(file >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    if (size == 0 || names_a_file(fuzz_input(data, size)))
        return 0;
    FUZZ_CHECK(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    apply(path);
    return 0;
}
