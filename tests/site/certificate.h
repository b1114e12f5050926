/* certificate.h - certificates made on the spot.
 *
 * The first use in a process makes a CA, which signs all certificates of that process. All functions return 0, or -1
 * with errno set. */
#ifndef SITE_CERTIFICATE_H
#define SITE_CERTIFICATE_H

#include <openssl/types.h>
#include <stdio.h>

#include "site/site.h"

struct site_certificate {
    EVP_PKEY *key;
    X509 *certificate;
};

/* Issues a certificate as `kind` says (not SITE_PLAIN), which holds for the hosts of `pages` too (NULL: none). */
int site_certificate_issue(struct site_certificate *out, enum site_tls kind, const struct site_page *pages);
void site_certificate_free(struct site_certificate *certificate);

/* The TLS side of a server with a certificate as `kind` says; HTTP/1.1 is all that it negotiates. */
int site_certificate_context(SSL_CTX **out, enum site_tls kind, const struct site_page *pages);

/* Write PEM. */
int site_certificate_write(const struct site_certificate *certificate, FILE *certificate_file, FILE *key_file);
int site_certificate_write_authority(FILE *file);

#endif
