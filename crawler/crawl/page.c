#include "crawl/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "web/extractor.h"
#include "web/header_links.h"
#include "web/robots.h"
#include "web/robots_tag.h"
#include "web/url_resolver.h"

enum {
    FIRST_LINKS = 4096,       /* bytes for links that are allocated at first */
    USUAL_LINKS = 64 * 1024,  /* bytes that are not given back at once */
    LARGE_LINKS = 256 * 1024, /* bytes of some thousand links */
};

/* The body has a cap, and its links are part of it. */
static const size_t LINKS_LIMIT = SIZE_MAX / 4;

static const char *const LINK_HEADERS[] = {"Link", "Refresh", "Content-Location"};

enum { LINK_HEADER_COUNT = sizeof LINK_HEADERS / sizeof LINK_HEADERS[0], KNOWN_TYPE_MAX = 128 };

/* What the last Content-Type said: nearly all answers of a site say the same. */
struct known_type {
    char text[KNOWN_TYPE_MAX];
    size_t length;
    struct mime mime;
    enum document_kind kind;
    const char *encoding; /* its charset, by the standard name where there is one */
};

struct page {
    const struct options *options;
    struct extractor_pool *pool;
    struct extractor *extractor; /* NULL when this answer's body is not searched */
    struct known_type known_type;
    const struct mime *mime;
    struct slice product;
    struct buf links;             /* each as its length and its bytes */
    struct buf nofollow;          /* the same of those that are not to be followed */
    size_t from_headers;          /* bytes of links that hold the headers' */
    size_t nofollow_from_headers; /* the same of nofollow */
    size_t last;                  /* place of the bytes of the last of links */
    size_t last_length;
    bool is_nofollow; /* by a header: none is to be followed */
    bool has_itself;  /* a link that consists of a fragment was kept: all of these lead to the same */
    bool takes_every; /* the user did not say which elements' links to follow */
    struct buf base_text;
};

static const struct mime NO_TYPE;

void extractor_pool_free(struct extractor_pool *pool)
{
    while (pool->count)
        extractor_free(pool->spare[--pool->count]);
    while (pool->links_count)
        buf_free(&pool->links[--pool->links_count]);
}

static void give_extractor_back(struct page *page)
{
    struct extractor_pool *pool = page->pool;
    if (page->extractor && pool->count < SPARE_EXTRACTORS)
        pool->spare[pool->count++] = page->extractor;
    else
        extractor_free(page->extractor);
    page->extractor = NULL;
}

static int take_extractor(struct page *page, const struct extractor_options *options)
{
    struct extractor_pool *pool = page->pool;
    if (!pool->count)
        return extractor_create(&page->extractor, options);
    page->extractor = pool->spare[--pool->count];
    return extractor_reset(page->extractor, options);
}

static void give_links_back(struct page *page)
{
    buf_free(&page->nofollow);
    struct extractor_pool *pool = page->pool;
    if (page->links.data && page->links.capacity <= USUAL_LINKS && pool->links_count < SPARE_LINKS) {
        buf_clear(&page->links);
        pool->links[pool->links_count++] = page->links;
        buf_init(&page->links, LINKS_LIMIT);
    } else {
        buf_free(&page->links);
    }
}

int page_create(struct page **out, const struct options *options, struct extractor_pool *pool)
{
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return ERR_NO_MEMORY;
    page->options = options;
    page->pool = pool;
    page->mime = &NO_TYPE;
    page->takes_every = options->ignore_tags.count == 0 && options->follow_tags.count == 0;
    page->product = robots_product(slice_of(options->user_agent));
    buf_init(&page->links, LINKS_LIMIT);
    buf_init(&page->nofollow, LINKS_LIMIT);
    buf_init(&page->base_text, URL_MAX_LENGTH);
    *out = page;
    return 0;
}

void page_free(struct page *page)
{
    if (!page)
        return;
    page_reset(page);
    free(page);
}

static bool list_has(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

static inline bool is_followed(const struct page *page, const struct link *link)
{
    const struct options *options = page->options;
    if ((int)link->kind > (int)options->follow)
        return false;
    if (page->takes_every)
        return true;
    if (list_has(&options->ignore_tags, link->element))
        return false;
    return options->follow_tags.count == 0 || list_has(&options->follow_tags, link->element);
}

/* Whether a link leads where one before it does, as far as a glance tells: fragments to the document itself, and the
 * picture and the words of one entry to the same page. */
static bool repeats(struct page *page, struct slice url)
{
    if (url.data[0] == '#') {
        bool repeated = page->has_itself;
        page->has_itself = true;
        return repeated;
    }
    return url.length == page->last_length && memcmp(url.data, page->links.data + page->last, url.length) == 0;
}

static int make_room(struct buf *links, size_t bytes)
{
    size_t wanted = links->data ? bytes : bytes + FIRST_LINKS;
    return links->capacity - links->length > bytes ? 0 : buf_reserve(links, wanted);
}

/* Puts a link behind the others of `links`. */
static inline int append_link(struct buf *links, struct slice url)
{
    int err = make_room(links, sizeof url.length + url.length + URL_RESOLVER_MARGIN);
    if (err)
        return err;
    char *place = links->data + links->length;
    memcpy(place, &url.length, sizeof url.length);
    memcpy(place + sizeof url.length, url.data, url.length);
    links->length += sizeof url.length + url.length;
    return 0;
}

static int keep_link(void *context, const struct link *link)
{
    struct page *page = context;
    struct slice url = link->url;
    if (url.length == 0 || !is_followed(page, link) || repeats(page, url))
        return 0;
    int err = append_link(&page->links, url);
    if (err)
        return err;
    page->last = page->links.length - url.length;
    page->last_length = url.length;
    return 0;
}

/* The same when nofollow is heeded. */
static int keep_as_marked(void *context, const struct link *link)
{
    struct page *page = context;
    if (!robots_tag_marks(link))
        return keep_link(page, link);
    return link->url.length && is_followed(page, link) ? append_link(&page->nofollow, link->url) : 0;
}

static link_callback on_link(const struct page *page)
{
    return page->options->heed_nofollow ? keep_as_marked : keep_link;
}

/* The document is read again from its start, in another encoding. */
static void forget_links(void *context)
{
    struct page *page = context;
    page->links.length = page->from_headers;
    page->nofollow.length = page->nofollow_from_headers;
    page->last_length = 0;
    page->has_itself = false;
}

/* The headers of an answer that matter to a page. */
struct page_headers {
    struct slice type; /* the first Content-Type */
    bool has_links;
};

static bool may_hold_links(struct slice name)
{
    for (size_t i = 0; i < LINK_HEADER_COUNT; i++)
        if (slice_equal_nocase(name, slice_of(LINK_HEADERS[i])))
            return true;
    return false;
}

static struct page_headers look_through(const struct http_response *response)
{
    struct page_headers headers = {0};
    struct slice lines = buf_slice(&response->headers), name, value;
    while (http_next_header(&lines, &name, &value)) {
        if (!headers.type.data && slice_equal_nocase(name, SLICE("Content-Type")))
            headers.type = value;
        else if (!headers.has_links)
            headers.has_links = may_hold_links(name);
    }
    return headers;
}

static int keep_header_links(struct page *page, const struct http_response *response)
{
    for (size_t i = 0; i < LINK_HEADER_COUNT; i++) {
        struct slice value;
        for (size_t nth = 0; (value = http_response_header(response, LINK_HEADERS[i], nth)).data; nth++) {
            int err = header_links(LINK_HEADERS[i], value, on_link(page), page);
            if (err)
                return err;
        }
    }
    return 0;
}

static bool forbids_following(const struct page *page, const struct http_response *response)
{
    struct slice lines = buf_slice(&response->headers), name, value;
    while (http_next_header(&lines, &name, &value))
        if (slice_equal_nocase(name, SLICE("X-Robots-Tag")) && robots_tag_header_forbids(value, page->product))
            return true;
    return false;
}

/* Makes `text` the type of the answer. */
static void set_type(struct page *page, struct slice text)
{
    struct known_type *known = &page->known_type;
    page->mime = &known->mime;
    if (known->length && slice_equal(text, (struct slice){known->text, known->length}))
        return;
    mime_parse(&known->mime, text);
    known->kind = mime_document_kind(&known->mime);
    const struct charset *charset = charset_by_label(slice_of(known->mime.charset));
    known->encoding = charset ? charset_name(charset) : known->mime.charset;
    known->length = text.length <= sizeof known->text ? text.length : 0;
    memcpy(known->text, text.length ? text.data : "", known->length);
}

void page_reset(struct page *page)
{
    give_extractor_back(page);
    page->mime = &NO_TYPE;
    give_links_back(page);
    buf_free(&page->base_text);
    page->last_length = 0;
    page->has_itself = false;
    page->is_nofollow = false;
}

int page_begin(struct page *page, const struct http_response *response)
{
    page_reset(page);
    const struct page_headers headers = look_through(response);
    set_type(page, headers.type);
    enum document_kind kind = page->known_type.kind;
    if (response->status != 200)
        return 0;
    if (page->pool->links_count)
        page->links = page->pool->links[--page->pool->links_count];
    page->is_nofollow = page->options->heed_nofollow && forbids_following(page, response);
    int err = headers.has_links ? keep_header_links(page, response) : 0;
    if (err || kind == DOCUMENT_OTHER)
        return err;
    page->from_headers = page->links.length;
    page->nofollow_from_headers = page->nofollow.length;
    return take_extractor(page, &(struct extractor_options){
                                    .engine = page->options->extractor,
                                    .kind = kind,
                                    .header_charset = slice_of(page->mime->charset),
                                    .product = page->product,
                                    .on_link = on_link(page),
                                    .on_restart = forget_links,
                                    .context = page,
                                });
}

int page_feed(struct page *page, struct slice bytes)
{
    return page->extractor ? extractor_feed(page->extractor, bytes) : 0;
}

/* Makes all links such as are not to be followed. */
static int forbid_all(struct page *page)
{
    struct slice links = buf_slice(&page->links);
    int err = make_room(&page->nofollow, links.length + URL_RESOLVER_MARGIN);
    if (err)
        return err;
    memcpy(page->nofollow.data + page->nofollow.length, links.data, links.length);
    page->nofollow.length += links.length;
    page->links.length = 0;
    return 0;
}

static void clear_margin(struct buf *links)
{
    if (links->length)
        memset(links->data + links->length, 0, URL_RESOLVER_MARGIN);
}

int page_end(struct page *page)
{
    int err = page->extractor ? extractor_finish(page->extractor) : 0;
    bool is_nofollow = page->is_nofollow || (page->extractor && extractor_nofollow(page->extractor));
    if (!err && is_nofollow && page->options->heed_nofollow && page->links.length)
        err = forbid_all(page);
    if (err)
        return err;
    clear_margin(&page->links);
    clear_margin(&page->nofollow);
    return 0;
}

struct slice page_links(const struct page *page)
{
    return buf_slice(&page->links);
}

struct slice page_nofollow_links(const struct page *page)
{
    return buf_slice(&page->nofollow);
}

bool page_is_large(const struct page *page)
{
    return page->links.length + page->nofollow.length > LARGE_LINKS;
}

int page_find_base(struct page *page, const struct url *document, struct url *base)
{
    struct slice href = page->extractor ? extractor_base(page->extractor) : (struct slice){0};
    if (href.length) {
        int err = url_parse(base, href, document, page_charset(page), &page->base_text);
        if (!err)
            url_strip_credentials(base, &page->base_text);
        if (err == 0 || err == ERR_NO_MEMORY)
            return err;
    }
    *base = *document;
    return 0;
}

const struct mime *page_mime(const struct page *page)
{
    return page->mime;
}

const char *page_header_encoding(const struct page *page)
{
    return page->mime == &NO_TYPE ? "" : page->known_type.encoding;
}

const struct charset *page_charset(const struct page *page)
{
    return page->extractor ? extractor_charset(page->extractor, NULL) : NULL;
}
