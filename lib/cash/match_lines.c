/* SPDX-License-Identifier: Apache-2.0 */
/* What the line of a statement says of the receipt that came of it: references the bank gives as such, on whose behalf it was paid, what was instructed, words of details that were no
 * payments of their own. Read where the actor may. */
#include <string.h>

#include "cash/match.h"
#include "cash/payer.h"

enum { L_CREDITOR_REF, L_DOCUMENT, L_CUSTOMER_REF, L_ULTIMATE, L_ORIGINAL_CURRENCY, L_ORIGINAL, L_AMOUNT, L_COLUMNS };
static const char line_fields[] = "creditor_ref document customer_ref ultimate_name original_currency original amount";
enum { T_MEMO, T_BANK_REF, T_REMARK, T_CREDITOR_REF, T_DOCUMENT, T_CUSTOMER_REF, T_DETAILS };
enum { AT_ONCE = 500, DETAILS_MOST = 4000 };

static void take(arci_mreceipt *r, const arc_value *v)
{
    r->texts[T_CREDITOR_REF] = v[L_CREDITOR_REF];
    r->texts[T_DOCUMENT] = v[L_DOCUMENT];
    r->texts[T_CUSTOMER_REF] = v[L_CUSTOMER_REF];
    r->ultimate = v[L_ULTIMATE];
    if (v[L_ORIGINAL].type != ARC_V_INT || v[L_ORIGINAL_CURRENCY].type != ARC_V_TEXT || memcmp(v[L_ORIGINAL_CURRENCY].u.s, r->currency, 3) != 0) return;
    if (r->left == v[L_AMOUNT].u.i && v[L_ORIGINAL].u.i >= r->left) r->kept = v[L_ORIGINAL].u.i - r->left;
}

enum { D_BATCH, D_DETAIL, D_KIND, D_STANDING, D_MEMO, D_CREDITOR_REF, D_DOCUMENT, D_COLUMNS, D_PAYER = D_COLUMNS, D_ACCOUNT };
static const char detail_fields[] = "batch detail kind standing memo creditor_ref document payer_name payer_account";

/* Words one behind the other, a line each. */
static arc_status add_words(arci_cash *m, arc_value *to, const arc_value *v)
{
    const uint32_t before = to->type == ARC_V_TEXT ? to->len : 0;
    if (v->type != ARC_V_TEXT || !v->len || before + v->len + 1u > DETAILS_MOST) return ARC_OK;
    char *s = arci_arena_alloc(&m->arena, before + v->len + 2u);
    if (!s) return arci_nomem(m->env);
    if (before) memcpy(s, to->u.s, before);
    if (before) s[before] = '\n';
    memcpy(s + before + (before != 0), v->u.s, v->len);
    *to = arci_v_text(s, before + (before != 0) + v->len);
    return ARC_OK;
}

static int is_kind(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* Details that are no payments of their own: their words; of one that is alone also who paid, where the line does not say. */
static arc_status take_details(arci_cash *m, const arci_rows *rows, const arci_map *lines)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols, *next = v + rows->n_cols;
        const int64_t *at = arci_map_get(lines, &v[D_BATCH].u.i, sizeof v[D_BATCH].u.i);
        if (!at || !is_kind(&v[D_KIND], "detail") || v[D_STANDING].type == ARC_V_NULL) continue;
        arci_mreceipt *r = &m->receipts[*at];
        for (int k = D_MEMO; k < D_COLUMNS && st == ARC_OK; k++) st = add_words(m, &r->texts[T_DETAILS], &v[k]);
        if (v[D_DETAIL].u.i != 1 || (i + 1 < rows->n_rows && next[D_BATCH].u.i == v[D_BATCH].u.i) || r->payer_name.type == ARC_V_TEXT || r->payer_account.type == ARC_V_TEXT) continue;
        r->payer_name = v[D_PAYER];
        r->payer_account = v[D_ACCOUNT];
    }
    return st;
}

static arc_status details_of(arci_cash *m, const int64_t *ids, const uint32_t *of, uint32_t n)
{
    const arci_shape *shape;
    arci_map lines;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "statement_line", detail_fields);
    arc_value *values = arci_arena_alloc(&m->arena, (n + 1u) * sizeof *values);
    if (!values) return arci_nomem(m->env);
    arci_map_init(&lines, m->arena.ctx);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        int64_t *at;
        values[i] = arci_v_int(ids[i]);
        if (arci_map_put(&lines, &ids[i], sizeof ids[i], &at) < 0) st = arci_nomem(m->env);
        else *at = of[i];
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i += AT_ONCE) {
        arci_where w;
        const arc_order by[] = { { shape->cols[D_BATCH], 0 }, { shape->cols[D_DETAIL], 0 } };
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[D_BATCH], values + i, n - i < AT_ONCE ? n - i : AT_ONCE);
        st = arci_repo_find(m->t, shape, &w, by, 2, 0, &m->arena, &rows);
        if (st == ARC_OK) st = take_details(m, &rows, &lines);
    }
    arci_map_clear(&lines);
    return st;
}

arc_status arci_cash_lines(arci_cash *m)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *ids);
    uint32_t *of = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *of);
    if (!ids || !of) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_receipts; i++) {
        if (!m->receipts[i].line) continue;
        ids[n] = m->receipts[i].line;
        of[n++] = i;
    }
    if (!n || !arci_payer_may_read(m->t->session, "statement_line", "document") || !arci_payer_may_read(m->t->session, "statement_line", "memo")) return ARC_OK;
    arc_status st = arci_shape_get(m->t, &shape, "statement_line", line_fields);
    if (st == ARC_OK) st = arci_repo_get_many(m->t, shape, ids, n, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (found[i]) take(&m->receipts[of[i]], rows + (size_t)i * L_COLUMNS);
    }
    return st == ARC_OK ? details_of(m, ids, of, n) : st;
}
