/* SPDX-License-Identifier: Apache-2.0 */
/* Statement letters: a statement's figures as they were sent, and the customer's answer. */
#include <string.h>

#include "arcore/money.h"
#include "ledger/series.h"
#include "ledger/states.h"
#include "ledger/statement.h"
#include "store/verb.h"

#define NUMBER_MAX 64u
#define BY_MAX 120u

static const char figures[] = "number customer date_from date_to currency opening debit credit closing unapplied status";
static const char answer_fields[] = "status sent_on confirmed_on confirmed_by difference seal_file";
enum { STATUS, SENT_ON, CONFIRMED_ON, CONFIRMED_BY, DIFFERENCE, SEAL_FILE };

static const char *const id_only[] = { "id", NULL };

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

static arc_status check_text(arci_env *env, const char *s, size_t max, const char *field)
{
    size_t n = strlen(s);
    arc_status st = ARC_OK;
    if (!n || n > max) st = arci_fail(env, max == NUMBER_MAX ? ARC_E_LIMIT : ARC_E_INVALID, "%s has 1 to %u bytes", "%s 须为 1 至 %u 字节", field, (unsigned)max);
    else if (arci_utf8_check(s, n) != n) st = arci_fail(env, ARC_E_ENCODING, "%s is not valid UTF-8", "%s 不是有效的 UTF-8", field);
    if (st != ARC_OK) arci_fail_at(env, "statement_letter", field, 0, -1);
    return st;
}

/* ---- making --------------------------------------------------------------------------------------------------------------- */

static arc_status number_of(arci_txn *t, arci_arena *arena, const arc_statement_info *f, const char *given, arc_value *out)
{
    arci_series_ask ask = { .code = "statement_letter", .date = f->to }, *asks[1] = { &ask };
    if (given) {
        *out = text(given);
        return check_text(t->env, given, NUMBER_MAX, "number");
    }
    arc_status st = arci_series_draw(t, arena, asks, 1);
    *out = ask.number;
    return st;
}

static arc_status insert(arci_txn *t, arci_arena *arena, const arc_statement_info *f, const char *number, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_value no;
    uint32_t refused = 0;
    arc_status st = number_of(t, arena, f, number, &no);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "statement_letter", figures);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { no, arci_v_int(f->customer), arci_v_int(f->from), arci_v_int(f->to), arci_v_text(f->currency, 3), arci_v_int(f->opening), arci_v_int(f->debit),
                              arci_v_int(f->credit), arci_v_int(f->closing), arci_v_int(f->unapplied), text("draft") };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(t, &b, 1, &refused);
    if (st == ARC_OK && refused) st = arci_batch_refused(t, b, 0);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st;
}

static arc_status make(arci_call *c, const arc_statement_info *asked, const char *number, int64_t *id)
{
    arci_statement x, *list[1] = { &x };
    arc_status st = arci_call_elements(c, id_only, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, asked->customer);
    arci_call_arg_text(c, asked->currency, 3);
    arci_call_arg_int(c, asked->from);
    arci_call_arg_int(c, asked->to);
    arci_call_arg_text(c, number, number ? strlen(number) : 0);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK) return st;
    if (arci_call_done(c, 0)) {
        *id = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    memset(&x, 0, sizeof x);
    x.info = *asked;
    arci_arena_init(&x.arena, c->session->env.ctx);
    st = arci_statements_gather(c->txn, list, 1, 0, 0);
    if (st == ARC_OK) st = x.status;
    if (st == ARC_OK) st = insert(c->txn, &x.arena, &x.info, number, id);
    if (st == ARC_OK) arci_call_keep(c, 0, st, id);
    arci_arena_clear(&x.arena);
    return st;
}

arc_status arc_statement_letter_make(arc_session *session, int64_t *id, const arc_statement_options *options, const char *number)
{
    arci_session *s;
    arci_call c;
    int64_t made = 0;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_statement_info asked = ARC_STATEMENT_INFO_INIT;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = options ? arci_struct_in(&s->env, &o, sizeof o, options) : arci_fail(&s->env, ARC_E_INVALID, "options is NULL", "选项为空");
    if (st == ARC_OK && (o.flags || o.known_at)) st = arci_fail(&s->env, ARC_E_INVALID, "flags and known_at must be 0", "flags 与 known_at 须为 0");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_LETTER_MAKE], NULL, 0);
        if (st != ARC_OK) continue;
        st = arci_statement_asked(s, &asked, &o);
        if (st == ARC_OK && asked.from == ARC_DATE_NONE) st = arci_fail(&s->env, ARC_E_RANGE, "a letter has a first day", "对账函须有开始日期");
        if (st == ARC_OK) st = make(&c, &asked, number, &made);
        st = arci_call_end(&c, st);
    }
    if (st == ARC_OK && id) *id = made;
    return arci_call_leave(s, st);
}

/* ---- sending, and the answer ------------------------------------------------------------------------------------------------- */

typedef struct change {
    uint32_t verb;
    int64_t letter, seal_file;
    arc_date date;
    const char *by;
    const int64_t *balance;
} change;

static arc_status wrong(arci_txn *t, int64_t letter, arc_status st, const char *field, const char *en, const char *zh)
{
    st = arci_fail(t->env, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(t->env, "statement_letter", field, letter, -1);
    return st;
}

enum { L_TO, L_SENT_ON, L_CLOSING, L_VERSION };

static arc_status may(arci_txn *t, const change *x, const arc_value *l)
{
    int sending = x->verb == ARCI_DO_LETTER_SEND;
    arc_status st = arci_letter_may(t, &t->arena, x->verb, x->letter);
    if (st != ARC_OK) return st;
    int64_t first = sending || l[L_SENT_ON].type != ARC_V_INT ? l[L_TO].u.i : l[L_SENT_ON].u.i;
    if (x->date < first || x->date > ARC_DATE_MAX) {
        return wrong(t, x->letter, ARC_E_RANGE, sending ? "sent_on" : "confirmed_on", "the date is before what it answers to, or missing", "日期过早或缺失");
    }
    if (x->balance && (*x->balance > ARC_MONEY_MAX || *x->balance < -ARC_MONEY_MAX)) {
        return wrong(t, x->letter, ARC_E_RANGE, "difference", "the balance is too large", "余额超出范围");
    }
    return ARC_OK;
}

static arc_status write_change(arci_txn *t, const change *x, const arc_value *l)
{
    const arci_shape *shape;
    arci_batch *b;
    int sending = x->verb == ARCI_DO_LETTER_SEND;
    int64_t difference = x->balance ? *x->balance - l[L_CLOSING].u.i : 0; /* both within ARC_MONEY_MAX, or nearly */
    arc_status st = arci_shape_get(t, &shape, "statement_letter", sending ? "status sent_on" : answer_fields);
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    *arci_batch_key(b, 0) = arci_v_int(x->letter);
    *arci_batch_guard(b, 0) = l[L_VERSION];
    v[STATUS] = text(sending ? "sent" : difference ? "differs" : "confirmed");
    v[SENT_ON] = sending ? arci_v_int(x->date) : l[L_SENT_ON];
    if (!sending) {
        v[CONFIRMED_ON] = arci_v_int(x->date);
        v[CONFIRMED_BY] = text(x->by);
        v[DIFFERENCE] = arci_v_int(difference);
        if (x->seal_file) v[SEAL_FILE] = arci_v_int(x->seal_file);
    }
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status run(arci_call *c, const change *x)
{
    const arci_shape *shape;
    arc_value *l;
    arc_status st = arci_call_elements(c, id_only, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, x->letter);
    arci_call_arg_int(c, x->date);
    arci_call_arg_text(c, x->by, x->by ? strlen(x->by) : 0);
    arci_call_arg_int(c, x->balance ? *x->balance : INT64_MIN);
    arci_call_arg_int(c, x->seal_file);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK || arci_call_done(c, 0)) return st;
    st = arci_repo_lock(c->txn, "statement_letter", &x->letter, 1);
    if (st == ARC_OK) st = arci_shape_get(c->txn, &shape, "statement_letter", "date_to sent_on closing version");
    if (st == ARC_OK) st = arci_access_row(c->txn, c->verb, NULL, shape->table->entity, x->letter);
    if (st == ARC_OK) st = arci_repo_get(c->txn, shape, x->letter, &c->txn->arena, &l);
    if (st == ARC_OK) st = may(c->txn, x, l);
    if (st == ARC_OK) st = write_change(c->txn, x, l);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &x->letter);
    return st;
}

static arc_status change_letter(arc_session *session, const change *given)
{
    arci_session *s;
    arci_call c;
    change x = *given;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (x.date == ARC_DATE_NONE) x.date = s->business_date;
    if (x.letter < 1) st = arci_fail(&s->env, ARC_E_INVALID, "letter is below 1", "对账函编号无效");
    else if (x.verb == ARCI_DO_LETTER_CONFIRM) st = check_text(&s->env, x.by ? x.by : "", BY_MAX, "confirmed_by");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &c, &arci_verbs[x.verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&c, run(&c, &x));
    }
    return arci_call_leave(s, st);
}

arc_status arc_statement_letter_send(arc_session *session, int64_t letter, arc_date date)
{
    const change x = { ARCI_DO_LETTER_SEND, letter, 0, date, NULL, NULL };
    return change_letter(session, &x);
}

arc_status arc_statement_letter_confirm(arc_session *session, int64_t letter, arc_date date, const char *by, const int64_t *balance, int64_t seal_file)
{
    const change x = { ARCI_DO_LETTER_CONFIRM, letter, seal_file, date, by, balance };
    return change_letter(session, &x);
}
