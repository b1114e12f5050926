#include "sandbox/landlock.h"

#ifdef __linux__

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/sanitizer.h"

/* As in linux/landlock.h, which may be older than the kernel that we run on. The numbers of the calls are those of all
 * architectures. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { TELL_VERSION = 1 << 0, RULE_PATH_BENEATH = 1 };

enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_CHAR = 1 << 6,
    MAKE_DIR = 1 << 7,
    MAKE_REG = 1 << 8,
    MAKE_SOCK = 1 << 9,
    MAKE_FIFO = 1 << 10,
    MAKE_BLOCK = 1 << 11,
    MAKE_SYM = 1 << 12,
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    IOCTL_DEV = 1 << 15
};
enum { BIND_TCP = 1 << 0 };
enum { ABSTRACT_UNIX_SOCKETS = 1 << 0, SIGNALS = 1 << 1 };

struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

struct path_rule {
    uint64_t rights;
    int32_t fd;
} __attribute__((packed));

static const struct {
    int version;
    struct ruleset added;
} VERSIONS[] = {
    {1,
     {.files = (SANITIZED ? 0 : EXECUTE) | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_CHAR | MAKE_DIR | MAKE_REG |
               MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM}},
    {2, {.files = REFER}},
    {3, {.files = TRUNCATE}},
    {4, {.network = BIND_TCP}},
    {5, {.files = IOCTL_DEV}},
    {6, {.scopes = ABSTRACT_UNIX_SOCKETS | SIGNALS}},
};

enum { FILE_RIGHTS = WRITE_FILE | TRUNCATE, FOLDER_RIGHTS = FILE_RIGHTS | MAKE_REG | REMOVE_FILE };

static struct ruleset ruleset_of(int version)
{
    struct ruleset all = {0};
    for (size_t i = 0; i < sizeof VERSIONS / sizeof VERSIONS[0]; i++)
        if (VERSIONS[i].version <= version) {
            all.files |= VERSIONS[i].added.files;
            all.network |= VERSIONS[i].added.network;
            all.scopes |= VERSIONS[i].added.scopes;
        }
    return all;
}

static int allow_beneath(int ruleset, int fd, uint64_t handled, struct refusal *why)
{
    struct stat status;
    if (fstat(fd, &status))
        return refused(why, "fstat");
    uint64_t rights = S_ISDIR(status.st_mode) ? FOLDER_RIGHTS : FILE_RIGHTS;
    const struct path_rule rule = {.rights = rights & handled, .fd = fd};
    return syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) ? refused(why, "landlock_add_rule") : 0;
}

/* What can't be reached can't be written either. */
static bool is_out_of_reach(int number)
{
    return number == ENOENT || number == ENOTDIR || number == EACCES || number == ELOOP || number == ENAMETOOLONG;
}

static int allow(int ruleset, const char *path, uint64_t handled, struct refusal *why)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return is_out_of_reach(errno) ? 0 : refused(why, "open");
    int err = allow_beneath(ruleset, fd, handled, why);
    close(fd);
    return err;
}

int landlock_confine(const char *const *writable, struct refusal *why)
{
    int version = (int)syscall(CREATE_RULESET, NULL, 0, TELL_VERSION);
    if (version < 0)
        return refused(why, "landlock_create_ruleset");
    const struct ruleset attributes = ruleset_of(version);
    int ruleset = (int)syscall(CREATE_RULESET, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return refused(why, "landlock_create_ruleset");
    int err = 0;
    for (; *writable && !err; writable++)
        err = allow(ruleset, *writable, attributes.files, why);
    if (!err && syscall(RESTRICT_SELF, ruleset, 0))
        err = refused(why, "landlock_restrict_self");
    close(ruleset);
    return err ? err : version;
}

#else

int landlock_confine(const char *const *writable, struct refusal *why)
{
    (void)writable;
    errno = ENOSYS;
    return refused(why, "landlock_create_ruleset");
}

#endif
