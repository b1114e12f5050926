#include "goals.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const part_names[PARTS] = {"sites", "in_flight", "size", "durable", "drip", "faults"};

const char *const part_subjects[PARTS][5] = {
    {"cppreference", "python", "sqlite", "postgresql", NULL},
    {"10", "100", "1000", "10000", NULL},
    {"10000", "100000", "1000000", "10000000", NULL},
    {"cppreference", "100000", "1000000", "10000000", NULL},
    {"total", "rate", NULL},
    {NULL},
};

const char *part_subject(const struct figures *figures, enum part part, size_t index)
{
    return part == FAULTS ? figures_subject(figures, index) : part_subjects[part][index];
}

static const char fewest_urls[] = "10000";
static const double kib = 1024;

enum { DRIP_GOALS = 4 }; /* of each deadline */

double in_flight_ideal_wall(const struct figures *figures, const char *tasks)
{
    return figures_fact_number(figures, tasks, "rounds") * figures_fact_number(figures, "machine", "delay_ms") / 1000;
}

double in_flight_rss_per_connection(const struct figures *figures, const char *tasks)
{
    double whole = figures_median(figures, tasks, "ours", run_rss);
    double without = figures_median(figures, tasks, "ours_start", run_rss);
    return (whole - without) * figures_fact_number(figures, tasks, "rounds") /
           figures_median(figures, tasks, "ours", run_pages);
}

double size_bytes_per_fingerprint(const struct figures *figures, const char *known)
{
    double more = figures_median(figures, known, "left_out", run_known) -
                  figures_median(figures, fewest_urls, "left_out", run_known);
    double rss =
        figures_median(figures, known, "left_out", run_rss) - figures_median(figures, fewest_urls, "left_out", run_rss);
    return more > 0 ? rss * kib / more : (double)NAN;
}

/* Of the paths "/page/1" to "/page/N", on average. */
static double path_length(long pages)
{
    long digits = 0, length = 1;
    for (long first = 1; first <= pages; first *= 10, length++)
        digits += ((pages < first * 10 ? pages + 1 : first * 10) - first) * length;
    return (double)strlen("/page/") + (double)digits / (double)pages;
}

double size_bytes_per_pending(const struct figures *figures, const char *known)
{
    double urls = figures_median(figures, known, "pending", run_known);
    double more = urls - figures_median(figures, fewest_urls, "pending", run_known);
    double rss =
        figures_median(figures, known, "pending", run_rss) - figures_median(figures, fewest_urls, "pending", run_rss);
    if (!(more > 0))
        return NAN;
    return rss * kib / more - size_bytes_per_fingerprint(figures, known) - path_length((long)urls);
}

double durable_rss_slope(const struct figures *figures)
{
    double more = figures_median(figures, "10000000", "state", run_known) -
                  figures_median(figures, "1000000", "state", run_known);
    double rss =
        figures_median(figures, "10000000", "state", run_rss) - figures_median(figures, "1000000", "state", run_rss);
    return rss * kib / more;
}

double drip_rate_kept(const struct figures *figures, const char *deadline)
{
    return figures_fact_ratio(figures, deadline, "alone_span_ms", "both_span_ms");
}

double drip_load_alone(const struct figures *figures, const char *deadline)
{
    return figures_median(figures, deadline, "alone", run_cpu) / 1000 /
           figures_fact_median(figures, deadline, "alone_span_ms");
}

bool goal_met(const struct goal *goal)
{
    return goal->at_least ? goal->value >= goal->bound : goal->value <= goal->bound;
}

static size_t judge_sites(const struct figures *figures, struct goal *goals)
{
    static const struct {
        const char *site, *other;
        double least;
    } ratios[] = {{"cppreference", "wget2", 3.5},
                  {"cppreference", "bare", 0.65},
                  {"python", "wget2", 3.5},
                  {"sqlite", "wget2", 2.5},
                  {"postgresql", "wget2", 2.0}};
    size_t count = sizeof ratios / sizeof *ratios;
    for (size_t i = 0; i < count; i++) {
        goals[i] = (struct goal){.part = SITES, .bound = ratios[i].least, .at_least = true};
        snprintf(goals[i].text, sizeof goals[i].text, "%s: CPU a page, %s / ours", ratios[i].site, ratios[i].other);
        goals[i].value = figures_ratio(figures, ratios[i].site, ratios[i].other, "ours");
    }
    return count;
}

static size_t judge_in_flight(const struct figures *figures, struct goal *goals)
{
    const struct goal judged[] = {
        {IN_FLIGHT, "CPU a page, 10,000 / 100 in flight",
         figures_cost_without_start(figures, "10000", "ours", "10000") /
             figures_cost_without_start(figures, "100", "ours", "100"),
         1.6, false},
        {IN_FLIGHT, "RSS in KiB a connection at 10,000 in flight", in_flight_rss_per_connection(figures, "10000"), 40,
         false},
        {IN_FLIGHT, "wall / ideal at 10,000 in flight",
         figures_median(figures, "10000", "ours", run_wall) / in_flight_ideal_wall(figures, "10000"), 1.15, false}};
    memcpy(goals, judged, sizeof judged);
    return sizeof judged / sizeof *judged;
}

static size_t judge_size(const struct figures *figures, struct goal *goals)
{
    const struct goal judged[] = {
        {SIZE, "CPU a page, 10,000,000 / 10,000 URLs known",
         figures_cost_without_start(figures, "10000000", "ours", "start") /
             figures_cost_without_start(figures, "10000", "ours", "start"),
         1.25, false},
        {SIZE, "bytes a fingerprint at 1,000,000", size_bytes_per_fingerprint(figures, "1000000"), 11, false},
        {SIZE, "bytes a fingerprint at 10,000,000", size_bytes_per_fingerprint(figures, "10000000"), 11, false},
        {SIZE, "bytes a pending URL beyond its path at 10,000,000", size_bytes_per_pending(figures, "10000000"), 64,
         false}};
    memcpy(goals, judged, sizeof judged);
    return sizeof judged / sizeof *judged;
}

static size_t judge_durable(const struct figures *figures, struct goal *goals)
{
    const struct goal judged[] = {
        {DURABLE, "cppreference: CPU a page with a state file / without",
         figures_ratio(figures, "cppreference", "state", "plain"), 1.15, false},
        {DURABLE, "CPU a page beyond memory, at 1,000,000 / within it",
         figures_ratio(figures, "1000000", "spill", "plain"), 1.05, false},
        {DURABLE, "bytes of RSS a URL from 1,000,000 to 10,000,000", durable_rss_slope(figures), 15, false},
        {DURABLE, "cppreference: ms that 999 of 1000 events wait at most",
         figures_fact_number(figures, "cppreference", "stall_us") / 1000, 20, false},
        {DURABLE, "100,000 URLs: ms that 999 of 1000 events wait at most",
         figures_fact_number(figures, "100000", "stall_us") / 1000, 20, false}};
    memcpy(goals, judged, sizeof judged);
    return sizeof judged / sizeof *judged;
}

static void judge_deadline(const struct figures *figures, const char *deadline, struct goal *goals)
{
    const struct {
        const char *text;
        double value, bound;
        bool at_least;
    } judged[DRIP_GOALS] = {
        {"rate of healthy hosts, beside drippers / alone", drip_rate_kept(figures, deadline), 0.9, true},
        {"cores for the healthy hosts alone", drip_load_alone(figures, deadline), 0.5, false},
        {"longest that a dripper stayed, in deadlines",
         figures_fact_most(figures, deadline, "longest_ms") / figures_fact_number(figures, "machine", "deadline_ms"),
         1.1, false},
        {"RSS in GB", figures_median(figures, deadline, "both", run_rss) * kib / 1e9, 1, false},
    };
    for (size_t i = 0; i < DRIP_GOALS; i++) {
        goals[i] = (struct goal){
            .part = DRIP, .value = judged[i].value, .bound = judged[i].bound, .at_least = judged[i].at_least};
        snprintf(goals[i].text, sizeof goals[i].text, "%s: %s", deadline, judged[i].text);
    }
}

static size_t judge_drip(const struct figures *figures, struct goal *goals)
{
    size_t count = 0;
    for (size_t i = 0; part_subjects[DRIP][i]; i++, count += DRIP_GOALS)
        judge_deadline(figures, part_subjects[DRIP][i], goals + count);
    return count;
}

size_t goals_judge(const struct figures *parts, struct goal *goals)
{
    size_t count = judge_sites(&parts[SITES], goals);
    count += judge_in_flight(&parts[IN_FLIGHT], goals + count);
    count += judge_size(&parts[SIZE], goals + count);
    count += judge_durable(&parts[DURABLE], goals + count);
    return count + judge_drip(&parts[DRIP], goals + count);
}
