#include "http/tap.h"

#include "base/error.h"

/* A transfer coding may blow a body up, to six bytes for one when each is a chunk of its own, but not without bound. */
enum { MOST_CODED = 8, CODED_ANYWAY = 64 * 1024 };

static int take_coded(struct transfer *transfer, struct slice bytes)
{
    const struct http_tap *tap = tap_of(transfer);
    uint64_t limit = transfer->client->options.max_body;
    transfer->tapping.body += bytes.length;
    if (limit && limit < UINT64_MAX / 16 && transfer->tapping.body > limit * MOST_CODED + CODED_ANYWAY)
        return ERR_BODY_TOO_LARGE;
    return tap->body(tap->context, bytes);
}

static int take(struct transfer *transfer, curl_infotype type, struct slice bytes)
{
    const struct http_tap *tap = tap_of(transfer);
    if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
        return tap->sent(tap->context, bytes);
    if (type == CURLINFO_DATA_IN && transfer->head_is_over && transfer->tapping.is_coded)
        return take_coded(transfer, bytes);
    return 0;
}

/* libcurl's CURLOPT_DEBUGFUNCTION. It can't end the transfer: the next callback that can does. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the signature is libcurl's. */
static int on_debug(CURL *easy, curl_infotype type, char *bytes, size_t size, void *context)
{
    struct transfer *transfer = context;
    (void)easy;
    if (transfer->fetch && tap_of(transfer) && !transfer->error)
        transfer->error = take(transfer, type, (struct slice){bytes, size});
    return 0;
}

void tap_prepare(struct transfer *transfer)
{
    bool is_tapped = tap_of(transfer) != NULL;
    if (is_tapped != transfer->described.is_tapped) {
        curl_easy_setopt(transfer->easy, CURLOPT_DEBUGFUNCTION, on_debug);
        curl_easy_setopt(transfer->easy, CURLOPT_DEBUGDATA, transfer);
        curl_easy_setopt(transfer->easy, CURLOPT_VERBOSE, (long)is_tapped);
    }
    transfer->described.is_tapped = is_tapped;
}

void tap_begin(struct transfer *transfer)
{
    const struct http_tap *tap = tap_of(transfer);
    transfer->tapping = (struct tapping){0};
    tap->begin(tap->context);
}

int tap_line(struct transfer *transfer, struct slice line)
{
    const struct http_tap *tap = tap_of(transfer);
    if (slice_has_prefix_nocase(line, SLICE("Transfer-Encoding:")))
        transfer->tapping.is_coded = !transfer->is_interim;
    return tap->head(tap->context, line);
}

int tap_payload(struct transfer *transfer, struct slice bytes)
{
    const struct http_tap *tap = tap_of(transfer);
    int err = transfer->tapping.is_coded ? 0 : tap->body(tap->context, bytes);
    return err ? err : tap->payload(tap->context, bytes);
}
