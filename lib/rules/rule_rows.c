/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about rows of a book: their facts and what has fired for them, in batches. */
#include <string.h>

#include "ledger/merged.h"
#include "rules/rule_impl.h"
#include "store/calendar_rows.h"

#define BATCH 500u

/* ---- calendars -------------------------------------------------------------------------------------------------------------------- */

struct arci_calendar_entry {
    struct arci_calendar_entry *next;
    arc_calendar *calendar; /* NULL: the book has none of this code */
    char code[41];
};

void arci_calendars_init(arci_calendars *c, arci_txn *t, arci_arena *arena)
{
    c->t = t;
    c->arena = arena;
    c->first = NULL;
}

void arci_calendars_clear(arci_calendars *c)
{
    for (struct arci_calendar_entry *e = c->first; e; e = e->next) arc_calendar_free(e->calendar);
    c->first = NULL;
}

arc_status arci_calendars_get(arci_calendars *c, const arc_calendar **out, const char *code, int *unknown)
{
    struct arci_calendar_entry *e = c->first;
    *out = NULL;
    if (!code) return ARC_OK;
    while (e && strcmp(e->code, code) != 0) e = e->next;
    if (!e) {
        size_t n = strlen(code);
        e = arci_arena_calloc(c->arena, 1, sizeof *e);
        if (!e) return arci_nomem(c->t->env);
        memcpy(e->code, code, n < sizeof e->code ? n : sizeof e->code - 1);
        arc_status st = arci_calendar_rows(c->t, c->arena, e->code, &e->calendar);
        if (st != ARC_OK && st != ARC_E_NOT_FOUND && st != ARC_E_CALENDAR) return st;
        e->next = c->first;
        c->first = e;
    }
    if (!e->calendar && unknown) *unknown = 1;
    *out = e->calendar;
    return ARC_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------------- */

typedef struct rows_run {
    arci_merged merged;
    const arci_rule_run *run;
    arci_txn *t;
    const arci_entity *entity;
    arci_arena arena, batch, one; /* of the run; of the batch; of one row */
    arci_fact_reader **readers;   /* by frame */
    arc_value **rows;             /* by frame: of the batch */
    uint8_t *found;
    arci_history own;
    const arci_history *history;
    arci_rule_result *results; /* by rule */
    const arc_value **facts;
    uint32_t n_rules;
    arci_subject_fn tell;
    void *user;
} rows_run;

static int concerns(const rows_run *r, uint32_t rule)
{
    return r->run->set->rules[rule]->frame->subject == r->entity && (!r->run->wanted || r->run->wanted[rule]);
}

static arc_status open_readers(rows_run *r)
{
    const arci_ruleset *set = r->run->set;
    const arci_fact_call call = { .today = r->run->as_of };
    arc_status st = ARC_OK;
    r->readers = arci_arena_calloc(&r->arena, set->n_frames + 1u, sizeof *r->readers);
    r->rows = arci_arena_calloc(&r->arena, set->n_frames + 1u, sizeof *r->rows);
    r->results = arci_arena_calloc(&r->arena, set->n + 1u, sizeof *r->results);
    r->facts = arci_arena_calloc(&r->arena, set->n + 1u, sizeof *r->facts);
    r->found = arci_arena_alloc(&r->arena, BATCH);
    if (!r->readers || !r->rows || !r->results || !r->facts || !r->found) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < set->n; i++) r->n_rules += (uint32_t)concerns(r, i);
    for (uint32_t k = 0; k < set->n_frames && st == ARC_OK; k++) {
        int used = 0;
        for (uint32_t i = 0; i < set->n && !used; i++) used = set->rules[i]->frame == set->frames[k] && concerns(r, i);
        if (used) st = arci_fact_reader_open(r->t, &r->arena, set->frames[k]->facts, &call, &r->readers[k]);
    }
    return st;
}

static uint32_t frame_at(const arci_ruleset *set, const arci_rule_frame *f)
{
    uint32_t k = 0;
    while (set->frames[k] != f) k++;
    return k;
}

/* Another rule of its group has fired for the row today: who goes behind it is passed over, who goes before it waits for tomorrow. */
static uint8_t group_fired(const rows_run *r, const arci_rule *rule, int64_t id, const char **by)
{
    const arci_firing *f;
    uint32_t n = arci_history_firings(r->history, id, &f);
    for (uint32_t i = 0; i < n; i++) {
        if (f[i].passed || f[i].rejected || f[i].fired_on != r->run->as_of || strcmp(f[i].policy, rule->code) == 0) continue;
        const arci_rule *other = arci_ruleset_find(r->run->set, f[i].policy, strlen(f[i].policy));
        if (!other || !arci_rule_grouped(other, rule)) continue;
        int before = other->priority != rule->priority ? other->priority > rule->priority : strcmp(other->code, rule->code) < 0;
        *by = other->code;
        return before ? ARCI_GROUP_FIRED : ARCI_GROUP_TOMORROW;
    }
    return 0;
}

int arci_rule_grouped(const arci_rule *a, const arci_rule *b)
{
    return a->group && b->group && strcmp(a->group, b->group) == 0;
}

int arci_rule_passes(const arci_subject_result *r, const arci_rule_result *rule, const arci_step_result *s)
{
    if (!s->grouped || s->grouped == ARCI_GROUP_FIRED) return 1;
    for (uint32_t i = 0; i < r->n; i++) {
        const arci_rule_result *x = &r->rules[i];
        if (x != rule && x->n_due && arci_rule_grouped(x->rule, rule->rule)) return 1;
    }
    return 0;
}

/* Of the rules of a group only the first that is due counts; what was due of the others is passed over. */
static void settle_groups(rows_run *r, int64_t id, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        arci_rule_result *x = &r->results[i];
        uint8_t by = 0;
        const char *code = NULL;
        if (!x->rule->group || !x->n_due) continue;
        for (uint32_t k = 0; k < i && !by; k++) {
            const arci_rule *first = r->results[k].rule;
            if (!r->results[k].n_due || !arci_rule_grouped(first, x->rule)) continue;
            by = first->mode == ARCI_RULE_PROPOSE ? ARCI_GROUP_PEOPLE : ARCI_GROUP_DUE;
            code = first->code;
        }
        if (!by) by = group_fired(r, x->rule, id, &code);
        if (!by) continue;
        for (uint32_t k = 0; k < x->n; k++) {
            if (x->steps[k].outcome != ARCI_STEP_DUE && x->steps[k].outcome != ARCI_STEP_PASSED) continue;
            x->steps[k].outcome = by == ARCI_GROUP_TOMORROW ? ARCI_STEP_LATER : ARCI_STEP_PASSED;
            x->steps[k].grouped = by;
            x->steps[k].by = code;
        }
        x->n_due = 0;
    }
}

static arc_status one_row(rows_run *r, uint32_t at, int64_t id)
{
    const arci_ruleset *set = r->run->set;
    arci_subject_result out = { .entity = r->entity, .id = id, .rules = r->results, .rows = r->facts };
    arc_status st = ARC_OK;
    arci_arena_reset(&r->one);
    for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
        if (!concerns(r, i)) continue;
        const arci_rule *rule = set->rules[i];
        uint32_t k = frame_at(set, rule->frame);
        const arc_value *row = r->rows[k] + (size_t)at * arci_facts_width(rule->frame->facts);
        if (rule->frame->customer && row[rule->frame->customer->slot].type == ARC_V_INT) out.customer = arci_merged_root(&r->merged, row[rule->frame->customer->slot].u.i);
        r->facts[out.n] = row;
        st = arci_rule_eval(r->run, rule, id, row, r->history, &r->one, &r->results[out.n++]);
    }
    if (st != ARC_OK) return st;
    settle_groups(r, id, out.n);
    return r->tell(r->user, &out);
}

/* Whose the rows of the batch are: what actions ask of them is read together. */
static arc_status name_people(rows_run *r, uint32_t n)
{
    const arci_ruleset *set = r->run->set;
    arc_status st = ARC_OK;
    arci_people_batch(r->run->people);
    for (uint32_t k = 0; k < set->n_frames && st == ARC_OK; k++) {
        const arci_rule_frame *f = set->frames[k];
        if (!r->readers[k] || !f->customer) continue;
        for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
            const arc_value *v = &r->rows[k][(size_t)i * arci_facts_width(f->facts) + f->customer->slot];
            if (r->found[i] && v->type == ARC_V_INT) st = arci_people_add(r->run->people, arci_merged_root(&r->merged, v->u.i));
        }
    }
    return st;
}

/* Who was merged is no customer of his own any more: rules are about the one he was merged into. */
static int is_merged(const rows_run *r, int64_t id) { return strcmp(r->entity->name, "customer") == 0 && arci_merged_root(&r->merged, id) != id; }

static arc_status one_batch(rows_run *r, const int64_t *ids, uint32_t n)
{
    const arci_ruleset *set = r->run->set;
    arc_status st = ARC_OK;
    arci_arena_reset(&r->batch);
    for (uint32_t k = 0; k < set->n_frames && st == ARC_OK; k++) {
        if (r->readers[k]) st = arci_fact_read(r->readers[k], &r->batch, ids, n, &r->rows[k], r->found);
    }
    if (st == ARC_OK && !r->run->history) {
        arci_history_init(&r->own, &r->batch);
        st = arci_history_read(r->t, &r->own, r->entity, ids, n, 1);
        if (st == ARC_OK) arci_history_index(&r->own);
        r->history = &r->own;
    }
    if (st == ARC_OK && r->run->people) st = name_people(r, n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (r->found[i] && !is_merged(r, ids[i])) st = one_row(r, i, ids[i]);
    }
    return st;
}

arc_status arci_rules_evaluate(const arci_rule_run *run, const arci_entity *entity, const int64_t *ids, uint32_t n, arci_subject_fn tell, void *user)
{
    rows_run r;
    memset(&r, 0, sizeof r);
    r.run = run;
    r.t = run->t;
    r.entity = entity;
    r.history = run->history;
    r.tell = tell;
    r.user = user;
    arci_arena_init(&r.arena, r.t->book->ctx);
    arci_arena_init(&r.batch, r.t->book->ctx);
    arci_arena_init(&r.one, r.t->book->ctx);
    arci_merged_init(&r.merged, r.t->book->ctx);
    arc_status st = open_readers(&r);
    if (st == ARC_OK && r.n_rules) st = arci_merged_read(r.t, &r.arena, &r.merged, ARC_DATE_NONE, NULL);
    for (uint32_t from = 0; from < n && st == ARC_OK && r.n_rules; from += BATCH) st = one_batch(&r, ids + from, n - from < BATCH ? n - from : BATCH);
    for (uint32_t k = 0; r.readers && k < run->set->n_frames; k++) arci_fact_reader_close(r.readers[k]);
    arci_merged_clear(&r.merged);
    arci_arena_clear(&r.one);
    arci_arena_clear(&r.batch);
    arci_arena_clear(&r.arena);
    return st;
}
