/* The HTML engine by libxml2: its push parser with SAX callbacks alone, so that no tree is built and nothing limits how
 * deep elements nest. It knows the rules of HTML 4 only.
 *
 * The push parser of 2.9 forgets things between two chunks:
 *   - an unfinished tag is held back until its '>' is found. When more bytes come, it looks on from where it stopped
 *     but doesn't know any more whether that was within quotes: it may then hold back all the rest of the document, or
 *     take a '>' in a value for the end. So it is made to look from the start of the tag again, and lest that be
 *     quadratic in the length of a tag, it gets nothing until there are as many new bytes as it holds back;
 *   - of "</script" that is cut by the end of a chunk it takes the start for text. So no chunk ends with less of it.
 *
 * It also ends the document at </html>, which no browser does: it is made to read on behind. */

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "web/extractor_engine.h"
#include "web/markup.h"

enum { WAITING_MAX = 1 << 20 /* bytes; not counting those of one feed */ };

struct html_engine {
    struct markup markup;
    struct buf waiting; /* bytes that the parser doesn't have yet */
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
    if (markup_ends_in_tag(engine->parser))
        return;
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
    xml.htmlFreeParserCtxt(engine->parser);
    markup_free(&engine->markup);
    buf_free(&engine->waiting);
    free(engine);
}

static int html_create(void **state, struct link_sink *sink)
{
    int err = markup_start();
    if (err)
        return err;
    struct html_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return ERR_NO_MEMORY;
    markup_init(&engine->markup, sink);
    buf_init(&engine->waiting, INT_MAX);
    htmlSAXHandler sax = {
        .startElement = on_start,
        .endElement = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
    };
    engine->parser = xml.htmlCreatePushParserCtxt(&sax, engine, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!engine->parser || markup_error(&engine->markup)) {
        html_free(engine);
        return ERR_NO_MEMORY;
    }
    /* The bytes are UTF-8 already, whatever a meta element says. */
    xml.htmlCtxtUseOptions(engine->parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                               HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    *state = engine;
    return 0;
}

static bool is_raw_text(struct slice element)
{
    return slice_equal(element, SLICE("script")) || slice_equal(element, SLICE("style"));
}

static size_t bytes_left(const htmlParserCtxt *parser)
{
    return (size_t)(parser->input->end - parser->input->cur);
}

/* The bytes that the parser holds back when they begin with a start tag, which is unfinished then; otherwise 0. */
static size_t unfinished_tag(const htmlParserCtxt *parser)
{
    const xmlChar *rest = parser->input->cur;
    size_t length = bytes_left(parser);
    bool is_tag = length >= 2 && rest[0] == '<' && ascii_lower((char)rest[1]) >= 'a' &&
                  ascii_lower((char)rest[1]) <= 'z' && !is_raw_text(slice_of_xml(parser->name));
    return is_tag ? length : 0;
}

/* Bytes at the end of `chunk` that may be a part of "</script" or "</style". */
static size_t cut_end_tag(struct slice chunk)
{
    for (size_t length = 1; length < strlen("</script") && length <= chunk.length; length++)
        if (chunk.data[chunk.length - length] == '<')
            return length;
    return 0;
}

static int parse(struct html_engine *engine, struct slice utf8, bool last)
{
    htmlParserCtxtPtr parser = engine->parser;
    size_t left_before = SIZE_MAX;
    xml.htmlParseChunk(parser, utf8.data, (int)utf8.length, last);
    /* At rest in the middle of its input it has met the end of the root element. */
    while (!markup_error(&engine->markup) && parser->instate == XML_PARSER_EOF && bytes_left(parser) > 0 &&
           bytes_left(parser) < left_before) {
        left_before = bytes_left(parser);
        parser->instate = XML_PARSER_CONTENT;
        xml.htmlParseChunk(parser, NULL, 0, last);
    }
    return engine->markup.err;
}

/* Hands the first `length` bytes of those that wait to the parser. */
static int parse_waiting(struct html_engine *engine, size_t length)
{
    struct buf *waiting = &engine->waiting;
    if (length == 0)
        return 0;
    if (unfinished_tag(engine->parser))
        engine->parser->checkIndex = 0;
    int err = parse(engine, (struct slice){waiting->data, length}, false);
    waiting->length -= length;
    memmove(waiting->data, waiting->data + length, waiting->length);
    return err;
}

static int html_feed(void *state, struct slice utf8)
{
    struct html_engine *engine = state;
    struct buf *waiting = &engine->waiting;
    int err = buf_append_slice(waiting, utf8);
    if (err)
        return err;
    size_t length = waiting->length;
    if (length < unfinished_tag(engine->parser) && length < WAITING_MAX)
        return 0;
    return parse_waiting(engine, length - cut_end_tag(buf_slice(waiting)));
}

static int html_finish(void *state)
{
    struct html_engine *engine = state;
    int err = parse_waiting(engine, engine->waiting.length);
    return err ? err : parse(engine, (struct slice){NULL, 0}, true);
}

const struct extractor_engine MARKUP_HTML = {
    .name = "libxml2", .create = html_create, .feed = html_feed, .finish = html_finish, .free = html_free};
