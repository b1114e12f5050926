#include "output/warc_digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdint.h>

enum { SHA1_SIZE = 20 };

/* The algorithm is looked up when the first is made, and can't fail to work from then on. */
struct warc_digest *warc_digest_create(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context && EVP_DigestInit_ex(context, EVP_sha1(), NULL))
        return (struct warc_digest *)context;
    EVP_MD_CTX_free(context);
    return NULL;
}

static EVP_MD_CTX *context_of(struct warc_digest *digest)
{
    return (EVP_MD_CTX *)digest;
}

void warc_digest_free(struct warc_digest *digest)
{
    EVP_MD_CTX_free(context_of(digest));
}

void warc_digest_begin(struct warc_digest *digest)
{
    int done = EVP_DigestInit_ex(context_of(digest), NULL, NULL);
    assert(done);
}

void warc_digest_add(struct warc_digest *digest, struct slice bytes)
{
    int done = EVP_DigestUpdate(context_of(digest), bytes.data, bytes.length);
    assert(done);
}

void warc_digest_end(struct warc_digest *digest, char text[WARC_DIGEST_SIZE])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char sum[SHA1_SIZE];
    int done = EVP_DigestFinal_ex(context_of(digest), sum, NULL);
    assert(done);
    memcpy(text, "sha1:", 5);
    text += 5;
    /* Five bytes make eight letters. */
    for (size_t i = 0; i < SHA1_SIZE; i += 5, text += 8) {
        uint64_t group = 0;
        for (size_t j = 0; j < 5; j++)
            group = group << 8 | sum[i + j];
        for (int j = 7; j >= 0; j--, group >>= 5)
            text[j] = alphabet[group & 31];
    }
    *text = '\0';
}
