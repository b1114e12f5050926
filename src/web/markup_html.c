/* The HTML engine by libxml2: its push parser with SAX callbacks alone, so that no tree is built and nothing limits how deep
 * elements nest. It knows the rules of HTML 4 only.
 *
 * The parser holds an unfinished tag back until it finds the '>' of it. When more bytes come, 2.9 looks on from where it
 * stopped but has forgotten whether that was within quotes: it may then hold back all the rest of the document, or take
 * a '>' in a value for the end. So it is made to look from the start of the tag again, and lest that be quadratic in
 * the length of a tag, it gets nothing until there are as many new bytes as it holds back. */

#include <libxml/HTMLparser.h>
#include <stdlib.h>

#include "base/error.h"
#include "web/extractor_engine.h"
#include "web/markup.h"

enum { WAITING_MAX = 1 << 20 /* bytes */ };

struct html_engine {
    struct markup markup;
    struct buf waiting; /* bytes behind those of an unfinished tag */
    htmlParserCtxtPtr parser;
    size_t svg_depth; /* of svg elements in each other */
};

static struct slice slice_of_xml(const xmlChar *text)
{
    return slice_of((const char *)text);
}

static void on_start(void *context, const xmlChar *element, const xmlChar **attributes)
{
    struct html_engine *engine = context;
    struct slice name = slice_of_xml(element);
    engine->svg_depth += slice_equal(name, SLICE("svg"));
    for (; attributes && *attributes; attributes += 2)
        markup_attribute(&engine->markup, slice_of_xml(attributes[0]), slice_of_xml(attributes[1]));
    unsigned vocabularies = engine->svg_depth ? VOCABULARY_HTML | VOCABULARY_SVG : VOCABULARY_HTML;
    markup_open(&engine->markup, name, vocabularies, true);
}

static void on_end(void *context, const xmlChar *element)
{
    struct html_engine *engine = context;
    struct slice name = slice_of_xml(element);
    if (engine->svg_depth)
        engine->svg_depth -= slice_equal(name, SLICE("svg"));
    markup_close(&engine->markup, name);
}

static void on_text(void *context, const xmlChar *text, int length)
{
    struct html_engine *engine = context;
    markup_text(&engine->markup, (struct slice){(const char *)text, (size_t)length});
}

static void html_free(void *state)
{
    struct html_engine *engine = state;
    htmlFreeParserCtxt(engine->parser);
    markup_free(&engine->markup);
    buf_free(&engine->waiting);
    free(engine);
}

static int html_create(void **state, struct link_sink *sink)
{
    struct html_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return ERR_NO_MEMORY;
    markup_start();
    markup_init(&engine->markup, sink);
    buf_init(&engine->waiting, WAITING_MAX);
    htmlSAXHandler sax = {
        .startElement = on_start,
        .endElement = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
    };
    engine->parser = htmlCreatePushParserCtxt(&sax, engine, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!engine->parser || markup_error(&engine->markup)) {
        html_free(engine);
        return ERR_NO_MEMORY;
    }
    /* The bytes are UTF-8 already, whatever a meta element says. */
    htmlCtxtUseOptions(engine->parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                           HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    *state = engine;
    return 0;
}

static bool is_raw_text(struct slice element)
{
    return slice_equal(element, SLICE("script")) || slice_equal(element, SLICE("style"));
}

/* The bytes that the parser holds back when they begin with a start tag, which is unfinished then; otherwise 0. */
static size_t unfinished_tag(const htmlParserCtxt *parser)
{
    const xmlChar *rest = parser->input->cur;
    size_t length = (size_t)(parser->input->end - rest);
    bool is_tag = length >= 2 && rest[0] == '<' && ascii_lower((char)rest[1]) >= 'a' &&
                  ascii_lower((char)rest[1]) <= 'z' && !is_raw_text(slice_of_xml(parser->name));
    return is_tag ? length : 0;
}

static void parse(struct html_engine *engine, struct slice utf8)
{
    if (unfinished_tag(engine->parser))
        engine->parser->checkIndex = 0;
    htmlParseChunk(engine->parser, utf8.data, (int)utf8.length, 0);
}

/* Parses the bytes that waited, if any. */
static int parse_waiting(struct html_engine *engine)
{
    if (engine->waiting.length)
        parse(engine, buf_slice(&engine->waiting));
    buf_clear(&engine->waiting);
    return markup_error(&engine->markup);
}

static int html_feed(void *state, struct slice utf8)
{
    struct html_engine *engine = state;
    size_t held = unfinished_tag(engine->parser);
    size_t gathered = engine->waiting.length + utf8.length;
    if (gathered < held && gathered <= WAITING_MAX)
        return buf_append_slice(&engine->waiting, utf8);
    int err = parse_waiting(engine);
    if (!err) {
        parse(engine, utf8);
        err = markup_error(&engine->markup);
    }
    return err;
}

static int html_finish(void *state)
{
    struct html_engine *engine = state;
    int err = parse_waiting(engine);
    /* A tag without an end is none (HTML standard, eof-in-tag), but libxml2 would report what there is of it. */
    if (err || unfinished_tag(engine->parser))
        return err;
    htmlParseChunk(engine->parser, NULL, 0, 1);
    return markup_error(&engine->markup);
}

const struct extractor_engine MARKUP_HTML = {"libxml2", html_create, html_feed, html_finish, html_free};
