/* fault_server - serves what is wrong in tests/e2e.
 *
 *     fault_server plain|one_byte   the rows of fault_table; with one_byte each byte is a packet
 *     fault_server NUMBER           a page of hostile_pages, from 0; exit code 2 when there is none
 *
 * Prints a line for each, "ROW PATH URL EXPECTED" between tabs, then an empty one, and serves until it is told to end.
 * EXPECTED is the kind of error that a crawl with one try under the limits of fault_table.h records, "none" for none.
 * Of the table, only rows 11 to 16 are printed, and none that only others lead to. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/fault_table.h"
#include "e2e/hostile_pages.h"

enum { MOST_PAGES = 128, URL_SIZE = 256, USAGE_ERROR = 2 };
enum { FIRST_ROW = 11, LAST_ROW = 16, ROW_OF_NESTING = 21, ROW_OF_TAGS = 22 };

static int row_of(const struct fault *fault)
{
    return strncmp(fault->name, "row ", 4) == 0 ? (int)strtol(fault->name + 4, NULL, 10) : 0;
}

/* Leaves the last page as it is, which is the end. */
static void add_faults(struct site_page pages[MOST_PAGES])
{
    size_t count = 0;
    for (const struct fault *fault = fault_table(); fault->name; fault++) {
        if (fault->url[0] != '/' || count == MOST_PAGES - 1)
            continue;
        pages[count] = fault->page;
        pages[count++].path = fault->url;
    }
}

static bool is_told(const struct fault *fault)
{
    int row = row_of(fault);
    return fault->url[0] == '/' && row >= FIRST_ROW && row <= LAST_ROW && !fault->unlinked && !fault->page.fault_times;
}

static void print_case(const struct site *site, int row, const char *path, const char *error)
{
    char url[URL_SIZE];
    printf("%d\t%s\t%s\t%s\n", row, path, site_url(site, path, url, sizeof url), error ? error : "none");
}

static int serve(const struct site_config *config, const struct hostile *hostile)
{
    struct site *site;
    sigset_t ends;
    int number;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    if (sigprocmask(SIG_BLOCK, &ends, NULL) || site_start(config, &site))
        return -1;
    for (const struct fault *fault = fault_table(); fault->name && !hostile; fault++)
        if (is_told(fault))
            print_case(site, row_of(fault), fault->url, fault->error);
    if (hostile)
        print_case(site, strncmp(hostile->path, "/nested", 7) == 0 ? ROW_OF_NESTING : ROW_OF_TAGS, hostile->path, NULL);
    puts("");
    fflush(stdout);
    sigwait(&ends, &number);
    return site_stop(site);
}

static int serve_faults(bool one_byte)
{
    static struct site_page pages[MOST_PAGES];
    add_faults(pages);
    return serve(&(struct site_config){.pages = pages, .one_byte = one_byte}, NULL);
}

static int serve_hostile(const struct hostile *hostile)
{
    struct site_page pages[] = {{.path = hostile->path, .type = hostile->type}, {.path = "/behind", .body = "x"}, {0}};
    char *body = hostile_page_make(hostile, &pages[0].length);
    if (!body)
        return -1;
    pages[0].body = body;
    int result = serve(&(struct site_config){.pages = pages}, hostile);
    free(body);
    return result;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "plain";
    bool is_number = what[0] >= '0' && what[0] <= '9';
    unsigned long number = strtoul(what, NULL, 10);
    if (is_number && number >= HOSTILE_PAGES)
        return USAGE_ERROR;
    int result = is_number ? serve_hostile(&hostile_pages[number]) : serve_faults(strcmp(what, "one_byte") == 0);
    if (result)
        perror("fault_server");
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}
