/* What the visit before found. */
#include "crawl/earlier_visit.h"

#include "unit/suite.h"

#define WHEN "Sun, 06 Nov 1994 08:49:37 GMT"

static const struct fetch_statistic PAGE = {.status = 200,
                                            .content_type = "text/html",
                                            .encoding = "UTF-8",
                                            .is_html = true,
                                            .size = 7,
                                            .digest = 99,
                                            .num_urls = 3,
                                            .entity_tag = SLICE("\"a\""),
                                            .last_modified = SLICE(WHEN)};

START_TEST(validators_are_those_of_whole_answers)
{
    struct earlier_visit *visit;
    struct fetch_statistic records[] = {PAGE, PAGE, PAGE, PAGE, PAGE};
    records[1].status = 404;
    records[2].error = -1;
    records[3].truncated = true;
    records[4].entity_tag = SLICE("no tag");
    ck_assert_int_eq(earlier_visit_create(&visit), 0);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(earlier_visit_add(visit, 10 * i + 1, &records[i]), 0);
    for (size_t i = 0; i < 5; i++) {
        struct validators found = earlier_visit_validators(visit, 10 * i + 1);
        ck_assert(slice_equal(found.tag, i ? SLICE("") : PAGE.entity_tag));
        ck_assert(slice_equal(found.date, i == 0 || i == 4 ? PAGE.last_modified : SLICE("")));
    }
    struct validators none = earlier_visit_validators(visit, 2), nowhere = earlier_visit_validators(NULL, 1);
    ck_assert(!validators_are_there(&none) && !validators_are_there(&nowhere));
    earlier_visit_free(visit);
}
END_TEST

START_TEST(what_is_not_modified_takes_over_what_it_does_not_say)
{
    static const struct {
        int status, error;
        bool was_asked;
        uint64_t digest;
        bool is_not_modified, is_unchanged;
    } cases[] = {
        {304, 0, true, 0, true, true},    {304, 0, false, 0, false, false}, {200, 0, true, 99, false, true},
        {200, 0, true, 98, false, false}, {200, 0, false, 99, false, true}, {404, 0, true, 99, false, false},
        {304, -1, true, 0, false, false}, {0, -1, true, 0, false, false},
    };
    struct earlier_visit *visit;
    ck_assert_int_eq(earlier_visit_create(&visit), 0);
    ck_assert_int_eq(earlier_visit_add(visit, 5, &PAGE), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fetch_statistic record = {.status = cases[i].status, .error = cases[i].error, .digest = cases[i].digest};
        record.content_type = record.encoding = "";
        earlier_visit_compare(visit, 5, cases[i].was_asked, &record);
        ck_assert_int_eq(record.is_not_modified, cases[i].is_not_modified);
        ck_assert_int_eq(record.is_unchanged, cases[i].is_unchanged);
        if (!record.is_not_modified)
            continue;
        ck_assert_str_eq(record.content_type, "text/html");
        ck_assert_str_eq(record.encoding, "UTF-8");
        ck_assert(record.is_html && record.size == 7 && record.digest == 99 && record.num_urls == 3);
        ck_assert(slice_equal(record.entity_tag, PAGE.entity_tag) &&
                  slice_equal(record.last_modified, PAGE.last_modified));
        ck_assert_int_eq(fetch_statistic_status(&record), 200);
        ck_assert_uint_eq(fetch_statistic_received(&record), 0);
    }
    earlier_visit_free(visit);
}
END_TEST

START_TEST(each_of_many_is_found)
{
    const uint64_t end = 20000;
    struct earlier_visit *visit;
    ck_assert_int_eq(earlier_visit_create(&visit), 0);
    for (uint64_t id = 2; id < end; id += 2) {
        struct fetch_statistic record = PAGE;
        record.size = id;
        ck_assert_int_eq(earlier_visit_add(visit, id, &record), 0);
    }
    for (uint64_t id = 1; id < end; id++) {
        struct fetch_statistic record = {.status = 304};
        earlier_visit_compare(visit, id, true, &record);
        ck_assert_uint_eq(record.size, id % 2 ? 0 : id);
    }
    earlier_visit_free(visit);
}
END_TEST

int main(void)
{
    return RUN_TESTS("earlier_visit", validators_are_those_of_whole_answers,
                     what_is_not_modified_takes_over_what_it_does_not_say, each_of_many_is_found);
}
