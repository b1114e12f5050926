/* What stands between tags: text, comments, declarations, CDATA. And the loop over the states. */

#include "web/html_scanner.h"

#include "web/html_find.h"
#include "web/html_scanner_internal.h"

enum { GROWTH = 3 /* bytes of UTF-8 for one byte, at the most */ };

void html_scanner_init(struct html_scanner *scanner, const struct html_handler *handler, void *context)
{
    *scanner = (struct html_scanner){.handler = handler, .context = context, .charset = charset_utf8()};
    buf_init(&scanner->raw, HTML_VALUES_MAX);
    buf_init(&scanner->store, (size_t)(GROWTH + 1) * HTML_VALUES_MAX + (size_t)2 * HTML_ATTRIBUTES_MAX * HTML_NAME_MAX);
    buf_init(&scanner->decoded, (size_t)2 * GROWTH * HTML_VALUES_MAX);
}

void html_scanner_free(struct html_scanner *scanner)
{
    charset_decoder_free(scanner->decoder);
    buf_free(&scanner->raw);
    buf_free(&scanner->store);
    buf_free(&scanner->decoded);
}

void html_scanner_reset(struct html_scanner *scanner)
{
    struct html_scanner last = *scanner;
    charset_decoder_free(last.decoder);
    *scanner = (struct html_scanner){.handler = last.handler,
                                     .context = last.context,
                                     .skim = last.skim,
                                     .charset = charset_utf8(),
                                     .raw = last.raw,
                                     .store = last.store,
                                     .decoded = last.decoded};
    buf_clear(&scanner->raw);
    buf_clear(&scanner->store);
    buf_clear(&scanner->decoded);
}

void html_scanner_set_charset(struct html_scanner *scanner, const struct charset *charset)
{
    if (charset == scanner->charset)
        return;
    charset_decoder_free(scanner->decoder);
    scanner->decoder = NULL;
    scanner->charset = charset;
}

void html_scanner_set_content(struct html_scanner *scanner, enum html_content content, struct slice name)
{
    scanner->content = content;
    scanner->state = (enum html_state)content;
    scanner->escapes = 0;
    scanner->last_length = name.length < HTML_NAME_MAX ? name.length : HTML_NAME_MAX;
    if (name.length)
        memcpy(scanner->last_name, name.data, scanner->last_length);
}

static const char *in_plaintext(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)scanner;
    (void)at;
    return end;
}

static void hand_text(struct html_scanner *scanner, struct slice text)
{
    if (scanner->text_wanted)
        html_hand_text(scanner, text);
}

static const char *tag_open(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    if (html_is_letter(*at)) {
        html_begin_tag(scanner, false);
        return at;
    }
    if (*at == '/' || *at == '!') {
        scanner->state = *at == '/' ? HTML_END_TAG_OPEN : HTML_DECLARATION;
        return at + 1;
    }
    scanner->state = *at == '?' ? HTML_BOGUS : HTML_IN_DATA;
    if (*at != '?')
        hand_text(scanner, SLICE("<"));
    return at;
}

static const char *end_tag_open(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    if (html_is_letter(*at))
        html_begin_tag(scanner, true);
    else
        scanner->state = HTML_BOGUS;
    return at;
}

static const char *declaration(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    if (*at == '-') {
        scanner->state = HTML_DECLARATION_DASH;
        return at + 1;
    }
    scanner->matched = 0;
    scanner->state = *at == '[' && scanner->cdata_allowed ? HTML_CDATA_START : HTML_BOGUS;
    return at;
}

static const char *declaration_dash(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    scanner->state = *at == '-' ? HTML_COMMENT_START : HTML_BOGUS;
    return at + (*at == '-');
}

static const char *bogus(struct html_scanner *scanner, const char *at, const char *end)
{
    at = html_find(at, end, '>');
    if (at == end)
        return end;
    scanner->state = HTML_IN_DATA;
    return at + 1;
}

static const char *cdata_start(struct html_scanner *scanner, const char *at, const char *end)
{
    static const char keyword[] = "[CDATA[";
    while (at < end && keyword[scanner->matched] && *at == keyword[scanner->matched]) {
        at++;
        scanner->matched++;
    }
    if (!keyword[scanner->matched])
        scanner->state = HTML_IN_CDATA;
    else if (at < end)
        scanner->state = HTML_BOGUS;
    return at;
}

static const char *in_cdata(struct html_scanner *scanner, const char *at, const char *end)
{
    const char *bracket = html_find(at, end, ']');
    hand_text(scanner, html_between(at, bracket));
    if (bracket == end)
        return end;
    scanner->state = HTML_CDATA_BRACKET;
    return bracket + 1;
}

static const char *cdata_bracket(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    if (*at == ']') {
        scanner->state = HTML_CDATA_BRACKETS;
        return at + 1;
    }
    hand_text(scanner, SLICE("]"));
    scanner->state = HTML_IN_CDATA;
    return at;
}

static const char *cdata_brackets(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    if (*at == '>') {
        html_end_text(scanner);
        scanner->content = HTML_DATA;
        scanner->state = HTML_IN_DATA;
        return at + 1;
    }
    bool is_bracket = *at == ']';
    hand_text(scanner, is_bracket ? SLICE("]") : SLICE("]]"));
    scanner->state = is_bracket ? HTML_CDATA_BRACKETS : HTML_IN_CDATA;
    return at + is_bracket;
}

/* "<!-->" and "<!--->" are whole comments. */
static const char *comment_start(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    bool is_dash = *at == '-';
    if (*at == '>')
        scanner->state = HTML_IN_DATA;
    else if (!is_dash)
        scanner->state = HTML_COMMENT;
    else
        scanner->state = scanner->state == HTML_COMMENT_START ? HTML_COMMENT_START_DASH : HTML_COMMENT_END;
    return at + (is_dash || *at == '>');
}

static const char *comment(struct html_scanner *scanner, const char *at, const char *end)
{
    at = html_find(at, end, '-');
    if (at == end)
        return end;
    scanner->state = HTML_COMMENT_DASH;
    return at + 1;
}

static const char *comment_dash(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    scanner->state = *at == '-' ? HTML_COMMENT_END : HTML_COMMENT;
    return at + (*at == '-');
}

static const char *comment_end(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    switch (*at) {
    case '>':
        scanner->state = HTML_IN_DATA;
        return at + 1;
    case '!':
        scanner->state = HTML_COMMENT_BANG;
        return at + 1;
    case '-':
        return at + 1;
    default:
        scanner->state = HTML_COMMENT;
        return at;
    }
}

static const char *comment_bang(struct html_scanner *scanner, const char *at, const char *end)
{
    (void)end;
    if (*at == '>')
        scanner->state = HTML_IN_DATA;
    else
        scanner->state = *at == '-' ? HTML_COMMENT_DASH : HTML_COMMENT;
    return at + (*at == '>' || *at == '-');
}

static html_step *const STEPS[HTML_STATES] = {
    [HTML_IN_DATA] = html_in_data,
    [HTML_IN_RCDATA] = html_in_text,
    [HTML_IN_RAWTEXT] = html_in_text,
    [HTML_IN_SCRIPT] = html_in_script,
    [HTML_IN_PLAINTEXT] = in_plaintext,
    [HTML_IN_CDATA] = in_cdata,
    [HTML_CDATA_BRACKET] = cdata_bracket,
    [HTML_CDATA_BRACKETS] = cdata_brackets,
    [HTML_TAG_OPEN] = tag_open,
    [HTML_END_TAG_OPEN] = end_tag_open,
    [HTML_TAG_NAME] = html_tag_name,
    [HTML_BEFORE_NAME] = html_before_name,
    [HTML_NAME] = html_name,
    [HTML_AFTER_NAME] = html_after_name,
    [HTML_BEFORE_VALUE] = html_before_value,
    [HTML_VALUE] = html_value,
    [HTML_SELF_CLOSING] = html_self_closing,
    [HTML_DECLARATION] = declaration,
    [HTML_DECLARATION_DASH] = declaration_dash,
    [HTML_CDATA_START] = cdata_start,
    [HTML_BOGUS] = bogus,
    [HTML_COMMENT_START] = comment_start,
    [HTML_COMMENT_START_DASH] = comment_start,
    [HTML_COMMENT] = comment,
    [HTML_COMMENT_DASH] = comment_dash,
    [HTML_COMMENT_END] = comment_end,
    [HTML_COMMENT_BANG] = comment_bang,
    [HTML_TEXT_LESS] = html_text_less,
    [HTML_TEXT_END_TAG] = html_text_end_tag,
    [HTML_ESCAPE_START] = html_escape_start,
    [HTML_ESCAPE_DASH] = html_escape_dash,
    [HTML_DOUBLE_ESCAPE] = html_double_escape,
};

int html_scanner_feed(struct html_scanner *scanner, struct slice *bytes)
{
    const char *at = bytes->data;
    const char *end = at + bytes->length;
    scanner->stop = false;
    while (at < end && !scanner->err && !scanner->stop)
        at = STEPS[scanner->state](scanner, at, end);
    if (scanner->state >= HTML_TAG_NAME && scanner->state <= HTML_SELF_CLOSING)
        html_spill_tag(scanner);
    *bytes = html_between(at, end);
    return scanner->err;
}

int html_scanner_finish(struct html_scanner *scanner)
{
    if (!scanner->text_wanted)
        return scanner->err;
    if (scanner->state == HTML_IN_DATA)
        html_hand_raw(scanner);
    else if (scanner->state == HTML_TEXT_LESS)
        html_hand_text(scanner, SLICE("<"));
    else if (scanner->state == HTML_TEXT_END_TAG)
        html_hand_text(scanner, (struct slice){scanner->partial, scanner->partial_length});
    html_end_text(scanner);
    return scanner->err;
}
