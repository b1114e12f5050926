/* Linked style sheets, as an engine of the extractor. */

#include <stdlib.h>

#include "base/error.h"
#include "web/css.h"
#include "web/extractor_engine.h"

static int stylesheet_create(void **state, struct link_sink *sink)
{
    struct css *css = malloc(sizeof *css);
    if (!css)
        return ERR_NO_MEMORY;
    css_init(css, sink->on_link, sink->context);
    *state = css;
    return 0;
}

static int stylesheet_feed(void *state, struct slice utf8)
{
    return css_feed(state, utf8);
}

static int stylesheet_finish(void *state)
{
    return css_finish(state);
}

static void stylesheet_free(void *state)
{
    css_free(state);
    free(state);
}

static void stylesheet_reset(void *state, struct link_sink *sink)
{
    css_reset(state, sink->on_link, sink->context);
}

const struct extractor_engine STYLESHEET = {.name = "css",
                                            .create = stylesheet_create,
                                            .feed = stylesheet_feed,
                                            .finish = stylesheet_finish,
                                            .free = stylesheet_free,
                                            .reset = stylesheet_reset};
