/* SPDX-License-Identifier: Apache-2.0 */
/* Events in the order of their seals: a page at a time, each page read in a transaction of its own. */
#include "store/feed.h"

#include <stdlib.h>
#include <string.h>

#include "store/be.h"
#include "store/verb.h"

#define SEALS_A_PAGE 32u
#define EVENTS_A_PAGE 256u
#define PLACES_AT_ONCE 500u

const char arci_feed_txn_fields[] = "id stamp actor on_behalf_of business_date request_key reason";
const char arci_feed_event_fields[] = "txn seq verb entity row diff definitions source";

arc_status arc_feed_options_init(arc_feed_options *options)
{
    static const arc_feed_options init = ARC_FEED_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

/* ---- making ------------------------------------------------------------------------------------------------------------- */

static void free_feed(arci_owned *o)
{
    arci_feed *f = (arci_feed *)o;
    arc_context *ctx = f->env.ctx;
    arci_arena_clear(&f->page);
    arci_arena_clear(&f->arena);
    arci_str_clear(&f->out);
    arci_free(ctx, f->places);
    arci_free(ctx, f);
}

/* "12.3": behind event 3 of seal 12; "12": behind all of it. */
static int read_token(const char *s, int64_t *seal, int64_t *event)
{
    size_t n = strcspn(s, ".");
    *event = INT64_MAX;
    if (arci_int_parse(s, n, seal) != ARC_OK || *seal < 0) return 0;
    return !s[n] || (arci_int_parse(s + n + 1, strlen(s + n + 1), event) == ARC_OK && *event >= 0);
}

static arc_status take_options(arci_env *env, arci_feed *f, const arc_feed_options *o)
{
    if ((o->flags & ~ARC_FEED_PERSONAL) || o->row < 0 || (o->row && !o->entity) || (f->history && (o->after || o->entity || o->not_from))) {
        return arci_fail(env, ARC_E_INVALID, "unknown flag, a row without entity, or an option that is not for histories",
                         "未知标志、缺少实体的行号，或不适用于历史的选项");
    }
    if (o->verb && strlen(o->verb) >= sizeof f->verb) return arci_fail(env, ARC_E_INVALID, "verb is too long", "verb 过长");
    if (o->verb) memcpy(f->verb, o->verb, strlen(o->verb));
    if (o->not_from && strlen(o->not_from) >= sizeof f->not_from) return arci_fail(env, ARC_E_INVALID, "not_from is too long", "not_from 过长");
    if (o->not_from) memcpy(f->not_from, o->not_from, strlen(o->not_from));
    f->flags = o->flags;
    if (o->after && !read_token(o->after, &f->at_seal, &f->at_event)) return arci_fail(env, ARC_E_SYNTAX, "not a token of a feed", "不是事件流的标记");
    if (o->entity) {
        f->entity = arci_entity_by_id(o->entity);
        f->row = o->row;
        if (!f->entity) return arci_fail(env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", o->entity);
    }
    f->page_seal = f->at_seal;
    f->page_event = f->at_event;
    return ARC_OK;
}

static arc_status make(arci_session *s, arci_feed **out, const arc_feed_options *options, int history)
{
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    arc_status st = arci_struct_in(&s->env, &o, sizeof o, options);
    if (st != ARC_OK) return st;
    arci_feed *f = arci_calloc(s->env.ctx, 1, sizeof *f);
    if (!f) return arci_nomem(&s->env);
    f->session = s;
    (void)arc_error_init(&f->error);
    f->env.ctx = s->env.ctx;
    f->env.err = &f->error;
    f->history = history != 0;
    f->at_event = f->page_event = INT64_MAX; /* of seal 0: there is none */
    arci_arena_init(&f->page, s->env.ctx);
    arci_arena_init(&f->arena, s->env.ctx);
    arci_str_init(&f->out, s->env.ctx);
    st = take_options(&s->env, f, &o);
    if (st == ARC_OK) st = arci_own(&s->env, s, &f->owned, ARCI_H_FEED, free_feed);
    if (st != ARC_OK) {
        free_feed(&f->owned);
        return st;
    }
    *out = f;
    return ARC_OK;
}

static arc_status may_read(arci_session *s, const arci_entity *e)
{
    return arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
}

arc_status arc_feed_open(arc_session *session, arc_feed **out, const arc_feed_options *options)
{
    arci_session *s;
    arci_feed *f;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out) st = arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    if (st == ARC_OK) st = may_read(s, arci_entity_by_name("event", 5));
    if (st == ARC_OK) st = make(s, &f, options, 0);
    if (st == ARC_OK) *out = f->owned.handle;
    return arci_session_leave(s, st);
}

/* ---- histories ------------------------------------------------------------------------------------------------------------ */

/* The document a row is part of. */
static arc_status find_root(arci_txn *t, arci_feed *f, const arci_entity **root, int64_t *id)
{
    const arci_shape *shape;
    arc_value *row;
    *root = f->entity;
    *id = f->row;
    if (!f->entity->root) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, f->entity->name, f->entity->root);
    if (st == ARC_OK) st = arci_repo_get(t, shape, f->row, &f->arena, &row);
    if (st != ARC_OK || row[0].type != ARC_V_INT) return st;
    const arci_field *to = arci_entity_field(f->entity, f->entity->root, strlen(f->entity->root));
    *root = arci_entity_by_name(to->aux, strlen(to->aux));
    *id = row[0].u.i;
    return ARC_OK;
}

static int by_place(const void *x, const void *y)
{
    const arci_feed_place *a = x, *b = y;
    if (a->seal != b->seal) return a->seal < b->seal ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

static int by_txn(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = ((const arci_feed_place *)y)->txn;
    return (a > b) - (a < b);
}

/* Seals of some places, which are in order of their transactions. */
static arc_status find_seals(arci_txn *t, arci_arena *arena, arci_feed_place *p, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *ids = arci_arena_alloc(arena, n * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(p[i].txn);
    arc_status st = arci_shape_get(t, &shape, "seal", "txn seq stamp");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], ids, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + 3 * (size_t)r;
        arci_feed_place *at = bsearch(&v[0].u.i, p, n, sizeof *p, by_txn);
        while (at && at > p && at[-1].txn == v[0].u.i) at--;
        for (; at && at < p + n && at->txn == v[0].u.i; at++) {
            at->seal = v[1].u.i;
            at->stamp = v[2].u.i;
        }
    }
    return st;
}

static arc_status find_places(arci_txn *t, arci_feed *f)
{
    const arci_shape *shape;
    const arci_entity *root;
    arci_where w;
    arci_rows rows;
    int64_t id;
    arc_status st = find_root(t, f, &root, &id);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "event", "txn seq entity row");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, root->name, strlen(root->name));
    arci_where_int(&w, shape->cols[3], ARC_OP_EQ, id);
    const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
    st = arci_repo_find(t, shape, &w, order, 2, 0, &f->arena, &rows);
    if (st != ARC_OK) return st;
    f->places = arci_calloc(f->env.ctx, (size_t)rows.n_rows + 1, sizeof *f->places);
    if (!f->places) return arci_nomem(t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        f->places[i].txn = rows.values[4 * (size_t)i].u.i;
        f->places[i].seq = rows.values[4 * (size_t)i + 1].u.i;
    }
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i += PLACES_AT_ONCE) {
        st = find_seals(t, &f->arena, f->places + i, rows.n_rows - i < PLACES_AT_ONCE ? rows.n_rows - i : PLACES_AT_ONCE);
    }
    qsort(f->places, rows.n_rows, sizeof *f->places, by_place);
    f->n_places = rows.n_rows;
    while (f->next_place < f->n_places && !f->places[f->next_place].seal) f->next_place++; /* not sealed yet */
    return st;
}

static arc_status begin_history(arci_session *s, arci_feed *f, const arci_entity *e, int64_t row)
{
    arci_scope scope;
    f->entity = e;
    f->row = row;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    const arci_shape *shape;
    arc_value *any;
    st = arci_access_row(scope.txn, &arci_verbs[ARCI_DO_READ], e, e, row);
    if (st == ARC_OK) st = arci_shape_get(scope.txn, &shape, e->name, "id");
    if (st == ARC_OK) st = arci_repo_get(scope.txn, shape, row, &f->arena, &any);
    if (st == ARC_OK) st = find_places(scope.txn, f);
    return arci_scope_end(&scope, st);
}

arc_status arc_record_history(arc_session *session, arc_feed **out, uint32_t entity, int64_t row, const arc_feed_options *options)
{
    arci_session *s;
    arci_feed *f = NULL;
    const arci_entity *e = arci_entity_by_id(entity);
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    const arci_table *table = e ? arci_store_table(s->book->store, e) : NULL;
    if (!out) st = arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    else if (!table) st = arci_fail(&s->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    else if (!table->draws_id) st = arci_fail(&s->env, ARC_E_UNSUPPORTED, "%s has no id", "%s 没有编号", e->name);
    if (st == ARC_OK) st = arci_access_plain(&s->env, s, e);
    if (st == ARC_OK) st = make(s, &f, options, 1);
    if (st == ARC_OK) st = begin_history(s, f, e, row);
    if (st == ARC_OK) *out = f->owned.handle;
    else if (f) arci_own_free(f->owned.handle, ARCI_H_FEED);
    return arci_session_leave(s, st);
}

/* ---- pages ------------------------------------------------------------------------------------------------------------------ */

static arc_status read_txn(arci_feed *f, arci_txn *t, int64_t id, arc_value **row)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "txn", arci_feed_txn_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, &f->page, row);
    if (st == ARC_E_NOT_FOUND) st = arci_fail(t->env, ARC_E_CORRUPT, "transaction %lld is sealed and not there", "已封签的事务 %lld 不存在", (long long)id);
    return st;
}

/* Events of a transaction behind number `after`: at most as many as still go on the page. seq: just that one; 0 = any. */
static arc_status read_events(arci_feed *f, arci_txn *t, const arci_feed_place *p, int64_t after, int64_t seq, uint32_t *read)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *txn = NULL;
    uint32_t most = EVENTS_A_PAGE - f->n_events;
    *read = 0;
    arc_status st = arci_shape_get(t, &shape, "event", arci_feed_event_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[ARCI_FE_TXN], ARC_OP_EQ, p->txn);
    if (seq) arci_where_int(&w, shape->cols[ARCI_FE_SEQ], ARC_OP_EQ, seq);
    else arci_where_int(&w, shape->cols[ARCI_FE_SEQ], ARC_OP_GT, after);
    const arc_order order[2] = { { shape->cols[ARCI_FE_TXN], 0 }, { shape->cols[ARCI_FE_SEQ], 0 } };
    st = arci_repo_find(t, shape, &w, order, 2, most, &f->page, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    st = read_txn(f, t, p->txn, &txn);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        arci_feed_event *e = &f->events[f->n_events++];
        e->seal = p->seal;
        e->stamp = p->stamp;
        e->txn = txn;
        e->row = rows.values + (size_t)i * rows.n_cols;
    }
    *read = rows.n_rows;
    return st;
}

static arc_status new_page(arci_feed *f, arci_txn *t)
{
    arci_arena_reset(&f->page);
    f->n_events = f->next_event = 0;
    f->events = arci_arena_alloc(&f->page, EVENTS_A_PAGE * sizeof *f->events);
    return f->events ? ARC_OK : arci_nomem(t->env);
}

/* The next seals, or the rest of the one the last page ended in. */
static arc_status read_page(arci_feed *f, arci_txn *t)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows seals;
    int within = f->page_event != INT64_MAX;
    arc_status st = new_page(f, t);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "seal", "seq txn stamp");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], within ? ARC_OP_GE : ARC_OP_GT, f->page_seal);
    const arc_order order = { shape->cols[0], 0 };
    st = arci_repo_find(t, shape, &w, &order, 1, SEALS_A_PAGE, &f->page, &seals);
    if (st == ARC_OK && !seals.n_rows) return ARC_DONE;
    for (uint32_t i = 0; st == ARC_OK && i < seals.n_rows && f->n_events < EVENTS_A_PAGE; i++) {
        const arc_value *v = seals.values + 3 * (size_t)i;
        arci_feed_place p = { v[0].u.i, v[1].u.i, v[2].u.i, 0 };
        int64_t after = within && p.seal == f->page_seal ? f->page_event : 0;
        uint32_t read;
        st = read_events(f, t, &p, after, 0, &read);
        f->page_seal = p.seal;
        f->page_event = f->n_events == EVENTS_A_PAGE ? f->events[f->n_events - 1].row[ARCI_FE_SEQ].u.i : INT64_MAX;
    }
    return st;
}

static arc_status read_places(arci_feed *f, arci_txn *t)
{
    arc_status st = new_page(f, t);
    if (st == ARC_OK && f->next_place == f->n_places) return ARC_DONE;
    for (uint32_t i = 0; st == ARC_OK && i < SEALS_A_PAGE && f->next_place < f->n_places; i++) {
        const arci_feed_place *p = &f->places[f->next_place++];
        uint32_t read;
        st = read_events(f, t, p, 0, p->seq, &read);
    }
    return st;
}

/* ---- stepping ---------------------------------------------------------------------------------------------------------------- */

static int passes(const arci_feed *f, const arci_feed_event *e)
{
    const arc_value *verb = &e->row[ARCI_FE_VERB], *entity = &e->row[ARCI_FE_ENTITY];
    const arc_value *from = &e->row[ARCI_FE_SOURCE];
    size_t n = strlen(f->verb), own = strlen(f->not_from);
    if (own && from->type == ARC_V_TEXT && from->len == own && memcmp(from->u.s, f->not_from, own) == 0) return 0; /* an echo */
    if (n && (verb->len < n || memcmp(verb->u.s, f->verb, n) != 0)) return 0;
    if (f->history || !f->entity) return 1;
    if (entity->len != strlen(f->entity->name) || memcmp(entity->u.s, f->entity->name, entity->len) != 0) return 0;
    return !f->row || (e->row[ARCI_FE_ROW].type == ARC_V_INT && e->row[ARCI_FE_ROW].u.i == f->row);
}

static arc_status next(arci_feed *f, arci_txn *t)
{
    for (;;) {
        while (f->next_event < f->n_events) {
            const arci_feed_event *e = &f->events[f->next_event++];
            int seen = 0;
            arc_status st = passes(f, e) ? arci_feed_write(f, t, e, &seen) : ARC_OK;
            if (st != ARC_OK) {
                f->next_event--;
                return st;
            }
            f->at_seal = e->seal;
            f->at_event = e->row[ARCI_FE_SEQ].u.i;
            if (seen) return ARC_OK;
        }
        arc_status st = f->history ? read_places(f, t) : read_page(f, t);
        if (st != ARC_OK) {
            f->n_events = f->next_event = 0;
            if (st != ARC_DONE) {
                f->page_seal = f->at_seal;
                f->page_event = f->at_event;
            }
            return st;
        }
    }
}

static arc_status enter(arc_feed *handle, arci_feed **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_FEED, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    return arci_book_take((*out)->session->book, &(*out)->env);
}

/* Errors of the transaction go to its session; the feed keeps a copy. */
static arc_status keep_error(arci_feed *f, arc_status st)
{
    const arc_error *e = &f->session->error;
    if (st < ARC_OK && f->error.status == ARC_OK && e->status != ARC_OK) f->error = *e;
    return st;
}

static arc_status step(arci_feed *f)
{
    arci_session *s = f->session;
    arci_scope scope;
    arci_error_clear(&s->error);
    arc_status st = arci_access_fresh(&s->env, s, 0);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, next(f, scope.txn));
    return keep_error(f, st);
}

arc_status arc_feed_next(arc_feed *feed, const char **json, size_t *length)
{
    arci_feed *f;
    arc_status st = enter(feed, &f);
    if (st != ARC_OK) return st;
    if (!json) st = arci_fail(&f->env, ARC_E_INVALID, "json is NULL", "json 为 NULL");
    if (st == ARC_OK) st = step(f);
    if (st == ARC_OK) {
        *json = f->out.s;
        if (length) *length = f->out.len;
    }
    arci_book_give(f->session->book);
    return st;
}

arc_status arc_feed_token(arc_feed *feed, char *buf, size_t *len)
{
    arci_feed *f;
    char text[64];
    arc_status st = enter(feed, &f);
    if (st != ARC_OK) return st;
    if (!len) {
        st = arci_fail(&f->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    } else if (f->history) {
        st = arci_fail(&f->env, ARC_E_UNSUPPORTED, "a history has no tokens", "历史没有标记");
    } else {
        size_t n = arci_int_text(text, f->at_seal);
        if (f->at_event != INT64_MAX) {
            text[n++] = '.';
            n += arci_int_text(text + n, f->at_event);
        }
        st = arci_text_out(buf, len, text, n);
        if (st != ARC_OK) (void)arci_fail(&f->env, st, "the buffer is too short", "缓冲区过小");
    }
    arci_book_give(f->session->book);
    return st;
}

arc_status arc_feed_error(arc_feed *feed, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(feed, ARCI_H_FEED, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_feed *)object)->error, sizeof(arc_error));
}

void arc_feed_free(arc_feed *feed)
{
    arci_own_end(feed, ARCI_H_FEED);
}
