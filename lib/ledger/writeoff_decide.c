/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of requests to write debts off: decided by somebody else within his authority, written off without a credit, and recovered. All requests of a call are read
 * together and judged one by one, each as those before it left the items; then all is written at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/writeoff.h"
#include "ledger/period.h"
#include "ledger/person.h"
#include "ledger/states.h"
#include "ledger/step.h"
#include "ledger/writeoff_impl.h"
#include "security/duty.h"
#include "store/setting.h"

enum { W_CUSTOMER, W_ITEMS, W_CURRENCY, W_AMOUNT, W_STATUS, W_VERSION, W_TXN };
static const char request_fields[] = "customer items currency amount status version txn";
enum { D_STATUS, D_BY, D_REASON, D_PROVISION, D_ON };
static const char decision_fields[] = "status approved_by decision_reason provision_used written_off_on";

typedef struct lost { /* a row by which something was written off */
    arc_value *row;
    int64_t item, id;
} lost;

typedef struct deciding {
    arci_ledger_steps *s;
    arci_posting *p;
    const arc_value **rows; /* requests, by element */
    int64_t **items;        /* of each, in its order */
    uint32_t *n_items, *first; /* first: allocation row it made; UINT32_MAX: none */
    int64_t *all;
    uint32_t n_all;
    uint8_t *own, *attached; /* by element: asked for by who decides; has evidence */
    const arci_sod_rule **duty;
    int evidence;            /* the book asks for it */
    const char *role;
    arci_allot a;
    lost *lost; /* by item, then id */
    uint32_t n_lost;
} deciding;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }
static int good(const deciding *d, uint32_t i) { return arci_ledger_good(d->s, i); }
static int64_t request_of(const deciding *d, uint32_t i) { return d->s->list[i].row; }

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "write_off_request", field, id, -1);
    return st;
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* ---- reading -------------------------------------------------------------------------------------------------------------------- */

/* The requests, locked. */
static arc_status open_requests(deciding *d, arci_ledger_steps *s)
{
    arci_posting *p = s->p;
    int64_t *ids;
    uint32_t n;
    memset(d, 0, sizeof *d);
    d->s = s;
    d->p = p;
    d->items = arci_arena_calloc(&p->arena, p->n, sizeof *d->items);
    d->n_items = arci_arena_calloc(&p->arena, p->n, sizeof *d->n_items);
    d->first = arci_arena_alloc(&p->arena, p->n * sizeof *d->first);
    if (!d->items || !d->n_items || !d->first) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) d->first[i] = UINT32_MAX;
    arc_status st = arci_ledger_sorted(s, &ids, &n, NULL);
    if (st == ARC_OK && n) st = arci_repo_lock(p->t, "write_off_request", ids, n);
    if (st == ARC_OK) st = arci_setting_ask(p->t, "write_off.evidence");
    if (st == ARC_OK) st = arci_setting_ask(p->t, "ledger.provision_method");
    return st == ARC_OK ? arci_ledger_rows(s, &d->rows, "write_off_request", request_fields, NULL, 1) : st;
}

/* The items of all of them, each once. */
static arc_status name_items(deciding *d)
{
    arci_posting *p = d->p;
    uint32_t n = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (good(d, i)) st = arci_write_off_items(p, &d->rows[i][W_ITEMS], &d->items[i], &d->n_items[i]);
        n += d->n_items[i];
    }
    d->all = st == ARC_OK ? arci_arena_alloc(&p->arena, (n + 1u) * sizeof *d->all) : NULL;
    if (st != ARC_OK) return st;
    if (!d->all) return arci_nomem(p->t->env);
    n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (d->n_items[i]) memcpy(d->all + n, d->items[i], d->n_items[i] * sizeof *d->all);
        n += d->n_items[i];
    }
    if (n) qsort(d->all, n, sizeof *d->all, by_value);
    for (uint32_t i = 0; i < n; i++) if (!d->n_all || d->all[d->n_all - 1] != d->all[i]) d->all[d->n_all++] = d->all[i];
    return ARC_OK;
}

/* ---- who may -------------------------------------------------------------------------------------------------------------------- */

/* By element, found among sorted ids. */
static void spread(const deciding *d, uint8_t *out, const int64_t *ids, uint32_t n, const uint8_t *of, int by_txn)
{
    for (uint32_t i = 0; i < d->p->n; i++) {
        if (!good(d, i)) continue;
        const int64_t id = by_txn ? d->rows[i][W_TXN].u.i : request_of(d, i), *at = n ? bsearch(&id, ids, n, sizeof *ids, by_value) : NULL;
        out[i] = at && of[at - ids];
    }
}

/* Ids of the good requests: their transactions (W_TXN), customers (W_CUSTOMER) or their own (-1); sorted, each once. */
static arc_status collect(const deciding *d, int column, int64_t **out, uint32_t *n)
{
    *n = 0;
    *out = arci_arena_alloc(&d->p->arena, (d->p->n + 1u) * sizeof **out);
    if (!*out) return arci_nomem(d->p->t->env);
    uint32_t all = 0;
    for (uint32_t i = 0; i < d->p->n; i++) if (good(d, i)) (*out)[all++] = column < 0 ? request_of(d, i) : d->rows[i][column].u.i;
    if (all) qsort(*out, all, sizeof **out, by_value);
    for (uint32_t i = 0; i < all; i++) if (!*n || (*out)[*n - 1] != (*out)[i]) (*out)[(*n)++] = (*out)[i];
    return ARC_OK;
}

/* What is asked of all of them: who asked, what he has done for the customers, what is attached. */
static arc_status read_people(deciding *d)
{
    arci_posting *p = d->p;
    int64_t *ids, *customers;
    uint32_t n, n_customers;
    const arci_sod_rule **broken;
    d->own = arci_arena_calloc(&p->arena, p->n, 1);
    d->attached = arci_arena_calloc(&p->arena, p->n, 1);
    d->duty = arci_arena_calloc(&p->arena, p->n, sizeof *d->duty);
    uint8_t *flags = arci_arena_calloc(&p->arena, p->n + 1u, 1);
    if (!d->own || !d->attached || !d->duty || !flags) return arci_nomem(p->t->env);
    arc_status st = arci_setting_flag(p->t, "write_off.evidence", &d->evidence);
    if (st == ARC_OK && p->session->access) {
        st = collect(d, W_TXN, &ids, &n);
        if (st == ARC_OK && n) st = arci_person_wrote(p->t, &p->arena, ids, n, flags);
        if (st == ARC_OK) spread(d, d->own, ids, n, flags, 1);
        if (st == ARC_OK) st = collect(d, W_CUSTOMER, &customers, &n_customers);
        broken = st == ARC_OK ? arci_arena_calloc(&p->arena, n_customers + 1u, sizeof *broken) : NULL;
        if (st == ARC_OK && !broken) return arci_nomem(p->t->env);
        if (st == ARC_OK && n_customers) st = arci_duties_broken(p->t, &p->arena, "write_off_request.approve", customers, n_customers, broken);
        for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
            const int64_t *at = good(d, i) ? bsearch(&d->rows[i][W_CUSTOMER].u.i, customers, n_customers, sizeof *customers, by_value) : NULL;
            if (at) d->duty[i] = broken[at - customers];
        }
    }
    if (st != ARC_OK || !d->evidence) return st;
    memset(flags, 0, p->n);
    st = collect(d, -1, &ids, &n);
    if (st == ARC_OK && n) st = arci_person_attached(p->t, &p->arena, "write_off_request", ids, n, flags);
    if (st == ARC_OK) spread(d, d->attached, ids, n, flags, 0);
    return st;
}

static arc_status may_approve(const deciding *d, uint32_t i)
{
    const arci_write_off_people x = { d->own[i], d->evidence && !d->attached[i], d->duty[i] };
    return arci_write_off_judge(d->p->t, &x, &d->rows[i][W_CUSTOMER], &d->rows[i][W_CURRENCY], &d->rows[i][W_AMOUNT], request_of(d, i));
}

/* ---- writing off ------------------------------------------------------------------------------------------------------------------ */

static arc_status evidence_of(deciding *d, uint32_t i, const char **out)
{
    char *s = arci_arena_alloc(&d->p->arena, 64);
    *out = s;
    if (!s) return arci_nomem(d->p->t->env);
    snprintf(s, 64, "{\"write_off_request\":%lld}", (long long)request_of(d, i));
    return ARC_OK;
}

/* The state of a request that asks for its items, as they stand now. */
static arc_status state_of(deciding *d, uint32_t i)
{
    const arc_value *row = d->rows[i];
    uint32_t facts = arci_write_off_facts(&row[W_STATUS]);
    int64_t open = 0;
    int known = 1;
    for (uint32_t k = 0; !(facts & ARCI_WRITE_OFF_DECIDED) && k < d->n_items[i]; k++) {
        const arci_side *side = arci_sides_find(&d->a.items, d->items[i][k]);
        if (!side) known = 0; /* not for him to see: told below */
        else if (side->left <= 0) facts |= ARCI_WRITE_OFF_PAID;
        else if (open <= row[W_AMOUNT].u.i) open += side->left;
    }
    if (known && open < row[W_AMOUNT].u.i) facts |= ARCI_WRITE_OFF_PAID;
    return arci_write_off_tell(d->p->t, d->s->verb->verb, facts, request_of(d, i));
}

/* All rows of a request fit, or none is added. */
static arc_status write_off(deciding *d, uint32_t i)
{
    const arc_ledger_step *e = &d->s->list[i];
    const arc_value *row = d->rows[i];
    char currency[4] = { 0 };
    const char *evidence;
    memcpy(currency, row[W_CURRENCY].u.s, 3);
    arc_status st = arci_write_off_fits(d->p, &d->a.items, d->items[i], d->n_items[i], row[W_CUSTOMER].u.i, currency, row[W_AMOUNT].u.i); /* what was open then may be paid now */
    if (st != ARC_OK) return fault(d->p->t->env, st, "items", e->row);
    st = evidence_of(d, i, &evidence);
    for (int adds = 0; adds < 2 && st == ARC_OK; adds++) {
        int64_t left = row[W_AMOUNT].u.i;
        if (adds) d->first[i] = d->a.rows->n_rows;
        for (uint32_t k = 0; k < d->n_items[i] && left && st == ARC_OK; k++) {
            const arci_side *s = arci_sides_find(&d->a.items, d->items[i][k]);
            const arci_allot_row x = { .date = e->date, .item = s->id, .write_off = s->left < left ? s->left : left, .mode = "write_off", .reason_code = "bad_debt",
                                       .reason = e->reason, .evidence = evidence, .role = d->role };
            left -= x.write_off;
            st = adds ? arci_allot_add(&d->a, &x) : arci_allot_fits(&d->a, &x);
        }
    }
    return st;
}

/* ---- the requests' rows ----------------------------------------------------------------------------------------------------------- */

static arc_status write_decisions(deciding *d, const char *status, int provision)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_value user;
    const int approved = strcmp(status, "approved") == 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->p->n; i++) n += good(d, i) != 0;
    if (!n) return ARC_OK;
    arc_status st = arci_person_id(d->p, &user);
    if (st == ARC_OK) st = arci_shape_get(d->p->t, &shape, "write_off_request", decision_fields);
    if (st == ARC_OK) st = arci_batch_new(d->p->t, &d->p->arena, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    n = 0;
    for (uint32_t i = 0; i < d->p->n; i++) {
        const arc_ledger_step *e = &d->s->list[i];
        if (!good(d, i)) continue;
        arc_value *v = arci_batch_row(b, n);
        v[D_STATUS] = arci_v_text(status, strlen(status));
        v[D_BY] = user;
        v[D_REASON] = e->reason && e->reason[0] ? arci_v_text(e->reason, strlen(e->reason)) : arci_v_null();
        if (approved) v[D_PROVISION] = provision ? d->rows[i][W_AMOUNT] : arci_v_int(0);
        if (approved) v[D_ON] = arci_v_int(e->date);
        arci_batch_key(b, n)[0] = arci_v_int(e->row);
        arci_batch_guard(b, n++)[0] = d->rows[i][W_VERSION];
    }
    return arci_repo_write(d->p->t, &b, 1, NULL);
}

static void tell_ids(const deciding *d)
{
    for (uint32_t i = 0; d->p->ids && i < d->p->n; i++) {
        if (good(d, i)) d->p->ids[i] = d->first[i] == UINT32_MAX ? request_of(d, i) : arci_allot_id(&d->a, d->first[i]);
    }
}

/* The days before the first of theirs are of no interest. */
static void look_from(deciding *d)
{
    for (uint32_t i = 0; i < d->p->n; i++) if (good(d, i) && d->s->list[i].date < d->a.earliest) d->a.earliest = d->s->list[i].date;
}

/* ---- verbs' work -------------------------------------------------------------------------------------------------------------------- */

static arc_status approve(arci_ledger_steps *s)
{
    deciding d;
    uint32_t most = 0;
    const arc_value *method = NULL;
    arc_status st = open_requests(&d, s);
    if (st == ARC_OK) st = arci_setting_text(s->p->t, &s->p->arena, "ledger.provision_method", &method);
    if (st == ARC_OK) st = name_items(&d);
    if (st == ARC_OK) st = read_people(&d);
    for (uint32_t i = 0; i < s->p->n; i++) most += d.n_items ? d.n_items[i] : 0;
    if (st == ARC_OK) st = arci_allot_open(s->p, &d.a, d.all, d.n_all, NULL, 0, most);
    look_from(&d);
    const int direct = method && is(method, "none"); /* 直接转销 */
    d.role = direct ? ARCI_ROLE_BAD_DEBT : ARCI_ROLE_ALLOWANCE;
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(&d, i)) continue;
        arc_status why = state_of(&d, i);
        if (why == ARC_OK) why = may_approve(&d, i);
        if (why == ARC_OK) why = arci_period_check(s->p->t, s->list[i].date); /* before what is wrong with single items */
        if (why == ARC_OK) why = write_off(&d, i);
        if (why != ARC_OK && (d.first[i] != UINT32_MAX || !arci_ledger_refuse(s, i, why, NULL, NULL, 0))) return why;
    }
    if (st == ARC_OK) st = arci_allot_write(&d.a);
    if (st == ARC_OK) st = write_decisions(&d, "approved", !direct);
    if (st == ARC_OK) tell_ids(&d);
    return st;
}

static arc_status reject(arci_ledger_steps *s)
{
    deciding d;
    arc_status st = open_requests(&d, s);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(&d, i)) continue;
        arc_status why = arci_write_off_tell(s->p->t, s->verb->verb, arci_write_off_facts(&d.rows[i][W_STATUS]), s->list[i].row);
        if (why != ARC_OK && !arci_ledger_refuse(s, i, why, NULL, NULL, 0)) return why;
    }
    if (st == ARC_OK) st = write_decisions(&d, "rejected", 0);
    if (st == ARC_OK) tell_ids(&d);
    return st;
}

/* By who asked for it, or who acts for him; where one keeps the book, by him. */
static arc_status recall(arci_ledger_steps *s)
{
    deciding d;
    int64_t *ids;
    uint32_t n;
    arc_status st = open_requests(&d, s);
    uint8_t *flags = arci_arena_calloc(&s->p->arena, s->p->n + 1u, 1);
    d.own = arci_arena_calloc(&s->p->arena, s->p->n, 1);
    if (st == ARC_OK && (!flags || !d.own)) return arci_nomem(s->p->t->env);
    if (st == ARC_OK && s->p->session->access) {
        st = collect(&d, W_TXN, &ids, &n);
        if (st == ARC_OK && n) st = arci_person_wrote(s->p->t, &s->p->arena, ids, n, flags);
        if (st == ARC_OK) spread(&d, d.own, ids, n, flags, 1);
    }
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(&d, i)) continue;
        arc_status why = arci_write_off_tell(s->p->t, s->verb->verb, arci_write_off_facts(&d.rows[i][W_STATUS]), s->list[i].row);
        if (why == ARC_OK && s->p->session->access && !d.own[i]) why = arci_write_off_not_his(s->p->t, s->list[i].row);
        if (why != ARC_OK && !arci_ledger_refuse(s, i, why, NULL, NULL, 0)) return why;
    }
    if (st == ARC_OK) st = write_decisions(&d, "recalled", 0);
    if (st == ARC_OK) tell_ids(&d);
    return st;
}

/* ---- recovering ------------------------------------------------------------------------------------------------------------------- */

static int by_item(const void *x, const void *y)
{
    const lost *a = x, *b = y;
    if (a->item != b->item) return a->item < b->item ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* What still stands of write-offs by requests, on all items. */
static arc_status read_lost(deciding *d)
{
    arc_value *rows;
    int64_t *ids;
    uint32_t had;
    arc_status st = arci_allot_standing_of(d->p, "item", d->all, d->n_all, &rows, &ids, &had);
    d->lost = st == ARC_OK ? arci_arena_alloc(&d->p->arena, (had + 1u) * sizeof *d->lost) : NULL;
    if (st != ARC_OK) return st;
    if (!d->lost) return arci_nomem(d->p->t->env);
    for (uint32_t i = 0; i < had; i++) {
        arc_value *row = rows + (size_t)i * ARCI_AL_N;
        if (!is(&row[ARCI_AL_MODE], "write_off") || !arci_evidence_id(&row[ARCI_AL_EVIDENCE], "write_off_request")) continue;
        d->lost[d->n_lost++] = (lost){ row, row[ARCI_AL_ITEM].u.i, ids[i] };
    }
    if (d->n_lost) qsort(d->lost, d->n_lost, sizeof *d->lost, by_item);
    return ARC_OK;
}

/* Those of a request, in the order of its items. */
static arc_status lost_of(deciding *d, uint32_t i, const lost ***out, uint32_t *n, int64_t *total)
{
    *n = 0;
    *total = 0;
    *out = arci_arena_alloc(&d->p->arena, (d->n_lost + 1u) * sizeof **out);
    if (!*out) return arci_nomem(d->p->t->env);
    for (uint32_t k = 0; k < d->n_items[i]; k++) {
        uint32_t at = 0, end = d->n_lost;
        while (at < end) {
            uint32_t mid = at + (end - at) / 2;
            if (d->lost[mid].item < d->items[i][k]) at = mid + 1;
            else end = mid;
        }
        for (; at < d->n_lost && d->lost[at].item == d->items[i][k]; at++) {
            if (arci_evidence_id(&d->lost[at].row[ARCI_AL_EVIDENCE], "write_off_request") != request_of(d, i)) continue;
            *total += d->lost[at].row[ARCI_AL_WRITE_OFF].u.i; /* at most the request's amount */
            (*out)[(*n)++] = &d->lost[at];
        }
    }
    return ARC_OK;
}

/* Undoes rows until the amount is open again; of the last one what is not recovered is written off anew. adds 0: could it be? */
static arc_status undo(deciding *d, uint32_t i, const lost *const *rows, uint32_t n, int64_t amount, int adds)
{
    const arc_ledger_step *e = &d->s->list[i];
    const char *evidence;
    arc_status st = evidence_of(d, i, &evidence);
    for (uint32_t k = 0; k < n && amount && st == ARC_OK; k++) {
        const arc_value *old = rows[k]->row;
        int64_t given_up = old[ARCI_AL_WRITE_OFF].u.i, back = given_up < amount ? given_up : amount;
        amount -= back;
        st = adds ? arci_allot_undo(&d->a, rows[k]->id, old, e->date, e->reason) : arci_allot_undoes(&d->a, rows[k]->id, old, e->date);
        const arci_allot_row rest = { .date = e->date, .item = rows[k]->item, .write_off = given_up - back, .mode = "write_off", .reason_code = "bad_debt",
                                      .reason = e->reason, .evidence = evidence, .role = old[ARCI_AL_ROLE].type == ARC_V_TEXT ? old[ARCI_AL_ROLE].u.s : NULL };
        if (st == ARC_OK && adds && rest.write_off) st = arci_allot_add(&d->a, &rest);
    }
    return st;
}

static arc_status recover_one(deciding *d, uint32_t i)
{
    arci_env *env = d->p->t->env;
    const lost **rows;
    uint32_t n;
    int64_t total, amount = d->s->list[i].amount;
    arc_status st = lost_of(d, i, &rows, &n, &total);
    if (st != ARC_OK) return st;
    uint32_t facts = arci_write_off_facts(&d->rows[i][W_STATUS]) | (total ? 0u : (uint32_t)ARCI_WRITE_OFF_NOTHING);
    st = arci_write_off_tell(d->p->t, d->s->verb->verb, facts, request_of(d, i));
    if (st != ARC_OK) return st;
    if (amount < 0 || amount > total) {
        char wanted[ARCI_SAID], lost_text[ARCI_SAID];
        const char *code = d->rows[i][W_CURRENCY].u.s;
        return fault(env, arci_fail(env, ARC_E_GUARD, "%s is wanted, %s is written off", "需要 %s，已核销 %s", arci_money_said(wanted, amount, code), arci_money_said(lost_text, total, code)), "amount",
                     request_of(d, i));
    }
    if (!amount) amount = total;
    st = undo(d, i, rows, n, amount, 0);
    if (st != ARC_OK) return st;
    d->first[i] = d->a.rows->n_rows;
    return undo(d, i, rows, n, amount, 1);
}

static arc_status recover(arci_ledger_steps *s)
{
    deciding d;
    arc_status st = open_requests(&d, s);
    if (st == ARC_OK) st = name_items(&d);
    if (st == ARC_OK) st = read_lost(&d);
    if (st == ARC_OK) st = arci_allot_open(s->p, &d.a, d.all, d.n_all, NULL, 0, d.n_lost * 2);
    look_from(&d);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(&d, i)) continue;
        arc_status why = recover_one(&d, i);
        if (why != ARC_OK && (d.first[i] != UINT32_MAX || !arci_ledger_refuse(s, i, why, NULL, NULL, 0))) return why;
    }
    if (st == ARC_OK) st = arci_allot_write(&d.a);
    if (st == ARC_OK) tell_ids(&d);
    return st;
}

/* ---- verbs ---------------------------------------------------------------------------------------------------------------------- */

static const arci_ledger_verb approve_verb = { ARCI_DO_WRITE_OFF_APPROVE, 0, "write_off_request", 1, approve, NULL, NULL };
static const arci_ledger_verb reject_verb = { ARCI_DO_WRITE_OFF_REJECT, 0, "write_off_request", 1, reject, NULL, NULL };
static const arci_ledger_verb recall_verb = { ARCI_DO_WRITE_OFF_RECALL, 0, "write_off_request", 0, recall, NULL, NULL };
static const arci_ledger_verb recover_verb = { ARCI_DO_WRITE_OFF_RECOVER, 0, "write_off_request", 1, recover, NULL, NULL };

static arc_ledger_step step_of(int64_t row, int64_t amount, arc_date date, const char *reason)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = row;
    s.amount = amount;
    s.date = date;
    s.reason = reason;
    return s;
}

arc_status arc_write_off_approve(arc_session *session, int64_t *allocation, int64_t request_id, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(request_id, 0, date, reason);
    return arci_ledger_one(session, &approve_verb, allocation, &s);
}

arc_status arc_write_off_approve_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &approve_verb, ids, results, steps, n, flags);
}

arc_status arc_write_off_reject(arc_session *session, int64_t request_id, const char *reason)
{
    const arc_ledger_step s = step_of(request_id, 0, ARC_DATE_NONE, reason);
    return arci_ledger_one(session, &reject_verb, NULL, &s);
}

arc_status arc_write_off_reject_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &reject_verb, ids, results, steps, n, flags);
}

arc_status arc_write_off_recall(arc_session *session, int64_t request_id, const char *reason)
{
    const arc_ledger_step s = step_of(request_id, 0, ARC_DATE_NONE, reason);
    return arci_ledger_one(session, &recall_verb, NULL, &s);
}

arc_status arc_write_off_recall_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &recall_verb, ids, results, steps, n, flags);
}

arc_status arc_write_off_recover(arc_session *session, int64_t *allocation, int64_t request_id, int64_t amount, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(request_id, amount, date, reason);
    return arci_ledger_one(session, &recover_verb, allocation, &s);
}

arc_status arc_write_off_recover_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &recover_verb, ids, results, steps, n, flags);
}
