/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions in the order of their seals, applied to a book in memory. */
#include "store/replay.h"

#include <string.h>

#include "base/handle.h"
#include "store/access.h"
#include "store/audit_rows.h"
#include "store/be.h"
#include "store/image.h"
#include "store/replay_impl.h"
#include "store/trail.h"

#define US_PER_MINUTE INT64_C(60000000)
#define MINUTES_PER_DAY 1440

/* ---- the scratch book --------------------------------------------------------------------------------------------------- */

/* The numbers a sequence has given out in the book are used up in the scratch book too: what is drawn there stands above them. */
static arc_status use_numbers(arci_replay *r, arci_book *to, void *txn, const arci_table *table)
{
    const char *name = table->desc->name;
    int64_t next = 0, first;
    arci_book *from = r->from->book;
    arc_status st = arci_be_next_number(r->env, from, r->from->be, from->id, name, &next);
    if (st == ARC_E_UNSUPPORTED) { /* above the largest there is */
        arci_scan *scan;
        arc_block block;
        arc_order order = { .col = table->col_id, .descending = 1 };
        arci_scan_spec spec = { .entity = table->entity, .cols = &table->col_id, .n_cols = 1, .order = &order, .n_order = 1, .limit = 1 };
        st = arci_scan_open(r->from, &scan, &spec);
        if (st != ARC_OK) return st;
        st = arci_scan_next(scan, &block);
        if (st == ARC_OK) next = block.values[0].u.i + 1;
        if (st == ARC_DONE) st = ARC_OK;
        arci_scan_end(scan);
    }
    for (int64_t left = next - 1; st == ARC_OK && left > 0;) {
        uint32_t n = left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
        st = arci_be_reserve(r->env, to, txn, to->id, name, n, &first);
        left -= n;
    }
    return st;
}

/* Something must be there to be opened: the book's own row as it stands now, until its first event comes. */
static arc_status put_book(arci_replay *r, arci_book *to, void *txn)
{
    const arci_table *table = arci_store_table(to->store, arci_entity_by_id(1));
    arc_value *row;
    uint16_t *cols = arci_arena_alloc(&r->arena, table->n_cols * sizeof *cols);
    uint8_t result = ARC_ROW_OK;
    arc_write w, *one = &w;
    arc_status st = cols ? arci_replay_find(r, r->from, table, NULL, &row) : arci_nomem(r->env);
    if (st == ARC_OK && !row) st = arci_replay_corrupt(r, table, 0, "the book has no row", "账簿缺少记录");
    if (st != ARC_OK) return st;
    row[0] = arci_v_int(to->id);
    for (uint16_t c = 0; c < table->n_cols; c++) cols[c] = c;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = table->number;
    w.op = ARC_WRITE_INSERT;
    w.cols = cols;
    w.n_cols = table->n_cols;
    w.rows = row;
    w.n_rows = 1;
    w.results = &result;
    return arci_be_write(r->env, to, txn, &one, 1);
}

static arc_status found(arci_replay *r, arci_book *to)
{
    const arci_store *store = to->store;
    void *txn;
    arc_status st = arci_be_begin(r->env, to, ARC_TXN_WRITE, to->timeout_ms, &txn);
    if (st != ARC_OK) return st;
    st = arci_be_reserve(r->env, to, txn, 0, "book", 1, &to->id);
    if (st == ARC_OK) st = put_book(r, to, txn);
    for (uint32_t i = 0; st == ARC_OK && i < store->n_tables; i++) {
        if (store->tables[i].draws_id) st = use_numbers(r, to, txn, &store->tables[i]);
    }
    if (st == ARC_OK) st = arci_be_commit(r->env, to, txn);
    else arci_be_rollback(to, txn);
    arci_arena_reset(&r->arena);
    return st;
}

static int64_t tell_time(void *user) { return ((const arci_replay *)user)->now; }

static arc_status open_session(arci_replay *r, arci_book *b)
{
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    void *object;
    r->book_handle = b->handle;
    so.clock = tell_time;
    so.clock_user = r;
    arc_status st = arci_session_open(b->handle, &r->session_handle, &so, NULL, NULL);
    if (st == ARC_OK) st = arci_handle_get(r->session_handle, ARCI_H_SESSION, &object, NULL);
    if (st != ARC_OK) {
        (void)arc_book_error(b->handle, &e);
        return arci_fail_copy(r->env, &e);
    }
    r->session = object;
    r->book = b;
    return ARC_OK;
}

static arc_status open_book(arci_replay *r)
{
    arci_book *first, *book = NULL;
    char uri[128] = "memory:arcore-replay-";
    size_t n = strlen(uri);
    n += arci_int_text(uri + n, (int64_t)(intptr_t)r);
    memcpy(uri + n, "?book=", 6);
    memcpy(uri + n + 6, r->from->book->code, strlen(r->from->book->code) + 1);
    arc_status st = arci_book_connect(r->env, &first, uri, ARC_BOOK_CREATE);
    if (st != ARC_OK) return st;
    st = found(r, first);
    if (st == ARC_OK) st = arci_book_open(r->env, &book, uri);
    arci_book_disconnect(first);
    return st == ARC_OK ? open_session(r, book) : st;
}

static arc_status find_top(arci_replay *r)
{
    arci_seal top;
    arc_status st = arci_seal_last(r->from, &top);
    r->top = top.seq;
    memset(&r->last, 0, sizeof r->last);
    memset(r->last.hash, '0', 64);
    return st;
}

void arci_replay_skip_now(arci_replay *r, const char *entity)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_table *table = e ? arci_store_table(r->from->book->store, e) : NULL;
    if (table) r->skip[table->number] = 1;
}

static arc_status find_skipped(arci_replay *r)
{
    const arci_store *store = r->from->book->store;
    r->skip = arci_arena_calloc(&r->own, store->n_tables, 1);
    if (!r->skip) return arci_nomem(r->env);
    for (uint32_t i = 0; i < r->o.n_skip; i++) arci_replay_skip_now(r, r->o.skip[i]);
    return ARC_OK;
}

arc_status arci_replay_open(arci_txn *from, arci_replay **out, const arci_replay_options *o)
{
    *out = NULL;
    if (from->id) return arci_fail(from->env, ARC_E_TXN, "the transaction has written: commit first", "事务已写入，请先提交");
    arci_replay *r = arci_calloc(from->book->ctx, 1, sizeof *r);
    if (!r) return arci_nomem(from->env);
    r->from = from;
    r->env = from->env;
    r->o = *o;
    arci_arena_init(&r->own, from->book->ctx);
    arci_arena_init(&r->page, from->book->ctx);
    arci_arena_init(&r->arena, from->book->ctx);
    arci_str_init(&r->text, from->book->ctx);
    arc_status st = find_skipped(r);
    if (st == ARC_OK) st = find_top(r);
    if (st == ARC_OK && r->o.days == ARCI_REPLAY_BUSINESS) st = arci_replay_business(r);
    if (st == ARC_OK) st = open_book(r);
    if (st == ARC_OK) *out = r;
    else arci_replay_close(r);
    return st;
}

void arci_replay_close(arci_replay *r)
{
    if (!r) return;
    arc_context *ctx = r->env->ctx;
    arc_book_close(r->book_handle);
    arci_arena_clear(&r->own);
    arci_arena_clear(&r->page);
    arci_arena_clear(&r->arena);
    arci_str_clear(&r->text);
    arci_free(ctx, r->days);
    arci_free(ctx, r->changes);
    arci_free(ctx, r->secrets);
    arci_free(ctx, r->late);
    arci_free(ctx, r);
}

arc_book *arci_replay_book(const arci_replay *r) { return r->book_handle; }
arc_session *arci_replay_session(const arci_replay *r) { return r->session_handle; }
arci_replay_counts arci_replay_count(const arci_replay *r) { return r->counts; }

/* ---- days ------------------------------------------------------------------------------------------------------------------- */

static arc_date civil_day(const arci_book *b, int64_t stamp)
{
    int64_t minutes = stamp / US_PER_MINUTE - (stamp % US_PER_MINUTE < 0) + b->utc_offset_minutes;
    return (arc_date)(minutes / MINUTES_PER_DAY - (minutes % MINUTES_PER_DAY < 0));
}

static arc_status take_places(arci_replay *r, const arci_rows *seals)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *there;
    int64_t *ids = arci_arena_alloc(&r->page, ((size_t)seals->n_rows + 1) * sizeof *ids);
    r->places = arci_arena_calloc(&r->page, (size_t)seals->n_rows + 1, sizeof *r->places);
    if (!ids || !r->places) return arci_nomem(r->env);
    for (uint32_t i = 0; i < seals->n_rows; i++) ids[i] = seals->values[3 * (size_t)i + 1].u.i;
    arc_status st = arci_shape_get(r->from, &shape, "txn", "*");
    if (st == ARC_OK) st = arci_repo_get_many(r->from, shape, ids, seals->n_rows, &r->page, &rows, &there);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; st == ARC_OK && i < seals->n_rows; i++) {
        const arc_value *v = seals->values + 3 * (size_t)i;
        arci_replay_place *p = &r->places[i];
        *p = (arci_replay_place){ v[0].u.i, v[1].u.i, v[2].u.i, ARC_DATE_NONE, rows + (size_t)i * shape->n };
        r->at = p;
        if (!there[i]) return arci_replay_corrupt(r, shape->table, p->txn, "the transaction it seals is gone", "所封事务已不存在");
        p->day = civil_day(r->from->book, p->stamp);
        if (r->days) p->day = r->days[p->seal - 1];
    }
    return st;
}

/* The next seals, unless some are left. None: *left is 0. */
static arc_status read_ahead(arci_replay *r, int *left)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows seals;
    *left = r->next_place < r->n_places;
    if (*left) return ARC_OK;
    arci_arena_reset(&r->page);
    r->n_places = r->next_place = 0;
    arc_status st = arci_shape_get(r->from, &shape, "seal", "seq txn stamp");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_GT, r->read_to);
    const arc_order order = { .col = shape->cols[0] };
    st = arci_repo_find(r->from, shape, &w, &order, 1, ARCI_REPLAY_PAGE, &r->page, &seals);
    if (st == ARC_OK) st = take_places(r, &seals);
    if (st != ARC_OK || !seals.n_rows) return st;
    r->n_places = seals.n_rows;
    r->read_to = r->places[seals.n_rows - 1].seal;
    *left = 1;
    return ARC_OK;
}

arc_status arci_replay_next_day(arci_replay *r, arc_date *day)
{
    int left;
    *day = ARC_DATE_NONE;
    arc_status st = read_ahead(r, &left);
    if (st == ARC_OK && left) *day = r->places[r->next_place].day;
    return st;
}

arc_status arci_replay_last_day(arci_replay *r, arc_date *day)
{
    arci_seal top;
    *day = ARC_DATE_NONE;
    arc_status st = arci_seal_last(r->from, &top);
    if (st == ARC_OK && top.seq) *day = r->days ? r->days[top.seq - 1] : civil_day(r->from->book, top.stamp);
    return st;
}

/* ---- one transaction -------------------------------------------------------------------------------------------------------- */

static arc_status open_stream(arci_replay *r, arci_stream *s, const char *entity, const char *const *by, const arci_replay_place *places, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arc_order order[3];
    uint32_t n_order = 0;
    memset(s, 0, sizeof *s);
    arc_status st = arci_shape_get(r->from, &shape, entity, "*");
    arc_value *ids = arci_arena_alloc(&r->page, n * sizeof *ids);
    if (st == ARC_OK && !ids) st = arci_nomem(r->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(places[i].txn);
    for (; by[n_order]; n_order++) order[n_order] = (arc_order){ .col = arci_col(shape->table->entity, by[n_order]) };
    arci_where_init(&w);
    arci_where_in(&w, order[0].col, ids, n);
    s->n_cols = shape->n;
    st = arci_repo_scan(r->from, shape, &w, order, n_order, &s->scan);
    return st == ARC_OK ? arci_stream_next(s) : st;
}

static const arci_table *table_of(const arci_replay *r, const char *name)
{
    return arci_store_table(r->book->store, arci_entity_by_name(name, strlen(name)));
}

static uint16_t place_in(const arci_table *table, const char *name) { return (uint16_t)(arci_col(table->entity, name) - 1); }

/* Personal values of an event: into the scratch book, and beside the event for its rows. */
static arc_status take_secrets(arci_replay *r, int64_t event)
{
    const arci_table *table = table_of(r, "event_personal");
    const uint16_t txn = place_in(table, "txn"), of = place_in(table, "event"), pointer = place_in(table, "pointer"), value = place_in(table, "value");
    arc_status st = ARC_OK;
    r->n_secrets = 0;
    for (; st == ARC_OK && r->personal.row && r->personal.row[txn].u.i <= r->at->txn; st = st == ARC_OK ? arci_stream_next(&r->personal) : st) {
        const arc_value *v = r->personal.row;
        if (v[txn].u.i == r->at->txn && v[of].u.i > event) break;
        if (v[txn].u.i != r->at->txn || v[of].u.i != event) continue;
        st = arci_replay_copy(r, table, v);
        if (st == ARC_OK && !arci_trail_grow(r->env->ctx, &r->secrets, &r->cap_secrets, r->n_secrets, sizeof *r->secrets)) st = arci_nomem(r->env);
        if (st != ARC_OK) return st;
        const arc_value *kept = r->waiting.values + (size_t)(r->waiting.n - 1) * table->n_cols; /* the copy, which stays */
        r->secrets[r->n_secrets++] = (arci_replay_secret){ kept[pointer + 1].u.s, kept[value + 1].u.s, kept[pointer + 1].len, kept[value + 1].len };
    }
    return st;
}

static arc_status take_event(arci_replay *r, const arci_table *table, const arc_value *e)
{
    const uint16_t seq = place_in(table, "seq"), diff = place_in(table, "diff");
    arci_json *root;
    uint32_t position = 0;
    arc_status st = arci_replay_copy(r, table, e);
    const arc_value *kept = st == ARC_OK ? r->waiting.values + (size_t)(r->waiting.n - 1) * table->n_cols : NULL;
    if (st != ARC_OK) return st;
    const char *text = kept[diff + 1].u.s;
    st = arci_json_parse(r->env, &r->arena, text, kept[diff + 1].len, &arci_diff_limits, &root);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK || root->type != ARCI_JSON_ARRAY) return arci_replay_corrupt(r, table, 0, "an event cannot be read", "事件无法读取");
    st = take_secrets(r, e[seq].u.i);
    text++; /* behind the bracket */
    for (const arci_json *node = root->child; st == ARC_OK && node; node = node->next) {
        const char *end = arci_replay_skip(text);
        st = arci_replay_node(r, node, position++, text, (size_t)(end - text));
        text = *end == ',' ? end + 1 : end;
    }
    r->counts.events++;
    return st;
}

static arc_status take_events(arci_replay *r)
{
    const arci_table *table = table_of(r, "event");
    const uint16_t txn = place_in(table, "txn");
    arc_status st = ARC_OK;
    while (st == ARC_OK && r->events.row && r->events.row[txn].u.i <= r->at->txn) {
        if (r->events.row[txn].u.i == r->at->txn) st = take_event(r, table, r->events.row);
        if (st == ARC_OK && r->n_changes >= ARCI_REPLAY_PART) st = arci_replay_keep(r);
        if (st == ARC_OK) st = arci_stream_next(&r->events);
    }
    return st == ARC_OK ? arci_replay_keep(r) : st;
}

static arc_status take_requests(arci_replay *r)
{
    const arci_table *table = table_of(r, "request");
    const uint16_t txn = place_in(table, "txn");
    arc_status st = ARC_OK;
    while (st == ARC_OK && r->requests.row && r->requests.row[txn].u.i <= r->at->txn) {
        if (r->requests.row[txn].u.i == r->at->txn) st = arci_replay_copy(r, table, r->requests.row);
        if (st == ARC_OK) st = arci_stream_next(&r->requests);
    }
    return st;
}

static arc_status put_seal(arci_replay *r, const char *digest)
{
    const arci_shape *shape;
    arci_batch *b;
    arci_seal next;
    arc_status st = arci_seal_next(r->t, &r->last, &next, r->at->txn, r->at->stamp, digest);
    if (st == ARC_OK) st = arci_shape_get(r->t, &shape, "seal", arci_seal_fields);
    if (st == ARC_OK) st = arci_batch_new(r->t, &r->arena, &b, shape, ARC_WRITE_INSERT, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st != ARC_OK) return st;
    arci_seal_row(&next, arci_batch_row(b, 0));
    st = arci_repo_put(r->t, &b, 1);
    if (st == ARC_OK) r->last = next;
    return st;
}

/* What layers write beside its rows is written in its name; its own row and seal are those of the book. */
static arc_status apply(arci_replay *r, const arci_replay_place *p)
{
    const arci_table *table = table_of(r, "txn");
    char digest[64] = { 0 };
    r->at = p;
    r->t->id = p->txn;
    r->t->stamp = p->row[place_in(table, "stamp")].u.i;
    r->t->business_date = (arc_date)p->row[place_in(table, "business_date")].u.i;
    const arc_value *hex = &p->row[place_in(table, "digest")];
    memcpy(digest, hex->u.s, hex->len < sizeof digest ? hex->len : sizeof digest);
    arc_status st = arci_replay_copy(r, table, p->row);
    if (st == ARC_OK) st = take_events(r);
    if (st == ARC_OK) st = take_requests(r);
    if (st == ARC_OK) st = arci_replay_keep(r);
    if (st == ARC_OK) st = put_seal(r, digest);
    arci_arena_reset(&r->arena);
    r->t->id = 0;
    arci_trail_reset(r->t->trail);
    r->counts.seal = p->seal;
    r->counts.seals++;
    r->now = p->stamp;
    if (st == ARC_OK && r->o.progress && r->o.progress(r->o.progress_user, r->counts.seal, r->top) != 0) {
        st = arci_fail(r->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    return st;
}

/* Some whose numbers ascend as their seals do: their events are read in one go. */
static arc_status apply_run(arci_replay *r, const arci_replay_place *p, uint32_t n)
{
    static const char *const of_event[] = { "txn", "seq", NULL }, *const of_secret[] = { "txn", "event", "n" , NULL }, *const of_request[] = { "txn", "verb", "request_key", NULL };
    arc_status st = open_stream(r, &r->events, "event", of_event, p, n);
    memset(&r->requests, 0, sizeof r->requests);
    if (st == ARC_OK) st = open_stream(r, &r->personal, "event_personal", of_secret, p, n);
    else memset(&r->personal, 0, sizeof r->personal);
    if (st == ARC_OK) st = open_stream(r, &r->requests, "request", of_request, p, n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) st = apply(r, &p[i]);
    arci_stream_close(&r->requests);
    arci_stream_close(&r->personal);
    arci_stream_close(&r->events);
    return st;
}

static arc_status apply_all(arci_replay *r, arc_date day, int64_t seal)
{
    int left;
    arc_status st = read_ahead(r, &left);
    while (st == ARC_OK && left && r->places[r->next_place].day <= day && r->places[r->next_place].seal <= seal) {
        const arci_replay_place *p = &r->places[r->next_place];
        uint32_t n = 1;
        while (r->next_place + n < r->n_places && p[n].day <= day && p[n].seal <= seal && p[n].txn > p[n - 1].txn) n++;
        st = apply_run(r, p, n);
        r->next_place += n;
        if (st == ARC_OK) st = read_ahead(r, &left);
    }
    return st;
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------ */

/* The chain goes on behind what was written to the scratch book meanwhile. */
static arc_status begin(arci_replay *r)
{
    arci_session *s;
    arc_status st = arci_session_enter(r->session_handle, &s);
    if (st != ARC_OK) return arci_fail(r->env, st, "the scratch book is in use", "临时账簿正在使用");
    if (s->book->txn) st = arci_fail(r->env, ARC_E_TXN, "a transaction is open on the scratch book", "临时账簿有未结束的事务");
    if (st == ARC_OK) st = arci_txn_begin(s, r->env, &r->t, ARC_WRITE);
    if (st == ARC_OK) st = arci_seal_last(r->t, &r->last);
    if (st != ARC_OK) (void)arci_session_leave(s, st);
    return st;
}

static arc_status end(arci_replay *r, arc_status st)
{
    r->t->id = 0;
    arci_trail_reset(r->t->trail);
    arc_status ended = arci_txn_end(r->t, st == ARC_OK);
    r->t = NULL;
    r->waiting.n = r->waiting.cap = 0;
    r->n_changes = r->n_late = 0;
    arci_arena_reset(&r->arena);
    (void)arci_session_leave(r->session, st);
    return st == ARC_OK ? ended : st;
}

static arc_status go(arci_replay *r, arc_date day, int64_t seal)
{
    int left;
    arc_status st = read_ahead(r, &left);
    if (st != ARC_OK || !left || r->places[r->next_place].day > day || r->places[r->next_place].seal > seal) return st;
    st = begin(r);
    return st == ARC_OK ? end(r, apply_all(r, day, seal)) : st;
}

arc_status arci_replay_to_day(arci_replay *r, arc_date day) { return go(r, day, INT64_MAX); }
arc_status arci_replay_to_seal(arci_replay *r, int64_t seal) { return go(r, ARC_DATE_MAX, seal); }
