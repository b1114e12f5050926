/* An engine that reads encoded bytes gets them as they come. For the others, bytes are gathered into blocks of a fixed
 * size, decoded and handed to the engine block by block. So what an engine sees depends on the document alone and never
 * on how the network cut it, the first block is there whole when the encoding is looked for, and a meta element that
 * declares one later changes it at the same place each time. */

#include "web/extractor.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "web/document_charset.h"
#include "web/extractor_engine.h"

enum {
    BLOCK = 4096,         /* bytes; above CHARSET_PRESCAN */
    TENTATIVE_STEP = 256, /* bytes decoded at once while a later declaration may still change the encoding */
    TEXT_MAX = 8 * BLOCK  /* bytes of a decoded block; no encoding makes more than 4 of one */
};

static const struct extractor_engine *const HTML_ENGINES[] = {&HTML_SCANNER, &MARKUP_HTML};

struct extractor {
    const struct extractor_engine *engine;
    void *state;
    struct link_sink sink;
    enum document_kind kind;
    struct buf header_charset;
    const struct charset *charset; /* NULL until the first block is there */
    enum charset_source source;
    struct charset_decoder *decoder; /* NULL while the engine reads the bytes themselves */
    struct buf text;                 /* decoded */
    int err;                         /* the first; nothing is read any more behind it */
    size_t filled;                   /* bytes of the block */
    char block[BLOCK];
};

const char *const *extractor_engines(void)
{
    enum { COUNT = sizeof HTML_ENGINES / sizeof HTML_ENGINES[0] };
    static const char *names[COUNT + 1];
    for (size_t i = 0; i < COUNT; i++)
        names[i] = HTML_ENGINES[i]->name;
    return names;
}

/* NULL for an engine that doesn't exist. */
static const struct extractor_engine *engine_for(const struct extractor_options *options)
{
    if (options->kind == DOCUMENT_XML)
        return &MARKUP_XML;
    if (options->kind == DOCUMENT_CSS)
        return &STYLESHEET;
    if (!options->engine)
        return HTML_ENGINES[0];
    for (size_t i = 0; i < sizeof HTML_ENGINES / sizeof HTML_ENGINES[0]; i++)
        if (strcmp(HTML_ENGINES[i]->name, options->engine) == 0)
            return HTML_ENGINES[i];
    return NULL;
}

int extractor_create(struct extractor **out, const struct extractor_options *options)
{
    assert(options->kind != DOCUMENT_OTHER);
    const struct extractor_engine *engine = engine_for(options);
    if (!engine)
        return ERR_UNSUPPORTED;
    struct extractor *extractor = calloc(1, sizeof *extractor);
    if (!extractor)
        return ERR_NO_MEMORY;
    extractor->engine = engine;
    extractor->kind = options->kind;
    link_sink_init(&extractor->sink, options->on_link, options->context);
    buf_init(&extractor->text, TEXT_MAX);
    buf_init(&extractor->header_charset, MIME_CHARSET_MAX);
    int err = buf_append_slice(&extractor->header_charset, options->header_charset);
    if (err == ERR_NO_MEMORY) /* one that is too long is none at all */
        goto free_extractor;
    err = engine->create(&extractor->state, &extractor->sink);
    if (err)
        goto free_charset;
    *out = extractor;
    return 0;

free_charset:
    buf_free(&extractor->header_charset);
free_extractor:
    free(extractor);
    return err;
}

void extractor_free(struct extractor *extractor)
{
    if (!extractor)
        return;
    extractor->engine->free(extractor->state);
    charset_decoder_free(extractor->decoder);
    link_sink_free(&extractor->sink);
    buf_free(&extractor->text);
    buf_free(&extractor->header_charset);
    free(extractor);
}

static bool reads_bytes(const struct extractor *extractor)
{
    return extractor->engine->read && extractor->charset && charset_is_ascii_compatible(extractor->charset);
}

/* Reads on in `charset`. What the old decoder holds of an unfinished sequence is dropped with it. */
static int set_charset(struct extractor *extractor, const struct charset *charset)
{
    charset_decoder_free(extractor->decoder);
    extractor->decoder = NULL;
    extractor->charset = charset;
    return reads_bytes(extractor) ? 0 : charset_decoder_create(&extractor->decoder, charset);
}

/* Whether a meta element may still change the encoding (HTML standard, 13.2.3.5). */
static bool is_tentative(const struct extractor *extractor)
{
    return extractor->kind == DOCUMENT_HTML && extractor->source == CHARSET_DEFAULT;
}

/* Takes the encoding that a meta element behind the prescan declared. The links before it stand as they were read. */
static int heed_late_charset(struct extractor *extractor)
{
    const struct charset *declared = document_charset_declared(extractor->sink.declared);
    if (!declared || !is_tentative(extractor))
        return 0;
    extractor->source = CHARSET_FROM_META;
    return declared == extractor->charset ? 0 : set_charset(extractor, declared);
}

/* The engine never sees a NUL, which ends text for libxml2: U+FFFD stands for it, as in the HTML standard's tokenizer.
 */
static int feed_without_nul(struct extractor *extractor, struct slice utf8)
{
    int err = 0;
    while (utf8.length && !err) {
        const char *nul = memchr(utf8.data, '\0', utf8.length);
        size_t length = nul ? (size_t)(nul - utf8.data) : utf8.length;
        err = extractor->engine->feed(extractor->state, (struct slice){utf8.data, length});
        if (nul && !err)
            err = extractor->engine->feed(extractor->state, SLICE("\xEF\xBF\xBD"));
        length += nul != NULL;
        utf8 = (struct slice){utf8.data + length, utf8.length - length};
    }
    return err;
}

/* Reads bytes as they are, up to a declaration at most. */
static int read_bytes(struct extractor *extractor, struct slice *bytes)
{
    int err = extractor->engine->read(extractor->state, bytes, extractor->charset);
    return err ? err : heed_late_charset(extractor);
}

static int read_step(struct extractor *extractor, struct slice bytes, bool last)
{
    buf_clear(&extractor->text);
    int err = charset_decode(extractor->decoder, bytes, last, &extractor->text);
    if (!err)
        err = feed_without_nul(extractor, buf_slice(&extractor->text));
    return err ? err : heed_late_charset(extractor);
}

/* Finds the encoding from the first block, and steps behind its byte order mark. */
static int begin(struct extractor *extractor, struct slice *block)
{
    const struct charset *charset =
        document_charset(extractor->kind, *block, buf_slice(&extractor->header_charset), &extractor->source);
    const struct charset *ignored;
    size_t mark = charset_bom(*block, &ignored);
    *block = (struct slice){block->data + mark, block->length - mark};
    return set_charset(extractor, charset);
}

/* Reads the block, which is the document's last one or full. */
static int read_block(struct extractor *extractor, bool last)
{
    struct slice block = {extractor->block, extractor->filled};
    extractor->filled = 0;
    int err = extractor->charset ? 0 : begin(extractor, &block);
    while (block.length && !err) {
        if (reads_bytes(extractor)) {
            err = read_bytes(extractor, &block);
            continue;
        }
        size_t step = block.length;
        if (is_tentative(extractor) && step > TENTATIVE_STEP)
            step = TENTATIVE_STEP;
        err = read_step(extractor, (struct slice){block.data, step}, false);
        block = (struct slice){block.data + step, block.length - step};
    }
    return err || !last || reads_bytes(extractor) ? err : read_step(extractor, block, true);
}

/* Puts bytes into the block, which is read when it is full. */
static int gather(struct extractor *extractor, struct slice *bytes)
{
    size_t size = extractor->engine->read && !extractor->charset ? CHARSET_PRESCAN : BLOCK;
    size_t room = size - extractor->filled;
    size_t length = bytes->length < room ? bytes->length : room;
    memcpy(extractor->block + extractor->filled, bytes->data, length);
    extractor->filled += length;
    *bytes = (struct slice){bytes->data + length, bytes->length - length};
    return extractor->filled == size ? read_block(extractor, false) : 0;
}

/* Whether the document's start, in which its encoding is looked for, needs no gathering. */
static bool has_start(const struct extractor *extractor, struct slice bytes)
{
    return extractor->engine->read && !extractor->charset && !extractor->filled && bytes.length >= CHARSET_PRESCAN;
}

int extractor_feed(struct extractor *extractor, struct slice bytes)
{
    while (bytes.length && !extractor->err) {
        if (reads_bytes(extractor))
            extractor->err = read_bytes(extractor, &bytes);
        else if (has_start(extractor, bytes))
            extractor->err = begin(extractor, &bytes);
        else
            extractor->err = gather(extractor, &bytes);
    }
    return extractor->err;
}

int extractor_finish(struct extractor *extractor)
{
    if (!extractor->err)
        extractor->err = read_block(extractor, true);
    if (!extractor->err)
        extractor->err = extractor->engine->finish(extractor->state);
    if (!extractor->err)
        extractor->err = heed_late_charset(extractor);
    return extractor->err;
}

struct slice extractor_base(const struct extractor *extractor)
{
    return buf_slice(&extractor->sink.base);
}

const struct charset *extractor_charset(const struct extractor *extractor, enum charset_source *source)
{
    if (source)
        *source = extractor->source;
    return extractor->charset;
}
