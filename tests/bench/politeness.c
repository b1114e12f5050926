/* politeness.c - how exactly a crawl keeps what a server asks for: Retry-After, Crawl-delay, --delay. Beside the server
 * that asks for it there is one that doesn't, whose pages go on meanwhile.
 *
 *     bench_politeness CRAWLER RUNS */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "site/site.h"

enum { TEXT_SIZE = 256, OTHERS = 4000, MOST_ARGUMENTS = 16, FAILED = 1, USAGE = 2 };

/* What a host wants, and the two requests between which it wants it: the first one for `target` and all that follow
 * it. */
struct wish {
    const char *name;
    struct site_page first;
    struct site_page robots;
    const char *option, *argument;
    double seconds;
};

static const struct wish WISHES[] = {
    {.name = "Retry-After: 2, by 503",
     .first = {.status = 503, .headers = "Retry-After: 2\r\n", .fault = SITE_NOT_NOW, .fault_times = 1},
     .robots = {.status = 404},
     .seconds = 2},
    {.name = "Retry-After: 2 s later, by 429",
     .first = {.status = 429,
               .headers = "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nRetry-After: Mon, 23 Nov 2026 10:00:02 GMT\r\n",
               .fault = SITE_NOT_NOW,
               .fault_times = 1},
     .robots = {.status = 404},
     .seconds = 2},
    {.name = "Crawl-delay: 2", .robots = {.body = "User-agent: *\nCrawl-delay: 2\n"}, .seconds = 2},
    {.name = "--delay 2s", .robots = {.status = 404}, .option = "--delay", .argument = "2s", .seconds = 2},
};

/* What was seen: the gaps after requests to the host, and what the other host was asked for in the first of them. */
struct sight {
    double least, most;
    unsigned gaps;
    unsigned others;
};

static void crawl(const char *crawler, const struct wish *wish, const char *root)
{
    const char *argv[MOST_ARGUMENTS] = {crawler, "-q",      "--config", "/dev/null", "--sitemap",
                                        "off",   "--scope", "any",      "-o",        "/dev/null"};
    int count = 10, status;
    if (wish->option) {
        argv[count++] = wish->option;
        argv[count++] = wish->argument;
    }
    argv[count] = root;
    pid_t pid = fork();
    if (pid == 0) {
        execv(crawler, (char *const *)argv);
        _exit(FAILED);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
        errx(FAILED, "%s failed", crawler);
}

static bool is_robots(const struct site_request *request)
{
    char target[TEXT_SIZE];
    return strcmp(site_request_target(request, target, sizeof target), "/robots.txt") == 0;
}

static struct sight look(const struct site *host, const struct site *other)
{
    struct sight sight = {.least = 1e9};
    struct site_request request;
    int64_t before = 0, first = 0, second = 0;
    for (unsigned i = 0; site_request(host, i, &request); i++) {
        double gap = (double)(request.arrived - before) / 1e9;
        before = request.arrived;
        if (is_robots(&request) || !first) {
            first = first || is_robots(&request) ? first : request.arrived;
            continue;
        }
        second = second ? second : request.arrived;
        sight.gaps++;
        sight.least = gap < sight.least ? gap : sight.least;
        sight.most = gap > sight.most ? gap : sight.most;
    }
    for (unsigned i = 0; site_request(other, i, &request); i++)
        sight.others += request.arrived > first && request.arrived < second;
    return sight;
}

/* The host's page links to itself only by way of the other's, which is the root and has links to both. */
static struct sight run(const char *crawler, const struct wish *wish)
{
    static char body[OTHERS * TEXT_SIZE];
    struct site *host, *other;
    char root[TEXT_SIZE], link[TEXT_SIZE], *text = body;
    struct site_page pages[] = {wish->robots, wish->first, {.path = "*", .body = "page"}, {0}};
    pages[0].path = "/robots.txt";
    pages[1].path = "/first";
    if (site_start(&(struct site_config){.pages = pages}, &host))
        err(FAILED, "site");
    text += sprintf(text, "<a href=%s>", site_url(host, "/first", link, sizeof link));
    if (!wish->first.status)
        text += sprintf(text, "<a href=%s>", site_url(host, "/second", link, sizeof link));
    for (int i = 0; i < OTHERS && !wish->option; i++) /* an option would hold for these, too */
        text += sprintf(text, "<a href=/%d>", i);
    const struct site_page others[] = {{.path = "/robots.txt", .status = 404},
                                       {.path = "/", .body = body},
                                       {.path = "*", .delay = 50, .body = "page"},
                                       {0}};
    if (site_start(&(struct site_config){.pages = others}, &other))
        err(FAILED, "site");
    crawl(crawler, wish, site_url(other, "/", root, sizeof root));
    struct sight sight = look(host, other);
    site_stop(host);
    site_stop(other);
    return sight;
}

int main(int argc, char **argv)
{
    int runs = argc == 3 ? atoi(argv[2]) : 0;
    if (runs < 1) {
        fprintf(stderr, "usage: bench_politeness CRAWLER RUNS\n");
        return USAGE;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%-32s %8s %8s %8s   %s\n", "wanted", "seconds", "least", "most", "another host's pages meanwhile");
    for (size_t i = 0; i < sizeof WISHES / sizeof WISHES[0]; i++) {
        const struct wish *wish = &WISHES[i];
        struct sight all = {.least = 1e9};
        for (int turn = 0; turn < runs; turn++) {
            struct sight sight = run(argv[1], wish);
            all.least = sight.least < all.least ? sight.least : all.least;
            all.most = sight.most > all.most ? sight.most : all.most;
            all.others += sight.others;
        }
        printf("%-32s %8.1f %8.3f %8.3f   %u in %d crawls\n", wish->name, wish->seconds, all.least, all.most,
               all.others, runs);
    }
    return 0;
}
