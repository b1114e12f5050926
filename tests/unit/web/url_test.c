#include "web/url.h"

#include <curl/curl.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "unit/suite.h"
#include "web/url_internal.h"

enum { INPUT_MAX = 256 };

struct parsed {
    struct url url;
    struct buf storage;
};

static int parse(struct parsed *parsed, struct slice input, const struct url *base)
{
    buf_init(&parsed->storage, URL_MAX_LENGTH);
    return url_parse(&parsed->url, input, base, NULL, &parsed->storage);
}

static void must_parse(struct parsed *parsed, const char *input)
{
    ck_assert_int_eq(parse(parsed, slice_of(input), NULL), 0);
}

static void check_slice(struct slice found, const char *wanted)
{
    ck_assert_msg(slice_equal(found, slice_of(wanted)), "\"%.*s\" is not \"%s\"", SLICE_ARGS(found), wanted);
}

static void check_resolved(const char *input, const char *base, const char *wanted)
{
    struct parsed from, to;
    must_parse(&from, base);
    ck_assert_int_eq(parse(&to, slice_of(input), &from.url), 0);
    check_slice(to.url.href, wanted);
    buf_free(&to.storage);
    buf_free(&from.storage);
}

static void check_error(const char *input, int wanted)
{
    struct parsed parsed;
    ck_assert_msg(parse(&parsed, slice_of(input), NULL) == wanted, "\"%s\" does not fail with %s", input,
                  error_kind(wanted));
    buf_free(&parsed.storage);
}

START_TEST(parts_are_told_apart)
{
    struct parsed p;
    must_parse(&p, "https://user:pass@host:8080/path?query#fragment");
    check_slice(url_scheme(&p.url), "https");
    check_slice(url_host(&p.url), "host");
    check_slice(url_path(&p.url), "/path");
    check_slice(url_query(&p.url), "?query");
    check_slice(url_fragment(&p.url), "#fragment");
    check_slice(url_without_fragment(&p.url), "https://user:pass@host:8080/path?query");
    ck_assert_int_eq(p.url.port, 8080);
    ck_assert_uint_eq(url_effective_port(&p.url), 8080);
    ck_assert(url_is_http(&p.url));
    struct buf origin;
    buf_init(&origin, 100);
    ck_assert_int_eq(url_append_origin(&p.url, &origin), 0);
    check_slice(buf_slice(&origin), "https://host:8080");
    buf_free(&origin);
    buf_free(&p.storage);
}
END_TEST

START_TEST(origin_that_does_not_fit_leaves_nothing)
{
    struct parsed p;
    must_parse(&p, "https://host/");
    struct buf origin;
    buf_init(&origin, 10);
    ck_assert_int_eq(url_append_origin(&p.url, &origin), ERR_TOO_LARGE);
    ck_assert_uint_eq(origin.length, 0);
    buf_free(&origin);
    buf_free(&p.storage);
}
END_TEST

START_TEST(default_ports_are_known_and_not_written)
{
    static const struct {
        const char *input;
        int written, effective;
    } cases[] = {
        {"http://h:80/", -1, 80},  {"http://h:0080/", -1, 80}, {"https://h/", -1, 443},
        {"https://h:80/", 80, 80}, {"ftp://h/", -1, 21},       {"http://h:/", -1, 80},
        {"http://h:0/", 0, 0},     {"mailto:x", -1, 0},        {"http://h:65535/", 65535, 65535},
        {"file:///x", -1, 0},      {"ws://h:80/", -1, 80},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parsed p;
        must_parse(&p, cases[i].input);
        ck_assert_int_eq(p.url.port, cases[i].written);
        ck_assert_uint_eq(url_effective_port(&p.url), cases[i].effective);
        buf_free(&p.storage);
    }
}
END_TEST

START_TEST(addresses_are_recognised)
{
    static const struct {
        const char *input;
        bool is_address;
    } cases[] = {
        {"http://127.0.0.1/", true},  {"http://0x7f.1/", true},       {"http://[::1]/", true},
        {"http://localhost/", false}, {"http://1.2.3.4.com/", false}, {"mailto:x@[::1]", false},
        {"a://127.0.0.1/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parsed p;
        must_parse(&p, cases[i].input);
        ck_assert_int_eq(url_host_is_address(&p.url), cases[i].is_address);
        buf_free(&p.storage);
    }
}
END_TEST

START_TEST(links_resolve)
{
    const char *base = "http://h/a/b/c.html?q#f";
    check_resolved("", base, "http://h/a/b/c.html?q");
    check_resolved("#x", base, "http://h/a/b/c.html?q#x");
    check_resolved("?x", base, "http://h/a/b/c.html?x");
    check_resolved("../../../x", base, "http://h/x");
    check_resolved("./../x/./y/..", base, "http://h/a/x/");
    check_resolved("%2e%2E/x", base, "http://h/a/x");
    check_resolved(".hidden/..x/.", base, "http://h/a/b/.hidden/..x/");
    check_resolved("//other", base, "http://other/");
    check_resolved("/\\other/x", base, "http://other/x");
    check_resolved("HTTP:x", base, "http://h/a/b/x");
    check_resolved("https:x", base, "https://x/");
    check_resolved(" \x01x\n/\ty ", base, "http://h/a/b/x/y");
    check_resolved("x y\"<>`{}|^~", base, "http://h/a/b/x%20y%22%3C%3E%60%7B%7D|%5E~");
    check_resolved("..", "a:/b/c", "a:/");
    check_resolved("//x/y", "a:/b/c", "a://x/y");
    check_resolved("/..//x", "a:/b/c", "a:/.//x");
    check_resolved("y", "a:/.//x/", "a:/.//x/y");
    check_resolved("?z", "file:///C|/x", "file:///C:/x?z");
    check_resolved("/x", "file:///C:/y", "file:///C:/x");
}
END_TEST

START_TEST(malformed_utf8_is_a_replacement_character)
{
    check_resolved("\xff", "http://h/", "http://h/%EF%BF%BD");
    check_resolved("\xc3", "http://h/", "http://h/%EF%BF%BD");
    check_resolved("\xe2\x82x\xed\xa0\x80", "http://h/", "http://h/%EF%BF%BDx%EF%BF%BD%EF%BF%BD%EF%BF%BD");
    check_resolved("\xc3\t\xa9", "http://h/", "http://h/%EF%BF%BD%EF%BF%BD");
    check_resolved("\xf0\x9f\x98\x80", "http://h/", "http://h/%F0%9F%98%80");
    check_error("http://a\xff/", ERR_URL_NAME);
}
END_TEST

START_TEST(international_names_become_ascii)
{
    check_resolved("//B\xc3\xbc\x63her.Example", "http://h/", "http://xn--bcher-kva.example/");
    check_resolved("//fa\xc3\x9f.de", "http://h/", "http://xn--fa-hia.de/");
    check_resolved("//%E2%98%83", "http://h/", "http://xn--n3h/");
    check_resolved("//a-.-b--c.\xc3\xa9", "http://h/", "http://a-.-b--c.xn--9ca/");
    check_error("http://\xd7\x90"
                "a.com/",
                ERR_URL_NAME);                              /* mixed directions */
    check_error("http://a\xe2\x80\x8d.com/", ERR_URL_NAME); /* a joiner with nothing to join */
}
END_TEST

START_TEST(errors_say_what_is_wrong)
{
    check_error("", ERR_URL_RELATIVE);
    check_error("x/y", ERR_URL_RELATIVE);
    check_error("http://", ERR_URL_HOST);
    check_error("http://a b/", ERR_URL_HOST);
    check_error("http://a%00b/", ERR_URL_HOST);
    check_error("http://user@/", ERR_URL_HOST);
    check_error("http://:80/", ERR_URL_HOST);
    check_error("http://1.2.3.256/", ERR_URL_ADDRESS);
    check_error("http://1.2.3.4.5/", ERR_URL_ADDRESS);
    check_error("http://a.08/", ERR_URL_ADDRESS);
    check_error("http://[::1/", ERR_URL_ADDRESS);
    check_error("http://[1:2:3:4:5:6:7]/", ERR_URL_ADDRESS);
    check_error("http://[::1.2.3.04]/", ERR_URL_ADDRESS);
    check_error("http://h:65536/", ERR_URL_PORT);
    check_error("http://h:99999999999999999999/", ERR_URL_PORT);
    check_error("http://h:8o/", ERR_URL_PORT);
    struct parsed base, p;
    must_parse(&base, "mailto:x");
    ck_assert_int_eq(parse(&p, SLICE("y"), &base.url), ERR_URL_RELATIVE);
    buf_free(&p.storage);
    buf_free(&base.storage);
}
END_TEST

START_TEST(addresses_are_written_canonically)
{
    check_resolved("http://[1:0:0:2:0:0:0:3]", "http://h/", "http://[1:0:0:2::3]/");
    check_resolved("http://[0:0:1:0:0:1:0:0]", "http://h/", "http://[::1:0:0:1:0:0]/");
    check_resolved("http://[2001:DB8::192.0.2.33]", "http://h/", "http://[2001:db8::c000:221]/");
    check_resolved("http://[::1:2:3:4:5:6:7]", "http://h/", "http://[0:1:2:3:4:5:6:7]/");
    check_resolved("http://0300.0250.257/", "http://h/", "http://192.168.1.1/");
    check_resolved("http://4294967295.", "http://h/", "http://255.255.255.255/");
    check_resolved("http://0X/", "http://h/", "http://0.0.0.0/");
}
END_TEST

START_TEST(queries_are_encoded_in_the_charset_of_the_page)
{
    static const struct {
        const char *charset, *base, *wanted;
    } cases[] = {
        {"utf-8", "http://h/", "http://h/?%C3%A9%27%E2%98%83"},
        {"latin1", "http://h/", "http://h/?%E9%27%26%239731%3B"},
        {"utf-16", "http://h/", "http://h/?%C3%A9%27%E2%98%83"},
        {"iso-8859-2", "ws://h/", "ws://h/?%C3%A9%27%E2%98%83"},
        {"latin1", "a://h/", "a://h/?%C3%A9'%E2%98%83"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parsed base;
        must_parse(&base, cases[i].base);
        struct buf storage;
        buf_init(&storage, URL_MAX_LENGTH);
        struct url url;
        const struct charset *charset = charset_by_label(slice_of(cases[i].charset));
        ck_assert_int_eq(url_parse(&url, SLICE("?\xc3\xa9\t'\xe2\x98\x83"), &base.url, charset, &storage), 0);
        check_slice(url.href, cases[i].wanted);
        buf_free(&storage);
        buf_free(&base.storage);
    }
}
END_TEST

START_TEST(limits_hold)
{
    struct url url;
    struct buf small;
    buf_init(&small, 12);
    ck_assert_int_eq(url_parse(&url, SLICE("http://abc/d"), NULL, NULL, &small), 0);
    ck_assert_int_eq(url_parse(&url, SLICE("http://abc/de"), NULL, NULL, &small), ERR_TOO_LARGE);
    ck_assert_int_eq(url_parse(&url, SLICE("HTTP://abc/%"), NULL, NULL, &small), 0);
    ck_assert_int_eq(url_parse(&url, SLICE("HTTP://a/ b"), NULL, NULL, &small), ERR_TOO_LARGE);
    buf_free(&small);
    static char input[URL_MAX_LENGTH + 2];
    memset(input, 'x', sizeof input);
    struct slice head = SLICE("http://h/");
    memcpy(input, head.data, head.length);
    struct parsed p;
    ck_assert_int_eq(parse(&p, (struct slice){input, URL_MAX_LENGTH}, NULL), 0);
    buf_free(&p.storage);
    struct buf large;
    buf_init(&large, SIZE_MAX / 2);
    for (const char *scheme = "hH"; *scheme; scheme++) {
        input[0] = *scheme;
        ck_assert_int_eq(url_parse(&url, (struct slice){input, URL_MAX_LENGTH + 1}, NULL, NULL, &large), ERR_TOO_LARGE);
    }
    buf_free(&large);
}
END_TEST

START_TEST(resolving_again_allocates_nothing)
{
    struct parsed base, p;
    must_parse(&base, "http://h/a/");
    ck_assert_int_eq(parse(&p, SLICE("b\xc3\xa9\tc d?x y#z"), &base.url), 0);
    const char *data = p.storage.data;
    size_t capacity = p.storage.capacity;
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(url_parse(&p.url, SLICE("b\xc3\xa9\tc d?x y#z"), &base.url, NULL, &p.storage), 0);
    ck_assert_ptr_eq(p.storage.data, data);
    ck_assert_uint_eq(p.storage.capacity, capacity);
    buf_free(&p.storage);
    buf_free(&base.storage);
}
END_TEST

/* Deterministic inputs: pieces that mean something to the parser, and some bytes that may. */

static unsigned state;

static unsigned below(unsigned bound)
{
    return (unsigned)rand_r(&state) % bound;
}

static const char *const PIECES[] = {
    "http://", "https://",  "http:", "file:",   "file:///", "a:",    "ws://", "//",  "/",   "/",   "/",        "..",
    "../",     "./",        ".",     "%2e",     "%2E%2e",   "?",     "#",     "?q=", "#f",  ":",   "@",        "[",
    "]",       "::1",       "[::1]", "1.2.3.4", "0x7f",     "C:",    "C|",    "\\",  "foo", "bar", "b.html",   "index",
    "a-b_c",   "ex.org",    "h",     ":80",     ":443",     ":8080", "%41",   "%",   " ",   "\t",  "\n",       "'",
    "\"",      "<",         "`",     "{",       "|",        "^",     "~",     "&",   "=",   "+",   "\xc3\xa9", "\xff",
    "xn--",    "localhost", "user",  "HTTP://", "Host",     ".com",  "$",     ";",   ",",   "!",   "*",        "(",
};

static struct slice generate(char out[INPUT_MAX], unsigned most_pieces)
{
    size_t length = 0;
    for (unsigned i = below(most_pieces + 1); i > 0; i--) {
        struct slice piece = slice_of(PIECES[below(sizeof PIECES / sizeof PIECES[0])]);
        if (length + piece.length > INPUT_MAX)
            break;
        memcpy(out + length, piece.data, piece.length);
        length += piece.length;
    }
    if (below(20) == 0 && length < INPUT_MAX)
        out[length++] = (char)below(256);
    return (struct slice){out, length};
}

static void check_same(const struct url *a, const struct url *b, struct slice input)
{
    ck_assert_msg(slice_equal(a->href, b->href), "\"%.*s\": \"%.*s\" and \"%.*s\"", SLICE_ARGS(input),
                  SLICE_ARGS(a->href), SLICE_ARGS(b->href));
    ck_assert_uint_eq(a->scheme_end, b->scheme_end);
    ck_assert_uint_eq(a->user_start, b->user_start);
    ck_assert_uint_eq(a->user_end, b->user_end);
    ck_assert_uint_eq(a->host_start, b->host_start);
    ck_assert_uint_eq(a->host_end, b->host_end);
    ck_assert_uint_eq(a->path_start, b->path_start);
    ck_assert_uint_eq(a->path_end, b->path_end);
    ck_assert_uint_eq(a->query_end, b->query_end);
    ck_assert_int_eq(a->port, b->port);
    ck_assert_int_eq(a->has_host, b->has_host);
}

static const char *const BASES[] = {
    "http://h/",
    "http://h:81/a/b/c.html?q#f",
    "https://u:p@h/a//b/../c/",
    "http://h/a",
    "file:///C:/x/y",
    "http://[::1]/x",
    "a://h",
    "a:/b/c",
    "a:b",
    "http://h//",
};
enum { BASE_COUNT = sizeof BASES / sizeof BASES[0], ROUNDS = 200000 };

START_TEST(short_cut_answers_as_the_whole_parser)
{
    static struct parsed bases[BASE_COUNT];
    for (size_t i = 0; i < BASE_COUNT; i++)
        must_parse(&bases[i], BASES[i]);
    struct buf fast_storage, slow_storage;
    buf_init(&fast_storage, URL_MAX_LENGTH);
    buf_init(&slow_storage, URL_MAX_LENGTH);
    unsigned taken = 0;
    state = 1;
    for (int i = 0; i < effort(ROUNDS); i++) {
        char bytes[INPUT_MAX];
        struct slice input = generate(bytes, 6);
        unsigned pick = below(BASE_COUNT + 1);
        const struct url *base = pick < BASE_COUNT ? &bases[pick].url : NULL;
        struct url fast, slow;
        if (!url_parse_fast(&fast, input, base, &fast_storage))
            continue;
        ck_assert_int_eq(url_parse_slowly(&slow, input, base, NULL, &slow_storage), 0);
        check_same(&fast, &slow, input);
        taken++;
    }
    ck_assert_uint_gt(taken, (size_t)effort(ROUNDS) / 50);
    buf_free(&fast_storage);
    buf_free(&slow_storage);
    for (size_t i = 0; i < BASE_COUNT; i++)
        buf_free(&bases[i].storage);
}
END_TEST

START_TEST(links_of_real_pages_take_the_short_cut)
{
    static const char *const links[] = {
        "../foo/bar.html#x",
        "/a/b",
        "https://host.example/path",
        "http://www.example.org/",
        "#frag",
        "?q=1",
        "index.html",
        "./x",
        "../../y?z=%20#t",
        "/",
        "a/b/c.css?v=1.2",
        "http://example.com/?q=a&b",
        "file%20name.html",
    };
    struct parsed base;
    must_parse(&base, "http://127.0.0.1:8080/docs/index.html");
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        struct url url;
        ck_assert_msg(url_parse_fast(&url, slice_of(links[i]), &base.url, &storage), "%s", links[i]);
    }
    buf_free(&storage);
    buf_free(&base.storage);
}
END_TEST

static void check_offsets(const struct url *url)
{
    ck_assert_uint_le(url->scheme_end, url->user_start);
    ck_assert_uint_le(url->user_start, url->user_end);
    ck_assert_uint_le(url->user_end, url->host_start);
    ck_assert_uint_le(url->host_start, url->host_end);
    ck_assert_uint_le(url->host_end, url->path_start);
    ck_assert_uint_le(url->path_start, url->path_end);
    ck_assert_uint_le(url->path_end, url->query_end);
    ck_assert_uint_le(url->query_end, url->href.length);
    ck_assert_int_eq(url->href.data[url->scheme_end], ':');
    struct slice query = url_query(url), fragment = url_fragment(url);
    ck_assert(!query.length || query.data[0] == '?');
    ck_assert(!fragment.length || fragment.data[0] == '#');
    for (size_t i = 0; i < url->href.length; i++)
        ck_assert_msg((unsigned char)url->href.data[i] < 0x7f, "%.*s", SLICE_ARGS(url->href));
}

START_TEST(serialisations_parse_to_themselves)
{
    state = 2;
    unsigned parsed = 0;
    for (int i = 0; i < effort(ROUNDS); i++) {
        char bytes[INPUT_MAX];
        struct slice generated = generate(bytes, 12);
        /* At the end of its own allocation, so that a sanitizer sees a read past it. */
        char *exact = malloc(generated.length ? generated.length : 1);
        memcpy(exact, bytes, generated.length);
        struct parsed base, once, twice;
        must_parse(&base, BASES[below(BASE_COUNT)]);
        struct slice input = {exact, generated.length};
        if (parse(&once, input, below(2) ? &base.url : NULL) == 0) {
            check_offsets(&once.url);
            ck_assert_msg(parse(&twice, once.url.href, NULL) == 0, "%.*s", SLICE_ARGS(once.url.href));
            check_same(&once.url, &twice.url, input);
            buf_free(&twice.storage);
            parsed++;
        }
        buf_free(&once.storage);
        buf_free(&base.storage);
        free(exact);
    }
    ck_assert_uint_gt(parsed, (size_t)effort(ROUNDS) / 10);
}
END_TEST

static void check_curl_part(CURLU *handle, CURLUPart part, struct slice wanted)
{
    char *text = NULL;
    ck_assert_int_eq(curl_url_get(handle, part, &text, part == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0), CURLUE_OK);
    ck_assert_msg(slice_equal_nocase(slice_of(text), wanted), "curl sees %s, we %.*s", text, SLICE_ARGS(wanted));
    curl_free(text);
}

/* Whether curl takes the URL; it must see the same server in it then. */
static bool curl_agrees(const struct url *url)
{
    CURLU *handle = curl_url();
    bool accepted = curl_url_set(handle, CURLUPART_URL, url->href.data, 0) == CURLUE_OK;
    if (accepted) {
        char port[8];
        snprintf(port, sizeof port, "%u", url_effective_port(url));
        check_curl_part(handle, CURLUPART_SCHEME, url_scheme(url));
        check_curl_part(handle, CURLUPART_HOST, url_host(url));
        check_curl_part(handle, CURLUPART_PORT, slice_of(port));
    }
    curl_url_cleanup(handle);
    return accepted;
}

/* Punctuation that the standard lets a host have, and curl does not. */
static bool has_byte_that_curl_refuses(struct slice host)
{
    for (size_t i = 0; i < host.length; i++)
        if (strchr("!\"$&'()*+,;=`{}", host.data[i]))
            return true;
    return false;
}

START_TEST(curl_sees_the_same_server)
{
    state = 3;
    unsigned accepted = 0, refused = 0;
    for (int i = 0; i < effort(ROUNDS / 4); i++) {
        char bytes[7 + INPUT_MAX] = "http://";
        struct slice input = {bytes, 7 + generate(bytes + 7, 8).length};
        struct parsed p;
        if (parse(&p, input, NULL) == 0) {
            bool agrees = curl_agrees(&p.url);
            ck_assert_msg(agrees || has_byte_that_curl_refuses(url_host(&p.url)), "%.*s", SLICE_ARGS(p.url.href));
            accepted += agrees;
            refused += !agrees;
        }
        buf_free(&p.storage);
    }
    ck_assert_uint_gt(accepted, refused);
}
END_TEST

int main(void)
{
    return RUN_TESTS("url", parts_are_told_apart, origin_that_does_not_fit_leaves_nothing,
                     default_ports_are_known_and_not_written, addresses_are_recognised, links_resolve,
                     malformed_utf8_is_a_replacement_character, international_names_become_ascii,
                     errors_say_what_is_wrong, addresses_are_written_canonically,
                     queries_are_encoded_in_the_charset_of_the_page, limits_hold, resolving_again_allocates_nothing,
                     short_cut_answers_as_the_whole_parser, links_of_real_pages_take_the_short_cut,
                     serialisations_parse_to_themselves, curl_sees_the_same_server);
}
