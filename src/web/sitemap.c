/* Bytes are unpacked, gathered into blocks of a fixed size, decoded, and handed to the engine block by block. So what
 * the engine sees depends on the file alone and never on how the network cut it. */
#include "web/sitemap.h"

#include <stdlib.h>

#include "base/error.h"
#include "web/document_charset.h"
#include "web/gunzip.h"
#include "web/sitemap_engine.h"

enum {
    BLOCK = 4096,        /* bytes; above CHARSET_PRESCAN */
    TEXT_MAX = 8 * BLOCK /* bytes of a decoded block; no encoding makes more than 4 of one */
};

enum form { FORM_UNKNOWN, FORM_XML, FORM_TEXT };

struct sitemap_reader {
    struct sitemap_sink sink;
    int err; /* the first; nothing is read any more behind it */
    struct gunzip *gunzip;
    char magic[GUNZIP_MAGIC]; /* the first bytes, until there are enough to tell */
    size_t magic_length;
    size_t read;                     /* bytes, unpacked */
    struct charset_decoder *decoder; /* NULL until the first block is there */
    enum form form;                  /* unknown until there is more than whitespace */
    struct sitemap_xml *xml;
    struct sitemap_text text;
    struct buf decoded;
    size_t filled; /* bytes of the block */
    char block[BLOCK];
};

int sitemap_report(struct sitemap_sink *sink, const struct sitemap_entry *entry)
{
    if (sink->reported == SITEMAP_MOST_URLS) {
        sink->dropped++;
        return 0;
    }
    sink->reported++;
    return sink->on_entry(sink->context, entry);
}

int sitemap_create(struct sitemap_reader **out, sitemap_callback on_entry, void *context)
{
    struct sitemap_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return ERR_NO_MEMORY;
    reader->sink = (struct sitemap_sink){.on_entry = on_entry, .context = context};
    sitemap_text_init(&reader->text, &reader->sink);
    buf_init(&reader->decoded, TEXT_MAX);
    *out = reader;
    return 0;
}

void sitemap_free(struct sitemap_reader *reader)
{
    if (!reader)
        return;
    gunzip_free(reader->gunzip);
    charset_decoder_free(reader->decoder);
    sitemap_xml_free(reader->xml);
    sitemap_text_free(&reader->text);
    buf_free(&reader->decoded);
    free(reader);
}

size_t sitemap_dropped(const struct sitemap_reader *reader)
{
    return reader->sink.dropped;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static struct slice behind(struct slice bytes, size_t length)
{
    return (struct slice){bytes.data + length, bytes.length - length};
}

static struct slice without_leading_space(struct slice text)
{
    while (text.length && ascii_is_space(text.data[0]))
        text = behind(text, 1);
    return text;
}

/* Begins with the first character that is no whitespace; that before it would be an error in XML. */
static int begin_form(struct sitemap_reader *reader, struct slice *text)
{
    *text = without_leading_space(*text);
    if (!text->length)
        return 0;
    reader->form = text->data[0] == '<' ? FORM_XML : FORM_TEXT;
    return reader->form == FORM_XML ? sitemap_xml_create(&reader->xml, &reader->sink) : 0;
}

static int read_text(struct sitemap_reader *reader, struct slice text)
{
    int err = reader->form == FORM_UNKNOWN ? begin_form(reader, &text) : 0;
    if (err || reader->form == FORM_UNKNOWN)
        return err;
    return reader->form == FORM_XML ? sitemap_xml_feed(reader->xml, text) : sitemap_text_feed(&reader->text, text);
}

static int finish_form(struct sitemap_reader *reader)
{
    if (reader->form == FORM_UNKNOWN)
        return 0;
    return reader->form == FORM_XML ? sitemap_xml_finish(reader->xml) : sitemap_text_finish(&reader->text);
}

/* --- bytes -------------------------------------------------------------------------------------------------------- */

/* Finds the encoding from the first block, and skips its byte order mark. */
static int begin_decoding(struct sitemap_reader *reader, struct slice *block)
{
    enum charset_source source;
    const struct charset *ignored,
        *charset = document_charset(DOCUMENT_XML, without_leading_space(*block), (struct slice){NULL, 0}, &source);
    *block = behind(*block, charset_bom(*block, &ignored));
    return charset_decoder_create(&reader->decoder, charset);
}

/* Reads the block, which is the file's last one or full. */
static int read_block(struct sitemap_reader *reader, bool last)
{
    struct slice block = {reader->block, reader->filled};
    int err = reader->decoder ? 0 : begin_decoding(reader, &block);
    reader->filled = 0;
    buf_clear(&reader->decoded);
    if (!err)
        err = charset_decode(reader->decoder, block, last, &reader->decoded);
    return err ? err : read_text(reader, buf_slice(&reader->decoded));
}

static int gather(struct sitemap_reader *reader, struct slice bytes)
{
    int err = 0;
    while (bytes.length && !err) {
        size_t room = BLOCK - reader->filled, length = bytes.length < room ? bytes.length : room;
        memcpy(reader->block + reader->filled, bytes.data, length);
        reader->filled += length;
        bytes = behind(bytes, length);
        if (reader->filled == BLOCK)
            err = read_block(reader, false);
    }
    return err;
}

/* A gunzip_sink. Reads up to the limit. */
static int take_unpacked(void *context, struct slice bytes)
{
    struct sitemap_reader *reader = context;
    size_t room = SITEMAP_MOST_BYTES - reader->read;
    bool is_too_much = bytes.length > room;
    if (is_too_much)
        bytes.length = room;
    reader->read += bytes.length;
    int err = gather(reader, bytes);
    return !err && is_too_much ? ERR_DECODED_TOO_LARGE : err;
}

static int take(struct sitemap_reader *reader, struct slice bytes)
{
    return reader->gunzip ? gunzip_feed(reader->gunzip, bytes) : take_unpacked(reader, bytes);
}

static int take_magic(struct sitemap_reader *reader)
{
    struct slice magic = {reader->magic, reader->magic_length};
    int err = gunzip_is_start(magic) ? gunzip_create(&reader->gunzip, take_unpacked, reader) : 0;
    return err ? err : take(reader, magic);
}

/* Takes bytes that may belong to the first two, which tell whether the file is packed. */
static int take_start(struct sitemap_reader *reader, struct slice *bytes)
{
    while (bytes->length && reader->magic_length < GUNZIP_MAGIC) {
        reader->magic[reader->magic_length++] = bytes->data[0];
        *bytes = behind(*bytes, 1);
        if (reader->magic_length == GUNZIP_MAGIC)
            return take_magic(reader);
    }
    return 0;
}

int sitemap_feed(struct sitemap_reader *reader, struct slice bytes)
{
    if (!reader->err)
        reader->err = take_start(reader, &bytes);
    if (!reader->err)
        reader->err = take(reader, bytes);
    return reader->err;
}

static int finish(struct sitemap_reader *reader)
{
    int err = reader->magic_length == GUNZIP_MAGIC ? 0 : take_magic(reader);
    if (!err)
        err = read_block(reader, true);
    if (!err && reader->gunzip)
        err = gunzip_finish(reader->gunzip);
    return err ? err : finish_form(reader);
}

int sitemap_finish(struct sitemap_reader *reader)
{
    if (!reader->err)
        reader->err = finish(reader);
    return reader->err;
}
