/* charset_table.h - the encodings of the standard, for the files that implement charset.h. */
#ifndef WEB_CHARSET_TABLE_H
#define WEB_CHARSET_TABLE_H

#include "web/charset.h"

/* How an encoding works: one decoder and one encoder each. */
enum charset_family {
    FAMILY_UTF_8,
    FAMILY_SINGLE_BYTE,
    FAMILY_GB18030, /* GBK decodes as it, too */
    FAMILY_BIG5,
    FAMILY_EUC_JP,
    FAMILY_ISO_2022_JP,
    FAMILY_SHIFT_JIS,
    FAMILY_EUC_KR,
    FAMILY_REPLACEMENT,
    FAMILY_UTF_16BE,
    FAMILY_UTF_16LE,
    FAMILY_USER_DEFINED
};

/* id, name, family, ICU's name of a converter for the single bytes */
#define CHARSET_TABLE(X)                                                      \
    X(UTF_8, "UTF-8", FAMILY_UTF_8, NULL)                                     \
    X(IBM866, "IBM866", FAMILY_SINGLE_BYTE, "ibm866")                         \
    X(ISO_8859_2, "ISO-8859-2", FAMILY_SINGLE_BYTE, "iso-8859-2")             \
    X(ISO_8859_3, "ISO-8859-3", FAMILY_SINGLE_BYTE, "iso-8859-3")             \
    X(ISO_8859_4, "ISO-8859-4", FAMILY_SINGLE_BYTE, "iso-8859-4")             \
    X(ISO_8859_5, "ISO-8859-5", FAMILY_SINGLE_BYTE, "iso-8859-5")             \
    X(ISO_8859_6, "ISO-8859-6", FAMILY_SINGLE_BYTE, "iso-8859-6")             \
    X(ISO_8859_7, "ISO-8859-7", FAMILY_SINGLE_BYTE, "iso-8859-7")             \
    X(ISO_8859_8, "ISO-8859-8", FAMILY_SINGLE_BYTE, "iso-8859-8")             \
    X(ISO_8859_8_I, "ISO-8859-8-I", FAMILY_SINGLE_BYTE, "iso-8859-8")         \
    X(ISO_8859_10, "ISO-8859-10", FAMILY_SINGLE_BYTE, "iso-8859-10")          \
    X(ISO_8859_13, "ISO-8859-13", FAMILY_SINGLE_BYTE, "iso-8859-13")          \
    X(ISO_8859_14, "ISO-8859-14", FAMILY_SINGLE_BYTE, "iso-8859-14")          \
    X(ISO_8859_15, "ISO-8859-15", FAMILY_SINGLE_BYTE, "iso-8859-15")          \
    X(ISO_8859_16, "ISO-8859-16", FAMILY_SINGLE_BYTE, "iso-8859-1")           \
    X(KOI8_R, "KOI8-R", FAMILY_SINGLE_BYTE, "koi8-r")                         \
    X(KOI8_U, "KOI8-U", FAMILY_SINGLE_BYTE, "koi8-u")                         \
    X(MACINTOSH, "macintosh", FAMILY_SINGLE_BYTE, "macintosh")                \
    X(WINDOWS_874, "windows-874", FAMILY_SINGLE_BYTE, "windows-874")          \
    X(WINDOWS_1250, "windows-1250", FAMILY_SINGLE_BYTE, "windows-1250")       \
    X(WINDOWS_1251, "windows-1251", FAMILY_SINGLE_BYTE, "windows-1251")       \
    X(WINDOWS_1252, "windows-1252", FAMILY_SINGLE_BYTE, "windows-1252")       \
    X(WINDOWS_1253, "windows-1253", FAMILY_SINGLE_BYTE, "windows-1253")       \
    X(WINDOWS_1254, "windows-1254", FAMILY_SINGLE_BYTE, "windows-1254")       \
    X(WINDOWS_1255, "windows-1255", FAMILY_SINGLE_BYTE, "windows-1255")       \
    X(WINDOWS_1256, "windows-1256", FAMILY_SINGLE_BYTE, "windows-1256")       \
    X(WINDOWS_1257, "windows-1257", FAMILY_SINGLE_BYTE, "windows-1257")       \
    X(WINDOWS_1258, "windows-1258", FAMILY_SINGLE_BYTE, "windows-1258")       \
    X(X_MAC_CYRILLIC, "x-mac-cyrillic", FAMILY_SINGLE_BYTE, "x-mac-cyrillic") \
    X(GBK, "GBK", FAMILY_GB18030, NULL)                                       \
    X(GB18030, "gb18030", FAMILY_GB18030, NULL)                               \
    X(BIG5, "Big5", FAMILY_BIG5, NULL)                                        \
    X(EUC_JP, "EUC-JP", FAMILY_EUC_JP, NULL)                                  \
    X(ISO_2022_JP, "ISO-2022-JP", FAMILY_ISO_2022_JP, NULL)                   \
    X(SHIFT_JIS, "Shift_JIS", FAMILY_SHIFT_JIS, NULL)                         \
    X(EUC_KR, "EUC-KR", FAMILY_EUC_KR, NULL)                                  \
    X(REPLACEMENT, "replacement", FAMILY_REPLACEMENT, NULL)                   \
    X(UTF_16BE, "UTF-16BE", FAMILY_UTF_16BE, NULL)                            \
    X(UTF_16LE, "UTF-16LE", FAMILY_UTF_16LE, NULL)                            \
    X(X_USER_DEFINED, "x-user-defined", FAMILY_USER_DEFINED, NULL)

enum charset_id {
#define X(id, name, family, icu_name) CHARSET_##id,
    CHARSET_TABLE(X)
#undef X
        CHARSET_COUNT
};

struct charset {
    const char *name;
    enum charset_id id;
    enum charset_family family;
    const char *icu_name; /* NULL where no ICU converter is needed, or none exists */
};

extern const struct charset charsets[CHARSET_COUNT];

/* The longest label, in bytes. */
enum { CHARSET_LABEL_MAX = 19 };

/* The encoding of a label that is trimmed and in lower case; CHARSET_COUNT for an unknown one. */
enum charset_id charset_label_lookup(struct slice label);

/* HTML standard, "prescan a byte stream to determine its encoding" over the first CHARSET_PRESCAN bytes of `start`: the
 * encoding that a meta element declares; NULL for none. */
const struct charset *charset_prescan(struct slice start);

#endif
