/* URLs: the serialisation is a fixed point of the parser, its offsets agree with it, and the short cut with the
 * standard. */
#include "fuzz.h"
#include "web/url_internal.h"

static const char *const BASES[] = {
    "http://example.com/a/b/c?q=1#f",
    "https://user:pw@[::1]:8080/x/../y;p/",
    "file:///C:/dir/file",
    "ftp://h/%2e%2e/d",
    "about:blank",
    "web+x:/.//p/q?r",
    "https://xn--bcher-kva.example/d/index",
    "http://h",
    "foo://opaque.host:9/a//b/",
};
enum { BASE_COUNT = sizeof BASES / sizeof BASES[0], LIMIT = 1 << 20 };

static const char *const CHARSETS[] = {"utf-8", "windows-1252", "shift_jis", "gb18030", "iso-2022-jp"};

static void check_same(const struct url *a, const struct url *b)
{
    FUZZ_CHECK(slice_equal(a->href, b->href));
    FUZZ_CHECK(a->scheme_end == b->scheme_end && a->user_start == b->user_start && a->user_end == b->user_end);
    FUZZ_CHECK(a->host_start == b->host_start && a->host_end == b->host_end && a->path_start == b->path_start);
    FUZZ_CHECK(a->path_end == b->path_end && a->query_end == b->query_end);
    FUZZ_CHECK(a->port == b->port && a->has_host == b->has_host);
}

static void check_offsets(const struct url *url)
{
    const char *text = url->href.data;
    FUZZ_CHECK(url->scheme_end > 0 && text[url->scheme_end] == ':' && url->scheme_end < url->user_start);
    FUZZ_CHECK(url->user_start <= url->user_end && url->user_end <= url->host_start);
    FUZZ_CHECK(url->host_start <= url->host_end && url->host_end <= url->path_start);
    FUZZ_CHECK(url->path_start <= url->path_end && url->path_end <= url->query_end);
    FUZZ_CHECK(url->query_end <= url->href.length && url->port <= 65535);
    FUZZ_CHECK(url->path_end == url->query_end || text[url->path_end] == '?');
    FUZZ_CHECK(url->query_end == url->href.length || text[url->query_end] == '#');
    FUZZ_CHECK((url->user_start == url->host_start) || text[url->host_start - 1] == '@');
    FUZZ_CHECK(url->port < 0 || text[url->host_end] == ':');
    for (size_t i = 0; i < url->href.length; i++)
        FUZZ_CHECK(text[i] >= ' ' && text[i] <= '~');
}

static void check_url(const struct url *url, struct slice input, const struct url *base, const struct charset *charset)
{
    struct buf storage, origin;
    struct url other;
    buf_init(&storage, LIMIT);
    buf_init(&origin, LIMIT);
    check_offsets(url);
    FUZZ_CHECK(url_parse(&other, url->href, NULL, charset, &storage) == 0);
    check_same(url, &other);
    if (url_parse_fast(&other, input, base, &storage))
        check_same(url, &other);
    FUZZ_CHECK(url_append_origin(url, &origin) == 0);
    (void)url_host_is_address(url);
    buf_free(&origin);
    buf_free(&storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = fuzz_input(data, size);
    unsigned base_choice = fuzz_choice(&input) % (BASE_COUNT + 1), charset_choice = fuzz_choice(&input) % 5;
    const struct charset *charset = charset_by_label(slice_of(CHARSETS[charset_choice]));
    struct buf base_storage, storage, fast_storage;
    struct url base, url, fast;
    buf_init(&base_storage, LIMIT);
    buf_init(&storage, LIMIT);
    buf_init(&fast_storage, LIMIT);
    if (base_choice)
        FUZZ_CHECK(url_parse(&base, slice_of(BASES[base_choice - 1]), NULL, NULL, &base_storage) == 0);
    const struct url *against = base_choice ? &base : NULL;
    if (url_parse_slowly(&url, input, against, charset, &storage) == 0)
        check_url(&url, input, against, charset);
    else
        FUZZ_CHECK(!url_parse_fast(&fast, input, against, &fast_storage));
    buf_free(&fast_storage);
    buf_free(&storage);
    buf_free(&base_storage);
    return 0;
}
