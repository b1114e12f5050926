/* A lookup whose answer is not at hand joins the question that is open for its name, or opens one. Open questions wait
 * in line until they are asked: a burst of thousands would overflow the socket buffers on both sides, and each packet
 * lost costs a time-out.
 *
 * A question asks for each family by itself, since one may be answered while the other fails or is ignored (name
 * servers that drop questions for AAAA exist). It is settled when both have replied, when its deadline is reached, or
 * when the second family keeps it waiting for too long; whoever waits gets what there is by then. c-ares can't take a
 * question back, so one that is settled early lives on, out of sight, until the last reply is in.
 *
 * Questions are asked from a callback of the loop only: replies may come while asking, and a reply makes room for the
 * next question, so that asking there and then would recurse. */
#include "http/resolver.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/coroutine.h"
#include "base/container.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/table.h"
#include "http/resolver_cache.h"
#include "http/resolver_channel.h"
#include "http/resolver_hosts.h"
#include "http/resolver_name.h"

enum {
    DEFAULT_TIMEOUT = 10, /* seconds */
    ASKED_AT_ONCE = 128,  /* questions of two packets each: their answers fit into a socket's default buffer */
    CACHED_NAMES = 65536,
    /* How long things hold, in seconds: */
    SHORTEST_LIFE = 1,
    LONGEST_LIFE = 24 * 3600,
    PARTIAL_LIFE = 30,  /* an answer that lacks a family because of trouble, not because there is none */
    MISSING_LIFE = 60,  /* no such name */
    TROUBLE_LIFE = 1,   /* other failures: enough to keep a crowd away, not to spoil the next try */
    PATIENCE_SHARE = 4, /* this part of the timeout is how long the second family may keep the first waiting */
    DISCARD_PORT = 9,   /* for a socket that nothing is sent through */
};

struct resolver {
    struct loop *loop;
    struct resolver_channel *channel;
    struct resolver_hosts hosts;
    struct resolver_cache cache;
    struct table questions; /* the open ones: fingerprint of the name to its question */
    struct list line;       /* open, not yet asked; first come, first served */
    struct list asked;      /* open */
    size_t asked_count;
    struct loop_callback ask_more;
    enum resolver_family family;
    nanoseconds timeout;
    uint64_t serial; /* of the last answer */
};

enum { ASK_IPV6, ASK_IPV4, ASKS };

struct question {
    struct list_node node; /* in the line or among those asked */
    struct resolver *resolver;
    uint64_t key;
    struct list waiters; /* lookups */
    struct loop_timer timer;
    nanoseconds deadline;
    bool is_open; /* not settled */
    struct resolver_ask asks[ASKS];
    struct resolver_name name;
};

/* What is known without asking. */

static void answer_one(struct resolver_answer *answer, const struct resolver_address *address)
{
    answer->serial = 0;
    answer->expires = NEVER;
    answer->count = 1;
    answer->addresses[0] = *address;
}

static void answer_loopback(struct resolver_answer *answer, enum resolver_family family)
{
    static const struct resolver_address ipv6 = {AF_INET6, {[15] = 1}};
    static const struct resolver_address ipv4 = {AF_INET, {127, 0, 0, 1}};
    answer_one(answer, family == RESOLVER_IPV4 ? &ipv4 : &ipv6);
    if (family == RESOLVER_ANY)
        answer->addresses[answer->count++] = ipv4;
}

/* 0 and the answer, the error that the name is known to fail with, or ERR_NOT_FOUND when somebody must be asked. */
static int answer_at_hand(struct resolver *resolver, const struct resolver_name *name, struct resolver_answer *answer)
{
    if (name->is_address)
        answer_one(answer, &name->address);
    else if (resolver_name_is_localhost(name))
        answer_loopback(answer, resolver->family);
    else if (!resolver_hosts_find(&resolver->hosts, name, resolver->family, answer))
        return resolver_cache_get(&resolver->cache, resolver_name_slice(name), clock_now(), answer);
    return 0;
}

bool resolver_cached(struct resolver *resolver, struct slice host, struct resolver_answer *answer)
{
    struct resolver_name name;
    return resolver_name_read(&name, host) == 0 && answer_at_hand(resolver, &name, answer) == 0;
}

/* Verdicts. */

/* Of what two families failed with, what the name failed with: that it doesn't exist is the weakest claim, since broken
 * servers make it for a family that they don't know. */
static int graver(int a, int b)
{
    static const int by_gravity[] = {ERR_NAME_NOT_FOUND, ERR_NAME_TIMED_OUT, ERR_NAME_FAILED};
    for (size_t i = 0; i < sizeof by_gravity / sizeof by_gravity[0]; i++) {
        if (a == by_gravity[i])
            return b;
        if (b == by_gravity[i])
            return a;
    }
    return a;
}

/* Whether a packet to `address` would leave this machine: connecting a datagram socket looks up the route and sends
 * nothing. */
static bool has_route(const struct resolver_address *address)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(DISCARD_PORT)};
    memcpy(&to.sin6_addr, address->bytes, sizeof to.sin6_addr);
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    if (fd < 0)
        return false;
    bool connected = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return connected;
}

static void append_nth(struct resolver_answer *answer, const struct resolver_ask *ask, size_t n)
{
    if (n < ask->count && answer->count < RESOLVER_MAX_ADDRESSES)
        answer->addresses[answer->count++] = ask->addresses[n];
}

static void merge(struct resolver_answer *answer, const struct question *question)
{
    const struct resolver_ask *first = &question->asks[ASK_IPV6], *second = &question->asks[ASK_IPV4];
    if (first->count && second->count && !has_route(&first->addresses[0])) {
        first = &question->asks[ASK_IPV4];
        second = &question->asks[ASK_IPV6];
    }
    answer->count = 0;
    for (size_t i = 0; i < RESOLVER_MAX_ADDRESSES; i++) {
        append_nth(answer, first, i);
        append_nth(answer, second, i);
    }
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* How long an answer of at least one family holds, in seconds. */
static uint32_t life_of(const struct question *question)
{
    uint32_t life = LONGEST_LIFE;
    for (int i = 0; i < ASKS; i++) {
        const struct resolver_ask *ask = &question->asks[i];
        if (ask->count)
            life = least(life, ask->ttl);
        else if (ask->error != ERR_NAME_NOT_FOUND)
            life = least(life, PARTIAL_LIFE);
    }
    return life < SHORTEST_LIFE ? SHORTEST_LIFE : life;
}

/* The outcome of a question all of whose asks have a reply, or what they failed with instead. */
static int conclude(const struct question *question, struct resolver_answer *answer)
{
    merge(answer, question);
    int err = answer->count ? 0 : graver(question->asks[ASK_IPV6].error, question->asks[ASK_IPV4].error);
    uint32_t life = !err ? life_of(question) : err == ERR_NAME_NOT_FOUND ? MISSING_LIFE : TROUBLE_LIFE;
    answer->expires = clock_after(SECONDS(life));
    return err;
}

/* Whether a failure is the name's, and not of this machine at this moment. */
static bool is_worth_keeping(int err)
{
    return err == 0 || err == ERR_NAME_NOT_FOUND || err == ERR_NAME_FAILED || err == ERR_NAME_TIMED_OUT;
}

/* Questions. */

static void complete(struct resolver_lookup *lookup, int err)
{
    if (err)
        future_set_error(&lookup->done, err);
    else
        future_set_result(&lookup->done, &lookup->answer);
}

static bool has_pending_ask(const struct question *question)
{
    return question->asks[ASK_IPV6].pending || question->asks[ASK_IPV4].pending;
}

/* Takes a question out of sight: it is open no more. */
static void question_close(struct question *question)
{
    struct resolver *resolver = question->resolver;
    question->is_open = false;
    loop_timer_cancel(resolver->loop, &question->timer);
    list_remove(&question->node);
    if (table_get(&resolver->questions, question->key) == question)
        table_remove(&resolver->questions, question->key);
}

static void question_free(struct question *question)
{
    assert(!question->is_open && list_is_empty(&question->waiters) && !has_pending_ask(question));
    free(question);
}

static void tell_waiters(struct question *question, int err, const struct resolver_answer *answer)
{
    for (struct list_node *node = list_pop(&question->waiters); node; node = list_pop(&question->waiters)) {
        struct resolver_lookup *lookup = container_of(node, struct resolver_lookup, node);
        if (!err)
            lookup->answer = *answer;
        complete(lookup, err);
    }
}

/* Ends an asked question with what has been replied so far. It is gone after this unless a reply is still to come. */
static void question_settle(struct question *question)
{
    struct resolver *resolver = question->resolver;
    for (int i = 0; i < ASKS; i++)
        if (question->asks[i].pending)
            question->asks[i].error = ERR_NAME_TIMED_OUT;
    struct resolver_answer answer = {.serial = resolver->serial + 1};
    int err = conclude(question, &answer);
    if (!err)
        resolver->serial++;
    log_debug("name %s: %s", question->name.text, err ? error_text(err) : "resolved");
    if (is_worth_keeping(err))
        resolver_cache_put(&resolver->cache, resolver_name_slice(&question->name), err, &answer);
    question_close(question);
    resolver->asked_count--;
    loop_call_soon(resolver->loop, &resolver->ask_more);
    tell_waiters(question, err, &answer);
    if (!has_pending_ask(question))
        question_free(question);
}

static void time_up(void *context)
{
    question_settle(context);
}

/* The second family keeps the first waiting no longer than this. */
static void shorten_deadline(struct question *question)
{
    nanoseconds patience = clock_after(question->resolver->timeout / PATIENCE_SHARE);
    if (patience < question->deadline)
        loop_call_at(question->resolver->loop, &question->timer, patience);
}

static void take_reply(void *context)
{
    struct question *question = context;
    if (!has_pending_ask(question) && question->is_open)
        question_settle(question);
    else if (!has_pending_ask(question))
        question_free(question);
    else if (question->is_open && question->asks[ASK_IPV6].count + question->asks[ASK_IPV4].count > 0)
        shorten_deadline(question);
}

static void ask_init(struct question *question, int index, int family, bool wanted)
{
    question->asks[index] = (struct resolver_ask){
        .family = family,
        .reply = take_reply,
        .context = question,
        .pending = wanted,
        .error = ERR_NAME_NOT_FOUND,
    };
}

/* A question at the end of the line; NULL when memory is out. */
static struct question *question_open(struct resolver *resolver, const struct resolver_name *name, uint64_t key)
{
    struct question *question = malloc(sizeof *question);
    if (!question)
        return NULL;
    question->resolver = resolver;
    question->key = key;
    question->name = *name;
    question->is_open = true;
    question->deadline = NEVER;
    list_node_init(&question->node);
    list_init(&question->waiters);
    loop_timer_init(&question->timer, time_up, question);
    ask_init(question, ASK_IPV6, AF_INET6, resolver->family != RESOLVER_IPV4);
    ask_init(question, ASK_IPV4, AF_INET, resolver->family != RESOLVER_IPV6);
    list_append(&resolver->line, &question->node);
    loop_call_soon(resolver->loop, &resolver->ask_more);
    return question;
}

static void question_ask(struct question *question)
{
    struct resolver *resolver = question->resolver;
    resolver->asked_count++;
    list_remove(&question->node);
    list_append(&resolver->asked, &question->node);
    question->deadline = clock_after(resolver->timeout);
    loop_call_at(resolver->loop, &question->timer, question->deadline);
    /* Both count as pending until both are asked, so that a reply in between doesn't settle the question; the last
     * reply may free it. */
    bool wanted[ASKS] = {question->asks[ASK_IPV6].pending, question->asks[ASK_IPV4].pending};
    for (int i = 0; i < ASKS; i++)
        if (wanted[i])
            resolver_channel_ask(resolver->channel, &question->asks[i], question->name.text);
}

/* A question in line for which nobody waits any more is dropped. */
static void question_drop(struct question *question)
{
    question_close(question);
    for (int i = 0; i < ASKS; i++)
        question->asks[i].pending = false;
    question_free(question);
}

static void ask_more(void *context)
{
    struct resolver *resolver = context;
    list_for_each(node, &resolver->line)
    {
        if (resolver->asked_count == ASKED_AT_ONCE)
            break;
        struct question *question = container_of(node, struct question, node);
        if (list_is_empty(&question->waiters))
            question_drop(question);
        else
            question_ask(question);
    }
}

static struct question *find_question(const struct resolver *resolver, const struct resolver_name *name, uint64_t key)
{
    struct question *question = table_get(&resolver->questions, key);
    return question && slice_equal(resolver_name_slice(&question->name), resolver_name_slice(name)) ? question : NULL;
}

/* Waits for the question about `name`, opened where there is none. */
static int join_question(struct resolver *resolver, const struct resolver_name *name, struct resolver_lookup *lookup)
{
    uint64_t key = hash_bytes(resolver_name_slice(name));
    struct question *question = find_question(resolver, name, key);
    if (!question) {
        question = question_open(resolver, name, key);
        if (!question)
            return ERR_NO_MEMORY;
        /* One that can't be listed is asked all the same; only nobody else can join it. */
        if (!table_get(&resolver->questions, key))
            (void)table_put(&resolver->questions, key, question);
    }
    list_append(&question->waiters, &lookup->node);
    return 0;
}

void resolver_start(struct resolver *resolver, struct resolver_lookup *lookup, struct slice host)
{
    assert(!coroutine_current());
    list_node_init(&lookup->node);
    future_init(&lookup->done, resolver->loop, "name lookup");
    struct resolver_name name;
    int err = resolver_name_read(&name, host);
    if (!err)
        err = answer_at_hand(resolver, &name, &lookup->answer);
    if (err == ERR_NOT_FOUND) {
        err = join_question(resolver, &name, lookup);
        if (!err)
            return;
    }
    complete(lookup, err);
}

void resolver_cancel(struct resolver *resolver, struct resolver_lookup *lookup)
{
    (void)resolver;
    list_remove(&lookup->node);
    future_cancel(&lookup->done);
}

/* The resolver. */

static int read_hosts(struct resolver *resolver, const char *path)
{
    int err = resolver_hosts_read(&resolver->hosts, path ? path : "/etc/hosts");
    if (err == ERR_NOT_FOUND && !path)
        return 0;
    if (err)
        log_error("can't read the hosts file %s: %s", path ? path : "/etc/hosts", error_text(err));
    return err;
}

int resolver_create(struct resolver **out, struct loop *loop, const struct resolver_options *options)
{
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver)
        return ERR_NO_MEMORY;
    resolver->loop = loop;
    resolver->family = options->family;
    resolver->timeout = options->timeout ? options->timeout : SECONDS(DEFAULT_TIMEOUT);
    resolver_cache_init(&resolver->cache, CACHED_NAMES);
    table_init(&resolver->questions);
    list_init(&resolver->line);
    list_init(&resolver->asked);
    loop_callback_init(&resolver->ask_more, ask_more, resolver);
    int err = read_hosts(resolver, options->hosts_file);
    if (err)
        goto free_resolver;
    err = resolver_channel_create(&resolver->channel, loop, options->servers, resolver->timeout);
    if (err)
        goto free_hosts;
    *out = resolver;
    return 0;

free_hosts:
    resolver_hosts_free(&resolver->hosts);
free_resolver:
    free(resolver);
    return err;
}

static void cancel_waiters(struct question *question)
{
    list_for_each(node, &question->waiters)
        resolver_cancel(question->resolver, container_of(node, struct resolver_lookup, node));
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    list_for_each(node, &resolver->line)
    {
        struct question *question = container_of(node, struct question, node);
        cancel_waiters(question);
        question_drop(question);
    }
    list_for_each(node, &resolver->asked)
    {
        struct question *question = container_of(node, struct question, node);
        cancel_waiters(question);
        question_close(question);
    }
    resolver_channel_free(resolver->channel); /* replies to all that was asked, which frees the questions */
    loop_callback_cancel(&resolver->ask_more);
    resolver_hosts_free(&resolver->hosts);
    resolver_cache_free(&resolver->cache);
    table_free(&resolver->questions);
    free(resolver);
}
