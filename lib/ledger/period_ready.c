/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the way of closing a period, and what one should know before. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_out.h"
#include "ledger/period_impl.h"
#include "ledger/revalue.h"
#include "store/scout.h"

static void add(arci_findings *f, const char *code, int error, int64_t count, const char *period, const char *en, const char *zh)
{
    if (f->n == ARCI_FINDINGS_MAX) return;
    arci_period_finding *one = &f->list[f->n++];
    one->code = code;
    one->error = error;
    one->count = count;
    one->en = en;
    one->zh = zh;
    memcpy(one->period, period, strlen(period) + 1);
    f->errors += error != 0;
}

static arc_status count(arci_txn *t, int64_t *n, const arci_entity *e, const arci_where *w)
{
    const arc_measure measure = { ARC_MEASURE_COUNT, 0 };
    arci_aggregate_spec spec;
    arci_scan *scan;
    arc_block block;
    memset(&spec, 0, sizeof spec);
    spec.entity = e;
    spec.conds = w->conds;
    spec.n_conds = w->n;
    spec.measures = &measure;
    spec.n_measures = 1;
    arc_status st = arci_scan_aggregate(t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    if (st == ARC_OK) *n = block.values[0].u.i;
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Earlier periods first: they may hold more than there is room for. */
static arc_status earlier(arci_txn *t, const arci_period *p, arci_findings *f)
{
    const arci_period *list;
    uint32_t n;
    arc_status st = arci_periods(t, &list, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n && list[i].ends < p->starts; i++) {
        if (list[i].status == ARCI_PERIOD_CLOSED) continue;
        add(f, "earlier_open", 1, 1, list[i].code, "an earlier period is not closed", "之前的会计期间尚未结账");
    }
    return st;
}

static arc_status drafts(arci_txn *t, const arci_period *p, arci_findings *f)
{
    static const char *const states[] = { "draft", "submitted", "approved" };
    const arci_entity *e = arci_entity_by_name("invoice", 7);
    arc_value codes[3];
    arci_where w;
    int64_t n = 0;
    for (int i = 0; i < 3; i++) codes[i] = arci_v_text(states[i], strlen(states[i]));
    arci_where_init(&w);
    arci_where_in(&w, arci_col(e, "status"), codes, 3);
    arci_where_int(&w, arci_col(e, "invoice_date"), ARC_OP_GE, p->starts);
    arci_where_int(&w, arci_col(e, "invoice_date"), ARC_OP_LE, p->ends);
    arc_status st = count(t, &n, e, &w);
    if (st == ARC_OK && n) add(f, "drafts", !f->leave_drafts, n, p->code, "invoices dated in the period are not issued", "期间内有未开具的发票草稿");
    return st;
}

/* ---- the journal ---------------------------------------------------------------------------------------------------------- */

/* Entries of the period that are in no voucher: both lists go by entry. A book without vouchers has none to miss. */
static arc_status unexported(arci_txn *t, const arci_period *p, arci_findings *f)
{
    const arci_shape *entries, *vouchers;
    arci_where w;
    arci_arena arena;
    arci_rows rows;
    int64_t n = 0;
    arc_status st = arci_shape_get(t, &entries, "journal_entry", "id posting_date");
    if (st == ARC_OK) st = arci_shape_get(t, &vouchers, "voucher_entry", "journal_entry");
    if (st != ARC_OK) return st;
    const arc_order order = { entries->cols[0], 0 };
    arci_arena_init(&arena, t->book->ctx);
    arci_where_init(&w);
    arci_where_int(&w, entries->cols[1], ARC_OP_GE, p->starts);
    arci_where_int(&w, entries->cols[1], ARC_OP_LE, p->ends);
    st = arci_repo_find(t, entries, &w, &order, 1, 0, &arena, &rows);
    for (uint32_t from = 0; st == ARC_OK && from < rows.n_rows; from += 500) {
        uint32_t many = rows.n_rows - from < 500 ? rows.n_rows - from : 500;
        arc_value ids[500];
        arci_rows found;
        int64_t last = 0, distinct = 0;
        const arc_order by_entry = { vouchers->cols[0], 0 };
        for (uint32_t i = 0; i < many; i++) ids[i] = rows.values[(size_t)(from + i) * rows.n_cols];
        arci_where_init(&w);
        arci_where_in(&w, vouchers->cols[0], ids, many);
        st = arci_repo_find(t, vouchers, &w, &by_entry, 1, 0, &arena, &found);
        for (uint32_t i = 0; st == ARC_OK && i < found.n_rows; i++) {
            int64_t id = found.values[(size_t)i * found.n_cols].u.i;
            distinct += id != last;
            last = id;
        }
        n += (int64_t)many - distinct;
    }
    arci_arena_clear(&arena);
    if (st == ARC_OK && n) add(f, "unexported", 0, n, p->code, "entries that are in no voucher", "有尚未生成凭证的分录");
    return st;
}

static arc_status unanswered(arci_txn *t, const arci_period *p, arci_findings *f)
{
    const arci_entity *e = arci_entity_by_name("voucher", 7);
    arci_where w;
    int64_t n = 0;
    arci_where_init(&w);
    arci_where_text(&w, arci_col(e, "status"), ARC_OP_NE, "acknowledged", 12);
    arci_where_int(&w, arci_col(e, "posting_date"), ARC_OP_GE, p->starts);
    arci_where_int(&w, arci_col(e, "posting_date"), ARC_OP_LE, p->ends);
    arc_status st = count(t, &n, e, &w);
    if (st == ARC_OK && n) add(f, "unanswered", 0, n, p->code, "vouchers the general ledger has not acknowledged", "有总账尚未确认的凭证");
    return st;
}

/* Foreign items up to the last day that are open now, or were settled after it. */
static arc_status foreign(arci_txn *t, int64_t *n, const arci_period *p, int settled)
{
    const arci_entity *e = arci_entity_by_name("item_state", 10);
    arci_where w;
    arci_where_init(&w);
    arci_where_text(&w, arci_col(e, "currency"), ARC_OP_NE, t->book->base_currency, 3);
    if (settled) arci_where_int(&w, arci_col(e, "settled_on"), ARC_OP_GT, p->ends);
    else arci_where_int(&w, arci_col(e, "open"), ARC_OP_NE, 0);
    arci_where_int(&w, arci_col(e, "business_date"), ARC_OP_LE, p->ends);
    return count(t, n, e, &w);
}

/* Items in foreign currencies that were open on the period's last day, and no revaluation of it. */
static arc_status unrevalued(arci_txn *t, const arci_period *p, arci_findings *f)
{
    const arci_entity *runs = arci_entity_by_name("revaluation", 11);
    arci_arena arena;
    arci_where w;
    int64_t open = 0, settled = 0, done = 0;
    arc_status st = foreign(t, &open, p, 0);
    if (st == ARC_OK) st = foreign(t, &settled, p, 1);
    if (st != ARC_OK || (!open && !settled)) return st;
    arci_where_init(&w);
    arci_where_int(&w, arci_col(runs, "as_of"), ARC_OP_EQ, p->ends);
    st = count(t, &done, runs, &w);
    if (st != ARC_OK || (done & 1)) return st; /* one that was taken back counts for nothing */
    arci_arena_init(&arena, t->book->ctx);
    arci_revalue r = { .t = t, .arena = &arena, .as_of = p->ends };
    st = arci_revalue_open(&r);
    if (st == ARC_OK && r.n + r.n_unvalued) add(f, "not_revalued", 0, (int64_t)r.n + r.n_unvalued, p->code, "open items in foreign currencies were not revalued on its last day", "期末未对外币应收进行调汇");
    arci_arena_clear(&arena);
    return st;
}

typedef struct looking {
    arci_txn *t;
    const arci_period *p;
    arci_findings *f;
} looking;

static arc_status look(void *user)
{
    const looking *x = user;
    arci_txn *t = x->t;
    const arci_period *p = x->p;
    arci_findings *f = x->f;
    int64_t unclaimed = 0;
    f->n = f->errors = 0;
    arc_status st = earlier(t, p, f);
    if (st == ARC_OK) st = drafts(t, p, f);
    if (st == ARC_OK) st = arci_period_unclaimed(t, p, &unclaimed);
    if (st == ARC_OK && unclaimed) add(f, "unidentified", 0, unclaimed, p->code, "receipts nobody had claimed on its last day", "期末有待认领的回款");
    if (st == ARC_OK) st = unexported(t, p, f);
    if (st == ARC_OK) st = unanswered(t, p, f);
    if (st == ARC_OK) st = unrevalued(t, p, f);
    return st;
}

arc_status arci_period_findings(arci_txn *t, const arci_period *p, arci_findings *f)
{
    looking x = { t, p, f };
    return arci_scout(t, look, &x);
}

/* ---- as JSON ------------------------------------------------------------------------------------------------------------- */

static int put_date(cJSON *o, const char *key, arc_date day)
{
    char text[16];
    size_t n = sizeof text;
    return arc_date_print(text, &n, day) == ARC_OK && arci_jo_text(o, key, text, n);
}

static int put_text(cJSON *o, const char *key, const char *s) { return arci_jo_text(o, key, s, strlen(s)); }

static int put_finding(cJSON *list, const arci_period_finding *f)
{
    cJSON *o = arci_jo_object(list, NULL);
    return o && put_text(o, "code", f->code) && put_text(o, "severity", f->error ? "error" : "warning") && arci_jo_int(o, "count", f->count) &&
           put_text(o, "period", f->period) && put_text(o, "en", f->en) && put_text(o, "zh", f->zh);
}

static arc_status put_all(arci_env *env, arci_str *b, const arci_period *p, const arci_findings *f)
{
    static const char *const states[] = { "open", "locked", "closed" };
    cJSON *root = arci_jo_object(NULL, NULL), *list = NULL;
    int good = root && put_text(root, "period", p->code) && put_text(root, "status", states[p->status]) && put_date(root, "starts_on", p->starts) &&
               put_date(root, "ends_on", p->ends) && arci_jo_bool(root, "ready", !f->errors && p->status != ARCI_PERIOD_CLOSED);
    if (good) good = (list = arci_jo_array(root, "findings")) != NULL;
    for (uint32_t i = 0; good && i < f->n; i++) good = put_finding(list, &f->list[i]);
    if (good) good = arci_jo_print(root, 0, b);
    cJSON_Delete(root);
    return good ? ARC_OK : arci_nomem(env);
}

static arc_status ready(arci_txn *t, arci_str *b, int64_t id)
{
    arci_findings f = { .n = 0 };
    arci_period p;
    arc_status st = arci_period_get(t, &p, id);
    if (st == ARC_OK) st = arci_period_findings(t, &p, &f);
    return st == ARC_OK ? put_all(t->env, b, &p, &f) : st;
}

arc_status arc_fiscal_period_ready_json(arc_session *session, char *buf, size_t *len, int64_t period)
{
    arci_session *s;
    arci_scope scope;
    arci_str b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    arci_str_init(&b, s->env.ctx);
    st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("fiscal_period", 13));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, ready(scope.txn, &b, period));
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
