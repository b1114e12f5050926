/* Documents: however the bytes are cut, the links, the base, the charset and robots meta elements are the same. */
#include "web/extractor.h"

#include "base/buf.h"
#include "fuzz.h"

enum { LIMIT = 1 << 24 };

struct answer {
    struct buf links; /* one a line */
    bool restarted;
    int err;
};

static int take_link(void *context, const struct link *link)
{
    struct answer *answer = context;
    FUZZ_CHECK(link->url.length > 0 && link->element && link->attribute);
    FUZZ_CHECK(slice_equal(link->url, slice_trim(link->url)));
    buf_printf(&answer->links, "%d %s %s ", (int)link->kind, link->element, link->attribute);
    buf_append_slice(&answer->links, link->rel);
    buf_append_char(&answer->links, ' ');
    buf_append_slice(&answer->links, link->url);
    return buf_append_char(&answer->links, '\n');
}

/* At most once. */
static void take_restart(void *context)
{
    struct answer *answer = context;
    FUZZ_CHECK(!answer->restarted);
    answer->restarted = true;
    buf_clear(&answer->links);
}

/* Reads the document, by the extractor that the last one was read by if there was one, so that what that has left
 * behind would show. */
static void extract(struct answer *answer, struct extractor **reused, struct extractor_options options,
                    struct slice input, unsigned seed)
{
    enum charset_source source;
    buf_init(&answer->links, LIMIT);
    answer->restarted = false;
    options.on_link = take_link;
    options.on_restart = take_restart;
    options.context = answer;
    FUZZ_CHECK((*reused ? extractor_reset(*reused, &options) : extractor_create(reused, &options)) == 0);
    struct extractor *extractor = *reused;
    answer->err = 0;
    while (!answer->err && input.length)
        answer->err = extractor_feed(extractor, fuzz_piece(&input, &seed));
    if (!answer->err)
        answer->err = extractor_finish(extractor);
    if (!answer->err) {
        buf_append_slice(&answer->links, extractor_base(extractor));
        buf_printf(&answer->links, " %s", charset_name(extractor_charset(extractor, &source)));
        buf_printf(&answer->links, " %s", charset_source_name(source));
        buf_printf(&answer->links, " %d", extractor_nofollow(extractor));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum document_kind kinds[] = {DOCUMENT_HTML, DOCUMENT_XML, DOCUMENT_CSS};
    static const char *const charsets[] = {"", "utf-8", "utf-16le", "shift_jis", "iso-2022-jp", "nonsense"};
    struct slice input = fuzz_input(data, size);
    struct extractor_options options = {.kind = kinds[fuzz_choice(&input) % 3]};
    unsigned choice = fuzz_choice(&input);
    options.header_charset = slice_of(charsets[choice % 6]);
    struct answer whole, cut;
    struct extractor *extractor = NULL;
    extract(&whole, &extractor, options, input, 0);
    extract(&cut, &extractor, options, input, 1 + choice / 6);
    extractor_free(extractor);
    FUZZ_CHECK(whole.err == cut.err);
    FUZZ_CHECK(slice_equal(buf_slice(&whole.links), buf_slice(&cut.links)));
    buf_free(&whole.links);
    buf_free(&cut.links);
    return 0;
}
