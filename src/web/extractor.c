/* An engine that reads encoded bytes gets them as they come. For the others, bytes are gathered into blocks of a fixed
 * size, decoded and handed to the engine block by block. So what an engine sees depends on the document alone and never
 * on how the network cut it.
 *
 * A document that says nothing of its encoding within the prescan may still do so later, and is read anew from its
 * start then, as the HTML standard has it (13.2.3.5). Its bytes are kept until that happens, or until they are too
 * many. */

#include "web/extractor.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "web/document_charset.h"
#include "web/extractor_engine.h"

enum {
    BLOCK = 4096,         /* bytes; above CHARSET_PRESCAN */
    TENTATIVE_STEP = 256, /* bytes decoded at once while a later declaration may still change the encoding */
    TEXT_MAX = 8 * BLOCK, /* bytes of a decoded block; no encoding makes more than 4 of one */
    KEPT_IDLE = BLOCK,    /* bytes for those kept of a document that stay allocated for the next one */
    KINDS = DOCUMENT_CSS + 1,
    READ_AGAIN = 1 /* beside the errors: the document has to be read from its start, in extractor.charset */
};

_Static_assert(EXTRACTOR_LATE_CHARSET % BLOCK == 0, "blocks are read when the last byte is kept");

/* An engine at work, or at rest between two documents. */
struct workplace {
    const struct extractor_engine *engine; /* NULL for none */
    void *state;
};

static const struct extractor_engine *const HTML_ENGINES[] = {&HTML_SCANNER, &MARKUP_HTML};

struct extractor {
    const struct extractor_engine *engine; /* those of the document's workplace */
    void *state;
    struct workplace workplaces[KINDS]; /* one for each kind of document */
    struct link_sink sink;
    void (*on_restart)(void *context);
    enum document_kind kind;
    struct buf header_charset;
    const struct charset *charset; /* NULL until the document's start is there */
    enum charset_source source;
    struct charset_decoder *decoder; /* NULL while the engine reads the bytes themselves */
    struct buf text;                 /* decoded */
    struct buf kept;                 /* the document up to here, while it may have to be read again */
    bool keeps;
    int err;       /* the first; nothing is read any more behind it */
    size_t filled; /* bytes of the block */
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

static void close_workplace(struct workplace *workplace)
{
    if (workplace->engine)
        workplace->engine->free(workplace->state);
    workplace->engine = NULL;
}

/* Makes a workplace ready for a document's start. */
static int prepare(struct workplace *workplace, const struct extractor_engine *engine, struct link_sink *sink)
{
    if (workplace->engine == engine && engine->reset) {
        engine->reset(workplace->state, sink);
        return 0;
    }
    close_workplace(workplace);
    int err = engine->create(&workplace->state, sink);
    if (!err)
        workplace->engine = engine;
    return err;
}

static void reset_sink(struct link_sink *sink)
{
    buf_clear(&sink->base);
    sink->has_base = false;
    sink->declared = NULL;
    sink->nofollow = false;
}

static int start_engine(struct extractor *extractor)
{
    struct workplace *workplace = &extractor->workplaces[extractor->kind];
    reset_sink(&extractor->sink);
    int err = prepare(workplace, extractor->engine, &extractor->sink);
    extractor->state = workplace->state;
    return err;
}

/* Gives back what only the last document needed. */
static void leave_document(struct extractor *extractor)
{
    struct workplace *workplace = &extractor->workplaces[extractor->kind];
    if (workplace->engine && !workplace->engine->reset)
        close_workplace(workplace);
    charset_decoder_free(extractor->decoder);
    extractor->decoder = NULL;
    buf_clear(&extractor->kept);
    if (extractor->kept.capacity > KEPT_IDLE)
        buf_free(&extractor->kept);
}

int extractor_reset(struct extractor *extractor, const struct extractor_options *options)
{
    assert(options->kind != DOCUMENT_OTHER);
    leave_document(extractor);
    extractor->charset = NULL;
    extractor->on_restart = options->on_restart;
    extractor->keeps = false;
    extractor->filled = 0;
    extractor->kind = options->kind;
    extractor->engine = engine_for(options);
    extractor->err = extractor->engine ? 0 : ERR_UNSUPPORTED;
    if (extractor->err)
        return extractor->err;
    extractor->sink.on_link = options->on_link;
    extractor->sink.context = options->context;
    extractor->sink.product = options->product;
    buf_clear(&extractor->header_charset);
    int err = buf_append_slice(&extractor->header_charset, options->header_charset);
    /* A charset that is too long is none at all. */
    extractor->err = err == ERR_NO_MEMORY ? err : start_engine(extractor);
    return extractor->err;
}

int extractor_create(struct extractor **out, const struct extractor_options *options)
{
    struct extractor *extractor = calloc(1, sizeof *extractor);
    if (!extractor)
        return ERR_NO_MEMORY;
    link_sink_init(&extractor->sink, options->on_link, options->context);
    buf_init(&extractor->text, TEXT_MAX);
    buf_init(&extractor->kept, EXTRACTOR_LATE_CHARSET);
    buf_init(&extractor->header_charset, MIME_CHARSET_MAX);
    int err = extractor_reset(extractor, options);
    if (err)
        extractor_free(extractor);
    else
        *out = extractor;
    return err;
}

void extractor_free(struct extractor *extractor)
{
    if (!extractor)
        return;
    for (size_t i = 0; i < KINDS; i++)
        close_workplace(&extractor->workplaces[i]);
    charset_decoder_free(extractor->decoder);
    link_sink_free(&extractor->sink);
    buf_free(&extractor->text);
    buf_free(&extractor->kept);
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

/* Takes the encoding that a meta element behind the prescan declared. Returns READ_AGAIN when what is before it was
 * read in another one and is still there. */
static int heed_late_charset(struct extractor *extractor)
{
    const struct charset *declared = document_charset_declared(extractor->sink.declared);
    if (!declared || !is_tentative(extractor))
        return 0;
    extractor->source = CHARSET_FROM_META;
    bool was_kept = extractor->keeps;
    extractor->keeps = false;
    if (declared == extractor->charset)
        return 0;
    int err = set_charset(extractor, declared);
    return !err && was_kept ? READ_AGAIN : err;
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

static struct slice take(struct slice *bytes, size_t length)
{
    struct slice taken = {bytes->data, length < bytes->length ? length : bytes->length};
    *bytes = (struct slice){bytes->data + taken.length, bytes->length - taken.length};
    return taken;
}

/* Reads the block, which is the document's last one or full. */
static int read_block(struct extractor *extractor, bool last)
{
    struct slice block = {extractor->block, extractor->filled};
    int err = 0;
    extractor->filled = 0;
    while (block.length && !err) {
        size_t step = is_tentative(extractor) ? TENTATIVE_STEP : block.length;
        err = read_step(extractor, take(&block, step), false);
    }
    return err || !last ? err : read_step(extractor, block, true);
}

/* Puts bytes into the block, until it has `size` of them. */
static void gather(struct extractor *extractor, struct slice *bytes, size_t size)
{
    struct slice taken = take(bytes, size - extractor->filled);
    memmove(extractor->block + extractor->filled, taken.data, taken.length); /* they may lie there already */
    extractor->filled += taken.length;
}

static int read_on(struct extractor *extractor, struct slice bytes)
{
    int err = 0;
    while (bytes.length && !err) {
        if (reads_bytes(extractor)) {
            err = read_bytes(extractor, &bytes);
            continue;
        }
        gather(extractor, &bytes, BLOCK);
        if (extractor->filled == BLOCK)
            err = read_block(extractor, false);
    }
    return err;
}

/* Reads what was kept once more, in the encoding that is certain now. */
static int read_again(struct extractor *extractor)
{
    extractor->on_restart(extractor->sink.context);
    extractor->filled = 0;
    int err = start_engine(extractor);
    return err ? err : read_on(extractor, buf_slice(&extractor->kept));
}

/* Reads bytes that may have to be read again, as many as can be kept. */
static int read_tentatively(struct extractor *extractor, struct slice *bytes)
{
    struct slice piece = take(bytes, EXTRACTOR_LATE_CHARSET - extractor->kept.length);
    int err = buf_append_slice(&extractor->kept, piece);
    if (!err)
        err = read_on(extractor, piece);
    if (extractor->kept.length == EXTRACTOR_LATE_CHARSET)
        extractor->keeps = false;
    return err == READ_AGAIN ? read_again(extractor) : err;
}

static int read_document(struct extractor *extractor, struct slice bytes)
{
    int err = 0;
    while (extractor->keeps && bytes.length && !err)
        err = read_tentatively(extractor, &bytes);
    return err ? err : read_on(extractor, bytes);
}

/* Finds the encoding from the document's start, at least CHARSET_PRESCAN bytes or all of it, and reads that from behind
 * its byte order mark. */
static int begin(struct extractor *extractor, struct slice start)
{
    const struct charset *charset =
        document_charset(extractor->kind, start, buf_slice(&extractor->header_charset), &extractor->source);
    const struct charset *ignored;
    (void)take(&start, charset_bom(start, &ignored));
    int err = set_charset(extractor, charset);
    extractor->keeps = is_tentative(extractor) && extractor->on_restart;
    return err ? err : read_document(extractor, start);
}

/* Begins the document with the bytes that are in the block. */
static int begin_gathered(struct extractor *extractor)
{
    struct slice start = {extractor->block, extractor->filled};
    extractor->filled = 0;
    return begin(extractor, start);
}

/* Reads bytes of the document's start, which is gathered unless it comes whole. */
static int read_start(struct extractor *extractor, struct slice bytes)
{
    if (!extractor->filled && bytes.length >= CHARSET_PRESCAN)
        return begin(extractor, bytes);
    gather(extractor, &bytes, CHARSET_PRESCAN);
    if (extractor->filled < CHARSET_PRESCAN)
        return 0;
    int err = begin_gathered(extractor);
    return err ? err : read_document(extractor, bytes);
}

int extractor_feed(struct extractor *extractor, struct slice bytes)
{
    if (!extractor->err)
        extractor->err = extractor->charset ? read_document(extractor, bytes) : read_start(extractor, bytes);
    return extractor->err;
}

static int finish_engine(struct extractor *extractor)
{
    int err = reads_bytes(extractor) ? 0 : read_block(extractor, true);
    if (!err)
        err = extractor->engine->finish(extractor->state);
    return err ? err : heed_late_charset(extractor);
}

static int finish(struct extractor *extractor)
{
    int err = finish_engine(extractor);
    if (err != READ_AGAIN)
        return err;
    err = read_again(extractor);
    return err ? err : finish_engine(extractor);
}

int extractor_finish(struct extractor *extractor)
{
    if (!extractor->err && !extractor->charset)
        extractor->err = begin_gathered(extractor);
    if (!extractor->err)
        extractor->err = finish(extractor);
    return extractor->err;
}

struct slice extractor_base(const struct extractor *extractor)
{
    return buf_slice(&extractor->sink.base);
}

bool extractor_nofollow(const struct extractor *extractor)
{
    return extractor->sink.nofollow;
}

const struct charset *extractor_charset(const struct extractor *extractor, enum charset_source *source)
{
    if (source)
        *source = extractor->source;
    return extractor->charset;
}
