/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/invoice_step.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/invoice.h"
#include "billing/invoice_lock.h"
#include "ledger/period.h"
#include "store/definition.h"
#include "store/setting.h"

#define REASON_MAX 500u
#define NAME_MAX 120u

static const char row_fields[] =
    "id version status kind number customer currency gross_amount invoice_date fapiao_kind delivery_status drafted_by drafted_for contract term "
    "base_date retention_term delivered_on accepted_on received_on sales_order net_amount buyer_use delivery red_of tax_status debit_of";

arc_status arc_invoice_step_init(arc_invoice_step *step)
{
    static const arc_invoice_step init = ARC_INVOICE_STEP_INIT;
    if (!step) return ARC_E_INVALID;
    *step = init;
    return ARC_OK;
}

/* ---- refusing ----------------------------------------------------------------------------------------------------------------- */

const char *arci_step_name(const arci_steps *s, uint32_t i, int *n)
{
    const arc_value *number = s->rows[i] ? &s->rows[i][ARCI_STEP_NUMBER] : NULL;
    if (number && number->type == ARC_V_TEXT) {
        *n = (int)number->len;
        return number->u.s;
    }
    char *text = arci_arena_alloc(s->arena, 24);
    *n = text ? snprintf(text, 24, "#%lld", (long long)s->list[i].invoice) : 1;
    return text ? text : "#";
}

void arci_step_refuse(arci_steps *s, uint32_t i, arc_status st, const char *field, const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    arci_failv(s->p->t->env, st, en, zh, args);
    va_end(args);
    arci_fail_at(s->p->t->env, "invoice", field, s->list[i].invoice, -1);
    arci_posting_refuse(s->p, i, st);
}

static void refuse_verdict(arci_steps *s, uint32_t i, const arci_verdict *v, arc_status st)
{
    int n;
    const char *name = arci_step_name(s, i, &n);
    arci_step_refuse(s, i, st, "status", "invoice %.*s: %s%.0s", "发票 %.*s：%.0s%s", n, name, v->en, v->zh);
}

/* ---- beginning ------------------------------------------------------------------------------------------------------------------ */

static int too_long(const char *text, size_t most) { return text && (strlen(text) > most || arci_utf8_check(text, strlen(text)) != strlen(text)); }

static arc_status take(arci_steps *s, const void *elements)
{
    arci_posting *p = s->p;
    arc_invoice_step *list = arci_arena_alloc(&p->arena, p->n * sizeof *list);
    if (!list) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_invoice_step_init(&list[i]);
    arc_status st = arci_posting_structs(p, list, sizeof *list, elements, "invoice");
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!list[i].flags && !list[i].reserved && !too_long(list[i].reason, REASON_MAX) && !too_long(list[i].by, NAME_MAX)) continue;
        st = arci_fail(p->t->env, ARC_E_INVALID, "an unknown flag, or a text that is too long or not UTF-8", "标志未知，或文本过长、不是 UTF-8");
        arci_fail_at(p->t->env, "invoice", NULL, 0, i);
    }
    s->list = list;
    return st;
}

static void tell_text(arci_posting *p, const char *text)
{
    if (text) arci_call_arg_text(p->call, text, strlen(text));
    else arci_call_arg_text(p->call, NULL, 0);
}

static arc_status tell(arci_steps *s)
{
    arci_posting *p = s->p;
    for (uint32_t i = 0; i < p->n && p->call->request; i++) {
        const arc_invoice_step *e = &s->list[i];
        arci_call_arg_int(p->call, e->invoice);
        arci_call_arg_int(p->call, e->version);
        arci_call_arg_int(p->call, e->date);
        arci_call_arg_int(p->call, e->delivered_on);
        arci_call_arg_int(p->call, e->accepted_on);
        tell_text(p, e->reason);
        tell_text(p, e->by);
        arci_posting_arg_end(p, i);
    }
    return p->call->request ? arci_posting_asked(p) : ARC_OK;
}

static int by_invoice(const void *x, const void *y)
{
    const struct arci_step_at *a = x, *b = y;
    if (a->invoice != b->invoice) return a->invoice < b->invoice ? -1 : 1;
    return (a->element > b->element) - (a->element < b->element);
}

static arc_status make_index(arci_steps *s)
{
    s->index = arci_arena_alloc(s->arena, s->p->n * sizeof *s->index);
    if (!s->index) return arci_nomem(s->p->t->env);
    for (uint32_t i = 0; i < s->p->n; i++) s->index[i] = (struct arci_step_at){ s->list[i].invoice, i };
    qsort(s->index, s->p->n, sizeof *s->index, by_invoice);
    return ARC_OK;
}

/* The first element that names an invoice. */
static uint32_t first_of(const arci_steps *s, int64_t invoice)
{
    uint32_t lo = 0, hi = s->p->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (s->index[mid].invoice < invoice) lo = mid + 1;
        else hi = mid;
    }
    return lo < s->p->n && s->index[lo].invoice == invoice ? s->index[lo].element : UINT32_MAX;
}

uint32_t arci_step_of(const arci_steps *s, int64_t invoice)
{
    uint32_t i = first_of(s, invoice);
    return i != UINT32_MAX && arci_step_good(s, i) ? i : UINT32_MAX;
}

arc_status arci_steps_items(arci_steps *s, arci_rows *out, const char *fields, const arc_value *invoices, uint32_t n)
{
    const arci_shape *shape;
    arci_rows part;
    memset(out, 0, sizeof *out);
    arc_status st = arci_shape_get(s->p->t, &shape, "item", fields);
    for (uint32_t at = 0; at < n && st == ARC_OK; at += ARCI_STEPS_AT_ONCE) {
        arci_where w;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], invoices + at, n - at < ARCI_STEPS_AT_ONCE ? n - at : ARCI_STEPS_AT_ONCE);
        const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
        st = arci_repo_find(s->p->t, shape, &w, order, 2, 0, s->arena, &part);
        if (st != ARC_OK || !part.n_rows) continue;
        arc_value *all = arci_arena_alloc(s->arena, ((size_t)out->n_rows + part.n_rows) * shape->n * sizeof *all);
        if (!all) return arci_nomem(s->p->t->env);
        if (out->n_rows) memcpy(all, out->values, (size_t)out->n_rows * shape->n * sizeof *all);
        memcpy(all + (size_t)out->n_rows * shape->n, part.values, (size_t)part.n_rows * shape->n * sizeof *all);
        out->values = all;
        out->n_rows += part.n_rows;
        out->n_cols = shape->n;
    }
    return st;
}

/* Rows of the good elements; each once. */
static arc_status read_rows(arci_steps *s)
{
    arci_posting *p = s->p;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_calloc(&p->arena, p->n, sizeof *ids);
    s->rows = arci_arena_calloc(&p->arena, p->n, sizeof *s->rows);
    if (!ids || !s->rows) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) ids[i] = s->list[i].invoice;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", row_fields);
    if (st == ARC_OK) st = arci_invoices_lock(p->t, &p->arena, ids, p->n);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, p->n, &p->arena, &rows, &found);
    if (st == ARC_OK) st = make_index(s);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_step_good(s, i)) continue;
        if (!found[i]) arci_step_refuse(s, i, ARC_E_NOT_FOUND, NULL, "there is no invoice %lld", "发票 %lld 不存在", (long long)ids[i]);
        else if (first_of(s, ids[i]) != i) arci_step_refuse(s, i, ARC_E_EXISTS, NULL, "invoice %lld is named twice", "发票 %lld 重复", (long long)ids[i]);
        else s->rows[i] = rows + (size_t)i * ARCI_STEP_COLUMNS;
    }
    return st;
}

/* Rows the actor may not touch with this verb. */
static arc_status access(arci_steps *s)
{
    arci_posting *p = s->p;
    const arci_entity *e = arci_entity_by_id(ARC_INVOICE);
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < p->n && st == ARC_OK && p->session->access; i++) {
        if (!arci_step_good(s, i)) continue;
        st = arci_access_row(p->t, p->t->call->verb, NULL, e, s->list[i].invoice);
        if (st != ARC_E_NOT_FOUND && st != ARC_E_FORBIDDEN) continue;
        arci_posting_refuse(p, i, st);
        st = ARC_OK;
    }
    return st;
}

static void judge_version(arci_steps *s, uint32_t i)
{
    const int64_t version = s->rows[i][ARCI_STEP_VERSION].u.i;
    int n;
    if (!s->list[i].version || s->list[i].version == version) return;
    const char *name = arci_step_name(s, i, &n);
    arci_step_refuse(s, i, ARC_E_STALE, "version", "invoice %.*s was changed since: it has version %lld", "发票 %.*s 已被修改：当前版本 %lld", n, name, (long long)version);
}

static void judge(arci_steps *s, uint32_t i, const arci_seconds *seconds)
{
    const arc_value *v = s->rows[i];
    const int note = arci_invoice_is_note(&v[ARCI_STEP_KIND], &v[ARCI_STEP_RED_OF]), both = s->verb == ARCI_DO_INVOICE_ISSUE || s->verb == ARCI_DO_INVOICE_VOID;
    const int approval = both && arci_invoice_second(seconds, s->verb, note, &v[ARCI_STEP_CURRENCY], v[ARCI_STEP_GROSS].u.i);
    const arci_invoice_row row = { &v[ARCI_STEP_STATUS], &v[ARCI_STEP_KIND], &v[ARCI_STEP_DELIVERY], &v[ARCI_STEP_FAPIAO_KIND], &v[ARCI_STEP_BUYER_USE],
                                   (uint8_t)approval, (uint8_t)note };
    const arci_verdict d = arci_invoice_verdict(s->verb, &row);
    if (d.class) refuse_verdict(s, i, &d, strcmp(d.class, "permission") == 0 ? ARC_E_FORBIDDEN : ARC_E_STATE);
}

arc_status arci_steps_open(arci_steps *s, arci_posting *p, uint32_t verb, const void *elements)
{
    memset(s, 0, sizeof *s);
    s->p = p;
    s->verb = verb;
    s->arena = &p->arena;
    arc_status st = take(s, elements);
    if (st == ARC_OK) st = tell(s);
    if (st == ARC_OK && (verb == ARCI_DO_INVOICE_ISSUE || verb == ARCI_DO_INVOICE_VOID)) st = arci_setting_ask(p->t, ARCI_INVOICE_APPROVAL);
    if (st == ARC_OK && verb == ARCI_DO_INVOICE_ISSUE) st = arci_setting_ask(p->t, ARCI_CREDIT_APPROVAL);
    if (st == ARC_OK && verb == ARCI_DO_INVOICE_ISSUE) st = arci_setting_ask(p->t, ARCI_PART_ORDER);
    if (st == ARC_OK && verb == ARCI_DO_INVOICE_ISSUE) st = arci_definitions_ask(p->t, "credit_policy");
    if (st == ARC_OK) st = read_rows(s);
    if (st == ARC_OK) st = access(s);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_step_good(s, i)) judge_version(s, i);
    }
    return st;
}

arc_status arci_steps_again(arci_steps *s) { return read_rows(s); }

arc_status arci_steps_judge(arci_steps *s)
{
    arci_seconds seconds;
    arc_status st = arci_invoice_seconds(s->p->t, s->verb, &seconds);
    for (uint32_t i = 0; i < s->p->n && st == ARC_OK; i++) {
        if (arci_step_good(s, i)) judge(s, i, &seconds);
    }
    return st;
}

arc_status arci_steps_begin(arci_steps *s, arci_posting *p, uint32_t verb, const void *elements)
{
    arc_status st = arci_steps_open(s, p, verb, elements);
    return st == ARC_OK ? arci_steps_judge(s) : st;
}

/* ---- updating --------------------------------------------------------------------------------------------------------------------- */

arc_date arci_step_day(const arci_steps *s, uint32_t i)
{
    return s->list[i].date != ARC_DATE_NONE ? s->list[i].date : s->p->session->business_date;
}

arc_status arci_steps_update(arci_steps *s, const char *fields, void (*fill)(const arci_steps *s, uint32_t i, arc_value *v))
{
    arci_posting *p = s->p;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t at = 0;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, p->n, ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_step_good(s, i)) continue;
        arci_batch_key(b, at)[0] = s->rows[i][ARCI_STEP_ID];
        arci_batch_guard(b, at)[0] = s->rows[i][ARCI_STEP_VERSION];
        fill(s, i, arci_batch_row(b, at++));
        if (p->ids) p->ids[i] = s->rows[i][ARCI_STEP_VERSION].u.i + 1;
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    return arci_repo_write(p->t, &b, 1, NULL);
}
