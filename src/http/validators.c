#include "http/validators.h"

#include <string.h>
#include <time.h>

#include "base/error.h"
#include "http/retry_after.h"

/* entity-tag = [ "W/" ] DQUOTE *( %x21 / %x23-7E / obs-text ) DQUOTE. "*", which stands for any, is none. */
static bool is_tag(struct slice text)
{
    if (text.length > VALIDATORS_TAG_MAX)
        return false;
    size_t start = text.length > 2 && memcmp(text.data, "W/", 2) == 0 ? 2 : 0;
    if (text.length < start + 2 || text.data[start] != '"' || text.data[text.length - 1] != '"')
        return false;
    for (size_t i = start + 1; i < text.length - 1; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c <= ' ' || c == '"' || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_date(struct slice text, time_t *date)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    return text.length && text.length <= VALIDATORS_DATE_MAX && http_date_read(text, date);
}

/* Headers that may be there once. */
enum { TAG, MODIFIED, DATE, SINGLES };

/* Those with a second line are empty. */
static void look_through(const struct http_response *response, struct slice values[SINGLES])
{
    static const struct slice names[SINGLES] = {SLICE("ETag"), SLICE("Last-Modified"), SLICE("Date")};
    struct slice lines = buf_slice(&response->headers), name, value;
    bool met[SINGLES] = {false};
    while (http_next_header(&lines, &name, &value))
        for (unsigned i = 0; i < SINGLES; i++)
            if (slice_equal_nocase(name, names[i])) {
                values[i] = met[i] ? SLICE("") : value;
                met[i] = true;
            }
}

struct validators validators_of(const struct http_response *response)
{
    struct slice values[SINGLES] = {SLICE(""), SLICE(""), SLICE("")};
    time_t modified, now;
    look_through(response, values);
    struct validators found = {is_tag(values[TAG]) ? values[TAG] : SLICE(""), values[MODIFIED]};
    if (!found.date.length)
        return found;
    if (!is_date(values[DATE], &now))
        now = time(NULL);
    if (!is_date(found.date, &modified) || modified >= now)
        found.date = SLICE("");
    return found;
}

struct validators validators_checked(struct slice tag, struct slice date)
{
    time_t modified;
    return (struct validators){is_tag(tag) ? tag : SLICE(""), is_date(date, &modified) ? date : SLICE("")};
}

static int append_line(struct buf *text, const char *name, struct slice value)
{
    return value.length ? buf_printf(text, "%s: %.*s%c", name, SLICE_ARGS(value), '\0') : 0;
}

/* A server that knows entity tags heeds the first line alone (section 13.2.2), others the second. */
int validators_lines(const struct validators *validators, struct buf *text, const char *lines[VALIDATORS_LINES + 1])
{
    size_t count = 0, second;
    buf_clear(text);
    int err = append_line(text, "If-None-Match", validators->tag);
    second = text->length;
    if (!err)
        err = append_line(text, "If-Modified-Since", validators->date);
    if (err)
        return err;
    if (validators->tag.length)
        lines[count++] = text->data;
    if (validators->date.length)
        lines[count++] = text->data + second;
    lines[count] = NULL;
    return 0;
}
