/* answer.h - the bytes of an answer and how they go out.
 *
 * All that can be wrong with an answer is worked into its bytes and its end here, so that sending one is always the
 * same: wait, send, perhaps again from some place, end. */
#ifndef SITE_ANSWER_H
#define SITE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "site/site.h"
#include "site/text.h"

enum site_end {
    SITE_KEEP,  /* the connection serves on */
    SITE_CLOSE, /* FIN */
    SITE_RESET, /* RST */
    SITE_HOLD   /* the connection stays, unserved any more, until the client leaves */
};

struct site_answer {
    struct site_text text;
    size_t head;      /* bytes of the head, which is all that HEAD gets */
    size_t loop_from; /* sending goes on from here when all is sent; SITE_NO_LOOP: no */
    enum site_end end;
    unsigned delay;
    unsigned drip_bytes;
    unsigned drip_delay;
    size_t drip_from; /* the byte behind which it drips */
    bool owned;       /* by whoever was given it: free it after use */
};

#define SITE_NO_LOOP SIZE_MAX

enum { SITE_LISTENERS_MAX = 64 };

/* What the placeholders of a page stand for. */
struct site_ports {
    uint16_t listeners[SITE_LISTENERS_MAX];
    size_t count;
    uint16_t other;
};

/* Makes the answer of a page, with the fault given. answer->text is marked as failed when memory runs out or a coding
 * fails. */
void site_answer_make(struct site_answer *answer, const struct site_page *page, enum site_fault fault,
                      const struct site_ports *ports);

/* The reason phrase of a status. */
const char *site_answer_reason(int status);

#endif
