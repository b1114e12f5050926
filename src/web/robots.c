#include "web/robots.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum { LONGEST_DELAY = 24 * 60 * 60 };

struct rule {
    struct slice pattern; /* as it is compared */
    bool allows;
};

struct rules {
    struct rule *items;
    size_t count;
    size_t capacity;
    double crawl_delay;
};

/* For whom a group is. */
enum audience { OURS, EVERYBODY, AUDIENCES };

struct robots {
    struct arena memory;
    struct rules rules[AUDIENCES];
    struct slice *sitemaps;
    size_t sitemap_count;
    size_t sitemap_capacity;
    bool names_us;
};

/* A file being read. */
struct reading {
    struct robots *robots;
    struct slice product;
    bool is_for[AUDIENCES]; /* the group at hand */
    bool has_rules;         /* it does, so that the next user-agent line begins another */
    size_t wildcards;       /* rules with a '*' so far */
};

/* --- rules -------------------------------------------------------------------------------------------------------- */

static bool is_hex_digit(char c)
{
    c = ascii_lower(c);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static char upper(char c)
{
    if (c < 'a' || c > 'f')
        return c;
    return (char)(c - ('a' - 'A'));
}

enum { ESCAPE_LENGTH = 3 };

/* Whether a byte of a path is compared escaped. */
typedef bool (*escape_rule)(struct slice path, size_t at);

/* Bytes beyond ASCII, and a '$' that doesn't end the rule, as it means nothing there. */
static bool rule_escapes(struct slice path, size_t at)
{
    return (unsigned char)path.data[at] >= 0x80 || (path.data[at] == '$' && at + 1 < path.length);
}

/* What would mean something in a rule: there it is written "%2A" and "%24" (section 2.2.3). */
static bool path_escapes(struct slice path, size_t at)
{
    return path.data[at] == '*' || path.data[at] == '$';
}

/* Appends a path as it is compared: escapes in capitals. */
static int append_comparable(struct buf *out, struct slice path, escape_rule is_escaped)
{
    int err = 0;
    for (size_t i = 0; i < path.length && !err; i++) {
        const char *c = path.data + i;
        bool is_escape = *c == '%' && i + 2 < path.length && is_hex_digit(c[1]) && is_hex_digit(c[2]);
        if (is_escape) {
            err = buf_append(out, (char[]){'%', upper(c[1]), upper(c[2])}, ESCAPE_LENGTH);
            i += 2;
        } else if (is_escaped(path, i)) {
            err = buf_printf(out, "%%%02X", (unsigned char)*c);
        } else {
            err = buf_append_char(out, *c);
        }
    }
    return err;
}

static int grow(void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return 0;
    size_t wanted = *capacity ? 2 * *capacity : 8;
    void *more = realloc(*items, wanted * size);
    if (!more)
        return ERR_NO_MEMORY;
    *items = more;
    *capacity = wanted;
    return 0;
}

static int add_rule(struct rules *rules, struct slice pattern, bool allows)
{
    void *items = rules->items;
    int err = grow(&items, rules->count, &rules->capacity, sizeof *rules->items);
    rules->items = items;
    if (!err)
        rules->items[rules->count++] = (struct rule){pattern, allows};
    return err;
}

/* Keeps the pattern for all whom the group is for. */
static int keep_pattern(struct reading *reading, struct slice pattern, bool allows)
{
    struct slice kept = arena_copy(&reading->robots->memory, pattern);
    int err = kept.data ? 0 : ERR_NO_MEMORY;
    for (int i = 0; i < AUDIENCES && !err; i++)
        if (reading->is_for[i])
            err = add_rule(&reading->robots->rules[i], kept, allows);
    return err;
}

static bool ends_with(struct slice text, struct slice suffix)
{
    return text.length >= suffix.length &&
           memcmp(text.data + text.length - suffix.length, suffix.data, suffix.length) == 0;
}

/* "/folder/index.html" stands for "/folder/" too, and for that alone. */
static int keep_index_page(struct reading *reading, struct buf *pattern)
{
    struct slice text = buf_slice(pattern);
    size_t name = ends_with(text, SLICE("/index.html")) ? 10 : ends_with(text, SLICE("/index.htm")) ? 9 : 0;
    if (!name)
        return 0;
    pattern->length -= name;
    int err = buf_append_char(pattern, '$');
    return err ? err : keep_pattern(reading, buf_slice(pattern), true);
}

/* Counts wildcards, too. */
static bool has_too_many_wildcards(struct reading *reading, struct slice pattern)
{
    bool has_wildcard = memchr(pattern.data, '*', pattern.length) != NULL;
    return has_wildcard && reading->wildcards++ >= ROBOTS_WILDCARDS;
}

/* A rule without a value says nothing. */
static int take_rule(struct reading *reading, struct slice value, bool allows)
{
    bool is_ours = reading->is_for[OURS] || reading->is_for[EVERYBODY];
    reading->has_rules |= is_ours;
    if (!is_ours || !value.length || has_too_many_wildcards(reading, value))
        return 0;
    struct buf pattern;
    buf_init(&pattern, (size_t)ROBOTS_LINE * ESCAPE_LENGTH + 1);
    int err = append_comparable(&pattern, value, rule_escapes);
    if (!err)
        err = keep_pattern(reading, buf_slice(&pattern), allows);
    if (!err && allows)
        err = keep_index_page(reading, &pattern);
    buf_free(&pattern);
    return err;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

struct slice robots_product(struct slice user_agent)
{
    size_t length = 0;
    for (; length < user_agent.length; length++) {
        char c = ascii_lower(user_agent.data[length]);
        if ((c < 'a' || c > 'z') && c != '-' && c != '_')
            break;
    }
    return (struct slice){user_agent.data, length};
}

static void take_user_agent(struct reading *reading, struct slice value)
{
    if (reading->has_rules)
        reading->is_for[OURS] = reading->is_for[EVERYBODY] = reading->has_rules = false;
    if (value.length && value.data[0] == '*' && (value.length == 1 || ascii_is_space(value.data[1]))) {
        reading->is_for[EVERYBODY] = true;
        return;
    }
    struct slice product = robots_product(value);
    if (!product.length || !slice_equal_nocase(product, reading->product))
        return;
    reading->is_for[OURS] = true;
    reading->robots->names_us = true;
}

static void take_crawl_delay(struct reading *reading, struct slice value)
{
    char text[32];
    reading->has_rules |= reading->is_for[OURS] || reading->is_for[EVERYBODY];
    if (!value.length || value.length >= sizeof text || value.data[0] < '0' || value.data[0] > '9')
        return;
    memcpy(text, value.data, value.length);
    text[value.length] = '\0';
    double delay = strtod(text, NULL);
    for (int i = 0; i < AUDIENCES; i++)
        if (reading->is_for[i])
            reading->robots->rules[i].crawl_delay = delay < LONGEST_DELAY ? delay : LONGEST_DELAY;
}

static int take_sitemap(struct robots *robots, struct slice value)
{
    void *items = robots->sitemaps;
    struct slice kept = arena_copy(&robots->memory, value);
    int err = grow(&items, robots->sitemap_count, &robots->sitemap_capacity, sizeof *robots->sitemaps);
    robots->sitemaps = items;
    if (err || !kept.data)
        return ERR_NO_MEMORY;
    robots->sitemaps[robots->sitemap_count++] = kept;
    return 0;
}

/* "key: value", or "key value", as some write it. False for anything else. */
static bool split(struct slice line, struct slice *key, struct slice *value)
{
    const char *colon = memchr(line.data, ':', line.length);
    size_t length = colon ? (size_t)(colon - line.data) : 0;
    while (!colon && length < line.length && !ascii_is_space(line.data[length]))
        length++;
    *key = slice_trim((struct slice){line.data, length});
    size_t behind = length + (colon != NULL);
    *value = slice_trim((struct slice){line.data + behind, line.length - behind});
    for (size_t i = 0; !colon && i < value->length; i++)
        if (ascii_is_space(value->data[i]))
            return false;
    return key->length != 0;
}

static int take_line(struct reading *reading, struct slice line)
{
    struct slice key, value;
    const char *comment = memchr(line.data, '#', line.length);
    if (comment)
        line.length = (size_t)(comment - line.data);
    line = slice_trim(line);
    if (!line.length || !split(line, &key, &value))
        return 0;
    if (slice_equal_nocase(key, SLICE("user-agent")))
        take_user_agent(reading, value);
    else if (slice_equal_nocase(key, SLICE("allow")))
        return take_rule(reading, value, true);
    else if (slice_equal_nocase(key, SLICE("disallow")))
        return take_rule(reading, value, false);
    else if (slice_equal_nocase(key, SLICE("crawl-delay")))
        take_crawl_delay(reading, value);
    else if (slice_equal_nocase(key, SLICE("sitemap")) && value.length)
        return take_sitemap(reading->robots, value);
    return 0;
}

static size_t line_length(struct slice text)
{
    size_t length = 0;
    while (length < text.length && text.data[length] != '\n' && text.data[length] != '\r')
        length++;
    return length;
}

/* What is beyond the limit goes, back to the end of the last whole line. */
static struct slice cut(struct slice text)
{
    if (text.length <= ROBOTS_MOST)
        return text;
    text.length = ROBOTS_MOST;
    while (text.length && text.data[text.length - 1] != '\n' && text.data[text.length - 1] != '\r')
        text.length--;
    return text;
}

/* A byte order mark, or what is left of one. */
static struct slice without_mark(struct slice text)
{
    static const char mark[] = "\xef\xbb\xbf";
    for (size_t i = 0; i < 3 && text.length && text.data[0] == mark[i]; i++) {
        text.data++;
        text.length--;
    }
    return text;
}

static int read_lines(struct reading *reading, struct slice text)
{
    int err = 0;
    while (text.length && !err) {
        size_t length = line_length(text);
        err = take_line(reading, (struct slice){text.data, length < ROBOTS_LINE ? length : ROBOTS_LINE});
        length += length < text.length;
        text.data += length;
        text.length -= length;
    }
    return err;
}

int robots_create(struct robots **out, struct slice text, struct slice product)
{
    struct robots *robots = calloc(1, sizeof *robots);
    if (!robots)
        return ERR_NO_MEMORY;
    arena_init(&robots->memory);
    struct reading reading = {.robots = robots, .product = product};
    int err = read_lines(&reading, without_mark(cut(text)));
    if (err) {
        robots_free(robots);
        return err;
    }
    *out = robots;
    return 0;
}

void robots_free(struct robots *robots)
{
    if (!robots)
        return;
    for (int i = 0; i < AUDIENCES; i++)
        free(robots->rules[i].items);
    free(robots->sitemaps);
    arena_free(&robots->memory);
    free(robots);
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

/* Where `part` is first found in `text` from `from` on; SIZE_MAX for nowhere. */
static size_t find(struct slice text, size_t from, struct slice part)
{
    if (!part.length)
        return from;
    const char *found = memmem(text.data + from, text.length - from, part.data, part.length);
    return found ? (size_t)(found - text.data) : SIZE_MAX;
}

static bool starts_with(struct slice text, struct slice prefix)
{
    return text.length >= prefix.length && memcmp(text.data, prefix.data, prefix.length) == 0;
}

/* Takes the pattern's next part off, up to a '*' or its end. Returns whether that was the last. */
static bool take_part(struct slice *pattern, struct slice *part)
{
    const char *star = memchr(pattern->data, '*', pattern->length);
    *part = (struct slice){pattern->data, star ? (size_t)(star - pattern->data) : pattern->length};
    size_t behind = part->length + (star != NULL);
    *pattern = (struct slice){pattern->data + behind, pattern->length - behind};
    return !star;
}

/* Whether the pattern matches from the start of the path on: its first part there, each other where it is first found,
 * as no later place could do better. The last one of a pattern that ends in '$' must end with the path. */
static bool matches(struct slice pattern, struct slice path)
{
    struct slice part;
    bool is_anchored = ends_with(pattern, SLICE("$"));
    pattern.length -= is_anchored;
    bool is_last = take_part(&pattern, &part);
    if (!starts_with(path, part))
        return false;
    size_t at = part.length;
    if (is_last)
        return !is_anchored || at == path.length;
    do {
        is_last = take_part(&pattern, &part);
        if (is_last && is_anchored)
            return path.length - at >= part.length && ends_with(path, part);
        at = find(path, at, part);
        if (at == SIZE_MAX)
            return false;
        at += part.length;
    } while (!is_last);
    return true;
}

static bool rules_allow(const struct rules *rules, struct slice path)
{
    const struct rule *best = NULL;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->items[i];
        size_t length = rule->pattern.length;
        bool is_better = !best || length > best->pattern.length || (length == best->pattern.length && rule->allows);
        if (is_better && matches(rule->pattern, path))
            best = rule;
    }
    return !best || best->allows;
}

static const struct rules *rules_of(const struct robots *robots)
{
    return &robots->rules[robots->names_us ? OURS : EVERYBODY];
}

/* Most paths are as they are. */
static bool is_comparable(struct slice path)
{
    for (size_t i = 0; i < path.length; i++)
        if (path.data[i] == '%' || path_escapes(path, i))
            return false;
    return true;
}

bool robots_allows(const struct robots *robots, struct slice path)
{
    const struct rules *rules = rules_of(robots);
    if (!rules->count)
        return true;
    if (is_comparable(path))
        return rules_allow(rules, path);
    struct buf comparable;
    buf_init(&comparable, path.length * ESCAPE_LENGTH + 1);
    /* Without memory to compare, the careful answer. */
    bool allows = append_comparable(&comparable, path, path_escapes) == 0 && rules_allow(rules, buf_slice(&comparable));
    buf_free(&comparable);
    return allows;
}

double robots_crawl_delay(const struct robots *robots)
{
    return rules_of(robots)->crawl_delay;
}

size_t robots_sitemap_count(const struct robots *robots)
{
    return robots->sitemap_count;
}

struct slice robots_sitemap(const struct robots *robots, size_t index)
{
    return robots->sitemaps[index];
}
