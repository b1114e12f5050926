/* options.h - what the user asked for: command line, config file and profile, from one table.
 *
 * Every option is one row of a table (option_table.h) that feeds the parser, --help, the config file and the manual.
 * Later sources win: built-in defaults, the config file, the profile, the command line; lists grow instead. */
#ifndef CRAWLER_OPTIONS_H
#define CRAWLER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "http/fetch.h"
#include "http/resolver.h"

/* A list of texts that ends with NULL behind `count` items; items are owned by the list. */
struct text_list {
    char **items; /* NULL while empty */
    size_t count;
};

enum scope_kind {
    SCOPE_HOST,       /* a root's host, with or without www. (--strict) */
    SCOPE_DOMAIN,     /* its registrable domain (--lenient) */
    SCOPE_SUBDOMAINS, /* a root's host and the names below it */
    SCOPE_PREFIX,     /* a root's origin, below the folder that it is in */
    SCOPE_ANY
};
enum follow_kind { FOLLOW_PAGES, FOLLOW_ALL, FOLLOW_EVERY };
enum progress_kind { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_NONE };

enum { NO_LIMIT = 0 };

enum { MOST_TASKS = 30000 }; /* each needs two memory mappings, of which a process has about 64,000 */

/* HTTP statuses. */
struct status_set {
    uint64_t bits[1000 / 64 + 1];
};

static inline bool status_set_has(const struct status_set *set, int status)
{
    return status >= 0 && status < 1000 && set->bits[status / 64] >> status % 64 & 1;
}

enum command { COMMAND_CRAWL, COMMAND_MEASURE, COMMAND_REPORT, COMMAND_DIFF };

struct options {
    enum command command;
    struct text_list roots;       /* URLs as given, those of the input file included; of report and diff: state files */
    struct text_list input_files; /* -i: one URL a line, '#' comments; "-" is standard input */

    /* Scope */
    uint32_t max_depth; /* links away from a root; UINT32_MAX for no limit */
    uint64_t max_pages; /* URLs fetched; NO_LIMIT */
    enum scope_kind scope;
    struct text_list include; /* PCRE2, any must match */
    struct text_list exclude; /* PCRE2, none may match */
    bool no_parent;
    uint32_t max_url_length;      /* bytes */
    uint32_t max_path_length;     /* bytes; NO_LIMIT, as all up to max_calendar_dates */
    uint32_t max_path_depth;      /* segments */
    uint32_t max_repeats;         /* of one segment in a path */
    uint32_t max_query_params;    /* of a URL */
    uint32_t max_query_variants;  /* of one path */
    uint32_t max_calendar_dates;  /* far off, of one calendar */
    uint32_t max_pages_per_host;  /* URLs; 0: traps.h decides */
    bool keep_session_ids;        /* URLs that differ in these only are all fetched */
    struct text_list strip_query; /* names of parameters that URLs lose (canonical.h) */
    bool sort_query;
    bool allow_private; /* connections may go to addresses that are not public */

    /* Politeness */
    uint32_t max_tasks;
    uint32_t per_host; /* most fetches at once on one host; 0: politeness.h decides */
    nanoseconds delay; /* between two requests to a host */
    bool unthrottled;  /* no limit for hosts that are not this machine */
    bool adaptive;     /* how many requests this machine gets at once is found out, too */
    bool no_robots;    /* robots.txt is not asked for */
    bool ignore_crawl_delay;
    nanoseconds retry_max_wait; /* longest wait that a server's Retry-After gets */
    uint32_t max_tries;
    uint32_t max_redirects;

    /* HTTP */
    struct text_list headers; /* -H "Name: value" */
    char *user_agent;
    char *user;  /* -u name:password */
    char *proxy; /* -x */
    bool proxy_from_environment;
    bool insecure; /* -k */
    char *ca_file;
    char *certificate;
    char *key;
    char *cookie;
    char *cookie_jar;
    enum http_version http_version; /* --http1.1, --http2; HTTP_ANY: HTTP/2 where TLS negotiates it */
    enum resolver_family family;    /* -4, -6 */
    struct text_list resolve;
    struct text_list connect_to;
    char *dns_servers;
    nanoseconds timeout; /* -t, of one transfer as a whole */
    nanoseconds connect_timeout;
    nanoseconds idle_timeout;
    uint64_t minimum_rate; /* bytes a second */
    uint64_t max_body;     /* bytes */

    /* Discovery */
    enum follow_kind follow;
    struct text_list follow_tags; /* elements; empty for all of `follow` */
    struct text_list ignore_tags;
    bool heed_nofollow;        /* links that a page asks not to follow are not followed (robots_tag.h) */
    struct text_list sitemaps; /* "auto", "off", "only" and URLs (sitemaps.h) */
    char *extractor;           /* engine name or NULL */

    /* Check */
    bool check;               /* broken links make the exit code 4 */
    struct status_set accept; /* statuses that are not broken */

    /* Measure */
    char *sweep;          /* "1,2,4,..256" or NULL */
    nanoseconds duration; /* of a step */
    nanoseconds warmup;   /* before it */
    uint32_t open_rate;   /* requests a second in an open loop; 0: a closed one */
    double threshold;     /* percent by which a figure may be worse than the baseline's */
    char *baseline;       /* FILE or NULL */
    char *timeseries;     /* FILE or NULL */
    char *histogram;      /* FILE or NULL */

    /* Face */
    char *selector;           /* poller name or NULL */
    bool force_select;        /* --select */
    struct text_list outputs; /* -o [FORMAT:]FILE; none: the text report to standard output */
    char *state;              /* FILE in which the crawl outlives its process, or NULL */
    bool resume;              /* there must be a crawl in it */
    uint64_t memory;          /* bytes of URLs that wait; NO_LIMIT */
    bool revisit;             /* the same, and when it is finished all is fetched again */
    bool link_graph;          /* the links of each page are kept there, too */
    char *warc;               /* PREFIX of the archive's files, or NULL */
    uint64_t warc_size;       /* bytes, of a file of it */
    char *skipped;            /* FILE for URLs that were not fetched, or NULL */
    char *explain;            /* a URL, or NULL */
    enum progress_kind progress;
    char *config;  /* --config FILE, or NULL */
    char *profile; /* --profile NAME, or NULL */
    bool no_sandbox;
    int verbosity; /* -1 quiet, 0 warnings, 1 info, 2 debug */
};

enum options_outcome {
    OPTIONS_RUN,    /* go on */
    OPTIONS_EXIT,   /* --help or --version was printed: exit 0 */
    OPTIONS_USAGE,  /* wrong usage, explained on `errors`: exit 2 */
    OPTIONS_CONFIG, /* bad config file, explained with file, line and key on `errors`: exit 3 */
    OPTIONS_FAILED, /* a file that can't be read for no fault of the user's, explained on `errors`: exit 1 */
    OPTIONS_NO_MEMORY
};

/* Fills `options` from the arguments and what they name. Messages for people go to `errors`, help to `out`. To be freed
 * by options_free on every path. */
enum options_outcome options_parse(struct options *options, int argc, char **argv, FILE *out, FILE *errors);

void options_free(struct options *options);

#endif
