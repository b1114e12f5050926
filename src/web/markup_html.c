/* The HTML engine by libxml2: its push parser with SAX callbacks alone, so that no tree is built and nothing limits how deep
 * elements nest. It knows the rules of HTML 4 only. */

#include <libxml/HTMLparser.h>
#include <stdlib.h>

#include "base/error.h"
#include "web/extractor_engine.h"
#include "web/markup.h"

struct html_engine {
    struct markup markup;
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
    free(engine);
}

static int html_create(void **state, struct link_sink *sink)
{
    struct html_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return ERR_NO_MEMORY;
    markup_start();
    markup_init(&engine->markup, sink);
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

static int html_feed(void *state, struct slice utf8)
{
    struct html_engine *engine = state;
    htmlParseChunk(engine->parser, utf8.data, (int)utf8.length, 0);
    return markup_error(&engine->markup);
}

static bool is_raw_text(struct slice element)
{
    return slice_equal(element, SLICE("script")) || slice_equal(element, SLICE("style"));
}

/* Whether the document ends within a tag, which libxml2 holds back whole until its '>' comes. */
static bool ends_in_tag(const htmlParserCtxt *parser)
{
    const xmlChar *rest = parser->input->cur;
    return parser->input->end - rest >= 2 && rest[0] == '<' && ascii_lower((char)rest[1]) >= 'a' &&
           ascii_lower((char)rest[1]) <= 'z' && !is_raw_text(slice_of_xml(parser->name));
}

static int html_finish(void *state)
{
    struct html_engine *engine = state;
    /* A tag without an end is none (HTML standard, eof-in-tag), but libxml2 would report what there is of it. */
    if (!ends_in_tag(engine->parser))
        htmlParseChunk(engine->parser, NULL, 0, 1);
    return markup_error(&engine->markup);
}

const struct extractor_engine MARKUP_HTML = {"libxml2", html_create, html_feed, html_finish, html_free};
