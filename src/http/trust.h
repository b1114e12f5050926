/* trust.h - the certificate authorities that TLS connections trust, loaded once.
 *
 * libcurl would load them for each multi handle, at some 18 ms each; here they are read when the first TLS connection
 * is opened and handed to every one through libcurl's SSL context callback. */
#ifndef HTTP_TRUST_H
#define HTTP_TRUST_H

#include <openssl/ssl.h>

struct trust;

/* Takes the authorities from `ca_file` (PEM), NULL for the system's. Nothing is read yet; `ca_file` lives as long.
 * Errors: ERR_NO_MEMORY. */
int trust_create(struct trust **out, const char *ca_file);
void trust_free(struct trust *trust);

/* Makes `context` trust these authorities, reading them the first time. Errors: ERR_CERTIFICATE (they can't be read;
 * logged with the file), ERR_NO_MEMORY. */
int trust_apply(struct trust *trust, SSL_CTX *context);

#endif
