/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a call become events, events become rows of the store. */
#include <string.h>

#include "base/map.h"
#include "store/canon.h"
#include "store/repo_impl.h"
#include "store/trail.h"

#define FLUSH_BYTES ((size_t)240 << 10) /* a text that grows by doubling stays at 256 KiB */
#define FEW 8u
#define NONE UINT32_MAX

/* ---- grouping by root document --------------------------------------------------------------------------------------- */

typedef struct group {
    uint32_t first, last; /* changes */
} group;

typedef struct grouping {
    arci_txn *t;
    arci_trail *trail;
    const arci_call *call;
    group *groups;
    uint32_t n;
    arci_map at;
} grouping;

static int same_root(const arci_change *a, const arci_change *b)
{
    return a->root_row && a->root == b->root && a->root_row == b->root_row;
}

static arc_status find_group(grouping *g, const arci_change *c, uint32_t *out)
{
    int64_t *at, key[2] = { c->root->number, c->root_row };
    *out = NONE;
    if (!c->root_row) return ARC_OK;
    for (uint32_t i = 0; i < g->n && g->n <= FEW; i++) {
        if (same_root(&g->trail->changes[g->groups[i].first], c)) *out = i;
    }
    if (g->n <= FEW) return ARC_OK;
    for (uint32_t i = g->at.n ? g->n : 0; i < g->n; i++) { /* the first few, now that they have become many */
        const arci_change *f = &g->trail->changes[g->groups[i].first];
        int64_t own[2] = { f->root->number, f->root_row };
        if (!f->root_row) own[1] = -(int64_t)i;
        if (arci_map_put(&g->at, own, sizeof own, &at) < 0) return arci_nomem(g->t->env);
        *at = i;
    }
    int32_t made = arci_map_put(&g->at, key, sizeof key, &at);
    if (made < 0) return arci_nomem(g->t->env);
    if (made) *at = g->n;
    else *out = (uint32_t)*at;
    return ARC_OK;
}

static arc_status group_changes(grouping *g, uint32_t from)
{
    arci_trail *trail = g->trail;
    for (uint32_t i = from; i < trail->n_changes; i++) {
        uint32_t at;
        trail->changes[i].next = NONE;
        arc_status st = find_group(g, &trail->changes[i], &at);
        if (st != ARC_OK) return st;
        if (at == NONE) {
            g->groups[g->n++] = (group){ i, i };
        } else {
            trail->changes[g->groups[at].last].next = i;
            g->groups[at].last = i;
        }
    }
    return ARC_OK;
}

/* ---- events ------------------------------------------------------------------------------------------------------------ */

static void name_verb(const grouping *g, const arci_change *c, char out[ARCI_VERB_NAME_MAX])
{
    static const arci_verb outside = { 0, 0, NULL, "write", "", "" };
    (void)arci_verb_name(g->call ? g->call->verb : &outside, c->root->entity, out);
}

static arc_status keep_secrets(grouping *g, const arci_told_event *e, const arci_change *c, uint32_t position, int64_t *n)
{
    arci_trail *trail = g->trail;
    uint32_t end = c + 1 < trail->changes + trail->n_changes ? c[1].personal : trail->n_secrets;
    for (uint32_t i = c->personal; i < end; i++) {
        const arci_secret *s = &trail->secrets[i];
        if (!s->kept) continue;
        if (!arci_trail_grow(g->t->book->ctx, &trail->kept, &trail->cap_kept, trail->n_kept, sizeof *trail->kept)) return arci_nomem(g->t->env);
        arci_kept *k = &trail->kept[trail->n_kept++];
        k->event = e->seq;
        k->n = ++*n;
        k->subject = s->subject;
        k->source = c->table->entity;
        k->subject_row = s->subject_row;
        memcpy(k->salt, s->salt, sizeof k->salt);
        k->pointer = trail->out.len;
        arci_str_putc(&trail->out, '/');
        arci_str_int(&trail->out, position);
        arci_str_puts(&trail->out, "/personal/");
        arci_str_add(&trail->out, trail->text.s + s->name, s->n_name);
        k->n_pointer = (uint32_t)(trail->out.len - k->pointer);
        k->value = trail->out.len;
        k->n_value = s->n_value;
        arci_str_add(&trail->out, trail->text.s + s->value, s->n_value);
    }
    return ARC_OK;
}

static void put_diff(arci_trail *trail, arci_told_event *e, uint32_t first)
{
    e->diff = trail->out.len;
    for (uint32_t i = first; i != NONE; i = trail->changes[i].next) {
        arci_str_putc(&trail->out, i == first ? '[' : ',');
        arci_str_add(&trail->out, trail->text.s + trail->changes[i].at, trail->changes[i].len);
    }
    arci_str_putc(&trail->out, ']');
    e->n_diff = (uint32_t)(trail->out.len - e->diff);
}

static void put_digest(arci_txn *t, arci_told_event *e)
{
    const char *entity = e->root->entity->name;
    arci_canon_event c = { .txn = t->id, .seq = e->seq, .verb = e->verb, .n_verb = strlen(e->verb), .entity = entity,
                           .n_entity = strlen(entity), .row = e->row, .diff = t->trail->out.s + e->diff, .n_diff = e->n_diff };
    if (e->source[0]) {
        c.source = e->source;
        c.n_source = strlen(e->source);
    }
    uint8_t digest[32];
    arci_canon_event_digest(&c, digest);
    arci_sha256_add(&t->trail->digest, digest, sizeof digest);
    arci_sha256_hex(digest, e->digest);
}

static arc_status make_event(grouping *g, uint32_t first)
{
    arci_txn *t = g->t;
    arci_trail *trail = g->trail;
    const arci_change *c = &trail->changes[first];
    int64_t n = 0;
    if (!arci_trail_grow(t->book->ctx, &trail->told, &trail->cap_told, trail->n_told, sizeof *trail->told)) return arci_nomem(t->env);
    arci_told_event *e = &trail->told[trail->n_told];
    e->root = c->root;
    e->row = c->root_row;
    e->seq = trail->n_events + 1;
    name_verb(g, c, e->verb);
    const char *source = t->session->source;
    memset(e->source, 0, sizeof e->source);
    if (source) memcpy(e->source, source, strlen(source) < sizeof e->source ? strlen(source) : sizeof e->source - 1);
    put_diff(trail, e, first);
    arc_status st = ARC_OK;
    uint32_t position = 0;
    for (uint32_t i = first; st == ARC_OK && i != NONE; i = trail->changes[i].next) {
        st = keep_secrets(g, e, &trail->changes[i], position++, &n);
    }
    if (st == ARC_OK && trail->out.failed) st = arci_nomem(t->env);
    if (st != ARC_OK) return st;
    put_digest(t, e);
    trail->n_events++;
    trail->n_told++;
    return ARC_OK;
}

/* The verb of a transaction is that of its first outermost call. */
static void first_verb(grouping *g, uint32_t from)
{
    const arci_call *c = g->call;
    if (g->trail->n_events) return;
    while (c && c->outer) c = c->outer;
    if (c) (void)arci_verb_name(c->verb, c->entity, g->trail->verb);
    else name_verb(g, &g->trail->changes[from], g->trail->verb);
}

static arc_status tell(grouping *g, uint32_t from)
{
    arci_trail *trail = g->trail;
    uint32_t n = trail->n_changes - from;
    group few[FEW];
    g->groups = n <= FEW ? few : arci_alloc(g->t->book->ctx, n * sizeof *g->groups);
    if (!g->groups) return arci_nomem(g->t->env);
    arc_status st = group_changes(g, from);
    if (st == ARC_OK) first_verb(g, from);
    for (uint32_t i = 0; st == ARC_OK && i < g->n; i++) {
        st = make_event(g, g->groups[i].first);
        if (st == ARC_OK && trail->out.len > FLUSH_BYTES) st = arci_trail_flush(g->t);
    }
    if (g->groups != few) arci_free(g->t->book->ctx, g->groups);
    return st;
}

arc_status arci_trail_tell(arci_txn *t, const arci_call *c, uint32_t from)
{
    grouping g = { .t = t, .trail = t->trail, .call = c };
    if (!t->trail || t->trail->n_changes <= from) return ARC_OK;
    arci_map_init(&g.at, t->book->ctx);
    arc_status st = tell(&g, from);
    arci_map_clear(&g.at);
    arci_trail_drop(t, from);
    return st;
}

uint32_t arci_trail_changes(const arci_txn *t)
{
    return t->trail ? t->trail->n_changes : 0;
}

static void cut_back(arci_trail *trail, uint32_t n_changes, uint32_t n_secrets, size_t text)
{
    trail->n_changes = n_changes;
    trail->n_secrets = n_secrets;
    if (text < trail->text.len) trail->text.len = text;
}

void arci_trail_drop(arci_txn *t, uint32_t from)
{
    arci_trail *trail = t->trail;
    if (!trail || trail->n_changes <= from) return;
    /* What lies before the text of a row are its personal values: they begin where the row before ends. */
    size_t text = from ? trail->changes[from - 1].at + trail->changes[from - 1].len : 0;
    cut_back(trail, from, trail->changes[from].personal, text);
}

/* ---- to the store -------------------------------------------------------------------------------------------------------- */

static arc_status event_rows(arci_txn *t, arci_batch **out)
{
    static const char fields[] = "seq verb entity row diff digest source";
    arci_trail *trail = t->trail;
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "event", fields);
    if (st == ARC_OK) st = arci_batch_new(t, &trail->arena, out, shape, ARC_WRITE_INSERT, trail->n_told, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < trail->n_told; i++) {
        const arci_told_event *e = &trail->told[i];
        const char *entity = e->root->entity->name;
        arc_value *v = arci_batch_row(*out, i);
        v[0] = arci_v_int(e->seq);
        v[1] = arci_v_text(e->verb, strlen(e->verb));
        v[2] = arci_v_text(entity, strlen(entity));
        if (e->row) v[3] = arci_v_int(e->row);
        v[4] = arci_v_text(trail->out.s + e->diff, e->n_diff);
        v[5] = arci_v_text(e->digest, 64);
        if (e->source[0]) v[6] = arci_v_text(e->source, strlen(e->source));
    }
    return st;
}

static arc_status personal_rows(arci_txn *t, arci_batch **out)
{
    static const char fields[] = "event n pointer entity subject salt value source";
    arci_trail *trail = t->trail;
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "event_personal", fields);
    if (st == ARC_OK) st = arci_batch_new(t, &trail->arena, out, shape, ARC_WRITE_INSERT, trail->n_kept, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < trail->n_kept; i++) {
        const arci_kept *k = &trail->kept[i];
        arc_value *v = arci_batch_row(*out, i);
        v[0] = arci_v_int(k->event);
        v[1] = arci_v_int(k->n);
        v[2] = arci_v_text(trail->out.s + k->pointer, k->n_pointer);
        v[3] = arci_v_text(k->subject->name, strlen(k->subject->name));
        v[4] = arci_v_int(k->subject_row);
        v[5] = arci_v_text((const char *)k->salt, sizeof k->salt);
        v[5].type = ARC_V_BLOB;
        v[6] = arci_v_text(trail->out.s + k->value, k->n_value);
        v[7] = arci_v_text(k->source->name, strlen(k->source->name));
    }
    return st;
}

arc_status arci_trail_batches(arci_txn *t, arci_batch **batches, uint32_t *n)
{
    arc_status st = ARC_OK;
    if (t->trail->n_told) st = event_rows(t, &batches[(*n)++]);
    if (st == ARC_OK && t->trail->n_kept) st = personal_rows(t, &batches[(*n)++]);
    return st;
}

void arci_trail_forget(arci_trail *trail)
{
    trail->n_told = trail->n_kept = 0;
    arci_str_reset(&trail->out);
    arci_arena_reset(&trail->arena);
}

arc_status arci_trail_flush(arci_txn *t)
{
    arci_batch *batches[2];
    uint32_t n = 0;
    if (!t->trail || !t->trail->n_told) return ARC_OK;
    arc_status st = arci_trail_batches(t, batches, &n);
    if (st == ARC_OK) st = arci_repo_put(t, batches, n);
    arci_trail_forget(t->trail);
    if (st != ARC_OK) arci_txn_doom(t); /* some events may be in the store, some are forgotten */
    return st;
}

/* ---- undo points ---------------------------------------------------------------------------------------------------------- */

arc_status arci_trail_mark_set(arci_txn *t, uint32_t depth)
{
    arci_trail *trail;
    if (depth >= ARCI_TRAIL_MARKS) {
        return arci_fail(t->env, ARC_E_LIMIT, "at most %d undo points", "最多 %d 个保存点", ARCI_TRAIL_MARKS - 1);
    }
    arc_status st = arci_trail_get(t, &trail);
    if (st == ARC_OK) st = arci_trail_flush(t);
    if (st != ARC_OK) return st;
    arci_trail_mark *m = &trail->marks[depth];
    m->n_events = trail->n_events;
    m->digest = trail->digest;
    m->n_changes = trail->n_changes;
    m->n_secrets = trail->n_secrets;
    m->n_requests = trail->n_requests;
    m->text = trail->text.len;
    m->wrote = trail->wrote;
    return ARC_OK;
}

void arci_trail_undo(arci_txn *t, uint32_t depth)
{
    arci_trail *trail = t->trail;
    const arci_trail_mark *m = &trail->marks[depth];
    trail->n_events = m->n_events;
    trail->digest = m->digest;
    trail->wrote = m->wrote;
    trail->n_requests = m->n_requests;
    cut_back(trail, m->n_changes, m->n_secrets, m->text);
    arci_trail_forget(trail); /* all that wait came after the point */
}
