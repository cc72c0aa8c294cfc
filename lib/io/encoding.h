/* SPDX-License-Identifier: Apache-2.0 */
/* Text in the encodings that statements and tables come in, turned into UTF-8 piece by piece. */
#ifndef ARCI_IO_ENCODING_H
#define ARCI_IO_ENCODING_H

#include "base/str.h"

enum {
    ARCI_ENC_AUTO = 0, /* by its byte order mark; without one UTF-8 when the first piece is that, else GB18030 */
    ARCI_ENC_UTF8,     /* with or without a byte order mark */
    ARCI_ENC_UTF16,    /* by its byte order mark, little-endian without one (as spreadsheets write it) */
    ARCI_ENC_UTF16LE,
    ARCI_ENC_UTF16BE,
    ARCI_ENC_GBK,
    ARCI_ENC_GB18030,
    ARCI_ENC_LATIN1,   /* ISO-8859-1 */
    ARCI_ENC_CP1252,   /* Windows, western Europe; its five holes are taken as ISO-8859-1 has them */
    ARCI_ENC_LATIN2,   /* ISO-8859-2 */
    ARCI_ENC_LATIN9,   /* ISO-8859-15 */
    ARCI_ENC_CP1250,   /* Windows, central Europe */
    ARCI_ENC_CP850,    /* DOS, western Europe */
    ARCI_ENC_CP852,    /* DOS, central Europe */
    ARCI_ENC_BIG5,
    ARCI_ENC_END
};

/* By name as people write it ("utf-8", "GBK", "UTF-16LE", "cp936", "auto"); -1 when unknown. */
int arci_encoding_by_name(const char *name, size_t len);
const char *arci_encoding_name(int encoding);
/* What a text that begins with these bytes is written in (never ARCI_ENC_AUTO); `whole`: there are no more. *bom: bytes of its mark. */
int arci_encoding_sniff(const char *p, size_t n, int whole, size_t *bom);

typedef struct arci_decoder {
    arc_context *ctx;
    int encoding; /* what was asked for, then what it turned out to be */
    int started;
    void *conv;   /* iconv descriptor, or NULL */
    char carry[4]; /* beginning of a character cut by the end of the last piece */
    uint32_t n_carry;
} arci_decoder;

/* ARC_E_INVALID: no such encoding; ARC_E_UNSUPPORTED: this system cannot decode it; ARC_E_NOMEM. */
arc_status arci_decoder_open(arci_env *env, arci_decoder *d, int encoding);
void arci_decoder_close(arci_decoder *d);
/* Appends the next piece as UTF-8 to out. A byte mark at the start is dropped. What cannot be decoded becomes the byte FF, which is never
 * part of UTF-8, so that whoever checks the text finds the place. ARC_E_NOMEM: nothing consumed. `last`: no piece follows. */
arc_status arci_decoder_add(arci_env *env, arci_decoder *d, const char *p, size_t n, int last, arci_str *out);
/* 1 once it is known that pieces are UTF-8 as they are: decoding would only copy them. *skip: bytes of the mark to be left out of the
 * first piece. Call before the first arci_decoder_add(), with the first piece. */
int arci_decoder_is_plain(arci_decoder *d, const char *p, size_t n, int last, size_t *skip);

#endif
