/* gate.h - how many tasks may work at once when descriptors are scarce.
 *
 * All may, until the system refuses one a descriptor. From then on there is a limit, one less than worked at that
 * moment, and it only ever falls: the process can't know when others will want descriptors of its own. */
#ifndef CRAWL_GATE_H
#define CRAWL_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"

struct gate {
    struct loop *loop;
    uint32_t inside;
    uint32_t limit;
    struct list waiting; /* in order of arrival */
};

void gate_init(struct gate *gate, struct loop *loop);

/* Goes inside, as soon as there is room. Returns 0 or ERR_CANCELLED; the task is inside in either case. */
int gate_enter(struct gate *gate);

void gate_leave(struct gate *gate);

/* Lowers the limit for one that is inside and lacks descriptors; it should then leave and enter again. False when it is
 * alone: there is nothing to lower. */
bool gate_narrow(struct gate *gate);

bool gate_is_narrow(const struct gate *gate);

#endif
