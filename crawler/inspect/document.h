/* document.h - the document that a command inspects, and the options that commands share. */
#ifndef INSPECT_DOCUMENT_H
#define INSPECT_DOCUMENT_H

#include <jansson.h>
#include <stdio.h>

#include "base/slice.h"
#include "web/extractor.h"

struct document_arguments {
    const char *base;         /* NULL for none */
    const char *content_type; /* "text/html" by default */
    const char *extractor;    /* NULL for the default */
    const char *file;         /* "-" for standard input */
};

/* Which of the options a command has. */
enum document_options { DOCUMENT_NO_OPTIONS, DOCUMENT_CONTENT_TYPE, DOCUMENT_ALL_OPTIONS };

/* Reads the arguments of a command, argv[0] being its name. Returns 0, or 2 after a message. */
int document_read_arguments(struct document_arguments *arguments, int argc, char **argv, enum document_options options);

/* Opens the file that was named. NULL after a message. */
FILE *document_open(const struct document_arguments *arguments);

/* The type and charset of the arguments; a type without links counts as HTML. */
enum document_kind document_kind_of(const struct document_arguments *arguments, struct mime *mime);

/* Reads the document to its end. Errors: those of extractor_feed, and of reading. */
int document_read(struct extractor *extractor, FILE *file);

/* A JSON string of any bytes: malformed UTF-8 becomes U+FFFD. NULL when memory is out. */
json_t *json_text(struct slice text);

/* Prints an object on a line of its own and releases it, NULL included. Returns 0, or 1 after a message. */
int json_print(json_t *object);

#endif
