#include "web/robots_tag.h"

#include "web/link_table.h"

bool robots_tag_marks(const struct link *link)
{
    static const char *const elements[] = {"a", "area", "link", "form", "header"};
    for (size_t i = 0; link->rel.length && i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(link->element, elements[i]) == 0)
            return link_rel_has(link->rel, SLICE("nofollow"));
    return false;
}

/* Cuts the next directive off a list that is not empty. */
static struct slice next_directive(struct slice *list)
{
    const char *comma = memchr(list->data, ',', list->length);
    struct slice directive = {list->data, comma ? (size_t)(comma - list->data) : list->length};
    size_t cut = directive.length + (comma != NULL);
    *list = (struct slice){list->data + cut, list->length - cut};
    return slice_trim(directive);
}

static bool forbids(struct slice directive)
{
    return slice_equal_nocase(directive, SLICE("nofollow")) || slice_equal_nocase(directive, SLICE("none"));
}

static bool is_product(struct slice name, struct slice product)
{
    return product.length && slice_equal_nocase(name, product);
}

bool robots_tag_meta_forbids(struct slice name, struct slice content, struct slice product)
{
    name = slice_trim(name);
    if (!slice_equal_nocase(name, SLICE("robots")) && !is_product(name, product))
        return false;
    while (content.length)
        if (forbids(next_directive(&content)))
            return true;
    return false;
}

static bool may_be_agent(struct slice name)
{
    static const char *const directives[] = {"unavailable_after", "max-snippet", "max-image-preview",
                                             "max-video-preview"};
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++)
        if (slice_equal_nocase(name, slice_of(directives[i])))
            return false;
    for (size_t i = 0; i < name.length; i++)
        if (ascii_is_space(name.data[i]))
            return false;
    return name.length > 0;
}

/* Cuts "agent:" off a directive; false when it doesn't begin so. */
static bool cut_agent(struct slice *directive, struct slice *agent)
{
    const char *colon = directive->length ? memchr(directive->data, ':', directive->length) : NULL;
    if (!colon)
        return false;
    size_t length = (size_t)(colon - directive->data);
    *agent = slice_trim((struct slice){directive->data, length});
    if (!may_be_agent(*agent))
        return false;
    *directive = slice_trim((struct slice){colon + 1, directive->length - length - 1});
    return true;
}

bool robots_tag_header_forbids(struct slice value, struct slice product)
{
    bool is_for_us = true;
    while (value.length) {
        struct slice directive = next_directive(&value), agent;
        if (cut_agent(&directive, &agent))
            is_for_us = slice_equal(agent, SLICE("*")) || is_product(agent, product);
        if (is_for_us && forbids(directive))
            return true;
    }
    return false;
}
