/* XML lists by libxml2: its push parser with SAX2 callbacks alone, as in markup_xml.c. Which element is what is told by
 * a table of lists, and an entry is reported when its element ends. */

#include <stdlib.h>

#include "base/error.h"
#include "web/markup.h"
#include "web/sitemap_engine.h"

enum { LASTMOD_LENGTH = 64, MOST_FIELDS = 4 };

enum target { TO_URL, TO_LASTMOD, TARGETS };

/* Where a value of an entry stands. */
struct field {
    const char *element;   /* a child of the entry; NULL for no field */
    const char *attribute; /* NULL: the element's text */
    enum target target;
    int rank; /* the highest wins, and of equals the first */
};

struct list {
    const char *root;
    const char *entry;
    size_t depth; /* of the entries; the root's is 1 */
    enum sitemap_kind kind;
    struct field fields[MOST_FIELDS];
};

static const struct list LISTS[] = {
    {"urlset", "url", 2, SITEMAP_OF_PAGES, {{"loc", NULL, TO_URL, 1}, {"lastmod", NULL, TO_LASTMOD, 1}}},
    {"sitemapindex", "sitemap", 2, SITEMAP_OF_SITEMAPS, {{"loc", NULL, TO_URL, 1}, {"lastmod", NULL, TO_LASTMOD, 1}}},
    {"rss",
     "item",
     3,
     SITEMAP_OF_PAGES,
     {{"link", NULL, TO_URL, 2},
      {"guid", NULL, TO_URL, 1},
      {"pubDate", NULL, TO_LASTMOD, 2},
      {"date", NULL, TO_LASTMOD, 1}}},
    {"RDF", "item", 2, SITEMAP_OF_PAGES, {{"link", NULL, TO_URL, 1}, {"date", NULL, TO_LASTMOD, 1}}},
    {"feed",
     "entry",
     2,
     SITEMAP_OF_PAGES,
     {{"link", "href", TO_URL, 1}, {"updated", NULL, TO_LASTMOD, 2}, {"published", NULL, TO_LASTMOD, 1}}},
};

/* What was found for a target; of rank 0 while nothing was. */
struct value {
    struct buf text;
    int rank;
};

struct sitemap_xml {
    struct sitemap_sink *sink;
    xmlParserCtxtPtr parser;
    int err;                 /* the first; it stops the parser */
    size_t depth;            /* of open elements */
    const struct list *list; /* NULL before the root */
    bool in_entry;
    bool has_lost; /* a URL of the entry that could not be read */
    struct value values[TARGETS];
    const struct field *field; /* whose text is being gathered; NULL for none */
    struct buf text;
    bool is_too_long; /* the text is */
    bool is_damaged;  /* the document is not well-formed between the last tag and here */
};

/* libxml2's attributes are five pointers each: name, prefix, namespace, value, end of the value. */
struct attributes {
    const xmlChar **first;
    int count;
};

static struct slice slice_of_xml(const xmlChar *text)
{
    return slice_of((const char *)text);
}

static void fail(struct sitemap_xml *reader, int err)
{
    if (reader->err || !err)
        return;
    reader->err = err;
    xml.xmlStopParser(reader->parser);
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

static const struct list *find_list(struct slice root)
{
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++)
        if (slice_equal(root, slice_of(LISTS[i].root)))
            return &LISTS[i];
    return NULL;
}

static const struct field *find_field(const struct list *list, struct slice element)
{
    for (size_t i = 0; i < MOST_FIELDS && list->fields[i].element; i++)
        if (slice_equal(element, slice_of(list->fields[i].element)))
            return &list->fields[i];
    return NULL;
}

static void clear_entry(struct sitemap_xml *reader)
{
    reader->has_lost = false;
    for (int i = 0; i < TARGETS; i++) {
        buf_clear(&reader->values[i].text);
        reader->values[i].rank = 0;
    }
}

/* Keeps a field's value, which is no news when it is empty. One that could not be read whole is no better than none. */
static void keep_value(struct sitemap_xml *reader, const struct field *field, struct slice text, bool is_whole)
{
    struct value *value = &reader->values[field->target];
    text = slice_trim(text);
    if (!text.length || field->rank <= value->rank)
        return;
    if (!is_whole || text.length > value->text.limit) {
        reader->has_lost |= field->target == TO_URL;
        return;
    }
    buf_clear(&value->text);
    value->rank = field->rank;
    fail(reader, buf_append_slice(&value->text, text));
}

static void end_entry(struct sitemap_xml *reader)
{
    struct sitemap_entry entry = {reader->list->kind, buf_slice(&reader->values[TO_URL].text),
                                  buf_slice(&reader->values[TO_LASTMOD].text)};
    reader->in_entry = false;
    if (entry.url.length)
        fail(reader, sitemap_report(reader->sink, &entry));
    else
        reader->sink->dropped += reader->has_lost;
}

/* --- elements ----------------------------------------------------------------------------------------------------- */

/* The value of an attribute without a prefix; empty when it is missing. */
static struct slice attribute_of(struct attributes attributes, const char *name)
{
    for (const xmlChar **at = attributes.first; attributes.count-- > 0; at += 5)
        if (!at[1] && slice_equal(slice_of_xml(at[0]), slice_of(name)))
            return (struct slice){(const char *)at[3], (size_t)(at[4] - at[3])};
    return (struct slice){NULL, 0};
}

/* In Atom a link leads to the entry itself unless its rel says otherwise (RFC 4287, section 4.2.7.2); in RSS a guid is
 * a URL unless it says that it isn't. */
static bool is_about_entry(struct attributes attributes)
{
    struct slice rel = slice_trim(attribute_of(attributes, "rel"));
    return (!rel.length || slice_equal_nocase(rel, SLICE("alternate"))) &&
           !slice_equal_nocase(slice_trim(attribute_of(attributes, "isPermaLink")), SLICE("false"));
}

static void begin_field(struct sitemap_xml *reader, const struct field *field, struct attributes attributes)
{
    if (!field || !is_about_entry(attributes))
        return;
    if (field->attribute) {
        keep_value(reader, field, attribute_of(attributes, field->attribute), !reader->is_damaged);
        return;
    }
    reader->field = field;
    reader->is_too_long = false;
    buf_clear(&reader->text);
}

static void end_field(struct sitemap_xml *reader)
{
    const struct field *field = reader->field;
    reader->field = NULL;
    keep_value(reader, field, buf_slice(&reader->text), !reader->is_damaged && !reader->is_too_long);
}

static void begin_element(struct sitemap_xml *reader, struct slice name, struct attributes attributes)
{
    const struct list *list = reader->list;
    if (reader->depth > SITEMAP_DEPTH) {
        fail(reader, ERR_TOO_LARGE);
    } else if (!list) {
        reader->list = find_list(name);
        fail(reader, reader->list ? 0 : ERR_SYNTAX);
    } else if (reader->depth == list->depth) {
        reader->in_entry = slice_equal(name, slice_of(list->entry));
        clear_entry(reader);
    } else if (reader->in_entry && reader->depth == list->depth + 1) {
        begin_field(reader, find_field(list, name), attributes);
    }
}

static void end_element(struct sitemap_xml *reader)
{
    if (!reader->in_entry)
        return;
    if (reader->field && reader->depth == reader->list->depth + 1)
        end_field(reader);
    else if (reader->depth == reader->list->depth)
        end_entry(reader);
}

/* --- callbacks ---------------------------------------------------------------------------------------------------- */

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                     const xmlChar **namespace_list, int count, int defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)uri, (void)namespaces, (void)namespace_list, (void)defaulted;
    struct sitemap_xml *reader = context;
    reader->depth++;
    if (!reader->err && !markup_ends_in_tag(reader->parser))
        begin_element(reader, slice_of_xml(local), (struct attributes){attributes, count});
    reader->is_damaged = false;
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    (void)local, (void)prefix, (void)uri;
    struct sitemap_xml *reader = context;
    if (!reader->err)
        end_element(reader);
    reader->depth--;
    reader->is_damaged = false;
}

static void on_text(void *context, const xmlChar *text, int length)
{
    struct sitemap_xml *reader = context;
    struct slice piece = {(const char *)text, (size_t)length};
    if (!reader->field || reader->err || reader->depth != reader->list->depth + 1)
        return;
    while (!reader->text.length && piece.length && ascii_is_space(piece.data[0]))
        piece = (struct slice){piece.data + 1, piece.length - 1};
    int err = buf_append_slice(&reader->text, piece);
    if (err == ERR_TOO_LARGE)
        reader->is_too_long = true;
    else
        fail(reader, err);
}

/* A namespace that nobody declared harms no value. */
static void on_error(void *context, xml_error error)
{
    struct sitemap_xml *reader = context;
    reader->is_damaged |= error->domain != XML_FROM_NAMESPACE;
}

/* --- documents ---------------------------------------------------------------------------------------------------- */

static int create_parser(struct sitemap_xml *reader)
{
    int err = markup_start();
    if (err)
        return err;
    const xmlSAXHandler sax = {
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    return markup_xml_create(&reader->parser, &sax, reader, 0);
}

int sitemap_xml_create(struct sitemap_xml **out, struct sitemap_sink *sink)
{
    struct sitemap_xml *reader = calloc(1, sizeof *reader);
    if (!reader)
        return ERR_NO_MEMORY;
    reader->sink = sink;
    buf_init(&reader->text, SITEMAP_URL_LENGTH);
    buf_init(&reader->values[TO_URL].text, SITEMAP_URL_LENGTH);
    buf_init(&reader->values[TO_LASTMOD].text, LASTMOD_LENGTH);
    int err = create_parser(reader);
    if (err)
        sitemap_xml_free(reader);
    else
        *out = reader;
    return err;
}

void sitemap_xml_free(struct sitemap_xml *reader)
{
    if (!reader)
        return;
    markup_xml_free(reader->parser);
    for (int i = 0; i < TARGETS; i++)
        buf_free(&reader->values[i].text);
    buf_free(&reader->text);
    free(reader);
}

/* What is behind the root element is of no interest. */
static bool is_over(const struct sitemap_xml *reader)
{
    return reader->list && reader->depth == 0;
}

/* How much the parser may hold back of what it has begun: it looks through that again and again, and compares each of a
 * tag's attributes and namespaces with all the others. */
static ptrdiff_t most_unfinished(const xmlParserInput *input)
{
    bool is_tag = input->end - input->cur >= 2 && input->cur[0] == '<' && input->cur[1] != '!' && input->cur[1] != '?';
    return is_tag ? SITEMAP_TAG : SITEMAP_MARKUP;
}

/* Whether the parser has given up, or holds too much back. */
static int check_progress(const struct sitemap_xml *reader)
{
    const xmlParserInput *input = reader->parser->input;
    if (is_over(reader))
        return 0;
    if (reader->parser->instate == XML_PARSER_EOF || !input)
        return ERR_SYNTAX;
    return input->end - input->cur > most_unfinished(input) ? ERR_TOO_LARGE : 0;
}

static int parse(struct sitemap_xml *reader, struct slice utf8, bool last)
{
    xml.xmlParseChunk(reader->parser, utf8.data, (int)utf8.length, last);
    int err = markup_memory_error();
    return reader->err ? reader->err : err;
}

/* libxml2 takes a NUL for the end: U+FFFD stands for it. */
static int parse_without_nul(struct sitemap_xml *reader, struct slice utf8)
{
    int err = 0;
    while (utf8.length && !err && !is_over(reader)) {
        const char *nul = memchr(utf8.data, '\0', utf8.length);
        size_t length = nul ? (size_t)(nul - utf8.data) : utf8.length;
        err = parse(reader, (struct slice){utf8.data, length}, false);
        if (nul && !err)
            err = parse(reader, SLICE("\xEF\xBF\xBD"), false);
        length += nul != NULL;
        utf8 = (struct slice){utf8.data + length, utf8.length - length};
    }
    return err;
}

int sitemap_xml_feed(struct sitemap_xml *reader, struct slice utf8)
{
    int err = parse_without_nul(reader, utf8);
    return err ? err : check_progress(reader);
}

int sitemap_xml_finish(struct sitemap_xml *reader)
{
    int err = is_over(reader) ? 0 : parse(reader, (struct slice){NULL, 0}, true);
    if (!err && !is_over(reader))
        err = ERR_SYNTAX;
    return err;
}
