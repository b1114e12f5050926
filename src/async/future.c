#include "async/future.h"

#include <assert.h>

#include "base/error.h"
#include "base/log.h"

void future_init(struct future *f, struct loop *loop, const char *name)
{
    *f = (struct future){.loop = loop, .name = name, .state = FUTURE_PENDING};
    list_init(&f->callbacks);
}

void future_destroy(struct future *f)
{
    assert(list_is_empty(&f->callbacks));
    if (f->state == FUTURE_FAILED && !f->seen)
        log_warning("%s failed and nobody looked: %s", f->name, error_text(f->error));
}

static void complete(struct future *f, enum future_state outcome)
{
    assert(f->state == FUTURE_PENDING && outcome != FUTURE_PENDING);
    f->state = outcome;
    for (struct list_node *node; (node = list_pop(&f->callbacks));)
        loop_call_soon(f->loop, container_of(node, struct loop_callback, node));
}

void future_set_result(struct future *f, void *value)
{
    f->value = value;
    complete(f, FUTURE_DONE);
}

void future_set_error(struct future *f, int error)
{
    assert(error < 0);
    f->error = error;
    complete(f, error == ERR_CANCELLED ? FUTURE_CANCELLED : FUTURE_FAILED);
}

bool future_cancel(struct future *f)
{
    if (future_is_complete(f))
        return false;
    future_set_error(f, ERR_CANCELLED);
    return true;
}

bool future_is_complete(const struct future *f)
{
    return f->state != FUTURE_PENDING;
}

int future_result(struct future *f, void **value)
{
    assert(future_is_complete(f));
    f->seen = true;
    if (f->state == FUTURE_DONE && value)
        *value = f->value;
    return f->error;
}

void future_add_done_callback(struct future *f, struct loop_callback *callback)
{
    assert(!list_is_linked(&callback->node));
    if (future_is_complete(f))
        loop_call_soon(f->loop, callback);
    else
        list_append(&f->callbacks, &callback->node);
}

void future_remove_done_callback(struct future *f, struct loop_callback *callback)
{
    (void)f;
    loop_callback_cancel(callback);
}
