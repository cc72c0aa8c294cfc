/* SPDX-License-Identifier: Apache-2.0 */
/* What customers answer to statement letters. */
#include <string.h>

#include "arcore/money.h"
#include "ledger/letter.h"
#include "ledger/period.h"
#include "ledger/states.h"
#include "ledger/statement.h"
#include "store/verb.h"

#define BY_MAX 120u

static const char answer_fields[] = "status confirmed_on confirmed_by difference seal_file";
enum { STATUS, CONFIRMED_ON, CONFIRMED_BY, DIFFERENCE, SEAL_FILE };

static const char *const id_only[] = { "id", NULL };

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

typedef struct answer {
    int64_t letter, seal_file;
    arc_date date;
    const char *by;
    const int64_t *balance;
} answer;

static arc_status wrong(arci_txn *t, int64_t letter, arc_status st, const char *field, const char *en, const char *zh)
{
    st = arci_fail(t->env, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(t->env, "statement_letter", field, letter, -1);
    return st;
}

enum { L_TO, L_SENT_ON, L_CLOSING, L_VERSION, L_STATUS };

static arc_status may(arci_txn *t, const answer *x, const arc_value *l)
{
    arc_status st = arci_letter_tell(t, ARCI_DO_LETTER_CONFIRM, &l[L_STATUS], x->letter);
    if (st != ARC_OK) return st;
    int64_t first = l[L_SENT_ON].type != ARC_V_INT ? l[L_TO].u.i : l[L_SENT_ON].u.i;
    if (x->date < first || x->date > ARC_DATE_MAX) return wrong(t, x->letter, ARC_E_RANGE, "confirmed_on", "the date is before what it answers to, or missing", "日期过早或缺失");
    st = arci_day_come(t, x->date, (arc_date)first, "statement_letter", "confirmed_on", x->letter);
    if (st != ARC_OK) return st;
    if (x->balance && (*x->balance > ARC_MONEY_MAX || *x->balance < -ARC_MONEY_MAX)) return wrong(t, x->letter, ARC_E_RANGE, "difference", "the balance is too large", "余额超出范围");
    return ARC_OK;
}

static arc_status write_answer(arci_txn *t, const answer *x, const arc_value *l)
{
    const arci_shape *shape;
    arci_batch *b;
    int64_t difference = x->balance ? *x->balance - l[L_CLOSING].u.i : 0; /* both within ARC_MONEY_MAX, or nearly */
    arc_status st = arci_shape_get(t, &shape, "statement_letter", answer_fields);
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    *arci_batch_key(b, 0) = arci_v_int(x->letter);
    *arci_batch_guard(b, 0) = l[L_VERSION];
    v[STATUS] = text(difference ? "differs" : "confirmed");
    v[CONFIRMED_ON] = arci_v_int(x->date);
    v[CONFIRMED_BY] = text(x->by);
    v[DIFFERENCE] = arci_v_int(difference);
    if (x->seal_file) v[SEAL_FILE] = arci_v_int(x->seal_file);
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status run(arci_call *c, const answer *x)
{
    const arci_shape *shape;
    arc_value *l;
    arc_status st = arci_call_elements(c, id_only, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, x->letter);
    arci_call_arg_int(c, x->date);
    arci_call_arg_text(c, x->by, strlen(x->by));
    arci_call_arg_int(c, x->balance ? *x->balance : INT64_MIN);
    arci_call_arg_int(c, x->seal_file);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK || arci_call_done(c, 0)) return st;
    st = arci_repo_lock(c->txn, "statement_letter", &x->letter, 1);
    if (st == ARC_OK) st = arci_shape_get(c->txn, &shape, "statement_letter", "date_to sent_on closing version status");
    if (st == ARC_OK) st = arci_access_row(c->txn, c->verb, NULL, shape->table->entity, x->letter);
    if (st == ARC_OK) st = arci_repo_get(c->txn, shape, x->letter, &c->txn->arena, &l);
    if (st == ARC_OK) st = may(c->txn, x, l);
    if (st == ARC_OK) st = write_answer(c->txn, x, l);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &x->letter);
    return st;
}

arc_status arc_statement_letter_confirm(arc_session *session, int64_t letter, arc_date date, const char *by, const int64_t *balance, int64_t seal_file)
{
    arci_session *s;
    arci_call c;
    answer x = { letter, seal_file, date, by ? by : "", balance };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (x.date == ARC_DATE_NONE) x.date = s->business_date;
    if (x.letter < 1) st = arci_fail(&s->env, ARC_E_INVALID, "letter is below 1", "对账函编号无效");
    else st = arci_letter_text_check(&s->env, x.by, BY_MAX, "confirmed_by");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_LETTER_CONFIRM], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&c, run(&c, &x));
    }
    return arci_call_leave(s, st);
}
