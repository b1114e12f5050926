#include "site/certificate.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "site/text.h"

enum { X509_V3 = 2, DAY = 24 * 60 * 60, SERIAL_BITS = 64 };

static struct site_certificate authority;

void site_certificate_free(struct site_certificate *certificate)
{
    EVP_PKEY_free(certificate->key);
    X509_free(certificate->certificate);
    *certificate = (struct site_certificate){0};
}

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static int set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    int set = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
              BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return set;
}

static int set_subject(X509 *certificate, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
}

/* A key and a certificate for it, valid from `first_day` to `last_day` counted from today, that nobody signed yet. */
static int prepare(struct site_certificate *out, const char *name, long first_day, long last_day)
{
    out->key = EVP_EC_gen("P-256");
    out->certificate = X509_new();
    return out->key && out->certificate && X509_set_version(out->certificate, X509_V3) &&
           set_serial(out->certificate) && set_subject(out->certificate, name) &&
           X509_gmtime_adj(X509_getm_notBefore(out->certificate), first_day * DAY) &&
           X509_gmtime_adj(X509_getm_notAfter(out->certificate), last_day * DAY) &&
           X509_set_pubkey(out->certificate, out->key);
}

static int sign(struct site_certificate *subject, const struct site_certificate *issuer)
{
    return X509_set_issuer_name(subject->certificate, X509_get_subject_name(issuer->certificate)) &&
           X509_sign(subject->certificate, issuer->key, EVP_sha256());
}

static int failure(struct site_certificate *certificate)
{
    site_certificate_free(certificate);
    errno = EIO;
    return -1;
}

static int have_authority(void)
{
    if (authority.certificate)
        return 0;
    struct site_certificate made = {0};
    if (prepare(&made, "Test site authority", -2, 365) &&
        add_extension(made.certificate, made.certificate, NID_basic_constraints, "critical,CA:TRUE") &&
        add_extension(made.certificate, made.certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(made.certificate, made.certificate, NID_subject_key_identifier, "hash") && sign(&made, &made)) {
        authority = made;
        return 0;
    }
    return failure(&made);
}

/* The names that a certificate holds for, as OpenSSL's configuration writes them. A wildcard right under the top is
 * refused by many clients, hence the names one by one. */
static void list_names(struct site_text *names, enum site_tls kind, const struct site_page *pages)
{
    if (kind == SITE_TLS_WRONG_HOST) {
        site_text_puts(names, "DNS:wrong.example");
        return;
    }
    site_text_puts(names, "DNS:localhost,DNS:*.test,DNS:*.site.test,IP:127.0.0.1,IP:::1");
    const char *last = "";
    for (; pages && pages->path; pages++)
        if (pages->host && strcmp(pages->host, last) != 0) {
            last = pages->host;
            site_text_printf(names, ",DNS:%s", last);
        }
}

int site_certificate_issue(struct site_certificate *out, enum site_tls kind, const struct site_page *pages)
{
    *out = (struct site_certificate){0};
    if (have_authority())
        return -1;
    struct site_text names = {0};
    list_names(&names, kind, pages);
    bool done = !names.failed &&
                prepare(out, kind == SITE_TLS_WRONG_HOST ? "wrong.example" : "localhost", -2,
                        kind == SITE_TLS_EXPIRED ? -1 : 90) &&
                add_extension(out->certificate, authority.certificate, NID_subject_alt_name, names.data) &&
                add_extension(out->certificate, authority.certificate, NID_ext_key_usage, "serverAuth") &&
                add_extension(out->certificate, authority.certificate, NID_authority_key_identifier, "keyid") &&
                sign(out, &authority);
    site_text_free(&names);
    return done ? 0 : failure(out);
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered,
                           unsigned offered_length, void *context)
{
    (void)ssl;
    (void)context;
    static const unsigned char spoken[] = "\x08http/1.1";
    unsigned char *chosen;
    int result = SSL_select_next_proto(&chosen, length, spoken, sizeof spoken - 1, offered, offered_length);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static int accept_any(int verdict, X509_STORE_CTX *context)
{
    (void)verdict;
    (void)context;
    return 1;
}

static int ask(SSL_CTX *context)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
    return SSL_CTX_set_session_id_context(context, (const unsigned char *)"site", sizeof "site" - 1);
}

int site_certificate_context(SSL_CTX **out, enum site_tls kind, const struct site_page *pages)
{
    struct site_certificate leaf;
    if (site_certificate_issue(&leaf, kind, pages))
        return -1;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    int done = context && SSL_CTX_use_certificate(context, leaf.certificate) &&
               SSL_CTX_use_PrivateKey(context, leaf.key) && (kind != SITE_TLS_ASKING || ask(context));
    site_certificate_free(&leaf);
    if (!done) {
        SSL_CTX_free(context);
        errno = EIO;
        return -1;
    }
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    *out = context;
    return 0;
}

static int written(int done)
{
    if (done)
        return 0;
    errno = EIO;
    return -1;
}

int site_certificate_write(const struct site_certificate *certificate, FILE *certificate_file, FILE *key_file)
{
    return written(PEM_write_X509(certificate_file, certificate->certificate) &&
                   PEM_write_PrivateKey(key_file, certificate->key, NULL, NULL, 0, NULL, NULL));
}

int site_certificate_write_authority(FILE *file)
{
    return have_authority() ? -1 : written(PEM_write_X509(file, authority.certificate));
}
