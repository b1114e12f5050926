#include "e2e/records.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *file_text(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "no %s", path);
    ssize_t length = getdelim(&text, &room, '\0', file); /* no output has a NUL */
    fclose(file);
    if (length < 0)
        *text = '\0';
    return text;
}

json_t *records_of(const char *lines)
{
    json_t *records = json_array();
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        json_error_t error;
        json_t *record = json_loadb(lines, length, 0, &error);
        ck_assert_msg(record != NULL, "%s in: %.*s", error.text, (int)length, lines);
        json_array_append_new(records, record);
        lines += length + (lines[length] == '\n');
    }
    return records;
}

const json_t *record_find(const json_t *records, const char *url)
{
    for (size_t i = 0; i < json_array_size(records); i++)
        if (strcmp(record_word(json_array_get(records, i), "url"), url) == 0)
            return json_array_get(records, i);
    return NULL;
}

const char *record_word(const json_t *record, const char *name)
{
    const char *word = json_string_value(json_object_get(record, name));
    return word ? word : "";
}

long record_number(const json_t *record, const char *name)
{
    const json_t *value = json_object_get(record, name);
    return json_is_integer(value) ? (long)json_integer_value(value) : -1;
}

const char *record_error(const json_t *record)
{
    return record_word(json_object_get(record, "error"), "kind");
}

bool is_fit_for_terminal(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\n') || *text == '\x7f')
            return false;
    return true;
}
