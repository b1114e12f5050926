/* xml_library.h - the functions of libxml2 that are used, loaded when a document first needs them (base/library.h).
 *
 * libxml2's names behind `xml.`: xml.htmlParseChunk(...). */
#ifndef WEB_XML_LIBRARY_H
#define WEB_XML_LIBRARY_H

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlmemory.h>

#include "base/library.h"

#define XML_FUNCTIONS(X)         \
    X(htmlCreatePushParserCtxt)  \
    X(htmlCtxtUseOptions)        \
    X(htmlFreeParserCtxt)        \
    X(htmlParseChunk)            \
    X(xmlCreatePushParserCtxt)   \
    X(xmlCtxtUseOptions)         \
    X(xmlFreeDoc)                \
    X(xmlFreeParserCtxt)         \
    X(xmlGetPredefinedEntity)    \
    X(xmlInitParser)             \
    X(xmlMemSetup)               \
    X(xmlParseChunk)             \
    X(xmlSetStructuredErrorFunc) \
    X(xmlStopParser)

/* What its handlers of errors get. */
#if LIBXML_VERSION < 21200
typedef xmlErrorPtr xml_error;
#else
typedef const xmlError *xml_error;
#endif

struct xml_functions {
    XML_FUNCTIONS(LIBRARY_POINTER)
};

/* Only after xml_library_load has succeeded. */
extern struct xml_functions xml;

/* Errors: ERR_LIBRARY. */
int xml_library_load(void);

#endif
