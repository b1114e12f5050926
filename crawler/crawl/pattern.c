#include "crawl/pattern.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"
#include "base/log.h"
#include "base/valgrind.h"

enum { MATCH_LIMIT = 100000, HEAP_LIMIT_KIB = 4096 };

struct pattern_list {
    pcre2_code **codes;
    size_t count;
    pcre2_match_context *limits;
    pcre2_match_data *match;
};

static int compile(pcre2_code **out, const char *text, const char *option)
{
    int number;
    PCRE2_SIZE offset;
    *out = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, &number, &offset, NULL);
    if (*out) {
        /* Where the system forbids writable code the interpreter serves as well. Compiled code reads whole words beyond
         * a subject's end, which valgrind takes amiss. */
        if (!runs_under_valgrind())
            pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE);
        return 0;
    }
    if (number == PCRE2_ERROR_HEAP_FAILED)
        return ERR_NO_MEMORY;
    PCRE2_UCHAR message[128];
    pcre2_get_error_message(number, message, sizeof message);
    log_error("%s: %s at position %zu of '%s'", option, (const char *)message, (size_t)offset + 1, text);
    return ERR_SYNTAX;
}

static int compile_all(struct pattern_list *list, const struct text_list *texts, const char *option)
{
    for (size_t i = 0; i < texts->count; i++) {
        int err = compile(&list->codes[i], texts->items[i], option);
        if (err)
            return err;
        list->count++;
    }
    return 0;
}

int pattern_list_create(struct pattern_list **out, const struct text_list *texts, const char *option)
{
    struct pattern_list *list = calloc(1, sizeof *list);
    if (!list)
        return ERR_NO_MEMORY;
    list->codes = calloc(texts->count + 1, sizeof(pcre2_code *));
    list->limits = pcre2_match_context_create(NULL);
    list->match = pcre2_match_data_create(1, NULL);
    int err = ERR_NO_MEMORY;
    if (list->codes && list->limits && list->match) {
        pcre2_set_match_limit(list->limits, MATCH_LIMIT);
        pcre2_set_heap_limit(list->limits, HEAP_LIMIT_KIB);
        err = compile_all(list, texts, option);
    }
    if (err) {
        pattern_list_free(list);
        return err;
    }
    *out = list;
    return 0;
}

void pattern_list_free(struct pattern_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        pcre2_code_free(list->codes[i]);
    free(list->codes);
    pcre2_match_data_free(list->match);
    pcre2_match_context_free(list->limits);
    free(list);
}

int pattern_list_search(struct pattern_list *list, struct slice subject)
{
    for (size_t i = 0; i < list->count; i++) {
        int found =
            pcre2_match(list->codes[i], (PCRE2_SPTR)subject.data, subject.length, 0, 0, list->match, list->limits);
        if (found >= 0)
            return 1;
        if (found == PCRE2_ERROR_NOMEMORY)
            return ERR_NO_MEMORY;
        if (found != PCRE2_ERROR_NOMATCH)
            return ERR_TOO_LARGE;
    }
    return 0;
}
