#include "http/trust.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

struct trust {
    const char *ca_file;
    X509_STORE *store; /* NULL until the first use */
};

/* One file with all of them, which loads several times faster than a folder is searched. */
static const char *const BUNDLES[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
};

int trust_create(struct trust **out, const char *ca_file)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return ERR_NO_MEMORY;
    (*out)->ca_file = ca_file;
    return 0;
}

void trust_free(struct trust *trust)
{
    if (!trust)
        return;
    X509_STORE_free(trust->store);
    free(trust);
}

static const char *bundle(const struct trust *trust)
{
    if (trust->ca_file)
        return trust->ca_file;
    for (size_t i = 0; i < sizeof BUNDLES / sizeof BUNDLES[0]; i++)
        if (access(BUNDLES[i], R_OK) == 0)
            return BUNDLES[i];
    return NULL;
}

static int load(struct trust *trust)
{
    const char *file = bundle(trust);
    X509_STORE *store = X509_STORE_new();
    if (!store)
        return ERR_NO_MEMORY;
    int loaded = file ? X509_STORE_load_file(store, file) : X509_STORE_set_default_paths(store);
    if (!loaded) {
        log_error("%s: no certificate authorities could be read", file ? file : "system");
        ERR_clear_error();
        X509_STORE_free(store);
        return ERR_CERTIFICATE;
    }
    trust->store = store;
    return 0;
}

int trust_apply(struct trust *trust, SSL_CTX *context)
{
    int err = trust->store ? 0 : load(trust);
    if (err)
        return err;
    SSL_CTX_set1_cert_store(context, trust->store);
    return 0;
}
