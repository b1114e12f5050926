/* robots.txt: whatever the file says, it is read; rules compare as RFC 9309 has it, which a slow matcher tells too. */
#include "web/robots.h"

#include "fuzz.h"

static void check_product(struct slice input)
{
    struct slice product = robots_product(input);
    FUZZ_CHECK(fuzz_is_within(product, input) && slice_equal(robots_product(product), product));
}

static void check_answers(const struct robots *robots, struct slice input)
{
    double delay = robots_crawl_delay(robots);
    FUZZ_CHECK(delay >= 0 && delay <= 24 * 60 * 60);
    for (size_t i = 0; i < robots_sitemap_count(robots); i++) {
        struct slice sitemap = robots_sitemap(robots, i);
        FUZZ_CHECK(sitemap.length > 0 && sitemap.length <= ROBOTS_LINE && slice_equal(sitemap, slice_trim(sitemap)));
    }
    FUZZ_CHECK(robots_sitemap_count(robots) <= input.length);
}

/* Whether a pattern matches the path: a row of the table of all prefixes of both, for each byte of the pattern. */
static bool slowly_matches(struct slice pattern, struct slice path)
{
    bool row[64] = {true};
    FUZZ_CHECK(path.length < sizeof row);
    for (size_t i = 0; i < pattern.length; i++) {
        char c = pattern.data[i];
        if (c == '$' && i + 1 == pattern.length)
            return row[path.length];
        for (size_t j = path.length + 1; c != '*' && j-- > 0;)
            row[j] = j > 0 && row[j - 1] && path.data[j - 1] == c;
        for (size_t j = 1; c == '*' && j <= path.length; j++)
            row[j] |= row[j - 1];
    }
    bool matches = false;
    for (size_t j = 0; j <= path.length; j++)
        matches |= row[j];
    return matches;
}

static char of_alphabet(unsigned choice, const char *alphabet)
{
    return alphabet[choice % strlen(alphabet)];
}

/* A file of one rule, whose bytes are such that much matches. */
static void check_rule(struct slice input)
{
    static const char head[] = "User-agent: *\nDisallow: ";
    char file[sizeof head + 32], path[33] = "/";
    size_t rule_length = fuzz_choice(&input) % 31 + 1, path_length = 1 + fuzz_choice(&input) % 32;
    char *rule = file + sizeof head - 1;
    memcpy(file, head, sizeof head);
    for (size_t i = 0; i < rule_length; i++)
        rule[i] = of_alphabet(fuzz_choice(&input), "ab/**$");
    for (size_t i = 1; i < path_length; i++)
        path[i] = of_alphabet(fuzz_choice(&input), "ab/");
    struct robots *robots;
    FUZZ_CHECK(robots_create(&robots, (struct slice){file, sizeof head - 1 + rule_length}, SLICE("a")) == 0);
    bool matches = slowly_matches((struct slice){rule, rule_length}, (struct slice){path, path_length});
    FUZZ_CHECK(robots_allows(robots, (struct slice){path, path_length}) != matches);
    robots_free(robots);
}

/* The first line is a path, the rest a file. */
static void check_file(struct slice input)
{
    char path[64] = "/";
    size_t length = 1;
    while (input.length && *input.data != '\n' && length < sizeof path)
        path[length++] = (char)fuzz_choice(&input);
    struct robots *robots, *shouted;
    FUZZ_CHECK(robots_create(&robots, input, SLICE("bot")) == 0);
    FUZZ_CHECK(robots_create(&shouted, input, SLICE("BOT")) == 0);
    check_answers(robots, input);
    bool allows = robots_allows(robots, (struct slice){path, length});
    FUZZ_CHECK(robots_allows(shouted, (struct slice){path, length}) == allows);
    robots_free(robots);
    robots_free(shouted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = fuzz_input(data, size);
    if (fuzz_choice(&input) % 2) {
        check_rule(input);
        return 0;
    }
    check_product(input);
    check_file(input);
    return 0;
}
