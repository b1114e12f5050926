/* document_charset.h - the encoding of a document by its kind. */
#ifndef WEB_DOCUMENT_CHARSET_H
#define WEB_DOCUMENT_CHARSET_H

#include "web/charset.h"
#include "web/mime.h"

/* The encoding of a document from its first bytes (CHARSET_PRESCAN of them, or all when it is shorter) and its header's
 * charset (empty for none). Byte order mark first, then the header, then what the document says:
 *   HTML  charset_of_html
 *   XML   the encoding of the XML declaration, else UTF-16 by the shape of "<?", else UTF-8 (XML 1.0, appendix F)
 *   CSS   @charset, else UTF-8 (CSS Syntax, 3.2) */
const struct charset *document_charset(enum document_kind kind, struct slice start, struct slice header_charset,
                                       enum charset_source *source);

/* The encoding that is meant when a document whose bytes were read as ASCII declares `charset`: not UTF-16 then. */
const struct charset *document_charset_declared(const struct charset *charset);

#endif
