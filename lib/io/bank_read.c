/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to statements: the right reader, then what is common to all. */
#include <string.h>

#include "io/bank.h"
#include "io/encoding.h"

static const char *spoken(int format)
{
    static const char *const names[] = { "?", "MT940", "CAMT", "OFX", "BAI2", "CSV", "Alipay", "WeChat Pay", "CMB", "ICBC" };
    return names[format];
}

static arci_bank *blank(arci_env *env, const arc_bank_options *o)
{
    static const arc_bank_info none = ARC_BANK_INFO_INIT;
    static const arc_error no_error = ARC_ERROR_INIT;
    arci_bank *b = arci_calloc(env->ctx, 1, sizeof *b);
    if (!b) return NULL;
    b->ctx = env->ctx;
    b->env = env;
    b->error = no_error;
    b->info = none;
    b->flags = o->flags;
    b->max_entries = o->max_lines;
    if (o->currency) memcpy(b->currency, o->currency, 3);
    arci_arena_init(&b->arena, env->ctx);
    arci_str_init(&b->extra, env->ctx);
    return b;
}

static arc_status run(arci_bank *b, int format, const char *bytes, size_t n, const arc_bank_options *o)
{
    arc_status st;
    b->info.format = format;
    b->what = spoken(format);
    switch (format) {
    case ARC_BANK_MT940:
        st = arci_bank_decode(b, bytes, n, o->encoding, ARCI_ENC_CP1252);
        return st == ARC_OK ? arci_mt940_read(b) : st;
    case ARC_BANK_CAMT: return arci_camt_read(b, bytes, n, o->encoding);
    default: return arci_fail(b->env, ARC_E_UNSUPPORTED, "this is no statement in a format known here", "文件不是所支持的对账单格式");
    }
}

arc_status arci_bank_read(arci_env *env, arci_bank **out, const char *bytes, size_t n, const arc_bank_options *o)
{
    int format = o->format;
    *out = NULL;
    if (n > o->max_bytes) return arci_fail(env, ARC_E_LIMIT, "the file is larger than %lu bytes", "文件超过 %lu 字节", (unsigned long)o->max_bytes);
    if (format == ARC_BANK_AUTO && o->profile) format = ARC_BANK_CSV;
    if (format == ARC_BANK_AUTO) format = arci_bank_detect(bytes ? bytes : "", n);
    arci_bank *b = blank(env, o);
    if (!b) return arci_nomem(env);
    arc_status st = run(b, format, bytes ? bytes : "", n, o);
    if (st == ARC_OK) st = arci_bank_finish(b, bytes ? bytes : "", n);
    b->text = NULL;
    b->env = NULL;
    if (st == ARC_OK) *out = b;
    else arci_bank_free(b);
    return st;
}
