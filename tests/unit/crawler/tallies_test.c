#include "measure/tallies.h"

#include <stdio.h>
#include <string.h>

#include "unit/crawler/failing_json.h"
#include "unit/crawler/json_text.h"
#include "unit/suite.h"

START_TEST(kinds_are_counted_in_the_order_they_are_met)
{
    static struct tallies tallies;
    check_made_json(tallies_json(&tallies), "{}");
    tallies_add(&tallies, "text/html", 10);
    tallies_add(&tallies, "-", 0);
    tallies_add(&tallies, "text/html", 5);
    tallies_add(&tallies, "text/htm", 1);
    check_made_json(tallies_json(&tallies), "{\"text/html\":{\"count\":2,\"bytes\":15},\"-\":{\"count\":1,\"bytes\":0},"
                                            "\"text/htm\":{\"count\":1,\"bytes\":1}}");
}
END_TEST

START_TEST(names_are_cut)
{
    static struct tallies tallies;
    char name[100] = {0};
    memset(name, 'x', sizeof name - 1);
    tallies_add(&tallies, name, 1);
    name[TALLY_NAME - 1] = 'y'; /* what differs is cut off */
    tallies_add(&tallies, name, 1);
    ck_assert_uint_eq(tallies.count, 1);
    name[TALLY_NAME - 2] = 'y';
    tallies_add(&tallies, name, 1);
    ck_assert_uint_eq(tallies.count, 2);
    ck_assert_uint_eq(strlen(tallies.items[0].name), TALLY_NAME - 1);
    ck_assert_uint_eq(tallies.items[0].count, 2);
}
END_TEST

static void add_kinds(struct tallies *tallies, int count)
{
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "kind-%d", i);
        tallies_add(tallies, name, 2);
    }
}

START_TEST(the_last_stands_for_the_rest)
{
    static struct tallies tallies;
    add_kinds(&tallies, 100);
    ck_assert_uint_eq(tallies.count, TALLIES);
    ck_assert_str_eq(tallies.items[TALLIES - 2].name, "kind-62");
    ck_assert_uint_eq(tallies.items[TALLIES - 2].count, 1);
    ck_assert_str_eq(tallies.items[TALLIES - 1].name, "more");
    ck_assert_uint_eq(tallies.items[TALLIES - 1].count, 37);
    ck_assert_uint_eq(tallies.items[TALLIES - 1].bytes, 74);
    tallies_add(&tallies, "kind-62", 2);
    tallies_add(&tallies, "kind-63", 2);
    ck_assert_uint_eq(tallies.items[TALLIES - 2].count, 2);
    ck_assert_uint_eq(tallies.items[TALLIES - 1].count, 38);
}
END_TEST

START_TEST(a_kind_called_more_is_not_lost_in_json)
{
    static struct tallies tallies;
    tallies_add(&tallies, "more", 1000);
    add_kinds(&tallies, 100);
    const json_int_t beyond = 100 - (TALLIES - 2);
    json_t *json = tallies_json(&tallies), *more = json_object_get(json, "more");
    ck_assert_int_eq(json_integer_value(json_object_get(more, "count")), 1 + beyond);
    ck_assert_int_eq(json_integer_value(json_object_get(more, "bytes")), 1000 + 2 * beyond);
    json_decref(json);
}
END_TEST

START_TEST(hostile_names_become_text)
{
    static struct tallies tallies;
    tallies_add(&tallies, "a\"\xff\x01", 1);
    tallies_add(&tallies, "a\"\xfe\x01", 2); /* the same when repaired */
    tallies_add(&tallies, "", 4);
    check_made_json(tallies_json(&tallies),
                    "{\"a\\\"\xef\xbf\xbd\\u0001\":{\"count\":2,\"bytes\":3},\"\":{\"count\":1,\"bytes\":4}}");
}
END_TEST

START_TEST(the_longest_repair_fits)
{
    static struct tallies tallies;
    char name[TALLY_NAME] = {0};
    memset(name, '\xff', sizeof name - 1);
    tallies_add(&tallies, name, 1);
    json_t *json = tallies_json(&tallies);
    ck_assert_uint_eq(json_object_size(json), 1);
    ck_assert_uint_eq(strlen(json_object_iter_key(json_object_iter(json))), 3 * sizeof name - 3);
    json_decref(json);
}
END_TEST

static json_t *make_json(const void *context)
{
    return tallies_json(context);
}

START_TEST(json_is_whole_or_none)
{
    static struct tallies tallies;
    add_kinds(&tallies, 20);
    struct json_failures failures = make_json_without_memory(make_json, &tallies);
    ck_assert_uint_gt(failures.tried, 20);
    ck_assert_uint_eq(failures.half, 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("tallies", kinds_are_counted_in_the_order_they_are_met, names_are_cut,
                     the_last_stands_for_the_rest, a_kind_called_more_is_not_lost_in_json, hostile_names_become_text,
                     the_longest_repair_fits, json_is_whole_or_none);
}
