/* SPDX-License-Identifier: Apache-2.0 */
/* Voiding: what an issued document claims is taken back by rows of its own, and its journal entry by a reversing one. */
#include <string.h>

#include "arcore/date.h"
#include "billing/credit.h"
#include "billing/credit_void.h"
#include "billing/voids.h"
#include "ledger/period.h"
#include "ledger/sides.h"

typedef struct voiding {
    arci_voids v;
    arci_steps *s;
    arci_sides sides;
    arci_rows entries, lines;
} voiding;

/* Ids of the good ones that were issued. */
static arc_status issued(voiding *x)
{
    arci_voids *v = &x->v;
    v->ids = arci_arena_alloc(x->s->arena, x->s->p->n * sizeof *v->ids);
    if (!v->ids) return arci_nomem(x->s->p->t->env);
    for (uint32_t i = 0; i < x->s->p->n; i++) {
        if (arci_void_issued(x->s, i)) v->ids[v->n++] = arci_v_int(x->s->list[i].invoice);
    }
    return ARC_OK;
}

static arc_status read_items(voiding *x)
{
    arci_voids *v = &x->v;
    arc_status st = arci_steps_items(x->s, &v->items, "invoice seq id amount currency", v->ids, v->n);
    if (st != ARC_OK) return st;
    v->item_of = arci_arena_alloc(x->s->arena, (v->items.n_rows + 1) * sizeof *v->item_of);
    v->own = arci_arena_calloc(x->s->arena, v->items.n_rows + 1, sizeof *v->own);
    if (!v->item_of || !v->own) return arci_nomem(x->s->p->t->env);
    for (uint32_t r = 0; r < v->items.n_rows; r++) {
        const arc_value *row = arci_void_item(v, r);
        /* rows come document by document */
        v->item_of[r] = r && row[ARCI_VITEM_INVOICE].u.i == arci_void_item(v, r - 1)[ARCI_VITEM_INVOICE].u.i ? v->item_of[r - 1] : arci_step_of(x->s, row[ARCI_VITEM_INVOICE].u.i);
    }
    return ARC_OK;
}

static arc_status read_lines(voiding *x)
{
    arci_voids *v = &x->v;
    const arci_shape *shape;
    int64_t *ids = arci_arena_alloc(x->s->arena, (v->n + 1) * sizeof *ids);
    v->first = arci_arena_calloc(x->s->arena, x->s->p->n, sizeof *v->first);
    v->count = arci_arena_calloc(x->s->arena, x->s->p->n, sizeof *v->count);
    if (!ids || !v->first || !v->count) return arci_nomem(x->s->p->t->env);
    for (uint32_t k = 0; k < v->n; k++) ids[k] = v->ids[k].u.i;
    arc_status st = arci_shape_get(x->s->p->t, &shape, "invoice_line", "invoice seq order_line delivery_line quantity gross_amount net_amount tax_amount advance contract off_contract off_order");
    if (st == ARC_OK) st = arci_credit_find(x->s->p->t, x->s->arena, shape, ids, v->n, &v->lines);
    for (uint32_t r = 0; st == ARC_OK && r < v->lines.n_rows; r++) {
        uint32_t i = arci_step_of(x->s, arci_void_line(v, r)[ARCI_VOID_INVOICE].u.i);
        if (i != UINT32_MAX && !v->count[i]++) v->first[i] = r;
    }
    return st;
}

/* Locked. */
static arc_status read_sides(voiding *x)
{
    int64_t *ids = arci_arena_alloc(x->s->arena, (x->v.items.n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(x->s->p->t->env);
    for (uint32_t r = 0; r < x->v.items.n_rows; r++) ids[r] = arci_void_item(&x->v, r)[ARCI_VITEM_ID].u.i;
    return arci_sides_read(x->s->p, &x->sides, "item_state", ids, x->v.items.n_rows);
}

/* But for what a note did itself. */
static void refuse_settled(voiding *x)
{
    for (uint32_t r = 0; r < x->v.items.n_rows; r++) {
        const arc_value *row = arci_void_item(&x->v, r);
        const arci_side *side = arci_sides_find(&x->sides, row[ARCI_VITEM_ID].u.i);
        uint32_t i = x->v.item_of[r];
        int n;
        if (i == UINT32_MAX || !arci_step_good(x->s, i) || (side && side->found && side->left - x->v.own[r] == row[ARCI_VITEM_AMOUNT].u.i)) continue;
        const char *name = arci_step_name(x->s, i, &n);
        arci_step_refuse(x->s, i, ARC_E_STATE, "status", "invoice %.*s is paid or credited in part: void is not possible, credit it instead",
                         "发票 %.*s 已部分结算，不能作废，请开具红字发票", n, name);
    }
}

/* Payments that were taken back leave their days: void before the last of them there would be less than nothing. */
static void refuse_before_days(voiding *x)
{
    for (uint32_t r = 0; r < x->v.items.n_rows; r++) {
        const arci_side *side = arci_sides_find(&x->sides, arci_void_item(&x->v, r)[ARCI_VITEM_ID].u.i);
        uint32_t i = x->v.item_of[r];
        int n;
        if (i == UINT32_MAX || !side || !arci_step_good(x->s, i) || side->moved == ARC_DATE_NONE || arci_step_day(x->s, i) >= side->moved) continue;
        const char *name = arci_step_name(x->s, i, &n);
        arci_step_refuse(x->s, i, ARC_E_RANGE, "invoice_date", "invoice %.*s was paid in part until later: take a later day", "发票 %.*s 在该日之后仍有结算，请使用更晚的日期", n, name);
    }
}

/* A credit note that stands, or waits for its confirmation, has taken its share: with the invoice void it would be taken back twice. */
static arc_status refuse_credited(voiding *x)
{
    const arc_value *ids = x->v.ids;
    const uint32_t n = x->v.n;
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
        if (!arci_void_issued(s, i)) continue;
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
            (void)arci_posting_fact(s->p, i, day, issued_on, "invoice", "invoice_date", s->list[i].invoice);
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
    if (!x->v.items.n_rows) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "adjustment", adjustment_fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, x->s->arena, &b, shape, ARC_WRITE_INSERT, x->v.items.n_rows, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t r = 0; r < x->v.items.n_rows && st == ARC_OK; r++) {
        const arc_value *row = arci_void_item(&x->v, r);
        arci_side *side = arci_sides_find(&x->sides, row[ARCI_VITEM_ID].u.i);
        uint32_t i = x->v.item_of[r];
        int known;
        if (i == UINT32_MAX || !arci_step_good(x->s, i) || !side->left) continue;
        arc_date day = arci_step_day(x->s, i);
        arc_value *v = arci_batch_row(b, at++);
        v[0] = row[ARCI_VITEM_ID];
        v[1] = arci_v_int(day);
        v[2] = row[ARCI_VITEM_CURRENCY];
        v[3] = arci_v_int(-side->left);
        v[4] = arci_v_text("unknown", 7);
        v[5] = arci_v_text(x->s->list[i].reason, strlen(x->s->list[i].reason));
        int64_t base = arci_side_base(side, side->left, &known);
        if (side->has_base && !side->domestic) {
            v[6] = arci_v_text(p->session->book->base_currency, 3);
            v[7] = arci_v_int(-base);
        }
        st = arci_side_empty(p, side);
        if (st == ARC_OK) st = arci_side_move(p, side, side->left, base, day);
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

/* In their order: what one gives back another may take. */
static arc_status judge(voiding *x)
{
    arci_voids *v = &x->v;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->s->p->n && st == ARC_OK; i++) {
        if (!arci_void_issued(x->s, i)) continue;
        st = arci_void_notes_judge(v, i);
        if (st != ARC_OK || !arci_step_good(x->s, i)) continue;
        st = arci_void_uses_judge(v, i);
        if (st == ARC_OK && arci_step_good(x->s, i)) {
            st = arci_void_chain_judge(v, i);
            if (st == ARC_OK && !arci_step_good(x->s, i)) arci_void_uses_undo(v, i);
        }
        if (st == ARC_OK && !arci_step_good(x->s, i)) arci_void_notes_undo(v, i);
    }
    return st;
}

/* The states of items as notes left them, which are read again. */
static arc_status write(voiding *x)
{
    arc_status st = arci_void_notes_write(&x->v);
    if (st == ARC_OK) st = read_sides(x);
    if (st == ARC_OK) st = arci_void_uses_write(&x->v);
    if (st == ARC_OK) st = adjust(x);
    if (st == ARC_OK) arci_void_chain_count(&x->v);
    for (uint32_t at = 0; at < x->v.n && st == ARC_OK; at += ARCI_STEPS_AT_ONCE) {
        st = read_entries(x, x->v.ids + at, x->v.n - at < ARCI_STEPS_AT_ONCE ? x->v.n - at : ARCI_STEPS_AT_ONCE);
        if (st == ARC_OK) reverse_entries(x);
    }
    return st;
}

arc_status arci_steps_void(arci_steps *s)
{
    voiding x = { .s = s, .v = { .s = s } };
    arc_status st = check_periods(&x);
    if (st == ARC_OK) st = arci_credit_waits(s);
    if (st == ARC_OK) st = issued(&x);
    if (st != ARC_OK || !x.v.n) return st;
    st = read_items(&x);
    if (st == ARC_OK) st = read_lines(&x);
    if (st == ARC_OK) st = arci_void_notes_open(&x.v);
    if (st == ARC_OK) st = arci_void_chain_open(&x.v);
    if (st == ARC_OK) st = arci_void_uses_open(&x.v);
    if (st == ARC_OK) st = read_sides(&x);
    if (st != ARC_OK) return st;
    refuse_settled(&x);
    st = refuse_credited(&x);
    if (st != ARC_OK) return st;
    refuse_before_days(&x);
    st = judge(&x);
    return st == ARC_OK ? write(&x) : st;
}

arc_status arci_steps_settled(arci_steps *s)
{
    voiding x = { .s = s, .v = { .s = s } };
    arc_status st = arci_credit_waits(s);
    if (st == ARC_OK) st = issued(&x);
    if (st != ARC_OK || !x.v.n) return st;
    st = read_items(&x);
    if (st == ARC_OK) st = read_sides(&x);
    for (uint32_t r = 0; r < x.v.items.n_rows && st == ARC_OK; r++) {
        const arci_side *side = arci_sides_find(&x.sides, arci_void_item(&x.v, r)[ARCI_VITEM_ID].u.i);
        uint32_t i = x.v.item_of[r];
        int n;
        if (i == UINT32_MAX || !arci_step_good(s, i) || (side && side->found && !side->left)) continue;
        const char *name = arci_step_name(s, i, &n);
        arci_step_refuse(s, i, ARC_E_STATE, "status", "invoice %.*s: something is still open", "发票 %.*s：尚有未结金额", n, name);
    }
    return st;
}
