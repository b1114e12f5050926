/* xoshiro256** of Blackman and Vigna, seeded by getentropy(3). */
#include "base/random.h"

#include <stdbool.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"

static uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static void seed(uint64_t state[4])
{
    if (getentropy(state, 4 * sizeof state[0]) == 0)
        return;
    /* No system source of randomness at all: time and process id differ at least between two runs. */
    uint64_t x = (uint64_t)clock_now() ^ ((uint64_t)getpid() << 32);
    for (int i = 0; i < 4; i++)
        state[i] = x = x * 6364136223846793005u + 1442695040888963407u;
}

uint64_t random_bits(void)
{
    static uint64_t state[4];
    static bool seeded;
    if (!seeded) {
        seed(state);
        seeded = true;
    }
    uint64_t result = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

uint64_t random_below(uint64_t bound)
{
    /* Numbers below this threshold would make the first remainders likelier than the others. */
    uint64_t threshold = -bound % bound;
    for (;;) {
        uint64_t bits = random_bits();
        if (bits >= threshold)
            return bits % bound;
    }
}
