#include "site/graph.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_DIGITS = 10, TREE_CHILDREN = 2, LINK_SIZE = 64, FRAME_SIZE = 512 };

/* splitmix64: every state gives well-mixed bits, so that page and seed together can be the state. */
static uint64_t mix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void add_link(struct site_text *text, unsigned page)
{
    if (!page) {
        site_text_puts(text, "<li><a href=\"/\">start</a></li>\n");
        return;
    }
    char digits[LENGTH_DIGITS];
    size_t at = sizeof digits;
    for (; page; page /= 10)
        digits[--at] = (char)('0' + page % 10);
    size_t length = sizeof digits - at;
    site_text_puts(text, "<li><a href=\"/page/");
    site_text_append(text, digits + at, length);
    site_text_puts(text, "\">page ");
    site_text_append(text, digits + at, length);
    site_text_puts(text, "</a></li>\n");
}

/* The start page links to all others, they to it. */
static void add_star(struct site_text *text, const struct site_graph *graph, unsigned page)
{
    if (page)
        add_link(text, 0);
    for (unsigned i = 1; !page && i <= graph->pages; i++)
        add_link(text, i);
}

static void add_tree_and_random(struct site_text *text, const struct site_graph *graph, unsigned page)
{
    unsigned children = graph->children ? graph->children : TREE_CHILDREN;
    if (children > graph->links)
        children = graph->links;
    uint64_t first = children * (uint64_t)page + 1;
    for (unsigned i = 0; i < children; i++)
        if (first + i <= graph->pages)
            add_link(text, (unsigned)(first + i));
    uint64_t state = graph->seed ^ (uint64_t)page << 32;
    uint64_t pages = graph->known_only && first <= graph->pages ? first : (uint64_t)graph->pages + 1;
    for (unsigned i = children; i < graph->links; i++)
        add_link(text, (unsigned)(mix(&state) % pages));
}

/* Paragraphs until the body is as long as it should be. */
static void add_filler(struct site_text *text, size_t body, size_t size)
{
    static const char paragraph[] = "<p>Somewhere beyond the last link the page goes on, as pages do, with words that "
                                    "nobody reads and every crawler has to.</p>\n";
    while (!text->failed && text->length - body < size)
        site_text_append(text, paragraph, sizeof paragraph - 1);
}

/* The page that a target names: 0 for "/", more than there are pages for none. */
static uint64_t page_of(const char *target)
{
    static const char prefix[] = "/page/";
    if (strcmp(target, "/") == 0)
        return 0;
    if (strncmp(target, prefix, sizeof prefix - 1) != 0)
        return UINT64_MAX;
    const char *digits = target + sizeof prefix - 1;
    size_t length = strspn(digits, "0123456789");
    bool canonical = length && length < LENGTH_DIGITS && !digits[length] && *digits != '0';
    return canonical ? strtoull(digits, NULL, 10) : UINT64_MAX;
}

/* Right-aligned in the blanks that were left for it: optional whitespace, as HTTP has it. */
static void put_length(struct site_text *text, size_t place, size_t length)
{
    for (size_t i = LENGTH_DIGITS; length && !text->failed; length /= 10)
        text->data[place + --i] = (char)('0' + length % 10);
}

bool site_graph_answer(const struct site_graph *graph, const char *target, struct site_answer *answer)
{
    uint64_t found = page_of(target);
    if (found > graph->pages)
        return false;
    unsigned page = (unsigned)found;
    *answer = (struct site_answer){.loop_from = SITE_NO_LOOP, .delay = page ? graph->delay : 0, .owned = true};
    struct site_text *text = &answer->text;
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ";
    size_t links = page || graph->links < graph->pages ? graph->links : graph->pages;
    site_text_reserve(text, links * LINK_SIZE + graph->size + FRAME_SIZE);
    site_text_append(text, head, sizeof head - 1);
    size_t length_place = text->length;
    site_text_puts(text, "          \r\n\r\n"); /* the length, once it is known */
    answer->head = text->length;
    site_text_printf(text, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>Page %u</title></head>\n<body>\n<ul>\n",
                     page);
    if (graph->links >= graph->pages)
        add_star(text, graph, page);
    else
        add_tree_and_random(text, graph, page);
    site_text_puts(text, "</ul>\n");
    static const char tail[] = "</body>\n</html>\n";
    size_t tail_length = sizeof tail - 1;
    add_filler(text, answer->head, graph->size > tail_length ? graph->size - tail_length : 0);
    site_text_append(text, tail, tail_length);
    put_length(text, length_place, text->length - answer->head);
    return true;
}
