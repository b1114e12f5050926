/* html_scanner.h - HTML's tokenizer (HTML standard, 13.2.5), for those who want tags.
 *
 * It reads a document as it comes, in its own encoding as long as that is ASCII-compatible, and hands over start tags.
 * What it builds of a tag is what its handler asks for: the handler sees the tag's name first and says which attributes
 * may matter, then sees the names of those, and only their values are put together. Nothing it tells depends on how the
 * document is cut. Nothing is allocated for a tag unless the end of a piece cuts it, or a value has to be decoded.
 *
 * It is the tokenizer alone: that a title is text, or that CDATA may stand somewhere, its handler has to say. */
#ifndef WEB_HTML_SCANNER_H
#define WEB_HTML_SCANNER_H

#include <stdint.h>

#include "base/buf.h"
#include "web/charset.h"
#include "web/html_skim.h"
#include "web/tag_links.h"

enum {
    HTML_NAME_MAX = 128,      /* bytes; what is beyond doesn't count, and no name that means something is as long */
    HTML_ATTRIBUTES_MAX = 32, /* of one tag that are kept; later ones are left out */
    HTML_VALUES_MAX = 1 << 20 /* encoded bytes of all values kept of one tag; the value that goes beyond is empty */
};

/* How the content of the document is read at a place. */
enum html_content { HTML_DATA, HTML_RCDATA, HTML_RAWTEXT, HTML_SCRIPT, HTML_PLAINTEXT, HTML_CDATA };

/* What a handler wants of a start tag. */
struct html_interest {
    uint64_t shapes; /* of the names of the attributes that may matter; a set */
    bool always;     /* hand the tag over even if it has no attribute that is kept */
};

struct html_tag {
    struct slice name;                  /* upper or lower case; a NUL stands for U+FFFD, as in attributes' names */
    const struct attribute *attributes; /* those wanted, the first of equal names only */
    size_t count;
    bool self_closing;
};

/* What slices point to is valid during the call. Errors end the scan. */
struct html_handler {
    struct html_interest (*open)(void *context, struct slice name);
    bool (*wants)(void *context, struct slice attribute, const struct link_rule **rule); /* the attribute's */
    int (*tag)(void *context, const struct html_tag *tag);
    /* A tag "a" that has a href, not empty, and nothing else that may matter: most are handed over like that where
     * html_scanner.skim is set. NULL to get all as tags. */
    int (*anchor)(void *context, struct slice href);
    int (*close)(void *context,
                 struct slice name); /* an end tag, while html_scanner.ends_wanted, and those that end text */
    int (*text)(void *context, struct slice utf8); /* while html_scanner.text_wanted; cut anywhere */
};

/* The set of the one shape that an attribute's name, not empty, has. */
static inline uint64_t html_shape(const char *name, size_t length)
{
    return (uint64_t)1 << (((unsigned char)*name & 31) | (length & 1) << 5);
}

/* Where the scanner stands. The first six are the contents, in their order. */
enum html_state {
    HTML_IN_DATA,
    HTML_IN_RCDATA,
    HTML_IN_RAWTEXT,
    HTML_IN_SCRIPT,
    HTML_IN_PLAINTEXT,
    HTML_IN_CDATA,
    HTML_CDATA_BRACKET,  /* behind "]" */
    HTML_CDATA_BRACKETS, /* behind "]]" */
    HTML_TAG_OPEN,       /* behind "<" */
    HTML_END_TAG_OPEN,   /* behind "</" */
    HTML_TAG_NAME,
    HTML_BEFORE_NAME, /* of an attribute; behind a quoted value too */
    HTML_NAME,
    HTML_AFTER_NAME,
    HTML_BEFORE_VALUE,
    HTML_VALUE,
    HTML_SELF_CLOSING,     /* behind "/" */
    HTML_DECLARATION,      /* behind "<!" */
    HTML_DECLARATION_DASH, /* behind "<!-" */
    HTML_CDATA_START,      /* in "<![CDATA[" */
    HTML_BOGUS,            /* in a bogus comment or a DOCTYPE, which any '>' ends */
    HTML_COMMENT_START,    /* behind "<!--" */
    HTML_COMMENT_START_DASH,
    HTML_COMMENT,
    HTML_COMMENT_DASH,
    HTML_COMMENT_END,   /* behind "--" */
    HTML_COMMENT_BANG,  /* behind "--!" */
    HTML_TEXT_LESS,     /* behind "<" in RCDATA, RAWTEXT or a script */
    HTML_TEXT_END_TAG,  /* in "</name" there */
    HTML_ESCAPE_START,  /* behind "<!" in a script */
    HTML_ESCAPE_DASH,   /* behind "<!-" there */
    HTML_DOUBLE_ESCAPE, /* in "<script" or "</script" within "<!--" there */
    HTML_STATES
};

/* Bytes that stand somewhere in the document's piece at hand or, if `outside` is NULL, in the scanner's store. */
struct html_piece {
    const char *outside;
    size_t offset;
    size_t length;
};

struct html_scanner {
    /* To be set by the handler as it likes. */
    bool ends_wanted;
    bool text_wanted;   /* in data, where it means elements' text, in CDATA and in RAWTEXT */
    bool cdata_allowed; /* in foreign content */
    bool stop;          /* give back what is behind the tag at hand */

    /* Tags that may matter here; NULL for all. Others are passed over without asking the handler, who would want
     * nothing of them, and so is text, and where names of end tags are not in it, all of those. */
    const struct html_skim *skim;

    /* The rest is the scanner's own. */
    const struct html_handler *handler;
    void *context;
    int err;
    enum html_state state;
    enum html_content content;

    /* The tag at hand. */
    bool is_end, self_closing, always;
    bool wanted;   /* the attribute at hand is kept */
    bool special;  /* its value holds bytes that mean more than themselves */
    char quote;    /* of its value; NUL for none */
    size_t count;  /* attributes kept */
    size_t values; /* bytes of their values */
    uint64_t shapes;
    struct html_piece tag_name;
    struct {
        struct html_piece name, value;
        const struct link_rule *rule;
    } kept[HTML_ATTRIBUTES_MAX];

    unsigned skim_pause;    /* so many more tags are read without skimming */
    unsigned skim_failures; /* in a row: times that it came nowhere */

    struct buf raw;   /* the value at hand, as far as earlier pieces of the document held it */
    bool raw_is_long; /* and there was more than fits */
    struct buf store; /* names and values of the tag that don't stand in the piece at hand */

    char partial[HTML_NAME_MAX]; /* the name at hand, or "</name" in text, as far as earlier pieces held it */
    size_t partial_length;       /* all its bytes */

    char last_name[HTML_NAME_MAX]; /* of the start tag whose text this is */
    size_t last_length;
    unsigned dashes;  /* in a script within "<!--": of those just behind us, 2 for more */
    unsigned escapes; /* in a script: 1 within "<!--", 2 within "<script" there */
    unsigned matched; /* bytes of a keyword */

    const struct charset *charset;
    struct charset_decoder *decoder; /* NULL until it is needed */
    bool decoding;                   /* the decoder is within a text */
    struct buf decoded;
};

/* Begins a document, in data, in UTF-8. */
void html_scanner_init(struct html_scanner *scanner, const struct html_handler *handler, void *context);
void html_scanner_free(struct html_scanner *scanner);

/* Begins another document for the same handler, with the memory that the last one needed. */
void html_scanner_reset(struct html_scanner *scanner);

/* From here on bytes are in `charset`, which is ASCII-compatible; only between two feeds. */
void html_scanner_set_charset(struct html_scanner *scanner, const struct charset *charset);

/* What follows is the content of an element `name`, whose end tag is to end it. From handler.tag, or at the beginning.
 */
void html_scanner_set_content(struct html_scanner *scanner, enum html_content content, struct slice name);

/* Reads bytes, however they are cut, and takes them off `bytes`: all of them unless `stop` was set. Errors:
 * ERR_NO_MEMORY, or what the handler returned. */
int html_scanner_feed(struct html_scanner *scanner, struct slice *bytes);

/* The document is over: what text is left is handed over; a tag that has no end is none. Errors as html_scanner_feed.
 */
int html_scanner_finish(struct html_scanner *scanner);

#endif
