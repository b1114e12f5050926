/* Links that pages ask not to follow: which URLs are fetched, and which are told as skipped, whoever answers first. */
#include "e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { MAX_PAGES = 12, MAX_OPTIONS = 10, TEXT_SIZE = 256 };

#define HEED "--heed-nofollow"

/* One crawl of a site from "/". Paths have a space behind each; those that are skipped a reason, too. */
struct scenario {
    const char *name;
    struct site_page pages[MAX_PAGES + 1];
    const char *options[MAX_OPTIONS + 1];
    const char *fetched;
    const char *skipped;
};

static const struct scenario SCENARIOS[] = {
    {
        .name = "without the option nothing is heeded",
        .pages = {{.path = "/",
                   .headers = "X-Robots-Tag: nofollow\r\n",
                   .body = "<meta name=robots content=none><a rel=nofollow href=/a>"},
                  {.path = "/a"}},
        .fetched = "/ /a ",
        .skipped = "",
    },
    {
        .name = "marked links",
        .pages = {{.path = "/",
                   .headers = "Link: </header>; rel=\"next nofollow\", </other>; rel=next\r\n",
                   .body = "<a rel='ugc NoFollow' href=/a ping=/ping><area rel='nofollow\tx' href=/area>"
                           "<link rel='next nofollow' href=/link><form rel=nofollow action=/form></form>"
                           "<a rel='ugc sponsored no-follow' href=/ugc><img rel=nofollow src=/img>"
                           "<a rel=nofollow href=/styled style='background:url(/css)'>"}},
        .options = {HEED, "--follow", "every"},
        .fetched = "/ /ugc /img /css /other ",
        .skipped = "/a nofollow /ping nofollow /area nofollow /link nofollow /form nofollow /styled nofollow "
                   "/header nofollow ",
    },
    {
        .name = "a meta element behind the links, whose URLs stand relative to a base",
        .pages = {{.path = "/",
                   .headers = "Link: </h>; rel=next\r\nRefresh: 9; url=/r\r\n",
                   .body =
                       "<a href=b></a><img src=/c><style>a{b:url(d)}</style><a rel=nofollow href=e></a><base href=/x/>"
                       "<body><meta content=' NOINDEX , NoFollow' name=Robots>"}},
        .options = {HEED},
        .fetched = "/ ",
        .skipped = "/h nofollow /r nofollow /x/b nofollow /c nofollow /x/d nofollow /x/e nofollow ",
    },
    {
        .name = "a meta element for this crawler",
        .pages = {{.path = "/", .body = "<a href=/a></a><a href=/b></a>"},
                  {.path = "/a", .body = "<a href=/c></a><meta name=CRAWLER content=none>"},
                  {.path = "/b", .body = "<a href=/d></a><meta name=examplebot content=none>"}},
        .options = {HEED},
        .fetched = "/ /a /b /d ",
        .skipped = "/c nofollow ",
    },
    {
        .name = "the crawler is called otherwise",
        .pages = {{.path = "/", .body = "<a href=/a></a><a href=/b></a><a href=/c></a>"},
                  {.path = "/a", .body = "<a href=/d></a><meta name=CRAWLER content=none>"},
                  {.path = "/b", .body = "<a href=/e></a><meta name=examplebot content=none>"},
                  {.path = "/c", .headers = "X-Robots-Tag: examplebot: nofollow\r\n", .body = "<a href=/f></a>"}},
        .options = {HEED, "-A", "ExampleBot/1.0 (+http://example.com/)"},
        .fetched = "/ /a /b /c /d ",
        .skipped = "/e nofollow /f nofollow ",
    },
    {
        .name = "headers",
        .pages = {{.path = "/", .body = "<a href=/1></a><a href=/2></a><a href=/3></a><a href=/4></a><a href=/5></a>"},
                  {.path = "/1", .headers = "x-robots-tag: NOFOLLOW\r\n", .body = "<a href=/a>"},
                  {.path = "/2",
                   .headers = "X-Robots-Tag: noindex\r\nX-Robots-Tag: otherbot: none\r\nX-Robots-Tag: none\r\n",
                   .body = "<a href=/b>"},
                  {.path = "/3", .headers = "X-Robots-Tag: otherbot: noindex, nofollow\r\n", .body = "<a href=/c>"},
                  {.path = "/4",
                   .headers = "X-Robots-Tag: unavailable_after: Friday, 25-Jun-10 15:00:00 GMT, nofollow\r\n",
                   .body = "<a href=/d>"},
                  {.path = "/5",
                   .type = "text/css",
                   .headers = "X-Robots-Tag: crawler: nofollow\r\n",
                   .body = "a{b:url(/e)}"}},
        .options = {HEED},
        .fetched = "/ /1 /2 /3 /4 /5 /c ",
        .skipped = "/a nofollow /b nofollow /d nofollow /e nofollow ",
    },
    {
        .name = "a link that may be followed wins, on the same page",
        .pages = {{.path = "/",
                   .body = "<a rel=nofollow href=/a></a><a href=/a#x></a><a href=/b></a><a rel=nofollow href=/b></a>"
                           "<a rel=nofollow href=/c></a><a rel=nofollow href=./c></a><a rel=nofollow href=#></a>"}},
        .options = {HEED},
        .fetched = "/ /a /b ",
        .skipped = "/c nofollow ",
    },
    {
        .name = "a link that may be followed wins when it comes later",
        .pages = {{.path = "/", .body = "<a rel=nofollow href=/a></a><a href=/slow></a><a rel=nofollow href=/b></a>"},
                  {.path = "/slow", .delay = 50, .body = "<a href=/a></a><a href=/c></a>"},
                  {.path = "/a", .body = "<a href=/b></a><a href=/d></a>"},
                  {.path = "/c", .body = "<a href=/a></a><a rel=nofollow href=/d></a><a rel=nofollow href=/e></a>"}},
        .options = {HEED},
        .fetched = "/ /slow /a /b /c /d ",
        .skipped = "/e nofollow ",
    },
    {
        .name = "a link that may be followed wins when it comes first",
        .pages = {{.path = "/", .body = "<a href=/a></a><a href=/slow></a>"},
                  {.path = "/slow", .delay = 50, .body = "<a href=/a></a><meta name=robots content=nofollow>"},
                  {.path = "/a", .body = "<a rel=nofollow href=/slow></a>"}},
        .options = {HEED},
        .fetched = "/ /a /slow ",
        .skipped = "",
    },
    {
        .name = "redirects are followed",
        .pages = {{.path = "/", .body = "<a rel=nofollow href=/a></a><a href=/r></a>"},
                  {.path = "/r", .status = 301, .location = "/a", .headers = "X-Robots-Tag: nofollow\r\n"},
                  {.path = "/a", .body = "<a href=/b></a>"}},
        .options = {HEED},
        .fetched = "/ /r /a /b ",
        .skipped = "",
    },
    {
        .name = "a URL that may not be fetched anyway keeps its reason",
        .pages = {{.path = "/",
                   .body = "<a rel=nofollow href=/out/1></a><a rel=nofollow href=ftp://127.0.0.1/></a>"
                           "<a href=/a></a><a rel=nofollow href=http://></a>"},
                  {.path = "/a", .body = "<a href=/out/1></a><a href=/out/2></a><meta name=robots content=nofollow>"}},
        .options = {HEED, "--exclude", "/out/"},
        .fetched = "/ /a ",
        .skipped = "/out/1 excluded /out/2 excluded ftp://127.0.0.1/ scheme http:// malformed ",
    },
    {
        .name = "what may be followed but is too deep is told as such",
        .pages = {{.path = "/", .body = "<a rel=nofollow href=/deep></a><a rel=nofollow href=/x></a><a href=/1></a>"},
                  {.path = "/1", .body = "<a href=/2></a>"},
                  {.path = "/2", .body = "<a href=/deep></a><a rel=nofollow href=/y></a>"}},
        .options = {HEED, "--depth", "2"},
        .fetched = "/ /1 /2 ",
        .skipped = "/deep depth /x nofollow /y nofollow ",
    },
    {
        .name = "links that are not followed bring nothing nearer",
        .pages = {{.path = "/", .body = "<a rel=nofollow href=/c></a><a href=/a></a>"},
                  {.path = "/a", .body = "<a href=/b></a>"},
                  {.path = "/b", .body = "<a href=/c></a>"},
                  {.path = "/c", .body = "<a href=/d></a>"}},
        .options = {HEED, "--depth", "3"},
        .fetched = "/ /a /b /c ",
        .skipped = "/d depth ",
    },
    {
        .name = "a URL that was set aside twice comes within reach",
        .pages = {{.path = "/", .body = "<a rel=nofollow href=/x></a><a href=/1></a><a href=/slow></a>"},
                  {.path = "/1", .body = "<a href=/2></a>"},
                  {.path = "/2", .body = "<a href=/x></a>"},
                  {.path = "/slow", .delay = 50, .body = "<a href=/x></a>"},
                  {.path = "/x", .body = "<a href=/y></a>"}},
        .options = {HEED, "--depth", "2"},
        .fetched = "/ /1 /2 /slow /x ",
        .skipped = "/y depth ",
    },
    {
        .name = "an encoding that is declared late",
        .pages = {{.path = "/",
                   .type = "text/html",
                   .body = "<a rel=nofollow href=/a></a><a href=/b></a>\x1b$B<a rel=nofollow href=/none><meta "
                           "name='robots' content='none'>\x1b(B"
                           "{SPACES}<meta charset=iso-2022-jp>"}},
        .options = {HEED},
        .fetched = "/ /b ",
        .skipped = "/a nofollow ",
    },
};

enum { SCENARIO_COUNT = sizeof SCENARIOS / sizeof SCENARIOS[0] };

static char folder[FOLDER_SIZE];
static char skipped_path[2 * TEXT_SIZE];

/* Cuts the next word off. */
static bool next_word(const char **words, char word[TEXT_SIZE])
{
    size_t length = strcspn(*words, " ");
    ck_assert_uint_lt(length, TEXT_SIZE);
    memcpy(word, *words, length);
    word[length] = '\0';
    *words += length + (**words != '\0');
    return length > 0;
}

static unsigned check_fetched(const struct scenario *scenario, const struct site *site)
{
    char path[TEXT_SIZE];
    unsigned count = 0;
    for (const char *rest = scenario->fetched; next_word(&rest, path); count++)
        ck_assert_msg(site_request_count(site, path) == 1, "%s: %u times %s", scenario->name,
                      site_request_count(site, path), path);
    ck_assert_msg(site_requests(site) == count, "%s: %u requests", scenario->name, site_requests(site));
    return count;
}

static unsigned check_skipped(const struct scenario *scenario, const struct site *site)
{
    char path[TEXT_SIZE], reason[TEXT_SIZE], origin[TEXT_SIZE], line[4 * TEXT_SIZE];
    char *text = file_take(skipped_path);
    unsigned count = 0;
    site_url(site, "", origin, sizeof origin);
    for (const char *rest = scenario->skipped; next_word(&rest, path); count++) {
        ck_assert(next_word(&rest, reason));
        snprintf(line, sizeof line, "{\"url\":\"%s%s\",\"reason\":\"%s\",", *path == '/' ? origin : "", path, reason);
        ck_assert_msg(times_said(text, line) == 1, "%s: not once %s in\n%s", scenario->name, line, text);
    }
    ck_assert_msg(times_said(text, "\n") == count, "%s:\n%s", scenario->name, text);
    free(text);
    return count;
}

static void check_figure(const struct scenario *scenario, const char *json, const char *name, unsigned figure)
{
    char member[TEXT_SIZE];
    snprintf(member, sizeof member, "\"%s\":%u,", name, figure);
    ck_assert_msg(strstr(json, member) != NULL, "%s: no %s in\n%s", scenario->name, member, json);
}

/* Crawls with some more options and checks all. */
static void crawl(const struct scenario *scenario, const struct site_config *config, const char *const *more)
{
    const char *options[MOST_ARGUMENTS], *arguments[MOST_ARGUMENTS];
    const char *const usual[] = {"-o", "json:-", "--skipped", skipped_path, NULL};
    char root[TEXT_SIZE];
    struct site *site = site_started(config);
    struct run run;
    join_arguments(options, scenario->options, more, site_url(site, "/", root, sizeof root));
    run_crawler(&run, site, join_arguments(arguments, usual, options, NULL));
    ck_assert_msg(run.exit_code == 0, "%s: %d\n%s", scenario->name, run.exit_code, run.err);
    unsigned fetched = check_fetched(scenario, site), skipped = check_skipped(scenario, site);
    check_figure(scenario, run.out, "discovered", fetched + skipped);
    check_figure(scenario, run.out, "fetched", fetched);
    check_figure(scenario, run.out, "filtered", skipped);
    run_free(&run);
    ck_assert_int_eq(site_stop(site), 0);
}

static void make_folder(void)
{
    folder_make(folder, "/tmp/crawler-test");
    snprintf(skipped_path, sizeof skipped_path, "%s/skipped", folder);
}

/* `body` with {SPACES} filled in: more bytes than the prescan reads. Malloced. */
static char *fill_in(const char *body)
{
    enum { SPACES = 5000 };
    const char *mark = strstr(body, "{SPACES}");
    char *filled = malloc(strlen(body) + SPACES + 1);
    ck_assert_ptr_nonnull(filled);
    sprintf(filled, "%.*s%*s%s", (int)(mark - body), body, SPACES, "", mark + strlen("{SPACES}"));
    return filled;
}

START_TEST(sets_do_not_depend_on_engine_or_order)
{
    static const char *const ways[][3] = {{"--extractor", "scanner"}, {"--extractor", "libxml2"}, {"-c", "1"}};
    const struct scenario *scenario = &SCENARIOS[_i];
    struct site_page pages[MAX_PAGES + 1];
    char *filled = NULL;
    memcpy(pages, scenario->pages, sizeof pages);
    if (pages[0].body && strstr(pages[0].body, "{SPACES}"))
        pages[0].body = filled = fill_in(pages[0].body);
    make_folder();
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        crawl(scenario, &(struct site_config){.pages = pages}, ways[i]);
    ck_assert_int_eq(rmdir(folder), 0);
    free(filled);
}
END_TEST

/* The links of a large page are taken in by and by. */
START_TEST(large_pages)
{
    enum { MARKED = 12000, LINK_SIZE = 64 };
    static const char mark[] = "\"reason\":\"nofollow\"";
    char *body = malloc((size_t)(MARKED + 1) * LINK_SIZE), *out = body, root[TEXT_SIZE];
    struct site *site;
    struct run run;
    ck_assert_ptr_nonnull(body);
    for (int i = 0; i < MARKED; i++)
        out += sprintf(out, "<a rel=nofollow href=/some/long/path/%d></a>", i);
    sprintf(out, "<a href=/slow></a><a href=/some/long/path/2></a>");
    const struct site_page pages[] = {
        {.path = "/", .body = body},
        {.path = "/some/long/path/2", .body = "<a href=/some/long/path/0></a>"},
        {.path = "/slow", .delay = 50, .body = "<a href=/some/long/path/1></a><a href=/some/long/path/0></a>"},
        {0}};
    make_folder();
    site = site_of_pages(pages);
    site_url(site, "/", root, sizeof root);
    run_crawler(&run, site, (const char *const[]){HEED, "--skipped", skipped_path, root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    ck_assert_uint_eq(site_requests(site), 5);
    for (int i = 0; i < 3; i++) {
        char path[TEXT_SIZE];
        snprintf(path, sizeof path, "/some/long/path/%d", i);
        ck_assert_uint_eq(site_request_count(site, path), 1);
    }
    char *text = file_take(skipped_path);
    ck_assert_uint_eq(times_said(text, mark), MARKED - 3);
    free(text);
    run_free(&run);
    free(body);
    ck_assert_int_eq(site_stop(site), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

enum { NODES = 30, OUT_LINKS = 3, NODE_TEXT = 16 };

/* A random site, and what a crawl of it comes to: breadth-first along the links that may be followed. */
struct web {
    unsigned random;
    int to[NODES][OUT_LINKS];
    bool is_marked[NODES][OUT_LINKS];
    int depth[NODES]; /* -1 for none */
    char paths[NODES][NODE_TEXT];
    char bodies[NODES][OUT_LINKS * 4 * NODE_TEXT];
    struct site_page pages[NODES + 1];
    char fetched[NODES * NODE_TEXT];
    char skipped[NODES * 2 * NODE_TEXT];
};

static unsigned draw(struct web *web, unsigned below)
{
    web->random = web->random * 1103515245 + 12345;
    return (web->random >> 16) % below;
}

static void make_page(struct web *web, int node)
{
    bool all_marked = node && draw(web, 8) == 0;
    char *body = web->bodies[node];
    snprintf(web->paths[node], NODE_TEXT, "/%.0d", node);
    for (int i = 0; i < OUT_LINKS; i++) {
        bool marked = draw(web, 2);
        web->to[node][i] = (int)draw(web, NODES);
        web->is_marked[node][i] = marked || all_marked;
        body += sprintf(body, "<a %s href=/%.0d></a>", marked ? "rel=nofollow" : "", web->to[node][i]);
    }
    if (all_marked)
        sprintf(body, "<meta name=robots content=nofollow>");
    web->pages[node] = (struct site_page){.path = web->paths[node], .body = web->bodies[node], .delay = draw(web, 4)};
}

/* Marks what is fetched, a depth after the other. */
static void walk(struct web *web, int max_depth)
{
    for (int node = 0; node < NODES; node++)
        web->depth[node] = node ? -1 : 0;
    for (int depth = 0; depth < max_depth; depth++)
        for (int node = 0; node < NODES; node++)
            for (int i = 0; i < OUT_LINKS && web->depth[node] == depth; i++)
                if (!web->is_marked[node][i] && web->depth[web->to[node][i]] < 0)
                    web->depth[web->to[node][i]] = depth + 1;
}

/* Why a URL that is not fetched isn't; NULL for one that no page that is fetched leads to. */
static const char *reason_for(const struct web *web, int target)
{
    const char *reason = NULL;
    for (int node = 0; node < NODES; node++)
        for (int i = 0; i < OUT_LINKS && web->depth[node] >= 0; i++) {
            if (web->to[node][i] != target)
                continue;
            if (!web->is_marked[node][i])
                return "depth";
            reason = "nofollow";
        }
    return reason;
}

static void tell(struct web *web)
{
    for (int node = 0; node < NODES; node++) {
        const char *reason = web->depth[node] < 0 ? reason_for(web, node) : NULL;
        if (web->depth[node] >= 0)
            sprintf(web->fetched + strlen(web->fetched), "%s ", web->paths[node]);
        else if (reason)
            sprintf(web->skipped + strlen(web->skipped), "%s %s ", web->paths[node], reason);
    }
}

START_TEST(random_sites)
{
    enum { SITES = 12, SHALLOW = 4 };
    static const char *const ways[][3] = {{NULL}, {"-c", "1"}, {"--extractor", "libxml2"}};
    make_folder();
    for (unsigned i = 0; i < SITES; i++) {
        struct web web = {.random = i * 77 + 1};
        for (int node = 0; node < NODES; node++)
            make_page(&web, node);
        bool is_shallow = i % 2;
        walk(&web, is_shallow ? SHALLOW : NODES);
        tell(&web);
        const struct scenario scenario = {.name = web.fetched,
                                          .options = {HEED, is_shallow ? "--depth" : NULL, "4"},
                                          .fetched = web.fetched,
                                          .skipped = web.skipped};
        crawl(&scenario, &(struct site_config){.pages = web.pages}, ways[i % 3]);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("nofollow", large_pages, random_sites) |
           RUN_TESTS_TIMES("nofollow", SCENARIO_COUNT, sets_do_not_depend_on_engine_or_order);
}
