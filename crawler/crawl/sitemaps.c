#include "crawl/sitemaps.h"

#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/error.h"
#include "base/log.h"
#include "base/table.h"
#include "crawl/errand.h"
#include "crawl/politeness.h"
#include "web/root.h"
#include "web/sitemap.h"

enum { MOST_LEVELS = 3, MOST_REDIRECTS = 5 };

struct sitemaps {
    const struct options *options;
    struct http_client *client;
    struct intake *intake;
    struct state *state; /* NULL when nobody is told */
    struct table known;  /* the struct sitemaps itself by the fingerprint of a file's URL */
    bool has_given;      /* those of --sitemap are in a queue */
};

/* A file that is being read. */
struct reading {
    struct sitemaps *sitemaps;
    struct sitemap_queue *queue;
    const struct sitemap *sitemap;
    struct url base;
    struct sitemap_reader *reader;
    struct intake_list *list;
    struct buf text; /* of the entry's URL */
    uint64_t found;
    int error; /* of the file's content, or ERR_NO_MEMORY */
};

static bool is_word(const char *text)
{
    return strcmp(text, "auto") == 0 || strcmp(text, "off") == 0 || strcmp(text, "only") == 0;
}

/* The last of auto, off and only that was given; NULL for none. */
static const char *mode_of(const struct options *options)
{
    const char *mode = NULL;
    for (size_t i = 0; i < options->sitemaps.count; i++)
        if (is_word(options->sitemaps.items[i]))
            mode = options->sitemaps.items[i];
    return mode;
}

static bool is_mode(const struct options *options, const char *wanted)
{
    const char *mode = mode_of(options);
    return mode && strcmp(mode, wanted) == 0;
}

static bool some_are_given(const struct options *options)
{
    for (size_t i = 0; i < options->sitemaps.count; i++)
        if (!is_word(options->sitemaps.items[i]))
            return true;
    return false;
}

bool sitemaps_are_read(const struct options *options)
{
    return options->max_depth > 0 && (!is_mode(options, "off") || some_are_given(options));
}

bool sitemaps_are_all(const struct options *options)
{
    return is_mode(options, "only");
}

void sitemap_queue_init(struct sitemap_queue *queue)
{
    list_init(&queue->waiting);
    queue->origin = NULL;
    queue->count = 0;
    queue->is_busy = queue->is_full = false;
}

static struct sitemap *sitemap_of(struct list_node *node)
{
    return container_of(node, struct sitemap, node);
}

void sitemap_queue_free(struct sitemap_queue *queue)
{
    list_for_each(node, &queue->waiting)
    {
        free(sitemap_of(node));
    }
    free(queue->origin);
    sitemap_queue_init(queue);
}

/* Whether those of --sitemap are URLs. */
static int check_given(const struct options *options)
{
    struct buf storage;
    int err = 0;
    buf_init(&storage, URL_MAX_LENGTH);
    for (size_t i = 0; i < options->sitemaps.count && !err; i++) {
        const char *text = options->sitemaps.items[i];
        struct url url;
        err = is_word(text) ? 0 : root_parse(slice_of(text), &url, &storage);
        if (err && err != ERR_NO_MEMORY) {
            log_error("--sitemap %s: %s; neither auto, off, only nor a URL", text, error_text(err));
            err = ERR_SYNTAX;
        }
    }
    buf_free(&storage);
    return err;
}

int sitemaps_create(struct sitemaps **out, const struct options *options, struct http_client *client,
                    struct intake *intake, struct state *state)
{
    int err = check_given(options);
    if (err)
        return err;
    struct sitemaps *sitemaps = calloc(1, sizeof *sitemaps);
    if (!sitemaps)
        return ERR_NO_MEMORY;
    sitemaps->options = options;
    sitemaps->client = client;
    sitemaps->intake = intake;
    sitemaps->state = state;
    table_init(&sitemaps->known);
    *out = sitemaps;
    return 0;
}

void sitemaps_free(struct sitemaps *sitemaps)
{
    if (!sitemaps)
        return;
    table_free(&sitemaps->known);
    free(sitemaps);
}

/* --- what is to be read ------------------------------------------------------------------------------------------- */

/* Tells the state of a file that is to be read, or has been. */
static int tell_state(const struct sitemaps *sitemaps, const struct sitemap_queue *queue, struct slice url,
                      const struct sitemap *like, bool is_read)
{
    if (!sitemaps->state)
        return 0;
    return state_send(sitemaps->state, &(struct journal_entry){.kind = JOURNAL_SITEMAP,
                                                               .text = url,
                                                               .more = slice_of(queue->origin),
                                                               .depth = like->level,
                                                               .redirects = like->is_guessed,
                                                               .number = is_read});
}

/* Whether the queue has had all that one origin may bring. */
static bool is_full(struct sitemap_queue *queue)
{
    if (queue->count < SITEMAPS_MOST)
        return false;
    if (!queue->is_full)
        log_warning("%s has more than %d sitemaps: the others are left out", queue->origin, SITEMAPS_MOST);
    queue->is_full = true;
    return true;
}

static int add(struct sitemap_queue *queue, struct slice url, const struct sitemap *like)
{
    struct sitemap *sitemap = malloc(sizeof *sitemap + url.length + 1);
    if (!sitemap)
        return ERR_NO_MEMORY;
    *sitemap = (struct sitemap){.level = like->level, .is_guessed = like->is_guessed};
    memcpy(sitemap->url, url.data, url.length);
    sitemap->url[url.length] = '\0';
    list_append(&queue->waiting, &sitemap->node);
    return 0;
}

static int enqueue(struct sitemaps *sitemaps, struct sitemap_queue *queue, const struct url *url,
                   const struct sitemap *like)
{
    uint64_t fingerprint = url_fingerprint(url);
    struct slice text = url_without_fragment(url);
    if (table_get(&sitemaps->known, fingerprint) || is_full(queue))
        return 0;
    int err = table_put(&sitemaps->known, fingerprint, sitemaps);
    if (!err)
        err = add(queue, text, like);
    queue->count += !err;
    return err ? err : tell_state(sitemaps, queue, text, like, false);
}

/* The same for a text; one that is no URL is told of. `by` is what says that it is there. */
static int enqueue_text(struct sitemaps *sitemaps, struct sitemap_queue *queue, struct slice text,
                        const struct url *base, const struct sitemap *like, const char *by)
{
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = url_parse(&url, text, base, NULL, &storage);
    if (!err && url_is_http(&url)) {
        url_strip_credentials(&url, &storage);
        err = enqueue(sitemaps, queue, &url, like);
    } else if (err != ERR_NO_MEMORY) {
        log_warning("%s names a sitemap %.*s: %s", by, SLICE_ARGS(text),
                    err ? error_text(err) : reason_text(REASON_SCHEME));
        err = 0;
    }
    buf_free(&storage);
    return err;
}

static int list_given(struct sitemaps *sitemaps, struct sitemap_queue *queue)
{
    static const struct sitemap given = {0};
    const struct text_list *texts = &sitemaps->options->sitemaps;
    struct buf storage;
    int err = 0;
    if (sitemaps->has_given)
        return 0;
    sitemaps->has_given = true;
    buf_init(&storage, URL_MAX_LENGTH);
    for (size_t i = 0; i < texts->count && !err; i++) {
        struct url url;
        if (is_word(texts->items[i]))
            continue;
        err = root_parse(slice_of(texts->items[i]), &url, &storage);
        if (err)
            break;
        url_strip_credentials(&url, &storage);
        err = enqueue(sitemaps, queue, &url, &given);
    }
    buf_free(&storage);
    return err;
}

static int set_origin(struct sitemap_queue *queue, const struct url *url)
{
    struct buf text;
    if (queue->origin)
        return 0;
    buf_init(&text, URL_MAX_LENGTH);
    int err = url_append_origin(url, &text);
    if (err)
        buf_free(&text);
    else
        queue->origin = text.data;
    return err;
}

int sitemaps_restore(struct sitemaps *sitemaps, struct sitemap_queue *queue, const struct state_sitemap *met)
{
    const struct sitemap like = {.level = met->level, .is_guessed = met->is_guessed};
    struct url url;
    url_of_serialised(&url, met->url);
    int err = table_put(&sitemaps->known, url_fingerprint(&url), sitemaps);
    queue->count += !err;
    if (!err && !queue->origin && !(queue->origin = strndup(met->origin.data, met->origin.length)))
        err = ERR_NO_MEMORY;
    return err || met->is_read ? err : add(queue, met->url, &like);
}

int sitemaps_list(struct sitemaps *sitemaps, struct sitemap_queue *queue, const struct url *root,
                  const struct robots *robots)
{
    static const struct sitemap named = {0}, guessed = {.is_guessed = true};
    size_t count = robots ? robots_sitemap_count(robots) : 0;
    int err = set_origin(queue, root);
    if (!err)
        err = list_given(sitemaps, queue);
    if (err || is_mode(sitemaps->options, "off"))
        return err;
    for (size_t i = 0; i < count && !err; i++)
        err = enqueue_text(sitemaps, queue, robots_sitemap(robots, i), root, &named, "robots.txt");
    if (!count && !err)
        err = enqueue_text(sitemaps, queue, SLICE("/sitemap.xml"), root, &guessed, "nobody");
    return err;
}

struct sitemap *sitemaps_take(struct sitemap_queue *queue, nanoseconds now)
{
    if (queue->is_busy || list_is_empty(&queue->waiting) || sitemap_of(list_first(&queue->waiting))->not_before > now)
        return NULL;
    queue->is_busy = true;
    return sitemap_of(list_pop(&queue->waiting));
}

/* --- reading; on the loop's stack --------------------------------------------------------------------------------- */

static int take_entry(void *context, const struct sitemap_entry *entry)
{
    struct reading *reading = context;
    struct sitemap below = {.level = reading->sitemap->level + 1};
    struct url url;
    if (entry->kind == SITEMAP_OF_SITEMAPS && below.level >= MOST_LEVELS) {
        log_warning("%s: %.*s is left out: the %dth index in a row", reading->sitemap->url, SLICE_ARGS(entry->url),
                    MOST_LEVELS);
        return 0;
    }
    if (entry->kind == SITEMAP_OF_SITEMAPS)
        return enqueue_text(reading->sitemaps, reading->queue, entry->url, &reading->base, &below,
                            reading->sitemap->url);
    int err = url_parse(&url, entry->url, &reading->base, NULL, &reading->text);
    if (err == ERR_NO_MEMORY)
        return err;
    if (!err)
        url_strip_credentials(&url, &reading->text);
    reading->found++;
    return intake_list_add(reading->list, err ? NULL : &url, entry->url);
}

static bool is_file(const struct http_response *response)
{
    return response->status >= 200 && response->status < 300;
}

static int begin(void *context, const struct http_response *response)
{
    struct reading *reading = context;
    return is_file(response) ? sitemap_create(&reading->reader, take_entry, reading) : 0;
}

static int take(void *context, struct slice bytes)
{
    struct reading *reading = context;
    if (reading->reader && !reading->error)
        reading->error = sitemap_feed(reading->reader, bytes);
    return reading->error;
}

static void finish(void *context, const struct http_response *response)
{
    struct reading *reading = context;
    if (reading->reader && !reading->error && !response->error)
        reading->error = sitemap_finish(reading->reader);
    size_t dropped = reading->reader ? sitemap_dropped(reading->reader) : 0;
    if (dropped)
        log_warning("sitemap %s: %zu URLs are left out: too many, too long or malformed", reading->sitemap->url,
                    dropped);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

static bool will_try_again(const struct sitemaps *sitemaps, const struct reading *reading,
                           const struct http_response *response)
{
    bool is_transient = (response->error && http_error_is_transient(response->error)) ||
                        response->error == ERR_TOO_MANY_FILES || politeness_is_refusal(response->status);
    return is_transient && !reading->error && reading->sitemap->tries < sitemaps->options->max_tries;
}

static void tell(const struct reading *reading, const struct http_response *response)
{
    const char *url = reading->sitemap->url;
    int err = reading->error ? reading->error : response->error;
    if (err)
        log_warning("sitemap %s: %s", url, error_text(err));
    else if (!is_file(response) && !reading->sitemap->is_guessed)
        log_warning("sitemap %s: status %d", url, response->status);
    else if (!is_file(response))
        log_info("no sitemap %s: status %d", url, response->status);
    if (reading->reader)
        log_info("got %llu urls from sitemap %s", (unsigned long long)reading->found, url);
}

static int open_reading(struct reading *reading)
{
    struct slice url = slice_of(reading->sitemap->url);
    const struct discovery found = {.page = url, .depth = 1};
    url_of_serialised(&reading->base, url);
    buf_init(&reading->text, URL_MAX_LENGTH);
    return intake_list_create(&reading->list, reading->sitemaps->intake, &found);
}

static void close_reading(struct reading *reading)
{
    sitemap_free(reading->reader);
    intake_list_free(reading->list);
    buf_free(&reading->text);
}

/* What has become of the sitemap: 1 when it is over with it, 0 when it is to be tried again, or an error. */
static int settle(struct reading *reading, struct sitemap *sitemap, const struct http_response *response)
{
    sitemap->tries++;
    if (will_try_again(reading->sitemaps, reading, response)) {
        sitemap->not_before = clock_after(politeness_backoff(sitemap->tries));
        list_prepend(&reading->queue->waiting, &sitemap->node);
        return 0;
    }
    tell(reading, response);
    int err = tell_state(reading->sitemaps, reading->queue, slice_of(sitemap->url), sitemap, true);
    free(sitemap);
    return err ? err : 1;
}

int sitemaps_read(struct sitemaps *sitemaps, struct keeper *keeper, struct sitemap_queue *queue,
                  struct sitemap *sitemap, struct http_response *response)
{
    struct reading reading = {.sitemaps = sitemaps, .queue = queue, .sitemap = sitemap};
    const struct http_sink sink = {begin, take, finish, &reading};
    int result = open_reading(&reading);
    if (!result &&
        errand_fetch(sitemaps->client, keeper, &reading.base, MOST_REDIRECTS, &sink, response) == ERR_CANCELLED)
        result = ERR_CANCELLED;
    if (!result)
        result = keeper->error;
    if (!result && reading.error == ERR_NO_MEMORY)
        result = reading.error;
    queue->is_busy = false;
    if (result)
        list_prepend(&queue->waiting, &sitemap->node); /* nobody will read it, but it is not lost */
    else
        result = settle(&reading, sitemap, response);
    close_reading(&reading);
    return result;
}
