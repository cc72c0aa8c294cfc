/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a bill after it was received. */
#include <stdlib.h>
#include <string.h>

#include "ledger/bill.h"
#include "ledger/period.h"
#include "value/money.h"

enum { PARTY_MAX = 300 };

arc_status arc_bill_move_init(arc_bill_move *move)
{
    static const arc_bill_move init = ARC_BILL_MOVE_INIT;
    if (!move) return ARC_E_INVALID;
    *move = init;
    return ARC_OK;
}

/* ---- one event ----------------------------------------------------------------------------------------------------------------- */

/* Of the entry of an event; static, as the journal wants it. */
static const char *purpose_of(const char *status)
{
    static const char *const purposes[] = { "bill_endorsed", "bill_discounted", "bill_collecting", "bill_honoured", "bill_dishonoured", "bill_returned" };
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++) {
        if (strcmp(purposes[i] + 5, status) == 0) return purposes[i];
    }
    return "bill";
}

typedef struct moving {
    arci_bill_event e;
    arc_bill_move m;
    int64_t id;
    int verb; /* ARCI_BILL_*; ARCI_BILL_VERBS: the last one is undone */
    arci_rows events;
    char status[20];
    int64_t item, undone;
} moving;

static const arc_value *event(const moving *x, uint32_t i) { return x->events.values + (size_t)i * x->events.n_cols; }

static arc_status fault(const moving *x, arc_status st, const char *field)
{
    arci_fail_at(x->e.p->t->env, "bill_event", field, x->id, -1);
    return st;
}

static void copy_code(char *to, size_t size, const arc_value *v)
{
    size_t n = v->len < size - 1 ? v->len : size - 1;
    memcpy(to, v->u.s, n);
    to[n] = 0;
}

/* What of the receipt's base amount belongs to a part: together the parts have all of it. */
static int64_t share(const arc_value *bill, int64_t base, int64_t amount)
{
    int64_t from = arci_bill_offset(bill), to = from + bill[ARCI_BILL_C_FACE].u.i;
    return arci_part_of(base, to, amount) - arci_part_of(base, from, amount);
}

/* row: ARCI_BILL_C_*; booked: base amount and amount of its receipt. */
static void take_bill(moving *x, const arc_value *row, const arc_value *booked)
{
    x->e.bill = row;
    x->e.whole = booked[1].u.i;
    x->e.has_base = booked[0].type == ARC_V_INT;
    x->e.base = x->e.has_base ? share(row, booked[0].u.i, booked[1].u.i) : 0;
    memcpy(x->e.currency, row[ARCI_BILL_C_CURRENCY].u.s, 3);
    copy_code(x->status, sizeof x->status, &row[ARCI_BILL_C_STATUS]);
}

static arc_status read_bill(moving *x)
{
    arci_posting *p = x->e.p;
    const arci_shape *shape, *receipt;
    arc_value *row, *booked;
    arc_status st = arci_repo_lock(p->t, "bill", &x->id, 1);
    if (st == ARC_OK && arci_repo_asking(p->t)) {
        st = arci_bill_events(p->t, &p->arena, x->id, &x->events);
        arci_repo_asked(p->t);
    }
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "bill", ARCI_BILL_FIELDS);
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, x->id);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, x->id, &p->arena, &row);
    if (st == ARC_OK) st = arci_shape_get(p->t, &receipt, "receipt", "base_amount amount");
    if (st == ARC_OK) st = arci_repo_get(p->t, receipt, row[ARCI_BILL_C_RECEIPT].u.i, &p->arena, &booked);
    if (st != ARC_OK) return st;
    take_bill(x, row, booked);
    st = arci_bill_events(p->t, &p->arena, x->id, &x->events);
    if (st == ARC_OK && !x->events.n_rows) st = arci_fail(p->t->env, ARC_E_CORRUPT, "the bill has no events", "票据缺少流转记录");
    return st;
}

static arc_status check_date(moving *x)
{
    arci_env *env = x->e.p->t->env;
    arc_date last = (arc_date)event(x, x->events.n_rows - 1)[ARCI_BE_DATE].u.i, maturity = (arc_date)x->e.bill[ARCI_BILL_C_MATURITY].u.i;
    arc_status st = ARC_OK;
    if (x->e.date == ARC_DATE_NONE) st = arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期");
    else if (x->e.date < last || x->e.date > ARC_DATE_MAX) st = arci_fail(env, ARC_E_RANGE, "the date is before the bill's last event", "日期早于票据的上一次操作");
    else if ((x->verb == ARCI_BILL_ENDORSE || x->verb == ARCI_BILL_DISCOUNT) && x->e.date > maturity) st = arci_fail(env, ARC_E_RANGE, "the bill has matured: it is collected, not passed on", "票据已到期，应托收而不能转让");
    else if (x->verb == ARCI_BILL_COLLECT && x->e.date < maturity) st = arci_fail(env, ARC_E_RANGE, "the bill has not matured yet", "票据尚未到期");
    if (st != ARC_OK) return fault(x, st, "event_date");
    return arci_fact_check(x->e.p->t, x->e.date, last, "bill_event", "event_date", x->id);
}

static arc_status check_amounts(moving *x)
{
    arci_env *env = x->e.p->t->env;
    int64_t face = x->e.bill[ARCI_BILL_C_FACE].u.i;
    int paid = x->verb == ARCI_BILL_DISCOUNT || (x->verb == ARCI_BILL_COLLECT && arci_bill_ours(x->status));
    int good = x->m.proceeds >= 0 && x->m.charge >= 0 && x->m.charge <= ARC_MONEY_MAX && x->m.proceeds <= face;
    if (good && paid && !x->m.proceeds) x->m.proceeds = x->m.charge <= face ? face - x->m.charge : -1;
    if (good && paid) good = x->m.proceeds >= 0 && x->m.proceeds + x->m.charge == face;
    else if (good) good = !x->m.proceeds && (!x->m.charge || x->verb == ARCI_BILL_DISHONOUR);
    if (good) return ARC_OK;
    char said[ARCI_SAID];
    arci_money_said(said, face, x->e.bill[ARCI_BILL_C_CURRENCY].u.s);
    return fault(x, paid ? arci_fail(env, ARC_E_RANGE, "proceeds and charge together are not the face of %s", "到账金额与费用之和不等于票面 %s", said)
                         : arci_fail(env, ARC_E_RANGE, "no money comes in, and only a dishonour has charges", "此操作没有到账金额；仅拒付可有费用"), "proceeds");
}

static arc_status check_texts(moving *x)
{
    arci_env *env = x->e.p->t->env;
    size_t n = x->m.party ? strlen(x->m.party) : 0;
    int needs = x->verb == ARCI_BILL_ENDORSE || x->verb == ARCI_BILL_DISCOUNT;
    if (needs && !n) return fault(x, arci_fail(env, ARC_E_REQUIRED, "say to whom the bill goes", "须填写被背书人或贴现银行"), "party");
    if (n > PARTY_MAX) return fault(x, arci_fail(env, ARC_E_LIMIT, "a party has at most %d bytes", "对方名称最多 %d 字节", PARTY_MAX), "party");
    if (n && arci_utf8_check(x->m.party, n) != n) return fault(x, arci_fail(env, ARC_E_ENCODING, "the party is not valid UTF-8", "对方名称不是有效的 UTF-8"), "party");
    if (!x->m.reason && x->verb < ARCI_BILL_RETURN) return ARC_OK;
    return arci_reason_check(env, x->m.reason, "bill_event");
}

static void open_entry(moving *x, const char *purpose, int64_t reverses)
{
    const arci_entry entry = { .date = x->e.date, .purpose = purpose, .entity = "bill", .source = x->id, .number = &x->e.bill[ARCI_BILL_C_NUMBER],
                               .reverses = reverses, .customer = x->e.bill[ARCI_BILL_C_CUSTOMER].u.i };
    arci_journal_open(&x->e.p->journal, &entry);
}

/* Where the face stood until now: notes we hold, or what we have to pay whoever has it. */
static const char *left_from(const moving *x)
{
    return arci_bill_ours(x->status) ? ARCI_ROLE_NOTES : strcmp(x->status, "endorsed") == 0 ? ARCI_ROLE_CLEARING : ARCI_ROLE_BANK;
}

/* What an amount is worth at the booked rate of the day; not known: as the face was booked. */
static arc_status worth(const moving *x, int64_t amount, int64_t *base)
{
    const arci_bill_event *e = &x->e;
    arci_rates rates;
    arci_booked today;
    int64_t face = e->bill[ARCI_BILL_C_FACE].u.i;
    *base = amount <= face ? arci_part_of(e->base, amount, face) : e->base;
    if (!e->has_base) return ARC_OK;
    arci_rates_init(&rates, e->p->t, &e->p->arena);
    arc_status st = arci_booked_at(&rates, &today, e->currency, amount, e->date, NULL, NULL, NULL);
    if (st == ARC_OK && today.known) *base = today.base;
    return st;
}

/* Money comes in for the face: at the rate of the day, the difference to what was booked is realised. */
static arc_status paid(moving *x)
{
    const arci_bill_event *e = &x->e;
    int64_t face = e->bill[ARCI_BILL_C_FACE].u.i, all = 0;
    arc_status st = worth(x, face, &all);
    if (st != ARC_OK) return st;
    int64_t fee = arci_part_of(all, x->m.charge, face), in = all - fee, loss = e->base - all;
    arci_journal_line(&e->p->journal, ARCI_ROLE_BANK_FEE, e->currency, x->m.charge, e->has_base ? &fee : NULL);
    arci_journal_line(&e->p->journal, ARCI_ROLE_BANK, e->currency, x->m.proceeds, e->has_base ? &in : NULL);
    arci_bill_line(e, ARCI_ROLE_NOTES, -face);
    if (loss) arci_journal_line(&e->p->journal, ARCI_ROLE_FX_REALISED, e->currency, 0, &loss);
    return ARC_OK;
}

/* The customer owes again. What we have paid a bank for it is worth what it cost on the day. */
static arc_status unpaid(moving *x)
{
    arci_bill_event *e = &x->e;
    int64_t face = e->bill[ARCI_BILL_C_FACE].u.i, today = 0;
    arc_status st = worth(x, face, &today);
    if (st == ARC_OK) st = worth(x, e->charge, &e->charge_base);
    if (st != ARC_OK) return st;
    if (strcmp(left_from(x), ARCI_ROLE_BANK) == 0) e->base = today;
    int64_t out = -e->charge_base;
    arci_bill_line(e, ARCI_ROLE_RECEIVABLE, face);
    arci_bill_line(e, left_from(x), -face);
    arci_journal_line(&e->p->journal, ARCI_ROLE_RECEIVABLE, e->currency, e->charge, e->has_base ? &e->charge_base : NULL);
    arci_journal_line(&e->p->journal, ARCI_ROLE_BANK, e->currency, -e->charge, e->has_base ? &out : NULL);
    return arci_bill_claim(e, &x->item);
}

static arc_status act(moving *x, const char *to)
{
    const arci_bill_event *e = &x->e;
    int64_t face = e->bill[ARCI_BILL_C_FACE].u.i;
    open_entry(x, purpose_of(to), 0);
    switch (x->verb) {
    case ARCI_BILL_ENDORSE:
        arci_bill_line(e, ARCI_ROLE_CLEARING, face);
        arci_bill_line(e, ARCI_ROLE_NOTES, -face);
        return ARC_OK;
    case ARCI_BILL_DISCOUNT:
    case ARCI_BILL_COLLECT: return arci_bill_ours(x->status) ? paid(x) : ARC_OK;
    case ARCI_BILL_DISHONOUR: return unpaid(x);
    case ARCI_BILL_RETURN:
        arci_bill_line(e, ARCI_ROLE_RECEIVABLE, face);
        arci_bill_line(e, ARCI_ROLE_NOTES, -face);
        return arci_bill_give_back(e, &x->item);
    default: return ARC_OK;
    }
}

/* ---- undone ---------------------------------------------------------------------------------------------------------------------- */

/* Whether an event wrote an entry: sending did not, nor was anything paid to us for a bill that was passed on. */
static int posted(const char *before, const char *became)
{
    return strcmp(became, "collecting") != 0 && strcmp(became, "split") != 0 && (strcmp(became, "honoured") != 0 || arci_bill_ours(before));
}

/* The entry of the event is told the other way round: the last one of its kind. */
static arc_status mirror(moving *x, const char *status)
{
    arci_posting *p = x->e.p;
    const arci_shape *entry, *line;
    arci_where w;
    arci_rows found, lines;
    const char *purpose = purpose_of(status);
    arc_status st = arci_shape_get(p->t, &entry, "journal_entry", "id entity source purpose");
    if (st == ARC_OK) st = arci_shape_get(p->t, &line, "journal_line", "account_role currency amount base_amount journal_entry seq");
    if (st != ARC_OK) return st;
    const arc_order last = { entry->cols[0], 1 }, by_seq = { line->cols[5], 0 };
    arci_where_init(&w);
    arci_where_text(&w, entry->cols[1], ARC_OP_EQ, "bill", 4);
    arci_where_int(&w, entry->cols[2], ARC_OP_EQ, x->id);
    arci_where_text(&w, entry->cols[3], ARC_OP_EQ, purpose, strlen(purpose));
    st = arci_repo_find(p->t, entry, &w, &last, 1, 1, &p->arena, &found);
    if (st == ARC_OK && !found.n_rows) st = arci_fail(p->t->env, ARC_E_CORRUPT, "the entry of the bill's last event is missing", "缺少票据最近一次操作的分录");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, line->cols[4], ARC_OP_EQ, found.values[0].u.i);
    st = arci_repo_find(p->t, line, &w, &by_seq, 1, 0, &p->arena, &lines);
    open_entry(x, "reversal", found.values[0].u.i);
    for (uint32_t i = 0; st == ARC_OK && i < lines.n_rows; i++) {
        const arc_value *v = lines.values + (size_t)i * lines.n_cols;
        int64_t base = v[3].type == ARC_V_INT ? -v[3].u.i : 0;
        arci_journal_line(&p->journal, v[0].u.s, x->e.currency, -v[2].u.i, v[3].type == ARC_V_INT ? &base : NULL);
    }
    return st;
}

static arc_status undo(moving *x, const char **to)
{
    const arc_value *before, *last = arci_bill_standing(&x->events, &before);
    char was[20];
    if (!before) return arci_bill_untouched(x->e.p->t->env, x->e.bill);
    copy_code(was, sizeof was, &last[ARCI_BE_STATUS]);
    x->undone = last[ARCI_BE_ID].u.i;
    copy_code(x->status, sizeof x->status, &before[ARCI_BE_STATUS]);
    if (strcmp(was, "merged") == 0) return arci_bill_merged(x->e.p->t->env, x->e.bill);
    arc_status st = posted(x->status, was) ? mirror(x, was) : ARC_OK;
    if (st == ARC_OK && strcmp(was, "split") == 0) st = arci_bill_merge(x->e.p, x->e.bill, x->e.date);
    if (st == ARC_OK && last[ARCI_BE_ITEM].type == ARC_V_INT) st = arci_bill_unclaim(&x->e, last[ARCI_BE_ITEM].u.i);
    *to = x->status;
    return st;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------------ */

static arc_value text(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }
static arc_value some(int64_t v) { return v ? arci_v_int(v) : arci_v_null(); }

static arci_bill_step step_of(const moving *x, const char *to, int64_t *id)
{
    const arci_bill_step step = { .event = { arci_v_int(x->id), arci_v_int(event(x, x->events.n_rows - 1)[ARCI_BE_SEQ].u.i + 1), text(to), arci_v_int(x->e.date), x->e.bill[ARCI_BILL_C_CURRENCY],
                                             text(x->m.party), some(x->m.proceeds), some(x->m.charge), some(x->item), text(x->m.reason), some(x->undone) },
                                  .version = x->e.bill[ARCI_BILL_C_VERSION], .id = id };
    return step;
}

static arc_status write_event(moving *x, const char *to)
{
    const arci_bill_step step = step_of(x, to, x->e.p->ids);
    return arci_bill_note(x->e.p, &step, 1);
}

static void tell(arci_posting *p, const moving *x, uint32_t i)
{
    arci_call *c = p->call;
    arc_date date = x->m.date == ARC_DATE_NONE ? p->session->business_date : x->m.date;
    const int64_t numbers[] = { x->id, x->m.flags, date, x->m.proceeds, x->m.charge, x->m.amount };
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) arci_call_arg_int(c, numbers[k]);
    arci_call_arg_text(c, x->m.party ? x->m.party : "", x->m.party ? strlen(x->m.party) : 0);
    arci_call_arg_text(c, x->m.reason ? x->m.reason : "", x->m.reason ? strlen(x->m.reason) : 0);
    arci_posting_arg_end(p, i);
}

/* Only the first part of the range goes on its way: it becomes a bill of its own. */
static arc_status cut_first(moving *x)
{
    int64_t face = x->e.bill[ARCI_BILL_C_FACE].u.i, amounts[2] = { x->m.amount, face - x->m.amount }, parts[2];
    if (!x->m.amount || x->m.amount == face) return ARC_OK;
    if (x->m.amount < 0 || x->m.amount > face || (x->verb != ARCI_BILL_ENDORSE && x->verb != ARCI_BILL_DISCOUNT)) {
        return fault(x, arci_fail(x->e.p->t->env, ARC_E_RANGE, "an amount is a part of the face that is endorsed or discounted", "金额须为背书或贴现的部分票面"), "bill");
    }
    arc_status st = arci_bill_cut(x->e.p, x->e.bill, event(x, x->events.n_rows - 1)[ARCI_BE_SEQ].u.i + 1, amounts, 2, x->e.date, x->m.reason, parts);
    if (st != ARC_OK) return st;
    x->id = parts[0];
    return read_bill(x);
}

static void begin(moving *x, arci_posting *p, uint32_t i)
{
    x->e.p = p;
    x->e.date = x->m.date == ARC_DATE_NONE ? p->session->business_date : x->m.date;
    x->e.reason = x->m.reason;
    x->e.charge = x->m.charge;
    tell(p, x, i);
}

static arc_status happen(arci_posting *p, const void *elements)
{
    moving x = *(const moving *)elements;
    const char *to = NULL;
    begin(&x, p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = read_bill(&x);
    if (st != ARC_OK) return st;
    if (x.verb < ARCI_BILL_VERBS) st = arci_bill_allows(p->t, &p->arena, x.e.bill, x.verb);
    if (st != ARC_OK) return st;
    if (x.verb < ARCI_BILL_VERBS) to = arci_bill_next(x.status, x.verb, x.e.bill[ARCI_BILL_C_RECOURSE].u.i != 0);
    st = check_texts(&x);
    if (st == ARC_OK) st = check_date(&x);
    if (st == ARC_OK) st = cut_first(&x);
    if (st == ARC_OK && x.verb < ARCI_BILL_VERBS) st = check_amounts(&x);
    if (st == ARC_OK) st = x.verb < ARCI_BILL_VERBS ? act(&x, to) : undo(&x, &to);
    return st == ARC_OK ? write_event(&x, to) : st;
}

/* ---- the verbs ------------------------------------------------------------------------------------------------------------------------ */

static arc_status run(arc_session *session, int64_t *event_id, int64_t bill, const arc_bill_move *given, uint32_t right, int verb)
{
    moving x;
    arci_session *s;
    memset(&x, 0, sizeof x);
    (void)arc_bill_move_init(&x.m);
    x.id = bill;
    x.verb = verb;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (given) st = arci_struct_in(&s->env, &x.m, sizeof x.m, given);
    if (st == ARC_OK && (x.m.reserved || (x.m.flags & ~(verb == ARCI_BILL_COLLECT ? ARC_BILL_SENT : 0u)))) st = arci_fail(&s->env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    if (x.m.flags & ARC_BILL_SENT) x.verb = ARCI_BILL_SEND;
    return arci_posting_run(session, right, event_id, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, happen);
}

arc_status arc_bill_endorse(arc_session *session, int64_t *event_id, int64_t bill, const arc_bill_move *move_to)
{
    return run(session, event_id, bill, move_to, ARCI_DO_BILL_ENDORSE, ARCI_BILL_ENDORSE);
}

arc_status arc_bill_discount(arc_session *session, int64_t *event_id, int64_t bill, const arc_bill_move *move_to)
{
    return run(session, event_id, bill, move_to, ARCI_DO_BILL_DISCOUNT, ARCI_BILL_DISCOUNT);
}

arc_status arc_bill_collect(arc_session *session, int64_t *event_id, int64_t bill, const arc_bill_move *move_to)
{
    return run(session, event_id, bill, move_to, ARCI_DO_BILL_COLLECT, ARCI_BILL_COLLECT);
}

arc_status arc_bill_dishonour(arc_session *session, int64_t *event_id, int64_t bill, const arc_bill_move *move_to)
{
    return run(session, event_id, bill, move_to, ARCI_DO_BILL_DISHONOUR, ARCI_BILL_DISHONOUR);
}

arc_status arc_bill_return(arc_session *session, int64_t *event_id, int64_t bill, const arc_bill_move *move_to)
{
    return run(session, event_id, bill, move_to, ARCI_DO_BILL_RETURN, ARCI_BILL_RETURN);
}

arc_status arc_bill_reverse(arc_session *session, int64_t *event_id, int64_t bill, arc_date date, const char *reason)
{
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    m.date = date;
    m.reason = reason;
    return run(session, event_id, bill, &m, ARCI_DO_BILL_REVERSE, ARCI_BILL_VERBS);
}

/* ---- many at once ---------------------------------------------------------------------------------------------------------------------- */

typedef struct crowd {
    arc_session *session;
    const int64_t *bills;
    const arc_bill_move *moves; /* NULL: defaults */
} crowd;

/* The bills of a call, each once, locked and read together with what was received for them and what has happened to them. ARC_E_NOT_FOUND: some are not there for the actor. */
static arc_status read_bills(moving *list, uint32_t n)
{
    enum { AT_ONCE = 500 };
    arci_posting *p = list->e.p;
    const arci_shape *shape, *receipt;
    arc_value *rows, *booked, *in = arci_arena_alloc(&p->arena, n * sizeof *in);
    uint8_t *found, *there, *seen = arci_arena_alloc(&p->arena, n);
    int64_t *ids = arci_arena_alloc(&p->arena, n * sizeof *ids), *receipts = arci_arena_alloc(&p->arena, n * sizeof *receipts);
    if (!in || !seen || !ids || !receipts) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = list[i].id;
    arc_status st = arci_repo_lock(p->t, "bill", ids, n);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "bill", ARCI_BILL_FIELDS);
    if (st == ARC_OK) st = arci_shape_get(p->t, &receipt, "receipt", "base_amount amount");
    if (st == ARC_OK) st = arci_scope_rows(p->t, &p->arena, shape->table->entity, arci_access_scope(p->session, p->call->verb, NULL), ids, n, seen);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (!found[i] || !seen[i]) return arci_no_such(p->t->env, "bill");
        receipts[i] = rows[(size_t)i * shape->n + ARCI_BILL_C_RECEIPT].u.i;
        in[i] = arci_v_int(ids[i]);
    }
    if (st == ARC_OK) st = arci_repo_get_many(p->t, receipt, receipts, n, &p->arena, &booked, &there);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) take_bill(&list[i], rows + (size_t)i * shape->n, booked + 2 * (size_t)i);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arci_rows events;
        st = arci_bills_events(p->t, &p->arena, in + from, m, &events);
        for (uint32_t i = from, r = 0; st == ARC_OK && i < from + m; i++) { /* both by bill */
            arci_rows *own = &list[i].events;
            *own = (arci_rows){ .values = events.values + (size_t)r * events.n_cols, .n_cols = events.n_cols };
            for (; r < events.n_rows && events.values[(size_t)r * events.n_cols + ARCI_BE_BILL].u.i == ids[i]; r++) own->n_rows++;
            if (!own->n_rows) st = arci_fail(p->t->env, ARC_E_CORRUPT, "the bill has no events", "票据缺少流转记录");
        }
    }
    return st;
}

static int by_bill(const void *x, const void *y)
{
    const moving *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

/* All of them together; anything that speaks against one ends it, and they are collected one by one. elements: by bill. */
static arc_status collect_together(arci_posting *p, const void *elements)
{
    moving *list = arci_arena_alloc(&p->arena, p->n * sizeof *list);
    arci_bill_step *steps = arci_arena_calloc(&p->arena, p->n, sizeof *steps);
    if (!list || !steps) return arci_nomem(p->t->env);
    memcpy(list, elements, p->n * sizeof *list);
    for (uint32_t i = 0; i < p->n; i++) {
        begin(&list[i], p, i);
        if (list[i].m.amount || (i && list[i].id == list[i - 1].id)) return arci_fail(p->t->env, ARC_E_STATE, "one by one", "逐笔办理");
    }
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = read_bills(list, p->n);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        moving *x = &list[i];
        st = arci_bill_allows(p->t, &p->arena, x->e.bill, x->verb);
        const char *to = st == ARC_OK ? arci_bill_next(x->status, x->verb, x->e.bill[ARCI_BILL_C_RECOURSE].u.i != 0) : NULL;
        if (st == ARC_OK) st = check_texts(x);
        if (st == ARC_OK) st = check_date(x);
        if (st == ARC_OK) st = check_amounts(x);
        if (st == ARC_OK) st = act(x, to);
        if (st != ARC_OK) return st;
        const arci_bill_step step = step_of(x, to, p->ids ? &p->ids[i] : NULL);
        memcpy(&steps[i], &step, sizeof step);
    }
    return st == ARC_OK ? arci_bill_note(p, steps, p->n) : st;
}

/* The good ones as one call inside this one. Where one of them is refused nothing is done, and nothing said. */
static arc_status try_together(arci_posting *p, arc_session *session, const moving *all, int *done)
{
    uint32_t n = 0;
    moving *good = arci_arena_alloc(&p->arena, p->n * sizeof *good);
    int64_t *ids = arci_arena_calloc(&p->arena, p->n, sizeof *ids);
    if (!good || !ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        good[n] = all[i];
        good[n++].undone = i; /* its element, while they are sorted */
    }
    if (n < 2) return ARC_OK;
    qsort(good, n, sizeof *good, by_bill);
    uint32_t *of = arci_arena_alloc(&p->arena, n * sizeof *of);
    if (!of) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < n; k++) {
        of[k] = (uint32_t)good[k].undone;
        good[k].undone = 0;
    }
    arc_status st = arci_posting_run(session, ARCI_DO_BILL_COLLECT, ids, NULL, good, n, ARC_ALL_OR_NONE, ARCI_POSTING_INSIDE, collect_together);
    if (st == ARC_E_NOMEM || p->t->doomed) return st;
    *done = st == ARC_OK;
    if (st != ARC_OK) arci_error_clear(p->t->env->err);
    for (uint32_t k = 0; *done && p->ids && k < n; k++) p->ids[of[k]] = ids[k];
    return ARC_OK;
}

/* Where they cannot be collected together each is a call of its own inside this one: what is refused leaves nothing behind. */
static arc_status collect_all(arci_posting *p, const void *elements)
{
    const crowd *c = elements;
    moving *all = arci_arena_calloc(&p->arena, p->n, sizeof *all);
    arc_bill_move *moves = arci_arena_calloc(&p->arena, p->n, sizeof *moves);
    int done = 0;
    if (!all || !moves) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_bill_move_init(&moves[i]);
    arc_status st = c->moves ? arci_posting_structs(p, moves, sizeof *moves, c->moves, "bill_event") : ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        all[i].id = c->bills[i];
        all[i].m = moves[i];
        all[i].verb = moves[i].flags & ARC_BILL_SENT ? ARCI_BILL_SEND : ARCI_BILL_COLLECT;
        if (moves[i].reserved || (moves[i].flags & ~ARC_BILL_SENT)) {
            st = arci_fail(p->t->env, ARC_E_INVALID, "unknown flag", "未知的标志");
            arci_fail_at(p->t->env, "bill_event", NULL, 0, i);
        }
        tell(p, &all[i], i);
    }
    if (st == ARC_OK) st = arci_posting_asked(p);
    if (st == ARC_OK) st = try_together(p, c->session, all, &done);
    for (uint32_t i = 0; st == ARC_OK && !done && i < p->n; i++) {
        int64_t id = 0;
        if (!arci_posting_good(p, i)) continue;
        arc_status one = arci_posting_run(c->session, ARCI_DO_BILL_COLLECT, &id, NULL, &all[i], 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE | ARCI_POSTING_INSIDE, happen);
        if (p->ids) p->ids[i] = id;
        if (one == ARC_E_NOMEM || p->t->doomed) st = one;
        else if (one != ARC_OK) arci_posting_refuse(p, i, one);
    }
    return st;
}

arc_status arc_bill_collect_many(arc_session *session, int64_t *event_ids, arc_status *results, const int64_t *bills, const arc_bill_move *moves, size_t n, uint32_t flags)
{
    const crowd c = { session, bills, moves };
    return arci_posting_run(session, ARCI_DO_BILL_COLLECT, event_ids, results, bills ? &c : NULL, n, flags, 0, collect_all);
}
