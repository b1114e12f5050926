#include "base/slice.h"

bool slice_equal_nocase(struct slice a, struct slice b)
{
    return a.length == b.length && slice_has_prefix_nocase(a, b);
}

bool slice_has_prefix_nocase(struct slice text, struct slice prefix)
{
    if (text.length < prefix.length)
        return false;
    for (size_t i = 0; i < prefix.length; i++)
        if (ascii_lower(text.data[i]) != ascii_lower(prefix.data[i]))
            return false;
    return true;
}

struct slice slice_trim(struct slice text)
{
    while (text.length && ascii_is_space(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length && ascii_is_space(text.data[text.length - 1]))
        text.length--;
    return text;
}
