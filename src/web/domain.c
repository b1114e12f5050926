#include "web/domain.h"

#include <arpa/inet.h>
#include <libpsl.h>
#include <netinet/in.h>

enum { NAME_MAX_LENGTH = 253 };

/* The list that the distribution updates where there is one, else the one compiled into libpsl. Loaded once and kept.
 * */
static const psl_ctx_t *suffix_list(void)
{
    static const psl_ctx_t *list;
    if (!list)
        list = psl_latest(NULL);
    return list;
}

static bool is_address(const char *host)
{
    struct in_addr address;
    return host[0] == '[' || inet_pton(AF_INET, host, &address) == 1;
}

struct slice domain_registrable(struct slice host)
{
    char name[NAME_MAX_LENGTH + 2]; /* with a dot at the end, and the NUL */
    if (!host.length || host.length >= sizeof name)
        return host;
    memcpy(name, host.data, host.length);
    name[host.length] = '\0';
    /* "example.com." names the same domain; libpsl would take the empty label for the top one. */
    if (host.length > 1 && name[host.length - 1] == '.')
        name[host.length - 1] = '\0';
    if (is_address(name) || !suffix_list())
        return host;
    const char *domain = psl_registrable_domain(suffix_list(), name);
    if (!domain)
        return host;
    size_t skipped = (size_t)(domain - name);
    return (struct slice){host.data + skipped, host.length - skipped};
}
