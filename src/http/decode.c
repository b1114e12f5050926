/* A chain of stages: the first takes the wire's bytes, each hands its output to the next, the last one's goes to the
 * sink. A stage is opened by its first byte, so that a body that never comes costs nothing.
 *
 * The output chunks are on the stack, one a stage: decoders run on the loop's own stack, never on a coroutine's, and
 * thousands of transfers in flight must not hold a chunk each. */
#include "http/decode.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "http/decode_codec.h"

enum {
    MAX_STAGES = 4,
    CHUNK = 16384,
    RATIO_FROM = 1 << 20, /* decoded bytes, up to which any ratio will do */
};

enum stage_state {
    STAGE_FRESH,   /* not opened: the bytes that the codec must see first are not all there */
    STAGE_RUNNING, /* within a unit */
    STAGE_BETWEEN, /* behind a unit; another one may follow */
    STAGE_OVER     /* what follows is ignored */
};

struct stage {
    const struct codec *codec;
    struct codec_state codec_state;
    enum stage_state state;
    bool is_open;
    char held[CODEC_START_LENGTH]; /* bytes too few to decide on */
    size_t held_length;
    uint64_t output; /* bytes so far */
};

struct decoder {
    struct decode_limits limits;
    decode_sink sink;
    void *context;
    uint64_t wire; /* bytes that the first stage has taken */
    bool failed;
    size_t count;
    struct stage stages[MAX_STAGES];
};

const char *decode_accepted(void)
{
    return "gzip, deflate, br, zstd";
}

/* Takes the last of a list's elements off; it may be empty. */
static struct slice last_element(struct slice *list)
{
    size_t start = list->length;
    while (start > 0 && list->data[start - 1] != ',')
        start--;
    struct slice element = {list->data + start, list->length - start};
    list->length = start > 0 ? start - 1 : 0;
    return slice_trim(element);
}

/* The codings in the order in which they are taken off: the last one was applied last. */
static int read_codings(struct slice list, const struct codec *codecs[MAX_STAGES], size_t *count)
{
    *count = 0;
    while (list.length > 0) {
        struct slice name = last_element(&list);
        if (name.length == 0 || slice_equal_nocase(name, SLICE("identity")))
            continue;
        const struct codec *codec = codec_find(name);
        if (!codec || *count == MAX_STAGES)
            return ERR_CODING_UNKNOWN;
        codecs[(*count)++] = codec;
    }
    return 0;
}

int decoder_create(struct decoder **out, struct slice content_encoding, const struct decode_limits *limits,
                   decode_sink sink, void *context)
{
    const struct codec *codecs[MAX_STAGES];
    size_t count;
    *out = NULL;
    int err = read_codings(content_encoding, codecs, &count);
    if (err || count == 0)
        return err;
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return ERR_NO_MEMORY;
    decoder->limits = *limits;
    decoder->sink = sink;
    decoder->context = context;
    decoder->count = count;
    for (size_t i = 0; i < count; i++) {
        decoder->stages[i].codec = codecs[i];
        decoder->stages[i].codec_state.zstd_window = limits->zstd_window;
    }
    *out = decoder;
    return 0;
}

/* a * b, or the most that there is. */
static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* How many bytes the stage `index` may put out in all, by now. One in the middle may put out more than the last: a
 * coding may grow what it can't shrink. But it is limited too, or a small body could keep us busy for hours without a
 * decoded byte to show for it. */
static uint64_t allowance(const struct decoder *decoder, size_t index)
{
    uint64_t most = decoder->limits.max_size;
    if (index + 1 < decoder->count)
        most = times(most, 2) < RATIO_FROM ? RATIO_FROM : times(most, 2);
    if (decoder->limits.max_ratio == 0)
        return most;
    uint64_t by_ratio = times(decoder->wire, decoder->limits.max_ratio);
    if (by_ratio < RATIO_FROM)
        by_ratio = RATIO_FROM;
    return by_ratio < most ? by_ratio : most;
}

static int stage_feed(struct decoder *decoder, size_t index, struct slice bytes);

/* Hands the output of a stage on, as far as it is within the limits. */
static int stage_emit(struct decoder *decoder, size_t index, struct slice bytes)
{
    struct stage *stage = &decoder->stages[index];
    uint64_t left = allowance(decoder, index) - stage->output;
    bool too_much = bytes.length > left;
    if (too_much)
        bytes.length = (size_t)left;
    if (bytes.length > 0) {
        stage->output += bytes.length;
        int err =
            index + 1 < decoder->count ? stage_feed(decoder, index + 1, bytes) : decoder->sink(decoder->context, bytes);
        if (err)
            return err;
    }
    return too_much ? ERR_DECODED_TOO_LARGE : 0;
}

/* Feeds the codec until the input is used up and all its output is out, or the unit ends. */
static int stage_run(struct decoder *decoder, size_t index, struct slice *input)
{
    struct stage *stage = &decoder->stages[index];
    char chunk[CHUNK];
    bool ended = false, more = true;
    while (more && !ended) {
        struct codec_output output = {.capacity = sizeof chunk};
        output.data = chunk;
        size_t before = input->length;
        int failure = stage->codec->step(&stage->codec_state, input, &output, &ended);
        if (index == 0)
            decoder->wire += before - input->length;
        int err = stage_emit(decoder, index, (struct slice){chunk, output.length});
        if (err || failure)
            return err ? err : failure;
        bool moved = input->length < before || output.length > 0;
        if (!moved && !ended && input->length > 0)
            return ERR_DECODE; /* bytes that it neither takes nor refuses would keep us here for ever */
        more = moved && (input->length > 0 || output.length == output.capacity);
    }
    if (ended)
        stage->state = stage->codec->starts ? STAGE_BETWEEN : STAGE_OVER;
    return 0;
}

/* Runs the bytes that were held back. No unit ends before they do. */
static int stage_run_held(struct decoder *decoder, size_t index)
{
    struct stage *stage = &decoder->stages[index];
    struct slice held = {stage->held, stage->held_length};
    stage->held_length = 0;
    stage->state = STAGE_RUNNING;
    return stage_run(decoder, index, &held);
}

static void stage_hold(struct decoder *decoder, size_t index, struct slice *input)
{
    struct stage *stage = &decoder->stages[index];
    assert(stage->held_length < sizeof stage->held && input->length > 0);
    stage->held[stage->held_length++] = input->data[0];
    input->data++;
    input->length--;
}

static int stage_open(struct decoder *decoder, size_t index, struct slice *input)
{
    struct stage *stage = &decoder->stages[index];
    while (stage->held_length < stage->codec->lead) {
        if (input->length == 0)
            return 0;
        stage_hold(decoder, index, input);
    }
    int err = stage->codec->open(&stage->codec_state, stage->held);
    if (err)
        return err;
    stage->is_open = true;
    return stage_run_held(decoder, index);
}

/* Behind a unit: does another one follow? */
static int stage_look(struct decoder *decoder, size_t index, struct slice *input)
{
    struct stage *stage = &decoder->stages[index];
    while (input->length > 0) {
        stage_hold(decoder, index, input);
        switch (stage->codec->starts(stage->held, stage->held_length)) {
        case CODEC_NO_START:
            stage->state = STAGE_OVER;
            return 0;
        case CODEC_START:
            stage->codec->restart(&stage->codec_state);
            return stage_run_held(decoder, index);
        case CODEC_PART_OF_START:
            break;
        }
    }
    return 0;
}

static int stage_feed(struct decoder *decoder, size_t index, struct slice bytes)
{
    struct stage *stage = &decoder->stages[index];
    int err = 0;
    while (!err && bytes.length > 0) {
        switch (stage->state) {
        case STAGE_FRESH:
            err = stage_open(decoder, index, &bytes);
            break;
        case STAGE_RUNNING:
            err = stage_run(decoder, index, &bytes);
            break;
        case STAGE_BETWEEN:
            err = stage_look(decoder, index, &bytes);
            break;
        case STAGE_OVER:
            return 0;
        }
    }
    return err;
}

static bool stage_is_whole(const struct stage *stage)
{
    return stage->state == STAGE_FRESH ? stage->held_length == 0 : stage->state != STAGE_RUNNING;
}

int decoder_feed(struct decoder *decoder, struct slice bytes)
{
    assert(!decoder->failed);
    int err = stage_feed(decoder, 0, bytes);
    decoder->failed = err != 0;
    return err;
}

int decoder_finish(struct decoder *decoder)
{
    assert(!decoder->failed);
    for (size_t i = 0; i < decoder->count; i++)
        if (!stage_is_whole(&decoder->stages[i]))
            return ERR_TRUNCATED;
    return 0;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    for (size_t i = 0; i < decoder->count; i++)
        if (decoder->stages[i].is_open)
            decoder->stages[i].codec->close(&decoder->stages[i].codec_state);
    free(decoder);
}
