/* Sitemaps and feeds, packed too: however the bytes are cut, the entries are the same. */
#include "web/sitemap.h"

#include "base/buf.h"
#include "fuzz.h"

enum { LIMIT = 1 << 24 };

struct answer {
    struct buf entries; /* one a line */
    size_t dropped;
    int err;
};

static int take_entry(void *context, const struct sitemap_entry *entry)
{
    struct answer *answer = context;
    FUZZ_CHECK(entry->url.length > 0 && entry->url.length <= SITEMAP_URL_LENGTH && entry->lastmod.length <= 64);
    FUZZ_CHECK(slice_equal(entry->url, slice_trim(entry->url)));
    FUZZ_CHECK(slice_equal(entry->lastmod, slice_trim(entry->lastmod)));
    buf_printf(&answer->entries, "%d ", (int)entry->kind);
    buf_append_slice(&answer->entries, entry->url);
    buf_append_char(&answer->entries, ' ');
    buf_append_slice(&answer->entries, entry->lastmod);
    return buf_append_char(&answer->entries, '\n');
}

static void read_file(struct answer *answer, struct slice input, unsigned seed)
{
    struct sitemap_reader *reader;
    *answer = (struct answer){0};
    buf_init(&answer->entries, LIMIT);
    FUZZ_CHECK(sitemap_create(&reader, take_entry, answer) == 0);
    while (!answer->err && input.length)
        answer->err = sitemap_feed(reader, fuzz_piece(&input, &seed));
    int err = sitemap_finish(reader);
    FUZZ_CHECK(!answer->err || err == answer->err);
    answer->err = err;
    answer->dropped = sitemap_dropped(reader);
    sitemap_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = fuzz_input(data, size);
    unsigned seed = fuzz_choice(&input);
    struct answer whole, cut;
    read_file(&whole, input, 0);
    read_file(&cut, input, 1 + seed);
    FUZZ_CHECK(whole.err == cut.err && whole.dropped == cut.dropped);
    FUZZ_CHECK(slice_equal(buf_slice(&whole.entries), buf_slice(&cut.entries)));
    buf_free(&whole.entries);
    buf_free(&cut.entries);
    return 0;
}
