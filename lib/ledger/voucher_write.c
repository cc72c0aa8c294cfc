/* SPDX-License-Identifier: Apache-2.0 */
/* Vouchers on their way out: JSON lines, or CSV in the columns of a layout. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "ledger/voucher.h"
#include "ledger/voucher_layout.h"

arc_status arc_voucher_print_init(arc_voucher_print *print)
{
    static const arc_voucher_print init = ARC_VOUCHER_PRINT_INIT;
    if (!print) return ARC_E_INVALID;
    *print = init;
    return ARC_OK;
}

typedef struct printer {
    arci_txn *t;
    arc_voucher_print p;
    arci_layout layout;
    arci_arena line; /* of one voucher */
    arci_str b;
    arc_write_fn write;
    void *user;
    int64_t n;
    int zh;
} printer;

enum { V_ID, V_LEDGER, V_PERIOD, V_NUMBER, V_DATE, V_MERGE, V_DIGEST, V_LINES, V_MAP, V_STATUS };
static const char fields[] = "id ledger period number posting_date merge digest lines map status";

static arc_status flush(printer *x)
{
    if (x->b.failed) return arci_nomem(x->t->env);
    int32_t stop = x->b.len ? x->write(x->user, x->b.s, x->b.len) : 0;
    arci_str_reset(&x->b);
    return stop ? arci_fail(x->t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止") : ARC_OK;
}

static arc_status proven(printer *x, const arc_value *v)
{
    const arci_voucher_head head = { v[V_LEDGER].u.s, v[V_PERIOD].u.s, v[V_MERGE].u.s, v[V_LEDGER].len, v[V_PERIOD].len, v[V_MERGE].len, v[V_NUMBER].u.i,
                                     (arc_date)v[V_DATE].u.i };
    char hex[65];
    arci_voucher_digest(&head, v[V_LINES].u.s, v[V_LINES].len, hex);
    if (v[V_DIGEST].len == 64 && !memcmp(hex, v[V_DIGEST].u.s, 64)) return ARC_OK;
    arc_status st = arci_fail(x->t->env, ARC_E_CORRUPT, "the voucher is not what its digest says", "凭证内容与其摘要值不符");
    arci_fail_at(x->t->env, "voucher", "digest", v[V_ID].u.i, -1);
    return st;
}

static void put(arci_str *b, const char *key, const arc_value *v)
{
    arci_str_puts(b, key);
    if (v->type == ARC_V_INT) arci_str_int(b, v->u.i);
    else arci_json_put_text(b, v->u.s, v->len);
}

static arc_status print_json(printer *x, const arc_value *v)
{
    char date[16];
    size_t n = sizeof date;
    arc_status st = arc_date_print(date, &n, (arc_date)v[V_DATE].u.i);
    if (st != ARC_OK) return arci_fail(x->t->env, ARC_E_CORRUPT, "a voucher without a date", "凭证日期无效");
    put(&x->b, "{\"id\":", &v[V_ID]);
    put(&x->b, ",\"ledger\":", &v[V_LEDGER]);
    put(&x->b, ",\"period\":", &v[V_PERIOD]);
    put(&x->b, ",\"number\":", &v[V_NUMBER]);
    arci_str_puts(&x->b, ",\"posting_date\":");
    arci_json_put_text(&x->b, date, n);
    put(&x->b, ",\"merge\":", &v[V_MERGE]);
    if (v[V_MAP].type == ARC_V_INT) put(&x->b, ",\"map\":", &v[V_MAP]);
    put(&x->b, ",\"digest\":", &v[V_DIGEST]);
    arci_str_puts(&x->b, ",\"lines\":");
    arci_str_add(&x->b, v[V_LINES].u.s, v[V_LINES].len);
    arci_str_puts(&x->b, "}\n");
    return ARC_OK;
}

static arc_status print_csv(printer *x, const arc_value *v)
{
    arci_json *root;
    arci_arena_reset(&x->line);
    arc_status st = arci_json_parse(x->t->env, &x->line, v[V_LINES].u.s, v[V_LINES].len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    arci_voucher_row row = { v[V_LEDGER].u.s, v[V_PERIOD].u.s, x->t->book->base_currency, v[V_LEDGER].len, v[V_PERIOD].len, v[V_NUMBER].u.i,
                             (arc_date)v[V_DATE].u.i, NULL, x->zh };
    for (const arci_json *line = root->child; line && st == ARC_OK; line = line->next) {
        row.line = line;
        st = arci_layout_row(x->t->env, &x->layout, &x->b, &row);
    }
    return st;
}

static arc_status print_all(printer *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(x->t, &shape, "voucher", fields);
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[V_LEDGER], 0 }, { shape->cols[V_PERIOD], 0 }, { shape->cols[V_NUMBER], 0 } };
    arci_where_init(&w);
    if (x->p.voucher) arci_where_int(&w, shape->cols[V_ID], ARC_OP_EQ, x->p.voucher);
    if (x->p.ledger) arci_where_text(&w, shape->cols[V_LEDGER], ARC_OP_EQ, x->p.ledger, strlen(x->p.ledger));
    if (x->p.period) arci_where_text(&w, shape->cols[V_PERIOD], ARC_OP_EQ, x->p.period, strlen(x->p.period));
    if (x->p.status) arci_where_text(&w, shape->cols[V_STATUS], ARC_OP_EQ, x->p.status, strlen(x->p.status));
    if (x->p.format == ARC_VOUCHER_CSV) arci_layout_begin(&x->layout, &x->b);
    st = arci_repo_scan(x->t, shape, &w, order, 3, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *v = block.values + (size_t)i * block.n_cols;
            st = proven(x, v);
            if (st == ARC_OK) st = x->p.format == ARC_VOUCHER_CSV ? print_csv(x, v) : print_json(x, v);
            x->n += st == ARC_OK;
            if (st == ARC_OK && x->b.len > 60000) st = flush(x);
        }
    }
    arci_scan_end(scan);
    if (st == ARC_DONE) st = flush(x);
    if (st == ARC_OK && x->p.voucher && !x->n) {
        st = arci_no_such(x->t->env, "voucher");
        arci_fail_at(x->t->env, "voucher", NULL, x->p.voucher, -1);
    }
    return st;
}

static arc_status check(arci_session *s, arci_arena *arena, printer *x, const arc_voucher_print *print)
{
    const arci_code_list *list = arci_code_list_get("posting_status");
    const char *language;
    int known = 0;
    arc_status st = arci_struct_in(&s->env, &x->p, sizeof x->p, print);
    if (st != ARC_OK) return st;
    if (x->p.format > ARC_VOUCHER_CSV || !x->write) return arci_fail(&s->env, ARC_E_INVALID, "write is NULL, or an unknown format", "write 为 NULL，或格式未知");
    for (uint32_t i = 0; x->p.status && list->codes[i]; i++) known |= !strcmp(list->codes[i], x->p.status);
    if (x->p.status && !known) return arci_fail(&s->env, ARC_E_VALUE, "there is no such status", "没有该状态");
    language = x->p.language ? x->p.language : s->language;
    if (strcmp(language, "zh") != 0 && strcmp(language, "en") != 0) return arci_fail(&s->env, ARC_E_VALUE, "language is zh or en", "语言须为 zh 或 en");
    x->zh = language[0] == 'z';
    return x->p.format == ARC_VOUCHER_CSV ? arci_layout_get(&s->env, arena, x->p.layout ? x->p.layout : "plain", &x->layout) : ARC_OK;
}

arc_status arc_voucher_write(arc_session *session, arc_write_fn write, void *user, int64_t *n, const arc_voucher_print *print)
{
    static const arc_voucher_print defaults = ARC_VOUCHER_PRINT_INIT;
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    printer x;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    memset(&x, 0, sizeof x);
    x.p = defaults;
    x.write = write;
    x.user = user;
    arci_arena_init(&arena, s->env.ctx);
    arci_arena_init(&x.line, s->env.ctx);
    arci_str_init(&x.b, s->env.ctx);
    st = check(s, &arena, &x, print);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("voucher", 7));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) {
        x.t = scope.txn;
        st = arci_scope_end(&scope, print_all(&x));
    }
    if (st == ARC_OK && n) *n = x.n;
    arci_str_clear(&x.b);
    arci_arena_clear(&x.line);
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}
