#include "store/link_lists.h"

#include <string.h>

#include "base/error.h"

enum { MOST_CHARACTERS = 22 /* of a number, with sign and comma */ };

/* Of a million links. */
static const size_t LARGEST_LIST = 32 << 20;

void link_lists_init(struct link_lists *lists)
{
    *lists = (struct link_lists){0};
    table_init(&lists->numbers);
    buf_init(&lists->text, LARGEST_LIST);
}

void link_lists_free(struct link_lists *lists)
{
    table_free(&lists->numbers);
    buf_free(&lists->text);
}

int link_lists_learn(struct link_lists *lists, uint64_t fingerprint, uint64_t id)
{
    return table_put(&lists->numbers, fingerprint, (void *)(uintptr_t)id); /* NOLINT: a number, never followed */
}

uint64_t link_lists_number(const struct link_lists *lists, uint64_t fingerprint)
{
    return (uintptr_t)table_get(&lists->numbers, fingerprint);
}

static char *put_number(char *end, uint64_t number)
{
    char digits[MOST_CHARACTERS];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count)
        *end++ = digits[--count];
    return end;
}

int link_lists_write(struct link_lists *lists, struct slice fingerprints, uint64_t followed, struct slice *list)
{
    const size_t count = fingerprints.length / sizeof(uint64_t);
    buf_clear(&lists->text);
    int err = buf_reserve(&lists->text, count * MOST_CHARACTERS + 2);
    if (err)
        return err;
    char *end = lists->text.data;
    *end++ = '[';
    for (size_t i = 0; i < count; i++) {
        uint64_t fingerprint;
        memcpy(&fingerprint, fingerprints.data + i * sizeof fingerprint, sizeof fingerprint);
        uint64_t number = link_lists_number(lists, fingerprint);
        if (!number)
            continue;
        if (i >= followed)
            *end++ = '-';
        end = put_number(end, number);
        *end++ = ',';
    }
    end -= end[-1] == ',';
    *end++ = ']';
    *list = (struct slice){lists->text.data, (size_t)(end - lists->text.data)};
    return 0;
}
