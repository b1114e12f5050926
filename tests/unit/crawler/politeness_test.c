/* How hard hosts may be asked. */
#include "crawl/politeness.h"

#include "unit/suite.h"

static struct options options;

/* The pace that a claim of `text` leads to; that of the origin so far is `at_once`. */
static bool pace_of(const char *text, uint32_t at_once, struct store_pace *pace)
{
    const struct claim claim = {.at_once = at_once};
    struct url url;
    url_of_serialised(&url, slice_of(text));
    return politeness_claimed(&options, &url, &claim, pace);
}

START_TEST(this_machine_has_no_limit)
{
    static const struct {
        const char *url;
        uint32_t at_once;
    } cases[] = {
        {"http://127.0.0.1/", 0},      {"http://127.255.0.9:8000/", 0}, {"http://[::1]/", 0},
        {"http://localhost/", 0},      {"http://localhost./", 0},       {"https://a.b.localhost:8443/", 0},
        {"http://example.org/", 8},    {"http://10.0.0.1/", 8},         {"http://[::2]/", 8},
        {"http://127.0.0.1.test/", 8}, {"http://notlocalhost/", 8},     {"http://localhost.test/", 8},
    };
    options = (struct options){0};
    ck_assert_uint_eq(politeness_first_at_once(&options), 8);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_pace pace;
        ck_assert_msg(pace_of(cases[i].url, 8, &pace) == (cases[i].at_once != 8), "%s", cases[i].url);
        ck_assert_uint_eq(pace.at_once, cases[i].at_once);
        ck_assert_int_eq(pace.not_before, 0);
    }
}
END_TEST

START_TEST(wishes_hold_for_all)
{
    struct store_pace pace;
    options = (struct options){.per_host = 3};
    ck_assert_uint_eq(politeness_first_at_once(&options), 3);
    ck_assert(!pace_of("http://127.0.0.1/", 3, &pace));
    ck_assert(!pace_of("http://example.org/", 3, &pace));
    options = (struct options){.unthrottled = true};
    ck_assert_uint_eq(politeness_first_at_once(&options), 0);
    ck_assert(!pace_of("http://example.org/", 0, &pace));
    options = (struct options){.unthrottled = true, .per_host = 2};
    ck_assert(!pace_of("http://example.org/", 2, &pace));
}
END_TEST

START_TEST(delay_counts_from_the_claim)
{
    struct store_pace pace;
    options = (struct options){.delay = SECONDS(5)};
    nanoseconds before = clock_now();
    ck_assert(pace_of("http://127.0.0.1/", 0, &pace));
    ck_assert_int_ge(pace.not_before, before + SECONDS(5));
    ck_assert_int_le(pace.not_before, clock_now() + SECONDS(5));
    ck_assert_uint_eq(pace.at_once, 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("politeness", this_machine_has_no_limit, wishes_hold_for_all, delay_counts_from_the_claim);
}
