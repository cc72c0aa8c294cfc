/* SPDX-License-Identifier: Apache-2.0 */
/* What bills are worth to us on a day: held, and passed on with recourse until they are honoured. */
#include <string.h>

#include "base/json_text.h"
#include "base/map.h"
#include "base/num.h"
#include "base/str.h"
#include "ledger/bill.h"
#include "store/stream.h"

enum { HELD, RECOURSE, MATURED, SUMS };

typedef struct exposure_key {
    int64_t who; /* customer, or which acceptor */
    char currency[8];
} exposure_key;

typedef struct exposure_line {
    exposure_key key;
    arci_acc sums[SUMS];
    int64_t *bills;
    uint32_t n, cap;
} exposure_line;

typedef struct exposure {
    arci_txn *t;
    arci_arena *arena;
    arci_map index;
    exposure_line *lines;
    uint32_t n, cap;
    arc_date as_of;
    int by_acceptor;
    arci_map names;      /* of acceptors, to their place in `acceptors` */
    const char **acceptors;
    uint32_t n_acceptors, cap_acceptors;
} exposure;

static void *more(arci_arena *arena, void *rows, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap) return rows;
    uint32_t room = *cap ? *cap * 2 : 8;
    void *copy = arci_arena_alloc(arena, room * size);
    if (copy && n) memcpy(copy, rows, n * size);
    if (copy) *cap = room;
    return copy;
}

/* Which acceptor; a bill without one has "". */
static arc_status acceptor_of(exposure *x, const arc_value *name, arc_value *who)
{
    int64_t *at;
    const char *s = name->type == ARC_V_TEXT ? name->u.s : "";
    size_t n = name->type == ARC_V_TEXT ? name->len : 0;
    int32_t made = arci_map_put(&x->names, n ? s : "-", n ? n : 0, &at);
    if (made < 0) return arci_nomem(x->t->env);
    if (made) {
        const char **list = more(x->arena, x->acceptors, x->n_acceptors, &x->cap_acceptors, sizeof *list);
        const char *copy = arci_arena_strndup(x->arena, s, n);
        if (!list || !copy) return arci_nomem(x->t->env);
        x->acceptors = list;
        list[x->n_acceptors] = copy;
        *at = x->n_acceptors++;
    }
    *who = arci_v_int(*at);
    return ARC_OK;
}

static arc_status line_of(exposure *x, const arc_value *customer, const arc_value *currency, exposure_line **out)
{
    exposure_key key;
    int64_t *at;
    memset(&key, 0, sizeof key);
    key.who = customer->u.i;
    memcpy(key.currency, currency->u.s, 3);
    int32_t made = arci_map_put(&x->index, &key, sizeof key, &at);
    if (made < 0) return arci_nomem(x->t->env);
    if (made) {
        exposure_line *lines = more(x->arena, x->lines, x->n, &x->cap, sizeof *lines);
        if (!lines) return arci_nomem(x->t->env);
        x->lines = lines;
        memset(&lines[x->n], 0, sizeof *lines);
        lines[x->n].key = key;
        *at = x->n++;
    }
    *out = &x->lines[*at];
    return ARC_OK;
}

enum { B_ID, B_CUSTOMER, B_CURRENCY, B_FACE, B_MATURITY, B_RECOURSE, B_RECEIVED, B_ACCEPTOR };
static const char bill_fields[] = "id customer currency face maturity recourse received_on acceptor";
static const char event_fields[] = "bill event_date status";

static int is(const char *status, const char *code) { return strcmp(status, code) == 0; }

static arc_status add(exposure *x, const arc_value *bill, const char *status)
{
    exposure_line *line = NULL;
    int passed_on = is(status, "endorsed") || is(status, "discounted");
    if (!arci_bill_ours(status) && !(passed_on && bill[B_RECOURSE].u.i)) return ARC_OK;
    arc_value who = bill[B_CUSTOMER];
    arc_status st = x->by_acceptor ? acceptor_of(x, &bill[B_ACCEPTOR], &who) : ARC_OK;
    if (st == ARC_OK) st = line_of(x, &who, &bill[B_CURRENCY], &line);
    if (st != ARC_OK || !line) return st;
    int64_t *bills = more(x->arena, line->bills, line->n, &line->cap, sizeof *bills);
    if (!bills) return arci_nomem(x->t->env);
    line->bills = bills;
    bills[line->n++] = bill[B_ID].u.i;
    arci_acc_add(&line->sums[!passed_on ? HELD : bill[B_MATURITY].u.i >= x->as_of ? RECOURSE : MATURED], bill[B_FACE].u.i);
    return ARC_OK;
}

/* Bills and their events, both by id of the bill; events by seq, whose days never fall. */
static arc_status fold(exposure *x, int64_t customer, const uint8_t *seen, const int64_t *ids, uint32_t n_ids)
{
    arci_stream bills, events;
    uint32_t at = 0;
    memset(&bills, 0, sizeof bills);
    memset(&events, 0, sizeof events);
    arc_status st = arci_stream_open(x->t, NULL, &bills, "bill", bill_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(x->t, NULL, &events, "bill_event", event_fields, "seq");
    while (st == ARC_OK && bills.row) {
        char status[20] = "";
        int64_t id = bills.row[B_ID].u.i;
        for (; st == ARC_OK && events.row && events.row[0].u.i <= id; st = arci_stream_next(&events)) {
            if (events.row[0].u.i != id || events.row[1].u.i > x->as_of) continue;
            size_t n = events.row[2].len < sizeof status - 1 ? events.row[2].len : sizeof status - 1;
            memcpy(status, events.row[2].u.s, n);
            status[n] = 0;
        }
        while (seen && at < n_ids && ids[at] < id) at++;
        int mine = !seen || (at < n_ids && ids[at] == id && seen[at]);
        if (st == ARC_OK && status[0] && mine && (!customer || bills.row[B_CUSTOMER].u.i == customer)) st = add(x, bills.row, status);
        if (st == ARC_OK) st = arci_stream_next(&bills);
    }
    arci_stream_close(&events);
    arci_stream_close(&bills);
    return st;
}

static arc_status print(exposure *x, arci_str *b)
{
    static const char *const names[] = { ",\"held\":", ",\"recourse\":", ",\"matured\":" };
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < x->n; i++) {
        const exposure_line *l = &x->lines[i];
        int64_t sum;
        arci_str_puts(b, i ? ",{" : "{");
        arci_str_puts(b, x->by_acceptor ? "\"acceptor\":" : "\"customer\":");
        if (x->by_acceptor) arci_json_put_text(b, x->acceptors[l->key.who], strlen(x->acceptors[l->key.who]));
        else arci_str_int(b, l->key.who);
        arci_str_puts(b, ",\"currency\":\"");
        arci_str_puts(b, l->key.currency);
        arci_str_putc(b, '"');
        for (int k = 0; k < SUMS; k++) {
            if (arci_acc_get(&l->sums[k], &sum)) return arci_fail(x->t->env, ARC_E_OVERFLOW, "the sum of bills is too large", "票据合计超出范围");
            arci_str_puts(b, names[k]);
            arci_str_int(b, sum);
        }
        arci_str_puts(b, ",\"bills\":[");
        for (uint32_t k = 0; k < l->n; k++) {
            if (k) arci_str_putc(b, ',');
            arci_str_int(b, l->bills[k]);
        }
        arci_str_puts(b, "]}");
    }
    arci_str_putc(b, ']');
    return b->failed ? arci_nomem(x->t->env) : ARC_OK;
}

/* The bills the actor may see, when he does not see all. */
static arc_status visible(exposure *x, const arci_row_scope *scope, uint8_t **seen, int64_t **ids, uint32_t *n)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(x->t, &shape, "bill", "id");
    if (st == ARC_OK) st = arci_repo_find(x->t, shape, NULL, NULL, 0, 0, x->arena, &rows);
    if (st != ARC_OK) return st;
    *n = rows.n_rows;
    *seen = arci_arena_calloc(x->arena, rows.n_rows + 1u, 1);
    *ids = arci_arena_alloc(x->arena, (rows.n_rows + 1u) * sizeof **ids);
    if (!*seen || !*ids) return arci_nomem(x->t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) (*ids)[i] = rows.values[i].u.i;
    return rows.n_rows ? arci_scope_rows(x->t, x->arena, shape->table->entity, scope, *ids, rows.n_rows, *seen) : ARC_OK;
}

static arc_status compute(arci_txn *t, arci_str *b, const arci_row_scope *scope, arc_date as_of, int64_t customer, int by_acceptor)
{
    arci_arena arena;
    uint8_t *seen = NULL;
    int64_t *ids = NULL;
    uint32_t n = 0;
    arci_arena_init(&arena, t->book->ctx);
    exposure x = { .t = t, .arena = &arena, .as_of = as_of, .by_acceptor = by_acceptor };
    arci_map_init(&x.index, t->book->ctx);
    arci_map_init(&x.names, t->book->ctx);
    arc_status st = scope ? visible(&x, scope, &seen, &ids, &n) : ARC_OK;
    if (st == ARC_OK) st = fold(&x, customer, seen, ids, n);
    if (st == ARC_OK) st = print(&x, b);
    arci_map_clear(&x.index);
    arci_map_clear(&x.names);
    arci_arena_clear(&arena);
    return st;
}

static arc_status tell(arc_session *session, char *buf, size_t *len, arc_date as_of, int64_t customer, int by_acceptor)
{
    arci_session *s;
    arci_scope scope;
    const arci_row_scope *rows = NULL;
    const arci_entity *e = arci_entity_by_name("bill", 4);
    arci_str b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    arci_str_init(&b, s->env.ctx);
    if (as_of == ARC_DATE_NONE) as_of = s->business_date;
    st = as_of < ARC_DATE_MIN || as_of > ARC_DATE_MAX
             ? arci_fail(&s->env, ARC_E_RANGE, "the date is outside the calendar, or the session has no business date", "日期超出范围，或会话未设置业务日期")
             : arci_access_read(&s->env, s, e, &rows);
    if (st == ARC_OK) st = arci_access_field(&s->env, s, e, arci_entity_field(e, "face", 4));
    if (st == ARC_OK && by_acceptor) st = arci_access_field(&s->env, s, e, arci_entity_field(e, "acceptor", 8));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, compute(scope.txn, &b, rows, as_of, customer, by_acceptor));
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}

arc_status arc_bill_exposure_json(arc_session *session, char *buf, size_t *len, arc_date as_of, int64_t customer) { return tell(session, buf, len, as_of, customer, 0); }

arc_status arc_bill_acceptors_json(arc_session *session, char *buf, size_t *len, arc_date as_of) { return tell(session, buf, len, as_of, 0, 1); }
