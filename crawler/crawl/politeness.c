#include "crawl/politeness.h"

/* What most servers take for a browser. */
enum { PUBLIC_AT_ONCE = 8 };

uint32_t politeness_first_at_once(const struct options *options)
{
    if (options->per_host || options->unthrottled)
        return options->per_host;
    return PUBLIC_AT_ONCE;
}

static uint32_t at_once_of(const struct options *options, const struct url *url)
{
    return !options->per_host && url_is_loopback(url) ? NO_LIMIT : politeness_first_at_once(options);
}

bool politeness_claimed(const struct options *options, const struct url *url, const struct claim *claim,
                        struct store_pace *pace)
{
    *pace = (struct store_pace){.at_once = at_once_of(options, url)};
    if (options->delay)
        pace->not_before = clock_after(options->delay);
    return pace->not_before || pace->at_once != claim->at_once;
}
