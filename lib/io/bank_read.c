/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to statements: the right reader, then what is common to all. */
#include <string.h>

#include "io/bank.h"
#include "io/bank_profile.h"
#include "io/encoding.h"
#include "io/ofx.h"

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

/* A table by the caller's profile, else a bill by one of ours; AUTO: whichever fits. */
static arc_status table(arci_bank *b, int format, const char *bytes, size_t n, const arc_bank_options *o)
{
    arci_profile p;
    arc_status st = ARC_OK;
    const char *encoding = o->encoding;
    if (o->profile) {
        st = arci_profile_read(b->env, &p, o->profile, o->profile_length);
        if (st != ARC_OK) return st;
        if (!encoding) encoding = p.encoding;
    } else if (format == ARC_BANK_CSV) {
        return arci_fail(b->env, ARC_E_REQUIRED, "a table needs a profile", "读取表格需要配置（profile）");
    }
    st = arci_bank_decode(b, bytes, n, encoding, 0);
    if (st == ARC_OK) st = o->profile ? arci_bank_table(b, &p) : arci_bill_read(b, format);
    if (o->profile) arci_profile_clear(&p);
    if (st != ARC_DONE) return st;
    if (!o->profile && format == ARC_BANK_AUTO) return arci_fail(b->env, ARC_E_UNSUPPORTED, "this is no statement in a format known here", "文件不是所支持的对账单格式");
    return arci_bank_fault(b, ARC_E_REQUIRED, 1, NULL, "the row with the names of the columns is not in it", "文件中没有列名所在的行");
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
    case ARC_BANK_OFX:
        st = arci_bank_decode(b, bytes, n, o->encoding ? o->encoding : arci_utf8_check(bytes, n) == n ? NULL : arci_ofx_encoding(bytes, n), ARCI_ENC_CP1252);
        return st == ARC_OK ? arci_ofx_read(b) : st;
    case ARC_BANK_BAI2:
        st = arci_bank_decode(b, bytes, n, o->encoding, ARCI_ENC_CP1252);
        return st == ARC_OK ? arci_bai2_read(b) : st;
    default: return table(b, format, bytes, n, o);
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

/* What cannot even be decoded is none. */
int32_t arci_bank_detect_bill(arci_env *env, const char *bytes, size_t n)
{
    static const arc_bank_options defaults = ARC_BANK_OPTIONS_INIT;
    arc_error aside = ARC_ERROR_INIT;
    arci_env quiet = { env->ctx, &aside };
    arci_bank *b = blank(&quiet, &defaults);
    if (!b) return arci_nomem(env);
    b->what = "?";
    arc_status st = arci_bank_decode(b, bytes, n < 65536 ? n : 65536, NULL, 0);
    int32_t found = st == ARC_OK ? arci_bill_detect(b) : st == ARC_E_NOMEM ? st : ARC_BANK_AUTO;
    arci_bank_free(b);
    return found == ARC_E_NOMEM ? arci_nomem(env) : found < 0 ? ARC_BANK_AUTO : found;
}
