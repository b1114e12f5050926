#include "crawl/growth.h"

static const nanoseconds SHORTEST_PAUSE = MILLISECONDS(1);
static const nanoseconds LONGEST_PAUSE = MILLISECONDS(100);

static void look_later(struct growth *growth)
{
    growth->looked = clock_now();
    growth->idle = loop_idle_time(growth->loop);
    loop_call_at(growth->loop, &growth->timer, growth->looked + growth->pause);
}

static void look(void *context)
{
    struct growth *growth = context;
    nanoseconds elapsed = clock_now() - growth->looked;
    nanoseconds idle = loop_idle_time(growth->loop) - growth->idle;
    bool grows = growth->is_wanted(growth->context) && idle > elapsed / 2;
    growth->pause = grows ? SHORTEST_PAUSE : growth->pause * 2;
    if (growth->pause > LONGEST_PAUSE)
        growth->pause = LONGEST_PAUSE;
    look_later(growth);
    if (grows)
        growth->grow(growth->context);
}

void growth_start(struct growth *growth, struct loop *loop, bool (*is_wanted)(void *context),
                  void (*grow)(void *context), void *context)
{
    *growth = (struct growth){
        .loop = loop, .is_wanted = is_wanted, .grow = grow, .context = context, .pause = SHORTEST_PAUSE};
    loop_timer_init(&growth->timer, look, growth);
    look_later(growth);
}

void growth_stop(struct growth *growth)
{
    if (growth->loop)
        loop_timer_cancel(growth->loop, &growth->timer);
    growth->loop = NULL;
}
