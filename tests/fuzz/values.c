/* Values of headers and attributes: media types, Link, Location, Refresh, srcset, robots directives. */
#include "fuzz.h"
#include "web/header_links.h"
#include "web/mime.h"
#include "web/refresh.h"
#include "web/robots_tag.h"
#include "web/srcset.h"

static int take_link(void *context, const struct link *link)
{
    (void)context;
    FUZZ_CHECK(link->url.length > 0 && strcmp(link->element, "header") == 0 && link->attribute);
    FUZZ_CHECK(slice_equal(link->url, slice_trim(link->url)));
    return 0;
}

static void check_mime(struct slice input)
{
    struct mime mime;
    mime_parse(&mime, input);
    FUZZ_CHECK(memchr(mime.type, '\0', sizeof mime.type) && memchr(mime.charset, '\0', sizeof mime.charset));
    FUZZ_CHECK(!mime.type[0] || strchr(mime.type, '/'));
    for (const char *c = mime.type; *c; c++)
        FUZZ_CHECK(*c == ascii_lower(*c));
    if (!mime.type[0])
        FUZZ_CHECK(mime_document_kind(&mime) == DOCUMENT_OTHER);
}

static void check_srcset(struct slice input)
{
    struct slice rest = input, url;
    while (srcset_next(&rest, &url)) {
        FUZZ_CHECK(url.length > 0 && fuzz_is_within(url, input) && fuzz_is_within(rest, input));
        FUZZ_CHECK(rest.length + url.length <= input.length);
    }
}

/* What is forbidden stays so, whatever is said behind it. */
static void check_robots_tag(struct slice input)
{
    enum { MOST = 1024 };
    static const char behind[] = ", follow, *: all";
    const struct slice product = SLICE("ExampleBot");
    char longer[MOST + sizeof behind];
    if (input.length == 0 || input.length > MOST)
        return;
    memcpy(longer, input.data, input.length);
    memcpy(longer + input.length, behind, sizeof behind);
    const struct slice more = {longer, input.length + sizeof behind - 1};
    FUZZ_CHECK(!robots_tag_header_forbids(input, product) || robots_tag_header_forbids(more, product));
    FUZZ_CHECK(!robots_tag_meta_forbids(SLICE("robots"), input, product) ||
               robots_tag_meta_forbids(SLICE("robots"), more, product));
    FUZZ_CHECK(!robots_tag_meta_forbids(input, SLICE("follow"), product));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"Link", "LOCATION", "content-location", "Refresh", "X-Other"};
    struct slice input = fuzz_input(data, size), url;
    unsigned choice = fuzz_choice(&input) % 9;
    if (choice < 5)
        FUZZ_CHECK(header_links(names[choice], input, take_link, NULL) == 0);
    else if (choice == 5)
        check_mime(input);
    else if (choice == 6)
        check_srcset(input);
    else if (choice == 8)
        check_robots_tag(input);
    else if (refresh_url(input, &url))
        FUZZ_CHECK(url.length > 0 && fuzz_is_within(url, input) && slice_equal(url, slice_trim(url)));
    return 0;
}
