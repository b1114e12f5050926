/* referrer.h - the text of a page that many URLs were found on, kept once for all of them. */
#ifndef STORE_REFERRER_H
#define STORE_REFERRER_H

#include "base/slice.h"

struct referrer;

/* A referrer that is held once, to be released. NULL when memory is out. */
struct referrer *referrer_create(struct slice url);

/* NULL is allowed in what follows. */
struct referrer *referrer_hold(struct referrer *referrer);
void referrer_release(struct referrer *referrer);

/* The text; empty for NULL. Valid while held. */
struct slice referrer_text(const struct referrer *referrer);

#endif
