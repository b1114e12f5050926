/* receive.h - the way of an answer from libcurl to the sink: headers kept, body decoded, both within their limits. */
#ifndef HTTP_RECEIVE_H
#define HTTP_RECEIVE_H

#include <stddef.h>

#include "http/transfer.h"

/* libcurl's CURLOPT_HEADERFUNCTION and CURLOPT_WRITEFUNCTION; `context` is the transfer. What they find wrong stands in
 * its `error`. */
size_t receive_header(char *bytes, size_t size, size_t count, void *context);
size_t receive_body(char *bytes, size_t size, size_t count, void *context);

/* Ends the answer of an exchange that libcurl calls a success. Errors: those of the sink and of decoder_finish. */
int receive_end(struct transfer *transfer);

/* Copies what libcurl knows of the exchange so far to the response. */
void receive_note(struct transfer *transfer);

#endif
