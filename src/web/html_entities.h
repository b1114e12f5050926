/* html_entities.h - the named character references of HTML. */
#ifndef WEB_HTML_ENTITIES_H
#define WEB_HTML_ENTITIES_H

#include "base/slice.h"

/* The longest name that `text`, what stands behind a '&', begins with: its bytes, with the semicolon where it has one,
 * and the characters that it names, static. 0 for none. */
size_t html_entity(struct slice text, const char **utf8);

#endif
