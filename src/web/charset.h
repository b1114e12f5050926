/* charset.h - character encodings as the web uses them.
 *
 * Names and labels are those of the WHATWG Encoding standard (sections 4.2 and 4.3); which one a document has is
 * found as the HTML standard says (13.2.3.2, "determining the character encoding"). */
#ifndef WEB_CHARSET_H
#define WEB_CHARSET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* One encoding; a static constant of the program, compared by address. */
struct charset;

/* The encoding that a label names ("latin1" -> windows-1252), whitespace and case ignored; NULL for an unknown one. */
const struct charset *charset_by_label(struct slice label);

const struct charset *charset_utf8(void);

/* The standard's name, such as "UTF-8" or "windows-1252". Static. */
const char *charset_name(const struct charset *charset);

/* Whether bytes below 0x80 always stand for themselves, so that markup can be found in the encoded bytes. Not so for
 * UTF-16 and ISO-2022-JP. */
bool charset_is_ascii_compatible(const struct charset *charset);

enum charset_source { CHARSET_FROM_BOM, CHARSET_FROM_HEADER, CHARSET_FROM_META, CHARSET_DEFAULT };

/* "bom", "header", "meta" or "default". */
const char *charset_source_name(enum charset_source source);

enum { CHARSET_PRESCAN = 1024 }; /* bytes at the start of a document that are searched for a meta element */

/* The encoding of an HTML document from its first bytes (CHARSET_PRESCAN of them, or all when it is shorter) and the
 * charset parameter of its Content-Type (empty for none). The default is windows-1252, as browsers have it for the
 * west; documents that are whole and valid UTF-8 are not guessed at. `source` may be NULL. */
const struct charset *charset_of_html(struct slice start, struct slice header_charset, enum charset_source *source);

/* The encoding that the content attribute of a meta element names ("text/html; charset=x"); NULL for none. HTML
 * standard, 13.2.3.3, "extracting a character encoding from a meta element". */
const struct charset *charset_in_content(struct slice content);

/* Bytes of the byte order mark that `start` begins with: 0, 2 or 3; `*charset` is what it names. */
size_t charset_bom(struct slice start, const struct charset **charset);

/* Turns a stream of encoded bytes into UTF-8, malformed ones into U+FFFD, as the standard's decoders do. A byte order
 * mark is decoded like anything else: skip it (charset_bom) before. */
struct charset_decoder;

/* Errors: ERR_NO_MEMORY; ERR_UNSUPPORTED, ERR_LIBRARY (ICU, which knows the encoding's characters, lacks it or is
 * missing). */
int charset_decoder_create(struct charset_decoder **out, const struct charset *charset);
void charset_decoder_free(struct charset_decoder *decoder);

/* Decodes `bytes`, however they are cut, and appends UTF-8 to `out`. With `last` an unfinished sequence becomes U+FFFD.
 * Errors: as buf_append. */
int charset_decode(struct charset_decoder *decoder, struct slice bytes, bool last, struct buf *out);

/* Encodes UTF-8 for a URL's query (URL standard, "percent-encode after encoding"): appends the bytes in `charset`,
 * characters that it lacks as "&#NNN;" already percent-encoded ("%26%23NNN%3B"). Errors: as buf_append and
 * charset_decoder_create. */
int charset_encode_query(const struct charset *charset, struct slice utf8, struct buf *out);

#endif
