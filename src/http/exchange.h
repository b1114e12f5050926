/* exchange.h - what libcurl is told about a transfer, and what it asks back before the answer comes. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>

#include "http/transfer.h"

/* Forgets the parts of the transfer that belong to this file. */
void exchange_close(struct transfer *transfer);

/* Gives the transfer a fresh handle instead of the one that it has, with all that is the same for every request of the
 * client. False, and nothing changes, when memory is out. */
bool exchange_renew(struct transfer *transfer);

/* Tells the handle what the fetch asks for, and the addresses of the next hop where libcurl doesn't have them. Lists
 * are left in the transfer, for as long as libcurl uses them. Errors: ERR_NO_MEMORY, ERR_TOO_LARGE (of addresses),
 * ERR_NAME_NOT_FOUND (for "*", which libcurl takes for all names). */
int exchange_prepare(struct transfer *transfer);

#endif
