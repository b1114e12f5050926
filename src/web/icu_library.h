/* icu_library.h - the functions of ICU that are used, loaded when a document first needs them (base/library.h).
 *
 * ICU's names behind `icu.`: icu.ucnv_open(...). Its headers append the version to each, here as everywhere. */
#ifndef WEB_ICU_LIBRARY_H
#define WEB_ICU_LIBRARY_H

#include <unicode/ucnv.h>
#include <unicode/uidna.h>

#include "base/library.h"

#define ICU_FUNCTIONS(X)       \
    X(ucnv_close)              \
    X(ucnv_open)               \
    X(ucnv_resetToUnicode)     \
    X(ucnv_setToUCallBack)     \
    X(ucnv_toUChars)           \
    X(UCNV_TO_U_CALLBACK_STOP) \
    X(uidna_nameToASCII_UTF8)  \
    X(uidna_openUTS46)

struct icu_functions {
    ICU_FUNCTIONS(LIBRARY_POINTER)
};

/* Only after icu_library_load has succeeded. */
extern struct icu_functions icu;

/* Errors: ERR_LIBRARY. */
int icu_library_load(void);

#endif
