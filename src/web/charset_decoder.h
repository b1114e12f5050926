/* charset_decoder.h - what the decoders share.
 *
 * Each is the state machine of the Encoding standard: it takes one byte, or the end, and emits code points, reports an
 * error, or gives bytes back that are to be read again. Cuts of the stream can't matter to it. */
#ifndef WEB_CHARSET_DECODER_H
#define WEB_CHARSET_DECODER_H

#include <stdint.h>

#include "web/charset_table.h"

enum { END_OF_STREAM = -1 };

struct charset_decoder;
typedef void (*byte_handler)(struct charset_decoder *decoder, int byte);

enum iso_2022_jp_state { JP_ASCII, JP_ROMAN, JP_KATAKANA, JP_LEAD, JP_TRAIL, JP_ESCAPE_START, JP_ESCAPE };

struct charset_decoder {
    const struct charset *charset;
    byte_handler handle;
    struct buf *out; /* during a call */
    int err;         /* of the first append that failed, during a call */
    uint8_t lead;    /* first byte of an unfinished sequence; 0 between sequences */
    uint8_t second;  /* gb18030: its further bytes */
    uint8_t third;
    uint8_t given_back[4]; /* a stack */
    uint8_t given_back_count;
    union {
        struct {
            uint32_t code_point;
            uint8_t needed, lowest, highest;
        } utf8;
        struct {
            bool has_lead; /* the lead byte may be 0 */
            uint16_t lead_surrogate;
        } utf16;
        struct {
            enum iso_2022_jp_state state, output_state;
            bool output; /* nothing was decoded since the last escape sequence */
        } jp;
        bool jis0212;  /* EUC-JP */
        bool reported; /* replacement */
    };
};

void decoder_emit(struct charset_decoder *decoder, uint32_t code_point);

/* Emits U+FFFD. */
void decoder_error(struct charset_decoder *decoder);

/* Has `byte` read again, before those that were given back earlier. */
void decoder_give_back(struct charset_decoder *decoder, int byte);

void gb18030_handle(struct charset_decoder *decoder, int byte);
void big5_handle(struct charset_decoder *decoder, int byte);
void euc_jp_handle(struct charset_decoder *decoder, int byte);
void iso_2022_jp_handle(struct charset_decoder *decoder, int byte);
void shift_jis_handle(struct charset_decoder *decoder, int byte);
void euc_kr_handle(struct charset_decoder *decoder, int byte);

#endif
