#include "base/error.h"
#include "web/idna.h"
#include "web/url_internal.h"
#include "web/utf8.h"

/* Takes one byte off the front of `text`, a percent-encoded one decoded. */
static char take_byte(struct slice *text)
{
    const char *s = text->data;
    size_t length = 1;
    char byte = s[0];
    if (byte == '%' && text->length >= 3) {
        int high = url_hex_value(s[1]), low = url_hex_value(s[2]);
        if (high >= 0 && low >= 0) {
            byte = (char)(high * 16 + low);
            length = 3;
        }
    }
    text->data += length;
    text->length -= length;
    return byte;
}

static void append_without_removed(struct url_writer *writer, struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!url_byte_is(text.data[i], REMOVED))
            writer_append_char(writer, text.data[i]);
}

static bool has_any(struct slice text, unsigned classes)
{
    for (size_t i = 0; i < text.length; i++)
        if (url_byte_is(text.data[i], classes))
            return true;
    return false;
}

static struct slice written_since(const struct url_writer *writer, size_t start)
{
    return (struct slice){writer->out->data + start, writer->out->length - start};
}

/* Takes the host back that was written from `start` on, for another form of it. */
static void rewind_to(struct url_writer *writer, size_t start)
{
    writer->out->length = start;
}

static void write_opaque(struct url_writer *writer, struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (url_byte_is(text.data[i], FORBIDDEN_IN_HOST) && !url_byte_is(text.data[i], REMOVED)) {
            writer_fail(writer, ERR_URL_HOST);
            return;
        }
    }
    writer_append_encoded(writer, text, ENCODE_C0);
}

/* Percent-decodes the domain onto the output; `*is_ascii` tells whether it is ASCII then. */
static void decode_domain(struct url_writer *writer, struct slice text, bool *is_ascii)
{
    *is_ascii = true;
    while (text.length) {
        /* Removed bytes vanish before decoding; those that decoding brings forth are forbidden. */
        if (url_byte_is(text.data[0], REMOVED)) {
            text.data++;
            text.length--;
            continue;
        }
        char byte = take_byte(&text);
        *is_ascii = *is_ascii && (unsigned char)byte < 0x80;
        writer_append_char(writer, byte);
    }
}

static void lower(struct url_writer *writer, size_t start)
{
    for (size_t i = start; i < writer->out->length; i++)
        writer->out->data[i] = ascii_lower(writer->out->data[i]);
}

/* "Domain to ASCII" of what was written from `start` on. A domain that is ASCII already is only lower-cased: labels
 * that claim to be international ("xn--") and are malformed are names that a server may well have. */
static void domain_to_ascii(struct url_writer *writer, size_t start, bool is_ascii)
{
    struct slice domain = written_since(writer, start);
    if (is_ascii)
        lower(writer, start);
    else if (utf8_valid_length(domain) != domain.length)
        writer_fail(writer, ERR_URL_NAME); /* would hold U+FFFD, which UTS 46 disallows */
    else
        writer_fail(writer, idna_to_ascii(writer->out, start));
}

static void write_domain(struct url_writer *writer, struct slice text)
{
    size_t start = writer->out->length;
    bool is_ascii;
    decode_domain(writer, text, &is_ascii);
    if (writer->err)
        return;
    domain_to_ascii(writer, start, is_ascii);
    if (writer->err)
        return;
    struct slice domain = written_since(writer, start);
    if (!domain.length || has_any(domain, FORBIDDEN_IN_DOMAIN)) {
        writer_fail(writer, ERR_URL_HOST);
        return;
    }
    if (!url_ends_in_number(domain))
        return;
    /* Written behind the domain and then over it. */
    size_t domain_end = writer->out->length;
    url_write_ipv4(writer, domain);
    if (writer->err)
        return;
    struct slice address = written_since(writer, domain_end);
    memmove(writer->out->data + start, address.data, address.length);
    rewind_to(writer, start + address.length);
}

static void write_bracketed(struct url_writer *writer, struct slice text)
{
    size_t start = writer->out->length;
    append_without_removed(writer, text);
    if (writer->err)
        return;
    /* No address is longer than eight pieces of four digits, or six and a dotted one. */
    enum { LONGEST = 6 * 5 + 15 };
    char copy[LONGEST + 2];
    struct slice host = written_since(writer, start);
    if (host.length < 2 || host.length > sizeof copy || host.data[host.length - 1] != ']') {
        writer_fail(writer, ERR_URL_ADDRESS);
        return;
    }
    memcpy(copy, host.data, host.length);
    rewind_to(writer, start);
    url_write_ipv6(writer, (struct slice){copy + 1, host.length - 2});
}

void url_write_host(struct url_writer *writer, struct slice text, bool is_special)
{
    while (text.length && url_byte_is(text.data[0], REMOVED)) {
        text.data++;
        text.length--;
    }
    if (text.length && text.data[0] == '[')
        write_bracketed(writer, text);
    else if (is_special)
        write_domain(writer, text);
    else
        write_opaque(writer, text);
}
