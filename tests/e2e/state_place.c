#include "e2e/state_place.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site/started.h"
#include "unit/folder.h"
#include "unit/suite.h"

enum { MOST_ANSWER = 64 * 1024 };

struct state_place state_place;

static void serve(const struct site_config *config)
{
    const struct site_listener listener = {.port = state_place.port};
    struct site_config with_port = *config;
    if (!config->listeners) {
        with_port.listeners = &listener;
        with_port.listener_count = 1;
    }
    state_place.site = site_started(&with_port);
    state_place.port = site_port(state_place.site, 0);
    site_url(state_place.site, "/", state_place.root, sizeof state_place.root);
}

void state_place_open(const struct site_config *config)
{
    folder_make(state_place.folder, "/tmp/crawler-state");
    snprintf(state_place.state, sizeof state_place.state, "%s/crawl.db", state_place.folder);
    snprintf(state_place.report, sizeof state_place.report, "%s/report", state_place.folder);
    state_place.port = 0;
    serve(config);
}

void state_place_close(void)
{
    folder_remove(state_place.folder);
    ck_assert_int_eq(site_stop(state_place.site), 0);
}

void state_place_serve(const struct site_config *config)
{
    ck_assert_int_eq(site_stop(state_place.site), 0);
    serve(config);
}

void state_crawl(struct run *run, const char *option, const char *value, const char *root)
{
    const char *arguments[] = {"--state", state_place.state, option, value, root, NULL};
    size_t count = 2;
    for (size_t i = 2; i < 5; i++)
        if (arguments[i])
            arguments[count++] = arguments[i];
    arguments[count] = NULL;
    run_crawler(run, state_place.site, arguments);
}

void state_check_exit(const struct run *run, int code, const char *said)
{
    ck_assert_msg(run->exit_code == code && strstr(run->err, said), "exit code %d\n%s", run->exit_code, run->err);
}

void state_crawl_version(const struct site_page *pages, const char *state)
{
    struct run run;
    state_place_serve(&(struct site_config){.pages = pages});
    run_crawler(&run, NULL, (const char *const[]){"-q", "--state", state, state_place.root, NULL});
    ck_assert_int_eq(run.exit_code, 0);
    run_free(&run);
}

static sqlite3 *open_database(void)
{
    sqlite3 *database;
    ck_assert_int_eq(sqlite3_open(state_place.state, &database), SQLITE_OK);
    return database;
}

const char *state_ask(const char *question)
{
    static char answer[MOST_ANSWER];
    sqlite3 *database = open_database();
    sqlite3_stmt *row;
    size_t length = 0;
    answer[0] = '\0';
    ck_assert_msg(sqlite3_prepare_v2(database, question, -1, &row, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(database));
    while (sqlite3_step(row) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(row) && length < sizeof answer; i++) {
            const char *text = (const char *)sqlite3_column_text(row, i);
            length += (size_t)snprintf(answer + length, sizeof answer - length, "%s%s", text ? text : "",
                                       i + 1 < sqlite3_column_count(row) ? "|" : "\n");
        }
    ck_assert_int_eq(sqlite3_finalize(row), SQLITE_OK);
    sqlite3_close(database);
    return answer;
}

void state_change(const char *statements)
{
    sqlite3 *database = open_database();
    char *error = NULL;
    ck_assert_msg(sqlite3_exec(database, statements, NULL, NULL, &error) == SQLITE_OK, "%s", error);
    sqlite3_close(database);
}
