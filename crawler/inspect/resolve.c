#include <stdlib.h>

#include "base/error.h"
#include "inspect/document.h"
#include "inspect/inspect.h"
#include "web/url.h"

/* The buffers that URLs are parsed into, used over and over. */
struct resolver_state {
    struct buf base;
    struct buf url;
};

static json_t *failure(const char *reason)
{
    return json_pack("{s:b, s:s}", "failure", 1, "reason", reason);
}

/* JSON may write half of a surrogate pair as \uD800; no string can hold it, and as everywhere else it counts as U+FFFD. */
static void replace_lone_surrogates(char *line)
{
    for (char *at = line; (at = strchr(at, '\\')); at += 2) {
        if (at[1] == '\0')
            return;
        if (at[1] != 'u' || strspn(at + 2, "0123456789abcdefABCDEF") < 4)
            continue;
        char digits[5] = {at[2], at[3], at[4], at[5], '\0'};
        unsigned long unit = strtoul(digits, NULL, 16);
        if (unit < 0xd800 || unit > 0xdfff)
            continue;
        char next[5] = "";
        if (unit < 0xdc00 && at[6] == '\\' && at[7] == 'u' && strspn(at + 8, "0123456789abcdefABCDEF") >= 4)
            memcpy(next, at + 8, 4);
        unsigned long second = strtoul(next, NULL, 16);
        if (second >= 0xdc00 && second <= 0xdfff)
            at += 6; /* a pair */
        else
            memcpy(at + 2, "fffd", 4);
    }
}

static struct slice string_of(const json_t *value)
{
    return (struct slice){json_string_value(value), json_string_length(value)};
}

static json_t *resolve(struct resolver_state *state, const json_t *request)
{
    const json_t *input = json_object_get(request, "input"), *base_text = json_object_get(request, "base");
    struct url base, url;
    if (!json_is_string(input) || (base_text && !json_is_string(base_text) && !json_is_null(base_text)))
        return failure("not an object with \"input\" and perhaps \"base\"");
    bool has_base = json_is_string(base_text);
    int err = has_base ? url_parse(&base, string_of(base_text), NULL, NULL, &state->base) : 0;
    if (!err)
        err = url_parse(&url, string_of(input), has_base ? &base : NULL, NULL, &state->url);
    return err ? failure(error_text(err)) : json_pack("{s:o}", "href", json_text(url.href));
}

static int resolve_line(struct resolver_state *state, char *line, size_t length)
{
    json_error_t problem;
    replace_lone_surrogates(line);
    json_t *request = json_loadb(line, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &problem);
    json_t *answer = request ? resolve(state, request) : failure(problem.text);
    json_decref(request);
    return json_print(answer);
}

int inspect_resolve(int argc, char **argv)
{
    struct resolver_state state;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int code = 0;
    if (argc > 1) {
        fprintf(stderr, "%s: takes no arguments, but JSON lines on standard input\n", argv[0]);
        return 2;
    }
    buf_init(&state.base, URL_MAX_LENGTH);
    buf_init(&state.url, URL_MAX_LENGTH);
    while (!code && (length = getline(&line, &capacity, stdin)) > 0)
        code = resolve_line(&state, line, (size_t)length);
    free(line);
    buf_free(&state.base);
    buf_free(&state.url);
    return code;
}
