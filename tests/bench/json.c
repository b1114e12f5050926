#include "json.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* jansson takes over what is set, and frees it too when that fails; one that could not be made is an error later. */
static void set_number(json_t *object, const char *key, double value)
{
    if (!isnan(value))
        json_object_set_new(object, key, json_real(value));
}

static json_t *json_of_run(const struct run *run)
{
    return json_pack("{s:s s:i s:f s:f s:f s:f s:f s:f s:f}", "who", run->who, "turn", run->turn, "pages", run->pages,
                     "known_urls", run->known, "user_us", run->user, "sys_us", run->sys, "wall_us", run->wall,
                     "peak_rss_kib", run->rss, "waited_us", run->waited);
}

/* What `who` has as medians on a subject; NULL when it did not run there. */
static json_t *json_of_medians(const struct figures *figures, const char *subject, const char *who)
{
    static const struct {
        const char *key;
        figure *of;
    } medians[] = {{"cpu_us_per_page", run_cpu_per_page},
                   {"user_us_per_page", run_user_per_page},
                   {"sys_us_per_page", run_sys_per_page},
                   {"wall_s", run_wall},
                   {"peak_rss_kib", run_rss}};
    if (isnan(figures_median(figures, subject, who, run_pages)))
        return NULL;
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof medians / sizeof *medians; i++)
        set_number(object, medians[i].key, figures_median(figures, subject, who, medians[i].of));
    return object;
}

/* The facts, as numbers where they are. */
static void set_facts(json_t *object, const struct figures *figures, const char *subject)
{
    for (size_t i = 0; i < figures->fact_count; i++) {
        const struct fact *fact = &figures->facts[i];
        if (strcmp(fact->subject, subject) != 0)
            continue;
        bool is_number = fact->value[strspn(fact->value, "0123456789")] == '\0' && fact->value[0];
        json_object_set_new(object, fact->key,
                            is_number ? json_integer(strtoll(fact->value, NULL, 10)) : json_string(fact->value));
    }
}

static void set_derived(json_t *object, const struct figures *figures, enum part part, const char *subject)
{
    switch (part) {
    case SITES:
        set_number(object, "wget2_over_ours", figures_ratio(figures, subject, "wget2", "ours"));
        set_number(object, "bare_over_ours", figures_ratio(figures, subject, "bare", "ours"));
        set_number(object, "wrk_over_ours", figures_ratio(figures, subject, "wrk", "ours"));
        return;
    case IN_FLIGHT:
        set_number(object, "cpu_us_per_page_without_start",
                   figures_cost_without_start(figures, subject, "ours", subject));
        set_number(object, "bare_cpu_us_per_page_without_start",
                   figures_cost_without_start(figures, subject, "bare", subject));
        set_number(object, "rss_kib_per_connection", in_flight_rss_per_connection(figures, subject));
        set_number(object, "wall_over_ideal",
                   figures_median(figures, subject, "ours", run_wall) / in_flight_ideal_wall(figures, subject));
        return;
    case SIZE:
        set_number(object, "cpu_us_per_page_without_start",
                   figures_cost_without_start(figures, subject, "ours", "start"));
        set_number(object, "bytes_per_fingerprint", size_bytes_per_fingerprint(figures, subject));
        set_number(object, "bytes_per_pending_url_beyond_path", size_bytes_per_pending(figures, subject));
        return;
    case DRIP:
        set_number(object, "healthy_rate_kept", drip_rate_kept(figures, subject));
        set_number(object, "cores_alone", drip_load_alone(figures, subject));
        return;
    default:
        return;
    }
}

static json_t *json_of_subject(const struct figures *figures, enum part part, const char *subject)
{
    static const char *const clients[] = {"wrk",     "bare",     "ours",  "wget2", "ours_start", "bare_start",
                                          "pending", "left_out", "alone", "both",  "plain",      "one_byte"};
    json_t *object = json_object(), *medians = json_object(), *runs = json_array();
    set_facts(object, figures, subject);
    set_derived(object, figures, part, subject);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        json_t *client = json_of_medians(figures, subject, clients[i]);
        if (client)
            json_object_set_new(medians, clients[i], client);
    }
    for (size_t i = 0; i < figures->run_count; i++)
        if (strcmp(figures->runs[i].subject, subject) == 0)
            json_array_append_new(runs, json_of_run(&figures->runs[i]));
    json_object_set_new(object, "medians", medians);
    json_object_set_new(object, "runs", runs);
    return object;
}

static json_t *json_of_part(const struct figures *figures, enum part part)
{
    json_t *object = json_object(), *machine = json_object();
    set_facts(machine, figures, "machine");
    json_object_set_new(object, "machine", machine);
    const char *subject;
    for (size_t i = 0; (subject = part_subject(figures, part, i)); i++)
        json_object_set_new(object, subject, json_of_subject(figures, part, subject));
    if (part == SIZE)
        json_object_set_new(object, "start", json_of_subject(figures, part, "start"));
    return object;
}

static json_t *json_of_goals(const struct figures *parts)
{
    struct goal goals[GOALS_MAX];
    size_t count = goals_judge(parts, goals);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        if (isnan(goals[i].value))
            continue;
        json_array_append_new(array, json_pack("{s:s s:s s:f s:f s:b}", "part", part_names[goals[i].part], "goal",
                                               goals[i].text, "value", goals[i].value,
                                               goals[i].at_least ? "at_least" : "at_most", goals[i].bound, "met",
                                               goal_met(&goals[i])));
    }
    return array;
}

int json_write(const struct figures *parts, const char *path)
{
    json_t *root = json_object();
    for (enum part part = 0; part < PARTS; part++)
        if (parts[part].run_count)
            json_object_set_new(root, part_names[part], json_of_part(&parts[part], part));
    json_object_set_new(root, "goals", json_of_goals(parts));
    int result = json_dump_file(root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    json_decref(root);
    return result;
}
