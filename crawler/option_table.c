#include "option_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define FIELD(name) offsetof(struct options, name)
#define A_WEEK      SECONDS(7 * 24 * 3600) /* most of all times: libcurl counts milliseconds, which may have 31 bits */

static const char *const SCOPES[] = {"host", "domain", "subdomains", "prefix", "any", NULL};
static const char *const FOLLOWS[] = {"pages", "all", "every", NULL};
static const char *const PROGRESSES[] = {"auto", "bar", "none", NULL};

static const char SCOPE[] = "Scope";
static const char POLITE[] = "Politeness";
static const char HTTP[] = "HTTP";
static const char DISCOVER[] = "Discover";
static const char CHECK[] = "Check";
static const char OUTPUT[] = "Output";
static const char STATE[] = "State";
static const char ARCHIVE[] = "Archive";
static const char MEASURE[] = "Measure (crawler measure)";
static const char FACE[] = "Face";

/* clang-format off */
const struct option_row OPTION_TABLE[] = {
    {SCOPE, "depth", 'd', NULL, OPTION_UINT32, FIELD(max_depth), 0, UINT32_MAX - 1, 0, NULL, "N",
     "follow links at most N deep; a root has depth 0 (no limit)"},
    {SCOPE, "max-pages", 'n', NULL, OPTION_UINT64, FIELD(max_pages), 0, INT64_MAX, 0, NULL, "N",
     "fetch at most N URLs; 0 for no limit (0)"},
    {SCOPE, "scope", 0, NULL, OPTION_CHOICE, FIELD(scope), 0, 0, 0, SCOPES, "WHAT",
     "host: the roots' hosts, with or without www.; domain: their registrable domains; subdomains: the hosts and names "
     "below them; prefix: below the roots' folders; any (host)"},
    {SCOPE, "strict", 0, NULL, OPTION_PRESET, FIELD(scope), 0, 0, SCOPE_HOST, NULL, NULL, "same as --scope host"},
    {SCOPE, "lenient", 0, NULL, OPTION_PRESET, FIELD(scope), 0, 0, SCOPE_DOMAIN, NULL, NULL, "same as --scope domain"},
    {SCOPE, "include", 0, NULL, OPTION_LIST, FIELD(include), 0, 0, 0, NULL, "REGEX",
     "crawl only URLs that match one of these; may be repeated"},
    {SCOPE, "exclude", 0, NULL, OPTION_LIST, FIELD(exclude), 0, 0, 0, NULL, "REGEX",
     "leave out URLs that match; may be repeated"},
    {SCOPE, "no-parent", 0, NULL, OPTION_FLAG, FIELD(no_parent), 0, 0, 0, NULL, NULL,
     "never go above the folder of a root"},
    {SCOPE, "input-file", 'i', NULL, OPTION_LIST, FIELD(input_files), 0, 0, 0, NULL, "FILE",
     "read roots from FILE, one a line, # for comments; - is standard input"},
    {SCOPE, "max-url-length", 0, NULL, OPTION_UINT32, FIELD(max_url_length), 16, 1 << 20, 0, NULL, "N",
     "leave out URLs of more than N bytes (8192)"},
    {SCOPE, "max-path-length", 0, NULL, OPTION_UINT32, FIELD(max_path_length), 0, 1 << 20, 0, NULL, "N",
     "leave out URLs whose path has more than N bytes; 0 for no limit (4096)"},
    {SCOPE, "max-path-depth", 0, NULL, OPTION_UINT32, FIELD(max_path_depth), 0, 1 << 20, 0, NULL, "N",
     "leave out URLs whose path has more than N segments; 0 for no limit (40)"},
    {SCOPE, "max-repeats", 0, NULL, OPTION_UINT32, FIELD(max_repeats), 0, 1 << 20, 0, NULL, "N",
     "leave out URLs that have the same path segment more than N times, as /a/b/a/b/a/b; 0 for no limit (5)"},
    {SCOPE, "max-query-params", 0, NULL, OPTION_UINT32, FIELD(max_query_params), 0, 1 << 20, 0, NULL, "N",
     "leave out URLs with more than N query parameters; 0 for no limit (100)"},
    {SCOPE, "max-query-variants", 0, NULL, OPTION_UINT32, FIELD(max_query_variants), 0, INT32_MAX, 0, NULL, "N",
     "fetch at most N URLs that differ in their query only; 0 for no limit (10000)"},
    {SCOPE, "max-calendar-dates", 0, NULL, OPTION_UINT32, FIELD(max_calendar_dates), 0, 1000, 0, NULL, "N",
     "fetch at most N URLs of one calendar whose date is from 1500 to 1599 or 11 to 110 years ahead; 0 for no limit (100)"},
    {SCOPE, "keep-session-ids", 0, NULL, OPTION_FLAG, FIELD(keep_session_ids), 0, 0, 0, NULL, NULL,
     "fetch URLs that differ in a session id only, too; without it the first of them stands for all"},
    {SCOPE, "max-pages-per-host", 0, NULL, OPTION_UINT32, FIELD(max_pages_per_host), 0, INT32_MAX, 0, NULL, "N",
     "fetch at most N URLs of one host; 0: 100000, and no limit for the roots' hosts (0)"},
    {SCOPE, "strip-query", 0, NULL, OPTION_NAMES, FIELD(strip_query), 0, 0, 0, NULL, "NAME,...",
     "take these parameters out of the queries of links, NAME* all that begin so; may be repeated"},
    {SCOPE, "sort-query", 0, NULL, OPTION_FLAG, FIELD(sort_query), 0, 0, 0, NULL, NULL,
     "sort the parameters in the queries of links by their names"},
    {SCOPE, "allow-private", 0, NULL, OPTION_FLAG, FIELD(allow_private), 0, 0, 0, NULL, NULL,
     "connect to addresses that are not public, too; without it only the roots' own hosts may be there"},

    {POLITE, "max-tasks", 'c', "max_tasks", OPTION_UINT32, FIELD(max_tasks), 1, MOST_TASKS, 0, NULL, "N",
     "fetch at most N URLs at once; for crawler measure only while it finds the URLs (100)"},
    {POLITE, "per-host", 0, NULL, OPTION_UINT32, FIELD(per_host), 0, MOST_TASKS, 0, NULL, "N",
     "fetch at most N URLs of one host at once; 0: 8, and no limit for this machine; for crawler measure only while it "
     "finds the URLs (0)"},
    {POLITE, "delay", 0, NULL, OPTION_DURATION, FIELD(delay), 0, A_WEEK, 0, NULL, "TIME",
     "wait so long between two requests to a host; for crawler measure only while it finds the URLs (0)"},
    {POLITE, "rate", 0, NULL, OPTION_RATE, FIELD(delay), 1, 1000000, 0, NULL, "N",
     "make at most N requests a second to a host; for crawler measure only while it finds the URLs"},
    {POLITE, "unthrottled", 0, NULL, OPTION_FLAG, FIELD(unthrottled), 0, 0, 0, NULL, NULL,
     "any number of requests at once to hosts that are not this machine; for your own servers"},
    {POLITE, "adaptive", 0, NULL, OPTION_FLAG, FIELD(adaptive), 0, 0, 0, NULL, NULL,
     "find out how many requests at once a host answers well, for this machine and with --unthrottled too"},
    {POLITE, "no-robots", 0, NULL, OPTION_FLAG, FIELD(no_robots), 0, 0, 0, NULL, NULL,
     "do not ask for robots.txt, and fetch what it forbids"},
    {POLITE, "ignore-crawl-delay", 0, NULL, OPTION_FLAG, FIELD(ignore_crawl_delay), 0, 0, 0, NULL, NULL,
     "do not heed the Crawl-delay lines of robots.txt"},
    {POLITE, "retry-max-wait", 0, NULL, OPTION_DURATION, FIELD(retry_max_wait), 0, A_WEEK, 0, NULL, "TIME",
     "longest time to leave a host alone because it says so (Retry-After) (5m)"},
    {POLITE, "max-tries", 0, "max_tries", OPTION_UINT32, FIELD(max_tries), 1, 100, 0, NULL, "N",
     "try a URL N times when the network fails or the server wants to be asked later (408, 429, 502, 503, 504) (4)"},
    {POLITE, "max-redirect", 0, "max_redirect", OPTION_UINT32, FIELD(max_redirects), 0, 1000, 0, NULL, "N",
     "follow at most N redirects in a row (10)"},

    {HTTP, "header", 'H', NULL, OPTION_LIST, FIELD(headers), 0, 0, 0, NULL, "LINE",
     "send this header, \"Name: value\"; may be repeated"},
    {HTTP, "user-agent", 'A', NULL, OPTION_TEXT, FIELD(user_agent), 0, 0, 0, NULL, "NAME", "call ourselves NAME"},
    {HTTP, "user", 'u', NULL, OPTION_TEXT, FIELD(user), 0, 0, 0, NULL, "NAME:PASSWORD",
     "log in to the origins of the roots (Basic)"},
    {HTTP, "cookie", 0, NULL, OPTION_TEXT, FIELD(cookie), 0, 0, 0, NULL, "A=B;...",
     "send these cookies to the origins of the roots"},
    {HTTP, "cookie-jar", 0, NULL, OPTION_TEXT, FIELD(cookie_jar), 0, 0, 0, NULL, "FILE",
     "read cookies from FILE and write them back at the end"},
    {HTTP, "proxy", 'x', NULL, OPTION_TEXT, FIELD(proxy), 0, 0, 0, NULL, "URL",
     "fetch through this proxy (http, https, socks4a, socks5h)"},
    {HTTP, "proxy-env", 0, NULL, OPTION_FLAG, FIELD(proxy_from_environment), 0, 0, 0, NULL, NULL,
     "heed http_proxy, https_proxy and no_proxy"},
    {HTTP, "insecure", 'k', NULL, OPTION_FLAG, FIELD(insecure), 0, 0, 0, NULL, NULL, "do not verify certificates"},
    {HTTP, "cacert", 0, NULL, OPTION_TEXT, FIELD(ca_file), 0, 0, 0, NULL, "FILE",
     "trust the certificates in FILE instead of the system's"},
    {HTTP, "cert", 0, NULL, OPTION_TEXT, FIELD(certificate), 0, 0, 0, NULL, "FILE",
     "show this client certificate (PEM) to the origins of the roots"},
    {HTTP, "key", 0, NULL, OPTION_TEXT, FIELD(key), 0, 0, 0, NULL, "FILE", "its private key (PEM)"},
    {HTTP, "http1.1", 0, NULL, OPTION_PRESET, FIELD(http_version), 0, 0, HTTP_1_1, NULL, NULL,
     "speak HTTP/1.1 only"},
    {HTTP, "http2", 0, NULL, OPTION_PRESET, FIELD(http_version), 0, 0, HTTP_2, NULL, NULL,
     "speak HTTP/2, without TLS too"},
    {HTTP, "ipv4", '4', NULL, OPTION_PRESET, FIELD(family), 0, 0, RESOLVER_IPV4, NULL, NULL, "use IPv4 only"},
    {HTTP, "ipv6", '6', NULL, OPTION_PRESET, FIELD(family), 0, 0, RESOLVER_IPV6, NULL, NULL, "use IPv6 only"},
    {HTTP, "resolve", 0, NULL, OPTION_LIST, FIELD(resolve), 0, 0, 0, NULL, "HOST:PORT:ADDRESS",
     "use this address for a host; may be repeated"},
    {HTTP, "connect-to", 0, NULL, OPTION_LIST, FIELD(connect_to), 0, 0, 0, NULL, "HOST1:PORT1:HOST2:PORT2",
     "connect to HOST2 where HOST1 is asked for; may be repeated"},
    {HTTP, "dns-servers", 0, NULL, OPTION_TEXT, FIELD(dns_servers), 0, 0, 0, NULL, "IP[:PORT],...",
     "ask these name servers instead of the system's"},
    {HTTP, "timeout", 't', NULL, OPTION_DURATION, FIELD(timeout), 0, A_WEEK, 0, NULL, "TIME",
     "longest time for one fetch; 0 for no limit (5m)"},
    {HTTP, "connect-timeout", 0, NULL, OPTION_DURATION, FIELD(connect_timeout), 0, A_WEEK, 0, NULL, "TIME",
     "longest time for name lookup, connection and TLS together (10s)"},
    {HTTP, "idle-timeout", 0, NULL, OPTION_DURATION, FIELD(idle_timeout), 0, A_WEEK, 0, NULL, "TIME",
     "longest silence of a server (30s)"},
    {HTTP, "min-rate", 0, NULL, OPTION_SIZE, FIELD(minimum_rate), 0, 0, 0, NULL, "SIZE",
     "give up on a fetch that is slower than SIZE bytes a second; 0 for no limit (0)"},
    {HTTP, "max-body", 0, NULL, OPTION_SIZE, FIELD(max_body), 1, INT64_MAX, 0, NULL, "SIZE",
     "cut bodies at SIZE bytes (64M)"},

    {DISCOVER, "follow", 0, NULL, OPTION_CHOICE, FIELD(follow), 0, 0, 0, FOLLOWS, "WHAT",
     "pages: what a reader navigates to; all: also whatever a browser would fetch; every: also forms, pings, citations "
     "and hints (all)"},
    {DISCOVER, "follow-tags", 0, NULL, OPTION_NAMES, FIELD(follow_tags), 0, 0, 0, NULL, "TAG,...",
     "follow links of these elements only"},
    {DISCOVER, "ignore-tags", 0, NULL, OPTION_NAMES, FIELD(ignore_tags), 0, 0, 0, NULL, "TAG,...",
     "do not follow links of these elements"},
    {DISCOVER, "heed-nofollow", 0, NULL, OPTION_FLAG, FIELD(heed_nofollow), 0, 0, 0, NULL, NULL,
     "do not follow links with rel=nofollow, nor those of pages whose robots meta element or X-Robots-Tag header says "
     "nofollow or none"},
    {DISCOVER, "sitemap", 0, NULL, OPTION_LIST, FIELD(sitemaps), 0, 0, 0, NULL, "auto|off|only|URL",
     "auto: start from the sitemaps that the roots' robots.txt name, or from /sitemap.xml, too; off; only: follow no "
     "links; URL: read this sitemap, too; may be repeated (auto)"},
    {DISCOVER, "extractor", 0, NULL, OPTION_TEXT, FIELD(extractor), 0, 0, 0, NULL, "ENGINE",
     "find links in HTML with this engine: scanner or libxml2 (scanner)"},

    {CHECK, "check", 0, NULL, OPTION_FLAG, FIELD(check), 0, 0, 0, NULL, NULL,
     "exit with 4 when a link is broken"},
    {CHECK, "accept", 0, NULL, OPTION_STATUSES, FIELD(accept), 0, 0, 0, NULL, "STATUS,...",
     "statuses that do not count as broken, such as 403,500..599; may be repeated"},

    {STATE, "state", 0, NULL, OPTION_TEXT, FIELD(state), 0, 0, 0, NULL, "FILE",
     "keep the crawl in FILE (SQLite), so that it can go on after a crash or an interrupt, and be asked; one that is not "
     "finished goes on"},
    {STATE, "memory", 0, NULL, OPTION_SIZE, FIELD(memory), 0, 0, 0, NULL, "SIZE",
     "keep at most SIZE bytes of the URLs that wait in memory, and the others in a file beside --state FILE, or else in "
     "$TMPDIR or /tmp; 0 for no limit (1G)"},
    {STATE, "resume", 0, NULL, OPTION_FLAG, FIELD(resume), 0, 0, 0, NULL, NULL,
     "go on with the crawl in --state FILE, and fail when there is none; its roots need not be given again"},
    {STATE, "revisit", 0, NULL, OPTION_FLAG, FIELD(revisit), 0, 0, 0, NULL, NULL,
     "fetch all URLs of the finished crawl in --state FILE again, asking only for what has changed; one that is not "
     "finished goes on"},
    {STATE, "link-graph", 0, NULL, OPTION_FLAG, FIELD(link_graph), 0, 0, 0, NULL, NULL,
     "keep in --state FILE which page links where, too (view links); with --depth that is always kept"},

    {OUTPUT, "output", 'o', NULL, OPTION_LIST, FIELD(outputs), 0, 0, 0, NULL, "[FORMAT:]FILE",
     "write to FILE, - being standard output, as text, jsonl, json, csv, junit, sitemap, dot or html (and svg, hgrm for "
     "measure); without FORMAT the file's suffix tells; may be repeated (text:-)"},
    {OUTPUT, "skipped", 0, NULL, OPTION_TEXT, FIELD(skipped), 0, 0, 0, NULL, "FILE",
     "write every URL that was not fetched, and why, to FILE as JSON lines"},
    {OUTPUT, "timeseries", 0, NULL, OPTION_TEXT, FIELD(timeseries), 0, 0, 0, NULL, "FILE",
     "write the figures of each second to FILE (CSV)"},
    {OUTPUT, "histogram", 0, NULL, OPTION_TEXT, FIELD(histogram), 0, 0, 0, NULL, "FILE",
     "write the distribution of latencies to FILE (.hgrm)"},
    {OUTPUT, "explain", 0, NULL, OPTION_TEXT, FIELD(explain), 0, 0, 0, NULL, "URL",
     "say what would become of URL in this crawl, and why; fetch nothing"},

    {ARCHIVE, "warc", 0, NULL, OPTION_TEXT, FIELD(warc), 0, 0, 0, NULL, "PREFIX",
     "archive all that goes over the wire in PREFIX-00000.warc.gz and so on (WARC 1.1), with an index in PREFIX.cdxj; "
     "HTTP/1.1 is spoken then, unless --http2 is given, which archives head lines made of its frames"},
    {ARCHIVE, "warc-size", 0, NULL, OPTION_SIZE, FIELD(warc_size), 1, INT64_MAX, 0, NULL, "SIZE",
     "begin another file of the archive when one has SIZE bytes (1G)"},

    {MEASURE, "sweep", 0, NULL, OPTION_TEXT, FIELD(sweep), 0, 0, 0, NULL, "N,...",
     "numbers of requests at once to step through; a step may be left to doubling with .. (1,2,4,..256)"},
    {MEASURE, "duration", 'z', NULL, OPTION_DURATION, FIELD(duration), MILLISECONDS(1), A_WEEK, 0, NULL, "TIME",
     "measure each step so long (5s)"},
    {MEASURE, "warmup", 0, NULL, OPTION_DURATION, FIELD(warmup), 0, A_WEEK, 0, NULL, "TIME",
     "run each step so long before that (1s)"},
    {MEASURE, "open-rate", 0, NULL, OPTION_UINT32, FIELD(open_rate), 1, 10000000, 0, NULL, "N",
     "open loop instead of a sweep: N requests are due each second, and latency counts from then"},
    {MEASURE, "baseline", 0, NULL, OPTION_TEXT, FIELD(baseline), 0, 0, 0, NULL, "FILE",
     "compare with the JSON of an earlier measurement; exit with 4 when it is worse"},
    {MEASURE, "threshold", 0, NULL, OPTION_PERCENT, FIELD(threshold), 0, 1000, 0, NULL, "PERCENT",
     "worse is what is beyond this, with 95 % confidence (5)"},

    {FACE, "progress", 0, NULL, OPTION_CHOICE, FIELD(progress), 0, 0, 0, PROGRESSES, "WHAT",
     "auto: a line on a terminal; bar: also where it is none; none (auto)"},
    {FACE, "verbose", 'v', NULL, OPTION_COUNT, FIELD(verbosity), 0, 0, 0, NULL, NULL,
     "say more; twice for debugging"},
    {FACE, "quiet", 'q', NULL, OPTION_PRESET, FIELD(verbosity), 0, 0, -1, NULL, NULL, "log errors only"},
    {FACE, "config", 0, NULL, OPTION_TEXT, FIELD(config), 0, 0, 0, NULL, "FILE",
     "read options from FILE instead of the usual places"},
    {FACE, "profile", 0, NULL, OPTION_TEXT, FIELD(profile), 0, 0, 0, NULL, "NAME",
     "read options from the profile NAME, too; from a file where it has a '/'"},
    {FACE, "selector", 0, NULL, OPTION_TEXT, FIELD(selector), 0, 0, 0, NULL, "NAME",
     "use this poller: epoll, kqueue, poll or select (the best there is)"},
    {FACE, "select", 0, NULL, OPTION_FLAG, FIELD(force_select), 0, 0, 0, NULL, NULL, "same as --selector select"},
    {FACE, "no-sandbox", 0, NULL, OPTION_FLAG, FIELD(no_sandbox), 0, 0, 0, NULL, NULL,
     "keep the right to write files anywhere and to start programs, which a crawl gives up before its first request"},
    {FACE, "help", 'h', NULL, OPTION_HELP, 0, 0, 0, 0, NULL, NULL, "show this help"},
    {FACE, "version", 'V', NULL, OPTION_VERSION, 0, 0, 0, 0, NULL, NULL, "show the version"},
    {0},
};
/* clang-format on */

const struct option_row *option_find(const char *name)
{
    for (const struct option_row *row = OPTION_TABLE; row->name; row++)
        if (strcmp(row->name, name) == 0 || (row->alias && strcmp(row->alias, name) == 0))
            return row;
    return NULL;
}

bool option_serves(const struct option_row *row, enum command command)
{
    if (command == COMMAND_REPORT || command == COMMAND_DIFF)
        return row->group == FACE ||
               (command == COMMAND_REPORT && row->group == OUTPUT && row->offset != FIELD(explain));
    if (row->group == MEASURE)
        return command == COMMAND_MEASURE;
    bool is_for_crawls = row->group == CHECK || row->group == STATE || row->group == ARCHIVE ||
                         (row->group == OUTPUT && (row->offset == FIELD(skipped) || row->offset == FIELD(explain)));
    return command == COMMAND_CRAWL || !is_for_crawls;
}

bool option_takes_argument(const struct option_row *row)
{
    return row->argument != NULL;
}

int text_list_add(struct text_list *list, struct slice text)
{
    char **items = realloc(list->items, (list->count + 2) * sizeof *items);
    if (!items)
        return ERR_NO_MEMORY;
    list->items = items;
    items[list->count] = strndup(text.data ? text.data : "", text.length);
    if (!items[list->count])
        return ERR_NO_MEMORY;
    items[++list->count] = NULL;
    return 0;
}

void text_list_free(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct text_list){0};
}

static int set_text(char **field, const char *value)
{
    char *copy = strdup(value);
    if (!copy)
        return ERR_NO_MEMORY;
    free(*field);
    *field = copy;
    return 0;
}

static int add_names(struct text_list *list, const char *value)
{
    while (*value) {
        size_t length = strcspn(value, ",");
        struct slice name = slice_trim((struct slice){value, length});
        int err = name.length ? text_list_add(list, name) : 0;
        if (err)
            return err;
        value += length + (value[length] == ',');
    }
    return 0;
}

/* A whole decimal number; `*end` is what follows it. */
static bool read_number(const char *value, uint64_t *number, char **end)
{
    if (value[0] < '0' || value[0] > '9')
        return false;
    errno = 0;
    *number = strtoull(value, end, 10);
    return errno == 0;
}

static int out_of_range(struct buf *why, const char *value, int64_t least, int64_t most)
{
    buf_printf(why, "'%s' is not a number from %" PRId64 " to %" PRId64, value, least, most);
    return ERR_SYNTAX;
}

static int parse_uint(const struct option_row *row, const char *value, uint64_t *number, struct buf *why)
{
    char *end;
    if (!read_number(value, number, &end) || *end || *number < (uint64_t)row->least || *number > (uint64_t)row->most)
        return out_of_range(why, value, row->least, row->most);
    return 0;
}

static int parse_size(const struct option_row *row, const char *value, uint64_t *size, struct buf *why)
{
    static const char units[] = "kMGT";
    char *end;
    uint64_t factor = 1;
    bool good = read_number(value, size, &end);
    if (good && *end) {
        const char *unit = strchr(units, *end == 'K' ? 'k' : *end);
        good = unit && end[1] == '\0';
        for (const char *u = units; good && u <= unit; u++)
            factor *= 1024;
    }
    if (!good || *size > INT64_MAX / factor || *size * factor < (uint64_t)row->least) {
        buf_printf(why, "'%s' is not a size such as 500, 64k, 10M or 1G", value);
        return ERR_SYNTAX;
    }
    *size *= factor;
    return 0;
}

/* A whole number of milliseconds, in hours where it is one of these. */
static void append_duration(struct buf *text, nanoseconds duration)
{
    if (duration % SECONDS(3600))
        buf_printf(text, "%" PRId64 "ms", duration / MILLISECONDS(1));
    else
        buf_printf(text, "%" PRId64 "%s", duration / SECONDS(3600), duration ? "h" : "");
}

static bool read_duration(const char *value, nanoseconds *duration)
{
    static const struct {
        const char *name;
        nanoseconds length;
    } units[] = {
        {"", SECONDS(1)}, {"ms", MILLISECONDS(1)}, {"s", SECONDS(1)}, {"m", SECONDS(60)}, {"h", SECONDS(3600)}};
    char *end;
    uint64_t number;
    if (read_number(value, &number, &end))
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (strcmp(end, units[i].name) == 0 && number <= (uint64_t)(INT64_MAX / units[i].length)) {
                *duration = (nanoseconds)number * units[i].length;
                return true;
            }
    return false;
}

static int parse_duration(const struct option_row *row, const char *value, nanoseconds *duration, struct buf *why)
{
    nanoseconds length;
    if (read_duration(value, &length) && length >= row->least && length <= row->most) {
        *duration = length;
        return 0;
    }
    buf_printf(why, "'%s' is not a time such as 500ms, 10s, 2m or 1h, from ", value);
    append_duration(why, row->least);
    buf_printf(why, " to ");
    append_duration(why, row->most);
    return ERR_SYNTAX;
}

/* A rate is kept as the time between two. */
static int parse_rate(const struct option_row *row, const char *value, nanoseconds *delay, struct buf *why)
{
    uint64_t rate;
    int err = parse_uint(row, value, &rate, why);
    if (!err)
        *delay = SECONDS(1) / (nanoseconds)rate;
    return err;
}

static int parse_percent(const struct option_row *row, const char *value, double *percent, struct buf *why)
{
    char *end = NULL;
    double number = value[0] >= '0' && value[0] <= '9' ? strtod(value, &end) : -1;
    if (end && strspn(value, "0123456789.") != (size_t)(end - value)) /* strtod knows 0x5 and 1e3, too */
        end = NULL;
    if (!end || number < (double)row->least || number > (double)row->most || (*end && strcmp(end, "%") != 0)) {
        buf_printf(why, "'%s' is not a percentage from %" PRId64 " to %" PRId64, value, row->least, row->most);
        return ERR_SYNTAX;
    }
    *percent = number;
    return 0;
}

/* "403" or "500..599", up to a comma. */
static bool parse_status_range(const char *value, uint64_t *first, uint64_t *last, const char **rest)
{
    char *end;
    if (!read_number(value, first, &end))
        return false;
    *last = *first;
    if (strncmp(end, "..", 2) == 0 && !read_number(end + 2, last, &end))
        return false;
    *rest = end;
    return (*end == ',' || *end == '\0') && *first <= *last && *first >= 100 && *last <= 999;
}

static int parse_statuses(const char *value, struct status_set *set, struct buf *why)
{
    uint64_t first, last;
    const char *rest = value;
    do {
        if (!parse_status_range(rest, &first, &last, &rest)) {
            buf_printf(why, "'%s' is not a list of statuses such as 200..299,403", value);
            return ERR_SYNTAX;
        }
        for (; first <= last; first++)
            set->bits[first / 64] |= UINT64_C(1) << first % 64;
    } while (*rest++ == ',');
    return 0;
}

static int parse_choice(const struct option_row *row, const char *value, unsigned *choice, struct buf *why)
{
    for (unsigned i = 0; row->choices[i]; i++)
        if (strcmp(value, row->choices[i]) == 0) {
            *choice = i;
            return 0;
        }
    buf_printf(why, "'%s' is none of", value);
    for (unsigned i = 0; row->choices[i]; i++)
        buf_printf(why, "%s %s", i ? "," : "", row->choices[i]);
    return ERR_SYNTAX;
}

/* What the config file may say for an option without an argument. */
static int parse_yes(const char *value, bool *yes, struct buf *why)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; value && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(value, words[i]) == 0) {
            *yes = i % 2;
            return 0;
        }
    if (!value) {
        *yes = true;
        return 0;
    }
    buf_printf(why, "'%s' is neither yes nor no", value);
    return ERR_SYNTAX;
}

static int set_switch(void *field, const struct option_row *row, const char *value, struct buf *why)
{
    bool yes;
    int err = parse_yes(value, &yes, why);
    if (err)
        return err;
    if (row->type == OPTION_FLAG)
        *(bool *)field = yes;
    else if (yes && row->type == OPTION_COUNT)
        ++*(int *)field;
    else if (yes)
        *(int *)field = row->preset;
    return 0;
}

static int set_uint32(uint32_t *field, const struct option_row *row, const char *value, struct buf *why)
{
    uint64_t number;
    int err = parse_uint(row, value, &number, why);
    if (!err)
        *field = (uint32_t)number;
    return err;
}

int option_set(struct options *options, const struct option_row *row, const char *value, struct buf *why)
{
    void *field = (char *)options + row->offset;
    switch (row->type) {
    case OPTION_FLAG:
    case OPTION_PRESET:
    case OPTION_COUNT:
        return set_switch(field, row, value, why);
    case OPTION_TEXT:
        return set_text(field, value);
    case OPTION_LIST:
        return text_list_add(field, slice_of(value));
    case OPTION_NAMES:
        return add_names(field, value);
    case OPTION_UINT32:
        return set_uint32(field, row, value, why);
    case OPTION_UINT64:
        return parse_uint(row, value, field, why);
    case OPTION_SIZE:
        return parse_size(row, value, field, why);
    case OPTION_DURATION:
        return parse_duration(row, value, field, why);
    case OPTION_RATE:
        return parse_rate(row, value, field, why);
    case OPTION_PERCENT:
        return parse_percent(row, value, field, why);
    case OPTION_STATUSES:
        return parse_statuses(value, field, why);
    case OPTION_CHOICE:
        return parse_choice(row, value, field, why);
    case OPTION_HELP:
    case OPTION_VERSION:
        break;
    }
    buf_printf(why, "only for the command line");
    return ERR_SYNTAX;
}

int option_set_defaults(struct options *options)
{
    *options = (struct options){
        .max_depth = UINT32_MAX,
        .max_url_length = 8192,
        .max_path_length = 4096,
        .max_path_depth = 40,
        .max_repeats = 5,
        .max_query_params = 100,
        .max_query_variants = 10000,
        .max_calendar_dates = 100,
        .max_tasks = 100,
        .max_tries = 4,
        .retry_max_wait = SECONDS(300),
        .max_redirects = 10,
        .timeout = SECONDS(300),
        .connect_timeout = SECONDS(10),
        .idle_timeout = SECONDS(30),
        .max_body = 64 << 20,
        .memory = 1 << 30,
        .warc_size = 1 << 30,
        .follow = FOLLOW_ALL,
        .duration = SECONDS(5),
        .warmup = SECONDS(1),
        .threshold = 5,
    };
    return set_text(&options->user_agent, "crawler/" CRAWLER_VERSION " (+https://crawler.example.org/)");
}
