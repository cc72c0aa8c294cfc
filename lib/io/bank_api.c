/* SPDX-License-Identifier: Apache-2.0 */
/* Files of banks as handles. */
#include <string.h>

#include "base/handle.h"
#include "io/bank.h"

#define FILL(type, value, defaults) \
    do { \
        static const type d = defaults; \
        if (!(value)) return ARC_E_INVALID; \
        *(value) = d; \
        return ARC_OK; \
    } while (0)

arc_status arc_bank_options_init(arc_bank_options *options) { FILL(arc_bank_options, options, ARC_BANK_OPTIONS_INIT); }
arc_status arc_bank_info_init(arc_bank_info *info) { FILL(arc_bank_info, info, ARC_BANK_INFO_INIT); }
arc_status arc_bank_balance_init(arc_bank_balance *balance) { FILL(arc_bank_balance, balance, ARC_BANK_BALANCE_INIT); }
arc_status arc_bank_statement_init(arc_bank_statement *statement) { FILL(arc_bank_statement, statement, ARC_BANK_STATEMENT_INIT); }
arc_status arc_bank_line_init(arc_bank_line *line) { FILL(arc_bank_line, line, ARC_BANK_LINE_INIT); }
arc_status arc_bank_kept_init(arc_bank_kept *kept) { FILL(arc_bank_kept, kept, ARC_BANK_KEPT_INIT); }

static const char *const format_names[] = { "auto", "mt940", "camt", "ofx", "bai2", "csv", "alipay", "wechat", "cmb", "icbc" };

const char *arc_bank_format_name(int32_t format)
{
    return format >= 0 && format <= ARC_BANK_ICBC ? format_names[format] : "?";
}

static arc_status begin(arci_env *env, arc_context *context)
{
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env->ctx = context;
    env->err = arci_context_error_slot(context);
    return ARC_OK;
}

arc_status arc_bank_format_detect(arc_context *context, int32_t *format, const void *bytes, size_t length)
{
    arci_env env;
    arc_status st = begin(&env, context);
    if (st != ARC_OK) return st;
    if (!format || (!bytes && length)) return arci_fail(&env, ARC_E_INVALID, "format or bytes is NULL", "format 或 bytes 为 NULL");
    int32_t found = length ? arci_bank_detect(bytes, length) : ARC_BANK_AUTO;
    if (found == ARC_BANK_AUTO && length) found = arci_bank_detect_bill(&env, bytes, length);
    if (found < 0) return found;
    *format = found;
    return ARC_OK;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */

void arci_bank_free(void *object)
{
    arci_bank *b = object;
    if (!b) return;
    arci_str_clear(&b->extra);
    arci_arena_clear(&b->arena);
    arci_free(b->ctx, b);
}

static arc_status options_in(arci_env *env, arc_bank_options *o, const arc_bank_options *in)
{
    static const arc_bank_options defaults = ARC_BANK_OPTIONS_INIT;
    *o = defaults;
    arc_status st = arci_struct_in(env, o, sizeof *o, in);
    if (st != ARC_OK) return st;
    int wrong = (o->flags & ~ARC_BANK_ROUND) || o->format < ARC_BANK_AUTO || o->format > ARC_BANK_ICBC;
    wrong |= o->currency && !arci_bank_currency_form(o->currency, strlen(o->currency));
    if (wrong) return arci_fail(env, ARC_E_INVALID, "wrong options", "选项有误");
    if (o->profile && o->profile_length == SIZE_MAX) o->profile_length = strlen(o->profile);
    if (!o->max_bytes) o->max_bytes = UINT64_C(64) << 20;
    if (!o->max_lines) o->max_lines = 1000000;
    return ARC_OK;
}

arc_status arci_bank_read_given(arci_env *env, arci_bank **out, const char *bytes, size_t n, const arc_bank_options *options)
{
    arc_bank_options o;
    arc_status st = options_in(env, &o, options);
    return st == ARC_OK ? arci_bank_read(env, out, bytes, n, &o) : st;
}

arc_status arc_bank_file_read(arc_context *context, arc_bank_file **out, const void *bytes, size_t length, const arc_bank_options *options)
{
    arci_env env;
    arci_bank *b;
    void *handle;
    if (out) *out = NULL;
    arc_status st = begin(&env, context);
    if (st != ARC_OK) return st;
    if (!out || (!bytes && length)) return arci_fail(&env, ARC_E_INVALID, "out or bytes is NULL", "out 或 bytes 为 NULL");
    st = arci_bank_read_given(&env, &b, bytes, length, options);
    if (st != ARC_OK) return st;
    st = arci_handle_new(context, ARCI_H_BANK_FILE, b, arci_bank_free, &handle);
    if (st != ARC_OK) {
        arci_bank_free(b);
        return st == ARC_E_NOMEM ? arci_nomem(&env) : st;
    }
    *out = handle;
    return ARC_OK;
}

/* ---- looking at it ------------------------------------------------------------------------------------------------------------ */

static arc_status enter(arc_bank_file *handle, arci_bank **b, arci_env *env)
{
    void *object = NULL;
    arc_status st = arci_handle_get(handle, ARCI_H_BANK_FILE, &object, NULL);
    if (st != ARC_OK) return st;
    *b = object;
    env->ctx = (*b)->ctx;
    env->err = &(*b)->error;
    arci_error_clear(env->err);
    return ARC_OK;
}

static arc_status out_of_range(arci_env *env) { return arci_fail(env, ARC_E_RANGE, "the file has no such part", "文件中没有该部分"); }
static arc_status no_output(arci_env *env) { return arci_fail(env, ARC_E_INVALID, "the output is NULL or its struct_size 0", "输出为 NULL 或其 struct_size 为 0"); }

static arc_status hand_out(arci_env *env, void *out, const void *in, size_t size)
{
    arc_status st = out ? arci_struct_out(out, in, size) : ARC_E_INVALID;
    return st == ARC_OK ? ARC_OK : no_output(env);
}

arc_status arc_bank_file_info(arc_bank_file *file, arc_bank_info *info)
{
    arci_bank *b;
    arci_env env;
    arc_status st = enter(file, &b, &env);
    return st == ARC_OK ? hand_out(&env, info, &b->info, sizeof b->info) : st;
}

arc_status arc_bank_file_statement(arc_bank_file *file, arc_bank_statement *out, uint32_t statement)
{
    arci_bank *b;
    arci_env env;
    arc_status st = enter(file, &b, &env);
    if (st != ARC_OK) return st;
    if (!out) return no_output(&env);
    if (statement >= b->info.n_statements) return out_of_range(&env);
    return hand_out(&env, out, &b->stmts[statement]->s, sizeof b->stmts[0]->s);
}

arc_status arc_bank_file_balance(arc_bank_file *file, arc_bank_balance *out, uint32_t statement, uint32_t balance)
{
    arci_bank *b;
    arci_env env;
    arc_status st = enter(file, &b, &env);
    if (st != ARC_OK) return st;
    if (!out) return no_output(&env);
    if (statement >= b->info.n_statements || balance >= b->stmts[statement]->s.n_balances) return out_of_range(&env);
    return hand_out(&env, out, &b->stmts[statement]->balances[balance], sizeof(arc_bank_balance));
}

arc_status arc_bank_file_line(arc_bank_file *file, arc_bank_line *out, uint32_t statement, uint32_t line)
{
    arci_bank *b;
    arci_env env;
    arc_status st = enter(file, &b, &env);
    if (st != ARC_OK) return st;
    if (!out) return no_output(&env);
    if (statement >= b->info.n_statements || line >= b->stmts[statement]->s.n_lines) return out_of_range(&env);
    return hand_out(&env, out, &b->stmts[statement]->lines[line]->l, sizeof(arc_bank_line));
}

arc_status arc_bank_file_detail(arc_bank_file *file, arc_bank_line *out, uint32_t statement, uint32_t line, uint32_t detail)
{
    arci_bank *b;
    arci_env env;
    arc_status st = enter(file, &b, &env);
    if (st != ARC_OK) return st;
    if (!out) return no_output(&env);
    if (statement >= b->info.n_statements || line >= b->stmts[statement]->s.n_lines || detail >= b->stmts[statement]->lines[line]->l.n_details) return out_of_range(&env);
    return hand_out(&env, out, &b->stmts[statement]->lines[line]->details[detail]->l, sizeof(arc_bank_line));
}

arc_status arc_bank_file_json(arc_bank_file *file, char *buf, size_t *len)
{
    arci_bank *b;
    arci_env env;
    arci_str out;
    arc_status st = enter(file, &b, &env);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    arci_str_init(&out, env.ctx);
    arci_bank_put_json(b, &out);
    st = out.failed ? arci_nomem(&env) : arci_text_out(buf, len, out.s, out.len);
    arci_str_clear(&out);
    return st;
}

arc_status arc_bank_file_join(arc_bank_file *file, uint32_t *joined, arc_bank_file *notice)
{
    arci_bank *b;
    arci_env env;
    void *other = NULL;
    arc_context *ctx = NULL;
    arc_status st = enter(file, &b, &env);
    if (st != ARC_OK) return st;
    if (!joined || file == notice) return arci_fail(&env, ARC_E_INVALID, "joined is NULL, or a file is joined to itself", "joined 为 NULL，或文件与自身合并");
    st = arci_handle_get(notice, ARCI_H_BANK_FILE, &other, &ctx);
    if (st != ARC_OK || ctx != env.ctx) return arci_fail(&env, ARC_E_HANDLE, "the notice is no file of this context", "通知文件不属于该上下文");
    return arci_bank_join(&env, b, joined, other);
}

/* ---- what is new ---------------------------------------------------------------------------------------------------------------- */

static arc_status kept_in(arci_env *env, arc_bank_kept *out, const arc_bank_kept *kept, size_t n_kept)
{
    static const arc_bank_kept defaults = ARC_BANK_KEPT_INIT;
    const char *at = (const char *)kept;
    for (size_t i = 0; i < n_kept; i++) { /* the caller's elements are as large as it says */
        const arc_bank_kept *in = (const arc_bank_kept *)(const void *)at;
        out[i] = defaults;
        arc_status st = arci_struct_in(env, &out[i], sizeof out[i], in);
        if (st != ARC_OK) return st;
        at += in->struct_size;
    }
    return ARC_OK;
}

static arc_status check_kept(arci_env *env, const arc_bank_kept_line *lines, size_t n_lines, size_t n_kept)
{
    for (size_t i = 0; i < n_lines; i++) {
        if (!lines[i].fingerprint || strlen(lines[i].fingerprint) != 64) return arci_fail(env, ARC_E_INVALID, "a fingerprint has 64 digits", "指纹应为 64 位");
        if (lines[i].statement >= n_kept) return arci_fail(env, ARC_E_RANGE, "a line's statement is not among those given", "某行所属的对账单不在所给之列");
    }
    return ARC_OK;
}

arc_status arc_bank_file_fresh(arc_bank_file *file, uint32_t *occurrences, size_t *n, uint32_t statement, const arc_bank_kept *kept, size_t n_kept,
                               const arc_bank_kept_line *lines, size_t n_lines)
{
    arci_bank *b;
    arci_env env;
    arc_bank_kept *in;
    arc_status st = enter(file, &b, &env);
    if (st != ARC_OK) return st;
    if (!n || (!occurrences && *n) || (!kept && n_kept) || (!lines && n_lines)) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (statement >= b->info.n_statements) return out_of_range(&env);
    st = check_kept(&env, lines, n_lines, n_kept);
    if (st != ARC_OK) return st;
    size_t need = b->stmts[statement]->s.n_lines, room = *n;
    *n = need;
    if (room < need) return arci_fail(&env, ARC_E_BUFFER, "the array is too short", "数组过短");
    in = arci_calloc(env.ctx, n_kept ? n_kept : 1, sizeof *in);
    if (!in) return arci_nomem(&env);
    st = kept_in(&env, in, kept, n_kept);
    if (st == ARC_OK) st = arci_bank_fresh(&env, b->stmts[statement], occurrences, in, n_kept, lines, n_lines);
    arci_free(env.ctx, in);
    return st;
}

arc_status arc_bank_file_error(arc_bank_file *file, arc_error *error)
{
    void *object = NULL;
    arc_status st = arci_handle_get(file, ARCI_H_BANK_FILE, &object, NULL);
    if (st != ARC_OK) return st;
    return error ? arci_struct_out(error, &((arci_bank *)object)->error, sizeof *error) : ARC_E_INVALID;
}

void arc_bank_file_free(arc_bank_file *file)
{
    void *object = NULL;
    if (arci_handle_release(file, ARCI_H_BANK_FILE, &object) == ARC_OK) arci_bank_free(object);
}
