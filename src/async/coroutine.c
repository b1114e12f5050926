/* A coroutine's record lies apart from its stack, so that one that has finished can give its stack back at once while
 * its result is still asked for. */
#include "async/coroutine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "async/context.h"
#include "async/fiber_hooks.h"
#include "async/stack.h"
#include "base/error.h"

enum coroutine_state { SUSPENDED_AT_START, SUSPENDED, RUNNING, FINISHED };

struct coroutine {
    struct context context;
    struct fiber_hook hook;
    struct coroutine *resumer; /* who sent last; NULL: the thread */
    struct stack *stack;       /* NULL once finished */
    coroutine_body body;
    void *argument;
    void *passed; /* the value on its way in or out; the final result once finished */
    enum coroutine_state state;
    char name[64];
};

static struct coroutine *current;

/* The thread's own stack, where no coroutine runs. */
static struct context thread_context;
static struct fiber_hook thread_hook;

/* Jumps from the running coroutine (NULL: the thread) to another. */
static void switch_to(struct coroutine *from, struct coroutine *to, bool from_dies)
{
    struct fiber_hook *from_hook = from ? &from->hook : &thread_hook;
    struct fiber_hook *to_hook = to ? &to->hook : &thread_hook;
    current = to;
    fiber_before_switch(from_dies ? NULL : from_hook, to_hook);
    context_switch(from ? &from->context : &thread_context, to ? &to->context : &thread_context);
    fiber_after_switch(from_hook);
}

/* The first function on a coroutine's stack. */
static void run(void *argument)
{
    struct coroutine *self = argument;
    fiber_after_start(self->resumer ? &self->resumer->hook : &thread_hook);
    self->passed = self->body(self->argument);
    self->state = FINISHED;
    switch_to(self, self->resumer, true);
    assert(!"a finished coroutine was resumed");
}

int coroutine_create(struct coroutine **out, const char *name, coroutine_body body, void *argument)
{
    struct coroutine *coroutine = calloc(1, sizeof *coroutine);
    if (!coroutine)
        return ERR_NO_MEMORY;
    snprintf(coroutine->name, sizeof coroutine->name, "%s", name);
    int err = stack_acquire(&coroutine->stack, coroutine->name);
    if (err) {
        free(coroutine);
        return err;
    }
    coroutine->body = body;
    coroutine->argument = argument;
    fiber_init(&coroutine->hook, coroutine->stack->low, coroutine->stack->size);
    context_init(&coroutine->context, coroutine->stack->low, coroutine->stack->size, run, coroutine);
    *out = coroutine;
    return 0;
}

void coroutine_free(struct coroutine *coroutine)
{
    if (!coroutine)
        return;
    assert(coroutine->state != RUNNING);
    if (coroutine->stack)
        stack_release(coroutine->stack);
    free(coroutine);
}

int coroutine_send(struct coroutine *coroutine, void *value, void **out)
{
    if (coroutine->state == RUNNING)
        return ERR_RUNNING;
    if (coroutine->state == SUSPENDED_AT_START && value)
        return ERR_INVALID;
    if (coroutine->state != FINISHED) {
        coroutine->state = RUNNING;
        coroutine->passed = value;
        coroutine->resumer = current;
        switch_to(current, coroutine, false);
    }
    *out = coroutine->passed;
    if (coroutine->state != FINISHED)
        return 0;
    if (coroutine->stack)
        stack_release(coroutine->stack);
    coroutine->stack = NULL;
    return ERR_FINISHED;
}

void *coroutine_yield(void *value)
{
    struct coroutine *self = current;
    assert(self);
    self->passed = value;
    self->state = SUSPENDED;
    switch_to(self, self->resumer, false);
    return self->passed;
}

void *coroutine_yield_from(struct coroutine *inner)
{
    void *value = NULL, *out;
    int err;
    while ((err = coroutine_send(inner, value, &out)) == 0)
        value = coroutine_yield(out);
    assert(err == ERR_FINISHED);
    return out;
}

struct coroutine *coroutine_current(void)
{
    return current;
}

const char *coroutine_name(const struct coroutine *coroutine)
{
    return coroutine->name;
}

bool coroutine_is_finished(const struct coroutine *coroutine)
{
    return coroutine->state == FINISHED;
}

void *coroutine_result(const struct coroutine *coroutine)
{
    return coroutine->state == FINISHED ? coroutine->passed : NULL;
}
