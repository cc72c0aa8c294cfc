/* SPDX-License-Identifier: Apache-2.0 */
#include "store/valid.h"

#include <string.h>

#include "store/definition.h"
#include "store/repo_impl.h"
#include "store/scout.h"

typedef struct document {
    arci_valid *v;
    int64_t id;
    arc_date from, to; /* ARC_DATE_NONE: no bound */
    const char *code;
} document;

struct arci_rules_cache {
    arci_arena arena; /* documents, and what is in force */
    document *docs;   /* by code, oldest revision first */
    uint32_t n_docs;
    int64_t epoch;
    arc_date day;     /* the lists below are of this day */
    arci_rules *lists; /* by entity */
    uint32_t n_lists;
};

static arc_status fresh_cache(arci_txn *t, int64_t epoch);

/* ---- the epoch ---------------------------------------------------------------------------------------------------------- */

static arc_status ask_epoch(arci_txn *t, arci_scan **out)
{
    const arci_shape *shape;
    const uint8_t asking = arci_scout_pause(t);
    arc_status st = arci_shape_get(t, &shape, "book", "version");
    if (st == ARC_OK) st = arci_repo_scan(t, shape, NULL, NULL, 0, out);
    arci_scout_resume(t, asking);
    return st;
}

arc_status arci_book_epoch_ask(arci_txn *t)
{
    if (!t->book->ops->later || t->epoch) return ARC_OK;
    arci_scan_end(t->epoch_scan);
    t->epoch_scan = NULL;
    return ask_epoch(t, &t->epoch_scan);
}

static arc_status read_epoch(arci_txn *t, int64_t *out)
{
    arc_block block;
    arci_scan *scan = t->epoch_scan;
    arc_status st = scan ? ARC_OK : ask_epoch(t, &scan);
    if (st != ARC_OK) return st;
    t->epoch_scan = NULL;
    st = arci_scan_next(scan, &block);
    if (st == ARC_OK) *out = block.values[0].u.i;
    arci_scan_end(scan);
    return st == ARC_DONE ? arci_fail(t->env, ARC_E_CORRUPT, "the book has no row of its own", "账簿自身的记录缺失") : st;
}

arc_status arci_book_epoch(arci_txn *t, int64_t *epoch)
{
    arci_book *b = t->book;
    arc_status st = ARC_OK;
    if (!t->epoch && t->late && !t->epoch_moved && b->epoch_seen) {
        if (!t->epoch_scan) st = ask_epoch(t, &t->epoch_scan); /* behind the lock that made the last answer old */
        t->epoch = t->epoch_taken = b->epoch_seen;
    } else if (!t->epoch) {
        st = read_epoch(t, &t->epoch);
        if (st == ARC_OK && !t->epoch_moved && !t->access_changed) b->epoch_seen = t->epoch;
    }
    *epoch = t->epoch;
    return st;
}

arc_status arci_book_epoch_prove(arci_txn *t)
{
    int64_t taken = t->epoch_taken, now = 0;
    if (!taken) return ARC_OK;
    t->epoch_taken = 0;
    arc_status st = read_epoch(t, &now);
    if (st != ARC_OK || now == taken) return st;
    t->book->epoch_seen = 0;
    t->book->late_failed = 1;
    return arci_fail(t->env, ARC_E_CONFLICT, "what the book is set up with was changed meanwhile; repeat it", "账簿的设置同时被更改，请重试");
}

void arci_book_warm(arci_txn *t)
{
    static const char *const kinds[] = { "term", "account_map", "tolerance" }; /* that many a verb looks at */
    arci_rows rows;
    arci_book *b = t->book;
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { b->ctx, &none }, *env = t->env;
    arci_custom *custom;
    int64_t epoch;
    if (!arci_repo_keeps(t) || b->attached || b->epoch_seen) return;
    t->env = &quiet; /* what is wrong is told to whoever needs it */
    arc_status st = arci_definitions_ask(t, "validation");
    if (st == ARC_OK) st = arci_definitions_ask(t, "approval");
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0] && st == ARC_OK; i++) st = arci_definitions_ask(t, kinds[i]);
    if (st == ARC_OK) st = arci_custom_ask(t);
    if (st == ARC_OK) st = arci_book_epoch(t, &epoch);
    if (st == ARC_OK) st = arci_session_custom(&quiet, t->session, &custom);
    if (st == ARC_OK && (!b->rules || b->rules->epoch != epoch)) st = fresh_cache(t, epoch);
    if (st == ARC_OK) (void)arci_approvals_load(t);
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0] && st == ARC_OK; i++) st = arci_definitions_published(t, kinds[i], &t->arena, &rows);
    t->env = env;
}

arc_status arci_book_epoch_raise(arci_txn *t)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_book_epoch_prove(t); /* from here on it is this transaction's own */
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "book", "");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_repo_write(t, &b, 1, NULL);
    arci_book_epoch_old(t);
    t->epoch_moved = 1;
    arci_rules_forget(t->book);
    return st;
}

arc_status arci_txn_today(arci_txn *t, arc_date *day)
{
    arc_status st = arci_session_day(t->env, t->session, day);
    if (st != ARC_OK || *day != ARC_DATE_NONE) return st;
    return arci_fail(t->env, ARC_E_INVALID, "no day is known: give the session a business date or a clock", "未知当日：请为会话设置业务日期或时钟");
}

/* ---- reading them -------------------------------------------------------------------------------------------------------- */

static void cache_free(arci_book *b)
{
    struct arci_rules_cache *c = b->rules;
    b->rules = NULL;
    if (!c) return;
    for (uint32_t i = 0; i < c->n_docs; i++) arci_valid_free(b->ctx, c->docs[i].v);
    arci_arena_clear(&c->arena);
    arci_free(b->ctx, c);
}

void arci_rules_free(arci_book *b)
{
    cache_free(b);
}

void arci_rules_forget(arci_book *b)
{
    if (b->rules) b->rules->epoch = -1;
    arci_caches_free(b);
}

static arc_status take_document(arci_txn *t, struct arci_rules_cache *c, arci_custom *custom, const arc_value *row)
{
    document *d = &c->docs[c->n_docs];
    d->id = row[ARCI_DEF_ID].u.i;
    d->from = row[ARCI_DEF_FROM].type == ARC_V_NULL ? ARC_DATE_NONE : (arc_date)row[ARCI_DEF_FROM].u.i;
    d->to = row[ARCI_DEF_TO].type == ARC_V_NULL ? ARC_DATE_NONE : (arc_date)row[ARCI_DEF_TO].u.i;
    d->code = arci_arena_strndup(&c->arena, row[ARCI_DEF_CODE].u.s, row[ARCI_DEF_CODE].len);
    if (!d->code) return arci_nomem(t->env);
    arc_status st = arci_valid_read(t->env, custom, t->book->base_currency, row[ARCI_DEF_DOCUMENT].u.s, row[ARCI_DEF_DOCUMENT].len, NULL, &d->v);
    if (st == ARC_OK) c->n_docs++;
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    st = arci_fail(t->env, ARC_E_CORRUPT, "the published rules %s cannot be read", "已发布的校验规则 %s 无法读取", d->code);
    arci_fail_at(t->env, "definition", "document", d->id, -1);
    return st;
}

static arc_status load(arci_txn *t, struct arci_rules_cache *c)
{
    arci_rows rows;
    arci_arena arena;
    arci_custom *custom = NULL;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_definitions_published(t, "validation", &arena, &rows);
    if (st == ARC_OK && rows.n_rows) {
        st = arci_custom_read(t, &arena, &custom);
        c->docs = arci_arena_calloc(&c->arena, rows.n_rows, sizeof *c->docs);
        if (st == ARC_OK && !c->docs) st = arci_nomem(t->env);
        for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) st = take_document(t, c, custom, rows.values + (size_t)i * rows.n_cols);
    }
    arci_custom_drop(custom);
    arci_arena_clear(&arena);
    return st;
}

static arc_status fresh_cache(arci_txn *t, int64_t epoch)
{
    arci_book *b = t->book;
    cache_free(b);
    struct arci_rules_cache *c = arci_calloc(b->ctx, 1, sizeof *c);
    if (!c) return arci_nomem(t->env);
    arci_arena_init(&c->arena, b->ctx);
    b->rules = c;
    c->epoch = -1;
    c->day = ARC_DATE_NONE;
    arc_status st = load(t, c);
    if (st == ARC_OK) c->epoch = epoch;
    return st;
}

/* ---- those in force -------------------------------------------------------------------------------------------------------- */

static int in_force(const document *d, arc_date day)
{
    return (d->from == ARC_DATE_NONE || day >= d->from) && (d->to == ARC_DATE_NONE || day <= d->to);
}

/* The newest revision in force of each code. */
static int chosen(const struct arci_rules_cache *c, uint32_t i, arc_date day)
{
    if (!in_force(&c->docs[i], day)) return 0;
    for (uint32_t k = i + 1; k < c->n_docs && strcmp(c->docs[k].code, c->docs[i].code) == 0; k++) {
        if (in_force(&c->docs[k], day)) return 0;
    }
    return 1;
}

static arc_status add_list(arci_txn *t, struct arci_rules_cache *c, const arci_entity *e, arc_date day)
{
    arci_rules *l = &c->lists[c->n_lists];
    int64_t *ids = arci_arena_calloc(&c->arena, c->n_docs, sizeof *ids);
    memset(l, 0, sizeof *l);
    l->entity = e;
    l->docs = arci_arena_calloc(&c->arena, c->n_docs, sizeof *l->docs);
    l->ids = ids;
    if (!ids || !l->docs) return arci_nomem(t->env);
    for (uint32_t i = 0; i < c->n_docs; i++) {
        if (c->docs[i].v->entity != e || !chosen(c, i, day)) continue;
        arci_valid_day(c->docs[i].v, day);
        ids[l->n] = c->docs[i].id;
        l->docs[l->n++] = c->docs[i].v;
        l->n_unique += c->docs[i].v->n_unique;
    }
    if (l->n) c->n_lists++;
    return ARC_OK;
}

static const arci_rules *list_of(const struct arci_rules_cache *c, const arci_entity *e)
{
    for (uint32_t i = 0; i < c->n_lists; i++) {
        if (c->lists[i].entity == e) return &c->lists[i];
    }
    return NULL;
}

static arc_status choose(arci_txn *t, struct arci_rules_cache *c, arc_date day)
{
    arc_status st = ARC_OK;
    if (!c->lists) c->lists = arci_arena_calloc(&c->arena, c->n_docs, sizeof *c->lists);
    if (!c->lists) return arci_nomem(t->env);
    c->n_lists = 0;
    for (uint32_t i = 0; i < c->n_docs && st == ARC_OK; i++) {
        if (!list_of(c, c->docs[i].v->entity)) st = add_list(t, c, c->docs[i].v->entity, day);
    }
    c->day = st == ARC_OK ? day : ARC_DATE_NONE;
    return st;
}

arc_status arci_rules_get(arci_txn *t, const arci_entity *e, const arci_rules **out)
{
    int64_t epoch;
    arc_date day;
    *out = NULL;
    arc_status st = arci_book_epoch(t, &epoch);
    if (st == ARC_OK && (!t->book->rules || t->book->rules->epoch != epoch)) st = fresh_cache(t, epoch);
    if (st != ARC_OK || !t->book->rules->n_docs) return st;
    st = arci_txn_today(t, &day);
    if (st == ARC_OK && t->book->rules->day != day) st = choose(t, t->book->rules, day);
    if (st == ARC_OK) *out = list_of(t->book->rules, e);
    return st;
}

/* ---- one row ------------------------------------------------------------------------------------------------------------------ */

arc_status arci_rules_normalise(arci_env *env, const arci_rules *rules, arci_record **r, int only_set)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; rules && i < rules->n && st == ARC_OK; i++) st = arci_valid_normalise(env, rules->docs[i], r, only_set);
    return st;
}

arc_status arci_rules_normalise_text(arci_env *env, const arci_rules *rules, arci_arena *arena, const char *field, const char **s, size_t *n)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; rules && i < rules->n && st == ARC_OK; i++) st = arci_valid_normalise_text(env, rules->docs[i], arena, field, s, n);
    return st;
}

arc_status arci_rules_judge(arci_env *env, const arci_rules *rules, const arci_valid_row *row, const arci_record *set, arci_verdict_fn report,
                            void *user)
{
    for (uint32_t i = 0; rules && i < rules->n; i++) {
        const arci_valid *v = rules->docs[i];
        for (uint32_t k = 0; k < v->n_rules; k++) {
            const arci_valid_rule *r = &v->rules[k];
            arci_broken why;
            if (r->kind == ARCI_VALID_UNIQUE || (r->warning && !report)) continue;
            if ((set && !arci_valid_concerns(r, set)) || !arci_valid_breaks(v, r, row, &why)) continue;
            arc_status st = arci_valid_fail(env, v, r, &why);
            if (!report) return st;
            st = report(user, env, r, why.at ? why.at->name : "");
            if (st != ARC_OK) return st;
        }
    }
    return ARC_OK;
}
