/* SPDX-License-Identifier: Apache-2.0 */
/* Voiding: what an issued document claims is taken back by rows of its own, and its journal entry by a reversing one. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/fields.h"
#include "billing/credit_void.h"
#include "billing/invoice.h"
#include "billing/invoice_step.h"
#include "billing/uses_back.h"
#include "ledger/period.h"
#include "ledger/sides.h"

/* Items of the documents at hand, in order of document and seq. */
enum { I_INVOICE, I_SEQ, I_ID, I_AMOUNT, I_CURRENCY, I_COLUMNS };
static const char item_fields[] = "invoice seq id amount currency";

typedef struct voiding {
    arci_steps *s;
    arci_rows items;
    uint32_t *of; /* element of an item's row, UINT32_MAX: refused */
    arci_sides sides;
    arci_rows entries, lines;
} voiding;

static int is_issued(const arci_steps *s, uint32_t i) { return arci_step_good(s, i) && !arci_code_is(&s->rows[i][ARCI_STEP_STATUS], "draft"); }

/* Ids of the good ones that were issued. */
static arc_status issued(voiding *x, arc_value **ids, uint32_t *n)
{
    *n = 0;
    *ids = arci_arena_alloc(x->s->arena, x->s->p->n * sizeof **ids);
    if (!*ids) return arci_nomem(x->s->p->t->env);
    for (uint32_t i = 0; i < x->s->p->n; i++) {
        if (is_issued(x->s, i)) (*ids)[(*n)++] = arci_v_int(x->s->list[i].invoice);
    }
    return ARC_OK;
}

static arc_status read_items(voiding *x, const arc_value *ids, uint32_t n)
{
    arci_posting *p = x->s->p;
    arc_status st = arci_steps_items(x->s, &x->items, item_fields, ids, n);
    if (st != ARC_OK) return st;
    int64_t *item_ids = arci_arena_alloc(x->s->arena, (x->items.n_rows + 1) * sizeof *item_ids);
    x->of = arci_arena_alloc(x->s->arena, (x->items.n_rows + 1) * sizeof *x->of);
    if (!item_ids || !x->of) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < x->items.n_rows; r++) {
        const arc_value *row = x->items.values + (size_t)r * I_COLUMNS;
        item_ids[r] = row[I_ID].u.i;
        /* rows come document by document */
        x->of[r] = r && row[I_INVOICE].u.i == row[I_INVOICE - I_COLUMNS].u.i ? x->of[r - 1] : arci_step_of(x->s, row[I_INVOICE].u.i);
    }
    return arci_sides_read(p, &x->sides, "item_state", item_ids, x->items.n_rows);
}

static void refuse_settled(voiding *x)
{
    for (uint32_t r = 0; r < x->items.n_rows; r++) {
        const arc_value *row = x->items.values + (size_t)r * I_COLUMNS;
        const arci_side *side = arci_sides_find(&x->sides, row[I_ID].u.i);
        uint32_t i = x->of[r];
        int n;
        if (i == UINT32_MAX || !arci_step_good(x->s, i) || (side && side->found && side->left == row[I_AMOUNT].u.i)) continue;
        const char *name = arci_step_name(x->s, i, &n);
        arci_step_refuse(x->s, i, ARC_E_STATE, "status", "invoice %.*s is paid or credited in part: void is not possible, credit it instead",
                         "发票 %.*s 已部分结算，不能作废，请开具红字发票", n, name);
    }
}

/* Payments that were taken back leave their days: void before the last of them there would be less than nothing. */
static void refuse_before_days(voiding *x)
{
    for (uint32_t r = 0; r < x->items.n_rows; r++) {
        const arci_side *side = arci_sides_find(&x->sides, x->items.values[(size_t)r * I_COLUMNS + I_ID].u.i);
        uint32_t i = x->of[r];
        int n;
        if (i == UINT32_MAX || !side || !arci_step_good(x->s, i) || side->moved == ARC_DATE_NONE || arci_step_day(x->s, i) >= side->moved) continue;
        const char *name = arci_step_name(x->s, i, &n);
        arci_step_refuse(x->s, i, ARC_E_RANGE, "invoice_date", "invoice %.*s was paid in part until later: take a later day", "发票 %.*s 在该日之后仍有结算，请使用更晚的日期", n, name);
    }
}

/* A credit note that stands, or waits for its confirmation, has taken its share: with the invoice void it would be taken back twice. */
static arc_status refuse_credited(voiding *x, const arc_value *ids, uint32_t n)
{
    arci_posting *p = x->s->p;
    const arci_shape *shape;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "red_of status");
    for (uint32_t at = 0; at < n && st == ARC_OK; at += ARCI_STEPS_AT_ONCE) {
        arci_where w;
        arci_rows rows;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], ids + at, n - at < ARCI_STEPS_AT_ONCE ? n - at : ARCI_STEPS_AT_ONCE);
        st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, x->s->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *note = rows.values + (size_t)r * rows.n_cols;
            uint32_t i = arci_step_of(x->s, note[0].u.i);
            int k;
            if (i == UINT32_MAX || arci_code_is(&note[1], "voided") || arci_code_is(&note[1], "draft")) continue;
            const char *name = arci_step_name(x->s, i, &k);
            arci_step_refuse(x->s, i, ARC_E_STATE, "status", "invoice %.*s is credited in part: void the credit note first, or credit the rest", "发票 %.*s 已部分红冲，请先作废红字发票，或红冲其余部分", k, name);
        }
    }
    return st;
}

/* The tax office's month is the calendar's, whatever the periods of the book are. */
static int other_month(const arci_steps *s, uint32_t i, arc_date issued_on, arc_date day)
{
    int32_t y1 = 0, m1 = 0, d1, y2 = 0, m2 = 0, d2;
    if (!arci_code_is(&s->rows[i][ARCI_STEP_FAPIAO_KIND], "paper_special")) return 0;
    (void)arc_date_to_ymd(&y1, &m1, &d1, issued_on);
    (void)arc_date_to_ymd(&y2, &m2, &d2, day);
    return y1 != y2 || m1 != m2;
}

/* In the period it was issued in: the book's own, else the month. */
static arc_status check_periods(voiding *x)
{
    arci_steps *s = x->s;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < s->p->n && st == ARC_OK; i++) {
        char was[24], now[24];
        int n;
        if (!is_issued(s, i)) continue;
        arc_date day = arci_step_day(s, i), issued_on = (arc_date)s->rows[i][ARCI_STEP_DATE].u.i;
        if (day == ARC_DATE_NONE || day < issued_on || day > ARC_DATE_MAX) {
            arci_step_refuse(s, i, ARC_E_RANGE, "invoice_date", "the day of voiding is not known, or before the invoice's", "作废日期未知或早于开票日期");
            continue;
        }
        st = arci_period_code(s->p->t, was, issued_on);
        if (st == ARC_OK) st = arci_period_code(s->p->t, now, day);
        if (st != ARC_OK) return st;
        const char *name = arci_step_name(s, i, &n);
        if (strcmp(was, now) != 0) {
            arci_step_refuse(s, i, ARC_E_STATE, "invoice_date", "invoice %.*s is of period %s: it is not voided in %s, credit it instead",
                             "发票 %.*s 属于期间 %s，不能在 %s 作废，请开具红字发票", n, name, was, now);
        } else if (other_month(s, i, issued_on, day)) {
            arci_step_refuse(s, i, ARC_E_STATE, "invoice_date", "invoice %.*s has a paper special fapiao: it is voided in the month it was issued in, credit it instead",
                             "发票 %.*s 为纸质专票，只能在开票当月作废，请开具红字发票", n, name);
        } else {
            (void)arci_posting_period(s->p, i, day);
        }
    }
    return s->p->failed.status ? s->p->failed.status : st;
}

/* ---- taking back -------------------------------------------------------------------------------------------------------------- */

static const char adjustment_fields[] = "item effective_date currency amount reason_code reason base_currency base_amount";

static arc_status adjust(voiding *x)
{
    arci_posting *p = x->s->p;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t at = 0;
    if (!x->items.n_rows) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "adjustment", adjustment_fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, x->s->arena, &b, shape, ARC_WRITE_INSERT, x->items.n_rows, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t r = 0; r < x->items.n_rows && st == ARC_OK; r++) {
        const arc_value *row = x->items.values + (size_t)r * I_COLUMNS;
        arci_side *side = arci_sides_find(&x->sides, row[I_ID].u.i);
        uint32_t i = x->of[r];
        int known;
        if (i == UINT32_MAX || !arci_step_good(x->s, i) || !side->left) continue;
        arc_date day = arci_step_day(x->s, i);
        arc_value *v = arci_batch_row(b, at++);
        v[0] = row[I_ID];
        v[1] = arci_v_int(day);
        v[2] = row[I_CURRENCY];
        v[3] = arci_v_int(-side->left);
        v[4] = arci_v_text("unknown", 7);
        v[5] = arci_v_text(x->s->list[i].reason, strlen(x->s->list[i].reason));
        int64_t base = arci_side_base(side, side->left, &known);
        if (side->has_base && !side->domestic) {
            v[6] = arci_v_text(p->session->book->base_currency, 3);
            v[7] = arci_v_int(-base);
        }
        st = arci_side_move(p, side, side->left, base, day);
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    st = arci_repo_write(p->t, &b, 1, NULL);
    return st == ARC_OK ? arci_sides_write(p, &x->sides) : st;
}

/* ---- the journal ------------------------------------------------------------------------------------------------------------------ */

enum { E_ID, E_ENTITY, E_SOURCE, E_REVERSES, E_CUSTOMER, E_COLUMNS };
enum { L_ENTRY, L_SEQ, L_ROLE, L_CURRENCY, L_AMOUNT, L_BASE, L_CUSTOMER, L_DEPARTMENT, L_PERSON, L_PROJECT, L_BUSINESS_LINE, L_RED, L_COLUMNS };

static arc_status read_entries(voiding *x, const arc_value *ids, uint32_t n)
{
    arci_posting *p = x->s->p;
    const arci_shape *shape;
    arci_where w;
    x->lines.n_rows = 0;
    arc_status st = arci_shape_get(p->t, &shape, "journal_entry", "id entity source reverses customer");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[E_ENTITY], ARC_OP_EQ, "invoice", 7);
    arci_where_in(&w, shape->cols[E_SOURCE], ids, n);
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, x->s->arena, &x->entries);
    if (st != ARC_OK || !x->entries.n_rows) return st;
    arc_value *entries = arci_arena_alloc(x->s->arena, x->entries.n_rows * sizeof *entries);
    if (!entries) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < x->entries.n_rows; r++) entries[r] = x->entries.values[(size_t)r * E_COLUMNS + E_ID];
    st = arci_shape_get(p->t, &shape, "journal_line",
                        "journal_entry seq account_role currency amount base_amount customer department person project business_line red");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[L_ENTRY], entries, x->entries.n_rows);
    const arc_order order[2] = { { shape->cols[L_ENTRY], 0 }, { shape->cols[L_SEQ], 0 } };
    return arci_repo_find(p->t, shape, &w, order, 2, 0, x->s->arena, &x->lines);
}

/* Each line keeps its own dimensions. */
static void reverse_entry(voiding *x, const arc_value *entry, uint32_t i, uint32_t *line)
{
    arci_journal *j = &x->s->p->journal;
    int opened = 0;
    while (*line < x->lines.n_rows && x->lines.values[(size_t)*line * L_COLUMNS].u.i < entry[E_ID].u.i) (*line)++;
    for (; *line < x->lines.n_rows; (*line)++) {
        const arc_value *v = x->lines.values + (size_t)*line * L_COLUMNS;
        char currency[4] = { 0 };
        if (v[L_ENTRY].u.i != entry[E_ID].u.i) return;
        if (i == UINT32_MAX || !arci_step_good(x->s, i) || entry[E_REVERSES].type == ARC_V_INT) continue;
        const arci_entry e = { .date = arci_step_day(x->s, i), .purpose = "void", .entity = "invoice", .source = entry[E_SOURCE].u.i,
                               .number = &x->s->rows[i][ARCI_STEP_NUMBER], .reverses = entry[E_ID].u.i,
                               .customer = entry[E_CUSTOMER].type == ARC_V_INT ? entry[E_CUSTOMER].u.i : 0, .person = &v[L_PERSON],
                               .department = &v[L_DEPARTMENT], .project = &v[L_PROJECT], .business_line = &v[L_BUSINESS_LINE] };
        arci_dims *dims = arci_arena_alloc(x->s->arena, sizeof *dims);
        if (dims) *dims = (arci_dims){ e.person, e.department, e.project, e.business_line };
        if (!opened++) arci_journal_open(j, &e);
        if (!dims) j->nomem = 1;
        arci_journal_dims(j, dims);
        int64_t base = v[L_BASE].type == ARC_V_INT ? -v[L_BASE].u.i : 0;
        const char *role = arci_arena_strndup(x->s->arena, v[L_ROLE].u.s, v[L_ROLE].len);
        memcpy(currency, v[L_CURRENCY].u.s, 3);
        if (!role) j->nomem = 1;
        else arci_journal_red(j, role, currency, -v[L_AMOUNT].u.i, v[L_BASE].type == ARC_V_INT ? &base : NULL);
    }
}

static void reverse_entries(voiding *x)
{
    uint32_t line = 0;
    for (uint32_t r = 0; r < x->entries.n_rows; r++) { /* by id, as the lines are */
        const arc_value *entry = x->entries.values + (size_t)r * E_COLUMNS;
        reverse_entry(x, entry, arci_step_of(x->s, entry[E_SOURCE].u.i), &line);
    }
}

arc_status arci_steps_void(arci_steps *s)
{
    voiding x = { .s = s };
    arc_value *ids;
    uint32_t n;
    arc_status st = check_periods(&x);
    if (st == ARC_OK) st = arci_credit_waits(s);
    if (st == ARC_OK) st = arci_chain_void_lock(s);
    if (st == ARC_OK) st = arci_credit_void(s);
    if (st == ARC_OK) st = issued(&x, &ids, &n);
    if (st != ARC_OK || !n) return st;
    st = read_items(&x, ids, n);
    if (st != ARC_OK) return st;
    refuse_settled(&x);
    st = refuse_credited(&x, ids, n);
    if (st == ARC_OK) refuse_before_days(&x);
    if (st == ARC_OK) st = arci_uses_void(s, ids, n);
    if (st == ARC_OK) st = adjust(&x);
    if (st == ARC_OK) st = arci_chain_void(s, ids, n);
    for (uint32_t at = 0; at < n && st == ARC_OK; at += ARCI_STEPS_AT_ONCE) {
        st = read_entries(&x, ids + at, n - at < ARCI_STEPS_AT_ONCE ? n - at : ARCI_STEPS_AT_ONCE);
        if (st == ARC_OK) reverse_entries(&x);
    }
    return st;
}

arc_status arci_steps_settled(arci_steps *s)
{
    voiding x = { .s = s };
    arc_value *ids;
    uint32_t n_ids;
    arc_status st = arci_credit_waits(s);
    if (st == ARC_OK) st = issued(&x, &ids, &n_ids);
    if (st != ARC_OK || !n_ids) return st;
    st = read_items(&x, ids, n_ids);
    for (uint32_t r = 0; r < x.items.n_rows && st == ARC_OK; r++) {
        const arci_side *side = arci_sides_find(&x.sides, x.items.values[(size_t)r * I_COLUMNS + I_ID].u.i);
        uint32_t i = x.of[r];
        int n;
        if (i == UINT32_MAX || !arci_step_good(s, i) || (side && side->found && !side->left)) continue;
        const char *name = arci_step_name(s, i, &n);
        arci_step_refuse(s, i, ARC_E_STATE, "status", "invoice %.*s: something is still open", "发票 %.*s：尚有未结金额", n, name);
    }
    return st;
}
