/* What the bench makes of its runs: medians, ratios taken turn by turn, goals. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "goals.h"
#include "unit/suite.h"

enum { PATH_SIZE = 64 };

static void load(struct figures *figures, const char *text, int result)
{
    char path[PATH_SIZE] = "/tmp/figures-test-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    ck_assert_int_eq(figures_load(figures, path), result);
    unlink(path);
}

#define RUN(subject, who, turn, pages, known, user, sys, rss) \
    "run\t" subject "\t" who "\t" turn "\t" pages "\t" known "\t" user "\t" sys "\t2000000\t" rss "\t500000\n"

static const char race[] = RUN("python", "ours", "1", "10", "0", "300", "100", "5000") /* 40 a page */
    RUN("python", "wget2", "1", "20", "0", "1000", "1000", "9000")                     /* 100 */
    RUN("python", "wget2", "2", "20", "0", "2000", "400", "9000")                      /* 120 */
    RUN("python", "ours", "2", "10", "0", "100", "100", "6000")                        /* 20 */
    RUN("python", "ours", "3", "10", "0", "500", "300", "7000")                        /* 80; wget2 has no third turn */
    "fact\tpython\turls\t10\n"
    "fact\tmachine\tprocessor\tAn Old One\n";

START_TEST(takes_medians_and_ratios)
{
    struct figures figures;
    load(&figures, race, 0);
    ck_assert_double_eq_tol(figures_median(&figures, "python", "ours", run_cpu_per_page), 40, 1e-9);
    ck_assert_double_eq_tol(figures_median(&figures, "python", "wget2", run_cpu_per_page), 110, 1e-9);
    ck_assert_double_eq_tol(figures_median(&figures, "python", "ours", run_rss), 6000, 1e-9);
    ck_assert_double_eq_tol(figures_median(&figures, "python", "ours", run_waited), 0.25, 1e-9);
    ck_assert_double_eq_tol(figures_ratio(&figures, "python", "wget2", "ours"), (2.5 + 6) / 2, 1e-9);
    ck_assert(isnan(figures_ratio(&figures, "python", "wrk", "ours")));
    ck_assert(isnan(figures_median(&figures, "sqlite", "ours", run_wall)));
    ck_assert_double_eq_tol(figures_fact_number(&figures, "python", "urls"), 10, 1e-9);
    ck_assert_str_eq(figures_fact(&figures, "machine", "processor"), "An Old One");
    ck_assert_ptr_null(figures_fact(&figures, "machine", "urls"));
    ck_assert_str_eq(figures_subject(&figures, 0), "python");
    ck_assert_ptr_null(figures_subject(&figures, 1));
    figures_free(&figures);
}
END_TEST

START_TEST(subtracts_the_start)
{
    struct figures figures;
    load(&figures,
         RUN("start", "ours_start", "1", "1", "0", "50", "50", "1000")
             RUN("10000", "ours", "1", "10", "0", "300", "100", "5000"),
         0);
    ck_assert_double_eq_tol(figures_cost_without_start(&figures, "10000", "ours", "start"), 30, 1e-9);
    ck_assert(isnan(figures_cost_without_start(&figures, "10000", "bare", "start")));
    figures_free(&figures);
}
END_TEST

START_TEST(weighs_urls)
{
    struct figures figures;
    /* 990,000 more URLs: 10 bytes each when they are only known, and 64 when they wait, which is 54 beyond, of which
     * "/page/" and 5.89 digits are the path. */
    load(&figures,
         RUN("10000", "left_out", "1", "1", "10000", "1", "1", "1000")
             RUN("10000", "pending", "1", "1", "10000", "1", "1", "1000")
                 RUN("1000000", "left_out", "1", "1", "1000000", "1", "1", "10667.96875")
                     RUN("1000000", "pending", "1", "1", "1000000", "1", "1", "62875"),
         0);
    ck_assert_double_eq_tol(size_bytes_per_fingerprint(&figures, "1000000"), 10, 1e-6);
    ck_assert_double_eq_tol(size_bytes_per_pending(&figures, "1000000"), 64 - 10 - 6 - 5.888896, 1e-5);
    ck_assert(isnan(size_bytes_per_fingerprint(&figures, "10000")));
    figures_free(&figures);
}
END_TEST

START_TEST(takes_facts_turn_by_turn)
{
    struct figures figures;
    load(&figures,
         "fact\ttotal\talone_1\t9\nfact\ttotal\talone_2\t30\nfact\ttotal\tboth_2\t40\nfact\ttotal\tboth_1\t10\n"
         "fact\ttotal\talone_3\t8\nfact\trate\talone_1\t50\n",
         0);
    ck_assert_double_eq_tol(figures_fact_in_turn(&figures, "total", "alone", 2), 30, 1e-9);
    ck_assert_double_eq_tol(figures_fact_median(&figures, "total", "alone"), 9, 1e-9);
    ck_assert_double_eq_tol(figures_fact_most(&figures, "total", "alone"), 30, 1e-9);
    ck_assert_double_eq_tol(figures_fact_ratio(&figures, "total", "alone", "both"), (0.9 + 0.75) / 2, 1e-9);
    ck_assert(isnan(figures_fact_median(&figures, "rate", "both")));
    ck_assert(isnan(figures_fact_most(&figures, "rate", "both")));
    figures_free(&figures);
}
END_TEST

START_TEST(judges_goals)
{
    struct figures parts[PARTS] = {0};
    struct goal goals[GOALS_MAX];
    load(&parts[SITES], race, 0);
    size_t count = goals_judge(parts, goals);
    ck_assert_uint_le(count, GOALS_MAX);
    size_t measured = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(goals[i].value))
            continue;
        measured++;
        ck_assert_str_eq(goals[i].text, "python: CPU a page, wget2 / ours");
        ck_assert(goal_met(&goals[i]));
    }
    ck_assert_uint_eq(measured, 1);
    struct goal most = {.value = 2, .bound = 1.5};
    ck_assert(!goal_met(&most));
    figures_free(&parts[SITES]);
}
END_TEST

START_TEST(refuses_other_lines)
{
    static const char *const texts[] = {"run\ta\tb\n", "fact\ta\n", "walk\ta\tb\tc\n", "\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct figures figures;
        load(&figures, texts[i], -1);
        ck_assert_int_eq(errno, EINVAL);
        figures_free(&figures);
    }
}
END_TEST

START_TEST(takes_an_absent_file_for_none)
{
    struct figures figures;
    ck_assert_int_eq(figures_load(&figures, "/nonexistent/sites.tsv"), 0);
    ck_assert_uint_eq(figures.run_count, 0);
    ck_assert_uint_eq(figures.fact_count, 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("figures", takes_medians_and_ratios, subtracts_the_start, weighs_urls, takes_facts_turn_by_turn,
                     judges_goals, refuses_other_lines, takes_an_absent_file_for_none);
}
