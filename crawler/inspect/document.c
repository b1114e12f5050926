#include "inspect/document.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "web/utf8.h"

enum { TEXT_LIMIT = 1 << 24, CHUNK = 64 * 1024 };

int document_read_arguments(struct document_arguments *arguments, int argc, char **argv, enum document_options options)
{
    static const struct option all[] = {{"content-type", required_argument, NULL, 't'},
                                        {"base", required_argument, NULL, 'b'},
                                        {"extractor", required_argument, NULL, 'e'},
                                        {NULL, 0, NULL, 0}};
    static const struct option none[] = {{NULL, 0, NULL, 0}};
    static const struct option type[] = {{"content-type", required_argument, NULL, 't'}, {NULL, 0, NULL, 0}};
    static const struct option *const known[] = {
        [DOCUMENT_NO_OPTIONS] = none, [DOCUMENT_CONTENT_TYPE] = type, [DOCUMENT_ALL_OPTIONS] = all};
    int option;
    *arguments = (struct document_arguments){.content_type = "text/html"};
    while ((option = getopt_long(argc, argv, "", known[options], NULL)) != -1) {
        if (option == 't')
            arguments->content_type = optarg;
        else if (option == 'b')
            arguments->base = optarg;
        else if (option == 'e')
            arguments->extractor = optarg;
        else
            return 2;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "%s: name one file, or - for standard input\n", argv[0]);
        return 2;
    }
    arguments->file = argv[optind];
    return 0;
}

FILE *document_open(const struct document_arguments *arguments)
{
    if (strcmp(arguments->file, "-") == 0)
        return stdin;
    FILE *file = fopen(arguments->file, "re");
    if (!file)
        fprintf(stderr, "%s: %s\n", arguments->file, strerror(errno));
    return file;
}

enum document_kind document_kind_of(const struct document_arguments *arguments, struct mime *mime)
{
    mime_parse(mime, slice_of(arguments->content_type));
    enum document_kind kind = mime_document_kind(mime);
    return kind == DOCUMENT_OTHER ? DOCUMENT_HTML : kind;
}

int document_read(struct extractor *extractor, FILE *file)
{
    static char chunk[CHUNK];
    size_t length;
    int err = 0;
    while (!err && (length = fread(chunk, 1, sizeof chunk, file)) > 0)
        err = extractor_feed(extractor, (struct slice){chunk, length});
    if (!err && ferror(file))
        err = error_from_errno(errno);
    return err ? err : extractor_finish(extractor);
}

/* Appends `text` as well-formed UTF-8. */
static int append_valid(struct buf *out, struct slice text)
{
    int err = 0;
    while (text.length && !err) {
        uint32_t code_point;
        char bytes[UTF8_MAX];
        size_t length = utf8_decode(text, &code_point);
        err = buf_append(out, bytes, utf8_encode(code_point, bytes));
        text.data += length;
        text.length -= length;
    }
    return err;
}

json_t *json_text(struct slice text)
{
    if (utf8_valid_length(text) == text.length)
        return json_stringn(text.data ? text.data : "", text.length);
    struct buf valid;
    buf_init(&valid, TEXT_LIMIT);
    json_t *result = append_valid(&valid, text) ? NULL : json_stringn(valid.data, valid.length);
    buf_free(&valid);
    return result;
}

int json_print(json_t *object)
{
    int failed = !object || json_dumpf(object, stdout, JSON_COMPACT) || putchar('\n') == EOF;
    json_decref(object);
    if (failed)
        fprintf(stderr, "standard output: %s\n", strerror(errno));
    return failed;
}
