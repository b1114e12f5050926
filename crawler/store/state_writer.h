/* state_writer.h - the process that writes a state file, so that a crawl never waits for the disk.
 *
 * It takes the journal from a socket, a quarter of a second of it or some thousand messages in a transaction, and
 * answers what is told below. When the crawl dies, it still writes what has arrived. Interrupts are the crawl's
 * business. */
#ifndef STORE_STATE_WRITER_H
#define STORE_STATE_WRITER_H

#include <stdint.h>

enum writer_answer_kind {
    WRITER_READY,    /* the file is open */
    WRITER_FINISHED, /* all is on the disk (JOURNAL_FINISH) */
    WRITER_FAILED    /* `error` and `text`; nothing after the last transaction is in the file. The last answer */
};

struct writer_answer {
    uint32_t kind;
    int32_t error;  /* error.h */
    char text[248]; /* SQLite's words on it */
};

/* What the process does: opens `path`, creates what is missing, and serves `socket` until the other end is closed.
 * Returns its exit status. */
int state_writer_run(const char *path, int socket);

#endif
