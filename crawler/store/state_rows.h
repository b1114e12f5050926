/* state_rows.h - messages of the journal as rows of a state file. */
#ifndef STORE_STATE_ROWS_H
#define STORE_STATE_ROWS_H

#include <sqlite3.h>

#include "store/journal.h"
#include "store/link_lists.h"

enum { STATE_ROWS_STATEMENTS = 11 };

struct state_rows {
    sqlite3_stmt *statements[STATE_ROWS_STATEMENTS];
    struct link_lists links;
};

/* Prepares for a database that has the tables. Returns SQLite's result; state_rows_free is to be called in any case. */
int state_rows_prepare(struct state_rows *rows, sqlite3 *database);

/* A `rows` that is all zero is free. */
void state_rows_free(struct state_rows *rows);

/* Takes JOURNAL_GRAPH and JOURNAL_KNOWN, which are no rows. Errors: ERR_NO_MEMORY. */
int state_rows_learn(struct state_rows *rows, const struct journal_entry *entry);

/* Writes one of the others, which must be one that makes a row. Returns SQLite's result. */
int state_rows_put(struct state_rows *rows, const struct journal_entry *entry);

#endif
