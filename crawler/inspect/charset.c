#include "inspect/document.h"
#include "inspect/inspect.h"
#include "web/document_charset.h"

int inspect_charset(int argc, char **argv)
{
    struct document_arguments arguments;
    int code = document_read_arguments(&arguments, argc, argv, false);
    if (code)
        return code;
    FILE *file = document_open(&arguments);
    if (!file)
        return 1;
    char start[CHARSET_PRESCAN];
    size_t length = fread(start, 1, sizeof start, file);
    if (file != stdin)
        fclose(file);
    struct mime mime;
    enum charset_source source;
    enum document_kind kind = document_kind_of(&arguments, &mime);
    const struct charset *charset =
        document_charset(kind, (struct slice){start, length}, slice_of(mime.charset), &source);
    return json_print(
        json_pack("{s:s, s:s}", "encoding", charset_name(charset), "source", charset_source_name(source)));
}
