/* SPDX-License-Identifier: Apache-2.0 */
/* Matching many receipts and applying what may post by itself: a chunk is one transaction. */
#include <string.h>

#include "cash/match_apply.h"
#include "cash/match_call.h"
#include "cash/payer.h"
#include "store/verb.h"

enum { CHUNK = 1000, TRIES = 8, ROWS_AT_ONCE = 100000, LATEST = 500 };

arc_status arc_match_report_init(arc_match_report *report)
{
    static const arc_match_report init = ARC_MATCH_REPORT_INIT;
    if (!report) return ARC_E_INVALID;
    *report = init;
    return ARC_OK;
}

typedef struct running {
    arc_session *session;
    arci_session *s;
    arc_match_options o;
    arc_match_report report, before; /* before: as it was when the chunk began */
    const arci_row_scope *scope;
    arci_payers *payers; /* read once, for all chunks */
    char key[ARCI_REQUEST_KEY_MAX + 1]; /* of the call; each chunk has one of its own, made of it */
} running;

typedef struct chunk {
    arci_cash m;
    arci_cash_deed deed;
    uint32_t cap, cap_claims;
    arc_proposal *handle;
    arci_proposal *proposal;
    arci_cash_told told;
    arci_str evidence;
    arci_map waiting;  /* receipts that stored proposals wait for */
    arci_map rejected; /* receipts of which somebody rejected a match, to lines */
    const arc_value *lines; /* columns of W_ */
} chunk;

/* ---- what is to be done ----------------------------------------------------------------------------------------------------------------- */

static arc_status grow(chunk *c, uint32_t more)
{
    arci_cash_deed *d = &c->deed;
    if (d->n + more <= c->cap) return ARC_OK;
    uint32_t cap = c->cap ? c->cap * 2 : 2048;
    while (cap < d->n + more) cap *= 2;
    arc_allocation *rows = arci_arena_alloc(&c->m.arena, cap * sizeof *rows);
    arci_decided *each = arci_arena_alloc(&c->m.arena, cap * sizeof *each);
    uint8_t *rest = arci_arena_calloc(&c->m.arena, cap, 1);
    const char **codes = arci_arena_calloc(&c->m.arena, cap, sizeof *codes);
    if (!rows || !each || !rest || !codes) return arci_nomem(c->m.env);
    if (d->n) {
        memcpy(rows, d->rows, d->n * sizeof *rows);
        memcpy(each, d->each, d->n * sizeof *each);
        memcpy(rest, d->rest, d->n);
        memcpy(codes, d->rest_code, d->n * sizeof *codes);
    }
    d->rows = rows;
    d->each = each;
    d->rest = rest;
    d->rest_code = codes;
    c->cap = cap;
    return ARC_OK;
}

static arc_status add_claim(chunk *c, int64_t receipt, const arci_mcandidate *k, arc_date date)
{
    arci_cash_deed *d = &c->deed;
    if (d->n_claims == c->cap_claims) {
        uint32_t cap = c->cap_claims ? c->cap_claims * 2 : 1024;
        arc_ledger_step *grown = arci_arena_alloc(&c->m.arena, cap * sizeof *grown);
        int64_t *lessons = arci_arena_alloc(&c->m.arena, cap * sizeof *lessons);
        if (!grown || !lessons) return arci_nomem(c->m.env);
        if (d->n_claims) memcpy(grown, d->claims, d->n_claims * sizeof *grown);
        if (d->n_lessons) memcpy(lessons, d->lessons, d->n_lessons * sizeof *lessons);
        d->claims = grown;
        d->lessons = lessons;
        c->cap_claims = cap;
    }
    arc_ledger_step *s = &d->claims[d->n_claims++];
    (void)arc_ledger_step_init(s);
    s->row = receipt;
    s->customer = k->customer;
    s->date = date;
    if (!k->family) d->lessons[d->n_lessons++] = receipt;
    return ARC_OK;
}

static arc_status add_rows(chunk *c, const arci_mreceipt *r, const arci_mresult *res)
{
    const arci_mcandidate *k = &res->c[0];
    arci_cash_deed *d = &c->deed;
    const arc_date day = arci_cash_day(&c->m, r, k);
    arc_status st = grow(c, k->n_rows);
    if (st == ARC_OK && !r->customer) st = add_claim(c, r->id, k, day);
    arci_str_reset(&c->evidence);
    arci_cash_tell_evidence(&c->m, r, res, &c->evidence, &c->told.action);
    const char *evidence = c->evidence.failed || c->told.action.failed ? NULL : arci_arena_strndup(&c->m.arena, c->evidence.s, c->evidence.len);
    if (st != ARC_OK || !evidence) return st != ARC_OK ? st : arci_nomem(c->m.env);
    for (uint32_t i = 0; i < k->n_rows; i++) {
        const arci_mrow *row = &k->rows[i];
        arc_allocation *a = &d->rows[d->n];
        (void)arc_allocation_init(a);
        a->date = day;
        a->item = c->m.items[row->item].id;
        if (row->credit != UINT32_MAX) a->credit_item = c->m.items[row->credit].id;
        else a->receipt = row->other ? row->other : r->id;
        a->amount = row->amount;
        a->credit_amount = row->leaves;
        a->discount = row->discount;
        a->write_off = row->write_off;
        a->reason_code = row->write_off ? row->reason : NULL;
        a->evidence = evidence;
        d->rest[d->n] = row->rest ? (uint8_t)(row->rest == ARCI_DIFF_RESIDUAL ? 1 : 2) : 0;
        d->rest_code[d->n] = row->rest ? row->reason : NULL;
        d->each[d->n++] = (arci_decided){ res->strategy->definition, k->ppm / 100, k->family };
    }
    return ARC_OK;
}

/* ---- suggestions -------------------------------------------------------------------------------------------------------------------------- */

static arc_status add_line(running *x, chunk *c, const arci_mreceipt *r, const arci_mresult *res)
{
    char unit[40] = "receipt:";
    arci_str definitions;
    arc_status st = arci_cash_tell(&c->m, r, res, &c->told);
    (void)arci_int_text(unit + 8, r->id);
    if (st != ARC_OK || arci_map_get(&c->waiting, &r->id, sizeof r->id)) return st;
    if (!c->handle) {
        arci_str_init(&definitions, c->m.env->ctx);
        st = arci_cash_definitions(&c->m, x->o.strategy, &definitions);
        if (st == ARC_OK) st = arci_proposal_new(c->m.env, x->s, &c->handle, &c->proposal, ARCI_MATCH_ENGINE, x->o.as_of, definitions.s, "{}");
        if (st == ARC_OK) c->proposal->does = &arci_cash_engine;
        arci_str_clear(&definitions);
        if (st != ARC_OK) return st;
    }
    return arci_proposal_add(c->m.env, c->proposal, unit, res->c[0].customer, c->told.action.s, c->told.explanation.s, c->told.preconditions.s, c->told.context.s);
}

enum { W_PROPOSAL, W_UNIT, W_STATUS, W_ACTION, W_ID, W_COLUMNS };

/* Proposals of matches that wait for somebody, and the latest that do not. */
static arc_status some_proposals(chunk *c, arc_value **ids, uint32_t *n)
{
    static const char *const open[] = { "draft", "approved", "partly_applied" };
    const arci_shape *shape;
    arci_where w;
    arci_rows rows, done;
    arc_value status[3];
    *n = 0;
    for (int i = 0; i < 3; i++) status[i] = arci_v_text(open[i], (uint32_t)strlen(open[i]));
    arc_status st = arci_shape_get(c->m.t, &shape, "proposal", "id engine status");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, ARCI_MATCH_ENGINE, strlen(ARCI_MATCH_ENGINE));
    arci_where_in(&w, shape->cols[2], status, 3);
    st = arci_repo_find(c->m.t, shape, &w, NULL, 0, 0, &c->m.arena, &rows);
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, ARCI_MATCH_ENGINE, strlen(ARCI_MATCH_ENGINE));
    const arc_order latest[] = { { shape->cols[0], 1 } };
    if (st == ARC_OK) st = arci_repo_find(c->m.t, shape, &w, latest, 1, LATEST, &c->m.arena, &done);
    if (st != ARC_OK) return st;
    *ids = arci_arena_alloc(&c->m.arena, (rows.n_rows + done.n_rows + 1u) * sizeof **ids);
    if (!*ids) return arci_nomem(c->m.env);
    for (uint32_t i = 0; i < rows.n_rows; i++) (*ids)[(*n)++] = rows.values[(size_t)i * rows.n_cols];
    for (uint32_t i = 0; i < done.n_rows; i++) (*ids)[(*n)++] = done.values[(size_t)i * done.n_cols];
    return ARC_OK;
}

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* The receipt of a unit, where its line waits, or was rejected: of several the last. */
static arc_status note_waiting(chunk *c, const arc_value *v, uint32_t line)
{
    int64_t id = 0, *at;
    const int waits = is(&v[W_STATUS], "draft") || is(&v[W_STATUS], "approved");
    if (is(&v[W_STATUS], "rejected") && v[W_UNIT].len > 8 && arci_int_parse(v[W_UNIT].u.s + 8, v[W_UNIT].len - 8u, &id) == ARC_OK) {
        int32_t made = arci_map_put(&c->rejected, &id, sizeof id, &at);
        if (made < 0) return arci_nomem(c->m.env);
        if (made || c->lines[(size_t)*at * W_COLUMNS + W_ID].u.i < v[W_ID].u.i) *at = line;
        return ARC_OK;
    }
    if (!waits || v[1].len < 9 || arci_int_parse(v[1].u.s + 8, v[1].len - 8u, &id) != ARC_OK) return ARC_OK;
    return arci_map_put(&c->waiting, &id, sizeof id, &at) < 0 ? arci_nomem(c->m.env) : ARC_OK;
}

/* Receipts of this chunk that lines of stored proposals wait for, or were rejected in. */
static arc_status read_waiting(chunk *c)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *proposals, *units;
    uint32_t n;
    if (!c->m.n_receipts) return ARC_OK;
    arc_status st = some_proposals(c, &proposals, &n);
    if (st != ARC_OK || !n) return st;
    units = arci_arena_alloc(&c->m.arena, c->m.n_receipts * sizeof *units);
    if (!units) return arci_nomem(c->m.env);
    for (uint32_t i = 0; i < c->m.n_receipts; i++) {
        char unit[40] = "receipt:";
        size_t length = 8 + arci_int_text(unit + 8, c->m.receipts[i].id);
        const char *kept = arci_arena_strndup(&c->m.arena, unit, length);
        if (!kept) return arci_nomem(c->m.env);
        units[i] = arci_v_text(kept, (uint32_t)length);
    }
    st = arci_shape_get(c->m.t, &shape, "proposal_line", "proposal unit status action id");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], proposals, n);
    arci_where_in(&w, shape->cols[1], units, c->m.n_receipts);
    st = arci_repo_find(c->m.t, shape, &w, NULL, 0, 0, &c->m.arena, &rows);
    c->lines = st == ARC_OK ? rows.values : NULL;
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) st = note_waiting(c, rows.values + (size_t)i * rows.n_cols, i);
    return st;
}

/* ---- a chunk ---------------------------------------------------------------------------------------------------------------------------------- */

/* The rows of an action: its last member. */
static const char *rows_of(const char *action, size_t n, size_t *length)
{
    static const char key[] = "\"rows\":";
    for (size_t i = 0; i + sizeof key <= n; i++) {
        if (memcmp(action + i, key, sizeof key - 1) != 0) continue;
        *length = n - i;
        return action + i;
    }
    *length = 0;
    return NULL;
}

/* Somebody has rejected just this: it neither posts nor is it proposed again. */
static arc_status was_rejected(chunk *c, const arci_mreceipt *r, const arci_mresult *res, int *yes)
{
    const int64_t *line = arci_map_get(&c->rejected, &r->id, sizeof r->id);
    const arc_value *v = line ? &c->lines[(size_t)*line * W_COLUMNS + W_ACTION] : NULL;
    size_t n = 0, k = 0;
    *yes = 0;
    if (!v || v->type != ARC_V_TEXT || !res->n) return ARC_OK;
    arci_str_reset(&c->told.action);
    arci_cash_tell_action(&c->m, r, res, &res->c[0], &c->told.action, &c->told.context);
    if (c->told.action.failed) return arci_nomem(c->m.env);
    const char *before = rows_of(v->u.s, v->len, &n), *now = rows_of(c->told.action.s, c->told.action.len, &k);
    *yes = before && now && n == k && memcmp(before, now, n) == 0;
    return ARC_OK;
}

static arc_status decide(running *x, chunk *c)
{
    arc_status st = arci_cash_refs_read(&c->m);
    if (st == ARC_OK) st = read_waiting(c);
    for (uint32_t i = 0; i < c->m.n_receipts && st == ARC_OK; i++) {
        arci_mreceipt *r = &c->m.receipts[i];
        arci_mresult res;
        int again = 0;
        arci_arena_reset(&c->m.scratch);
        st = arci_cash_decide(&c->m, r, &res);
        if (st == ARC_OK) st = was_rejected(c, r, &res, &again);
        if (st != ARC_OK) break;
        if (again) res.outcome = ARCI_OUT_SUGGEST;
        x->report.receipts++;
        if (r->id > x->report.last) x->report.last = r->id;
        x->report.posted += res.outcome == ARCI_OUT_AUTO;
        x->report.suggested += res.outcome == ARCI_OUT_SUGGEST;
        x->report.none += res.outcome == ARCI_OUT_NONE;
        if (res.outcome == ARCI_OUT_AUTO) st = add_rows(c, r, &res);
        if (res.outcome == ARCI_OUT_SUGGEST && !again && (x->o.flags & ARC_MATCH_STORE)) st = add_line(x, c, r, &res);
        if (st == ARC_OK && res.n) arci_cash_take(&c->m, r, &res.c[0]);
    }
    return st;
}

static arc_status do_it(running *x, chunk *c)
{
    arc_status st = ARC_OK;
    if (c->deed.n > ROWS_AT_ONCE) return arci_fail(c->m.env, ARC_E_LIMIT, "a chunk settles more than %d rows: take a smaller one", "一批核销超过 %d 行，请减小批量", ROWS_AT_ONCE);
    if (c->deed.n) st = arci_cash_do(x->session, &c->m.arena, &c->deed);
    x->report.allocations += st == ARC_OK ? c->deed.n : 0;
    if (st == ARC_OK && c->proposal && c->proposal->n) {
        arc_proposal_options o = ARC_PROPOSAL_OPTIONS_INIT;
        o.title = "matching";
        st = arc_proposal_store(c->handle, &x->report.proposal, &o);
        x->report.proposals += st == ARC_OK;
    }
    return st;
}

/* The request of a chunk: the key of the call and where the chunk begins. A chunk that was done is answered from the book. */
static void key_of(running *x, const int64_t *one, int64_t after)
{
    size_t n = strlen(x->key);
    memcpy(x->s->request_key, x->key, n + 1);
    if (!n) return;
    x->s->request_key[n++] = '#';
    if (one) x->s->request_key[n++] = 'r';
    (void)arci_int_text(x->s->request_key + n, one ? *one : after);
}

enum { K_RECEIPTS, K_POSTED, K_SUGGESTED, K_NONE, K_ROWS, K_LAST, K_PROPOSAL, K_N };

static arc_status asked_before(running *x, arci_call *call, const int64_t *one, int64_t after, int *done)
{
    static const char *const names[] = { "receipts", "posted", "suggested", "none", "allocations", "last", "proposal", NULL };
    const int64_t numbers[] = { x->o.flags, x->o.as_of, x->o.customer, x->o.chunk, one ? *one : after };
    const char *texts[] = { x->o.strategy ? x->o.strategy : "", x->o.currency };
    *done = 0;
    arc_status st = arci_call_elements(call, names, 1, 0);
    if (st != ARC_OK) return st;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) arci_call_arg_int(call, numbers[i]);
    for (size_t i = 0; i < 2; i++) arci_call_arg_text(call, texts[i], strlen(texts[i]));
    arci_call_arg_end(call, 0, NULL);
    st = arci_call_replay(call);
    if (st != ARC_OK || !arci_call_done(call, 0)) return st;
    *done = 1;
    x->report.receipts += arci_call_number(call, 0, K_RECEIPTS);
    x->report.posted += arci_call_number(call, 0, K_POSTED);
    x->report.suggested += arci_call_number(call, 0, K_SUGGESTED);
    x->report.none += arci_call_number(call, 0, K_NONE);
    x->report.allocations += arci_call_number(call, 0, K_ROWS);
    x->report.last = arci_call_number(call, 0, K_LAST);
    x->report.proposal = arci_call_number(call, 0, K_PROPOSAL);
    x->report.proposals += x->report.proposal != x->before.proposal;
    return arci_call_status(call, 0);
}

static void keep(const running *x, arci_call *call)
{
    const arc_match_report *a = &x->before, *b = &x->report;
    const int64_t numbers[K_N] = { b->receipts - a->receipts, b->posted - a->posted, b->suggested - a->suggested, b->none - a->none, b->allocations - a->allocations, b->last, b->proposal };
    arci_call_keep(call, 0, ARC_OK, numbers);
}

/* In an open transaction. *n: receipts of it. */
static arc_status work(running *x, const int64_t *one, uint32_t *n)
{
    chunk c;
    arci_call call;
    int done = 0;
    const int64_t after = x->report.last > x->o.after ? x->report.last : x->o.after;
    const arci_cash_asked asked = { .receipts = one, .n = one != NULL, .max = x->o.chunk, .customer = x->o.customer, .after = after, .by_id = 1, .currency = x->o.currency, .scope = x->scope };
    memset(&c, 0, sizeof c);
    *n = 0;
    key_of(x, one, after);
    arc_status st = arci_call_begin(x->s, &call, &arci_verbs[ARCI_DO_ALLOCATION_MATCH], NULL, ARCI_SCOPE_NO_UNDO);
    if (st != ARC_OK) return st;
    st = asked_before(x, &call, one, after, &done);
    if (st != ARC_OK || done) {
        *n = (uint32_t)done;
        return arci_call_end(&call, st);
    }
    arci_cash_told_init(&c.told, x->s->env.ctx);
    arci_str_init(&c.evidence, x->s->env.ctx);
    arci_map_init(&c.waiting, x->s->env.ctx);
    arci_map_init(&c.rejected, x->s->env.ctx);
    st = arci_cash_begin(&c.m, call.txn, x->o.as_of, x->o.strategy);
    c.m.payers = x->payers;
    c.m.payers_lent = 1;
    if (st == ARC_OK) st = arci_cash_read(&c.m, &asked);
    *n = c.m.n_receipts;
    if (st == ARC_OK && *n) st = decide(x, &c);
    if (st == ARC_OK && *n) st = do_it(x, &c);
    x->payers = c.m.payers;
    call.txn->env = &x->s->env;
    if (st == ARC_OK && *n) keep(x, &call);
    arc_proposal_free(c.handle);
    arci_map_clear(&c.waiting);
    arci_map_clear(&c.rejected);
    arci_str_clear(&c.evidence);
    arci_cash_told_clear(&c.told);
    arci_cash_end(&c.m);
    return arci_call_end(&call, st);
}

static int again(arc_status st) { return st == ARC_E_CONFLICT || st == ARC_E_BUSY; }

static arc_status in_txn(running *x, const int64_t *one, uint32_t *n)
{
    arc_status st;
    int tries = TRIES;
    x->before = x->report;
    do {
        arc_txn *txn;
        x->report = x->before;
        st = arc_session_begin(x->session, &txn, ARC_WRITE);
        if (st != ARC_OK) return st;
        x->s->book->txn->env = &x->s->env;
        st = work(x, one, n);
        x->s->request_key[0] = 0;
        if (st == ARC_OK && *n) st = arc_txn_commit(txn);
        else arc_txn_rollback(txn);
    } while (again(st) && --tries);
    if (st == ARC_OK && *n) x->report.chunks++;
    return st;
}

/* What the ledger says no to. */
static int is_refusal(arc_status st)
{
    switch (st) {
    case ARC_E_STALE: case ARC_E_GUARD: case ARC_E_STATE: case ARC_E_REFERENCE: case ARC_E_RANGE: case ARC_E_VALUE: case ARC_E_CURRENCY: case ARC_E_REQUIRED: case ARC_E_PERIOD:
    case ARC_E_RULE: return 1;
    default: return 0;
    }
}

/* Ids of the receipts the chunk would have had. */
static arc_status ids_of(running *x, int64_t **ids, uint32_t *n)
{
    arc_txn *txn;
    arci_cash m;
    const arci_cash_asked asked = { .max = x->o.chunk, .customer = x->o.customer, .after = x->report.last > x->o.after ? x->report.last : x->o.after, .by_id = 1, .currency = x->o.currency,
                                     .scope = x->scope };
    arc_status st = arc_session_begin(x->session, &txn, ARC_READ);
    if (st != ARC_OK) return st;
    x->s->book->txn->env = &x->s->env;
    st = arci_cash_begin(&m, x->s->book->txn, x->o.as_of, x->o.strategy);
    if (st == ARC_OK) st = arci_cash_read(&m, &asked);
    *n = m.n_receipts;
    *ids = st == ARC_OK ? arci_alloc(x->s->env.ctx, (*n + 1u) * sizeof **ids) : NULL;
    if (st == ARC_OK && !*ids) st = arci_nomem(&x->s->env);
    for (uint32_t i = 0; st == ARC_OK && i < *n; i++) (*ids)[i] = m.receipts[i].id;
    arci_cash_end(&m);
    arc_txn_rollback(txn);
    return st;
}

static arc_status one_by_one(running *x, uint32_t *n)
{
    int64_t *ids = NULL;
    uint32_t done;
    arc_status st = ids_of(x, &ids, n);
    for (uint32_t i = 0; i < *n && st == ARC_OK; i++) {
        const int64_t last = x->report.last;
        st = in_txn(x, &ids[i], &done);
        if (is_refusal(st)) {
            x->report = x->before;
            x->report.receipts++;
            x->report.refused++;
            st = ARC_OK;
        }
        x->report.last = ids[i] > last ? ids[i] : last;
    }
    arci_free(x->s->env.ctx, ids);
    return st;
}

static arc_status run(running *x)
{
    const uint32_t most = x->o.max;
    arc_status st = ARC_OK;
    uint32_t n = 1, whole = x->o.chunk ? x->o.chunk : CHUNK;
    while (st == ARC_OK && n && (!most || x->report.receipts < most)) {
        x->o.chunk = most && most - x->report.receipts < whole ? (uint32_t)(most - x->report.receipts) : whole;
        st = in_txn(x, NULL, &n);
        if (is_refusal(st)) {
            x->report = x->before;
            st = one_by_one(x, &n);
        } else if (st != ARC_OK) {
            x->report = x->before;
        }
        if (st == ARC_OK && n && x->o.progress && x->o.progress(x->o.user, x->report.receipts, 0)) st = arci_fail(&x->s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    return st;
}

arc_status arc_match_run(arc_session *session, arc_match_report *report, const arc_match_options *options)
{
    running x = { .session = session, .o = ARC_MATCH_OPTIONS_INIT, .report = ARC_MATCH_REPORT_INIT };
    arc_match_report room;
    arc_status st = arci_session_enter(session, &x.s);
    if (st != ARC_OK) return st;
    memcpy(x.key, x.s->request_key, sizeof x.key);
    st = arci_struct_in(&x.s->env, &room, sizeof room, report);
    if (st == ARC_OK) st = arci_cash_options_in(x.s, &x.o, NULL, 0, options, ARC_MATCH_STORE);
    if (st == ARC_OK) st = arci_access_check(&x.s->env, x.s, &arci_verbs[ARCI_DO_ALLOCATION_MATCH], NULL);
    if (st == ARC_OK && x.s->book->txn) st = arci_fail(&x.s->env, ARC_E_TXN, "a transaction is open", "已有打开的事务");
    if (st == ARC_OK) st = arci_access_read(&x.s->env, x.s, arci_entity_by_name("receipt", 7), &x.scope);
    if (st == ARC_OK) st = arci_access_check(&x.s->env, x.s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("item", 4));
    if (st == ARC_OK && strlen(x.key) > ARCI_REQUEST_KEY_MAX - 24) st = arci_fail(&x.s->env, ARC_E_INVALID, "the request key is too long", "请求键过长");
    x.s->request_key[0] = 0;
    (void)arci_session_leave(x.s, st);
    if (st == ARC_OK) st = run(&x);
    arci_payers_free(x.payers);
    if (report) (void)arci_struct_out(report, &x.report, sizeof x.report);
    return st;
}
