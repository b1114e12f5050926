#include "site/timers.h"

#include <stdlib.h>
#include <time.h>

enum { NANOSECONDS = 1000000000, NANOSECONDS_A_MILLISECOND = 1000000 };

int64_t site_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

bool site_timers_reserve(struct site_timers *timers, size_t count)
{
    if (count < timers->capacity)
        return true;
    size_t capacity = timers->capacity ? timers->capacity : 64;
    while (capacity <= count)
        capacity *= 2;
    struct site_timer **heap = realloc(timers->heap, capacity * sizeof(struct site_timer *));
    if (!heap)
        return false;
    timers->heap = heap;
    timers->capacity = capacity;
    return true;
}

static void put(struct site_timers *timers, size_t place, struct site_timer *timer)
{
    timers->heap[place] = timer;
    timer->place = place;
}

static void rise(struct site_timers *timers, struct site_timer *timer, size_t place)
{
    while (place > 1 && timer->deadline < timers->heap[place / 2]->deadline) {
        put(timers, place, timers->heap[place / 2]);
        place /= 2;
    }
    put(timers, place, timer);
}

static void sink(struct site_timers *timers, struct site_timer *timer, size_t place)
{
    for (size_t child; (child = 2 * place) <= timers->count; place = child) {
        if (child < timers->count && timers->heap[child + 1]->deadline < timers->heap[child]->deadline)
            child++;
        if (timer->deadline <= timers->heap[child]->deadline)
            break;
        put(timers, place, timers->heap[child]);
    }
    put(timers, place, timer);
}

void site_timers_set(struct site_timers *timers, struct site_timer *timer, unsigned milliseconds)
{
    timer->deadline = site_now() + (int64_t)milliseconds * NANOSECONDS_A_MILLISECOND;
    rise(timers, timer, ++timers->count);
}

void site_timers_clear(struct site_timers *timers, struct site_timer *timer)
{
    size_t place = timer->place;
    if (!place)
        return;
    timer->place = 0;
    struct site_timer *last = timers->heap[timers->count--];
    if (last == timer)
        return;
    sink(timers, last, place);
    rise(timers, last, last->place);
}

struct site_timer *site_timers_pop(struct site_timers *timers, int64_t now)
{
    if (!timers->count || timers->heap[1]->deadline > now)
        return NULL;
    struct site_timer *timer = timers->heap[1];
    site_timers_clear(timers, timer);
    return timer;
}

int64_t site_timers_timeout(const struct site_timers *timers, int64_t most)
{
    if (!timers->count)
        return most;
    int64_t rest = timers->heap[1]->deadline - site_now();
    return rest <= 0 ? 0 : rest < most ? rest : most;
}

void site_timers_free(struct site_timers *timers)
{
    free(timers->heap);
    *timers = (struct site_timers){0};
}
