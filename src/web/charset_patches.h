/* charset_patches.h - where the standard's indexes differ from ICU's converters. */
#ifndef WEB_CHARSET_PATCHES_H
#define WEB_CHARSET_PATCHES_H

#include <stdint.h>

#include "web/charset_table.h"

struct charset_patch {
    uint16_t pointer;
    uint16_t code_point;
};

struct single_byte_patch {
    enum charset_id id;
    uint8_t byte;
    uint16_t code_point; /* 0 for null */
};

enum { GB18030_PATCH_COUNT = 19, BIG5_PATCH_COUNT = 157, SINGLE_BYTE_PATCH_COUNT = 44 };

/* What the edition of 2022 moved out of the private use area, and A3 A0 as a second ideographic space. */
extern const struct charset_patch GB18030_PATCHES[GB18030_PATCH_COUNT];

/* Additions of HKSCS-2008, and duplicates that are only decoded. */
extern const struct charset_patch BIG5_PATCHES[BIG5_PATCH_COUNT];

/* Single cells; and the whole of ISO-8859-16, which ICU lacks, as differences from ISO-8859-1. */
extern const struct single_byte_patch SINGLE_BYTE_PATCHES[SINGLE_BYTE_PATCH_COUNT];

#endif
