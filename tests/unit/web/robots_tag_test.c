#include "web/robots_tag.h"

#include "unit/suite.h"

/* Text that forbids to follow links, or doesn't, for the product ExampleBot. */
struct row {
    const char *text;
    bool forbids;
};

START_TEST(content_of_a_meta_element)
{
    static const struct row rows[] = {
        {"nofollow", true},
        {"none", true},
        {"NoFollow", true},
        {"NONE", true},
        {" \n\tnofollow\f\r ", true},
        {"noindex,nofollow", true},
        {"noindex ,\n nofollow , noarchive", true},
        {",,nofollow,", true},
        {"follow, nofollow", true},
        {"nofollow, follow", true},
        {"max-snippet:-1, none", true},
        {"unavailable_after: 25 Jun 2010 15:00:00 PST, nofollow", true},
        {"", false},
        {",", false},
        {"  ", false},
        {"index, follow", false},
        {"all", false},
        {"noindex", false},
        {"noindex nofollow", false},
        {"nofollows", false},
        {"no follow", false},
        {"nofollo", false},
        {"'nofollow'", false},
        {"nonefollow, ugc, sponsored", false},
        {"examplebot: nofollow", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(robots_tag_meta_forbids(SLICE("robots"), slice_of(rows[i].text), SLICE("ExampleBot")) ==
                          rows[i].forbids,
                      "%s", rows[i].text);
    ck_assert(!robots_tag_meta_forbids(SLICE("robots"), SLICE("nofollow\0"), SLICE("ExampleBot")));
    ck_assert(!robots_tag_meta_forbids(SLICE("robots"), (struct slice){NULL, 0}, SLICE("ExampleBot")));
}
END_TEST

START_TEST(name_of_a_meta_element)
{
    static const struct row rows[] = {
        {"robots", true},
        {"ROBOTS", true},
        {" robots\n", true},
        {"examplebot", true},
        {"ExampleBOT", true},
        {"googlebot", false},
        {"", false},
        {"robot", false},
        {"robots-tag", false},
        {"robots robots", false},
        {"x-robots-tag", false},
        {"examplebot/1.0", false},
        {"example", false},
        {"examplebot2", false},
        {"description", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(robots_tag_meta_forbids(slice_of(rows[i].text), SLICE("nofollow"), SLICE("ExampleBot")) ==
                          rows[i].forbids,
                      "%s", rows[i].text);
    ck_assert(robots_tag_meta_forbids(SLICE("robots"), SLICE("nofollow"), SLICE("")));
    ck_assert(!robots_tag_meta_forbids(SLICE(""), SLICE("nofollow"), SLICE("")));
    ck_assert(!robots_tag_meta_forbids((struct slice){NULL, 0}, SLICE("nofollow"), (struct slice){NULL, 0}));
}
END_TEST

START_TEST(value_of_a_header)
{
    static const struct row rows[] = {
        {"nofollow", true},
        {"NONE", true},
        {"noindex, nofollow", true},
        {"\t noindex\t,\tNoFollow\t", true},
        {"*: nofollow", true},
        {"examplebot: nofollow", true},
        {"EXAMPLEBOT:nofollow", true},
        {"examplebot : none", true},
        {"examplebot: noindex, nofollow", true},
        {"otherbot: noindex, examplebot: nofollow", true},
        {"otherbot: nofollow, *: none", true},
        {"nofollow, otherbot: noindex", true},
        {"examplebot: nofollow, otherbot: noindex", true},
        {"examplebot: noindex, otherbot: nofollow, examplebot: none", true},
        {"unavailable_after: 25 Jun 2010 15:00:00 PST, nofollow", true},
        {"unavailable_after: Friday, 25-Jun-10 15:00:00 GMT, nofollow", true},
        {"unavailable_after: 2010-06-25T15:00:00Z,nofollow", true},
        {"Unavailable_After: x, max-snippet: 1, max-image-preview:large, MAX-video-preview:-1, none", true},
        {"examplebot: unavailable_after: 25 Jun 2010 15:00:00 PST, nofollow", true},
        {": nofollow, none", true},
        {"", false},
        {",,", false},
        {":", false},
        {": nofollow", false},
        {"follow", false},
        {"noindex, nosnippet", false},
        {"otherbot: nofollow", false},
        {"otherbot: noindex, nofollow", false},
        {"otherbot:, nofollow", false},
        {"360Spider: nofollow, none", false},
        {"archive.org_bot: nofollow", false},
        {"examplebot2: nofollow", false},
        {"example: nofollow", false},
        {"examplebot: noindex, otherbot: nofollow", false},
        {"*: noindex, otherbot: none", false},
        {"unavailable_after: nofollow", false},
        {"max-snippet: none", false},
        {"nofollow; noindex", false},
        {"noindex nofollow", false},
        {"examplebot: otherbot: nofollow", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(robots_tag_header_forbids(slice_of(rows[i].text), SLICE("ExampleBot")) == rows[i].forbids, "%s",
                      rows[i].text);
    ck_assert(!robots_tag_header_forbids((struct slice){NULL, 0}, SLICE("ExampleBot")));
    ck_assert(robots_tag_header_forbids(SLICE("nofollow"), (struct slice){NULL, 0}));
    ck_assert(!robots_tag_header_forbids(SLICE(":nofollow"), (struct slice){NULL, 0}));
}
END_TEST

START_TEST(marks_of_a_link)
{
    static const struct {
        const char *element, *rel;
        bool is_marked;
    } rows[] = {
        {"a", "nofollow", true},
        {"area", "NOFOLLOW", true},
        {"link", "next nofollow", true},
        {"form", "\n nofollow\tugc", true},
        {"header", "nofollow", true},
        {"a", "ugc\fsponsored\rnofollow", true},
        {"a", "", false},
        {"a", "ugc sponsored", false},
        {"a", "nofollow,", false},
        {"a", "no follow", false},
        {"a", "nofollowing xnofollow", false},
        {"img", "nofollow", false},
        {"iframe", "nofollow", false},
        {"style", "nofollow", false},
        {"*", "nofollow", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct link link = {.element = rows[i].element, .rel = slice_of(rows[i].rel)};
        ck_assert_msg(robots_tag_marks(&link) == rows[i].is_marked, "%s %s", rows[i].element, rows[i].rel);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("robots tag", content_of_a_meta_element, name_of_a_meta_element, value_of_a_header,
                     marks_of_a_link);
}
