/* SPDX-License-Identifier: Apache-2.0 */
/* The record, walked call by call: what is safely on disk, what is under way, and the disks that a power cut may leave. */
#include "support/arfault_impl.h"
#include "support/support.h"

enum { SECTOR = 512 };

typedef struct node_state {
    arf_bytes safe;
    size_t *pending; /* numbers of calls */
    size_t n, cap;
} node_state;

struct arf_replay {
    arf_log log;
    size_t at;
    node_state nodes[ARF_NODES];
    int safe[ARF_FILES], now[ARF_FILES]; /* node of a name, on disk and in the running system */
    int names_pending;
    size_t n_pending; /* writes and truncates of all nodes */
};

void arf_log_clear(arf_log *log)
{
    for (size_t i = 0; i < log->n; i++) free(log->ops[i].bytes);
    free(log->ops);
    for (int i = 0; i < ARF_FILES; i++) free(log->data[i].p);
    memset(log, 0, sizeof *log);
}

void arf_image_clear(arf_image *image)
{
    for (int i = 0; i < ARF_FILES; i++) free(image->data[i].p);
    memset(image, 0, sizeof *image);
}

size_t arf_image_size(const arf_image *image)
{
    size_t n = 0;
    for (int i = 0; i < ARF_FILES; i++) n += image->present[i] ? image->data[i].n : 0;
    return n;
}

arf_replay *arf_replay_new(arfault *a)
{
    arf_replay *r = calloc(1, sizeof *r);
    if (!r) abort();
    a->recording = 0;
    r->log = a->log;
    memset(&a->log, 0, sizeof a->log);
    for (int i = 0; i < ARF_FILES; i++) {
        r->safe[i] = r->now[i] = r->log.first[i];
        if (r->safe[i] >= 0) arf_bytes_copy(&r->nodes[r->safe[i]].safe, &r->log.data[i]);
    }
    return r;
}

void arf_replay_free(arf_replay *r)
{
    for (int i = 0; i < ARF_NODES; i++) {
        free(r->nodes[i].safe.p);
        free(r->nodes[i].pending);
    }
    arf_log_clear(&r->log);
    free(r);
}

size_t arf_replay_moment(const arf_replay *r)
{
    return r->at;
}

/* ---- walking ---- */

static void apply(arf_bytes *b, const arf_op *op)
{
    if (op->kind == ARF_OP_TRUNCATE) arf_bytes_size(b, (size_t)op->offset);
    else arf_bytes_put(b, (size_t)op->offset, op->bytes, op->n);
}

static void add_pending(arf_replay *r, node_state *s, size_t op)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        s->pending = realloc(s->pending, s->cap * sizeof *s->pending);
        if (!s->pending) abort();
    }
    s->pending[s->n++] = op;
    r->n_pending++;
}

int arf_replay_next(arf_replay *r)
{
    if (r->at == r->log.n) return 0;
    const arf_op *op = &r->log.ops[r->at];
    node_state *s = op->node >= 0 ? &r->nodes[op->node] : NULL;
    switch (op->kind) {
    case ARF_OP_WRITE:
    case ARF_OP_TRUNCATE: add_pending(r, s, r->at); break;
    case ARF_OP_SYNC:
        for (size_t i = 0; i < s->n; i++) apply(&s->safe, &r->log.ops[s->pending[i]]);
        r->n_pending -= s->n;
        s->n = 0;
        break;
    case ARF_OP_SYNC_FOLDER:
        memcpy(r->safe, r->now, sizeof r->safe);
        r->names_pending = 0;
        break;
    case ARF_OP_LINK:
    case ARF_OP_UNLINK:
        r->now[op->name] = op->node;
        r->names_pending = 1;
        break;
    default: abort();
    }
    r->at++;
    return 1;
}

/* ---- disks ---- */

static int chance(uint64_t *random, uint64_t one_in)
{
    return test_random(random) % one_in == 0;
}

static void put_sectors(arf_bytes *b, const arf_op *op, uint64_t *random, int rubbish)
{
    size_t bad = rubbish && op->n ? (size_t)(test_random(random) % op->n) / SECTOR * SECTOR : SIZE_MAX;
    for (size_t i = 0; i < op->n; i += SECTOR) {
        size_t n = op->n - i < SECTOR ? op->n - i : SECTOR;
        if (i == bad) {
            unsigned char junk[SECTOR];
            for (size_t k = 0; k < SECTOR; k++) junk[k] = (unsigned char)test_random(random);
            arf_bytes_put(b, (size_t)op->offset + i, junk, n);
        } else if (!chance(random, 4)) {
            arf_bytes_put(b, (size_t)op->offset + i, op->bytes + i, n);
        }
    }
}

static void put_torn(arf_bytes *b, const arf_op *op, uint64_t *random)
{
    size_t sectors = (op->n + SECTOR - 1) / SECTOR;
    size_t n = sectors ? (size_t)(test_random(random) % sectors) * SECTOR : 0;
    arf_bytes_put(b, (size_t)op->offset, op->bytes, n);
}

static void build(const arf_replay *r, const node_state *s, int variant, uint64_t *random, arf_bytes *out)
{
    arf_bytes_copy(out, &s->safe);
    size_t rubbish = s->n ? (size_t)(test_random(random) % s->n) : 0;
    for (size_t i = 0; i < s->n && variant != ARF_DROP; i++) {
        const arf_op *op = &r->log.ops[s->pending[i]];
        int last = s->pending[i] + 1 == r->at;
        if (variant == ARF_KEEP || variant == ARF_NAMES || (variant == ARF_TORN && !last)) {
            apply(out, op);
        } else if (variant == ARF_TORN && op->kind == ARF_OP_WRITE) {
            put_torn(out, op, random);
        } else if (variant != ARF_TORN && !chance(random, 3)) {
            if (op->kind == ARF_OP_TRUNCATE) apply(out, op);
            else put_sectors(out, op, random, variant == ARF_RUBBISH && i == rubbish);
        }
    }
}

/* Whether a variant can differ from all before it. */
static int worth(const arf_replay *r, int variant)
{
    const arf_op *last = r->at ? &r->log.ops[r->at - 1] : NULL;
    switch (variant) {
    case ARF_DROP: return 1;
    case ARF_KEEP: return r->n_pending > 0;
    case ARF_TORN: return last && last->kind == ARF_OP_WRITE && last->n > SECTOR;
    case ARF_SHUFFLE:
    case ARF_RUBBISH: return r->n_pending > 1 || (last && last->kind == ARF_OP_WRITE);
    default: return r->names_pending;
    }
}

int arf_replay_image(arf_replay *r, int variant, uint64_t *random, arf_image *out)
{
    if (!worth(r, variant)) return 0;
    const int *names = variant == ARF_NAMES ? r->safe : r->now;
    for (int i = 0; i < ARF_FILES; i++) {
        out->present[i] = names[i] >= 0;
        if (names[i] >= 0) build(r, &r->nodes[names[i]], variant, random, &out->data[i]);
    }
    return 1;
}
