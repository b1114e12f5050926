#include "inspect/json_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inspect/document.h"

json_t *json_lines_failure(const char *reason)
{
    return json_pack("{s:b, s:s}", "failure", 1, "reason", reason);
}

struct slice json_lines_text(const json_t *string)
{
    return (struct slice){json_string_value(string), json_string_length(string)};
}

/* JSON may write half of a surrogate pair as \uD800; no string can hold it, and as everywhere else it counts as
 * U+FFFD. */
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

static int answer_line(char *line, size_t length, json_lines_answer answer, void *context)
{
    json_error_t problem;
    replace_lone_surrogates(line);
    json_t *request = json_loadb(line, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &problem);
    json_t *result = request ? answer(context, request) : json_lines_failure(problem.text);
    json_decref(request);
    return json_print(result);
}

int json_lines(int argc, char **argv, json_lines_answer answer, void *context)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int code = 0;
    if (argc > 1) {
        fprintf(stderr, "%s: takes no arguments, but JSON lines on standard input\n", argv[0]);
        return 2;
    }
    while (!code && (length = getline(&line, &capacity, stdin)) > 0)
        code = answer_line(line, (size_t)length, answer, context);
    free(line);
    return code;
}
