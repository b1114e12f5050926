/* The HTML engine by our own scanner: what of the tree decides on links, without a tree.
 *
 *   - after which start tags text follows (html_elements.c);
 *   - what is SVG and MathML, where other attributes are links and CDATA may stand (html_foreign.h);
 *   - template elements, whose content is not part of the document. */

#include <stdlib.h>

#include "base/error.h"
#include "web/css.h"
#include "web/extractor_engine.h"
#include "web/html_elements.h"
#include "web/html_foreign.h"
#include "web/html_scanner.h"

struct html_engine {
    struct html_scanner scanner;
    struct link_sink *sink;
    struct css css; /* of the style element at hand */
    bool in_style;
    bool declared;         /* the document's encoding is declared; nobody needs to hear of it any more */
    size_t template_depth; /* of template elements in each other */
    struct html_foreign foreign;
    enum html_place place;        /* of the tag at hand */
    struct html_element *element; /* of the tag at hand */
};

/* Tells the scanner what matters from here on. */
static void note_place(struct html_engine *engine)
{
    enum html_place place = html_foreign_place(&engine->foreign);
    bool is_within_foreign = place == HTML_PLACE_HTML && engine->foreign.depth;
    engine->scanner.ends_wanted = engine->template_depth || engine->foreign.depth || engine->in_style;
    engine->scanner.cdata_allowed = place != HTML_PLACE_HTML;
    engine->scanner.skim = NULL;
    if (!engine->template_depth && !engine->in_style && !is_within_foreign)
        engine->scanner.skim = html_elements_skim(place);
}

static struct html_interest on_open(void *context, struct slice name)
{
    struct html_engine *engine = context;
    engine->place = html_foreign_place(&engine->foreign);
    engine->element = html_element(name, engine->place);
    bool breaks_out = engine->place != HTML_PLACE_HTML && engine->element->foreign == FOREIGN_BREAKOUT;
    if (breaks_out) {
        html_foreign_break_out(&engine->foreign);
        engine->place = HTML_PLACE_HTML;
        engine->element = html_element(name, engine->place);
        note_place(engine);
    }
    uint64_t shapes = engine->template_depth ? 0 : engine->element->shapes;
    return (struct html_interest){shapes, breaks_out || !engine->element->is_plain};
}

static bool on_attribute(void *context, struct slice attribute, const struct link_rule **rule)
{
    struct html_engine *engine = context;
    return html_element_needs(engine->element, attribute, rule);
}

static void begin_style(struct html_engine *engine, const struct tag *tag)
{
    engine->in_style = !engine->template_depth && tag_is_css(tag);
    engine->scanner.text_wanted = engine->in_style;
}

static int end_style(struct html_engine *engine)
{
    if (!engine->in_style)
        return 0;
    engine->in_style = false;
    engine->scanner.text_wanted = false;
    note_place(engine);
    return css_finish(&engine->css);
}

static bool holds_html(const struct tag *tag)
{
    struct slice encoding = tag_attribute(tag, SLICE("encoding"));
    return slice_equal_nocase(encoding, SLICE("text/html")) ||
           slice_equal_nocase(encoding, SLICE("application/xhtml+xml"));
}

/* A start tag that has more to it than its attributes. */
static void enter(struct html_engine *engine, const struct tag *tag, bool self_closing)
{
    const struct html_element *element = engine->element;
    bool is_html = engine->place == HTML_PLACE_HTML;
    if (is_html && element->content != HTML_DATA)
        html_scanner_set_content(&engine->scanner, element->content, tag->name);
    if (is_html && element->is_template)
        engine->template_depth++;
    if (element->is_style && (is_html || (engine->place == HTML_PLACE_SVG && !self_closing)))
        begin_style(engine, tag);
    if (!self_closing)
        html_foreign_open(&engine->foreign, element->foreign, holds_html(tag));
    note_place(engine);
}

/* The encoding may be declared now: then the rest of the document may have to be read in another one. */
static void heed_declaration(struct html_engine *engine)
{
    engine->scanner.stop = engine->sink->declared && !engine->declared;
    engine->declared = engine->sink->declared;
}

static int on_tag(void *context, const struct html_tag *html)
{
    struct html_engine *engine = context;
    struct link_sink *sink = engine->sink;
    struct tag tag = {html->name, html_vocabularies(engine->place), html->attributes, html->count};
    /* A style element of SVG is data: a tag of HTML may end it. */
    int err = engine->place == HTML_PLACE_HTML ? end_style(engine) : 0;
    if (html->count && !err)
        err = tag_links_known(&tag, sink);
    if (!engine->element->is_plain)
        enter(engine, &tag, html->self_closing);
    heed_declaration(engine);
    return err;
}

static int on_anchor(void *context, struct slice href)
{
    const struct html_engine *engine = context;
    static const struct link_rule *rule;
    if (!rule)
        rule = link_rule_find(link_rules_of(SLICE("a")), SLICE("href"), VOCABULARY_HTML);
    return link_report(engine->sink, rule, rule->kind, href, (struct slice){NULL, 0});
}

static int on_close(void *context, struct slice name)
{
    struct html_engine *engine = context;
    enum html_place place = html_foreign_place(&engine->foreign);
    const struct html_element *element = html_element(name, place);
    int err = element->is_style ? end_style(engine) : 0;
    if (element->is_template && place == HTML_PLACE_HTML && engine->template_depth)
        engine->template_depth--;
    html_foreign_close(&engine->foreign, element->foreign);
    if (slice_equal_nocase(name, SLICE("p")) || slice_equal_nocase(name, SLICE("br")))
        html_foreign_break_out(&engine->foreign);
    note_place(engine);
    return err;
}

static int on_text(void *context, struct slice utf8)
{
    struct html_engine *engine = context;
    return css_feed(&engine->css, utf8);
}

static void engine_free(void *state)
{
    struct html_engine *engine = state;
    html_scanner_free(&engine->scanner);
    css_free(&engine->css);
    free(engine);
}

static void engine_reset(void *state, struct link_sink *sink)
{
    struct html_engine *engine = state;
    html_scanner_reset(&engine->scanner);
    css_reset(&engine->css, sink->on_link, sink->context);
    engine->sink = sink;
    engine->in_style = engine->declared = false;
    engine->template_depth = 0;
    engine->foreign = (struct html_foreign){0};
    note_place(engine);
}

static int engine_create(void **state, struct link_sink *sink)
{
    static const struct html_handler handler = {on_open, on_attribute, on_tag, on_anchor, on_close, on_text};
    struct html_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return ERR_NO_MEMORY;
    engine->sink = sink;
    html_scanner_init(&engine->scanner, &handler, engine);
    note_place(engine);
    css_init(&engine->css, sink->on_link, sink->context);
    *state = engine;
    return 0;
}

static int engine_read(void *state, struct slice *bytes, const struct charset *charset)
{
    struct html_engine *engine = state;
    html_scanner_set_charset(&engine->scanner, charset);
    return html_scanner_feed(&engine->scanner, bytes);
}

static int engine_feed(void *state, struct slice utf8)
{
    int err = 0;
    while (utf8.length && !err)
        err = engine_read(state, &utf8, charset_utf8());
    return err;
}

static int engine_finish(void *state)
{
    struct html_engine *engine = state;
    int err = html_scanner_finish(&engine->scanner);
    return err ? err : end_style(engine);
}

const struct extractor_engine HTML_SCANNER = {.name = "scanner",
                                              .create = engine_create,
                                              .feed = engine_feed,
                                              .read = engine_read,
                                              .finish = engine_finish,
                                              .free = engine_free,
                                              .reset = engine_reset};
