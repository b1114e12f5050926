#include "web/url_class.h"

#define IN(c, first, last) ((c) >= (first) && (c) <= (last))
#define LOWER(c)           IN(c, 'a', 'z')
#define LETTER(c)          (LOWER(c) || IN(c, 'A', 'Z'))
#define DIGIT(c)           IN(c, '0', '9')

#define C0(c)            ((c) < 0x20 || (c) > 0x7e)
#define FRAGMENT(c)      (C0(c) || (c) == ' ' || (c) == '"' || (c) == '<' || (c) == '>' || (c) == '`')
#define QUERY(c)         (C0(c) || (c) == ' ' || (c) == '"' || (c) == '#' || (c) == '<' || (c) == '>')
#define SPECIAL_QUERY(c) (QUERY(c) || (c) == '\'')
#define PATH(c)          (QUERY(c) || (c) == '?' || (c) == '^' || (c) == '`' || (c) == '{' || (c) == '}')
#define USERINFO(c) \
    (PATH(c) || (c) == '/' || (c) == ':' || (c) == ';' || (c) == '=' || (c) == '@' || IN(c, '[', ']') || (c) == '|')

#define FORBIDDEN_HOST(c)                                                                                             \
    ((c) == 0 || (c) == '\t' || (c) == '\n' || (c) == '\r' || (c) == ' ' || (c) == '#' || (c) == '/' || (c) == ':' || \
     (c) == '<' || (c) == '>' || (c) == '?' || (c) == '@' || IN(c, '[', '^') || (c) == '|')
#define FORBIDDEN_DOMAIN(c) (FORBIDDEN_HOST(c) || (c) < 0x20 || (c) == '%' || (c) == 0x7f)
#define SCHEME(c)           (LETTER(c) || DIGIT(c) || (c) == '+' || (c) == '-' || (c) == '.')
#define PLAIN_HOST(c)       (LOWER(c) || DIGIT(c) || (c) == '-' || (c) == '_' || (c) == '.')
#define PLAIN_PATH(c)       (!PATH(c) && (c) != '/' && (c) != '\\')

#define CLASSES(c)                                                                                         \
    ((C0(c) ? ENCODE_C0 : 0) | (FRAGMENT(c) ? ENCODE_FRAGMENT : 0) | (QUERY(c) ? ENCODE_QUERY : 0) |       \
     (SPECIAL_QUERY(c) ? ENCODE_SPECIAL_QUERY : 0) | (PATH(c) ? ENCODE_PATH : 0) |                         \
     (USERINFO(c) ? ENCODE_USERINFO : 0) | (FORBIDDEN_HOST(c) ? FORBIDDEN_IN_HOST : 0) |                   \
     (FORBIDDEN_DOMAIN(c) ? FORBIDDEN_IN_DOMAIN : 0) | (SCHEME(c) ? SCHEME_BYTE : 0) |                     \
     ((c) == '\t' || (c) == '\n' || (c) == '\r' ? REMOVED : 0) | (PLAIN_HOST(c) ? 0 : NOT_PLAIN_IN_HOST) | \
     (PLAIN_PATH(c) ? 0 : NOT_PLAIN_IN_PATH))

#define FOUR(c)    CLASSES(c), CLASSES((c) + 1), CLASSES((c) + 2), CLASSES((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define QUARTER(c) SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)

const uint16_t url_classes[256] = {QUARTER(0), QUARTER(64), QUARTER(128), QUARTER(192)};
