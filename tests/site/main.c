/* main.c - the test server as a program: a generated site, or the files of a directory. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/certificate.h"
#include "site/record.h"
#include "site/server.h"

enum { ORIGIN_SIZE = 64, USAGE_ERROR = 2, MOST = 1000000000 };

struct arguments {
    struct site_graph graph;
    struct site_listener listener;
    const char *root;
    const char *ca_file;
    unsigned at_once;
    unsigned drip;
    bool drip_body;
    unsigned freeze_after;
    unsigned freeze_for;
    bool figures;
    bool one_byte;
    bool traps;
    bool help;
};

static struct site_server *serving;

static void on_signal(int number)
{
    (void)number;
    site_server_stop(serving);
}

static const char usage[] =
    "usage: site [--pages N] [--links N] [--children N] [--known] [--size BYTES] [--delay MS] [--seed N]\n"
    "            [OPTION...]\n"
    "       site --root DIR [OPTION...]\n"
    "Serves a generated site, or the files of a directory, on loopback until SIGINT or SIGTERM,\n"
    "and prints its URL once it takes connections.\n"
    "  --pages N      pages besides the first (100)\n"
    "  --links N      links of a page; as many as pages: the first links to all (10)\n"
    "  --children N   how many of a page's links lead to pages that none before it links to (2)\n"
    "  --known        the others lead to pages that a breadth-first crawl has met already\n"
    "  --size BYTES   least size of a page (0)\n"
    "  --delay MS     before each answer but that of the first page (0)\n"
    "  --seed N       of the links (1)\n"
    "  --root DIR     serve these files\n"
    "  --traps        and sites without an end, below /traps/\n"
    "  --port P       listen here (a free port)\n"
    "  --ipv6         listen on [::1] instead of 127.0.0.1\n"
    "  --address A    listen on A instead of 127.0.0.1\n"
    "  --tls          speak HTTPS, with a certificate made for the purpose\n"
    "  --ca FILE      write the certificate of its CA there\n"
    "  --at-once N    answer at most N requests at once; the others wait (no limit)\n"
    "  --drip MS      send every answer a byte each MS milliseconds\n"
    "  --drip-body    but its head at once\n"
    "  --one-byte     send every answer a byte a packet, and read requests so\n"
    "  --freeze-after MS --freeze-for MS\n"
    "                 so long after the first request stand still for so long, once\n"
    "  --figures      at the end print the answers of a usual second, and their median time, as\n"
    "                 JSON: {\"answered\", \"per_second\", \"p50_us\"}\n";

/* Takes a number up to `most`; false when `text` is none. */
static bool take_number(const char *text, unsigned long long most, unsigned long long *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && *out <= most;
}

/* Takes an option that is a number; false when there is no such option. */
static bool set_number(struct arguments *arguments, int option, unsigned long long number)
{
    switch (option) {
    case 'e':
        arguments->graph.seed = number;
        return true;
    case 'p':
        arguments->graph.pages = (unsigned)number;
        return true;
    case 'l':
        arguments->graph.links = (unsigned)number;
        return true;
    case 'n':
        arguments->graph.children = (unsigned)number;
        return true;
    case 's':
        arguments->graph.size = (size_t)number;
        return true;
    case 'd':
        arguments->graph.delay = (unsigned)number;
        return true;
    case 'D':
        arguments->drip = (unsigned)number;
        return true;
    case 'o':
        arguments->at_once = (unsigned)number;
        return true;
    case 'z':
        arguments->freeze_after = (unsigned)number;
        return true;
    case 'Z':
        arguments->freeze_for = (unsigned)number;
        return true;
    case 'P':
        arguments->listener.port = (uint16_t)number;
        return true;
    default:
        return false;
    }
}

static bool take_option(struct arguments *arguments, int option, const char *text)
{
    unsigned long long number = 0;
    switch (option) {
    case 'r':
        arguments->root = text;
        return true;
    case 'c':
        arguments->ca_file = text;
        return true;
    case 'a':
        arguments->listener.address = text;
        return true;
    case 'k':
        arguments->graph.known_only = true;
        return true;
    case 'h':
        arguments->help = true;
        return true;
    case '6':
        arguments->listener.ipv6 = true;
        return true;
    case 'T':
        arguments->traps = true;
        return true;
    case 'f':
        arguments->figures = true;
        return true;
    case '1':
        arguments->one_byte = true;
        return true;
    case 'b':
        arguments->drip_body = true;
        return true;
    case 't':
        arguments->listener.tls = SITE_TLS;
        return true;
    case '?':
        return false;
    default:
        return take_number(text, option == 'P' ? UINT16_MAX : MOST, &number) && set_number(arguments, option, number);
    }
}

static bool take_arguments(struct arguments *arguments, int argc, char **argv)
{
    static const struct option options[] = {{"pages", required_argument, NULL, 'p'},
                                            {"links", required_argument, NULL, 'l'},
                                            {"size", required_argument, NULL, 's'},
                                            {"delay", required_argument, NULL, 'd'},
                                            {"children", required_argument, NULL, 'n'},
                                            {"known", no_argument, NULL, 'k'},
                                            {"seed", required_argument, NULL, 'e'},
                                            {"root", required_argument, NULL, 'r'},
                                            {"port", required_argument, NULL, 'P'},
                                            {"ca", required_argument, NULL, 'c'},
                                            {"ipv6", no_argument, NULL, '6'},
                                            {"tls", no_argument, NULL, 't'},
                                            {"at-once", required_argument, NULL, 'o'},
                                            {"freeze-after", required_argument, NULL, 'z'},
                                            {"figures", no_argument, NULL, 'f'},
                                            {"freeze-for", required_argument, NULL, 'Z'},
                                            {"one-byte", no_argument, NULL, '1'},
                                            {"drip", required_argument, NULL, 'D'},
                                            {"drip-body", no_argument, NULL, 'b'},
                                            {"address", required_argument, NULL, 'a'},
                                            {"traps", no_argument, NULL, 'T'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (!take_option(arguments, option, optarg))
            return false;
    return optind == argc;
}

static int write_ca(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    int result = site_certificate_write_authority(file);
    return fclose(file) ? -1 : result;
}

static void stop_on_signals(struct site_server *server)
{
    serving = server;
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static int serve(const struct arguments *arguments, struct site_record *record)
{
    struct site_config config = {.graph = arguments->root ? NULL : &arguments->graph,
                                 .root = arguments->root,
                                 .traps = arguments->traps,
                                 .at_once = arguments->at_once,
                                 .drip = arguments->drip,
                                 .drip_body = arguments->drip_body,
                                 .one_byte = arguments->one_byte,
                                 .freeze_after = arguments->freeze_after,
                                 .freeze_for = arguments->freeze_for,
                                 .listeners = &arguments->listener,
                                 .listener_count = 1};
    struct site_server *server;
    if (site_server_open(&server, &config, record))
        return -1;
    stop_on_signals(server);
    site_server_raise_limit();
    char origin[ORIGIN_SIZE];
    site_server_origin(server, 0, origin, sizeof origin);
    int result = arguments->ca_file ? write_ca(arguments->ca_file) : 0;
    if (!result) {
        printf("%s/\n", origin);
        fflush(stdout);
        result = site_server_run(server, 0);
    }
    if (arguments->figures)
        printf("{\"answered\": %u, \"per_second\": %u, \"p50_us\": %u}\n", atomic_load(&record->answered),
               site_record_rate(record), site_record_service_time(record, 50));
    int number = errno;
    site_server_close(server);
    errno = number;
    return result;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.graph = {.pages = 100, .links = 10, .seed = 1}};
    if (!take_arguments(&arguments, argc, argv)) {
        fputs(usage, stderr);
        return USAGE_ERROR;
    }
    if (arguments.help) {
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    struct site_record *record = site_record_create();
    int result = record ? serve(&arguments, record) : -1;
    if (result)
        fprintf(stderr, "site: %s\n", strerror(errno));
    site_record_free(record);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}
