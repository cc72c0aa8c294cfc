/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seal.h"

#include <stdlib.h>
#include <string.h>

#include "store/repo_impl.h"
#include "store/trail.h"

const char arci_seal_fields[] = ARCI_SEAL_FIELDS;

arc_status arci_seal_last(arci_txn *t, arci_seal *out)
{
    const arci_shape *shape;
    arci_scan *scan;
    arc_block block;
    memset(out, 0, sizeof *out);
    memset(out->hash, '0', 64);
    arc_status st = arci_shape_get(t, &shape, "seal", arci_seal_fields);
    if (st != ARC_OK) return st;
    arc_order order = { .col = shape->cols[0], .descending = 1 };
    arci_scan_spec spec = { .entity = shape->table->entity, .cols = shape->cols, .n_cols = shape->n, .order = &order, .n_order = 1, .limit = 1 };
    st = arci_scan_open(t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    if (st == ARC_OK) {
        const arc_value *v = block.values;
        uint8_t hash[32];
        out->seq = v[0].u.i;
        out->txn = v[1].u.i;
        out->stamp = v[2].u.i;
        out->keyed = v[4].u.i != 0;
        if (!arci_unhex(v[3].u.s, v[3].len, hash)) {
            st = arci_fail(t->env, ARC_E_CORRUPT, "the last seal has no hash", "最后一个封签没有有效哈希");
        } else {
            memcpy(out->hash, v[3].u.s, 64);
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_seal_next(arci_txn *t, const arci_seal *before, arci_seal *out, int64_t txn, int64_t stamp, const char digest[64])
{
    uint8_t prev[32], hash[32];
    arci_str b;
    memset(out, 0, sizeof *out);
    out->seq = before->seq + 1;
    out->txn = txn;
    out->stamp = stamp > before->stamp ? stamp : before->stamp;
    out->keyed = t->book->n_seal_key != 0;
    (void)arci_unhex(before->hash, 64, prev);
    arci_str_init(&b, t->book->ctx);
    arci_canon_seal(&b, out->seq, txn, out->stamp, digest);
    arc_status st = b.failed ? arci_nomem(t->env) : ARC_OK;
    if (st == ARC_OK) arci_chain(prev, b.s, b.len, out->keyed ? t->book->seal_key : NULL, t->book->n_seal_key, hash);
    arci_str_clear(&b);
    if (st == ARC_OK) arci_sha256_hex(hash, out->hash);
    return st;
}

void arci_seal_row(const arci_seal *s, arc_value *row)
{
    row[0] = arci_v_int(s->seq);
    row[1] = arci_v_int(s->txn);
    row[2] = arci_v_int(s->stamp);
    row[3] = arci_v_text(s->hash, 64);
    row[4] = arci_v_int(s->keyed);
}

/* ---- commit ---------------------------------------------------------------------------------------------------------- */

static const char txn_fields[] = "stamp actor on_behalf_of business_date verb request_key n_events digest reason";
enum { T_STAMP, T_ACTOR, T_BEHALF, T_DATE, T_VERB, T_KEY, T_EVENTS, T_DIGEST, T_REASON };

static arc_value text_or_null(const char *s)
{
    return s && s[0] ? arci_v_text(s, strlen(s)) : arci_v_null();
}

static int by_bytes(const void *x, const void *y)
{
    return memcmp(x, y, sizeof(arci_request_digest));
}

void arci_requests_digest(arci_sha256 *h, arci_request_digest *requests, uint32_t n)
{
    if (!n) return;
    qsort(requests, n, sizeof *requests, by_bytes);
    arci_sha256_add(h, requests, n * sizeof *requests);
}

/* Over its events, the requests it answered, then its row without the digest. */
static arc_status txn_digest(arci_txn *t, const arci_shape *shape, const arc_value *v, char hex[65])
{
    arci_trail *trail = t->trail;
    uint8_t digest[32];
    const arc_value **vals = arci_arena_calloc(&trail->arena, shape->table->n_cols, sizeof *vals);
    if (!vals) return arci_nomem(t->env);
    for (uint16_t j = 0; j < shape->n; j++) vals[shape->cols[j]] = &v[j];
    trail->imager.t = t;
    trail->imager.arena = &trail->arena;
    arci_str_reset(&trail->work);
    arc_status st = arci_image_put(&trail->imager, &trail->work, shape->table, vals);
    if (st != ARC_OK) return st;
    if (trail->work.failed) return arci_nomem(t->env);
    arci_sha256 h = trail->digest;
    arci_requests_digest(&h, trail->requests, trail->n_requests);
    arci_sha256_add(&h, trail->work.s, trail->work.len);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, hex);
    return ARC_OK;
}

static arc_status txn_row(arci_txn *t, arci_batch **out, char hex[65])
{
    arci_session *s = t->session;
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "txn", txn_fields);
    if (st == ARC_OK) st = arci_batch_new(t, &t->trail->arena, out, shape, ARC_WRITE_INSERT, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(*out, 0);
    arci_batch_id_set(*out, 0, t->id);
    v[T_STAMP] = arci_v_int(t->stamp);
    v[T_ACTOR] = text_or_null(s->actor ? s->actor : ARC_ACTOR_SYSTEM);
    v[T_BEHALF] = text_or_null(s->on_behalf_of);
    v[T_DATE] = arci_v_int(t->business_date);
    v[T_VERB] = text_or_null(t->trail->verb);
    v[T_KEY] = text_or_null(t->request_key);
    v[T_REASON] = text_or_null(t->reason);
    v[T_EVENTS] = arci_v_int(t->trail->n_events);
    st = txn_digest(t, shape, v, hex);
    v[T_DIGEST] = arci_v_text(hex, 64);
    return st;
}

/* Of the last transaction that waits for its seal; 0: none does. */
static arc_status last_ordinal(arci_txn *t, int64_t *out)
{
    const arci_shape *shape;
    arci_scan *scan;
    arc_block block;
    *out = 0;
    arc_status st = arci_shape_get(t, &shape, "seal_queue", "ordinal");
    if (st != ARC_OK) return st;
    arc_order order = { .col = shape->cols[0], .descending = 1 };
    arci_scan_spec spec = { .entity = shape->table->entity, .cols = shape->cols, .n_cols = shape->n, .order = &order, .n_order = 1, .limit = 1 };
    st = arci_scan_open(t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    if (st == ARC_OK) *out = block.values[0].u.i;
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Above that of every transaction whose work this one can have met: those are committed, so the store sees their rows when it writes this one, or they
 * are sealed. It is the last row written, behind everything that may have waited; so the store itself looks for the number. */
static arc_status queue_row(arci_txn *t, arci_batch **out)
{
    const arci_shape *shape;
    int alone = (t->book->ops->caps & ARC_CAP_SINGLE_WRITER) != 0;
    int64_t last = 0;
    arc_status st = arci_shape_get(t, &shape, "seal_queue", "ordinal");
    if (st == ARC_OK && alone) st = last_ordinal(t, &last);
    if (st == ARC_OK) st = arci_batch_new(t, &t->trail->arena, out, shape, ARC_WRITE_INSERT, 1, ARCI_BATCH_UNCHECKED | (alone ? 0 : ARCI_BATCH_NEXT), NULL, 0);
    if (st != ARC_OK) return st;
    arci_batch_row(*out, 0)[0] = arci_v_int(last + 1); /* or 1 more than the store finds */
    if (!alone) (*out)->set[shape->n_insert_sys] = ARC_NEXT;
    return st;
}

/* One writer at a time: nothing can come between, so the transaction is sealed at once. A chain that has a key waits for who has it. */
static arc_status seal_row(arci_txn *t, arci_batch **out, arci_seal *seal, const char digest[64])
{
    const arci_shape *shape;
    arci_seal last;
    int64_t waits = 0;
    if (!(t->book->ops->caps & ARC_CAP_SINGLE_WRITER)) return queue_row(t, out);
    arc_status st = arci_seal_last(t, &last);
    if (st == ARC_OK && last.keyed && !t->book->n_seal_key) return queue_row(t, out);
    if (st == ARC_OK && t->book->n_seal_key) st = last_ordinal(t, &waits);
    if (st == ARC_OK && waits) return queue_row(t, out); /* behind those that wait */
    if (st == ARC_OK) st = arci_seal_next(t, &last, seal, t->id, t->stamp, digest);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "seal", arci_seal_fields);
    if (st == ARC_OK) st = arci_batch_new(t, &t->trail->arena, out, shape, ARC_WRITE_INSERT, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) arci_seal_row(seal, arci_batch_row(*out, 0));
    return st;
}

arc_status arci_trail_commit(arci_txn *t)
{
    arci_batch *batches[4];
    arci_seal seal;
    char digest[65];
    uint32_t n = 0;
    if (!t->id || !t->trail || !t->trail->wrote) return ARC_OK;
    arc_status st = txn_row(t, &batches[n++], digest);
    if (st == ARC_OK) st = arci_trail_batches(t, batches, &n);
    if (st == ARC_OK) st = seal_row(t, &batches[n++], &seal, digest);
    return st == ARC_OK ? arci_repo_put(t, batches, n) : st;
}
