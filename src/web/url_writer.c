#include "base/error.h"
#include "web/url_internal.h"
#include "web/utf8.h"

void writer_fail(struct url_writer *writer, int err)
{
    if (!writer->err)
        writer->err = err;
}

void writer_append(struct url_writer *writer, struct slice text)
{
    if (!writer->err)
        writer->err = buf_append_slice(writer->out, text);
}

void writer_append_char(struct url_writer *writer, char c)
{
    if (!writer->err)
        writer->err = buf_append_char(writer->out, c);
}

static void append_percent(struct url_writer *writer, const char *bytes, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        const char triplet[] = {'%', digits[byte >> 4], digits[byte & 15]};
        writer_append(writer, (struct slice){triplet, sizeof triplet});
    }
}

/* Takes the bytes in front that are in none of `classes`. */
static struct slice take_run(struct slice *text, unsigned classes)
{
    struct slice run = {text->data, 0};
    while (run.length < text->length && !url_byte_is(run.data[run.length], classes))
        run.length++;
    text->data += run.length;
    text->length -= run.length;
    return run;
}

/* Appends the character at the start of `text`, which has to be encoded; returns its bytes. */
static size_t append_character(struct url_writer *writer, struct slice text)
{
    uint32_t code_point;
    size_t length = utf8_decode(text, &code_point);
    char encoded[UTF8_MAX] = {0};
    size_t encoded_length = utf8_encode(code_point, encoded);
    append_percent(writer, encoded, encoded_length);
    return length;
}

void writer_append_encoded(struct url_writer *writer, struct slice text, unsigned set)
{
    while (text.length && !writer->err) {
        writer_append(writer, take_run(&text, set | REMOVED));
        if (!text.length)
            return;
        size_t length = url_byte_is(text.data[0], REMOVED) ? 1 : append_character(writer, text);
        text.data += length;
        text.length -= length;
    }
}

void writer_append_encoded_bytes(struct url_writer *writer, struct slice bytes, unsigned set)
{
    while (bytes.length && !writer->err) {
        writer_append(writer, take_run(&bytes, set));
        if (!bytes.length)
            return;
        append_percent(writer, bytes.data, 1);
        bytes.data++;
        bytes.length--;
    }
}
