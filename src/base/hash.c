#include "base/hash.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/random.h"

/* XXH3's own seed leaves its secret guessable; a whole secret of random bytes does not. */
enum { SECRET_WORDS = XXH3_SECRET_SIZE_MIN / sizeof(uint64_t) + 1 };

uint64_t hash_bytes(struct slice bytes)
{
    static uint64_t secret[SECRET_WORDS];
    static bool drawn;
    if (!drawn) {
        for (int i = 0; i < SECRET_WORDS; i++)
            secret[i] = random_bits();
        drawn = true;
    }
    return XXH3_64bits_withSecret(bytes.data, bytes.length, secret, sizeof secret);
}

struct digest {
    XXH3_state_t state;
};

/* The state wants its own alignment. */
struct digest *digest_create(void)
{
    struct digest *digest = aligned_alloc(alignof(struct digest), sizeof *digest);
    if (digest)
        digest_begin(digest);
    return digest;
}

void digest_free(struct digest *digest)
{
    free(digest);
}

void digest_begin(struct digest *digest)
{
    XXH3_64bits_reset(&digest->state);
}

void digest_add(struct digest *digest, struct slice bytes)
{
    XXH3_64bits_update(&digest->state, bytes.data, bytes.length);
}

uint64_t digest_end(const struct digest *digest)
{
    return XXH3_64bits_digest(&digest->state);
}
