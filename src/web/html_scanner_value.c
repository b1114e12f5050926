/* Bytes of the document become UTF-8: values of attributes, and text.
 *
 * Decoding comes before references, as for a reader of characters. A value is decoded together with the quote behind
 * it, since an unfinished character is an error whose shape depends on what follows. */

#include "base/error.h"
#include "web/html_references.h"
#include "web/html_scanner_internal.h"
#include "web/utf8.h"

enum { TEXT_STEP = 1 << 14 /* bytes of text that are decoded at once */ };

static void fail(struct html_scanner *scanner, int err)
{
    if (err && !scanner->err)
        scanner->err = err;
}

struct html_piece html_store(struct html_scanner *scanner, struct slice bytes)
{
    struct html_piece piece = {NULL, scanner->store.length, bytes.length};
    /* At least one byte, so that there is a store to point into. */
    int err = buf_reserve(&scanner->store, bytes.length + 1);
    if (!err)
        err = buf_append_slice(&scanner->store, bytes);
    fail(scanner, err);
    return piece;
}

void html_clear_raw(struct html_scanner *scanner)
{
    buf_clear(&scanner->raw);
    scanner->raw_is_long = false;
}

void html_keep_raw(struct html_scanner *scanner, struct slice bytes)
{
    if (scanner->raw_is_long)
        return;
    int err = buf_append_slice(&scanner->raw, bytes);
    if (err == ERR_TOO_LARGE)
        scanner->raw_is_long = true;
    else
        fail(scanner, err);
}

static bool is_ascii(struct slice bytes)
{
    uint64_t all = 0;
    size_t at = 0;
    for (; bytes.length - at >= sizeof all; at += sizeof all) {
        uint64_t word;
        memcpy(&word, bytes.data + at, sizeof word);
        all |= word;
    }
    for (; at < bytes.length; at++)
        all |= (unsigned char)bytes.data[at];
    return !(all & UINT64_MAX / 0xFF * 0x80);
}

/* Decodes into scanner->decoded; at the `end` of a value or a text nothing is left unfinished. */
static struct slice decode(struct html_scanner *scanner, struct slice bytes, bool end)
{
    buf_clear(&scanner->decoded);
    int err = scanner->decoder ? 0 : charset_decoder_create(&scanner->decoder, scanner->charset);
    if (!err)
        err = charset_decode(scanner->decoder, bytes, false, &scanner->decoded);
    if (!err && end) {
        err = charset_decode(scanner->decoder, SLICE("<"), false, &scanner->decoded);
        if (!err)
            scanner->decoded.length--;
    }
    fail(scanner, err);
    return err ? (struct slice){"", 0} : buf_slice(&scanner->decoded);
}

/* UTF-8 of bytes that are whole. */
static struct slice to_utf8(struct html_scanner *scanner, struct slice bytes)
{
    if (is_ascii(bytes) || (scanner->charset == charset_utf8() && utf8_valid_length(bytes) == bytes.length))
        return bytes;
    return decode(scanner, bytes, true);
}

/* A value that is too long is empty. */
static bool is_too_long(struct html_scanner *scanner, size_t length)
{
    if (scanner->raw_is_long || length > HTML_VALUES_MAX - scanner->values)
        return true;
    scanner->values += length;
    return false;
}

void html_finish_value(struct html_scanner *scanner, struct slice rest)
{
    struct html_piece *piece = &scanner->kept[scanner->count - 1].value;
    struct slice raw = rest;
    if (scanner->raw.length) {
        html_keep_raw(scanner, rest);
        raw = buf_slice(&scanner->raw);
    }
    if (is_too_long(scanner, raw.length)) {
        *piece = html_store(scanner, (struct slice){"", 0});
    } else if (scanner->special) {
        struct slice utf8 = to_utf8(scanner, raw);
        *piece = html_store(scanner, (struct slice){"", 0});
        fail(scanner, html_decode_text(&scanner->store, utf8, true));
        piece->length = scanner->store.length - piece->offset;
    } else if (scanner->raw.length) {
        *piece = html_store(scanner, raw);
    } else {
        *piece = (struct html_piece){raw.data, 0, raw.length};
    }
    html_clear_raw(scanner);
}

void html_hand_text(struct html_scanner *scanner, struct slice bytes)
{
    while (bytes.length && !scanner->err) {
        struct slice step = {bytes.data, bytes.length < TEXT_STEP ? bytes.length : TEXT_STEP};
        bytes = (struct slice){bytes.data + step.length, bytes.length - step.length};
        if (scanner->decoding || !is_ascii(step)) {
            scanner->decoding = true;
            step = decode(scanner, step, false);
        }
        if (!scanner->err && step.length)
            scanner->err = scanner->handler->text(scanner->context, step);
    }
}

void html_end_text(struct html_scanner *scanner)
{
    if (!scanner->decoding || scanner->err)
        return;
    scanner->decoding = false;
    struct slice rest = decode(scanner, (struct slice){"", 0}, true);
    if (!scanner->err && rest.length)
        scanner->err = scanner->handler->text(scanner->context, rest);
}

void html_hand_raw(struct html_scanner *scanner)
{
    if (scanner->raw.length && !scanner->raw_is_long && !scanner->err) {
        buf_clear(&scanner->store);
        fail(scanner, html_decode_text(&scanner->store, to_utf8(scanner, buf_slice(&scanner->raw)), false));
        if (!scanner->err && scanner->store.length)
            scanner->err = scanner->handler->text(scanner->context, buf_slice(&scanner->store));
    }
    html_clear_raw(scanner);
}
