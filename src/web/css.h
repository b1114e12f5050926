/* css.h - the links of CSS: url(), @import and the strings of image-set().
 *
 * Reads style sheets, style elements, style attributes and single values, as CSS Syntax (level 3, section 4) makes
 * tokens of them. @namespace and @document hold URLs that nothing fetches: they are left out. Whether an @import stands
 * where it counts isn't looked at. */
#ifndef WEB_CSS_H
#define WEB_CSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "web/link.h"

enum {
    CSS_URL_MAX = 1 << 20, /* bytes; longer URLs, which no one could fetch, are left out */
    CSS_NAME_MAX = 20      /* bytes kept of a name; none of interest is longer */
};

/* Where the reader is; css.c. */
enum css_state {
    CSS_TOP,   /* between tokens */
    CSS_NAME,  /* in an identifier, a number, or behind '#' or '@' */
    CSS_SLASH, /* behind a '/' that may begin a comment */
    CSS_COMMENT,
    CSS_COMMENT_STAR, /* behind a '*' that may end it */
    CSS_STRING,
    CSS_URL_START, /* behind "url(" and white space */
    CSS_URL,
    CSS_URL_END,    /* behind white space that only ')' may follow */
    CSS_URL_BAD,    /* in what is left of a malformed one */
    CSS_ESCAPE,     /* behind a backslash */
    CSS_ESCAPE_HEX, /* in its digits */
    CSS_ESCAPE_END  /* behind its sixth digit, where one white space is swallowed */
};

/* What a string means. */
enum css_role { CSS_PLAIN, CSS_IS_URL, CSS_IS_IMPORT };

struct css {
    link_callback on_link;
    void *context;
    struct buf url; /* of the URL or string being read */
    enum css_state state;
    enum css_state escaped; /* the state that an escape returns to */
    uint32_t code_point;    /* of an escape in hex */
    unsigned hex_digits;
    char name[CSS_NAME_MAX]; /* lower case */
    unsigned name_length;    /* above CSS_NAME_MAX for a name that is cut */
    char name_start;         /* '@', '#', '0' for a number, 'a' for an identifier */
    char quote;
    enum css_role role;       /* of the string or URL being read */
    enum css_role expected;   /* of a string or URL that comes next */
    unsigned depth;           /* open parentheses */
    unsigned image_set_depth; /* that of the outermost image-set(), 0 for none */
    bool muted;               /* in @namespace or the head of @document */
    bool overlong;            /* the URL is beyond its limit */
    bool after_return;        /* behind a CR, to which a LF belongs */
};

/* Whether CSS may hold a link, by a quick look: false only if it holds none. */
bool css_may_link(struct slice text);

/* Starts at the top of a sheet; allocates nothing. Links get the element "style" and the attribute "url()" or
 * "@import". */
void css_init(struct css *css, link_callback on_link, void *context);

/* Reads the next bytes of UTF-8, however they are cut. Errors: ERR_NO_MEMORY, or what the callback returned; nothing
 * more may be fed then. */
int css_feed(struct css *css, struct slice bytes);

/* The sheet is over; an unfinished url() counts. Errors as css_feed. The reader is at the top of a new sheet. */
int css_finish(struct css *css);

/* At the top of a new sheet wherever the last one was left, as css_init but with the memory that it has. */
void css_reset(struct css *css, link_callback on_link, void *context);

/* Gives the memory back. */
void css_free(struct css *css);

#endif
