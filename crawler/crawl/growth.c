#include "crawl/growth.h"

static const nanoseconds SHORTEST_PAUSE = MILLISECONDS(1);
static const nanoseconds LONGEST_PAUSE = MILLISECONDS(20);

static void look_in(struct growth *growth, nanoseconds pause)
{
    growth->looked = clock_now();
    growth->idle = loop_idle_time(growth->loop);
    loop_call_at(growth->loop, &growth->timer, growth->looked + pause);
}

static bool is_idle(const struct growth *growth)
{
    nanoseconds elapsed = clock_now() - growth->looked;
    nanoseconds idle = loop_idle_time(growth->loop) - growth->idle;
    return idle > elapsed / 2;
}

static void look(void *context)
{
    struct growth *growth = context;
    bool grows = growth->goes_on || (growth->is_wanted(growth->context) && is_idle(growth));
    growth->pause = grows ? SHORTEST_PAUSE : growth->pause * 2;
    if (growth->pause > LONGEST_PAUSE)
        growth->pause = LONGEST_PAUSE;
    growth->goes_on = grows && growth->grow(growth->context);
    if (growth->loop)
        look_in(growth, growth->goes_on ? 0 : growth->pause);
}

void growth_start(struct growth *growth, struct loop *loop, bool (*is_wanted)(void *context),
                  bool (*grow)(void *context), void *context)
{
    *growth = (struct growth){
        .loop = loop, .is_wanted = is_wanted, .grow = grow, .context = context, .pause = SHORTEST_PAUSE};
    loop_timer_init(&growth->timer, look, growth);
    look_in(growth, growth->pause);
}

void growth_stop(struct growth *growth)
{
    if (growth->loop)
        loop_timer_cancel(growth->loop, &growth->timer);
    growth->loop = NULL;
}
