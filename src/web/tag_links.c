#include "web/tag_links.h"

#include "base/error.h"
#include "web/css.h"
#include "web/refresh.h"
#include "web/robots_tag.h"
#include "web/srcset.h"

void link_sink_init(struct link_sink *sink, link_callback on_link, void *context)
{
    *sink = (struct link_sink){.on_link = on_link, .context = context};
    buf_init(&sink->base, BASE_MAX);
}

void link_sink_free(struct link_sink *sink)
{
    buf_free(&sink->base);
}

struct slice tag_attribute(const struct tag *tag, struct slice name)
{
    for (size_t i = 0; i < tag->count; i++)
        if (slice_equal_nocase(tag->attributes[i].name, name))
            return tag->attributes[i].value;
    return (struct slice){NULL, 0};
}

static bool attribute_is(const struct tag *tag, struct slice name, struct slice value)
{
    return slice_equal_nocase(slice_trim(tag_attribute(tag, name)), value);
}

int link_report(const struct link_sink *sink, const struct link_rule *rule, enum link_kind kind, struct slice url,
                struct slice rel)
{
    struct link link = {
        .url = slice_trim(url),
        .element = rule->element,
        .attribute = rule->attribute,
        .rel = rel,
        .kind = kind,
    };
    return link.url.length ? sink->on_link(sink->context, &link) : 0;
}

static int report(const struct tag *tag, const struct link_rule *rule, struct slice url, const struct link_sink *sink)
{
    struct slice rel = tag_attribute(tag, SLICE("rel"));
    enum link_kind kind = rule->condition == CONDITION_REL ? link_kind_of_rel(rel, rule->kind) : rule->kind;
    return link_report(sink, rule, kind, url, rel);
}

static int report_words(const struct tag *tag, const struct link_rule *rule, struct slice text,
                        const struct link_sink *sink)
{
    int err = 0;
    for (text = slice_trim(text); text.length && !err; text = slice_trim(text)) {
        struct slice word = {text.data, 0};
        while (word.length < text.length && !ascii_is_space(word.data[word.length]))
            word.length++;
        err = report(tag, rule, word, sink);
        text = (struct slice){text.data + word.length, text.length - word.length};
    }
    return err;
}

static int report_candidates(const struct tag *tag, const struct link_rule *rule, struct slice text,
                             const struct link_sink *sink)
{
    int err = 0;
    struct slice url;
    while (!err && srcset_next(&text, &url))
        err = report(tag, rule, url, sink);
    return err;
}

static int report_css(struct slice text, const struct link_sink *sink)
{
    if (!css_may_link(text))
        return 0;
    struct css css;
    css_init(&css, sink->on_link, sink->context);
    int err = css_feed(&css, text);
    if (!err)
        err = css_finish(&css);
    css_free(&css);
    return err;
}

/* Names and properties of meta whose content is a URL (Open Graph, Twitter cards, tiles). */
static bool is_url_property(struct slice property)
{
    static const char *const names[] = {
        "og:url",
        "og:image",
        "og:image:url",
        "og:image:secure_url",
        "og:video",
        "og:video:url",
        "og:video:secure_url",
        "og:audio",
        "og:audio:url",
        "og:audio:secure_url",
        "twitter:image",
        "twitter:image:src",
        "twitter:player",
        "twitter:player:stream",
        "twitter:url",
        "msapplication-tileimage",
        "msapplication-config",
        "msapplication-starturl",
        "thumbnail",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(property, slice_of(names[i])))
            return true;
    return false;
}

/* The content of meta: a refresh is a page; the pictures and names that a page has for other sites are fetched by those
 * only. */
static int report_meta(const struct tag *tag, const struct link_rule *rule, struct slice content,
                       const struct link_sink *sink)
{
    struct slice url;
    if (attribute_is(tag, SLICE("http-equiv"), SLICE("refresh")))
        return refresh_url(content, &url) ? report(tag, rule, url, sink) : 0;
    if (is_url_property(slice_trim(tag_attribute(tag, SLICE("property")))) ||
        is_url_property(slice_trim(tag_attribute(tag, SLICE("name")))))
        return link_report(sink, rule, LINK_OTHER, content, (struct slice){NULL, 0});
    return 0;
}

static void heed_robots(const struct tag *tag, struct slice content, struct link_sink *sink)
{
    if (robots_tag_meta_forbids(tag_attribute(tag, SLICE("name")), content, sink->product))
        sink->nofollow = true;
}

static int keep_base(struct slice href, struct link_sink *sink)
{
    if (sink->has_base)
        return 0;
    sink->has_base = true;
    buf_clear(&sink->base);
    int err = buf_append_slice(&sink->base, slice_trim(href));
    return err == ERR_TOO_LARGE ? 0 : err;
}

static bool condition_holds(const struct tag *tag, const struct link_rule *rule)
{
    if (rule->condition == CONDITION_IMAGE)
        return attribute_is(tag, SLICE("type"), SLICE("image"));
    if (rule->condition != CONDITION_GET)
        return true;
    /* A form has method, a button formmethod; a method that is missing or unknown means GET. */
    static const struct slice names[] = {{"method", 6}, {"formmethod", 10}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (attribute_is(tag, names[i], SLICE("post")) || attribute_is(tag, names[i], SLICE("dialog")))
            return false;
    return true;
}

static int apply(const struct tag *tag, const struct link_rule *rule, struct slice value, struct link_sink *sink)
{
    if (!condition_holds(tag, rule))
        return 0;
    switch (rule->syntax) {
    case SYNTAX_URL:
        return report(tag, rule, value, sink);
    case SYNTAX_URLS:
        return report_words(tag, rule, value, sink);
    case SYNTAX_SRCSET:
        return report_candidates(tag, rule, value, sink);
    case SYNTAX_CSS:
        return report_css(value, sink);
    case SYNTAX_META:
        heed_robots(tag, value, sink);
        return report_meta(tag, rule, value, sink);
    case SYNTAX_BASE:
        return keep_base(value, sink);
    }
    return 0;
}

/* HTML standard, 13.2.6.4.4: a start tag whose tag name is "meta". */
static void keep_charset(const struct tag *tag, struct link_sink *sink)
{
    sink->declared = charset_by_label(tag_attribute(tag, SLICE("charset")));
    if (!sink->declared && slice_equal_nocase(tag_attribute(tag, SLICE("http-equiv")), SLICE("content-type")))
        sink->declared = charset_in_content(tag_attribute(tag, SLICE("content")));
}

bool tag_is_css(const struct tag *tag)
{
    struct slice type = slice_trim(tag_attribute(tag, SLICE("type")));
    return slice_equal_nocase(tag->name, SLICE("style")) &&
           (type.length == 0 || slice_equal_nocase(type, SLICE("text/css")));
}

/* An attribute that is no link but decides on those beside it. */
struct aside {
    struct slice attribute;
    bool (*matters)(const struct link_rule *rule); /* NULL for always */
};

static bool is_image(const struct link_rule *rule)
{
    return rule->condition == CONDITION_IMAGE;
}

static bool is_get(const struct link_rule *rule)
{
    return rule->condition == CONDITION_GET;
}

static bool is_meta(const struct link_rule *rule)
{
    return rule->syntax == SYNTAX_META;
}

static const struct aside ASIDES[] = {
    {{"rel", 3}, NULL},           {{"type", 4}, is_image},       {{"method", 6}, is_get},
    {{"formmethod", 10}, is_get}, {{"http-equiv", 10}, is_meta}, {{"property", 8}, is_meta},
    {{"name", 4}, is_meta},       {{"charset", 7}, is_meta},
};

enum { ASIDE_COUNT = sizeof ASIDES / sizeof ASIDES[0] };

static bool aside_matters(const struct aside *aside, struct link_rules rules)
{
    for (size_t i = 0; aside->matters && i < rules.count; i++)
        if (aside->matters(&rules.first[i]))
            return true;
    return !aside->matters;
}

bool tag_links_need(struct link_rules rules, struct slice attribute, unsigned vocabularies,
                    const struct link_rule **rule)
{
    *rule = link_rule_find(rules, attribute, vocabularies);
    if (*rule)
        return true;
    for (size_t i = 0; i < ASIDE_COUNT; i++)
        if (slice_equal_nocase(attribute, ASIDES[i].attribute))
            return aside_matters(&ASIDES[i], rules);
    return false;
}

void tag_links_attributes(struct link_rules rules, unsigned vocabularies,
                          void (*visit)(void *context, const char *attribute), void *context)
{
    struct link_rules both[] = {rules, link_rules_of_any()};
    for (size_t k = 0; k < sizeof both / sizeof both[0]; k++)
        for (size_t i = 0; i < both[k].count; i++)
            if (both[k].first[i].vocabularies & vocabularies)
                visit(context, both[k].first[i].attribute);
    for (size_t i = 0; i < ASIDE_COUNT; i++)
        if (aside_matters(&ASIDES[i], rules))
            visit(context, ASIDES[i].attribute.data);
}

static void heed_meta(const struct tag *tag, struct link_sink *sink)
{
    if (!sink->declared && (tag->vocabularies & VOCABULARY_HTML) && slice_equal_nocase(tag->name, SLICE("meta")))
        keep_charset(tag, sink);
}

int tag_links(const struct tag *tag, struct link_sink *sink)
{
    struct link_rules rules = link_rules_of(tag->name);
    int err = 0;
    for (size_t i = 0; i < tag->count && !err; i++) {
        const struct link_rule *rule = link_rule_find(rules, tag->attributes[i].name, tag->vocabularies);
        if (rule)
            err = apply(tag, rule, tag->attributes[i].value, sink);
    }
    heed_meta(tag, sink);
    return err;
}

/* Whether a tag is one link and nothing else, as most are: no rel, no condition, no meta. */
static bool is_one_link(const struct tag *tag)
{
    const struct link_rule *rule = tag->count == 1 ? tag->attributes->rule : NULL;
    return rule && rule->syntax == SYNTAX_URL && rule->condition == CONDITION_NONE;
}

int tag_links_known(const struct tag *tag, struct link_sink *sink)
{
    int err = 0;
    const struct attribute *first = tag->attributes;
    if (is_one_link(tag))
        return link_report(sink, first->rule, first->rule->kind, first->value, (struct slice){NULL, 0});
    for (size_t i = 0; i < tag->count && !err; i++)
        if (tag->attributes[i].rule)
            err = apply(tag, tag->attributes[i].rule, tag->attributes[i].value, sink);
    heed_meta(tag, sink);
    return err;
}
