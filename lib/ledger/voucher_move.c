/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of vouchers: sent, acknowledged, rejected, built anew. */
#include <string.h>

#include "ledger/posting.h"
#include "ledger/states.h"
#include "ledger/voucher.h"
#include "store/valid.h"

#define NUMBER_MAX 64u
#define REASON_MAX 1000u

enum { V_ID, V_VERSION, V_STATUS, V_NO, V_LEDGER, V_PERIOD, V_NUMBER, V_DATE, V_MERGE };
static const char fields[] = "id version status voucher_no ledger period number posting_date merge";

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len); }

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

static arc_status wrong_state(arci_txn *t, const arc_value *v, uint32_t verb)
{
    return arci_voucher_state(t->env, verb, v[V_ID].u.i, &v[V_STATUS], &v[V_PERIOD], v[V_NUMBER].u.i);
}

/* ---- sent ----------------------------------------------------------------------------------------------------------------- */

static arc_status write_sent(arci_posting *p, const arc_value *rows, const uint32_t *which, uint32_t n, uint16_t width)
{
    const arci_shape *shape;
    arci_batch *b;
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "voucher", "status failure");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *v = rows + (size_t)which[i] * width;
        *arci_batch_key(b, i) = v[V_ID];
        *arci_batch_guard(b, i) = v[V_VERSION];
        arci_batch_row(b, i)[0] = text("sent");
    }
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arc_status send_all(arci_posting *p, const void *elements)
{
    const int64_t *ids = elements;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0;
    for (uint32_t i = 0; p->call->request && i < p->n; i++) {
        arci_call_arg_int(p->call, ids[i]);
        arci_posting_arg_end(p, i);
    }
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "voucher", ids, p->n);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "voucher", fields);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, p->n, &p->arena, &rows, &found);
    if (st != ARC_OK) return st;
    uint32_t *which = arci_arena_alloc(&p->arena, p->n * sizeof *which);
    arci_map seen;
    if (!which) return arci_nomem(p->t->env);
    arci_map_init(&seen, p->t->book->ctx);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        int64_t *slot;
        if (!arci_posting_good(p, i)) continue;
        if (p->ids) p->ids[i] = ids[i];
        if (!found[i]) {
            arc_status missing = arci_no_such(p->t->env, "voucher");
            arci_fail_at(p->t->env, "voucher", NULL, ids[i], -1);
            arci_posting_refuse(p, i, missing);
        } else if (wrong_state(p->t, v, ARCI_DO_VOUCHER_SEND) != ARC_OK) {
            arci_posting_refuse(p, i, p->t->env->err->status);
        } else if (!is(&v[V_STATUS], "sent")) {
            int32_t fresh = arci_map_put(&seen, &ids[i], sizeof ids[i], &slot);
            if (fresh < 0) st = arci_nomem(p->t->env);
            if (fresh == 1) which[n++] = i;
        }
    }
    arci_map_clear(&seen);
    return st == ARC_OK ? write_sent(p, rows, which, n, shape->n) : st;
}

arc_status arc_voucher_send(arc_session *session, arc_status *results, const int64_t *vouchers, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_VOUCHER_SEND, NULL, results, vouchers, n, flags, 0, send_all);
}

/* ---- acknowledged, rejected ---------------------------------------------------------------------------------------------------- */

typedef struct answer {
    int64_t voucher;
    const char *text; /* number or reason; map code */
    uint32_t verb;
} answer;

static arc_status get(arci_txn *t, arci_arena *arena, int64_t id, arc_value **v)
{
    const arci_shape *shape;
    arc_status st = arci_repo_lock(t, "voucher", &id, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "voucher", fields);
    return st == ARC_OK ? arci_repo_get(t, shape, id, arena, v) : st;
}

static arc_status write_answer(arci_txn *t, const arc_value *v, const char *status, const char *number, const char *reason)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "voucher", "status voucher_no failure");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = v[V_ID];
    *arci_batch_guard(b, 0) = v[V_VERSION];
    arc_value *row = arci_batch_row(b, 0);
    row[0] = text(status);
    if (number) row[1] = text(number);
    if (reason) row[2] = text(reason);
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status acknowledge(arci_txn *t, const answer *a)
{
    arc_value *v;
    arc_status st = get(t, &t->arena, a->voucher, &v);
    if (st != ARC_OK) return st;
    if (is(&v[V_STATUS], "acknowledged") && is(&v[V_NO], a->text)) return ARC_OK; /* said twice */
    st = wrong_state(t, v, a->verb);
    return st != ARC_OK ? st : write_answer(t, v, "acknowledged", a->text, NULL);
}

static arc_status reject(arci_txn *t, const answer *a)
{
    arc_value *v;
    arc_status st = get(t, &t->arena, a->voucher, &v);
    if (st != ARC_OK) return st;
    st = wrong_state(t, v, a->verb);
    return st != ARC_OK ? st : write_answer(t, v, "rejected", NULL, a->text);
}

/* ---- built anew ------------------------------------------------------------------------------------------------------------------ */

static arc_status entries_of(arci_gl *g, int64_t voucher, arc_date date)
{
    const arci_shape *of, *shape;
    arci_where w;
    arci_rows rows;
    arc_value *values;
    uint8_t *found;
    arc_status st = arci_shape_get(g->t, &of, "voucher_entry", "journal_entry voucher");
    if (st == ARC_OK) st = arci_shape_get(g->t, &shape, "journal_entry", "id posting_date purpose entity source document_no memo customer");
    if (st != ARC_OK) return st;
    const arc_order order = { of->cols[0], 0 };
    arci_where_init(&w);
    arci_where_int(&w, of->cols[1], ARC_OP_EQ, voucher);
    st = arci_repo_find(g->t, of, &w, &order, 1, 0, g->arena, &rows);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(g->arena, (rows.n_rows + 1u) * sizeof *ids) : NULL;
    g->entries = ids ? arci_arena_calloc(g->arena, rows.n_rows + 1u, sizeof *g->entries) : NULL;
    if (st == ARC_OK && !g->entries) st = arci_nomem(g->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) ids[i] = rows.values[(size_t)i * rows.n_cols].u.i;
    if (st == ARC_OK) st = arci_repo_get_many(g->t, shape, ids, rows.n_rows, g->arena, &values, &found);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = values + (size_t)i * shape->n;
        if (!found[i]) continue; /* verify tells */
        arci_gl_entry *e = &g->entries[g->n_entries++];
        e->id = v[0].u.i;
        e->posted = (arc_date)v[1].u.i;
        e->date = date;
        e->purpose = v[2].u.s;
        e->entity = v[3].u.s;
        e->source = v[4].u.i;
        e->number = v[5].type == ARC_V_TEXT ? v[5].u.s : "";
        e->memo = v[6].type == ARC_V_TEXT ? v[6].u.s : "";
        e->customer = v[7].type == ARC_V_INT ? v[7].u.i : 0;
    }
    return st;
}

static arc_status write_content(arci_txn *t, arci_arena *arena, const arc_value *v, const arci_gl *g, const arci_str *lines)
{
    const arci_shape *shape;
    arci_batch *b;
    char hex[65];
    const arci_voucher_head head = { v[V_LEDGER].u.s, v[V_PERIOD].u.s, v[V_MERGE].u.s, v[V_LEDGER].len, v[V_PERIOD].len, v[V_MERGE].len, v[V_NUMBER].u.i,
                                     (arc_date)v[V_DATE].u.i };
    arci_voucher_digest(&head, lines->s, lines->len, hex);
    arc_status st = arci_shape_get(t, &shape, "voucher", "status failure digest map lines");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = v[V_ID];
    *arci_batch_guard(b, 0) = v[V_VERSION];
    arc_value *row = arci_batch_row(b, 0);
    row[0] = text("pending");
    row[2] = arci_v_text(hex, 64);
    row[3] = arci_v_int(g->map->id);
    row[4] = arci_v_text(lines->s, lines->len);
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status rebuild(arci_txn *t, const answer *a)
{
    arci_arena arena;
    arci_account_map *map = NULL;
    arci_str lines;
    arc_value *v;
    arc_date today;
    arci_gl g;
    uint32_t *which = NULL;
    memset(&g, 0, sizeof g);
    arci_arena_init(&arena, t->book->ctx);
    arci_str_init(&lines, t->book->ctx);
    g.t = t;
    g.arena = &arena;
    arc_status st = get(t, &arena, a->voucher, &v);
    if (st == ARC_OK) st = wrong_state(t, v, a->verb);
    if (st == ARC_OK) st = arci_txn_today(t, &today);
    if (st == ARC_OK) st = arci_account_map_get(t, &arena, a->text, today, &map);
    g.map = map;
    if (st == ARC_OK) st = entries_of(&g, a->voucher, (arc_date)v[V_DATE].u.i);
    if (st == ARC_OK) st = arci_gl_read(&g);
    if (st == ARC_OK && !(which = arci_arena_alloc(&arena, (g.n_entries + 1u) * sizeof *which))) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < g.n_entries; i++) which[i] = i;
    if (st == ARC_OK) st = arci_gl_lines(&g, &lines, which, g.n_entries, !is(&v[V_MERGE], "document"));
    if (st == ARC_OK) st = write_content(t, &arena, v, &g, &lines);
    arci_str_clear(&lines);
    arci_arena_clear(&arena);
    return st;
}

/* ---- the calls --------------------------------------------------------------------------------------------------------------------- */

static arc_status once(arci_call *c, const answer *a)
{
    static const char *const names[] = { "id", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, a->voucher);
    arci_call_arg_text(c, a->text, strlen(a->text));
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK || arci_call_done(c, 0)) return st;
    st = a->verb == ARCI_DO_VOUCHER_ACKNOWLEDGE ? acknowledge(c->txn, a) : a->verb == ARCI_DO_VOUCHER_REJECT ? reject(c->txn, a) : rebuild(c->txn, a);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &a->voucher);
    return st;
}

static arc_status answer_call(arc_session *session, const answer *a, size_t most)
{
    arci_session *s;
    arci_call call;
    size_t n = a->text ? strlen(a->text) : 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!n || n > most) st = arci_fail(&s->env, ARC_E_INVALID, "a text of 1 to %u bytes is required", "须填写 1 至 %u 字节的文本", (unsigned)most);
    else if (arci_utf8_check(a->text, n) != n) st = arci_fail(&s->env, ARC_E_ENCODING, "not UTF-8", "不是 UTF-8");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[a->verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, once(&call, a));
    }
    return arci_call_leave(s, st);
}

arc_status arc_voucher_acknowledge(arc_session *session, int64_t voucher, const char *voucher_no)
{
    const answer a = { voucher, voucher_no, ARCI_DO_VOUCHER_ACKNOWLEDGE };
    return answer_call(session, &a, NUMBER_MAX);
}

arc_status arc_voucher_reject(arc_session *session, int64_t voucher, const char *reason)
{
    const answer a = { voucher, reason, ARCI_DO_VOUCHER_REJECT };
    return answer_call(session, &a, REASON_MAX);
}

arc_status arc_voucher_rebuild(arc_session *session, int64_t voucher, const char *map)
{
    const answer a = { voucher, map ? map : "main", ARCI_DO_VOUCHER_REBUILD };
    return answer_call(session, &a, NUMBER_MAX);
}
