#include "output/record_json.h"

#include "output/json_string.h"
#include "output/record_fields.h"

/* A member's name, without the comma where it is the first of its object. */
static int append_key(struct buf *out, struct slice key)
{
    if (out->data[out->length - 1] == '{')
        key = (struct slice){key.data + 1, key.length - 1};
    return buf_append_slice(out, key);
}

static int append_members(struct buf *out, const struct record_value *values, size_t from, size_t to)
{
    int err = 0;
    for (size_t i = from; i < to && !err; i++) {
        err = append_key(out, RECORD_FIELD[i].key);
        if (!err)
            err = record_value_append(out, &values[i], json_string_append, SLICE("null"));
    }
    return err;
}

/* A group, which is never the first member, is absent when its first value is. */
static int append_group(struct buf *out, const struct record_value *values, size_t from, size_t to)
{
    if (values[from].kind == RECORD_ABSENT)
        return 0;
    int err = buf_append_slice(out, SLICE(",\""));
    if (!err)
        err = buf_append_slice(out, RECORD_FIELD[from].group);
    if (!err)
        err = buf_append_slice(out, SLICE("\":{"));
    if (!err)
        err = append_members(out, values, from, to);
    return err ? err : buf_append_char(out, '}');
}

/* The first field behind `from` that is in another group, or none. */
static size_t group_end(size_t from)
{
    size_t end = from;
    while (end < RECORD_FIELDS && slice_equal(RECORD_FIELD[end].group, RECORD_FIELD[from].group))
        end++;
    return end;
}

int record_json_append(struct buf *out, const struct fetch_statistic *stat)
{
    struct record_value values[RECORD_FIELDS];
    record_values(stat, values);
    int err = buf_append_char(out, '{');
    for (size_t i = 0, end; i < RECORD_FIELDS && !err; i = end) {
        end = group_end(i);
        err = RECORD_FIELD[i].group.length ? append_group(out, values, i, end) : append_members(out, values, i, end);
    }
    return err ? err : buf_append_char(out, '}');
}
