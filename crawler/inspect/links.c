#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "inspect/document.h"
#include "inspect/inspect.h"
#include "web/url.h"

/* A link that waits for the end of the document, since a base element may come late. */
struct kept_link {
    struct kept_link *next;
    struct slice url;
    struct slice rel;
    const char *element;
    const char *attribute;
};

struct links {
    struct arena memory;
    struct kept_link *first;
    struct kept_link **last;
    struct buf document_text;
    struct buf base_text;
    struct buf url_text;
    struct url document;
    struct url base;
    bool has_base;
};

static int keep(void *context, const struct link *link)
{
    struct links *links = context;
    struct kept_link *kept = arena_alloc(&links->memory, sizeof *kept);
    if (!kept)
        return ERR_NO_MEMORY;
    *kept = (struct kept_link){.element = link->element, .attribute = link->attribute};
    kept->url = arena_copy(&links->memory, link->url);
    kept->rel = arena_copy(&links->memory, link->rel);
    if (!kept->url.data || !kept->rel.data)
        return ERR_NO_MEMORY;
    *links->last = kept;
    links->last = &kept->next;
    return 0;
}

static void forget(void *context)
{
    struct links *links = context;
    arena_clear(&links->memory);
    links->first = NULL;
    links->last = &links->first;
}

/* What links are relative to: the base element, itself relative to --base, or --base. */
static void find_base(struct links *links, const struct extractor *extractor)
{
    struct slice href = extractor_base(extractor);
    const struct url *document = links->has_base ? &links->document : NULL;
    links->base = links->document;
    if (href.length &&
        url_parse(&links->base, href, document, extractor_charset(extractor, NULL), &links->base_text) == 0)
        links->has_base = true;
    else
        links->base = links->document;
}

static int print_link(struct links *links, const struct kept_link *link, const struct charset *charset)
{
    struct url url;
    const struct url *base = links->has_base ? &links->base : NULL;
    int err = url_parse(&url, link->url, base, charset, &links->url_text);
    return json_print(json_pack("{s:o, s:s, s:s, s:o}", "url", json_text(err ? link->url : url.href), "element",
                                link->element, "attribute", link->attribute, "rel", json_text(link->rel)));
}

static int print_links(struct links *links, struct extractor *extractor, FILE *file, const char *name)
{
    int err = document_read(extractor, file);
    if (err) {
        fprintf(stderr, "%s: %s\n", name, error_text(err));
        return 1;
    }
    find_base(links, extractor);
    int code = 0;
    for (const struct kept_link *link = links->first; link && !code; link = link->next)
        code = print_link(links, link, extractor_charset(extractor, NULL));
    return code;
}

static int parse_base(struct links *links, const char *base)
{
    links->has_base = base != NULL;
    int err = base ? url_parse(&links->document, slice_of(base), NULL, NULL, &links->document_text) : 0;
    if (err)
        fprintf(stderr, "--base %s: %s\n", base, error_text(err));
    return err ? 2 : 0;
}

static int run(struct links *links, const struct document_arguments *arguments, FILE *file)
{
    struct mime mime;
    struct extractor *extractor;
    const struct extractor_options options = {.engine = arguments->extractor,
                                              .kind = document_kind_of(arguments, &mime),
                                              .header_charset = slice_of(mime.charset),
                                              .on_link = keep,
                                              .on_restart = forget,
                                              .context = links};
    int err = extractor_create(&extractor, &options);
    if (err == ERR_UNSUPPORTED) {
        fprintf(stderr, "--extractor %s: %s\n", arguments->extractor, error_text(err));
        return 2;
    }
    if (err) {
        fprintf(stderr, "%s: %s\n", arguments->file, error_text(err));
        return 1;
    }
    int code = print_links(links, extractor, file, arguments->file);
    extractor_free(extractor);
    return code;
}

int inspect_links(int argc, char **argv)
{
    struct document_arguments arguments;
    struct links links = {0};
    int code = document_read_arguments(&arguments, argc, argv, DOCUMENT_ALL_OPTIONS);
    if (code)
        return code;
    arena_init(&links.memory);
    forget(&links);
    buf_init(&links.document_text, URL_MAX_LENGTH);
    buf_init(&links.base_text, URL_MAX_LENGTH);
    buf_init(&links.url_text, URL_MAX_LENGTH);
    code = parse_base(&links, arguments.base);
    FILE *file = code ? NULL : document_open(&arguments);
    if (!code)
        code = file ? run(&links, &arguments, file) : 1;
    if (file && file != stdin)
        fclose(file);
    arena_free(&links.memory);
    buf_free(&links.document_text);
    buf_free(&links.base_text);
    buf_free(&links.url_text);
    return code;
}
