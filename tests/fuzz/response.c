/* What a server's header block and a URL's authority are taken for by the HTTP client. */
#include "base/error.h"
#include "fuzz.h"
#include "http/fetch.h"
#include "http/origin.h"
#include "web/url.h"

static void check_header(const struct http_response *response, const char *name)
{
    struct slice all = buf_slice(&response->headers), last = {all.data, 0};
    for (size_t i = 0;; i++) {
        struct slice value = http_response_header(response, name, i);
        if (!value.data)
            break;
        FUZZ_CHECK(fuzz_is_within(value, all) && slice_equal(value, slice_trim(value)));
        FUZZ_CHECK(!memchr(value.data, '\n', value.length) && value.data >= last.data + last.length);
        last = value;
        FUZZ_CHECK(i < all.length);
    }
}

static void check_authority(struct slice input)
{
    struct slice host;
    uint16_t port;
    if (authority_parse(input, &host, &port))
        return;
    FUZZ_CHECK(fuzz_is_within(host, input) && !memchr(host.data, '@', host.length));
}

/* The client connects where the URL standard says; as the scope does, which has looked at the URL before. */
static void check_same_host(const struct origin *origin, const struct url *url)
{
    struct slice host = url_host(url);
    if (host.length && host.data[0] == '[')
        host = (struct slice){host.data + 1, host.length - 2};
    FUZZ_CHECK(slice_equal(origin->host, host) && origin->port == url_effective_port(url));
    FUZZ_CHECK(slice_equal(origin->scheme, url_scheme(url)));
}

static void check_origin(struct slice input)
{
    struct origin_table origins;
    struct origin *origin, *again;
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    origin_table_init(&origins);
    (void)origin_of_url(&origins, input, &origin);
    if (url_parse(&url, input, NULL, NULL, &storage) == 0 && url_is_http(&url) &&
        origin_of_url(&origins, url.href, &origin) == 0) {
        check_same_host(origin, &url);
        FUZZ_CHECK(origin_of_url(&origins, origin->name, &again) == 0 && again == origin);
    }
    origin_table_free(&origins);
    buf_free(&storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = fuzz_input(data, size);
    struct http_response response;
    switch (fuzz_choice(&input) % 3) {
    case 0:
        http_response_init(&response);
        if (buf_append_slice(&response.headers, input) == 0) {
            check_header(&response, "Link");
            check_header(&response, "content-type");
            check_header(&response, "");
        }
        http_response_free(&response);
        break;
    case 1:
        check_authority(input);
        break;
    default:
        check_origin(input);
    }
    return 0;
}
