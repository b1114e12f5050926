#include "web/srcset.h"

static void skip(struct slice *text, size_t count)
{
    text->data += count;
    text->length -= count;
}

static void skip_spaces_and_commas(struct slice *rest)
{
    while (rest->length && (ascii_is_space(*rest->data) || *rest->data == ','))
        skip(rest, 1);
}

/* To behind the comma that ends the candidate. Commas in parentheses, which do not nest, are part of a descriptor. */
static void skip_descriptors(struct slice *rest)
{
    bool in_parentheses = false;
    while (rest->length) {
        char c = *rest->data;
        skip(rest, 1);
        if (c == ',' && !in_parentheses)
            return;
        if (c == '(')
            in_parentheses = true;
        else if (c == ')')
            in_parentheses = false;
    }
}

bool srcset_next(struct slice *rest, struct slice *url)
{
    skip_spaces_and_commas(rest);
    if (!rest->length)
        return false;
    *url = (struct slice){rest->data, 0};
    while (rest->length && !ascii_is_space(*rest->data)) {
        url->length++;
        skip(rest, 1);
    }
    if (url->data[url->length - 1] != ',') {
        skip_descriptors(rest);
        return true;
    }
    while (url->data[url->length - 1] == ',')
        url->length--;
    return true;
}
