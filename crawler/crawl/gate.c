#include "crawl/gate.h"

#include "async/task.h"
#include "base/container.h"
#include "base/list.h"

/* A task that waits, on its stack. */
struct visitor {
    struct list_node node;
    struct future admitted;
};

void gate_init(struct gate *gate, struct loop *loop)
{
    *gate = (struct gate){.loop = loop, .limit = UINT32_MAX};
    list_init(&gate->waiting);
}

int gate_enter(struct gate *gate)
{
    if (gate->inside < gate->limit && list_is_empty(&gate->waiting)) {
        gate->inside++;
        return 0;
    }
    struct visitor visitor;
    list_node_init(&visitor.node);
    list_append(&gate->waiting, &visitor.node);
    future_init(&visitor.admitted, gate->loop, "gate");
    int err = await(&visitor.admitted, NULL);
    if (!future_is_complete(&visitor.admitted)) {
        list_remove(&visitor.node);
        gate->inside++;
    }
    future_destroy(&visitor.admitted);
    return err;
}

void gate_leave(struct gate *gate)
{
    gate->inside--;
    if (gate->inside >= gate->limit || list_is_empty(&gate->waiting))
        return;
    gate->inside++; /* for the one that comes: nobody may overtake it */
    struct visitor *visitor = container_of(list_pop(&gate->waiting), struct visitor, node);
    future_set_result(&visitor->admitted, NULL);
}

bool gate_narrow(struct gate *gate)
{
    if (gate->inside < 2)
        return false;
    if (gate->limit >= gate->inside)
        gate->limit = gate->inside - 1;
    return true;
}

bool gate_is_narrow(const struct gate *gate)
{
    return gate->limit != UINT32_MAX;
}
