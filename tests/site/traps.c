#include "site/traps.h"

#include <stdio.h>
#include <string.h>

enum { SESSION_PAGES = 10, FIRST_YEAR = 2020, MONTHS = 12 };

/* What a page is made of. */
struct page {
    struct site_text body;
    const char *target;
    const char *rest; /* of the target, behind the trap's name */
    unsigned *sessions;
};

static void add_calendar(struct page *page)
{
    unsigned year, month;
    if (sscanf(page->rest, "/%4u/%2u/", &year, &month) != 2)
        return;
    site_text_printf(&page->body, "<a href=\"/traps/calendar/%04u/%02u/\">next</a>\n", year + month / MONTHS,
                     month % MONTHS + 1);
    if (year > FIRST_YEAR || month > 1)
        site_text_printf(&page->body, "<a href=\"/traps/calendar/%04u/%02u/\">previous</a>\n", year - (month == 1),
                         month == 1 ? MONTHS : month - 1);
}

static void add_month(struct page *page)
{
    unsigned year, month;
    if (sscanf(page->rest, "?year=%4u&m=%2u", &year, &month) == 2)
        site_text_printf(&page->body, "<a href=\"?year=%u&amp;m=%u\">next</a>\n", year + month / MONTHS,
                         month % MONTHS + 1);
}

static void add_growing(struct page *page)
{
    site_text_puts(&page->body, "<a href=\"more/growth/\">more</a>\n");
}

static void add_deep(struct page *page)
{
    unsigned depth = 0;
    for (const char *rest = page->rest; *rest; rest++)
        depth += *rest == '/';
    site_text_printf(&page->body, "<a href=\"%u/\">deeper</a>\n", depth);
}

static void add_long(struct page *page)
{
    site_text_printf(&page->body, "<a href=\"%s%0500d\">longer</a>\n", page->target, 0);
}

static void add_variants(struct page *page)
{
    unsigned number;
    if (sscanf(page->rest, "?n=%9u", &number) == 1)
        site_text_printf(&page->body, "<a href=\"?n=%u\">one</a> <a href=\"?n=%u\">other</a>\n", 2 * number,
                         2 * number + 1);
}

static void add_parameters(struct page *page)
{
    site_text_printf(&page->body, "<a href=\"%s&amp;a\">more</a>\n", page->rest);
}

static void add_session(struct page *page)
{
    unsigned session = ++*page->sessions;
    for (unsigned i = 0; i < SESSION_PAGES; i++)
        site_text_printf(&page->body, "<a href=\"/traps/session/%u;jsessionid=%08X\">page %u</a>\n", i, session, i);
}

static const struct trap {
    const char *name;
    const char *first; /* behind the name */
    void (*add_links)(struct page *page);
} TRAPS[] = {
    {"calendar", "/2026/11/", add_calendar},
    {"month", "?year=2026&amp;m=11", add_month},
    {"growing", "/", add_growing},
    {"deep", "/1/", add_deep},
    {"long", "/x", add_long},
    {"variants", "?n=1", add_variants},
    {"parameters", "?a", add_parameters},
    {"session", "/0", add_session},
};

enum { TRAP_COUNT = sizeof TRAPS / sizeof *TRAPS };

static void add_start(struct page *page)
{
    for (size_t i = 0; i < TRAP_COUNT; i++)
        site_text_printf(&page->body, "<a href=\"/traps/%s%s\">%s</a>\n", TRAPS[i].name, TRAPS[i].first, TRAPS[i].name);
}

static const struct trap *find_trap(const char *name, size_t length)
{
    for (size_t i = 0; i < TRAP_COUNT; i++)
        if (strlen(TRAPS[i].name) == length && memcmp(TRAPS[i].name, name, length) == 0)
            return &TRAPS[i];
    return NULL;
}

bool site_traps_answer(const char *target, unsigned *sessions, struct site_answer *answer)
{
    static const char prefix[] = "/traps/";
    struct page page = {.target = target};
    if (strncmp(target, prefix, sizeof prefix - 1) != 0)
        return false;
    const char *name = target + sizeof prefix - 1;
    size_t length = strcspn(name, "/?");
    const struct trap *trap = find_trap(name, length);
    page.rest = name + length;
    page.sessions = sessions;
    if (!trap && *name)
        return false;
    if (trap) {
        trap->add_links(&page);
        site_text_printf(&page.body, "<a href=\"/healthy/%s\">out</a>\n", trap->name);
    } else {
        add_start(&page);
    }
    site_answer_make(answer, &(struct site_page){.body = page.body.data}, SITE_NO_FAULT, &(struct site_ports){0});
    answer->text.failed |= page.body.failed;
    answer->owned = true;
    site_text_free(&page.body);
    return true;
}
