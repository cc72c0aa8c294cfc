/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts against their history, and within their limits. */
#include <string.h>

#include "billing/chain.h"
#include "billing/checks.h"
#include "store/stream.h"

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

enum { C_ID, C_STATUS, C_ENDED, C_AMOUNT, C_TOLERANCE, C_ENDS, C_KIND, C_CURRENCY, C_BASIS, C_CHANGED };
enum { H_CONTRACT, H_SEQ, H_KIND, H_DATE, H_AMOUNT, H_TOLERANCE, H_ENDS, H_OLD };
enum { S_PARENT, S_LINK, S_CURRENCY, S_GROSS, S_NET };
enum { I_CONTRACT, I_ID, I_CURRENCY, I_GROSS, I_NET, I_STATUS, I_KIND, I_ISSUED };

typedef struct checking {
    arci_verify *v;
    arci_txn *t;
    arci_stream contracts, history, sums, documents;
} checking;

static int same(const arc_value *a, const arc_value *b) { return a->type == ARC_V_NULL ? b->type == ARC_V_NULL : arci_value_equal(a, b); }

static arc_status tell(const checking *x, const char *field, const char *en, const char *zh)
{
    return arci_finding(x->v, "contract", field, x->contracts.row[C_ID].u.i, "%s%.0s", "%.0s%s", en, zh);
}

/* What the last row of history left, by field; old: what the first one found. */
static arc_status check_terms(const checking *x, const arc_value *left)
{
    static const char *const fields[] = { "amount", "tolerance", "ends_on" };
    arc_status st = ARC_OK;
    for (int k = 0; k < 3 && st == ARC_OK; k++) {
        if (!same(&left[k], &x->contracts.row[C_AMOUNT + k])) st = tell(x, fields[k], "is not what its last change left", "与最后一次变更不一致");
    }
    return st;
}

static arc_status check_state(const checking *x, const arc_value *kind, const arc_value *ended)
{
    const arc_value *c = x->contracts.row;
    const int over = arci_code_is(&c[C_STATUS], "closed") || arci_code_is(&c[C_STATUS], "terminated");
    const int was_over = kind->type == ARC_V_TEXT && !arci_code_is(kind, "reopened");
    arc_status st = ARC_OK;
    if (over != was_over || (over && !arci_value_equal(kind, &c[C_STATUS]))) st = tell(x, "status", "is not what its last change says", "与最后一次变更不一致");
    return st == ARC_OK && !same(ended, &c[C_ENDED]) ? tell(x, "ended_on", "is not the day of its end", "与完结或终止日期不一致") : st;
}

/* The rows of the contract at hand. */
static arc_status check_history(checking *x)
{
    const int64_t id = x->contracts.row[C_ID].u.i;
    arc_value left[3], kind = arci_v_null(), ended = arci_v_null();
    char code[16];
    int64_t seq = 0, day = ARC_DATE_MIN;
    arc_status st = ARC_OK;
    for (; st == ARC_OK && x->history.row && x->history.row[H_CONTRACT].u.i <= id; st = st == ARC_OK ? arci_stream_next(&x->history) : st) {
        const arc_value *h = x->history.row;
        if (h[H_CONTRACT].u.i != id) continue;
        if (h[H_SEQ].u.i != seq + 1 || h[H_DATE].u.i < day) st = tell(x, "status", "its history has a gap, or days that fall", "变更记录序号不连续或日期倒退");
        for (int k = 0; seq && k < 3 && st == ARC_OK; k++) {
            if (!same(&h[H_OLD + k], &left[k])) st = tell(x, "amount", "a change does not begin where the one before it ended", "变更记录前后不衔接");
        }
        memcpy(left, &h[H_AMOUNT], sizeof left);
        seq = h[H_SEQ].u.i;
        day = h[H_DATE].u.i;
        if (arci_code_is(&h[H_KIND], "amended") || h[H_KIND].len > sizeof code) continue;
        memcpy(code, h[H_KIND].u.s, h[H_KIND].len);
        kind = arci_v_text(code, h[H_KIND].len);
        ended = arci_code_is(&kind, "reopened") ? arci_v_null() : arci_v_int(day);
    }
    if (st == ARC_OK && seq) st = check_terms(x, left);
    const arc_value last = seq ? arci_v_int(day) : arci_v_null();
    if (st == ARC_OK && !same(&last, &x->contracts.row[C_CHANGED])) st = tell(x, "changed_on", "is not the day of its last change", "与最后一次变更日期不一致");
    return st == ARC_OK ? check_state(x, &kind, &ended) : st;
}

/* What other systems issued is a fact that may exceed the contract. */
static arc_status count_foreign(checking *x, int64_t *sum)
{
    const arc_value *c = x->contracts.row;
    arc_status st = ARC_OK;
    for (*sum = 0; st == ARC_OK && x->documents.row && x->documents.row[I_CONTRACT].u.i <= c[C_ID].u.i; st = arci_stream_next(&x->documents)) {
        const arc_value *d = x->documents.row;
        const int64_t amount = int_of(&d[c[C_BASIS].u.i || d[I_NET].type != ARC_V_INT ? I_GROSS : I_NET]);
        if (d[I_CONTRACT].u.i != c[C_ID].u.i || d[I_ISSUED].type == ARC_V_INT || amount <= 0) continue;
        if (!arci_invoice_counts(&d[I_STATUS], &d[I_KIND]) || !arci_value_equal(&d[I_CURRENCY], &c[C_CURRENCY])) continue;
        if (arci_add64(*sum, amount, sum)) *sum = INT64_MAX;
    }
    return st;
}

/* The same of lines of documents of other contracts. */
static arc_status count_foreign_lines(checking *x, int64_t *sum)
{
    const arc_value *c = x->contracts.row;
    const arci_shape *lines, *heads;
    arci_where w;
    arci_rows rows;
    arc_value *head;
    uint8_t *found;
    arci_arena arena;
    arci_arena_init(&arena, x->t->env->ctx);
    arc_status st = arci_shape_get(x->t, &lines, "invoice_line", "contract invoice currency gross_amount net_amount");
    if (st == ARC_OK) st = arci_shape_get(x->t, &heads, "invoice", "issued_on status kind");
    arci_where_init(&w);
    if (st == ARC_OK) arci_where_int(&w, lines->cols[0], ARC_OP_EQ, c[C_ID].u.i);
    if (st == ARC_OK) st = arci_repo_find(x->t, lines, &w, NULL, 0, 0, &arena, &rows);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(&arena, (rows.n_rows + 1u) * sizeof *ids) : NULL;
    if (st == ARC_OK && !ids) st = arci_nomem(x->t->env);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) ids[r] = rows.values[5 * (size_t)r + 1].u.i;
    if (st == ARC_OK && rows.n_rows) st = arci_repo_get_many(x->t, heads, ids, rows.n_rows, &arena, &head, &found);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *l = rows.values + 5 * (size_t)r, *h = head + 3 * (size_t)r;
        const int64_t amount = l[c[C_BASIS].u.i ? 3 : 4].u.i;
        if (!found[r] || h[0].type == ARC_V_INT || amount <= 0 || !arci_invoice_counts(&h[1], &h[2]) || !arci_value_equal(&l[2], &c[C_CURRENCY])) continue;
        if (arci_add64(*sum, amount, sum)) *sum = INT64_MAX;
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status check_limit(checking *x)
{
    const arc_value *c = x->contracts.row;
    int64_t foreign, limit = INT64_MAX, issued = 0, ordered = 0;
    arc_status st = count_foreign(x, &foreign);
    for (; st == ARC_OK && x->sums.row && x->sums.row[S_PARENT].u.i <= c[C_ID].u.i; st = arci_stream_next(&x->sums)) {
        const arc_value *s = x->sums.row;
        if (s[S_PARENT].u.i != c[C_ID].u.i || !arci_value_equal(&s[S_CURRENCY], &c[C_CURRENCY])) continue;
        if (arci_code_is(&s[S_LINK], "contract_invoice")) issued = s[c[C_BASIS].u.i ? S_GROSS : S_NET].u.i;
        if (arci_code_is(&s[S_LINK], "contract_order")) ordered = s[c[C_BASIS].u.i ? S_GROSS : S_NET].u.i;
    }
    if (st != ARC_OK || c[C_AMOUNT].type != ARC_V_INT || arci_code_is(&c[C_KIND], "framework")) return st;
    limit = arci_with_tolerance(c[C_AMOUNT].u.i, int_of(&c[C_TOLERANCE]));
    if (issued > limit && issued - limit > foreign) st = count_foreign_lines(x, &foreign);
    if (st != ARC_OK) return st;
    if (issued > limit && issued - limit > foreign) {
        return arci_finding(x->v, "contract", "amount", c[C_ID].u.i, "more is issued than the contract allows: %lld of %lld", "已开票金额超过合同上限：%lld / %lld", (long long)issued, (long long)limit);
    }
    if (ordered <= limit) return ARC_OK;
    return arci_finding(x->v, "contract", "amount", c[C_ID].u.i, "more is ordered than the contract allows: %lld of %lld", "已下单金额超过合同上限：%lld / %lld", (long long)ordered, (long long)limit);
}

arc_status arci_check_contracts(arci_verify *v, arci_txn *t)
{
    checking x;
    memset(&x, 0, sizeof x);
    x.v = v;
    x.t = t;
    arc_status st = arci_stream_open(t, v, &x.contracts, "contract", "id status ended_on amount tolerance ends_on kind currency tax_included changed_on", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &x.history, "contract_change", "contract seq kind effective_date amount tolerance ends_on old_amount old_tolerance old_ends_on", "seq");
    if (st == ARC_OK) st = arci_stream_open(t, NULL, &x.sums, "chain_state", "parent link currency gross_amount net_amount", "link currency");
    if (st == ARC_OK) st = arci_stream_open(t, NULL, &x.documents, "invoice", "contract id currency gross_amount net_amount status kind issued_on", "id");
    for (; st == ARC_OK && x.contracts.row; st = st == ARC_OK ? arci_stream_next(&x.contracts) : st) {
        st = check_history(&x);
        if (st == ARC_OK) st = check_limit(&x);
    }
    arci_stream_close(&x.documents);
    arci_stream_close(&x.sums);
    arci_stream_close(&x.history);
    arci_stream_close(&x.contracts);
    return st;
}
