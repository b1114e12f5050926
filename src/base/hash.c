#include "base/hash.h"

#include <stdbool.h>
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
