/* UTS 46 by ICU: not transitional, with the checks of bidirectional text and of joiners, without those of hyphens, of
 * lengths and of STD3. ICU has no switch for hyphens and lengths: it reports what it finds, and these findings are
 * ignored. */
#include "web/idna.h"

#include <stdint.h>

#include "base/error.h"
#include "web/icu_library.h"

enum {
    IGNORED_ERRORS = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG |
                     UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4
};

/* Opened at first use and kept to the end of the process. */
static int open_mapping(const UIDNA **out)
{
    static UIDNA *idna;
    int err = icu_library_load();
    if (err)
        return err;
    if (!idna) {
        UErrorCode status = U_ZERO_ERROR;
        idna = icu.uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                                       UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                   &status);
    }
    *out = idna;
    return idna ? 0 : ERR_NO_MEMORY;
}

/* Writes the ASCII form behind the bytes in use, as far as there is room; returns its length, or an error. */
static int32_t convert(const UIDNA *idna, struct buf *buf, size_t start)
{
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    size_t room = buf->capacity - 1 - buf->length;
    int32_t length = icu.uidna_nameToASCII_UTF8(idna, buf->data + start, (int32_t)(buf->length - start),
                                                buf->data + buf->length, (int32_t)room, &info, &status);
    if (status == U_MEMORY_ALLOCATION_ERROR)
        return ERR_NO_MEMORY;
    if ((U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR) || (info.errors & ~(uint32_t)IGNORED_ERRORS))
        return ERR_URL_NAME;
    return length;
}

int idna_to_ascii(struct buf *buf, size_t start)
{
    const UIDNA *idna;
    int err = open_mapping(&idna);
    if (err)
        return err;
    size_t source_length = buf->length - start;
    err = buf_reserve(buf, source_length);
    if (err)
        return err;
    int32_t length = convert(idna, buf, start);
    if (length > 0 && (size_t)length > buf->capacity - 1 - buf->length) {
        err = buf_reserve(buf, (size_t)length);
        if (err)
            return err;
        length = convert(idna, buf, start);
    }
    if (length < 0)
        return length;
    memmove(buf->data + start, buf->data + buf->length, (size_t)length);
    buf->length = start + (size_t)length;
    buf->data[buf->length] = '\0';
    return 0;
}
