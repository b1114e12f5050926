#include "web/markup.h"

#include <stdlib.h>

#include "base/error.h"

/* libxml2 2.9 keeps silent about some allocations that failed, and loses what they were for. So its allocator is ours,
 * which remembers. */
static bool allocation_failed;

static void *checked_malloc(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        allocation_failed = true;
    return memory;
}

static void *checked_realloc(void *memory, size_t size)
{
    void *moved = realloc(memory, size);
    if (!moved)
        allocation_failed = true;
    return moved;
}

static char *checked_strdup(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        allocation_failed = true;
    return copy;
}

/* Takes libxml2's errors, which it would print. When memory is out the HTML parser of 2.9 refuses to go on, and waits
 * for ever for itself to have passed the attribute at hand: it has to be given an end. */
static void on_error(void *context, xml_error error)
{
    (void)context;
    if (error->code != XML_ERR_NO_MEMORY)
        return;
    allocation_failed = true;
    if (error->domain == XML_FROM_PARSER && error->ctxt)
        xml.xmlStopParser(error->ctxt);
}

int markup_start(void)
{
    static bool started;
    allocation_failed = false;
    int err = xml_library_load();
    if (err || started)
        return err;
    xml.xmlMemSetup(free, checked_malloc, checked_realloc, checked_strdup);
    xml.xmlInitParser();
    xml.xmlSetStructuredErrorFunc(NULL, on_error);
    started = true;
    return 0;
}

int markup_memory_error(void)
{
    int err = allocation_failed ? ERR_NO_MEMORY : 0;
    allocation_failed = false;
    return err;
}

static xmlEntityPtr on_entity(void *context, const xmlChar *name)
{
    (void)context;
    return xml.xmlGetPredefinedEntity(name);
}

int markup_xml_create(xmlParserCtxtPtr *out, const xmlSAXHandler *sax, void *context, int options)
{
    xmlSAXHandler callbacks = *sax;
    callbacks.initialized = XML_SAX2_MAGIC;
    callbacks.getEntity = on_entity;
    xmlParserCtxtPtr parser = xml.xmlCreatePushParserCtxt(&callbacks, context, NULL, 0, NULL);
    if (markup_memory_error() || !parser) {
        markup_xml_free(parser);
        return ERR_NO_MEMORY;
    }
    /* NOENT puts the predefined entities into attributes. */
    xml.xmlCtxtUseOptions(parser,
                          XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOENT | options);
    *out = parser;
    return 0;
}

void markup_xml_free(xmlParserCtxtPtr parser)
{
    if (!parser)
        return;
    xml.xmlFreeDoc(parser->myDoc); /* made behind our back for entity declarations */
    xml.xmlFreeParserCtxt(parser);
}

int markup_error(struct markup *markup)
{
    int err = markup_memory_error();
    if (!markup->err)
        markup->err = err;
    return markup->err;
}

bool markup_ends_in_tag(const xmlParserCtxt *parser)
{
    /* The tag's '>' is not yet taken when it is reported. */
    return parser->input && parser->input->cur >= parser->input->end;
}

void markup_init(struct markup *markup, struct link_sink *sink)
{
    *markup = (struct markup){.sink = sink};
    css_init(&markup->css, sink->on_link, sink->context);
}

void markup_free(struct markup *markup)
{
    css_free(&markup->css);
    free(markup->attributes);
}

static int grow_attributes(struct markup *markup)
{
    enum { FIRST_CAPACITY = 16 };
    size_t capacity = markup->capacity ? markup->capacity * 2 : FIRST_CAPACITY;
    struct attribute *attributes = realloc(markup->attributes, capacity * sizeof *attributes);
    if (!attributes)
        return ERR_NO_MEMORY;
    markup->attributes = attributes;
    markup->capacity = capacity;
    return 0;
}

void markup_attribute(struct markup *markup, struct slice name, struct slice value)
{
    if (markup->count == markup->capacity && !markup->err)
        markup->err = grow_attributes(markup);
    if (!markup->err)
        markup->attributes[markup->count++] = (struct attribute){.name = name, .value = value};
}

/* Elements whose content is not part of the document, or is text in HTML's syntax though libxml2, which knows HTML 4,
 * reads markup in it. Not noscript: scripting is off. */
static const char *opaque_element(struct slice name, unsigned vocabularies, bool is_html)
{
    static const char *const names[] = {"template", "iframe", "noembed", "noframes", "textarea", "title", "xmp"};
    size_t count = is_html ? sizeof names / sizeof names[0] : 1;
    if (!(vocabularies & VOCABULARY_HTML))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (slice_equal_nocase(name, slice_of(names[i])))
            return names[i];
    return NULL;
}

/* Within an opaque element; only template nests. */
static void open_in_opaque(struct markup *markup, struct slice name)
{
    if (slice_equal_nocase(name, SLICE("template")) && slice_equal_nocase(name, slice_of(markup->opaque)))
        markup->opaque_depth++;
}

void markup_open(struct markup *markup, struct slice name, unsigned vocabularies, bool is_html)
{
    struct tag tag = {name, vocabularies, markup->attributes, markup->count};
    markup->count = 0;
    if (markup->err)
        return;
    if (markup->opaque) {
        open_in_opaque(markup, name);
        return;
    }
    markup->err = tag_links(&tag, markup->sink);
    markup->opaque = opaque_element(name, vocabularies, is_html);
    markup->opaque_depth = 1;
    markup->in_style = (vocabularies & (VOCABULARY_HTML | VOCABULARY_SVG)) && tag_is_css(&tag);
}

void markup_text(struct markup *markup, struct slice text)
{
    if (markup->in_style && !markup->err)
        markup->err = css_feed(&markup->css, text);
}

void markup_close(struct markup *markup, struct slice name)
{
    if (markup->err)
        return;
    if (markup->in_style)
        markup->err = css_finish(&markup->css);
    markup->in_style = false;
    if (markup->opaque && slice_equal_nocase(name, slice_of(markup->opaque)) && --markup->opaque_depth == 0)
        markup->opaque = NULL;
}
