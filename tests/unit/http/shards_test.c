/* Many origins and many connections: which multi handle has them, and which connections are kept. */
#include "http/shards.h"

#include <sys/resource.h>

#include "unit/http/fetch_fixture.h"

enum { ORIGINS = 100, CROWD = 60, FEW_FILES = 100, PAGES_AFTER = 5 };

static const struct site_page PAGES[] = {
    {.path = "/", .body = "hello"}, {.path = "/silent", .fault = SITE_SILENT}, {0}};

/* Never run: nothing is told. */
static const struct multi_events NO_EVENTS = {0};

static struct origin_table origins;

static struct origin *origin_of(int number)
{
    char url[URL_SIZE];
    struct origin *origin;
    snprintf(url, sizeof url, "http://host%d.test/", number);
    ck_assert_int_eq(origin_of_url(&origins, slice_of(url), &origin), 0);
    return origin;
}

/* One transfer of each origin, on handles of which as many as possible are asked for; then how many have origins on
 * them and how many these are at most. */
static void spread_origins(unsigned max_connections, size_t *handles, size_t *most)
{
    CURL *transfers[ORIGINS];
    unsigned shard[ORIGINS];
    const struct multi *multis[ORIGINS] = {0};
    size_t loads[ORIGINS] = {0};
    struct shards *shards;
    *handles = *most = 0;
    ck_assert_int_eq(loop_create(&loop, NULL), 0);
    ck_assert_int_eq(shards_create(&shards, loop, max_connections, &NO_EVENTS), 0);
    origin_table_init(&origins);
    for (int i = 0; i < ORIGINS; i++) {
        transfers[i] = curl_easy_init();
        ck_assert_int_eq(shards_add(shards, origin_of(i), transfers[i], &shard[i]), 0);
        const struct multi *multi = shards_multi(shards, origin_of(i), shard[i]);
        size_t at = 0;
        while (at < *handles && multis[at] != multi)
            at++;
        multis[at] = multi;
        *handles += at == *handles;
        if (++loads[at] > *most)
            *most = loads[at];
    }
    for (int i = 0; i < ORIGINS; i++) {
        shards_remove(shards, origin_of(i), transfers[i], shard[i]);
        curl_easy_cleanup(transfers[i]);
    }
    shards_free(shards);
    origin_table_free(&origins);
    loop_free(loop);
}

START_TEST(origins_share_a_handle_with_few)
{
    size_t handles, most;
    spread_origins(0, &handles, &most);
    ck_assert_uint_eq(handles, (ORIGINS + ORIGINS_PER_SHARD - 1) / ORIGINS_PER_SHARD);
    ck_assert_uint_eq(most, ORIGINS_PER_SHARD);
}
END_TEST

START_TEST(a_limit_on_connections_needs_one_handle)
{
    size_t handles, most;
    spread_origins(10, &handles, &most);
    ck_assert_uint_eq(handles, 1);
    ck_assert_uint_eq(most, ORIGINS);
}
END_TEST

/* The last test: the limit stays. */
static void allow_few_files(void)
{
    struct rlimit files;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = FEW_FILES;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
}

/* More transfers go on than half of the descriptors, and yet the one connection that is idle between them is kept. */
START_TEST(a_crowd_takes_no_idle_connection_away)
{
    static struct job crowd[CROWD];
    const struct http_options options = test_options();
    open_site(PAGES);
    allow_few_files();
    open_client(&options);
    for (int i = 0; i < CROWD; i++) {
        job_init(&crowd[i], "/silent");
        job_start(&crowd[i]);
    }
    do
        fetch_well("/");
    while (site_requests(site) < CROWD + 1);
    unsigned opened = site_connections(site);
    for (int i = 0; i < PAGES_AFTER; i++)
        fetch_well("/");
    ck_assert_uint_eq(site_connections(site), opened);
    for (int i = 0; i < CROWD; i++) {
        task_cancel(crowd[i].task);
        job_join(&crowd[i]);
        assert_kind(crowd[i].result, ERR_CANCELLED, "/silent");
        job_free(&crowd[i]);
    }
    close_all();
}
END_TEST

int main(void)
{
    return RUN_TESTS("shards", origins_share_a_handle_with_few, a_limit_on_connections_needs_one_handle,
                     a_crowd_takes_no_idle_connection_away);
}
