#include "crawl/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "crawl/fingerprints.h"
#include "web/extractor.h"
#include "web/header_links.h"

/* A link as it stands in the document. */
struct raw_link {
    struct raw_link *next;
    struct slice text;
};

struct page {
    const struct options *options;
    struct extractor *extractor; /* NULL when this answer's body is not searched */
    struct mime mime;
    struct arena memory;
    struct raw_link *first;
    struct raw_link **last;
    struct fingerprints raw;      /* of the links as written */
    struct fingerprints resolved; /* of the links as resolved */
    struct buf base_text;
    struct buf link_text;
};

int page_create(struct page **out, const struct options *options)
{
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return ERR_NO_MEMORY;
    page->options = options;
    page->last = &page->first;
    arena_init(&page->memory);
    fingerprints_init(&page->raw);
    fingerprints_init(&page->resolved);
    buf_init(&page->base_text, URL_MAX_LENGTH);
    buf_init(&page->link_text, URL_MAX_LENGTH);
    *out = page;
    return 0;
}

void page_free(struct page *page)
{
    if (!page)
        return;
    extractor_free(page->extractor);
    arena_free(&page->memory);
    fingerprints_free(&page->raw);
    fingerprints_free(&page->resolved);
    buf_free(&page->base_text);
    buf_free(&page->link_text);
    free(page);
}

static bool list_has(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

static bool is_followed(const struct options *options, const struct link *link)
{
    if ((int)link->kind > (int)options->follow || list_has(&options->ignore_tags, link->element))
        return false;
    return options->follow_tags.count == 0 || list_has(&options->follow_tags, link->element);
}

static int keep_link(void *context, const struct link *link)
{
    struct page *page = context;
    if (!is_followed(page->options, link))
        return 0;
    int is_new = fingerprints_add(&page->raw, hash_bytes(link->url));
    if (is_new <= 0)
        return is_new;
    struct raw_link *kept = arena_alloc(&page->memory, sizeof *kept);
    if (!kept)
        return ERR_NO_MEMORY;
    kept->next = NULL;
    kept->text = arena_copy(&page->memory, link->url);
    if (!kept->text.data)
        return ERR_NO_MEMORY;
    *page->last = kept;
    page->last = &kept->next;
    return 0;
}

static int keep_header_links(struct page *page, const struct http_response *response)
{
    static const char *const names[] = {"Link", "Refresh", "Content-Location"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice value;
        for (size_t nth = 0; (value = http_response_header(response, names[i], nth)).data; nth++) {
            int err = header_links(names[i], value, keep_link, page);
            if (err)
                return err;
        }
    }
    return 0;
}

void page_reset(struct page *page)
{
    extractor_free(page->extractor);
    page->extractor = NULL;
    arena_clear(&page->memory);
    page->mime = (struct mime){0};
    page->first = NULL;
    page->last = &page->first;
    fingerprints_clear(&page->raw);
    fingerprints_clear(&page->resolved);
}

int page_begin(struct page *page, const struct http_response *response)
{
    page_reset(page);
    mime_parse(&page->mime, http_response_header(response, "Content-Type", 0));
    enum document_kind kind = mime_document_kind(&page->mime);
    if (response->status != 200)
        return 0;
    int err = keep_header_links(page, response);
    if (err || kind == DOCUMENT_OTHER)
        return err;
    return extractor_create(&page->extractor, &(struct extractor_options){
                                                  .engine = page->options->extractor,
                                                  .kind = kind,
                                                  .header_charset = slice_of(page->mime.charset),
                                                  .on_link = keep_link,
                                                  .context = page,
                                              });
}

int page_feed(struct page *page, struct slice bytes)
{
    return page->extractor ? extractor_feed(page->extractor, bytes) : 0;
}

int page_end(struct page *page)
{
    return page->extractor ? extractor_finish(page->extractor) : 0;
}

/* What the document's links are relative to: its first base element, where that makes a URL, else itself. */
static int find_base(struct page *page, const struct url *document, struct url *base)
{
    struct slice href = page->extractor ? extractor_base(page->extractor) : (struct slice){0};
    if (href.length) {
        int err = url_parse(base, href, document, page_charset(page), &page->base_text);
        if (err == 0 || err == ERR_NO_MEMORY)
            return err;
    }
    *base = *document;
    return 0;
}

static int visit_link(struct page *page, const struct url *base, struct slice raw, page_link visit, void *context)
{
    struct url url;
    int err = url_parse(&url, raw, base, page_charset(page), &page->link_text);
    if (err == ERR_NO_MEMORY)
        return err;
    if (!err)
        url_strip_credentials(&url, &page->link_text);
    uint64_t fingerprint = hash_bytes(err ? raw : url_without_fragment(&url));
    int is_new = fingerprints_add(&page->resolved, fingerprint);
    if (is_new <= 0)
        return is_new;
    return visit(context, err ? NULL : &url, fingerprint, raw);
}

int page_for_each_link(struct page *page, const struct url *document, page_link visit, void *context)
{
    struct url base;
    int err = find_base(page, document, &base);
    for (const struct raw_link *link = page->first; link && !err; link = link->next)
        err = visit_link(page, &base, link->text, visit, context);
    return err;
}

const struct mime *page_mime(const struct page *page)
{
    return &page->mime;
}

const struct charset *page_charset(const struct page *page)
{
    return page->extractor ? extractor_charset(page->extractor, NULL) : NULL;
}
