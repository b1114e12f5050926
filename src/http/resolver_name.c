#include "http/resolver_name.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/error.h"

enum { LABEL_LENGTH = 63 };

static struct slice without_brackets(struct slice host)
{
    return (struct slice){host.data + 1, host.length - 2};
}

static bool has_brackets(struct slice host)
{
    return host.length > 2 && host.data[0] == '[' && host.data[host.length - 1] == ']';
}

/* Copies `host` in lower case. False when it is empty or too long. */
static bool copy_lower(struct resolver_name *name, struct slice host)
{
    if (host.length == 0 || host.length > RESOLVER_NAME_LENGTH)
        return false;
    for (size_t i = 0; i < host.length; i++)
        name->text[i] = ascii_lower(host.data[i]);
    name->text[host.length] = '\0';
    name->length = host.length;
    return true;
}

static bool read_address(struct resolver_name *name, int family)
{
    name->address = (struct resolver_address){.family = family};
    name->is_address =
        memchr(name->text, '\0', name->length) == NULL && inet_pton(family, name->text, name->address.bytes) == 1;
    return name->is_address;
}

static bool is_name_byte(char c)
{
    return c > ' ' && c < 0x7f && !strchr("\\:[]", c);
}

static bool has_valid_labels(const struct resolver_name *name)
{
    size_t label = 0;
    for (size_t i = 0; i < name->length; i++) {
        char c = name->text[i];
        if (!is_name_byte(c) || (c == '.' && label == 0))
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > LABEL_LENGTH)
            return false;
    }
    return label > 0;
}

int resolver_name_read(struct resolver_name *name, struct slice host)
{
    name->is_address = false;
    if (has_brackets(host))
        return copy_lower(name, without_brackets(host)) && read_address(name, AF_INET6) ? 0 : ERR_NAME_NOT_FOUND;
    if (host.length && host.data[host.length - 1] == '.')
        host.length--;
    if (!copy_lower(name, host))
        return ERR_NAME_NOT_FOUND;
    if (read_address(name, AF_INET) || read_address(name, AF_INET6))
        return 0;
    return has_valid_labels(name) ? 0 : ERR_NAME_NOT_FOUND;
}

bool resolver_name_is_localhost(const struct resolver_name *name)
{
    static const struct slice localhost = {"localhost", 9};
    if (name->length < localhost.length)
        return false;
    size_t start = name->length - localhost.length;
    return (start == 0 || name->text[start - 1] == '.') &&
           slice_equal((struct slice){name->text + start, localhost.length}, localhost);
}
