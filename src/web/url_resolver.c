/* A link is copied and looked at sixteen bytes at a time. The first byte that may need more than copying stops that,
 * and only then is it looked at closely. */
#include "web/url_resolver.h"

#include "base/hash.h"
#include "web/url_class.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    BLOCK = URL_RESOLVER_MARGIN,
    PART_MAX = 4096 /* bytes of a base, and of a link, that are joined; longer ones are not worth the room */
};

/* --- blocks of bytes ---------------------------------------------------------------------------------------------- */

/* Which bytes of a block are what, the first byte being the lowest bit. A stop may turn out to be harmless. */
struct marks {
    unsigned stops;
    unsigned slashes;
    unsigned dots; /* '.', or '%' for "%2e" */
};

#if defined(__SSE2__)

static inline __m128i equal(__m128i block, char c)
{
    return _mm_cmpeq_epi8(block, _mm_set1_epi8(c));
}

/* Bytes that are equal to `c` but for the bits of `ignored`. */
static inline __m128i alike(__m128i block, char c, char ignored)
{
    return equal(_mm_or_si128(block, _mm_set1_epi8(ignored)), (char)(c | ignored));
}

/* The bytes up to '#', and those from 0x80, which are negative. */
static inline __m128i low_or_high(__m128i block)
{
    return _mm_cmplt_epi8(block, _mm_set1_epi8('#' + 1));
}

static inline unsigned bits(__m128i marks)
{
    return (unsigned)_mm_movemask_epi8(marks);
}

/* '<' to '?', '\\' and '^', '`', all from '{', and ':', which may end a scheme. */
static inline struct marks path_marks(const char *at, char *to)
{
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
    _mm_storeu_si128((__m128i *)(void *)to, block);
    __m128i stops = _mm_or_si128(low_or_high(block), _mm_cmpgt_epi8(block, _mm_set1_epi8('{' - 1)));
    stops = _mm_or_si128(stops, _mm_or_si128(alike(block, '<', 3), alike(block, '\\', 2)));
    stops = _mm_or_si128(stops, _mm_or_si128(equal(block, '`'), equal(block, ':')));
    return (struct marks){
        .stops = bits(stops),
        .slashes = bits(equal(block, '/')),
        .dots = bits(_mm_or_si128(equal(block, '.'), equal(block, '%'))),
    };
}

static inline unsigned query_stops(const char *at, char *to)
{
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
    _mm_storeu_si128((__m128i *)(void *)to, block);
    __m128i stops = _mm_or_si128(low_or_high(block), alike(block, '<', 2));
    return bits(_mm_or_si128(stops, _mm_or_si128(equal(block, '\''), equal(block, 0x7f))));
}

#else

static inline struct marks path_marks(const char *at, char *to)
{
    struct marks marks = {0};
    memcpy(to, at, BLOCK);
    for (unsigned i = 0; i < BLOCK; i++) {
        marks.stops |= (unsigned)(at[i] == ':' || (at[i] != '/' && url_byte_is(at[i], NOT_PLAIN_IN_PATH))) << i;
        marks.slashes |= (unsigned)(at[i] == '/') << i;
        marks.dots |= (unsigned)(at[i] == '.' || at[i] == '%') << i;
    }
    return marks;
}

static inline unsigned query_stops(const char *at, char *to)
{
    unsigned stops = 0;
    memcpy(to, at, BLOCK);
    for (unsigned i = 0; i < BLOCK; i++)
        stops |= (unsigned)url_byte_is(at[i], ENCODE_SPECIAL_QUERY) << i;
    return stops;
}

#endif

/* --- joining ------------------------------------------------------------------------------------------------------ */

/* A link on its way behind the base. */
struct joint {
    const char *at;
    const char *end;
    char *to;
    bool begins_segment;  /* at its first byte */
    bool may_have_scheme; /* it is as it stands in the document, and begins like one */
};

/* What ended a path or a query. */
enum stop { STOP_END, STOP_QUERY, STOP_FRAGMENT, STOP_UNFIT };

static inline void advance(struct joint *joint, size_t bytes)
{
    joint->at += bytes;
    joint->to += bytes;
}

/* A ':' in the first segment of a link that begins with it may be the end of a scheme. */
static bool may_end_scheme(const struct joint *joint, const char *link)
{
    return joint->may_have_scheme && !memchr(link, '/', (size_t)(joint->at - link));
}

/* Copies the path up to what ends it. A segment that may be made of dots is unfit. */
static enum stop copy_path(struct joint *joint)
{
    const char *link = joint->at;
    unsigned behind_slash = joint->begins_segment;
    while (joint->at < joint->end) {
        struct marks marks = path_marks(joint->at, joint->to);
        unsigned stops = marks.stops | (marks.dots & (marks.slashes << 1 | behind_slash));
        size_t left = (size_t)(joint->end - joint->at);
        size_t plain = stops ? (size_t)__builtin_ctz(stops) : BLOCK;
        if (plain >= left) {
            advance(joint, left);
            return STOP_END;
        }
        advance(joint, plain);
        behind_slash = marks.slashes >> (BLOCK - 1) & 1;
        if (plain == BLOCK)
            continue;
        char stop = *joint->at;
        if (stop == '?' || stop == '#')
            return stop == '?' ? STOP_QUERY : STOP_FRAGMENT;
        bool is_dot = marks.dots >> plain & 1;
        if (is_dot || url_byte_is(stop, NOT_PLAIN_IN_PATH) || (stop == ':' && may_end_scheme(joint, link)))
            return STOP_UNFIT;
        advance(joint, 1);
        behind_slash = 0;
    }
    return STOP_END;
}

/* Copies the query, from its '?' on. */
static enum stop copy_query(struct joint *joint)
{
    joint->to[0] = '?';
    advance(joint, 1);
    while (joint->at < joint->end) {
        unsigned stops = query_stops(joint->at, joint->to);
        size_t left = (size_t)(joint->end - joint->at);
        size_t plain = stops ? (size_t)__builtin_ctz(stops) : BLOCK;
        if (plain >= left) {
            advance(joint, left);
            return STOP_END;
        }
        advance(joint, plain);
        if (plain == BLOCK)
            continue;
        if (*joint->at == '#')
            return STOP_FRAGMENT;
        if (url_byte_is(*joint->at, ENCODE_SPECIAL_QUERY))
            return STOP_UNFIT;
        advance(joint, 1);
    }
    return STOP_END;
}

/* Behind the base's last slash before `end`; `end` is behind the first slash of the path. */
static size_t directory_end(const struct url *base, size_t end)
{
    while (base->href.data[end - 1] != '/')
        end--;
    return end;
}

/* Takes "./" and "../" off the front of the link; returns how much of the base is left, SIZE_MAX when that would take
 * too many steps to tell. */
static size_t climb(const struct url_resolver *resolver, struct joint *joint)
{
    size_t level = 0;
    while (joint->end - joint->at >= 2 && joint->at[0] == '.') {
        if (joint->at[1] == '/') {
            joint->at += 2;
        } else if (joint->end - joint->at >= 3 && joint->at[1] == '.' && joint->at[2] == '/') {
            joint->at += 3;
            level++;
        } else {
            break;
        }
    }
    return level < URL_RESOLVER_LEVELS ? resolver->directories[level] : SIZE_MAX;
}

static bool begins_with_origin(const struct url *base, struct slice link)
{
    return link.length > base->path_start && link.data[base->path_start] == '/' &&
           memcmp(link.data, base->href.data, base->path_start) == 0;
}

/* How much of the base stays in front of the link, and what of the link comes behind it; SIZE_MAX when that is not so
 * simple. */
static size_t find_place(const struct url_resolver *resolver, struct slice link, struct joint *joint)
{
    const struct url *base = resolver->base;
    switch (link.data[0]) {
    case '#':
        return base->query_end;
    case '?':
        return base->path_end;
    case '/':
        return link.length > 1 && (link.data[1] == '/' || link.data[1] == '\\') ? SIZE_MAX : base->path_start;
    default:
        break;
    }
    if (begins_with_origin(base, link)) {
        joint->at += base->path_start;
        return base->path_start;
    }
    joint->begins_segment = true;
    joint->may_have_scheme = link.data[0] != '.';
    return climb(resolver, joint);
}

/* Makes the first `kept` bytes of the text those of the base. */
static inline void keep_of_base(struct url_resolver *resolver, size_t kept)
{
    if (resolver->intact < kept)
        memcpy(resolver->text.data + resolver->intact, resolver->base->href.data + resolver->intact,
               kept - resolver->intact);
    resolver->intact = kept;
}

bool url_resolver_join(struct url_resolver *resolver, struct slice link)
{
    if (!resolver->joins || link.length == 0 || link.length > PART_MAX)
        return false;
    struct joint joint = {.at = link.data, .end = link.data + link.length};
    size_t kept = find_place(resolver, link, &joint);
    if (kept == SIZE_MAX)
        return false;
    keep_of_base(resolver, kept);
    char *text = resolver->text.data;
    joint.to = text + kept;
    enum stop stop = copy_path(&joint);
    resolver->path_end = kept > resolver->base->path_end ? resolver->base->path_end : (size_t)(joint.to - text);
    if (stop == STOP_QUERY)
        stop = copy_query(&joint);
    if (stop == STOP_UNFIT)
        return false;
    resolver->length = (size_t)(joint.to - text);
    resolver->is_joined = true;
    size_t path = resolver->base->path_start;
    resolver->fingerprint = resolver->origin ^ hash_bytes((struct slice){text + path, resolver->length - path});
    return true;
}

/* --- the face ----------------------------------------------------------------------------------------------------- */

void url_resolver_init(struct url_resolver *resolver)
{
    *resolver = (struct url_resolver){0};
    buf_init(&resolver->text, 2 * PART_MAX + 2 * BLOCK);
    buf_init(&resolver->parsed, URL_MAX_LENGTH);
}

void url_resolver_free(struct url_resolver *resolver)
{
    buf_free(&resolver->text);
    buf_free(&resolver->parsed);
}

static void find_directories(struct url_resolver *resolver)
{
    const struct url *base = resolver->base;
    size_t kept = directory_end(base, base->path_end);
    for (size_t i = 0; i < URL_RESOLVER_LEVELS; i++) {
        resolver->directories[i] = (uint32_t)kept;
        if (kept > base->path_start + 1u)
            kept = directory_end(base, kept - 1);
    }
}

int url_resolver_begin(struct url_resolver *resolver, const struct url *base, const struct charset *charset)
{
    buf_clear(&resolver->text);
    int err = buf_reserve(&resolver->text, resolver->text.limit);
    if (err)
        return err;
    resolver->base = base;
    resolver->charset = charset;
    resolver->intact = 0;
    resolver->joins = url_is_http(base) && base->user_start == base->host_start && base->href.length <= PART_MAX;
    if (resolver->joins) {
        find_directories(resolver);
        resolver->origin = url_origin_fingerprint(base);
    }
    return 0;
}

int url_resolver_parse(struct url_resolver *resolver, struct slice link)
{
    resolver->is_joined = false;
    int err = url_parse(&resolver->url, link, resolver->base, resolver->charset, &resolver->parsed);
    if (err)
        return err;
    url_strip_credentials(&resolver->url, &resolver->parsed);
    resolver->fingerprint = url_fingerprint(&resolver->url);
    return 0;
}

const struct url *url_resolver_url(struct url_resolver *resolver)
{
    if (resolver->is_joined) {
        resolver->url = *resolver->base;
        resolver->url.href = (struct slice){resolver->text.data, resolver->length};
        resolver->url.path_end = (uint32_t)resolver->path_end;
        resolver->url.query_end = (uint32_t)resolver->length;
    }
    return &resolver->url;
}
