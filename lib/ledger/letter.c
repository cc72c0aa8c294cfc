/* SPDX-License-Identifier: Apache-2.0 */
/* Statement letters: statements' figures as they were sent, for one customer or for thousands in one call. The customer's answer: letter_answer.c. */
#include <stdlib.h>
#include <string.h>

#include "arcore/money.h"
#include "ledger/letter.h"
#include "ledger/series.h"
#include "ledger/states.h"
#include "ledger/statement.h"
#include "ledger/step.h"

enum { NUMBER_MAX = 64, AT_ONCE = 500 }; /* customers whose documents are held in memory together */

static const char figures[] = "number customer date_from date_to currency opening debit credit closing unapplied status";

arc_status arci_letter_text_check(arci_env *env, const char *s, size_t max, const char *field)
{
    size_t n = strlen(s);
    arc_status st = ARC_OK;
    if (!n || n > max) st = arci_fail(env, max == NUMBER_MAX ? ARC_E_LIMIT : ARC_E_INVALID, "%s%.0s has 1 to %u bytes", "%.0s%s须为 1 至 %u 字节", field, arci_field_zh("statement_letter", field), (unsigned)max);
    else if (arci_utf8_check(s, n) != n) st = arci_fail(env, ARC_E_ENCODING, "%s is not valid UTF-8%.0s", "%.0s%s不是有效的 UTF-8", field, arci_field_zh("statement_letter", field));
    if (st != ARC_OK) arci_fail_at(env, "statement_letter", field, 0, -1);
    return st;
}

/* ---- making --------------------------------------------------------------------------------------------------------------- */

typedef struct letters { /* that are asked for */
    arc_statement_options options;
    const int64_t *customers;
    const char *number; /* of a single one; NULL: from the series */
} letters;

typedef struct making {
    arci_posting *p;
    const letters *o;
    arc_statement_info *infos; /* by element */
    uint32_t *order;           /* good elements, by customer */
    uint32_t n;
} making;

static arc_status ask(making *m)
{
    arci_posting *p = m->p;
    for (uint32_t i = 0; p->call->request && i < p->n; i++) {
        const arc_statement_info *x = &m->infos[i];
        arci_call_arg_int(p->call, x->customer);
        arci_call_arg_text(p->call, x->currency, 3);
        arci_call_arg_int(p->call, x->from);
        arci_call_arg_int(p->call, x->to);
        arci_call_arg_text(p->call, m->o->number, m->o->number ? strlen(m->o->number) : 0);
        arci_posting_arg_end(p, i);
    }
    return arci_posting_asked(p);
}

typedef struct place {
    int64_t customer;
    uint32_t element;
} place;

static int by_customer(const void *x, const void *y)
{
    const place *a = x, *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    return (a->element > b->element) - (a->element < b->element);
}

/* Good elements in the order of their customers; the first that names one keeps it. */
static arc_status sort_customers(making *m)
{
    arci_posting *p = m->p;
    uint32_t n = 0;
    place *places = arci_arena_alloc(&p->arena, p->n * sizeof *places);
    m->order = arci_arena_alloc(&p->arena, p->n * sizeof *m->order);
    if (!places || !m->order) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) if (arci_posting_good(p, i)) places[n++] = (place){ m->infos[i].customer, i };
    if (n) qsort(places, n, sizeof *places, by_customer);
    for (uint32_t k = 0; k < n; k++) {
        if (!m->n || m->infos[m->order[m->n - 1]].customer != places[k].customer) {
            m->order[m->n++] = places[k].element;
            continue;
        }
        arc_status st = arci_fail(p->t->env, ARC_E_EXISTS, "the customer is named twice in this call", "同一次调用中客户重复");
        arci_fail_at(p->t->env, "customer", NULL, places[k].customer, -1);
        arci_posting_refuse(p, places[k].element, st);
    }
    return ARC_OK;
}

/* The figures of some customers; of what they are made of nothing is kept. */
static arc_status work_out(making *m, uint32_t from, uint32_t n)
{
    arci_posting *p = m->p;
    arci_statement *all = arci_calloc(p->t->env->ctx, n, sizeof *all), **list = arci_calloc(p->t->env->ctx, n, sizeof *list);
    arc_status st = all && list ? ARC_OK : arci_nomem(p->t->env);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        all[k].info = m->infos[m->order[from + k]];
        arci_arena_init(&all[k].arena, p->t->env->ctx);
        list[k] = &all[k];
    }
    const int opened = st == ARC_OK;
    if (st == ARC_OK) st = arci_statements_gather(p->t, list, n, 0, 0);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        const int64_t named = m->infos[m->order[from + k]].customer;
        if (all[k].info.customer != named) { /* he was merged: a letter goes to whom he belongs */
            arci_posting_refuse(p, m->order[from + k], arci_merged_refuse(p->t->env, "statement_letter", named, all[k].info.customer));
            continue;
        }
        m->infos[m->order[from + k]] = all[k].info;
        if (all[k].status != ARC_OK) arci_posting_refuse(p, m->order[from + k], arci_statement_tell(p->t->env, &all[k]));
    }
    for (uint32_t k = 0; opened && k < n; k++) arci_arena_clear(&all[k].arena);
    arci_free(p->t->env->ctx, list);
    arci_free(p->t->env->ctx, all);
    return st;
}

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

/* Numbers of the good ones, in the order of the call. */
static arc_status number_all(making *m, arc_value *numbers)
{
    arci_posting *p = m->p;
    uint32_t n = 0;
    if (m->o->number) {
        for (uint32_t i = 0; i < p->n; i++) numbers[i] = text(m->o->number);
        return arci_letter_text_check(p->t->env, m->o->number, NUMBER_MAX, "number");
    }
    arci_series_ask *asks = arci_arena_calloc(&p->arena, p->n, sizeof *asks), **list = arci_arena_alloc(&p->arena, p->n * sizeof *list);
    if (!asks || !list) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        asks[i].code = "statement_letter";
        asks[i].date = m->infos[i].to;
        if (arci_posting_good(p, i)) list[n++] = &asks[i];
    }
    arc_status st = n ? arci_series_draw(p->t, &p->arena, list, n) : ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) numbers[i] = asks[i].number;
    return st;
}

static arc_status insert_all(making *m)
{
    arci_posting *p = m->p;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t n = 0, refused = 0;
    for (uint32_t i = 0; i < p->n; i++) if (arci_posting_good(p, i)) m->order[n++] = i;
    arc_value *numbers = arci_arena_calloc(&p->arena, p->n, sizeof *numbers);
    if (!numbers) return arci_nomem(p->t->env);
    if (!n) return ARC_OK;
    arc_status st = number_all(m, numbers);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "statement_letter", figures);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, n, 0, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t k = 0; k < n; k++) {
        const arc_statement_info *f = &m->infos[m->order[k]];
        const arc_value row[] = { numbers[m->order[k]], arci_v_int(f->customer), arci_v_int(f->from), arci_v_int(f->to), arci_v_text(f->currency, 3), arci_v_int(f->opening), arci_v_int(f->debit),
                                  arci_v_int(f->credit), arci_v_int(f->closing), arci_v_int(f->unapplied), text("draft") };
        memcpy(arci_batch_row(b, k), row, sizeof row);
    }
    st = arci_repo_write(p->t, &b, 1, &refused);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        if (b->results[k] != ARC_ROW_OK) arci_posting_refuse(p, m->order[k], arci_batch_refused(p->t, b, k));
        else if (p->ids) p->ids[m->order[k]] = arci_batch_id(b, k);
    }
    return st;
}

static arc_status make(arci_posting *p, const void *elements)
{
    making m = { .p = p, .o = elements };
    arc_statement_info asked = ARC_STATEMENT_INFO_INIT;
    arc_status st = arci_statement_asked(p->session, &asked, &m.o->options);
    if (st == ARC_OK && asked.from == ARC_DATE_NONE) st = arci_fail(p->t->env, ARC_E_RANGE, "a letter has a first day", "对账函须有开始日期");
    m.infos = st == ARC_OK ? arci_arena_alloc(&p->arena, p->n * sizeof *m.infos) : NULL;
    if (st != ARC_OK) return st;
    if (!m.infos) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        m.infos[i] = asked;
        m.infos[i].customer = m.o->customers[i];
    }
    st = ask(&m);
    if (st == ARC_OK) st = sort_customers(&m);
    for (uint32_t from = 0; st == ARC_OK && from < m.n; from += AT_ONCE) st = work_out(&m, from, m.n - from < AT_ONCE ? m.n - from : AT_ONCE);
    return st == ARC_OK ? insert_all(&m) : st;
}

static arc_status run(arc_session *session, int64_t *ids, arc_status *results, const arc_statement_options *options, const int64_t *customers, const char *number, size_t n, uint32_t flags, uint32_t how)
{
    arci_session *s;
    letters o = { ARC_STATEMENT_OPTIONS_INIT, customers, number };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = options ? arci_struct_in(&s->env, &o.options, sizeof o.options, options) : arci_fail(&s->env, ARC_E_INVALID, "options is NULL", "选项为空");
    if (st == ARC_OK && (o.options.flags || o.options.known_at)) st = arci_fail(&s->env, ARC_E_INVALID, "flags and known_at must be 0", "flags 与 known_at 须为 0");
    if (st == ARC_OK && customers && o.options.customer) st = arci_fail(&s->env, ARC_E_INVALID, "options.customer must be 0: the customers are given", "options.customer 须为 0：客户已另行给出");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    if (how == ARCI_POSTING_ONE) o.customers = &o.options.customer;
    return arci_posting_run(session, ARCI_DO_LETTER_MAKE, ids, results, o.customers ? &o : NULL, n, flags, how, make);
}

arc_status arc_statement_letter_make(arc_session *session, int64_t *id, const arc_statement_options *options, const char *number)
{
    return run(session, id, NULL, options, NULL, number, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE);
}

arc_status arc_statement_letter_make_many(arc_session *session, int64_t *ids, arc_status *results, const arc_statement_options *options, const int64_t *customers, size_t n, uint32_t flags)
{
    return run(session, ids, results, options, customers, NULL, n, flags, 0);
}

/* ---- sending -------------------------------------------------------------------------------------------------------------------- */

static arc_status send_all(arci_ledger_steps *s)
{
    enum { L_TO, L_STATUS, L_VERSION };
    arci_posting *p = s->p;
    const arci_shape *shape;
    arci_batch *b;
    const arc_value **rows;
    int64_t *ids;
    uint32_t n, row = 0;
    arc_status st = arci_ledger_sorted(s, &ids, &n, NULL);
    if (st == ARC_OK && n) st = arci_repo_lock(p->t, "statement_letter", ids, n);
    if (st == ARC_OK) st = arci_ledger_rows(s, &rows, "statement_letter", "date_to status version", NULL, 1);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const arc_ledger_step *e = &s->list[i];
        if (!arci_ledger_good(s, i)) continue;
        arc_status why = arci_letter_tell(p->t, s->verb->verb, &rows[i][L_STATUS], e->row);
        if (why == ARC_OK && e->version && e->version != rows[i][L_VERSION].u.i) why = arci_fail(p->t->env, ARC_E_STALE, "the letter has changed since", "对账函已变更");
        if (why == ARC_OK && (e->date < rows[i][L_TO].u.i || e->date > ARC_DATE_MAX)) {
            why = arci_fail(p->t->env, ARC_E_RANGE, "the date is before the letter's last day, or missing", "日期早于对账期末或缺失");
            arci_fail_at(p->t->env, "statement_letter", "sent_on", e->row, -1);
        }
        if (why != ARC_OK && !arci_ledger_refuse(s, i, why, NULL, NULL, 0)) return why;
    }
    n = 0;
    for (uint32_t i = 0; i < p->n; i++) n += arci_ledger_good(s, i) != 0;
    if (st != ARC_OK || !n) return st;
    st = arci_shape_get(p->t, &shape, "statement_letter", "status sent_on");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!arci_ledger_good(s, i)) continue;
        arci_batch_row(b, row)[0] = text("sent");
        arci_batch_row(b, row)[1] = arci_v_int(s->list[i].date);
        arci_batch_key(b, row)[0] = arci_v_int(s->list[i].row);
        arci_batch_guard(b, row++)[0] = rows[i][L_VERSION];
        if (p->ids) p->ids[i] = s->list[i].row;
    }
    return st == ARC_OK ? arci_repo_write(p->t, &b, 1, NULL) : st;
}

static const arci_ledger_verb send_verb = { ARCI_DO_LETTER_SEND, 0, "statement_letter", 0, send_all, NULL, NULL };

arc_status arc_statement_letter_send(arc_session *session, int64_t letter, arc_date date)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = letter;
    s.date = date;
    return arci_ledger_one(session, &send_verb, NULL, &s);
}

arc_status arc_statement_letter_send_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &send_verb, ids, results, steps, n, flags);
}
