/* SPDX-License-Identifier: Apache-2.0 */
/* Proving the chain: events against their digests, transactions against theirs, seals one after another. */
#include <string.h>

#include "store/audit_rows.h"
#include "store/image.h"
#include "store/seal.h"
#include "store/stream.h"
#include "store/trail.h"
#include "store/verify.h"

#define CHUNK 500u

static arc_status chain_finding(arci_verify *v, const char *entity, const char *field, int64_t id, const char *en, const char *zh)
{
    return arci_finding(v, entity, field, id, "%s%.0s", "%.0s%s", en, zh);
}

/* ---- events and transactions ----------------------------------------------------------------------------------------- */

enum { E_TXN, E_SEQ, E_VERB, E_ENTITY, E_ROW, E_DIFF, E_DEFINITIONS, E_DIGEST, E_SOURCE };
static const char event_fields[] = "txn seq verb entity row diff definitions digest source";
enum { T_ID, T_EVENTS, T_DIGEST, T_REST };
static const char txn_fields[] = "id n_events digest stamp actor on_behalf_of business_date verb request_key reason";

typedef struct chain {
    arci_verify *v;
    arci_txn *t;
    arci_stream events, requests;
    const arci_shape *request;
    const arc_value **request_vals;
    arci_request_digest *digests; /* of a transaction's requests */
    uint32_t n_digests, cap_digests;
    arci_arena arena;
    arci_str text;
    arci_imager imager;
    const arci_shape *txn;
    const arc_value **vals;
    arc_value n_events;
    int64_t n_txns;
} chain;

static arc_status event_fault(chain *c, const arc_value *e, const char *en, const char *zh)
{
    return arci_finding(c->v, "event", "digest", e[E_TXN].u.i, "event %lld of transaction %lld %s%.0s", "第 %lld 个事件（事务 %lld）%.0s%s",
                        (long long)e[E_SEQ].u.i, (long long)e[E_TXN].u.i, en, zh);
}

static arc_status check_event(chain *c, const arc_value *e, arci_sha256 *h)
{
    uint8_t digest[32];
    char hex[65];
    arci_canon_event x = { .txn = e[E_TXN].u.i, .seq = e[E_SEQ].u.i, .verb = e[E_VERB].u.s, .n_verb = e[E_VERB].len, .entity = e[E_ENTITY].u.s,
                           .n_entity = e[E_ENTITY].len, .row = e[E_ROW].type == ARC_V_INT ? e[E_ROW].u.i : 0, .diff = e[E_DIFF].u.s,
                           .n_diff = e[E_DIFF].len };
    if (e[E_DEFINITIONS].type == ARC_V_TEXT) {
        x.definitions = e[E_DEFINITIONS].u.s;
        x.n_definitions = e[E_DEFINITIONS].len;
    }
    if (e[E_SOURCE].type == ARC_V_TEXT) {
        x.source = e[E_SOURCE].u.s;
        x.n_source = e[E_SOURCE].len;
    }
    arci_verify_audit(c->v)->events++;
    arci_canon_event_digest(&x, digest);
    arci_sha256_add(h, digest, sizeof digest);
    arci_sha256_hex(digest, hex);
    if (e[E_DIGEST].len == 64 && memcmp(e[E_DIGEST].u.s, hex, 64) == 0) return ARC_OK;
    return event_fault(c, e, "is not what was told then", "已不是当时记录的内容");
}

static arc_status orphans(chain *c, int64_t before)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && c->events.row && c->events.row[E_TXN].u.i < before) {
        st = event_fault(c, c->events.row, "belongs to no transaction", "不属于任何事务");
        if (st == ARC_OK) st = arci_stream_next(&c->events);
    }
    return st;
}

static const char request_fields[] = "txn verb request_key actor digest status outcome";

/* The requests a transaction answered; those of none are told of. */
static arc_status take_requests(chain *c, int64_t txn, arci_sha256 *h)
{
    arc_status st = ARC_OK;
    c->n_digests = 0;
    while (st == ARC_OK && c->requests.row && c->requests.row[0].u.i <= txn) {
        const arc_value *row = c->requests.row;
        if (row[0].u.i < txn) {
            st = arci_finding(c->v, "request", "txn", row[0].u.i, "a request belongs to no transaction", "请求不属于任何事务");
        } else {
            for (uint16_t j = 0; j < c->request->n; j++) c->request_vals[c->request->cols[j]] = &row[j];
            arci_str_reset(&c->text);
            st = arci_image_put(&c->imager, &c->text, c->request->table, c->request_vals);
            if (st == ARC_OK && (c->text.failed || !arci_trail_grow(c->t->book->ctx, &c->digests, &c->cap_digests, c->n_digests, sizeof *c->digests))) {
                st = arci_nomem(c->t->env);
            }
            if (st != ARC_OK) break;
            arci_sha256 own;
            arci_sha256_init(&own);
            arci_sha256_add(&own, c->text.s, c->text.len);
            arci_sha256_end(&own, c->digests[c->n_digests++].b);
        }
        if (st == ARC_OK) st = arci_stream_next(&c->requests);
    }
    if (st == ARC_OK) arci_requests_digest(h, c->digests, c->n_digests);
    return st;
}

/* Over its events, the requests it answered, then its row. */
static arc_status check_txn(chain *c, const arc_value *row)
{
    int64_t id = row[T_ID].u.i, n = 0;
    arci_sha256 h;
    uint8_t digest[32];
    char hex[65];
    c->n_txns++;
    arci_sha256_init(&h);
    arc_status st = orphans(c, id);
    while (st == ARC_OK && c->events.row && c->events.row[E_TXN].u.i == id) {
        if (c->events.row[E_SEQ].u.i != ++n) {
            st = arci_finding(c->v, "event", "seq", id, "event %lld is missing", "缺少第 %lld 个事件", (long long)n);
            n = c->events.row[E_SEQ].u.i;
        }
        if (st == ARC_OK) st = check_event(c, c->events.row, &h);
        if (st == ARC_OK) st = arci_stream_next(&c->events);
    }
    if (st == ARC_OK && n != row[T_EVENTS].u.i) {
        st = arci_finding(c->v, "txn", "n_events", id, "says %lld events, there are %lld", "应有 %lld 个事件，实有 %lld 个", (long long)row[T_EVENTS].u.i,
                          (long long)n);
    }
    if (st == ARC_OK) st = take_requests(c, id, &h);
    if (st != ARC_OK) return st;
    for (uint16_t j = 0; j < c->txn->n; j++) c->vals[c->txn->cols[j]] = &row[j];
    c->vals[c->txn->cols[T_DIGEST]] = NULL;
    arci_str_reset(&c->text);
    st = arci_image_put(&c->imager, &c->text, c->txn->table, c->vals);
    if (st == ARC_OK && c->text.failed) st = arci_nomem(c->t->env);
    if (st != ARC_OK) return st;
    arci_sha256_add(&h, c->text.s, c->text.len);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, hex);
    if (row[T_DIGEST].len == 64 && memcmp(row[T_DIGEST].u.s, hex, 64) == 0) return ARC_OK;
    return chain_finding(c->v, "txn", "digest", id, "the transaction is not what it was: its row, its events or its requests changed", "事务已被更改：其记录、事件或请求与摘要不符");
}

static arc_status check_txns(chain *c)
{
    arci_stream txns;
    arc_status st = arci_stream_open(c->t, c->v, &txns, "txn", txn_fields, NULL);
    if (st == ARC_OK) st = arci_shape_get(c->t, &c->txn, "txn", txn_fields);
    if (st == ARC_OK) {
        c->vals = arci_arena_calloc(&c->arena, c->txn->table->n_cols, sizeof *c->vals);
        if (!c->vals) st = arci_nomem(c->t->env);
    }
    if (st == ARC_OK) st = arci_stream_open(c->t, c->v, &c->events, "event", event_fields, "seq");
    if (st == ARC_OK) st = arci_stream_open(c->t, c->v, &c->requests, "request", request_fields, "verb request_key");
    if (st == ARC_OK) st = arci_shape_get(c->t, &c->request, "request", request_fields);
    if (st == ARC_OK) {
        c->request_vals = arci_arena_calloc(&c->arena, c->request->table->n_cols, sizeof *c->request_vals);
        if (!c->request_vals) st = arci_nomem(c->t->env);
    }
    while (st == ARC_OK && txns.row) {
        st = check_txn(c, txns.row);
        if (st == ARC_OK) st = arci_stream_next(&txns);
    }
    arci_sha256 none;
    arci_sha256_init(&none);
    if (st == ARC_OK) st = orphans(c, INT64_MAX);
    if (st == ARC_OK) st = take_requests(c, INT64_MAX, &none);
    arci_stream_close(&c->requests);
    arci_stream_close(&c->events);
    arci_stream_close(&txns);
    return st;
}

/* ---- seals ------------------------------------------------------------------------------------------------------------ */

enum { S_SEQ, S_TXN, S_STAMP, S_HASH, S_KEYED };

typedef struct links {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena;
    arci_seal list[CHUNK];
    uint32_t n;
    arci_seal before;
    uint8_t prev[32];
    int64_t broken; /* links found broken */
} links;

/* One link. Broken once, the rest is compared with what is stored, so that each break is named where it is. */
static arc_status check_link(links *l, const arci_seal *s, const arc_value *txn)
{
    const arci_book *b = l->t->book;
    uint8_t hash[32], stored[32];
    arci_str text;
    arc_status st = ARC_OK;
    if (s->seq != l->before.seq + 1) {
        st = arci_finding(l->v, "seal", "seq", s->seq, "seal %lld is missing", "缺少第 %lld 号封签", (long long)(l->before.seq + 1));
    }
    if (st == ARC_OK && !txn) return chain_finding(l->v, "seal", "txn", s->seq, "the transaction it seals is gone", "所封事务已不存在");
    if (st == ARC_OK && s->stamp < l->before.stamp) st = chain_finding(l->v, "seal", "stamp", s->seq, "is earlier than the seal before", "早于前一封签");
    if (st == ARC_OK && l->before.keyed && !s->keyed) {
        st = chain_finding(l->v, "seal", "keyed", s->seq, "has no key though the seal before has one", "前一封签含密钥，此封签没有");
    }
    if (st != ARC_OK) return st;
    if (s->keyed && !b->n_seal_key) {
        arci_verify_audit(l->v)->unproven++;
        (void)arci_unhex(s->hash, 64, l->prev);
        return ARC_OK;
    }
    arci_str_init(&text, b->ctx);
    char digest[64] = { 0 };
    memcpy(digest, txn[1].u.s, txn[1].len < 64 ? txn[1].len : 64);
    arci_canon_seal(&text, s->seq, s->txn, s->stamp, digest);
    if (text.failed) st = arci_nomem(l->t->env);
    else arci_chain(l->prev, text.s, text.len, s->keyed ? b->seal_key : NULL, b->n_seal_key, hash);
    arci_str_clear(&text);
    if (st != ARC_OK) return st;
    int known = arci_unhex(s->hash, 64, stored);
    memcpy(l->prev, known ? stored : hash, 32);
    if (known && memcmp(stored, hash, 32) == 0) return ARC_OK;
    l->broken++;
    return arci_finding(l->v, "seal", "hash", s->seq, "the chain breaks at seal %lld (transaction %lld)", "哈希链在第 %lld 号封签处断开（事务 %lld）",
                        (long long)s->seq, (long long)s->txn);
}

static arc_status check_chunk(links *l)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t ids[CHUNK];
    const arci_audit *audit = arci_verify_audit(l->v);
    arci_arena_reset(&l->arena);
    for (uint32_t i = 0; i < l->n; i++) ids[i] = l->list[i].txn;
    arc_status st = arci_shape_get(l->t, &shape, "txn", "stamp digest");
    if (st == ARC_OK) st = arci_repo_get_many(l->t, shape, ids, l->n, &l->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < l->n; i++) {
        const arci_seal *s = &l->list[i];
        const arc_value *txn = found[i] ? rows + (size_t)i * shape->n : NULL;
        st = check_link(l, s, txn);
        if (st == ARC_OK && txn && s->stamp < txn[0].u.i) {
            st = chain_finding(l->v, "seal", "stamp", s->seq, "is earlier than its transaction", "早于所封事务");
        }
        if (st == ARC_OK && s->seq == audit->anchor_seq && memcmp(s->hash, audit->anchor_hash, 64) != 0) {
            st = chain_finding(l->v, "seal", "hash", s->seq, "is not the anchor kept outside", "与外部保存的锚点不符");
        }
        l->before = *s;
    }
    l->n = 0;
    return st;
}

static void take_seal(links *l, const arc_value *row)
{
    arci_seal *s = &l->list[l->n++];
    memset(s, 0, sizeof *s);
    s->seq = row[S_SEQ].u.i;
    s->txn = row[S_TXN].u.i;
    s->stamp = row[S_STAMP].u.i;
    s->keyed = row[S_KEYED].u.i != 0;
    memcpy(s->hash, row[S_HASH].u.s, row[S_HASH].len < 64 ? row[S_HASH].len : 64);
}

static arc_status walk_seals(links *l)
{
    arci_stream seals;
    arc_status st = arci_stream_open(l->t, l->v, &seals, "seal", arci_seal_fields, NULL);
    while (st == ARC_OK && seals.row) {
        take_seal(l, seals.row);
        arci_verify_audit(l->v)->seals++;
        st = arci_stream_next(&seals);
        if (st == ARC_OK && (l->n == CHUNK || !seals.row)) st = check_chunk(l);
    }
    arci_stream_close(&seals);
    return st;
}

static arc_status check_anchor(links *l)
{
    arci_audit *audit = arci_verify_audit(l->v);
    memcpy(audit->head, l->before.hash, sizeof audit->head);
    audit->unanchored = l->before.seq > audit->anchor_seq ? l->before.seq - audit->anchor_seq : 0;
    if (l->before.seq >= audit->anchor_seq) return ARC_OK;
    return arci_finding(l->v, "seal", "seq", audit->anchor_seq, "the chain ends at seal %lld, before its anchor %lld", "哈希链止于第 %lld 号封签，早于锚点 %lld",
                        (long long)l->before.seq, (long long)audit->anchor_seq);
}

/* ---- every transaction is sealed or waits ------------------------------------------------------------------------------- */

static arc_status count_rows(arci_txn *t, const char *entity, int64_t *n)
{
    arc_measure count = { ARC_MEASURE_COUNT, 0 };
    arci_aggregate_spec spec = { .entity = arci_entity_by_name(entity, strlen(entity)), .measures = &count, .n_measures = 1 };
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_scan_aggregate(t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    *n = st == ARC_OK ? block.values[0].u.i : 0;
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* How many of them name each transaction. */
static arc_status count_named(arci_txn *t, arci_arena *arena, const char *entity, const arc_value *ids, uint32_t n, uint8_t *named)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, entity, "txn");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], ids, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        uint32_t low = 0, high = n;
        while (low + 1 < high) {
            uint32_t middle = (low + high) / 2;
            if (ids[middle].u.i <= rows.values[r].u.i) low = middle;
            else high = middle;
        }
        if (named[low] < 2) named[low]++;
    }
    return st;
}

static arc_status check_sealed(arci_verify *v, arci_txn *t)
{
    arci_stream txns;
    arci_arena arena;
    arc_value ids[CHUNK];
    uint8_t named[CHUNK];
    uint32_t n = 0;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_stream_open(t, v, &txns, "txn", "id", NULL);
    while (st == ARC_OK && txns.row) {
        ids[n++] = txns.row[0];
        st = arci_stream_next(&txns);
        if (st != ARC_OK || (n < CHUNK && txns.row)) continue;
        memset(named, 0, sizeof named);
        st = count_named(t, &arena, "seal", ids, n, named);
        if (st == ARC_OK) st = count_named(t, &arena, "seal_queue", ids, n, named);
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            if (named[i] != 1) st = chain_finding(v, "txn", "id", ids[i].u.i, "is neither sealed nor waits for its seal", "既未封签，也不在待封签之列");
        }
        arci_arena_reset(&arena);
        n = 0;
    }
    arci_stream_close(&txns);
    arci_arena_clear(&arena);
    return st;
}

static arc_status run_chain(arci_verify *v, arci_txn *t)
{
    chain c = { .v = v, .t = t };
    int64_t seals = 0, waiting = 0;
    arci_arena_init(&c.arena, t->book->ctx);
    arci_str_init(&c.text, t->book->ctx);
    arci_str_init(&c.imager.scratch, t->book->ctx);
    c.imager.t = t;
    c.imager.arena = &c.arena;
    arc_status st = check_txns(&c);
    links *l = st == ARC_OK ? arci_arena_calloc(&c.arena, 1, sizeof *l) : NULL;
    if (st == ARC_OK && !l) st = arci_nomem(t->env);
    if (st == ARC_OK) {
        l->v = v;
        l->t = t;
        memset(l->before.hash, '0', 64);
        arci_arena_init(&l->arena, t->book->ctx);
        st = walk_seals(l);
        if (st == ARC_OK) st = check_anchor(l);
        arci_arena_clear(&l->arena);
    }
    if (st == ARC_OK) st = count_rows(t, "seal", &seals);
    if (st == ARC_OK) st = count_rows(t, "seal_queue", &waiting);
    arci_verify_audit(v)->unsealed = waiting;
    if (st == ARC_OK && seals + waiting != c.n_txns) st = check_sealed(v, t);
    arci_free(t->book->ctx, c.digests);
    arci_str_clear(&c.imager.scratch);
    arci_str_clear(&c.text);
    arci_arena_clear(&c.arena);
    return st;
}

const arci_check arci_audit_checks[] = { { "audit.chain", run_chain }, { "audit.rows", arci_audit_rows } };
const uint32_t arci_n_audit_checks = sizeof arci_audit_checks / sizeof *arci_audit_checks;
