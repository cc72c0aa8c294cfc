/* SPDX-License-Identifier: Apache-2.0 */
/* What does not add up in the statements of an account, and what verify proves of them. */
#include <string.h>

#include "arcore/money.h"
#include "base/json_text.h"
#include "base/num.h"
#include "cash/checks.h"
#include "cash/statement.h"
#include "store/stream.h"
#include "value/date.h"

enum { S_ID, S_NUMBER, S_FROM, S_TO, S_CURRENCY, S_OPENING, S_CLOSING, S_CHECK, S_DIFFERENCE, S_CONTROL, S_INTERIM, S_STANDING, S_ACCOUNT, S_NEW, S_KNOWN };
static const char statement_fields[] = "id number date_from date_to currency opening closing balance_check difference control_check interim standing bank_account n_new n_known";
enum { L_ID, L_STATEMENT, L_BOOKED, L_SAME_AS, L_REVERSES, L_KIND, L_AMOUNT, L_CURRENCY, L_STANDING, L_ACCOUNT, L_WAITING, L_DETAIL };
static const char line_fields[] = "id bank_statement booking_date same_as reverses kind amount currency standing bank_account waiting detail";

typedef struct telling {
    arci_txn *t;
    arci_arena arena;
    arci_str out;
    int64_t account;
    arc_date from;
    int any;
} telling;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static void begin(telling *x, const char *kind, int64_t statement, arc_date date)
{
    char day[16];
    size_t n = sizeof day;
    arci_str_puts(&x->out, x->any++ ? ",{" : "{");
    arci_json_put_str(&x->out, "kind", kind);
    arci_json_put_int(&x->out, "statement", statement);
    if (arc_date_print(day, &n, date) == ARC_OK) arci_json_put_str(&x->out, "date", day);
}

static void put_money(telling *x, int64_t minor, const arc_value *currency)
{
    char text[48];
    size_t n = sizeof text;
    arc_money m = { minor, { 0 }, 0 };
    memcpy(m.currency, currency->u.s, 3);
    if (arc_money_print_amount(text, &n, &m) == ARC_OK) arci_json_put_str(&x->out, "difference", text);
}

static void number_of(telling *x, const arc_value *v)
{
    if (v[S_NUMBER].type != ARC_V_TEXT) return;
    arci_json_put_key(&x->out, "number");
    arci_json_put_text(&x->out, v[S_NUMBER].u.s, v[S_NUMBER].len);
}

static const arc_value *row_of(const arci_rows *rows, uint32_t i) { return rows->values + (size_t)i * rows->n_cols; }

/* A booked statement with both of its balances. */
static int in_chain(const arc_value *v)
{
    return v[S_STANDING].type != ARC_V_NULL && !v[S_INTERIM].u.i && v[S_OPENING].type == ARC_V_INT && v[S_CLOSING].type == ARC_V_INT;
}

/* It begins where an earlier one of the same day began, and one of the two has bookings of the other: the file of noon and that of the evening. */
static int begins_again(const arci_rows *rows, uint32_t at)
{
    const arc_value *v = row_of(rows, at);
    for (uint32_t i = at; i-- > 0;) {
        const arc_value *o = row_of(rows, i);
        if (o[S_TO].u.i < v[S_FROM].u.i) return 0;
        if (in_chain(o) && memcmp(o[S_CURRENCY].u.s, v[S_CURRENCY].u.s, 3) == 0 && o[S_FROM].u.i == v[S_FROM].u.i && o[S_OPENING].u.i == v[S_OPENING].u.i &&
            (v[S_KNOWN].u.i || o[S_KNOWN].u.i))
            return 1;
    }
    return 0;
}

/* It has bookings of the one before, and what is new in it leads from the end of that one to its own. */
static int goes_on(const arc_value *before, const arc_value *v, const arci_rows *lines)
{
    int64_t balance = before[S_CLOSING].u.i;
    if (!v[S_KNOWN].u.i) return 0;
    for (uint32_t i = 0; i < lines->n_rows; i++) {
        const arc_value *l = row_of(lines, i);
        if (l[L_STATEMENT].u.i != v[S_ID].u.i || l[L_STANDING].type == ARC_V_NULL || l[L_DETAIL].u.i) continue;
        if (arci_add64(balance, l[L_AMOUNT].u.i, &balance)) return 0;
    }
    return balance == v[S_CLOSING].u.i;
}

/* Booked statements one behind the other; pages and repeats of a day stand in the order they came. */
static void tell_statements(telling *x, const arci_rows *rows, const arci_rows *lines)
{
    const arc_value *before = NULL;
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        if (v[S_STANDING].type == ARC_V_NULL) continue;
        if (is(&v[S_CHECK], "differs")) {
            begin(x, "balance", v[S_ID].u.i, (arc_date)v[S_TO].u.i);
            number_of(x, v);
            if (v[S_DIFFERENCE].type == ARC_V_INT) put_money(x, v[S_DIFFERENCE].u.i, &v[S_CURRENCY]);
            arci_str_putc(&x->out, '}');
        }
        if (is(&v[S_CONTROL], "differs")) {
            begin(x, "control", v[S_ID].u.i, (arc_date)v[S_TO].u.i);
            number_of(x, v);
            arci_str_putc(&x->out, '}');
        }
        if (!in_chain(v)) continue;
        const int again = before && before[S_CLOSING].u.i != v[S_OPENING].u.i && begins_again(rows, i);
        if (again && !v[S_NEW].u.i && v[S_TO].u.i == before[S_TO].u.i) continue; /* nothing but what was told: the next one goes on from the fuller */
        if (before && !again && memcmp(before[S_CURRENCY].u.s, v[S_CURRENCY].u.s, 3) == 0 && before[S_CLOSING].u.i != v[S_OPENING].u.i && v[S_FROM].u.i >= before[S_TO].u.i &&
            !goes_on(before, v, lines)) {
            begin(x, "gap", v[S_ID].u.i, (arc_date)v[S_FROM].u.i);
            arci_json_put_int(&x->out, "before", before[S_ID].u.i);
            put_money(x, v[S_OPENING].u.i - before[S_CLOSING].u.i, &v[S_CURRENCY]);
            arci_str_putc(&x->out, '}');
        }
        before = v;
    }
}

static void tell_lines(telling *x, const arci_rows *rows)
{
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        int lost = is(&v[L_KIND], "return") && v[L_REVERSES].type == ARC_V_NULL && v[L_AMOUNT].u.i < 0;
        int waits = is(&v[L_KIND], "return") && v[L_REVERSES].type != ARC_V_NULL && v[L_WAITING].type != ARC_V_NULL;
        if (v[L_STANDING].type == ARC_V_NULL || (!lost && !waits && v[L_SAME_AS].type == ARC_V_NULL)) continue;
        begin(x, lost ? "return" : waits ? "return_waits" : "repeat", v[L_STATEMENT].u.i, (arc_date)v[L_BOOKED].u.i);
        arci_json_put_int(&x->out, "line", v[L_ID].u.i);
        if (waits) arci_json_put_int(&x->out, "reverses", v[L_REVERSES].u.i);
        else if (!lost) arci_json_put_int(&x->out, "same_as", v[L_SAME_AS].u.i);
        arci_str_putc(&x->out, '}');
    }
}

static arc_status read_rows(telling *x, arci_rows *rows, const char *entity, const char *fields, uint16_t account, uint16_t date, uint16_t then)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(x->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[date], 0 }, { shape->cols[then], 0 }, { shape->cols[0], 0 } };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[account], ARC_OP_EQ, x->account);
    if (x->from != ARC_DATE_NONE) arci_where_int(&w, shape->cols[date], ARC_OP_GE, x->from);
    return arci_repo_find(x->t, shape, &w, order, 3, 0, &x->arena, rows);
}

static arc_status tell_all(telling *x)
{
    const arci_shape *shape;
    arc_value *row;
    arci_rows statements, lines;
    arc_status st = arci_shape_get(x->t, &shape, "bank_account", "customer");
    if (st == ARC_OK) st = arci_repo_get(x->t, shape, x->account, &x->arena, &row);
    if (st == ARC_OK && row[0].type != ARC_V_NULL) {
        st = arci_fail(x->t->env, ARC_E_NOT_FOUND, "%lld is no bank account of our own", "%lld 不是本方银行账户", (long long)x->account);
        arci_fail_at(x->t->env, "bank_account", NULL, x->account, -1);
    }
    if (st == ARC_OK) st = read_rows(x, &statements, "bank_statement", statement_fields, S_ACCOUNT, S_TO, S_FROM);
    if (st == ARC_OK) st = read_rows(x, &lines, "statement_line", line_fields, L_ACCOUNT, L_BOOKED, L_STATEMENT);
    if (st != ARC_OK) return st;
    arci_str_putc(&x->out, '[');
    tell_statements(x, &statements, &lines);
    tell_lines(x, &lines);
    arci_str_putc(&x->out, ']');
    return x->out.failed ? arci_nomem(x->t->env) : ARC_OK;
}

arc_status arc_bank_findings(arc_session *session, char *buf, size_t *len, int64_t account, arc_date from)
{
    telling x = { .account = account, .from = from };
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) st = arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("bank_statement", 14));
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("statement_line", 14));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return arci_session_leave(s, st);
    x.t = scope.txn;
    arci_arena_init(&x.arena, s->env.ctx);
    arci_str_init(&x.out, s->env.ctx);
    st = arci_scope_end(&scope, tell_all(&x));
    if (st == ARC_OK) st = arci_text_out(buf, len, x.out.s, x.out.len);
    arci_str_clear(&x.out);
    arci_arena_clear(&x.arena);
    return arci_session_leave(s, st);
}
