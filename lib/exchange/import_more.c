/* SPDX-License-Identifier: Apache-2.0 */
/* What a row says of its customer beside documents: contacts, bank accounts, titles of invoices; and receivables taken over without an invoice. Master data that
 * stands in the book or in the file already is known and not added again, so that a file may be read twice. */
#include <string.h>

#include "arcore/fields.h"
#include "arcore/limit.h"
#include "arcore/money.h"
#include "arcore/receivable.h"
#include "base/json_text.h"
#include "credit/limit.h"
#include "exchange/import.h"
#include "store/pending.h"

typedef struct more_kind {
    const char *required[6]; /* ended by NULL */
    const char *same[3];     /* fields that make it the same as another of the customer; none: a document */
} more_kind;

static const more_kind kinds[ARCI_N_MORE] = {
    { { "name", NULL }, { "name", NULL } },
    { { "number", NULL }, { "number", NULL } },
    { { "title", "tax_no", NULL }, { "tax_no", "title", NULL } },
    { { "number", "currency", "amount", NULL }, { NULL } },
    { { "currency", "amount", NULL }, { NULL } },
};
enum { LIMIT = ARCI_TARGET_LIMIT - ARCI_TARGET_CONTACT };

static arci_target_kind target_of(int k) { return (arci_target_kind)(ARCI_TARGET_CONTACT + k); }
static const arci_target *mapped(const arci_import *im, int k) { return &im->mapping.targets[target_of(k)]; }
static const arc_value *value_of(const arci_record *r, const char *field) { return arci_record_value(r, arci_entity_field(r->entity, field, strlen(field))->id); }

/* ---- records ---------------------------------------------------------------------------------------------------------------- */

arc_status arci_import_more_make(arci_import *im, arci_import_row *row)
{
    arc_status st = ARC_OK;
    uint32_t n = im->options.flags & ARC_IMPORT_DRY_RUN ? 0 : ARCI_IMPORT_CHUNK;
    for (int k = 0; st == ARC_OK && k < ARCI_N_MORE; k++) {
        arci_import_more *m = &im->more[k];
        const arci_entity *e = mapped(im, k)->entity;
        if (!e) continue;
        m->records = arci_calloc(im->env->ctx, ARCI_IMPORT_CHUNK, sizeof *m->records);
        m->customers = arci_calloc(im->env->ctx, ARCI_IMPORT_CHUNK, sizeof *m->customers);
        if (!m->records || !m->customers) return arci_nomem(im->env);
        st = arc_record_new(im->session, &row->more[k], e->id);
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) st = arc_record_new(im->session, &m->records[i], e->id);
    }
    return st;
}

void arci_import_more_free(arci_import *im, arci_import_row *row)
{
    for (int k = 0; k < ARCI_N_MORE; k++) {
        arci_import_more *m = &im->more[k];
        arci_own_free(row->more[k], ARCI_H_RECORD);
        for (uint32_t i = 0; m->records && i < ARCI_IMPORT_CHUNK; i++) arci_own_free(m->records[i], ARCI_H_RECORD);
        arci_free(im->env->ctx, m->records);
        arci_free(im->env->ctx, m->customers);
    }
}

arc_status arci_import_more_may(arci_import *im)
{
    arc_status st = ARC_OK;
    for (int k = 0; st == ARC_OK && k < ARCI_N_MORE; k++) {
        const arci_entity *e = mapped(im, k)->entity;
        if (e) st = arci_access_check(im->env, im->s, &arci_verbs[e->flags & ARCI_E_MASTER ? ARCI_DO_INSERT : k == LIMIT ? ARCI_DO_LIMIT_SET : ARCI_DO_ITEM_RECORD], e);
    }
    return st;
}

/* ---- judging ---------------------------------------------------------------------------------------------------------------- */

/* What makes it the same as another, with the customer's place in the file, as a text. */
static arc_status print_of(arci_import *im, const arci_import_row *row, int k, const arci_record *r)
{
    arci_str *b = &im->text;
    arci_str_reset(b);
    arci_str_int(b, k);
    arci_str_putc(b, ':');
    arci_str_int(b, row->customer);
    for (const char *const *f = kinds[k].same; *f; f++) {
        const arc_value *v = value_of(r, *f);
        arci_str_putc(b, 0);
        if (v->type == ARC_V_TEXT) arci_str_add(b, v->u.s, v->len);
    }
    return b->failed ? arci_nomem(im->env) : ARC_OK;
}

/* Of rows that are taken: the next that says the same is known. */
static arc_status remember(arci_import *im, const arci_import_row *row, int k)
{
    if (!kinds[k].same[0]) return ARC_OK;
    arc_status st = print_of(im, row, k, arci_import_record(im, row->more[k]));
    return st == ARC_OK && arci_prints_add(&im->more_prints, im->text.s, im->text.len) < 0 ? arci_nomem(im->env) : st;
}

static arc_status in_book(arci_import *im, const arci_import_row *row, int k, const arci_record *r, int *there)
{
    static const char *const fields[ARCI_N_MORE] = { "id customer name", "id customer number", "id customer tax_no title", NULL, NULL };
    const int64_t customer = im->customers[row->customer].id;
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_arena arena;
    *there = 0;
    if (!customer || im->customers[row->customer].fresh) return ARC_OK;
    arc_status st = arci_shape_get(im->t, &shape, r->entity->name, fields[k]);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, customer);
    for (uint32_t i = 0; kinds[k].same[i]; i++) {
        const arc_value *v = value_of(r, kinds[k].same[i]);
        arci_where_text(&w, shape->cols[2 + i], ARC_OP_EQ, v->u.s, v->len);
    }
    arci_arena_init(&arena, im->env->ctx);
    st = arci_repo_find(im->t, shape, &w, NULL, 0, 1, &arena, &rows);
    *there = st == ARC_OK && rows.n_rows;
    arci_arena_clear(&arena);
    return st;
}

static arc_status needs_nobody(arci_import *im, const arci_import_row *row, const arci_target *t, arci_record *r)
{
    const arci_approval *a = NULL;
    arc_status st = im->sum.pass == 1 ? arci_approval_for(im->t, &arci_verbs[ARCI_DO_INSERT], r->entity, r, &a) : ARC_OK;
    if (st != ARC_OK || !a) return st;
    arci_fail(im->env, ARC_E_STATE, "new rows of %s wait for approval in this book: add them first%.0s", "%.0s本账簿新增%s须审批：请先新增", r->entity->name, r->entity->label_zh);
    return arci_import_fault(im, row->csv, row->number, t->entity, kinds[0].required[0], NULL, ARC_E_STATE);
}

/* Master data: known, or judged by the rules of the book. */
static arc_status judge_master(arci_import *im, arci_import_row *row, int k, arci_record *r)
{
    int seen = 0, there = 0;
    arc_status st = print_of(im, row, k, r);
    if (st == ARC_OK) seen = arci_prints_has(&im->more_prints, im->text.s, im->text.len);
    if (st == ARC_OK && !seen) st = in_book(im, row, k, r, &there);
    if (st != ARC_OK || seen || there) {
        row->has_more[k] = 0;
        row->known_more += seen || there;
        return st;
    }
    st = needs_nobody(im, row, mapped(im, k), r);
    return st == ARC_OK && !im->faulted ? arci_import_rules(im, row, target_of(k), r) : st;
}

/* Twice in the file, or there already: receivables without an invoice have numbers of their own. */
static arc_status number_taken(arci_import *im, const arci_import_row *row, int k, const arci_record *r)
{
    const arc_value *number = value_of(r, "number");
    const arci_shape *shape;
    arci_where w;
    arci_rows rows = { NULL, 0, 0 };
    arci_arena arena;
    if (im->sum.pass != 1) return ARC_OK;
    int32_t fresh = arci_prints_add(&im->item_numbers, number->u.s, number->len);
    if (fresh < 0) return arci_nomem(im->env);
    arci_arena_init(&arena, im->env->ctx);
    arc_status st = arci_shape_get(im->t, &shape, "item", "id number invoice");
    if (st == ARC_OK) {
        arci_where_init(&w);
        arci_where_text(&w, shape->cols[1], ARC_OP_EQ, number->u.s, number->len);
        arci_where_null(&w, shape->cols[2]);
        st = arci_repo_find(im->t, shape, &w, NULL, 0, 1, &arena, &rows);
    }
    arci_arena_clear(&arena);
    if (st != ARC_OK || (fresh && !rows.n_rows)) return st;
    arci_fail(im->env, ARC_E_EXISTS, fresh ? "the book has this number already" : "this number stands in the file before", fresh ? "账簿中已有该编号" : "该编号在文件中重复");
    return arci_import_fault(im, row->csv, row->number, mapped(im, k)->entity, "number", arci_import_rule_of(mapped(im, k), "number"), ARC_E_EXISTS);
}

static arc_status wrong(arci_import *im, const arci_import_row *row, int k, const char *field, arc_status st)
{
    return arci_import_fault(im, row->csv, row->number, mapped(im, k)->entity, field, arci_import_rule_of(mapped(im, k), field), st);
}

/* What recording a receivable asks of it. */
static arc_status judge_amounts(arci_import *im, const arci_import_row *row, int k, const arci_record *r)
{
    static const char *const kinds_of[] = { "opening", "invoiced", "fee", "estimated", "planned" };
    static const char *const sources[] = { "contract", "sales_order", "delivery", "milestone", "project" };
    const arc_value *kind = value_of(r, "kind");
    const int64_t amount = value_of(r, "amount")->u.i;
    const arc_value *tax = value_of(r, "tax_amount");
    int is = 0, named = 0;
    while (is < 5 && !(strlen(kinds_of[is]) == kind->len && memcmp(kinds_of[is], kind->u.s, kind->len) == 0)) is++;
    for (int i = 0; i < 5; i++) named |= value_of(r, sources[i])->type != ARC_V_NULL;
    if (is == 5) return wrong(im, row, k, "kind", arci_fail(im->env, ARC_E_VALUE, "one of opening, invoiced, fee, estimated, planned", "须为期初、应收、费用、暂估或计划"));
    if (amount == 0 || (amount < 0 && is)) {
        return wrong(im, row, k, "amount", arci_fail(im->env, ARC_E_VALUE, "is more than nothing; credits are taken over as opening balances, invoices or receipts", "须为正数：贷项请作为期初、发票或回款导入"));
    }
    if (amount < 0 && value_of(r, "parts")->type != ARC_V_NULL) return wrong(im, row, k, "parts", arci_fail(im->env, ARC_E_VALUE, "are of debts", "仅适用于应收"));
    if (tax->type == ARC_V_INT && (amount < 0 || tax->u.i < 0 || tax->u.i > amount)) {
        return wrong(im, row, k, "tax_amount", arci_fail(im->env, ARC_E_VALUE, "is not within the amount of a debt", "须在应收金额之内"));
    }
    if (is < 3 || named) return ARC_OK;
    return wrong(im, row, k, "contract", arci_fail(im->env, ARC_E_REQUIRED, "what is planned or estimated is of a contract, an order, a delivery, a milestone or a project", "计划或暂估应收须注明合同、订单、发货单、里程碑或项目"));
}

/* A receivable, or a credit that was open: its number is nobody else's, and its day can be posted on. */
static arc_status judge_item(arci_import *im, arci_import_row *row, int k, arci_record *r)
{
    const arc_value *day = value_of(r, "business_date");
    const arci_field *kind = arci_entity_field(r->entity, "kind", 4);
    const arc_value opening = arci_v_text("opening", 7);
    arc_status st = arci_record_value(r, kind->id)->type == ARC_V_NULL ? arci_record_put(im->env, r, kind->id, &opening) : ARC_OK;
    if (st == ARC_OK) st = judge_amounts(im, row, k, r);
    if (st == ARC_OK && !im->faulted) st = number_taken(im, row, k, r);
    if (st != ARC_OK || im->faulted) return st;
    const arc_date on = day->type == ARC_V_INT ? (arc_date)day->u.i : im->s->business_date;
    if (on == ARC_DATE_NONE) return wrong(im, row, k, "business_date", arci_fail(im->env, ARC_E_REQUIRED, "is required: the session has no business date", "为必填项：会话未设置业务日期"));
    st = arci_import_judge_day(im, row, mapped(im, k), "business_date", on);
    return st == ARC_OK && !im->faulted ? arci_import_rules(im, row, target_of(k), r) : st;
}

/* ---- limits ------------------------------------------------------------------------------------------------------------------ */

static arc_date day_in(const arci_record *r, const char *field)
{
    const arc_value *v = value_of(r, field);
    return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE;
}

/* NULL: nothing is said, or there is no memory, which is told. */
static const char *text_in(arci_import *im, arci_arena *arena, const arci_record *r, const char *field, arc_status *st)
{
    const arc_value *v = value_of(r, field);
    const char *s = v->type == ARC_V_TEXT && v->len ? arci_arena_strndup(arena, v->u.s, v->len) : NULL;
    if (v->type == ARC_V_TEXT && v->len && !s) *st = arci_nomem(im->env);
    return s;
}

/* As it is set, with what goes without saying. */
static arc_status limit_of(arci_import *im, arci_arena *arena, const arci_record *r, int64_t customer, arc_credit_limit *l)
{
    static const arc_credit_limit init = ARC_CREDIT_LIMIT_INIT;
    arc_status st = ARC_OK;
    *l = init;
    l->customer = customer;
    l->amount = value_of(r, "amount")->u.i;
    l->valid_from = day_in(r, "valid_from");
    l->valid_to = day_in(r, "valid_to");
    l->currency = text_in(im, arena, r, "currency", &st);
    l->kind = text_in(im, arena, r, "kind", &st);
    l->scope = text_in(im, arena, r, "scope", &st);
    l->reason = text_in(im, arena, r, "reason", &st);
    if (!l->kind) l->kind = "permanent";
    if (!l->scope) l->scope = "own";
    if (!l->reason) l->reason = "import";
    if (l->valid_from == ARC_DATE_NONE) l->valid_from = im->s->business_date;
    return st;
}

/* The very same limit, among the customer's rows. */
static arc_status limit_in_book(arci_import *im, arci_arena *arena, const arc_credit_limit *l, int *there)
{
    arci_limits_of all;
    arc_status st = arci_limits_read(im->t, arena, &l->customer, 1, INT64_MAX, &all);
    for (uint32_t i = 0; st == ARC_OK && i < all.n && !*there; i++) {
        const arc_value *v = all.rows + (size_t)i * ARCI_LIMIT_COLUMNS;
        const arc_value kind = arci_v_text(l->kind, strlen(l->kind)), scope = arci_v_text(l->scope, strlen(l->scope)), currency = arci_v_text(l->currency, strlen(l->currency));
        const arc_value to = l->valid_to == ARC_DATE_NONE ? arci_v_null() : arci_v_int(l->valid_to);
        *there = arci_value_equal(&v[ARCI_LIMIT_KIND], &kind) && arci_value_equal(&v[ARCI_LIMIT_SCOPE], &scope) && arci_value_equal(&v[ARCI_LIMIT_CURRENCY], &currency) &&
                 v[ARCI_LIMIT_AMOUNT].u.i == l->amount && v[ARCI_LIMIT_FROM].u.i == l->valid_from && arci_value_equal(&v[ARCI_LIMIT_TO], &to);
    }
    return st;
}

static arc_status limit_print(arci_import *im, uint32_t customer, const arc_credit_limit *l)
{
    arci_str *b = &im->text;
    const int64_t numbers[] = { LIMIT, customer, l->amount, l->valid_from, l->valid_to };
    const char *const texts[] = { l->kind, l->scope, l->currency };
    arci_str_reset(b);
    for (int i = 0; i < 5; i++) {
        arci_str_int(b, numbers[i]);
        arci_str_putc(b, ':');
    }
    for (int i = 0; i < 3; i++) {
        arci_str_puts(b, texts[i]);
        arci_str_putc(b, 0);
    }
    return b->failed ? arci_nomem(im->env) : ARC_OK;
}

/* A limit is one more row, unless the customer has the very same, or the file had. What the book asks of limits - a credit check, authority - it asks here. */
static arc_status judge_limit(arci_import *im, arci_import_row *row, const arci_record *r)
{
    const arci_import_customer *c = &im->customers[row->customer];
    arc_credit_limit l;
    arci_arena arena;
    char field[sizeof im->env->err->field];
    int there = 0;
    arci_arena_init(&arena, im->env->ctx);
    arc_status st = limit_of(im, &arena, r, c->fresh ? 0 : c->id, &l);
    if (st == ARC_OK) st = limit_print(im, row->customer, &l);
    if (st == ARC_OK) there = arci_prints_has(&im->more_prints, im->text.s, im->text.len);
    if (st == ARC_OK && !there && l.customer) st = limit_in_book(im, &arena, &l, &there);
    if (st == ARC_OK && there) {
        row->has_more[LIMIT] = 0;
        row->known_more++;
    } else if (st == ARC_OK && im->sum.pass == 1) {
        st = arci_limit_would(im->t, &l);
        memcpy(field, im->env->err->field, sizeof field);
        if (st != ARC_OK && st != ARC_E_NOMEM && !im->t->doomed) st = wrong(im, row, LIMIT, field, st);
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status remember_limit(arci_import *im, const arci_import_row *row)
{
    arc_credit_limit l;
    arci_arena arena;
    arci_arena_init(&arena, im->env->ctx);
    arc_status st = limit_of(im, &arena, arci_import_record(im, row->more[LIMIT]), 0, &l);
    if (st == ARC_OK) st = limit_print(im, row->customer, &l);
    if (st == ARC_OK && arci_prints_add(&im->more_prints, im->text.s, im->text.len) < 0) st = arci_nomem(im->env);
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_import_judge_more(arci_import *im, arci_import_row *row)
{
    arc_status st = ARC_OK;
    row->known_more = 0;
    for (int k = 0; k < ARCI_N_MORE; k++) row->has_more[k] = 0;
    for (int k = 0; st == ARC_OK && !im->faulted && k < ARCI_N_MORE; k++) {
        if (!arci_import_applies(row, mapped(im, k))) continue;
        arci_record *r = arci_import_record(im, row->more[k]);
        st = arci_import_fill(im, row, target_of(k), r, kinds[k].required);
        if (st != ARC_OK || im->faulted) break;
        row->has_more[k] = 1;
        st = kinds[k].same[0] ? judge_master(im, row, k, r) : k == LIMIT ? judge_limit(im, row, r) : judge_item(im, row, k, r);
    }
    return st;
}

/* ---- counting and writing ------------------------------------------------------------------------------------------------------ */

/* One more row of a kind; currency: three letters, or zeroes where there is no amount. */
static arc_status add_total(arci_import *im, const char *entity, const char *currency, int64_t amount)
{
    char key[48];
    int64_t *sum;
    const size_t n = strlen(entity);
    if (n + 3 > sizeof key) return ARC_OK;
    memcpy(key, currency, 3);
    memcpy(key + 3, entity, n);
    for (int count = 0; count < 2; count++) {
        if (arci_map_put(count ? &im->counts : &im->totals, key, n + 3, &sum) < 0) return arci_nomem(im->env);
        if (arci_add64(*sum, count ? 1 : amount, sum)) return arci_fail(im->env, ARC_E_OVERFLOW, "a control total is too large", "控制合计超出范围");
    }
    return ARC_OK;
}

arc_status arci_import_count_more(arci_import *im, const arci_import_row *row)
{
    arc_status st = ARC_OK;
    im->sum.others_known += row->known_more;
    for (int k = 0; st == ARC_OK && k < ARCI_N_MORE; k++) {
        if (!row->has_more[k]) continue;
        im->sum.others++;
        st = k == LIMIT ? remember_limit(im, row) : remember(im, row, k);
        if (st == ARC_OK) st = kinds[k].same[0] ? add_total(im, mapped(im, k)->entity->name, "\0\0", 0) : arci_import_total(im, arci_import_record(im, row->more[k]), "amount");
    }
    return st;
}

arc_status arci_import_put_more(arci_import *im, arci_import_row *row, int *full)
{
    arc_status st = arci_import_count_more(im, row);
    for (int k = 0; st == ARC_OK && k < ARCI_N_MORE; k++) {
        arci_import_more *m = &im->more[k];
        if (!row->has_more[k]) continue;
        arc_record *free = m->records[m->n];
        m->customers[m->n] = row->customer;
        m->records[m->n++] = row->more[k];
        row->more[k] = free;
        *full |= m->n == ARCI_IMPORT_CHUNK;
    }
    return st;
}

static arc_status set_limits(arci_import *im, const arci_import_more *m)
{
    arci_arena arena;
    arc_status st = ARC_OK;
    arci_arena_init(&arena, im->env->ctx);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        arc_credit_limit l;
        const arci_record *r = arci_import_record(im, m->records[i]);
        st = limit_of(im, &arena, r, value_of(r, "customer")->u.i, &l);
        if (st == ARC_OK) st = arc_credit_limit_set(im->session, NULL, &l);
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status write_kind(arci_import *im, int k)
{
    arci_import_more *m = &im->more[k];
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        arci_record *r = arci_import_record(im, m->records[i]);
        st = arci_record_set_int(im->env, r, arci_entity_field(r->entity, "customer", 8)->id, im->customers[m->customers[i]].id);
    }
    if (st == ARC_OK && k == LIMIT) st = set_limits(im, m);
    else if (st == ARC_OK) {
        st = kinds[k].same[0] ? arc_session_insert_many(im->session, NULL, NULL, m->records, m->n, ARC_ALL_OR_NONE)
                              : arc_item_record_many(im->session, NULL, NULL, m->records, m->n, ARC_ALL_OR_NONE);
    }
    if (st == ARC_NEEDS_APPROVAL) st = arci_fail(im->env, ARC_E_STATE, "new rows wait for approval in this book: add them first", "本账簿新增须审批：请先新增");
    m->n = 0;
    return st;
}

arc_status arci_import_flush_more(arci_import *im)
{
    arc_status st = ARC_OK;
    for (int k = 0; st == ARC_OK && k < ARCI_N_MORE; k++) {
        if (im->more[k].n) st = write_kind(im, k);
    }
    return st;
}

/* ---- amounts in 10,000s ------------------------------------------------------------------------------------------------------------ */

/* Signs of the yuan beside it say nothing more. */
static size_t without_signs(char *out, size_t cap, const char *s, size_t n)
{
    static const char *const signs[] = { "\xC2\xA5", "\xEF\xBF\xA5", "CNY", "RMB", "\xE4\xB8\x87", "\xE5\x85\x83" }; /* ¥ ￥ CNY RMB 万 元 */
    size_t kept = 0;
    for (size_t i = 0; i < n;) {
        size_t skip = 0;
        for (size_t k = 0; k < sizeof signs / sizeof *signs && !skip; k++) {
            const size_t len = strlen(signs[k]);
            if (n - i >= len && memcmp(s + i, signs[k], len) == 0) skip = len;
        }
        if (!skip && kept < cap) out[kept++] = s[i];
        i += skip ? skip : 1;
    }
    return kept;
}

arc_status arci_import_ten_thousands(arc_money *m, const char *s, size_t n, const char *code, const arc_number_options *o)
{
    char text[200];
    arc_number_options plain = *o;
    arc_decimal d;
    if (n > sizeof text) return ARC_E_RANGE;
    plain.flags &= ~(uint32_t)ARC_NUMBER_SYMBOL;
    arc_status st = arc_decimal_parse_as(&d, text, without_signs(text, sizeof text, s, n), 8, &plain);
    if (st == ARC_OK && (d.mantissa > INT64_MAX / 10000 || d.mantissa < INT64_MIN / 10000)) st = ARC_E_OVERFLOW;
    if (st != ARC_OK) return st;
    d.mantissa *= 10000;
    return arc_money_from_decimal(m, &d, code, o->mode);
}

/* ---- control totals --------------------------------------------------------------------------------------------------------------- */

arc_status arci_import_total(arci_import *im, const arci_record *r, const char *field)
{
    const arc_value *currency = value_of(r, "currency"), *amount = value_of(r, field);
    return currency->type != ARC_V_TEXT || currency->len != 3 || amount->type != ARC_V_INT ? ARC_OK : add_total(im, r->entity->name, currency->u.s, amount->u.i);
}

arc_status arci_import_total_groups(arci_import *im)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < im->n_groups; i++) {
        const arci_import_group *g = arci_import_group_at(im, i);
        int64_t sum = 0;
        if (!(g->flags & ARCI_GROUP_BAD) && !arci_group_sum(g, &sum)) st = add_total(im, "receipt", g->currency, sum);
    }
    return st;
}

void arci_import_untotal(arci_import *im, const arci_import_group *g)
{
    char key[10] = { g->currency[0], g->currency[1], g->currency[2] };
    int64_t sum = 0;
    memcpy(key + 3, "invoice", 7);
    int64_t *total = arci_map_get(&im->totals, key, sizeof key), *count = arci_map_get(&im->counts, key, sizeof key);
    if (!total || !count || arci_group_sum(g, &sum)) return;
    *total -= sum;
    *count -= g->rows;
}

arc_status arci_import_tell_totals(arci_import *im)
{
    for (uint32_t k = 0; im->options.total && k < 2 * im->totals.n; k++) { /* amounts, then what is only counted */
        const arci_map_entry *e = &im->totals.entries[k % im->totals.n];
        if ((*(const char *)e->key == 0) != (k >= im->totals.n)) continue;
        const int64_t *count = arci_map_get(&im->counts, e->key, e->key_len);
        char entity[48] = { 0 };
        arc_import_total t = ARC_IMPORT_TOTAL_INIT;
        memcpy(entity, e->key + 3, e->key_len - 3);
        memcpy(t.currency, e->key, 3);
        t.entity = entity;
        t.count = count ? *count : 0;
        t.minor = e->value;
        if (im->options.total(im->options.user, &t)) return arci_fail(im->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    return ARC_OK;
}
