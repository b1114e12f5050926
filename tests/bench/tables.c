#include "tables.h"

#include <math.h>
#include <stdio.h>

static const double kb = 1000, kib = 1024;

/* What a run is called in tables. */
static const char *const clients[][2] = {
    {"wrk", "wrk (limit)"}, {"bare", "bare libcurl"}, {"ours", "crawler"}, {"wget2", "wget2"}};

static void print_client(const struct figures *figures, const char *site, size_t client)
{
    const char *who = clients[client][0];
    double cost = figures_median(figures, site, who, run_cpu_per_page);
    printf("  %-14s %9.1f %8.1f %8.1f %12.0f %10.1f\n", clients[client][1], cost,
           figures_median(figures, site, who, run_user_per_page), figures_median(figures, site, who, run_sys_per_page),
           1e6 / cost, figures_median(figures, site, who, run_rss) / kib);
}

static void print_site(const struct figures *figures, const char *site)
{
    double urls = figures_fact_number(figures, site, "urls");
    printf("%s: %.0f URLs of %.1f KB on average (%.0f HTML pages of %.1f KB; %.0f answers other than 200)\n", site,
           urls, figures_fact_number(figures, site, "bytes") / urls / kb,
           figures_fact_number(figures, site, "html_pages"),
           figures_fact_number(figures, site, "html_bytes") / figures_fact_number(figures, site, "html_pages") / kb,
           figures_fact_number(figures, site, "not_ok"));
    printf("  %-14s %9s %8s %8s %12s %10s\n", "", "us a page", "user", "sys", "pages/CPU s", "RSS MiB");
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
        print_client(figures, site, i);
    printf("  median of ratios: wget2 / ours %.2f (ours / wget2 %.2f), bare / ours %.2f (ours / bare %.2f)\n",
           figures_ratio(figures, site, "wget2", "ours"), figures_ratio(figures, site, "ours", "wget2"),
           figures_ratio(figures, site, "bare", "ours"), figures_ratio(figures, site, "ours", "bare"));
}

static void print_sites(const struct figures *figures)
{
    for (size_t i = 0; part_subjects[SITES][i]; i++)
        print_site(figures, part_subjects[SITES][i]);
}

static void print_in_flight(const struct figures *figures)
{
    printf("in flight on one host: pages of %.1f KB, each answered after %.0f ms\n",
           figures_fact_number(figures, "machine", "page_size") / kb,
           figures_fact_number(figures, "machine", "delay_ms"));
    printf("  %9s %7s %9s %12s %9s %10s %8s %8s %8s %7s %9s\n", "in flight", "pages", "us a page", "w/o start-up",
           "bare w/o", "RSS MiB", "KiB/conn", "wall s", "/ ideal", "waited", "SYN drops");
    for (size_t i = 0; part_subjects[IN_FLIGHT][i]; i++) {
        const char *tasks = part_subjects[IN_FLIGHT][i];
        double wall = figures_median(figures, tasks, "ours", run_wall);
        printf("  %9s %7.0f %9.1f %12.1f %9.1f %10.1f %8.1f %8.2f %8.3f %6.0f%% %9.0f\n", tasks,
               figures_median(figures, tasks, "ours", run_pages),
               figures_median(figures, tasks, "ours", run_cpu_per_page),
               figures_cost_without_start(figures, tasks, "ours", tasks),
               figures_cost_without_start(figures, tasks, "bare", tasks),
               figures_median(figures, tasks, "ours", run_rss) / kib, in_flight_rss_per_connection(figures, tasks),
               wall, wall / in_flight_ideal_wall(figures, tasks),
               100 * figures_median(figures, tasks, "ours", run_waited), figures_fact_most(figures, tasks, "dropped"));
    }
}

static void print_size(const struct figures *figures)
{
    printf("size: a page of %s links, %s of them new\n", figures_fact(figures, "machine", "links"),
           figures_fact(figures, "machine", "new_links"));
    printf("  %10s %8s %8s %9s %12s %8s %8s %7s %11s %11s\n", "URLs known", "pages", "page KB", "us a page",
           "w/o start-up", "RSS MiB", "wall s", "waited", "B/seen URL", "B/pending");
    for (size_t i = 0; part_subjects[SIZE][i]; i++) {
        const char *known = part_subjects[SIZE][i];
        printf("  %10.0f %8.0f %8.1f %9.1f %12.1f %8.1f %8.2f %6.0f%% %11.1f %11.1f\n",
               figures_median(figures, known, "ours", run_known), figures_median(figures, known, "ours", run_pages),
               figures_fact_number(figures, known, "page_bytes") / kb,
               figures_median(figures, known, "ours", run_cpu_per_page),
               figures_cost_without_start(figures, known, "ours", "start"),
               figures_median(figures, known, "ours", run_rss) / kib, figures_median(figures, known, "ours", run_wall),
               100 * figures_median(figures, known, "ours", run_waited), size_bytes_per_fingerprint(figures, known),
               size_bytes_per_pending(figures, known));
    }
}

static void print_durable_run(const struct figures *figures, const char *subject, const char *who)
{
    double pages = figures_median(figures, subject, who, run_pages);
    if (isnan(pages))
        return;
    printf("  %-12s %-6s %9.0f %9.1f %7.2f %8.1f %9.1f %6.0f%%", subject, who, pages,
           figures_median(figures, subject, who, run_cpu_per_page), figures_ratio(figures, subject, who, "plain"),
           figures_median(figures, subject, who, run_rss) / kib, figures_median(figures, subject, who, run_wall),
           100 * figures_median(figures, subject, who, run_waited));
    double stall = figures_fact_number(figures, subject, "stall_us");
    if (who[1] == 't')
        printf(" %9.1f", figures_fact_number(figures, subject, "state_bytes") / pages);
    if (who[1] == 't' && !isnan(stall))
        printf(" %11.2f %9.1f", stall / 1000, figures_fact_number(figures, subject, "stall_most_us") / 1000);
    puts("");
}

static void print_durable(const struct figures *figures)
{
    printf(
        "durable: without a limit of memory or a file (plain), with --memory %s (spill), and --state as well (state)\n",
        figures_fact(figures, "machine", "memory"));
    printf("  %-12s %-6s %9s %9s %7s %8s %9s %7s %9s %11s %9s\n", "site", "", "URLs", "us a page", "/ plain", "RSS MiB",
           "wall s", "waited", "file B", "p99.9 stall", "most, ms");
    for (size_t i = 0; part_subjects[DURABLE][i]; i++) {
        print_durable_run(figures, part_subjects[DURABLE][i], "plain");
        print_durable_run(figures, part_subjects[DURABLE][i], "spill");
        print_durable_run(figures, part_subjects[DURABLE][i], "state");
    }
}

static void print_drip(const struct figures *figures)
{
    static const char *const deadlines[][2] = {{"total", "--timeout"}, {"rate", "--min-rate"}};
    printf("%.0f connections that drip a byte every %.0f s until %.0f s are over, beside %.0f healthy hosts\n",
           figures_fact_number(figures, "machine", "drip_connections"),
           figures_fact_number(figures, "machine", "drip_every_ms") / 1000,
           figures_fact_number(figures, "machine", "deadline_ms") / 1000,
           figures_fact_number(figures, "machine", "healthy_hosts"));
    printf("  %-10s %14s %14s %7s %11s %11s %10s %10s %9s %9s\n", "deadline", "healthy alone", "beside them", "ratio",
           "cores alone", "most s open", "last gone", "RSS MiB", "stall ms", "alone ms");
    for (size_t i = 0; i < sizeof deadlines / sizeof *deadlines; i++) {
        const char *subject = deadlines[i][0];
        double pages = figures_median(figures, subject, "alone", run_pages);
        printf("  %-10s %12.0f/s %12.0f/s %7.3f %11.2f %11.2f %8.2f s %10.1f %9.1f %9.1f\n", deadlines[i][1],
               1000 * pages / figures_fact_median(figures, subject, "alone_span_ms"),
               1000 * pages / figures_fact_median(figures, subject, "both_span_ms"), drip_rate_kept(figures, subject),
               drip_load_alone(figures, subject), figures_fact_most(figures, subject, "longest_ms") / 1000,
               figures_fact_most(figures, subject, "gone_ms") / 1000,
               figures_median(figures, subject, "both", run_rss) / kib,
               figures_fact_most(figures, subject, "both_stall_us") / 1000,
               figures_fact_most(figures, subject, "alone_stall_us") / 1000);
    }
}

static void print_fault_run(const struct figures *figures, const char *subject, const char *who)
{
    char key[FIGURES_NAME];
    snprintf(key, sizeof key, "%s_stall_us", who);
    double wall = figures_median(figures, subject, who, run_wall);
    if (isnan(wall))
        return;
    printf(" %9.2f %9.1f", wall, figures_median(figures, subject, who, run_rss) / kib);
    double stall = figures_fact_number(figures, subject, key);
    if (!isnan(stall))
        printf(" %9.1f", stall / 1000);
}

static void print_faults(const struct figures *figures)
{
    const char *subject;
    printf("%-24s %-28s %9s %9s %9s %9s %9s %9s\n", "row and case", "recorded as", "seconds", "RSS MiB", "stall ms",
           "by bytes", "RSS MiB", "stall ms");
    for (size_t i = 0; (subject = part_subject(figures, FAULTS, i)); i++) {
        printf("%-24s %-28s", subject, figures_fact(figures, subject, "outcome"));
        print_fault_run(figures, subject, "plain");
        print_fault_run(figures, subject, "one_byte");
        puts("");
    }
}

/* Time in which a client was ready and others had its core. */
static void print_disturbance(const struct figures *figures)
{
    double worst_share = 0;
    for (size_t i = 0; i < figures->run_count; i++)
        worst_share = fmax(worst_share, run_waited(&figures->runs[i]));
    if (worst_share > 0.05)
        printf("the machine was not idle: a run had to wait for its core for %.0f %% of its time\n", 100 * worst_share);
}

void tables_print(const struct figures *figures, enum part part)
{
    static void (*const print[PARTS])(const struct figures *) = {print_sites,   print_in_flight, print_size,
                                                                 print_durable, print_drip,      print_faults};
    print[part](figures);
    print_disturbance(figures);
}

void tables_print_goal(const struct goal *goal)
{
    printf("%-52s %8.2f  at %s %5.2f  %s\n", goal->text, goal->value, goal->at_least ? "least" : "most ", goal->bound,
           isnan(goal->value) ? "not measured"
           : goal_met(goal)   ? "met"
                              : "missed");
}
