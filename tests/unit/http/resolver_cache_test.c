#include "http/resolver_cache.h"

#include <stdio.h>
#include <sys/socket.h>

#include "base/error.h"
#include "unit/suite.h"

static struct resolver_answer answer_of(size_t count, nanoseconds expires)
{
    struct resolver_answer answer = {.count = count, .serial = count + 100, .expires = expires};
    for (size_t i = 0; i < count; i++)
        answer.addresses[i] = (struct resolver_address){AF_INET, {192, 0, 2, (unsigned char)i}};
    return answer;
}

static void put_nth(struct resolver_cache *cache, int n)
{
    char name[16];
    int length = snprintf(name, sizeof name, "n%d", n);
    struct resolver_answer answer = answer_of((size_t)n % 3 + 1, 1000);
    resolver_cache_put(cache, (struct slice){name, (size_t)length}, 0, &answer);
}

static int get_nth(struct resolver_cache *cache, int n)
{
    char name[16];
    int length = snprintf(name, sizeof name, "n%d", n);
    struct resolver_answer answer;
    int err = resolver_cache_get(cache, (struct slice){name, (size_t)length}, 0, &answer);
    if (!err)
        ck_assert_uint_eq(answer.count, (size_t)n % 3 + 1);
    return err;
}

START_TEST(answer_comes_back_until_it_expires)
{
    struct resolver_cache cache;
    resolver_cache_init(&cache, 10);
    struct resolver_answer in = answer_of(RESOLVER_MAX_ADDRESSES, 50), out;
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("a"), 0, &out), ERR_NOT_FOUND);
    resolver_cache_put(&cache, SLICE("a"), 0, &in);
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("a"), 49, &out), 0);
    ck_assert_uint_eq(out.count, in.count);
    ck_assert_uint_eq(out.serial, in.serial);
    ck_assert_int_eq(out.expires, in.expires);
    ck_assert_mem_eq(out.addresses, in.addresses, sizeof in.addresses);
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("b"), 49, &out), ERR_NOT_FOUND);
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("a"), 50, &out), ERR_NOT_FOUND);
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("a"), 0, &out), ERR_NOT_FOUND);
    resolver_cache_free(&cache);
}
END_TEST

START_TEST(failure_comes_back_until_it_expires)
{
    struct resolver_cache cache;
    resolver_cache_init(&cache, 10);
    struct resolver_answer in = answer_of(0, 50), out;
    resolver_cache_put(&cache, SLICE("a"), ERR_NAME_FAILED, &in);
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("a"), 49, &out), ERR_NAME_FAILED);
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("a"), 50, &out), ERR_NOT_FOUND);
    resolver_cache_free(&cache);
}
END_TEST

START_TEST(later_answer_replaces_the_earlier)
{
    struct resolver_cache cache;
    resolver_cache_init(&cache, 1);
    struct resolver_answer one = answer_of(1, 50), three = answer_of(3, 90), out;
    resolver_cache_put(&cache, SLICE("a"), ERR_NAME_NOT_FOUND, &one);
    resolver_cache_put(&cache, SLICE("a"), 0, &three);
    ck_assert_int_eq(resolver_cache_get(&cache, SLICE("a"), 60, &out), 0);
    ck_assert_uint_eq(out.count, 3);
    resolver_cache_free(&cache);
}
END_TEST

START_TEST(oldest_makes_room)
{
    enum { LIMIT = 100, NAMES = 1000 };
    struct resolver_cache cache;
    resolver_cache_init(&cache, LIMIT);
    for (int i = 0; i < NAMES; i++) {
        put_nth(&cache, i);
        ck_assert_uint_le(cache.table.count, LIMIT);
    }
    for (int i = 0; i < NAMES; i++)
        ck_assert_int_eq(get_nth(&cache, i), i < NAMES - LIMIT ? ERR_NOT_FOUND : 0);
    put_nth(&cache, NAMES - LIMIT); /* fresh again: another one is the oldest now */
    put_nth(&cache, NAMES);
    ck_assert_int_eq(get_nth(&cache, NAMES - LIMIT), 0);
    ck_assert_int_eq(get_nth(&cache, NAMES - LIMIT + 1), ERR_NOT_FOUND);
    resolver_cache_free(&cache);
}
END_TEST

int main(void)
{
    return RUN_TESTS("resolver_cache", answer_comes_back_until_it_expires, failure_comes_back_until_it_expires,
                     later_answer_replaces_the_earlier, oldest_makes_room);
}
