#include "site/nginx.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
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

#include "site/certificate.h"

enum {
    PATH_SIZE = 512,
    TRIES = 5,         /* another program may take a free port before nginx does */
    START_POLLS = 500, /* of 20 ms until it takes connections */
    START_POLL_MILLISECONDS = 20
};

static const char program[] = "/usr/sbin/nginx";

struct nginx {
    pid_t pid; /* 0: not running */
    uint16_t http_port;
    uint16_t https_port;
    bool ipv6;
    char directory[PATH_SIZE];
    char access_log[PATH_SIZE];
    char ca_file[PATH_SIZE];
    char certificate[PATH_SIZE];
    char key[PATH_SIZE];
};

static void path_in(const struct nginx *nginx, const char *name, char *path)
{
    if ((size_t)snprintf(path, PATH_SIZE, "%.400s/%s", nginx->directory, name) >= PATH_SIZE)
        abort(); /* the names are ours and short */
}

static FILE *create_in(const struct nginx *nginx, const char *name, char *path)
{
    path_in(nginx, name, path);
    return fopen(path, "w");
}

static int make_directory(struct nginx *nginx)
{
    const char *temporary = getenv("TMPDIR");
    int length =
        snprintf(nginx->directory, sizeof nginx->directory, "%s/site-nginx-XXXXXX", temporary ? temporary : "/tmp");
    if (length > 400) {
        nginx->directory[0] = '\0';
        errno = ENAMETOOLONG;
        return -1;
    }
    if (mkdtemp(nginx->directory))
        return 0;
    nginx->directory[0] = '\0';
    return -1;
}

/* Its workers give up root's rights, unless they are told not to: they must be able to read the test's files. */
static void write_main_part(FILE *file, const struct nginx *nginx)
{
    if (geteuid() == 0)
        fputs("user root;\n", file);
    fprintf(file,
            "daemon off;\nworker_processes 1;\nworker_rlimit_nofile 16384;\npid %s/pid;\nerror_log %s/error.log;\n"
            "events { worker_connections 8192; }\n",
            nginx->directory, nginx->directory);
}

static void write_http_part(FILE *file, const struct nginx *nginx, const struct nginx_config *config)
{
    static const char *const kinds[] = {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"};
    static const char types[] =
        "types { text/html html htm shtml; text/css css; text/javascript js; application/json json; text/xml xml;\n"
        "  application/xhtml+xml xhtml; application/atom+xml atom; application/rss+xml rss; text/plain txt;\n"
        "  image/svg+xml svg; image/png png; image/gif gif; image/jpeg jpg jpeg; image/webp webp; image/x-icon ico;\n"
        "  font/woff2 woff2; application/pdf pdf; application/manifest+json webmanifest; }\n"
        "default_type application/octet-stream;\n";
    fputs("http {\n", file);
    fputs(types, file);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fprintf(file, "%s_temp_path %s/%s;\n", kinds[i], nginx->directory, kinds[i]);
    fprintf(file,
            "log_format plain '$status $server_protocol $request_uri';\naccess_log %s plain;\n"
            "sendfile on;\ntcp_nopush on;\nkeepalive_requests 1000000;\nopen_file_cache max=10000;\n",
            nginx->access_log);
    if (config->gzip)
        fputs("gzip on;\ngzip_vary on;\ngzip_types text/css text/javascript image/svg+xml;\n", file);
    const char *address = nginx->ipv6 ? "[::1]" : "127.0.0.1";
    fprintf(file,
            "server {\nlisten %s:%u backlog=4096;\nlisten %s:%u ssl http2 backlog=4096;\n"
            "ssl_certificate %s;\nssl_certificate_key %s;\nroot \"%s\";\n%s\n}\n}\n",
            address, nginx->http_port, address, nginx->https_port, nginx->certificate, nginx->key, config->root,
            config->extra ? config->extra : "");
}

static int write_config(const struct nginx *nginx, const struct nginx_config *config)
{
    char path[PATH_SIZE];
    FILE *file = create_in(nginx, "nginx.conf", path);
    if (!file)
        return -1;
    write_main_part(file, nginx);
    write_http_part(file, nginx, config);
    bool failed = ferror(file);
    return fclose(file) || failed ? -1 : 0;
}

static int close_written(FILE *file)
{
    return file && !fclose(file) ? 0 : -1;
}

static int write_certificate_files(struct nginx *nginx)
{
    struct site_certificate made;
    if (site_certificate_issue(&made, SITE_TLS, NULL))
        return -1;
    FILE *certificate = create_in(nginx, "certificate.pem", nginx->certificate);
    FILE *key = create_in(nginx, "key.pem", nginx->key);
    FILE *ca = create_in(nginx, "ca.pem", nginx->ca_file);
    int result = -1;
    if (certificate && key && ca && !site_certificate_write(&made, certificate, key))
        result = site_certificate_write_authority(ca);
    result |= close_written(certificate) | close_written(key) | close_written(ca);
    site_certificate_free(&made);
    return result;
}

static int take_certificate(struct nginx *nginx, const struct nginx_config *config)
{
    if (!config->certificate)
        return write_certificate_files(nginx);
    snprintf(nginx->certificate, sizeof nginx->certificate, "%s", config->certificate);
    snprintf(nginx->key, sizeof nginx->key, "%s", config->key);
    return 0;
}

static _Noreturn void be_nginx(const struct nginx *nginx)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    char config[PATH_SIZE];
    char log[PATH_SIZE];
    path_in(nginx, "nginx.conf", config);
    path_in(nginx, "start.log", log);
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    execl(program, "nginx", "-p", nginx->directory, "-e", log, "-c", config, (char *)NULL);
    _exit(127);
}

/* Whether a connection to the port can be made. */
static bool is_open(const struct nginx *nginx, uint16_t port)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void *address = nginx->ipv6 ? (const void *)&ipv6 : (const void *)&ipv4;
    int fd = socket(nginx->ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return false;
    bool open = connect(fd, address, nginx->ipv6 ? sizeof ipv6 : sizeof ipv4) == 0;
    close(fd);
    return open;
}

/* Forgets the process when it has ended. */
static bool is_alive(struct nginx *nginx)
{
    if (nginx->pid && waitpid(nginx->pid, NULL, WNOHANG) != 0)
        nginx->pid = 0;
    return nginx->pid != 0;
}

static int launch(struct nginx *nginx, const struct nginx_config *config)
{
    nginx->http_port = site_unused_port();
    do
        nginx->https_port = site_unused_port();
    while (nginx->https_port && nginx->https_port == nginx->http_port);
    if (!nginx->https_port || write_config(nginx, config))
        return -1;
    nginx->pid = fork();
    if (nginx->pid == 0)
        be_nginx(nginx);
    if (nginx->pid < 0) {
        nginx->pid = 0;
        return -1;
    }
    for (int i = 0; i < START_POLLS && is_alive(nginx); i++) {
        if (is_open(nginx, nginx->http_port) && is_open(nginx, nginx->https_port))
            return 0;
        poll(NULL, 0, START_POLL_MILLISECONDS);
    }
    errno = ECONNREFUSED;
    return -1;
}

static int end_process(struct nginx *nginx)
{
    if (!nginx->pid)
        return 0;
    int status = 0;
    kill(nginx->pid, SIGTERM);
    pid_t ended;
    do
        ended = waitpid(nginx->pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    bool well = ended == nginx->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    nginx->pid = 0;
    return well ? 0 : -1;
}

static void remove_directory(const struct nginx *nginx)
{
    static const char *const names[] = {
        "nginx.conf",  "certificate.pem", "key.pem", "ca.pem", "access.log", "error.log", "start.log",
        "client_body", "proxy",           "fastcgi", "uwsgi",  "scgi",       "pid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_SIZE];
        path_in(nginx, names[i], path);
        remove(path);
    }
    rmdir(nginx->directory);
}

static int set_up(struct nginx *nginx, const struct nginx_config *config)
{
    if (make_directory(nginx))
        return -1;
    path_in(nginx, "access.log", nginx->access_log);
    if (take_certificate(nginx, config))
        return -1;
    for (int i = 0; i < TRIES; i++) {
        if (launch(nginx, config) == 0)
            return 0;
        int number = errno;
        end_process(nginx);
        errno = number;
    }
    return -1;
}

int nginx_start(const struct nginx_config *config, struct nginx **out)
{
    if (access(program, X_OK))
        return NGINX_ABSENT;
    struct nginx *nginx = calloc(1, sizeof *nginx);
    if (!nginx)
        return -1;
    nginx->ipv6 = config->ipv6;
    if (set_up(nginx, config)) {
        int number = errno;
        nginx_stop(nginx);
        errno = number;
        return -1;
    }
    *out = nginx;
    return 0;
}

int nginx_stop(struct nginx *nginx)
{
    if (!nginx)
        return 0;
    int result = end_process(nginx);
    if (nginx->directory[0])
        remove_directory(nginx);
    free(nginx);
    return result;
}

uint16_t nginx_http_port(const struct nginx *nginx)
{
    return nginx->http_port;
}

uint16_t nginx_https_port(const struct nginx *nginx)
{
    return nginx->https_port;
}

const char *nginx_ca_file(const struct nginx *nginx)
{
    return nginx->ca_file;
}

const char *nginx_access_log(const struct nginx *nginx)
{
    return nginx->access_log;
}

void nginx_free_urls(char **urls, long count)
{
    for (long i = 0; i < count; i++)
        free(urls[i]);
    free(urls);
}

/* Appends the target of a log line; false when memory is out. A line that breaks off is none. */
static bool take_line(char ***urls, long *count, long *room, const char *line)
{
    const char *target = strchr(line, ' ');
    target = target ? strchr(target + 1, ' ') : NULL;
    size_t length = target ? strcspn(++target, "\n") : 0;
    if (!target || target[length] != '\n')
        return true;
    if (*count == *room) {
        long more = *room ? 2 * *room : 256;
        char **grown = realloc(*urls, (size_t)more * sizeof **urls);
        if (!grown)
            return false;
        *urls = grown;
        *room = more;
    }
    char *url = strndup(target, length);
    if (url)
        (*urls)[(*count)++] = url;
    return url != NULL;
}

long nginx_log_urls(const struct nginx *nginx, char ***out)
{
    FILE *file = fopen(nginx->access_log, "r");
    if (!file)
        return -1;
    char *line = NULL;
    size_t size = 0;
    char **urls = NULL;
    long count = 0;
    long room = 0;
    bool good = true;
    while (good && getline(&line, &size, file) > 0)
        good = take_line(&urls, &count, &room, line);
    free(line);
    fclose(file);
    if (!good) {
        nginx_free_urls(urls, count);
        return -1;
    }
    *out = urls;
    return count;
}
