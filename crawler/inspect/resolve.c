#include "base/error.h"
#include "inspect/document.h"
#include "inspect/inspect.h"
#include "inspect/json_lines.h"
#include "web/url.h"

/* The buffers that URLs are parsed into, used over and over. */
struct resolver_state {
    struct buf base;
    struct buf url;
};

static json_t *resolve(void *context, const json_t *request)
{
    struct resolver_state *state = context;
    const json_t *input = json_object_get(request, "input"), *base_text = json_object_get(request, "base");
    struct url base, url;
    if (!json_is_string(input) || (base_text && !json_is_string(base_text) && !json_is_null(base_text)))
        return json_lines_failure("not an object with \"input\" and perhaps \"base\"");
    bool has_base = json_is_string(base_text);
    int err = has_base ? url_parse(&base, json_lines_text(base_text), NULL, NULL, &state->base) : 0;
    if (!err)
        err = url_parse(&url, json_lines_text(input), has_base ? &base : NULL, NULL, &state->url);
    return err ? json_lines_failure(error_text(err)) : json_pack("{s:o}", "href", json_text(url.href));
}

int inspect_resolve(int argc, char **argv)
{
    struct resolver_state state;
    buf_init(&state.base, URL_MAX_LENGTH);
    buf_init(&state.url, URL_MAX_LENGTH);
    int code = json_lines(argc, argv, resolve, &state);
    buf_free(&state.base);
    buf_free(&state.url);
    return code;
}
