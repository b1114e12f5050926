/* What is passed over must never matter: random markup, made of pieces that are hard to tell apart, gives the same
 * links whole, where it is skimmed, and cut so small that it never is. */
#include "unit/suite.h"
#include "unit/web/recorded_links.h"
#include "web/extractor_engine.h"
#include "web/html_elements.h"
#include "web/html_skim.h"

enum { DOCUMENTS = 20000, PIECES = 60, NEVER_SKIMMED = 64 /* bytes */ };

static const char *const PLAIN[] = {
    "<td class=\"x y\">",
    "</td>",
    "<p>",
    "</p>",
    "some words, ",
    "<span id=\"a\" title=\"b c\">",
    "<br />",
    "<a href=\"u\">",
    "</a>",
    "\n",
    "it's \"said\"",
    "<tr class=\"a-much-longer-name of it\">",
};

/* Each of them may turn what follows into something else. */
static const char *const HARD[] = {
    "<a href=\"u\">",
    "<img src='u' alt=\">\">",
    "<a title=\"<a href=\" href=\"u\">",
    "<a b=x=\"y\" c=\"",
    "<td abc\"d e=\">",
    "<td title=\"><a href=\"u\">",
    "<td title=\"><a href=u \">",
    "<a =\"b='c\">",
    "<a=\"b c='d\">",
    "<a/b=\"x\">",
    "<b\t=\"='\">",
    "<td\tc=\"='\">",
    "<td\001c=\"x d='\">",
    "<td style=\"background:url(u)\">",
    "<td style=\"color:red\">",
    "<td aria-expanded=\"true\">",
    "<a data-id=\"1\" href=\"u\">",
    "<td style=\"color:red\" style=\"background:url(u)\">",
    "<td style=\"color:red\" background=\"u\">",
    "<td style=\"background:url&#40;u)\">",
    "<td style=\"background:\\75rl(u)\">",
    "<td style=\"@import 'u'\">",
    "<td style=\"\" background=\"u\">",
    "<td freestyle=\"x\" background=\"u\">",
    "<a style=\"color:red\" href=\"u\">",
    "<a href=\"u\" style=\"color:red\">",
    "<td STYLE = 'background:url(u)'>",
    "<td background=u>",
    "<td/background=\"u\">",
    "<td class=\"x\"background=\"u\">",
    "<td class=\"x\"=\"y='\">",
    "<td class==\"x\">",
    "<td class= \"x\">",
    "<td nowrap>",
    "<td a-=\"='\">",
    "<!-- <a href=\"u\"> -->",
    "<!-->",
    "<!--",
    "-->",
    "<script>\"<a href='u'>\"</script>",
    "<style>a{background:url(u)}</style>",
    "<title><a href=\"u\"></title>",
    "<svg><a xlink:href=\"u\"/></svg>",
    "<template><a href=\"u\"></template>",
    "<math>",
    "</math>",
    "<",
    ">",
    "\"",
    "'",
    "=",
    "/",
    " ",
    "</",
    "</ a>",
    "<?",
    "a < b > c",
    "-> ",
    "</a \"'>",
    "</a b=\"'\">",
    "<SCRIPT SRC=\"u\"></SCRIPT>",
    "<img\nsrc=\"u\">",
    "<img\fsrc=\"u\">",
    "<img/src=\"u\">",
    "<img\tsrc=\"u\">",
    "<img alt=\"\"src=\"u\">",
    "<a=\"u\" href=\"u\">",
    "<a=\"u\"href=\"u\">",
    "<script=\"u\" src=\"u\">",
    "<a =href=\"u\">",
    "<base href>",
    "<base href=\"b\">",
    "<BASE target=\"t\" href='c'>",
    "<meta name=\"robots\" content=\"nofollow\">",
    "<a href=\"\" =\"u\">",
    "<a href=\"\" href=\"u\">",
    "<a href=\"u\" href=\"v\">",
    "<a href=\"u\" class=\"x\" title=\"y\">",
    "<a class=\"x\" href=\"u\" >",
    "<a href=\"u\"/>",
    "<a  href=\"u\">",
    "<A HREF=\"u\">",
    "<a href=\"u&amp;v\">",
    "<a href=\" u\tv \">",
    "<a href=\"u\" rel=\"nofollow\">",
    "<a REL=\"nofollow\" href=\"u\">",
    "<a href=\"u\" rel=nofollow>",
    "<a href=\"u\" ping=\"v w\">",
    "<a ping=\"v\" href=\"u\">",
    "<a href=\"u\" style=\"background:url(v)\">",
    "<a data-href=\"v\" href=\"u\">",
    "<a xlink:href=\"v\" href=\"u\">",
    "<a hreflang=\"v\" href=\"u\" type=\"w\">",
    "<a href=\"u\" title=\">\">",
    "<a href=\"u\" title='>'>",
    "<a href=\"u\" download>",
    "<area href=\"u\">",
    "<a b\"c=\"u\" href=\"u\">",
    "<a \" href=\"u\" b\">",
    "<a \"\" href=\"u\">",
    "<form action=\"u\">",
    "<form method=\"post\" action=\"u\">",
    "<link rel=\"next\" href=\"u\">",
    "<link href=\"u\" rel=\"next\">",
    "<input type=\"image\" src=\"u\">",
    "<meta name=\"og:url\" content=\"u\">",
    "<a id=\"\xC3\xA4\" href=\"\xC3\xA4\">",
    "<svg>",
    "<svg viewBox=\"0 0 1 1\"><path d=\"M0\"/>",
    "</svg>",
    "<path d=\"M0\"  style=\"fill:url(u)\" />",
    "<text fill=\"url(u)\" x=\"1\">",
    "<image href=\"u\">",
    "<use xlink:href=\"u\"/>",
    "<desc>",
    "</desc>",
    "<foreignObject>",
    "</foreignObject>",
    "<h1>",
    "<li>",
    "<p\n>",
    "</br>",
    "<svg><style>a{b:url(u)}",
    "</style>",
    "<![CDATA[<a href=\"u\">]]>",
    "<math><mi>",
    "</mi>",
};

enum { PLAIN_COUNT = sizeof PLAIN / sizeof PLAIN[0], HARD_COUNT = sizeof HARD / sizeof HARD[0] };

static uint64_t seed;

static size_t any(size_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* The n-th document: the same one always. What it ends with would be lost if the end of something were. */
static void make(struct buf *document, size_t n)
{
    seed = n;
    buf_clear(document);
    int err = 0;
    for (size_t i = 0; i < PIECES; i++) {
        const char *piece = any(8) ? PLAIN[any(PLAIN_COUNT)] : HARD[any(HARD_COUNT)];
        err |= buf_append_slice(document, slice_of(piece));
    }
    for (int i = 0; i < 8; i++)
        err |= buf_append_slice(document, SLICE("<td><i class=\"filler\">x</i><a href=\"last\">it</a></td>"));
    ck_assert_int_eq(err, 0);
}

/* By the engine itself: the extractor gathers the start of a document. */
static void extract(struct slice document, size_t step, struct buf *found)
{
    struct link_sink sink;
    void *state;
    link_sink_init(&sink, record_link, found);
    ck_assert_int_eq(HTML_SCANNER.create(&state, &sink), 0);
    buf_clear(found);
    int err = buf_append_slice(found, SLICE(""));
    for (size_t at = 0; at < document.length; at += step) {
        size_t length = document.length - at < step ? document.length - at : step;
        err |= HTML_SCANNER.feed(state, (struct slice){document.data + at, length});
    }
    err |= HTML_SCANNER.finish(state);
    err |= buf_printf(found, "base %.*s%s\n", SLICE_ARGS(buf_slice(&sink.base)), sink.nofollow ? ", nofollow" : "");
    ck_assert_int_eq(err, 0);
    HTML_SCANNER.free(state);
    link_sink_free(&sink);
}

START_TEST(skimming_loses_and_invents_nothing)
{
    struct buf document, skimmed, read;
    buf_init(&document, SIZE_MAX / 2);
    buf_init(&skimmed, SIZE_MAX / 2);
    buf_init(&read, SIZE_MAX / 2);
    for (size_t n = 0; n < (size_t)effort(DOCUMENTS); n++) {
        make(&document, n);
        extract(buf_slice(&document), SIZE_MAX / 4, &skimmed);
        extract(buf_slice(&document), NEVER_SKIMMED, &read);
        if (!slice_equal(buf_slice(&skimmed), buf_slice(&read)))
            ck_abort_msg("document %zu:\n%s\nskimmed:\n%s\nread:\n%s", n, buf_text(&document), buf_text(&skimmed),
                         buf_text(&read));
    }
    buf_free(&document);
    buf_free(&skimmed);
    buf_free(&read);
}
END_TEST

/* What is handed over, as text; some tags are taken back, some end it, and some are longer than they look. */
struct notes {
    struct buf text;
    const char *document;
};

/* There are so many that an assertion for each, which is a system call, would take longer than all else. */
static void add_note(struct notes *notes, const char *what, const char *at)
{
    if (buf_printf(&notes->text, "%s%td\n", what, at - notes->document))
        ck_abort_msg("no memory");
}

static struct html_skim_turn note(void *context, const char *start, const char *value, const char *end)
{
    struct notes *notes = context;
    size_t kind = (size_t)(start - notes->document) % 8;
    const char *close = memchr(start, '>', (size_t)(end - start));
    add_note(notes, "", start);
    add_note(notes, "value ", value);
    if (kind == 0 || !close)
        return (struct html_skim_turn){start, true};
    return (struct html_skim_turn){close + 1, kind == 1};
}

/* Skims a document, going on behind each place where it stops. */
static void skim_all(html_skim_way *way, enum html_place place, struct slice document, struct notes *notes)
{
    const struct html_skimmer skimmer = {note, notes};
    const char *end = document.data + document.length;
    buf_clear(&notes->text);
    notes->document = document.data;
    for (const char *at = document.data; at < end; at++) {
        const char *stop = way(html_elements_skim(place), at, end, &skimmer);
        if (stop < at || stop > end)
            ck_abort_msg("it stopped elsewhere than in the piece");
        add_note(notes, "stop ", stop);
        at = stop;
    }
}

START_TEST(all_ways_find_the_same)
{
    html_skim_way *const *ways = html_skim_ways();
    struct notes here, anywhere;
    struct buf document;
    buf_init(&document, SIZE_MAX / 2);
    buf_init(&here.text, SIZE_MAX / 2);
    buf_init(&anywhere.text, SIZE_MAX / 2);
    for (size_t n = 0; n < (size_t)effort(DOCUMENTS); n++) {
        make(&document, n);
        enum html_place place = n % 2 ? HTML_PLACE_SVG : HTML_PLACE_HTML;
        skim_all(ways[0], place, buf_slice(&document), &here);
        for (size_t i = 1; ways[i]; i++) {
            skim_all(ways[i], place, buf_slice(&document), &anywhere);
            if (!slice_equal(buf_slice(&here.text), buf_slice(&anywhere.text)))
                ck_abort_msg("document %zu:\n%s\nthe best way:\n%s\nway %zu:\n%s", n, buf_text(&document),
                             buf_text(&here.text), i, buf_text(&anywhere.text));
        }
    }
    buf_free(&document);
    buf_free(&here.text);
    buf_free(&anywhere.text);
}
END_TEST

/* A page of what leads nowhere is passed over but for its end. */
START_TEST(what_is_plain_is_passed_over)
{
    static const char row[] = "<tr class=\"r\"><td nowrap colspan=\"2\">It's \"so\".</td><td>-> </td></tr>\n";
    struct buf document;
    buf_init(&document, SIZE_MAX / 2);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(buf_append_slice(&document, SLICE(row)), 0);
    const char *end = document.data + document.length;
    ck_assert(html_skim(html_elements_skim(HTML_PLACE_HTML), document.data, end, NULL) >= end - 2 * sizeof row);
    buf_free(&document);
}
END_TEST

int main(void)
{
    return RUN_TESTS("html_skim", skimming_loses_and_invents_nothing, all_ways_find_the_same,
                     what_is_plain_is_passed_over);
}
