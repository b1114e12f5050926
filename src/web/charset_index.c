#include "web/charset_index.h"

#include "base/error.h"
#include "web/charset_patches.h"
#include "web/icu_library.h"

enum {
    POINTERS_MAX = 126 * 190, /* of the largest index, gb18030 */
    BMP = 0x10000,
    RANGES_MAX = 39420,         /* four-byte pointers of gb18030 into the basic plane */
    RANGES_SUPPLEMENT = 189000, /* the four-byte pointer of U+10000 */
    RANGES_EXCEPTION = 7457,    /* stands for U+E7C7, out of order */
    EXCEPTION_CODE_POINT = 0xe7c7,
    EXCEPTION_SWAPPED = 0x1e3f, /* what stood at that pointer before a later edition gave it two bytes */
};

struct index {
    const char *icu_name;
    unsigned pointers;
    bool private_use; /* code points of the private use area are the standard's, not a vendor's */
    bool filled;
    uint32_t code_points[POINTERS_MAX];
    uint16_t first_pointer[BMP]; /* by code point, plus 1; 0 for none */
};

static struct index indexes[INDEX_COUNT] = {
    [INDEX_GB18030] = {.icu_name = "gb18030", .pointers = 126 * 190, .private_use = true},
    [INDEX_BIG5] = {.icu_name = "ibm-1375_P100-2008", .pointers = 126 * 157},
    [INDEX_EUC_KR] = {.icu_name = "windows-949", .pointers = 126 * 190},
    [INDEX_JIS0208] = {.icu_name = "ibm-943_P15A-2003", .pointers = 60 * 188},
    [INDEX_JIS0212] = {.icu_name = "euc-jp", .pointers = 82 * 94}, /* what ICU has in later rows are extensions */
};

static uint16_t ranges[RANGES_MAX]; /* code points of gb18030's four bytes, in order but for the exception */

static struct single_byte {
    bool filled;
    uint16_t code_points[128];
} single_bytes[CHARSET_COUNT];

/* The bytes of a pointer in the encoding of its index; returns how many. */
static int pointer_bytes(enum index_id index, unsigned pointer, char bytes[3])
{
    unsigned lead, trail;
    switch (index) {
    case INDEX_GB18030:
        lead = 0x81 + pointer / 190;
        trail = pointer % 190 + (pointer % 190 < 0x3f ? 0x40 : 0x41);
        break;
    case INDEX_BIG5:
        lead = 0x81 + pointer / 157;
        trail = pointer % 157 + (pointer % 157 < 0x3f ? 0x40 : 0x62);
        break;
    case INDEX_EUC_KR:
        lead = 0x81 + pointer / 190;
        trail = 0x41 + pointer % 190;
        break;
    case INDEX_JIS0208:
        lead = pointer / 188 + (pointer / 188 < 0x1f ? 0x81 : 0xc1);
        trail = pointer % 188 + (pointer % 188 < 0x3f ? 0x40 : 0x41);
        break;
    default:
        bytes[0] = (char)0x8f;
        bytes[1] = (char)(0xa1 + pointer / 94);
        bytes[2] = (char)(0xa1 + pointer % 94);
        return 3;
    }
    bytes[0] = (char)lead;
    bytes[1] = (char)trail;
    return 2;
}

static bool is_private_use(uint32_t code_point)
{
    return code_point >= 0xe000 && code_point <= 0xf8ff;
}

/* The one code point that `bytes` stand for; 0 when they stand for none or for more. */
static uint32_t convert(UConverter *converter, const char *bytes, int length)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[4];
    icu.ucnv_resetToUnicode(converter);
    int32_t count = icu.ucnv_toUChars(converter, units, 4, bytes, length, &status);
    if (U_FAILURE(status) || count == 0)
        return 0;
    uint32_t code_point = units[0];
    if (count == 2 && U16_IS_LEAD(units[0]) && U16_IS_TRAIL(units[1]))
        code_point = (uint32_t)U16_GET_SUPPLEMENTARY(units[0], units[1]);
    else if (count != 1)
        return 0;
    return code_point == 0xfffd ? 0 : code_point;
}

/* A converter that stops at what it can't convert. */
static int open_converter(UConverter **out, const char *name)
{
    int err = icu_library_load();
    if (err)
        return err;
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = icu.ucnv_open(name, &status);
    if (U_FAILURE(status))
        return status == U_MEMORY_ALLOCATION_ERROR ? ERR_NO_MEMORY : ERR_UNSUPPORTED;
    icu.ucnv_setToUCallBack(converter, icu.UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    *out = converter;
    return 0;
}

static void fill_reverse(struct index *index)
{
    for (unsigned pointer = index->pointers; pointer-- > 0;) {
        uint32_t code_point = index->code_points[pointer];
        if (code_point && code_point < BMP)
            index->first_pointer[code_point] = (uint16_t)(pointer + 1);
    }
}

/* The standard lists where runs of four-byte pointers begin. They are all code points of the basic plane that have no
 * two bytes in the edition of 2005, in order; so that edition, which is ICU's, tells them. */
static void fill_ranges(const struct index *index)
{
    static bool taken[BMP];
    for (unsigned pointer = 0; pointer < index->pointers; pointer++)
        if (index->code_points[pointer] < BMP)
            taken[index->code_points[pointer]] = true;
    taken[EXCEPTION_CODE_POINT] = true;
    taken[EXCEPTION_SWAPPED] = false;
    unsigned count = 0;
    for (uint32_t code_point = 0x80; code_point < BMP && count < RANGES_MAX; code_point++)
        if (!taken[code_point] && !U16_IS_SURROGATE(code_point))
            ranges[count++] = (uint16_t)code_point;
}

static void apply_patches(struct index *index, const struct charset_patch *patches, size_t count)
{
    for (size_t i = 0; i < count; i++)
        index->code_points[patches[i].pointer] = patches[i].code_point;
}

static int fill(enum index_id id)
{
    struct index *index = &indexes[id];
    if (index->filled)
        return 0;
    UConverter *converter;
    int err = open_converter(&converter, index->icu_name);
    if (err)
        return err;
    for (unsigned pointer = 0; pointer < index->pointers; pointer++) {
        char bytes[3];
        int length = pointer_bytes(id, pointer, bytes);
        uint32_t code_point = convert(converter, bytes, length);
        index->code_points[pointer] = index->private_use || !is_private_use(code_point) ? code_point : 0;
    }
    icu.ucnv_close(converter);
    if (id == INDEX_GB18030) {
        fill_ranges(index);
        apply_patches(index, GB18030_PATCHES, GB18030_PATCH_COUNT);
    } else if (id == INDEX_BIG5) {
        apply_patches(index, BIG5_PATCHES, BIG5_PATCH_COUNT);
    }
    fill_reverse(index);
    index->filled = true;
    return 0;
}

static void patch_single_byte(enum charset_id id, uint16_t code_points[128])
{
    for (size_t i = 0; i < SINGLE_BYTE_PATCH_COUNT; i++)
        if (SINGLE_BYTE_PATCHES[i].id == id)
            code_points[SINGLE_BYTE_PATCHES[i].byte - 0x80] = SINGLE_BYTE_PATCHES[i].code_point;
}

static int fill_single_byte(const struct charset *charset)
{
    struct single_byte *table = &single_bytes[charset->id];
    if (table->filled)
        return 0;
    UConverter *converter;
    int err = open_converter(&converter, charset->icu_name);
    if (err)
        return err;
    for (unsigned byte = 0x80; byte < 0x100; byte++) {
        uint32_t code_point = convert(converter, (char[]){(char)byte}, 1);
        if (is_private_use(code_point) && charset->id == CHARSET_WINDOWS_874)
            code_point = 0;
        /* The standard leaves none of the C1 bytes undefined. */
        table->code_points[byte - 0x80] = (uint16_t)(code_point || byte >= 0xa0 ? code_point : byte);
    }
    icu.ucnv_close(converter);
    patch_single_byte(charset->id, table->code_points);
    table->filled = true;
    return 0;
}

int charset_index_prepare(const struct charset *charset)
{
    int err;
    switch (charset->family) {
    case FAMILY_SINGLE_BYTE:
        return fill_single_byte(charset);
    case FAMILY_GB18030:
        return fill(INDEX_GB18030);
    case FAMILY_BIG5:
        return fill(INDEX_BIG5);
    case FAMILY_EUC_KR:
        return fill(INDEX_EUC_KR);
    case FAMILY_EUC_JP:
        err = fill(INDEX_JIS0212);
        return err ? err : fill(INDEX_JIS0208);
    case FAMILY_SHIFT_JIS:
    case FAMILY_ISO_2022_JP:
        return fill(INDEX_JIS0208);
    default:
        return 0;
    }
}

uint32_t index_code_point(enum index_id index, unsigned pointer)
{
    return pointer < indexes[index].pointers ? indexes[index].code_points[pointer] : 0;
}

int index_pointer(enum index_id index, uint32_t code_point)
{
    const struct index *table = &indexes[index];
    if (code_point < BMP)
        return (int)table->first_pointer[code_point] - 1;
    for (unsigned pointer = 0; pointer < table->pointers; pointer++)
        if (table->code_points[pointer] == code_point)
            return (int)pointer;
    return -1;
}

int index_pointer_outside(enum index_id index, uint32_t code_point, int first, int end)
{
    const struct index *table = &indexes[index];
    int found = index_pointer(index, code_point);
    if (found < first || found >= end)
        return found;
    for (unsigned pointer = (unsigned)end; pointer < table->pointers; pointer++)
        if (table->code_points[pointer] == code_point)
            return (int)pointer;
    return -1;
}

int index_last_pointer(enum index_id index, uint32_t code_point)
{
    const struct index *table = &indexes[index];
    for (unsigned pointer = table->pointers; pointer-- > 0;)
        if (table->code_points[pointer] == code_point)
            return (int)pointer;
    return -1;
}

uint32_t index_ranges_code_point(uint32_t pointer)
{
    if (pointer == RANGES_EXCEPTION)
        return EXCEPTION_CODE_POINT;
    if (pointer < RANGES_MAX)
        return ranges[pointer];
    if (pointer >= RANGES_SUPPLEMENT && pointer - RANGES_SUPPLEMENT <= 0x10ffff - BMP)
        return pointer - RANGES_SUPPLEMENT + BMP;
    return 0;
}

int32_t index_ranges_pointer(uint32_t code_point)
{
    if (code_point == EXCEPTION_CODE_POINT)
        return RANGES_EXCEPTION;
    if (code_point >= BMP)
        return (int32_t)(code_point - BMP + RANGES_SUPPLEMENT);
    int32_t low = 0, high = RANGES_MAX;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (ranges[middle] < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < RANGES_MAX && ranges[low] == code_point ? low : -1;
}

uint32_t index_single_byte_code_point(const struct charset *charset, unsigned char byte)
{
    return single_bytes[charset->id].code_points[byte - 0x80];
}

int index_single_byte(const struct charset *charset, uint32_t code_point)
{
    const uint16_t *code_points = single_bytes[charset->id].code_points;
    for (int i = 0; i < 128; i++)
        if (code_points[i] == code_point)
            return 0x80 + i;
    return -1;
}
