#include <stdlib.h>

#include "base/error.h"
#include "inspect/document.h"
#include "inspect/inspect.h"

static int ignore_link(void *context, const struct link *link)
{
    (void)context;
    (void)link;
    return 0;
}

static int print_charset(const struct extractor *extractor)
{
    enum charset_source source;
    const struct charset *charset = extractor_charset(extractor, &source);
    return json_print(
        json_pack("{s:s, s:s}", "encoding", charset_name(charset), "source", charset_source_name(source)));
}

/* A meta element counts where it is one: so the document is read as for its links. */
static int run(const struct document_arguments *arguments, FILE *file)
{
    struct mime mime;
    struct extractor *extractor = NULL;
    const struct extractor_options options = {
        .kind = document_kind_of(arguments, &mime), .header_charset = slice_of(mime.charset), .on_link = ignore_link};
    int err = extractor_create(&extractor, &options);
    if (!err)
        err = document_read(extractor, file);
    if (err)
        fprintf(stderr, "%s: %s\n", arguments->file, error_text(err));
    int code = err ? 1 : print_charset(extractor);
    extractor_free(extractor);
    return code;
}

int inspect_charset(int argc, char **argv)
{
    struct document_arguments arguments;
    int code = document_read_arguments(&arguments, argc, argv, DOCUMENT_CONTENT_TYPE);
    if (code)
        return code;
    FILE *file = document_open(&arguments);
    if (!file)
        return 1;
    code = run(&arguments, file);
    if (file != stdin)
        fclose(file);
    return code;
}
