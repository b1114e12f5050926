#include "crawl/keeper.h"

#include "async/task.h"
#include "base/error.h"

int keeper_open(struct keeper *keeper, struct loop *loop, struct archive *archive, struct state *state)
{
    *keeper = (struct keeper){.loop = loop, .state = state};
    return archive ? archive_create_slot(archive, &keeper->slot) : 0;
}

void keeper_close(struct keeper *keeper)
{
    archive_free_slot(keeper->slot);
    keeper->slot = NULL;
}

int keeper_step(struct keeper *keeper, const struct archive_answer *answer)
{
    int more = keeper->slot ? archive_keep(keeper->slot, answer) : 0;
    if (more < 0)
        keeper->error = more;
    return more;
}

void keeper_drop(struct keeper *keeper)
{
    if (keeper->slot)
        archive_drop(keeper->slot);
}

/* An exchange on its way into the archive while its task waits. */
struct keeping {
    struct keeper *keeper;
    const struct archive_answer *answer;
    struct loop_callback next;
    struct future over;
};

/* At once, since what is in the archive and has a record is in the state now, and no more. */
static void note_end(struct keeper *keeper)
{
    if (keeper->state && !keeper->error)
        keeper->error = state_note_archive(keeper->state, &keeper->slot->archive->position);
}

static void go_on(void *context)
{
    struct keeping *keeping = context;
    if (keeper_step(keeping->keeper, keeping->answer) > 0) {
        loop_call_soon(keeping->keeper->loop, &keeping->next);
        return;
    }
    note_end(keeping->keeper);
    future_set_result(&keeping->over, NULL);
}

int keeper_keep(struct keeper *keeper, const struct archive_answer *answer)
{
    struct keeping keeping = {.keeper = keeper, .answer = answer};
    if (!keeper->slot)
        return 0;
    future_init(&keeping.over, keeper->loop, "archive");
    loop_callback_init(&keeping.next, go_on, &keeping);
    loop_call_soon(keeper->loop, &keeping.next);
    int err = await(&keeping.over, NULL);
    if (err && !future_is_complete(&keeping.over))
        keeper_drop(keeper);
    loop_callback_cancel(&keeping.next);
    future_destroy(&keeping.over);
    return keeper->error ? keeper->error : err;
}
