/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps: who is looked at, chunk by chunk, and what is kept of it. */
#include "rules/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "rules/sweep_impl.h"
#include "store/scan.h"
#include "store/seal.h"

#define CHUNK 2000u
#define SEALS 10000u

typedef struct sweeping {
    arci_sweep *w;
    arci_env *env;
    arc_context *ctx;
    arci_arena arena;        /* of the sweep */
    uint8_t *wanted, *which; /* by rule */
    arci_rule_head *heads;   /* by rule */
    int64_t *from;           /* by rule: all rows behind this one are looked at; -1: no such sweep */
    arci_place place;        /* what was there when it began */
    int writes;
    int past;                /* of a day before the last sweep's */
    arci_subject_fn tell;
    void *user;
    /* of the entity at hand */
    const arci_entity *entity;
    arci_rows_found dirty;
    arci_kept_dates *due;    /* by rule */
    arci_rows_found candidates;
    /* of the chunk */
    arci_txn *t;
    arci_calendars calendars;
    arci_rule_run run;
    const int64_t *ids;      /* told of so far come from these */
    arc_date **next;         /* by rule: of the rows that were there, in `seen` */
    int64_t *seen;
    uint32_t n_seen;
    arci_history armed;      /* thresholds to be armed again */
} sweeping;

/* ---- which rules ------------------------------------------------------------------------------------------------------------------ */

static int of_entity(const sweeping *s, uint32_t rule)
{
    return s->wanted[rule] && s->w->set->rules[rule]->frame->subject == s->entity;
}

static arc_status make_room(sweeping *s)
{
    uint32_t n = s->w->set->n;
    s->wanted = arci_arena_calloc(&s->arena, n + 1u, 1);
    s->which = arci_arena_calloc(&s->arena, n + 1u, 1);
    s->from = arci_arena_calloc(&s->arena, n + 1u, sizeof *s->from);
    s->heads = arci_arena_calloc(&s->arena, n + 1u, sizeof *s->heads);
    s->due = arci_arena_calloc(&s->arena, n + 1u, sizeof *s->due);
    s->next = arci_arena_calloc(&s->arena, n + 1u, sizeof *s->next);
    if (!s->wanted || !s->which || !s->from || !s->heads || !s->due || !s->next) return arci_nomem(s->env);
    for (uint32_t i = 0; i < n; i++) {
        s->wanted[i] = !s->w->wanted || s->w->wanted[i];
        s->w->counts.rules += s->wanted[i];
    }
    return ARC_OK;
}

static void all_full(sweeping *s, const arci_rule_frame *frame)
{
    for (uint32_t i = 0; i < s->w->set->n; i++) {
        if (s->wanted[i] && (!frame || s->w->set->rules[i]->frame == frame)) s->from[i] = 0;
    }
}

/* Rules whose next dates are of another revision, another chain, or of no day yet are looked at for all rows; a sweep over all rows that died goes on; for a day before
 * the last one's all are looked at, and nothing is kept of it. */
static arc_status choose(sweeping *s, arci_txn *t)
{
    const arci_ruleset *set = s->w->set;
    uint8_t *known = arci_arena_calloc(&s->arena, set->n + 1u, 1);
    arc_status st = known ? arci_heads_read(t, &s->arena, set, s->wanted, s->heads) : arci_nomem(s->env);
    if (st == ARC_OK) st = arci_place_now(t, &s->place);
    if (st == ARC_OK) st = arci_places_known(t, &s->arena, s->heads, set->n, known);
    for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
        arci_rule_head *h = &s->heads[i];
        s->from[i] = -1;
        if (!s->wanted[i]) continue;
        if (h->swept_on != ARC_DATE_NONE && s->w->as_of < h->swept_on) s->past = 1;
        s->from[i] = h->stored && h->definition == set->rules[i]->definition && known[i] ? h->at : 0;
    }
    if (s->past) s->writes = 0;
    if (s->past || (s->w->flags & ARCI_SWEEP_FULL)) all_full(s, NULL);
    return st;
}

/* ---- what has changed -------------------------------------------------------------------------------------------------------------------- */

static int64_t oldest(const sweeping *s)
{
    int64_t seal = INT64_MAX;
    for (uint32_t i = 0; i < s->w->set->n; i++) {
        if (s->wanted[i] && s->from[i] && s->heads[i].place.seal < seal) seal = s->heads[i].place.seal;
    }
    return seal;
}

/* Everything that rules hang on and that has changed, by entity of their subjects: dirty[] in the order of the frames. */
static arc_status find_dirty(sweeping *s, arci_txn *t, arci_rows_found *dirty)
{
    const arci_ruleset *set = s->w->set;
    int64_t seal = oldest(s);
    int whole = 0;
    arci_paths *paths = arci_arena_calloc(&s->arena, set->n_frames + 1u, sizeof *paths);
    arc_status st = paths ? ARC_OK : arci_nomem(s->env);
    if (seal == INT64_MAX) return st;
    for (uint32_t k = 0; k < set->n_frames && st == ARC_OK; k++) st = arci_paths_new(t, &s->arena, &paths[k], set, set->frames[k], s->wanted);
    if (st == ARC_OK) st = arci_sweep_read(t, seal, paths, set->n_frames, &s->w->counts.events, &whole);
    for (uint32_t k = 0; k < set->n_frames && st == ARC_OK && !whole; k++) {
        uint32_t first = 0;
        while (set->frames[first]->subject != set->frames[k]->subject) first++;
        st = arci_paths_climb(t, &paths[k], &dirty[first]);
        if (paths[k].whole) all_full(s, set->frames[k]);
    }
    if (whole) all_full(s, NULL);
    for (uint32_t k = 0; paths && k < set->n_frames; k++) arci_paths_free(s->ctx, &paths[k]);
    return st;
}

/* ---- chunks --------------------------------------------------------------------------------------------------------------------------------- */

/* Thresholds whose other side was seen. */
static arc_status arm(sweeping *s, const arci_subject_result *result)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < result->n && st == ARC_OK; i++) {
        const arci_rule_result *r = &result->rules[i];
        for (uint32_t k = 0; k < r->n && st == ARC_OK; k++) {
            const arci_rule_state state = { r->rule->code, result->id, r->steps[k].step->level, r->steps[k].count + 1, 1, { 0 } };
            if (r->steps[k].rearm) st = arci_history_state(s->t->env, &s->armed, &state);
            s->w->counts.armed += r->steps[k].rearm;
        }
    }
    return st;
}

/* Next dates of one row. Which of them are kept depends on why it was looked at; all are right. */
static arc_status told(void *user, const arci_subject_result *result)
{
    sweeping *s = user;
    const arci_ruleset *set = s->w->set;
    arc_status st = ARC_OK;
    uint32_t at = 0;
    for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
        if (!of_entity(s, i)) continue;
        st = arci_rule_next(&s->run, &result->rules[at], result->rows[at], &s->next[i][s->n_seen]);
        at++;
    }
    s->seen[s->n_seen++] = result->id;
    s->w->counts.looked++;
    if (st == ARC_OK && s->writes) st = arm(s, result);
    return st != ARC_OK || !s->tell ? st : s->tell(s->user, result);
}

static int among(const arci_rows_found *ids, int64_t id)
{
    uint32_t lo = 0, hi = ids->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (ids->ids[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < ids->n && ids->ids[lo] == id;
}

/* Dates are kept of the rules a row was looked at for: those of the others stand as they are. */
static arc_status keep_dates(sweeping *s, arci_arena *arena)
{
    const arci_ruleset *set = s->w->set;
    uint32_t n_of = 0;
    arci_rule_dates *of = arci_arena_alloc(arena, (set->n + 1u) * sizeof *of);
    if (!of) return arci_nomem(s->env);
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t n = 0;
        if (!of_entity(s, i)) continue;
        arci_kept_date *dates = arci_arena_alloc(arena, (s->n_seen + 1u) * sizeof *dates);
        if (!dates) return arci_nomem(s->env);
        for (uint32_t k = 0; k < s->n_seen; k++) {
            const arci_kept_date *old = arci_dates_find(&s->due[i], s->seen[k]);
            int all = s->from[i] >= 0 && s->seen[k] > s->from[i];
            if (!old && !all && !among(&s->dirty, s->seen[k])) continue;
            dates[n++] = (arci_kept_date){ s->seen[k], old ? old->epoch : 0, s->next[i][k], old ? old->next : ARC_DATE_NONE, 0 };
        }
        if (n) of[n_of++] = (arci_rule_dates){ set->rules[i]->code, dates, s->heads[i].epoch, n };
    }
    return n_of ? arci_dates_write(s->t, arena, s->entity->name, of, n_of, &s->w->counts.dates) : ARC_OK;
}

static arc_status keep_heads(sweeping *s, arci_arena *arena, int64_t at)
{
    memset(s->which, 0, s->w->set->n);
    for (uint32_t i = 0; i < s->w->set->n; i++) {
        if (!of_entity(s, i) || s->from[i] < 0 || at <= s->from[i]) continue;
        s->which[i] = 1;
        s->heads[i].at = at;
    }
    return arci_heads_write(s->t, arena, s->w->set, s->which, s->heads);
}

static arc_status lock_heads(sweeping *s, arci_arena *arena)
{
    const arci_ruleset *set = s->w->set;
    arc_value *keys = arci_arena_alloc(arena, (set->n + 1u) * sizeof *keys);
    uint32_t n = 0;
    if (!keys) return arci_nomem(s->env);
    for (uint32_t i = 0; i < set->n; i++) {
        if (of_entity(s, i) && s->heads[i].stored) keys[n++] = arci_v_text(set->rules[i]->code, strlen(set->rules[i]->code));
    }
    return n ? arci_repo_lock_keys(s->t, "rule_head", keys, n) : ARC_OK;
}

static arc_status room_for(sweeping *s, arci_arena *arena, uint32_t n)
{
    s->seen = arci_arena_alloc(arena, (n + 1u) * sizeof *s->seen);
    if (!s->seen) return arci_nomem(s->env);
    for (uint32_t i = 0; i < s->w->set->n; i++) {
        s->next[i] = of_entity(s, i) ? arci_arena_alloc(arena, (n + 1u) * sizeof **s->next) : NULL;
        if (of_entity(s, i) && !s->next[i]) return arci_nomem(s->env);
    }
    s->n_seen = 0;
    return ARC_OK;
}

/* Rows that are not there any more have no next date. */
static void add_gone(sweeping *s, const int64_t *ids, uint32_t n)
{
    uint32_t k = s->n_seen;
    for (uint32_t i = n; i-- > 0;) {
        int there = k > 0 && s->seen[k - 1] == ids[i];
        if (there) k--;
        s->seen[i] = ids[i];
        for (uint32_t r = 0; r < s->w->set->n; r++) {
            if (s->next[r]) s->next[r][i] = there ? s->next[r][k] : ARC_DATE_MAX;
        }
    }
    s->n_seen = n;
}

/* Some rows, in a transaction. at: how far a sweep over all rows has come with them; -1: this is none. */
static arc_status look_at(sweeping *s, arci_txn *t, const int64_t *ids, uint32_t n, int64_t at)
{
    arci_arena arena;
    arci_arena_init(&arena, s->ctx);
    s->t = t;
    arci_calendars_init(&s->calendars, t, &arena);
    arci_history_init(&s->armed, &arena);
    s->run = (arci_rule_run){ .t = t, .set = s->w->set, .wanted = s->wanted, .as_of = s->w->as_of, .calendars = &s->calendars, .events = s->w->events };
    arc_status st = room_for(s, &arena, n);
    if (st == ARC_OK && s->writes) st = lock_heads(s, &arena);
    if (st == ARC_OK) st = arci_rules_evaluate(&s->run, s->entity, ids, n, told, s);
    if (st == ARC_OK && s->n_seen < n) add_gone(s, ids, n);
    if (st == ARC_OK && s->armed.n_states) st = arci_rule_arm(t, &arena, s->entity, s->armed.states, s->armed.n_states);
    if (st == ARC_OK && s->writes) st = keep_dates(s, &arena);
    if (st == ARC_OK && s->writes && at >= 0) st = keep_heads(s, &arena, at);
    arci_calendars_clear(&s->calendars);
    arci_arena_clear(&arena);
    return st;
}

static arc_status chunk(sweeping *s, const int64_t *ids, uint32_t n, int64_t at)
{
    arci_scope scope;
    arc_status st = arci_scope_begin(s->w->session, &scope, s->writes ? ARC_WRITE : ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = arci_scope_end(&scope, look_at(s, scope.txn, ids, n, at));
    if (st == ARC_OK && s->w->progress && s->w->progress(s->w->progress_user, s->w->counts.looked, 0) != 0) {
        return arci_fail(s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    return st;
}

/* ---- an entity -------------------------------------------------------------------------------------------------------------------------------- */

static uint32_t chunk_size(const sweeping *s) { return s->w->chunk ? s->w->chunk : CHUNK; }

/* The next ids of all rows behind one. */
static arc_status next_ids(sweeping *s, int64_t after, int64_t *ids, uint32_t *n)
{
    arci_scope scope;
    *n = 0;
    arc_status st = arci_scope_begin(s->w->session, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    const arci_table *table = arci_store_table(s->w->session->book->store, s->entity);
    const uint16_t col = table->desc->key[1];
    const arc_value v = arci_v_int(after);
    const arc_cond_op op = { ARC_OP_GT, col, ARC_NO_COL, 0, 1, &v };
    const arc_cond cond = { &op, 1, 0 };
    const arc_order order = { col, 0 };
    const arci_scan_spec spec = { .entity = s->entity, .cols = &col, .n_cols = 1, .conds = &cond, .n_conds = 1, .order = &order, .n_order = 1, .limit = chunk_size(s) };
    arci_scan *scan;
    arc_block block;
    st = arci_scan_open(scope.txn, &scan, &spec);
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && *n < chunk_size(s); i++) ids[(*n)++] = block.values[(size_t)i * block.n_cols].u.i;
    }
    arci_scan_end(scan);
    return arci_scope_end(&scope, st == ARC_DONE ? ARC_OK : st);
}

/* All rows behind one; those whose date has come or that something hangs on are among them. */
static arc_status sweep_all(sweeping *s, int64_t at)
{
    int64_t *ids = arci_arena_alloc(&s->arena, chunk_size(s) * sizeof *ids);
    uint32_t n = 0;
    arc_status st = ids ? next_ids(s, at, ids, &n) : arci_nomem(s->env);
    while (st == ARC_OK && n) {
        at = ids[n - 1];
        st = chunk(s, ids, n, at);
        if (st == ARC_OK) st = next_ids(s, at, ids, &n);
    }
    return st;
}

static arc_status sweep_some(sweeping *s, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0; from < n && st == ARC_OK; from += chunk_size(s)) {
        st = chunk(s, s->candidates.ids + from, n - from < chunk_size(s) ? n - from : chunk_size(s), -1);
    }
    return st;
}

static arc_status find_due(sweeping *s, arci_txn *t)
{
    const arci_ruleset *set = s->w->set;
    uint32_t n = 0;
    const char **policies = arci_arena_alloc(&s->arena, (set->n + 1u) * sizeof *policies);
    uint32_t *rules = arci_arena_alloc(&s->arena, (set->n + 1u) * sizeof *rules);
    arci_kept_dates *due = arci_arena_calloc(&s->arena, set->n + 1u, sizeof *due);
    if (!policies || !rules || !due) return arci_nomem(s->env);
    for (uint32_t i = 0; i < set->n; i++) {
        if (!of_entity(s, i) || !s->from[i]) continue;
        policies[n] = set->rules[i]->code;
        rules[n++] = i;
    }
    arc_status st = n ? arci_dates_due(t, policies, n, s->entity->name, s->w->as_of, due) : ARC_OK;
    for (uint32_t i = 0; i < n; i++) {
        s->due[rules[i]] = due[i];
        s->w->counts.due += due[i].n;
        for (uint32_t k = 0; k < due[i].n && st == ARC_OK; k++) st = arci_rows_add(s->env, &s->candidates, due[i].dates[k].row);
    }
    for (uint32_t k = 0; k < s->dirty.n && st == ARC_OK; k++) st = arci_rows_add(s->env, &s->candidates, s->dirty.ids[k]);
    arci_rows_sort(&s->candidates);
    return st;
}

static arc_status begin_full(sweeping *s, arci_txn *t)
{
    memset(s->which, 0, s->w->set->n);
    for (uint32_t i = 0; i < s->w->set->n; i++) {
        arci_rule_head *h = &s->heads[i];
        if (!of_entity(s, i) || s->from[i]) continue;
        h->epoch++;
        h->definition = s->w->set->rules[i]->definition;
        h->place = s->place;
        h->swept_on = s->w->as_of;
        h->at = 0;
        s->which[i] = 1;
    }
    return arci_heads_write(t, &s->arena, s->w->set, s->which, s->heads);
}

static arc_status sweep_entity(sweeping *s)
{
    arci_scope scope;
    int64_t from = INT64_MAX;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->w->set->n; i++) {
        if (of_entity(s, i) && s->from[i] >= 0 && s->from[i] < from) from = s->from[i];
    }
    arci_rows_sort(&s->dirty);
    s->w->counts.dirty += s->dirty.n;
    arc_status st = arci_scope_begin(s->w->session, &scope, from == 0 && s->writes ? ARC_WRITE : ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = find_due(s, scope.txn);
    if (st == ARC_OK && from == 0 && s->writes) st = begin_full(s, scope.txn);
    st = arci_scope_end(&scope, st);
    while (n < s->candidates.n && s->candidates.ids[n] <= from) n++;
    if (st == ARC_OK) st = sweep_some(s, n);
    if (st == ARC_OK && from != INT64_MAX) st = sweep_all(s, from);
    arci_rows_free(s->ctx, &s->candidates);
    for (uint32_t i = 0; i < s->w->set->n; i++) arci_dates_free(s->ctx, &s->due[i]);
    return st;
}

/* ---- all -------------------------------------------------------------------------------------------------------------------------------------------- */

/* Nothing that is told of has happened since: the seals behind it are of sweeps. */
static int is_at(const sweeping *s, uint32_t rule, const arci_rule_head *to)
{
    const arci_rule_head *h = &s->heads[rule];
    return h->stored && h->at < 0 && s->from[rule] < 0 && !s->w->counts.events && h->swept_on == to->swept_on && h->definition == to->definition;
}

static arc_status finish(sweeping *s)
{
    arci_scope scope;
    uint32_t n = 0;
    memset(s->which, 0, s->w->set->n);
    for (uint32_t i = 0; i < s->w->set->n; i++) {
        arci_rule_head to = s->heads[i];
        if (!s->wanted[i]) continue;
        to.place = s->place;
        to.definition = s->w->set->rules[i]->definition;
        to.swept_on = s->w->as_of;
        to.at = -1;
        s->which[i] = !is_at(s, i, &to);
        n += s->which[i];
        if (s->which[i]) s->heads[i] = to;
    }
    if (!n) return ARC_OK; /* nothing has happened since */
    arc_status st = arci_scope_begin(s->w->session, &scope, ARC_WRITE, 0);
    return st == ARC_OK ? arci_scope_end(&scope, arci_heads_write(scope.txn, &s->arena, s->w->set, s->which, s->heads)) : st;
}

static arc_status begin(sweeping *s, arci_sweep *w, arci_txn *t, arci_rows_found **dirty)
{
    s->w = w;
    s->env = t->env;
    s->ctx = t->book->ctx;
    arci_arena_init(&s->arena, s->ctx);
    *dirty = arci_arena_calloc(&s->arena, w->set->n_frames + 1u, sizeof **dirty);
    arc_status st = *dirty ? make_room(s) : arci_nomem(s->env);
    if (st == ARC_OK) st = choose(s, t);
    if (st == ARC_OK) st = find_dirty(s, t, *dirty);
    for (uint32_t i = 0; i < w->set->n && st == ARC_OK; i++) w->counts.full += s->wanted[i] && s->from[i] >= 0;
    return st;
}

static void end(sweeping *s, arci_rows_found *dirty)
{
    for (uint32_t k = 0; dirty && k < s->w->set->n_frames; k++) arci_rows_free(s->ctx, &dirty[k]);
    arci_arena_clear(&s->arena);
}

static uint32_t first_frame(const arci_ruleset *set, const arci_entity *e)
{
    uint32_t k = 0;
    while (k < set->n_frames && set->frames[k]->subject != e) k++;
    return k;
}

static arc_status sweep_entities(sweeping *s, arci_rows_found *dirty)
{
    const arci_ruleset *set = s->w->set;
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < set->n_frames && st == ARC_OK; k++) {
        if (first_frame(set, set->frames[k]->subject) != k) continue;
        s->entity = set->frames[k]->subject;
        s->dirty = dirty[k];
        dirty[k] = (arci_rows_found){ NULL, 0, 0 };
        st = sweep_entity(s);
        arci_rows_free(s->ctx, &s->dirty);
    }
    return st == ARC_OK && s->writes ? finish(s) : st;
}

/* What waits for its seal is looked at again and again until it has it: so it is sealed first, where that can be done. */
arc_status arci_sweep_seal(arci_session *session)
{
    arc_error none = ARC_ERROR_INIT, kept = session->error;
    arc_status st = ARC_OK;
    uint32_t n = session->book->ops->caps & ARC_CAP_SINGLE_WRITER ? 0 : SEALS;
    while (st == ARC_OK && n == SEALS) {
        arci_scope scope;
        n = 0;
        st = arci_scope_begin(session, &scope, ARC_WRITE, 0);
        if (st == ARC_OK) st = arci_scope_end(&scope, arci_seal_waiting(scope.txn, &n, SEALS));
    }
    if (st != ARC_E_CONFLICT && st != ARC_E_STATE) return st;
    session->error = kept.status == ARC_OK ? none : kept; /* somebody else does it, or has the key */
    return ARC_OK;
}

arc_status arci_sweep_run(arci_sweep *w, arci_subject_fn tell, void *user)
{
    sweeping s;
    arci_scope scope;
    arci_rows_found *dirty = NULL;
    const arci_txn *open = w->session->book->txn;
    memset(&s, 0, sizeof s);
    memset(&w->counts, 0, sizeof w->counts);
    s.tell = tell;
    s.user = user;
    s.writes = !(w->flags & ARCI_SWEEP_LOOK) && (!open || open->mode == ARC_WRITE);
    arc_status st = s.writes && !open ? arci_sweep_seal(w->session) : ARC_OK;
    if (st == ARC_OK) st = arci_scope_begin(w->session, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = arci_scope_end(&scope, begin(&s, w, scope.txn, &dirty));
    if (st == ARC_OK) st = sweep_entities(&s, dirty);
    end(&s, dirty);
    return st;
}

/* ---- looking alone ------------------------------------------------------------------------------------------------------------------------------------------ */

struct arci_sweep_look {
    sweeping s;
    arci_sweep w;
    arci_rows_found *dirty;
    arci_txn *t;
};

arc_status arci_sweep_look_new(arci_txn *t, const arci_ruleset *set, const uint8_t *wanted, arc_date as_of, arci_sweep_look **out)
{
    arci_sweep_look *l = *out = arci_calloc(t->book->ctx, 1, sizeof *l);
    if (!l) return arci_nomem(t->env);
    l->t = t;
    l->w.session = t->session;
    l->w.set = set;
    l->w.wanted = wanted;
    l->w.as_of = as_of;
    l->w.flags = ARCI_SWEEP_LOOK;
    arc_status st = begin(&l->s, &l->w, t, &l->dirty);
    if (st != ARC_OK) {
        arci_sweep_look_free(l);
        *out = NULL;
    }
    return st;
}

void arci_sweep_look_free(arci_sweep_look *l)
{
    if (!l) return;
    end(&l->s, l->dirty);
    arci_free(l->s.ctx, l);
}

arc_status arci_sweep_look_rows(arci_sweep_look *l, const arci_entity *entity, arci_rows_found *rows, int *all)
{
    sweeping *s = &l->s;
    uint32_t k = first_frame(l->w.set, entity);
    *all = 0;
    s->entity = entity;
    for (uint32_t i = 0; i < l->w.set->n; i++) *all |= of_entity(s, i) && s->from[i] >= 0;
    if (*all || k == l->w.set->n_frames) return ARC_OK;
    s->dirty = l->dirty[k];
    arci_rows_sort(&s->dirty);
    s->candidates = *rows;
    arc_status st = find_due(s, l->t);
    *rows = s->candidates;
    for (uint32_t i = 0; i < l->w.set->n; i++) arci_dates_free(s->ctx, &s->due[i]);
    return st;
}
