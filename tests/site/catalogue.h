/* catalogue.h - which answer a request gets: the table of pages, the traps, the generated graph, the files of a
 * directory. */
#ifndef SITE_CATALOGUE_H
#define SITE_CATALOGUE_H

#include "site/answer.h"
#include "site/request.h"
#include "site/site.h"

struct site_catalogue;

/* Prepares all answers that don't depend on the request. Keeps nothing of `config` but config->root.
 * Returns 0, or -1 with errno set. */
int site_catalogue_create(struct site_catalogue **out, const struct site_config *config,
                          const struct site_ports *ports);
void site_catalogue_free(struct site_catalogue *catalogue);

/* Stores the answer of a request to `answer`; `reused` says that its connection has served before. The bytes belong to
 * the catalogue unless answer->owned. */
void site_catalogue_find(struct site_catalogue *catalogue, const struct site_head *head, bool reused,
                         struct site_answer *answer);

/* Stores the answer that refuses a request with `status` and ends the connection. It belongs to the catalogue. */
void site_catalogue_refuse(struct site_catalogue *catalogue, int status, struct site_answer *answer);

#endif
