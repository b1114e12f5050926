#include "web/link_table.h"

#include "unit/suite.h"

static const struct link_rule *find(const char *element, const char *attribute, unsigned vocabularies)
{
    return link_rule_find(link_rules_of(slice_of(element)), slice_of(attribute), vocabularies);
}

START_TEST(rows_are_found_by_halves)
{
    /* Walks the whole table: its first row is that of "a", and each next run starts behind the one before. */
    const struct link_rule *row = link_rules_of(SLICE("a")).first;
    size_t rows = 0;
    for (;;) {
        struct link_rules rules = link_rules_of(slice_of(row->element));
        ck_assert_ptr_eq(rules.first, row);
        ck_assert_uint_gt(rules.count, 0);
        row += rules.count;
        rows += rules.count;
        if (strcmp(rules.first->element, "video") == 0)
            break;
        ck_assert_int_lt(strcmp(rules.first->element, row->element), 0);
    }
    ck_assert_uint_gt(rows, 80);
}
END_TEST

START_TEST(names_are_matched_whole_and_in_any_case)
{
    ck_assert_ptr_nonnull(find("IMG", "SrcSet", VOCABULARY_HTML));
    ck_assert_ptr_nonnull(find("linearGradient", "xlink:href", VOCABULARY_SVG));
    ck_assert_ptr_null(find("im", "src", VOCABULARY_HTML));
    ck_assert_ptr_null(find("imgs", "src", VOCABULARY_HTML));
    ck_assert_ptr_null(find("img", "sr", VOCABULARY_HTML));
    ck_assert_ptr_null(find("img", "srcs", VOCABULARY_HTML));
    ck_assert_ptr_null(find("", "href", VOCABULARY_HTML));
    ck_assert_ptr_null(find("zzz", "href", VOCABULARY_HTML));
    ck_assert_ptr_null(link_rule_find(link_rules_of(SLICE("img\0")), SLICE("src"), VOCABULARY_HTML));
    ck_assert_ptr_null(link_rule_find(link_rules_of(SLICE("img")), SLICE("src\0"), VOCABULARY_HTML));
}
END_TEST

START_TEST(rules_hold_in_their_vocabulary)
{
    ck_assert_ptr_null(find("script", "href", VOCABULARY_HTML));
    ck_assert_ptr_nonnull(find("script", "href", VOCABULARY_SVG));
    ck_assert_int_eq(find("link", "href", VOCABULARY_HTML)->kind, LINK_RESOURCE);
    ck_assert_int_eq(find("link", "href", VOCABULARY_FEED)->kind, LINK_PAGE);
    ck_assert_int_eq(find("whatever", "style", VOCABULARY_HTML)->syntax, SYNTAX_CSS);
    ck_assert_str_eq(find("whatever", "xlink:href", VOCABULARY_XLINK)->element, "*");
    ck_assert_ptr_null(find("whatever", "fill", VOCABULARY_HTML));
    ck_assert_ptr_null(find("a", "data-href", VOCABULARY_HTML));
}
END_TEST

START_TEST(kinds_by_rel)
{
    static const struct {
        const char *rel;
        enum link_kind kind;
    } cases[] = {
        {"stylesheet", LINK_RESOURCE},     {"alternate stylesheet", LINK_RESOURCE},
        {"Shortcut\nICON", LINK_RESOURCE}, {"preload", LINK_RESOURCE},
        {"modulepreload", LINK_RESOURCE},  {"manifest", LINK_RESOURCE},
        {"prefetch", LINK_RESOURCE},       {"next", LINK_PAGE},
        {"canonical", LINK_PAGE},          {"alternate", LINK_PAGE},
        {"preconnect", LINK_OTHER},        {"dns-prefetch", LINK_OTHER},
        {"preconnect next", LINK_PAGE},    {"dns-prefetch preload", LINK_RESOURCE},
        {"made up preconnect", LINK_PAGE}, {" x  preconnect\t", LINK_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(link_kind_of_rel(slice_of(cases[i].rel), LINK_PAGE) == cases[i].kind, "%s", cases[i].rel);
    ck_assert_int_eq(link_kind_of_rel(SLICE("unheard-of"), LINK_RESOURCE), LINK_RESOURCE);
    ck_assert_int_eq(link_kind_of_rel(SLICE("unheard-of"), LINK_PAGE), LINK_PAGE);
    ck_assert_int_eq(link_kind_of_rel((struct slice){NULL, 0}, LINK_OTHER), LINK_OTHER);
}
END_TEST

START_TEST(types_of_a_rel)
{
    ck_assert(link_rel_has(SLICE("\tnext NoFollow\n"), SLICE("nofollow")));
    ck_assert(link_rel_has(SLICE("nofollow"), SLICE("nofollow")));
    ck_assert(!link_rel_has(SLICE("nofollow,next no follow"), SLICE("nofollow")));
    ck_assert(!link_rel_has((struct slice){NULL, 0}, SLICE("nofollow")));
}
END_TEST

int main(void)
{
    return RUN_TESTS("link_table", rows_are_found_by_halves, names_are_matched_whole_and_in_any_case,
                     rules_hold_in_their_vocabulary, kinds_by_rel, types_of_a_rel);
}
