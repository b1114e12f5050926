#include "crawl/politeness.h"

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "http/retry_after.h"

/* Eight is about what servers take for a browser. */
enum { PUBLIC_AT_ONCE = 8, FIRST_AT_ONCE = 4, LEAST_WINDOW = 4 };

enum { SOME_FAILURES = 10, MANY_FAILURES = 40 };
static const nanoseconds LONG_SILENCE = SECONDS(60);

static const nanoseconds FIRST_BACKOFF = MILLISECONDS(250);
static const nanoseconds LONGEST_BACKOFF = SECONDS(10);
static const nanoseconds MOST_CRAWL_DELAY = SECONDS(60);

static nanoseconds later(nanoseconds a, nanoseconds b)
{
    return a > b ? a : b;
}

static nanoseconds sooner(nanoseconds a, nanoseconds b)
{
    return a < b ? a : b;
}

static uint32_t most_at_once(const struct options *options, bool is_here)
{
    if (options->per_host || options->unthrottled || is_here)
        return options->per_host;
    return PUBLIC_AT_ONCE;
}

void politeness_init(struct politeness *politeness, const struct options *options, const struct url *url)
{
    bool is_here = url_is_loopback(url);
    *politeness = (struct politeness){
        .options = options,
        .most = most_at_once(options, is_here),
        .adapts = options->adaptive || !(options->unthrottled || is_here),
        .delay = options->delay,
    };
    politeness->at_once = politeness->most;
    if (politeness->adapts && (!politeness->most || politeness->most > FIRST_AT_ONCE))
        politeness->at_once = FIRST_AT_ONCE;
}

void politeness_heed_delay(struct politeness *politeness, nanoseconds delay)
{
    politeness->delay = later(politeness->options->delay, sooner(delay, MOST_CRAWL_DELAY));
}

void politeness_hold(struct politeness *politeness, nanoseconds when)
{
    politeness->not_before = later(politeness->not_before, when);
}

void politeness_asked(struct politeness *politeness, nanoseconds now)
{
    nanoseconds gap = later(politeness->delay, politeness->spacing);
    if (gap)
        politeness_hold(politeness, now + gap);
}

bool politeness_is_refusal(int status)
{
    return status == 408 || status == 429 || (status >= 502 && status <= 504);
}

nanoseconds politeness_backoff(uint32_t tries)
{
    nanoseconds longest = tries < 16 ? FIRST_BACKOFF << (tries - 1) : LONGEST_BACKOFF;
    longest = sooner(longest, LONGEST_BACKOFF);
    return longest / 2 + (nanoseconds)random_below((uint64_t)longest / 2);
}

static void begin_window(struct politeness *politeness)
{
    politeness->answers = 0;
    politeness->waited = 0;
}

/* What was asked for before the last time says nothing of what has become of that. */
static void ask_less(struct politeness *politeness, nanoseconds asked, nanoseconds now)
{
    if (asked <= politeness->reduced)
        return;
    politeness->reduced = now;
    begin_window(politeness);
    if (!politeness->adapts)
        return;
    if (politeness->at_once > 1)
        politeness->at_once /= 2;
    else
        politeness->spacing = sooner(later(FIRST_BACKOFF, 2 * politeness->spacing), LONGEST_BACKOFF);
}

static void note_window(struct politeness *politeness)
{
    nanoseconds mean = politeness->waited / politeness->answers;
    bool may_grow = !politeness->most || politeness->at_once < politeness->most;
    if (!politeness->quickest || mean < politeness->quickest)
        politeness->quickest = mean;
    if (mean > 2 * politeness->quickest && politeness->at_once > 1)
        politeness->at_once--;
    else if (mean <= 2 * politeness->quickest && may_grow)
        politeness->at_once++;
    begin_window(politeness);
}

/* From the request to the answer, less what the connection took; 0 when no answer began. */
static nanoseconds latency_of(const struct http_timings *timings)
{
    nanoseconds ready = later(timings->begun, later(timings->connected, timings->secured));
    return later(timings->first_byte - ready, 0);
}

static void note_good(struct politeness *politeness, const struct http_response *response)
{
    nanoseconds latency = latency_of(&response->timings);
    politeness->failures = 0;
    if (!latency)
        return;
    politeness->spacing -= politeness->spacing / 16;
    if (politeness->spacing < MILLISECONDS(10))
        politeness->spacing = 0;
    politeness->answers++;
    politeness->waited += latency;
    uint32_t window = politeness->at_once > LEAST_WINDOW ? politeness->at_once : LEAST_WINDOW;
    if (politeness->adapts && politeness->answers >= window)
        note_window(politeness);
}

static bool wants_later(const struct http_response *response, nanoseconds *wait)
{
    time_t date;
    struct slice value = http_response_header(response, "Retry-After", 0);
    if (!value.data)
        return false;
    /* A clock that is wrong is so for both dates. */
    if (!http_date_read(http_response_header(response, "Date", 0), &date))
        date = time(NULL);
    return retry_after_read(value, date, wait);
}

static void note_refusal(struct politeness *politeness, const struct http_response *response, uint32_t tries,
                         nanoseconds asked, nanoseconds now)
{
    nanoseconds wait, most = politeness->options->retry_max_wait;
    politeness->failures = 0;
    ask_less(politeness, asked, now);
    if (wants_later(response, &wait))
        politeness_hold(politeness, now + sooner(wait, most));
    else if (response->status == 429)
        politeness_hold(politeness, now + politeness_backoff(tries));
}

static void note_silence(struct politeness *politeness, nanoseconds asked, nanoseconds now)
{
    if (politeness->failures++ == 0)
        politeness->silent = now;
    ask_less(politeness, asked, now);
    if (politeness->adapts && politeness->failures > 1)
        politeness_hold(politeness, now + politeness_backoff(politeness->failures - 1));
}

/* What we lack ourselves says nothing of the server. */
static bool is_ours(int error)
{
    return error == ERR_TOO_MANY_FILES || error == ERR_NO_MEMORY || error == ERR_ADDRESS_REFUSED ||
           error == ERR_CANCELLED;
}

void politeness_answered(struct politeness *politeness, const struct http_response *response, uint32_t tries,
                         nanoseconds asked, nanoseconds now)
{
    if (politeness_is_refusal(response->status)) {
        note_refusal(politeness, response, tries, asked, now);
    } else if (response->status || response->reached_server) {
        note_good(politeness, response);
    } else if (!is_ours(response->error)) {
        note_silence(politeness, asked, now);
    }
}

bool politeness_has_lost(const struct politeness *politeness, nanoseconds now)
{
    return politeness->failures >= MANY_FAILURES ||
           (politeness->failures >= SOME_FAILURES && now - politeness->silent >= LONG_SILENCE);
}
