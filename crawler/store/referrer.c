#include "store/referrer.h"

#include <stdint.h>
#include <stdlib.h>

struct referrer {
    uint32_t holders;
    uint32_t length;
    char text[];
};

struct referrer *referrer_create(struct slice url)
{
    struct referrer *referrer = malloc(sizeof *referrer + url.length);
    if (!referrer)
        return NULL;
    referrer->holders = 1;
    referrer->length = (uint32_t)url.length;
    memcpy(referrer->text, url.data, url.length);
    return referrer;
}

struct referrer *referrer_hold(struct referrer *referrer)
{
    if (referrer)
        referrer->holders++;
    return referrer;
}

void referrer_release(struct referrer *referrer)
{
    if (referrer && --referrer->holders == 0)
        free(referrer);
}

struct slice referrer_text(const struct referrer *referrer)
{
    return referrer ? (struct slice){referrer->text, referrer->length} : (struct slice){"", 0};
}
