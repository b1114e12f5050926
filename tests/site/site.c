#include "site/site.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "site/answer.h"
#include "site/certificate.h"
#include "site/record.h"
#include "site/server.h"

enum { ORIGIN_SIZE = 64, PATH_SIZE = 512 };

struct site {
    pid_t pid;
    struct site_record *record;
    char origin[ORIGIN_SIZE];
    char ca_file[PATH_SIZE]; /* empty: none */
    size_t count;
    uint16_t ports[SITE_LISTENERS_MAX];
};

static struct site_server *serving; /* in the child: what SIGTERM stops */

static void on_terminate(int number)
{
    (void)number;
    site_server_stop(serving);
}

static int write_ca_file(struct site *site)
{
    const char *directory = getenv("TMPDIR");
    snprintf(site->ca_file, sizeof site->ca_file, "%s/site-ca-XXXXXX", directory ? directory : "/tmp");
    int fd = mkstemp(site->ca_file);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        if (fd >= 0)
            close(fd);
        else
            site->ca_file[0] = '\0';
        return -1;
    }
    int result = site_certificate_write_authority(file);
    return fclose(file) ? -1 : result;
}

/* SIGINT is for the test, which stops its sites when it ends. */
static void take_signals(void)
{
    struct sigaction action = {.sa_handler = on_terminate};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGPIPE, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void be_site(struct site *site, struct site_server *server, pid_t parent)
{
    serving = server;
    take_signals();
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    site_server_raise_limit();
    int result = site_server_run(server, parent);
    site_server_close(server);
    if (site->ca_file[0])
        unlink(site->ca_file);
    _exit(result ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* SIGTERM is held back until the child can take it. */
static int start_child(struct site *site, struct site_server *server)
{
    sigset_t terminate, before;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    sigprocmask(SIG_BLOCK, &terminate, &before);
    pid_t parent = getpid();
    site->pid = fork();
    if (site->pid == 0)
        be_site(site, server, parent);
    int number = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return site->pid < 0 ? -1 : 0;
}

static void free_site(struct site *site)
{
    if (site->ca_file[0])
        unlink(site->ca_file);
    site_record_free(site->record);
    free(site);
}

static int open_site(struct site *site, const struct site_config *config)
{
    site->record = site_record_create();
    struct site_server *server;
    if (!site->record || site_server_open(&server, config, site->record))
        return -1;
    site->count = site_server_listeners(server);
    for (size_t i = 0; i < site->count; i++)
        site->ports[i] = site_server_port(server, i);
    site_server_origin(server, 0, site->origin, sizeof site->origin);
    int result = site_server_has_tls(server) ? write_ca_file(site) : 0;
    if (!result)
        result = start_child(site, server);
    int number = errno;
    site_server_close(server); /* the child has its own; a port must be free once the child has gone */
    errno = number;
    return result;
}

int site_start(const struct site_config *config, struct site **out)
{
    struct site *site = calloc(1, sizeof *site);
    if (!site)
        return -1;
    if (open_site(site, config)) {
        int number = errno;
        free_site(site);
        errno = number;
        return -1;
    }
    *out = site;
    return 0;
}

int site_stop(struct site *site)
{
    if (!site)
        return 0;
    int status = 0;
    kill(site->pid, SIGTERM);
    pid_t ended;
    do
        ended = waitpid(site->pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    free_site(site);
    return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS ? 0 : -1;
}

uint16_t site_port(const struct site *site, size_t index)
{
    return index < site->count ? site->ports[index] : 0;
}

char *site_url(const struct site *site, const char *path, char *url, size_t size)
{
    snprintf(url, size, "%s%s", site->origin, path);
    return url;
}

const char *site_ca_file(const struct site *site)
{
    return site->ca_file[0] ? site->ca_file : NULL;
}

unsigned site_request_count(const struct site *site, const char *path)
{
    return site_record_count(site->record, path);
}

unsigned site_most_requests(const struct site *site)
{
    return atomic_load(&site->record->most_requests);
}

unsigned site_requests(const struct site *site)
{
    return atomic_load(&site->record->requests);
}

unsigned site_connections(const struct site *site)
{
    return atomic_load(&site->record->connections);
}

unsigned site_peak_connections(const struct site *site)
{
    return atomic_load(&site->record->peak_open);
}

unsigned site_peak_in_flight(const struct site *site)
{
    return atomic_load(&site->record->peak_in_flight);
}

unsigned site_rate(const struct site *site)
{
    return site_record_rate(site->record);
}

unsigned site_service_time(const struct site *site, double percent)
{
    return site_record_service_time(site->record, percent);
}

bool site_request(const struct site *site, unsigned index, struct site_request *out)
{
    unsigned requests = site_requests(site);
    if (index >= requests || requests - index > SITE_REQUESTS_KEPT)
        return false;
    *out = site->record->kept[index % SITE_REQUESTS_KEPT];
    return true;
}

char *site_request_target(const struct site_request *request, char *target, size_t size)
{
    const char *start = strchr(request->head, ' ');
    start = start ? start + 1 : "";
    size_t length = strcspn(start, " \r\n");
    snprintf(target, size, "%.*s", (int)length, start);
    return target;
}

bool site_request_header(const struct site_request *request, const char *name, char *value, size_t size)
{
    size_t length;
    const char *found = site_head_find(request->head, strlen(request->head), name, &length);
    if (found)
        snprintf(value, size, "%.*s", (int)length, found);
    return found != NULL;
}

uint16_t site_unused_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return 0;
    bool bound =
        !bind(fd, (struct sockaddr *)&address, length) && !getsockname(fd, (struct sockaddr *)&address, &length);
    close(fd);
    return bound ? ntohs(address.sin_port) : 0;
}
