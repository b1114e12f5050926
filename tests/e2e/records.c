#include "e2e/records.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "unit/folder.h"

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

json_t *records_of_file(const char *path)
{
    char *text = file_text(path);
    json_t *records = records_of(text);
    free(text);
    return records;
}

bool records_are_whole(const char *path, size_t count)
{
    json_t *records = records_of_file(path), *seen = json_object();
    for (size_t i = 0; i < json_array_size(records); i++)
        json_object_set_new(seen, record_word(json_array_get(records, i), "url"), json_true());
    bool are_whole = json_array_size(records) == count && json_object_size(seen) == count;
    json_decref(seen);
    json_decref(records);
    return are_whole;
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
