/* The XML engine by libxml2, for XHTML, SVG, feeds and sitemaps: its push parser with SAX2 callbacks alone.
 *
 * Nothing outside the document is ever read, and no entity but the five of XML itself is expanded: one that the
 * document declares would let a few bytes become gigabytes. A document that is not well-formed is read on. */

#include <stdlib.h>

#include "base/error.h"
#include "web/extractor_engine.h"
#include "web/markup.h"

enum { TEXT_MAX = 1 << 16 /* bytes of a URL that is an element's text; a longer one is left out */ };

struct xml_engine {
    struct markup markup;
    xmlParserCtxtPtr parser;
    size_t depth;                      /* of open elements */
    bool is_feed;                      /* by the root element: those without a namespace are a feed's or a sitemap's */
    const struct link_rule *text_rule; /* of the element whose text is being gathered; NULL for none */
    struct buf text;
};

static struct slice slice_of_xml(const xmlChar *text)
{
    return slice_of((const char *)text);
}

static bool is_feed_root(struct slice name)
{
    static const char *const roots[] = {"rss", "feed", "urlset", "sitemapindex"};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (slice_equal(name, slice_of(roots[i])))
            return true;
    return false;
}

static bool is_feed_namespace(struct slice uri)
{
    static const char *const prefixes[] = {"http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/",
                                           "http://www.sitemaps.org/schemas/sitemap/",
                                           "http://www.google.com/schemas/sitemap"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (slice_has_prefix_nocase(uri, slice_of(prefixes[i])))
            return true;
    return false;
}

/* What an element may be by its namespace. Without one it is read leniently, as authors of XHTML and SVG forget theirs.
 */
static unsigned vocabularies_of(const struct xml_engine *engine, struct slice uri)
{
    if (slice_equal(uri, SLICE("http://www.w3.org/1999/xhtml")))
        return VOCABULARY_HTML | VOCABULARY_XLINK;
    if (slice_equal(uri, SLICE("http://www.w3.org/2000/svg")))
        return VOCABULARY_SVG | VOCABULARY_XLINK;
    if (is_feed_namespace(uri) || (!uri.length && engine->is_feed))
        return VOCABULARY_FEED | VOCABULARY_XLINK;
    return uri.length ? VOCABULARY_XLINK : VOCABULARY_HTML | VOCABULARY_SVG | VOCABULARY_XLINK;
}

/* One of libxml2's attributes, five pointers: name, prefix, namespace, value, end of the value. */
static void add_attribute(struct markup *markup, const xmlChar **attribute)
{
    struct slice name = slice_of_xml(attribute[0]);
    struct slice prefix = slice_of_xml(attribute[1]);
    bool is_xlink = slice_equal(prefix, SLICE("xlink")) ||
                    slice_equal(slice_of_xml(attribute[2]), SLICE("http://www.w3.org/1999/xlink"));
    if (is_xlink && slice_equal(name, SLICE("href")))
        name = SLICE("xlink:href");
    else if (slice_equal(prefix, SLICE("xml")) && slice_equal(name, SLICE("base")))
        name = SLICE("xml:base");
    else if (prefix.length)
        return;
    markup_attribute(markup, name, (struct slice){(const char *)attribute[3], (size_t)(attribute[4] - attribute[3])});
}

/* The root's xml:base holds until a base element says otherwise. */
static void keep_root_base(struct markup *markup, const struct tag *tag)
{
    struct slice base = slice_trim(tag_attribute(tag, SLICE("xml:base")));
    int err = base.length ? buf_append_slice(&markup->sink->base, base) : 0;
    if (err == ERR_NO_MEMORY)
        markup->err = err;
}

/* A guid is a URL unless it says that it isn't. */
static void start_text(struct xml_engine *engine, const struct tag *tag)
{
    bool is_link = !slice_equal(tag_attribute(tag, SLICE("ispermalink")), SLICE("false"));
    engine->text_rule =
        is_link ? link_rule_find(link_rules_of(tag->name), SLICE("text()"), tag->vocabularies & VOCABULARY_FEED) : NULL;
    buf_clear(&engine->text);
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                     const xmlChar **namespace_list, int count, int defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)namespaces, (void)namespace_list, (void)defaulted;
    struct xml_engine *engine = context;
    if (markup_ends_in_tag(engine->parser))
        return;
    struct slice name = slice_of_xml(local);
    for (int i = 0; i < count; i++)
        add_attribute(&engine->markup, attributes + (ptrdiff_t)i * 5);
    if (engine->depth == 0)
        engine->is_feed = is_feed_root(name);
    struct tag tag = {name, vocabularies_of(engine, slice_of_xml(uri)), engine->markup.attributes,
                      engine->markup.count};
    if (engine->depth++ == 0)
        keep_root_base(&engine->markup, &tag);
    start_text(engine, &tag);
    markup_open(&engine->markup, name, tag.vocabularies, false);
}

static void report_text(struct xml_engine *engine)
{
    const struct link_rule *rule = engine->text_rule;
    engine->text_rule = NULL;
    if (rule && !engine->markup.err)
        engine->markup.err =
            link_report(engine->markup.sink, rule, rule->kind, buf_slice(&engine->text), (struct slice){NULL, 0});
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    (void)prefix, (void)uri;
    struct xml_engine *engine = context;
    engine->depth--;
    report_text(engine);
    markup_close(&engine->markup, slice_of_xml(local));
}

static void on_text(void *context, const xmlChar *text, int length)
{
    struct xml_engine *engine = context;
    struct slice slice = {(const char *)text, (size_t)length};
    markup_text(&engine->markup, slice);
    if (!engine->text_rule || engine->markup.err)
        return;
    int err = buf_append_slice(&engine->text, slice);
    if (err == ERR_TOO_LARGE)
        engine->text_rule = NULL;
    else
        engine->markup.err = err;
}

/* The value of a pseudo-attribute; empty when it is missing (Associating Style Sheets with XML documents 1.0, section
 * 3). */
static struct slice pseudo_attribute(struct slice data, struct slice name)
{
    while (data.length) {
        const char *equals = memchr(data.data, '=', data.length);
        if (!equals)
            break;
        struct slice found = slice_trim((struct slice){data.data, (size_t)(equals - data.data)});
        struct slice rest = slice_trim((struct slice){equals + 1, data.length - (size_t)(equals + 1 - data.data)});
        if (!rest.length || (*rest.data != '"' && *rest.data != '\''))
            break;
        const char *end = memchr(rest.data + 1, *rest.data, rest.length - 1);
        if (!end)
            break;
        if (slice_equal(found, name))
            return (struct slice){rest.data + 1, (size_t)(end - rest.data - 1)};
        data = (struct slice){end + 1, rest.length - (size_t)(end + 1 - rest.data)};
    }
    return (struct slice){NULL, 0};
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
    static const struct link_rule rule = {"xml-stylesheet", "href",        VOCABULARY_XLINK,
                                          SYNTAX_URL,       LINK_RESOURCE, CONDITION_NONE};
    struct xml_engine *engine = context;
    if (engine->markup.err || engine->depth > 0 || !slice_equal(slice_of_xml(target), slice_of(rule.element)))
        return;
    struct slice href = pseudo_attribute(slice_of_xml(data), slice_of(rule.attribute));
    engine->markup.err = link_report(engine->markup.sink, &rule, rule.kind, href, (struct slice){NULL, 0});
}

static void xml_free(void *state)
{
    struct xml_engine *engine = state;
    markup_xml_free(engine->parser);
    markup_free(&engine->markup);
    buf_free(&engine->text);
    free(engine);
}

static int xml_create(void **state, struct link_sink *sink)
{
    int err = markup_start();
    if (err)
        return err;
    struct xml_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return ERR_NO_MEMORY;
    markup_init(&engine->markup, sink);
    buf_init(&engine->text, TEXT_MAX);
    const xmlSAXHandler sax = {
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .processingInstruction = on_instruction,
    };
    /* HUGE lifts the limit on depth. */
    err = markup_xml_create(&engine->parser, &sax, engine, XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE);
    if (err) {
        xml_free(engine);
        return err;
    }
    *state = engine;
    return 0;
}

static int xml_feed(void *state, struct slice utf8)
{
    struct xml_engine *engine = state;
    xml.xmlParseChunk(engine->parser, utf8.data, (int)utf8.length, 0);
    return markup_error(&engine->markup);
}

static int xml_finish(void *state)
{
    struct xml_engine *engine = state;
    xml.xmlParseChunk(engine->parser, NULL, 0, 1);
    return markup_error(&engine->markup);
}

const struct extractor_engine MARKUP_XML = {
    .name = "libxml2", .create = xml_create, .feed = xml_feed, .finish = xml_finish, .free = xml_free};
