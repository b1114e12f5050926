/* extractor.h - the links of a document, found while it streams.
 *
 * One interface; several engines behind it ("scanner", our own, and "libxml2"). Links come in document order, those of
 * a document cut off at any place up to there. Scripting is off: noscript counts, template content does not. Nothing
 * nested is opened: neither iframe srcdoc nor the HTML within feeds. Entities that an XML document declares are not
 * expanded. */
#ifndef WEB_EXTRACTOR_H
#define WEB_EXTRACTOR_H

#include "base/slice.h"
#include "web/charset.h"
#include "web/link.h"
#include "web/mime.h"

struct extractor;

/* Bytes of an HTML document without a declared encoding within which a meta element may still change that of all the
 * document. They are kept until then, for as many documents as are read at once: eight times what the latest of the
 * cases shared by HTML parsers needs, since such elements stand in a document's head. One behind them holds for what
 * follows it only. */
enum { EXTRACTOR_LATE_CHARSET = 64 * 1024 };

struct extractor_options {
    const char *engine;      /* for HTML; NULL for the default. XML is always read by libxml2, CSS by our own reader */
    enum document_kind kind; /* not DOCUMENT_OTHER */
    struct slice header_charset; /* of the Content-Type; empty for none. Copied */
    struct slice product; /* a robots meta element may have this name, too; empty for none. Must outlive the reading */
    link_callback on_link;

    /* The links told so far are void: a late declaration changed the encoding, and the document is read again from its
     * start (HTML standard, 13.2.3.5). At most once. NULL: then late declarations hold for what follows them only. */
    void (*on_restart)(void *context);

    void *context;
};

/* The names of the engines, the default first, NULL behind the last. */
const char *const *extractor_engines(void);

/* Errors: ERR_UNSUPPORTED (no such engine), ERR_LIBRARY (the engine's is missing), ERR_NO_MEMORY. */
int extractor_create(struct extractor **out, const struct extractor_options *options);

/* Begins another document, with other options as may be, wherever the last one was left. Memory is used again: HTML and
 * CSS by our own readers cost no allocation once their buffers have grown. Errors: as extractor_create; another reset
 * may follow. */
int extractor_reset(struct extractor *extractor, const struct extractor_options *options);

/* Reads the next bytes, however they are cut. Malformed documents are read on as far as they can be. Errors:
 * ERR_NO_MEMORY; ERR_LIBRARY, ERR_UNSUPPORTED (the document's encoding needs ICU, which is missing or can't do it);
 * what the callback returned. */
int extractor_feed(struct extractor *extractor, struct slice bytes);

/* The document is over. Errors: as extractor_feed. */
int extractor_finish(struct extractor *extractor);

/* After extractor_finish: the href of the first base element, trimmed; empty for none (HTML standard, 4.2.3). In XML
 * without one, the root element's xml:base; that of other elements is not heeded. */
struct slice extractor_base(const struct extractor *extractor);

/* After extractor_finish: whether a meta element, wherever it stands, forbids to follow the document's links
 * (robots_tag.h). */
bool extractor_nofollow(const struct extractor *extractor);

/* After extractor_finish: the document's encoding, and where it was found. Queries of its links are encoded in it. */
const struct charset *extractor_charset(const struct extractor *extractor, enum charset_source *source);

/* NULL is allowed. */
void extractor_free(struct extractor *extractor);

#endif
