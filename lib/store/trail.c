/* SPDX-License-Identifier: Apache-2.0 */
/* Rows written become text. */
#include "store/trail.h"

#include <string.h>

#include "base/handle.h"
#include "base/json_text.h"
#include "model/record.h"

/* ---- life ---------------------------------------------------------------------------------------------------------- */

arc_status arci_trail_get(arci_txn *t, arci_trail **out)
{
    arc_context *ctx = t->book->ctx;
    if (!t->trail) {
        arci_trail *trail = arci_calloc(ctx, 1, sizeof *trail);
        if (!trail) return arci_nomem(t->env);
        arci_str_init(&trail->text, ctx);
        arci_str_init(&trail->out, ctx);
        arci_str_init(&trail->work, ctx);
        arci_str_init(&trail->imager.scratch, ctx);
        arci_arena_init(&trail->rows, ctx);
        arci_arena_init(&trail->arena, ctx);
        arci_sha256_init(&trail->digest);
        t->trail = trail;
    }
    *out = t->trail;
    return ARC_OK;
}

void arci_trail_reset(arci_trail *trail)
{
    if (!trail) return;
    trail->n_events = 0;
    arci_sha256_init(&trail->digest);
    trail->verb[0] = 0;
    trail->n_requests = 0;
    trail->n_changes = trail->n_secrets = trail->n_told = trail->n_kept = 0;
    arci_str_reset(&trail->text);
    arci_str_reset(&trail->out);
    arci_str_reset(&trail->work);
    trail->text.failed = trail->out.failed = trail->work.failed = trail->imager.scratch.failed = 0;
    arci_arena_reset(&trail->rows);
    arci_arena_reset(&trail->arena);
    trail->before = NULL;
    trail->wrote = 0;
}

void arci_trail_free(arc_context *ctx, arci_trail *trail)
{
    if (!trail) return;
    arci_str_clear(&trail->text);
    arci_str_clear(&trail->out);
    arci_str_clear(&trail->work);
    arci_str_clear(&trail->imager.scratch);
    arci_arena_clear(&trail->rows);
    arci_arena_clear(&trail->arena);
    arci_free(ctx, trail->changes);
    arci_free(ctx, trail->secrets);
    arci_free(ctx, trail->told);
    arci_free(ctx, trail->kept);
    arci_free(ctx, trail->requests);
    arci_free(ctx, trail);
}

int arci_trail_grow(arc_context *ctx, void *list, uint32_t *cap, uint32_t n, size_t size)
{
    void **p = list, *grown;
    if (n < *cap) return 1;
    uint32_t more = *cap ? *cap * 2 : 16;
    if (more < *cap || !(grown = arci_resize(ctx, *p, more * size))) return 0;
    *p = grown;
    *cap = more;
    return 1;
}

/* ---- what rows were before ------------------------------------------------------------------------------------------ */

static arc_status fetch_by_key(arci_txn *t, const arci_shape *shape, const arci_batch *b, uint32_t row, arci_arena *arena, arc_value **out)
{
    const arc_table *desc = b->shape->table->desc;
    arci_where w;
    arci_rows rows;
    arci_where_init(&w);
    /* As with ids; here nothing but the lock keeps others off. */
    arc_status st = b->flags & ARCI_BATCH_VERSION ? ARC_OK : arci_repo_lock_keys(t, b->shape->table->entity->name, arci_batch_key(b, row), 1);
    if (st != ARC_OK) return st;
    for (uint32_t k = 1; k < desc->n_key; k++) {
        const arc_value *v = arci_batch_key(b, row) + (k - 1);
        if (v->type == ARC_V_INT) arci_where_int(&w, desc->key[k], ARC_OP_EQ, v->u.i);
        else arci_where_text(&w, desc->key[k], ARC_OP_EQ, v->u.s, v->len);
    }
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    *out = st == ARC_OK && rows.n_rows ? rows.values : NULL;
    return st;
}

static arc_status fetch_by_id(arci_txn *t, const arci_shape *shape, const arci_batch *b, arci_arena *arena, arc_value **out)
{
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(arena, b->n_rows * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < b->n_rows; i++) ids[i] = arci_batch_key(b, i)->u.i;
    /* Without a version to guard them another writer could move the rows between this reading and the write. */
    arc_status st = b->flags & ARCI_BATCH_VERSION ? ARC_OK : arci_repo_lock(t, b->shape->table->entity->name, ids, b->n_rows);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, b->n_rows, arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < b->n_rows; i++) out[i] = found[i] ? rows + (size_t)i * shape->n : NULL;
    return st;
}

arc_status arci_trail_ahead(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    if (!t->ahead || (n && !table->draws_id) || !arci_table_told(table)) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, table->entity->name, "*");
    if (st != ARC_OK) return st;
    return n ? arci_repo_ask_many(t, shape, ids, n) : arci_repo_ask_find(t, shape, NULL, NULL, 0, 1);
}

arc_status arci_trail_look(arci_txn *t, arci_batch *const *batches, uint32_t n)
{
    arci_trail *trail;
    arc_status st = arci_trail_get(t, &trail);
    if (st != ARC_OK) return st;
    trail->wrote = 1;
    trail->before = NULL;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arci_batch *b = batches[i];
        const arci_table *table = b->shape->table;
        const arci_shape *shape;
        if (b->op == ARC_WRITE_INSERT || !b->n_rows || !arci_table_told(table)) continue;
        if (!trail->before) {
            arci_arena_reset(&trail->rows);
            trail->before = arci_arena_calloc(&trail->rows, n, sizeof *trail->before);
            if (!trail->before) return arci_nomem(t->env);
        }
        arc_value **rows = trail->before[i] = arci_arena_calloc(&trail->rows, b->n_rows, sizeof *rows);
        if (!rows) return arci_nomem(t->env);
        st = arci_shape_get(t, &shape, table->entity->name, "*");
        if (st == ARC_OK && table->draws_id) st = fetch_by_id(t, shape, b, &trail->rows, rows);
        for (uint32_t r = 0; st == ARC_OK && !table->draws_id && r < b->n_rows; r++) {
            st = fetch_by_key(t, shape, b, r, &trail->rows, &rows[r]);
        }
    }
    return st;
}

/* ---- personal values --------------------------------------------------------------------------------------------------- */

typedef struct telling {
    arci_txn *t;
    arci_trail *trail;
    const arci_table *table;
    const arc_value *const *vals; /* by column: the row as it is now */
    const arci_entity *subject;
    int64_t subject_row;
    uint32_t first_secret, n;
    arc_status st;
} telling;

static int64_t ref_of(const arci_table *table, const arc_value *const *vals, const char *name)
{
    const arci_field *f = arci_entity_field(table->entity, name, strlen(name));
    uint16_t col = f && f->type == ARC_T_ID ? arci_field_col(table->entity, f) : ARC_NO_COL;
    return col != ARC_NO_COL && vals[col] && vals[col]->type == ARC_V_INT ? vals[col]->u.i : 0;
}

/* Whose data it is: the row itself when it is a person or company, else the contact or customer it names, else the row. */
static void find_subject(telling *x, int64_t row)
{
    static const char *const names[] = { "contact", "customer" };
    x->subject = x->table->entity;
    x->subject_row = row;
    for (int i = 0; i < 2; i++) {
        if (strcmp(x->table->entity->name, names[i]) == 0) return;
    }
    for (int i = 0; i < 2; i++) {
        int64_t id = ref_of(x->table, x->vals, names[i]);
        if (!id) continue;
        x->subject = arci_entity_by_name(names[i], strlen(names[i]));
        x->subject_row = id;
        return;
    }
}

/* Keeps a personal value for later; the commitment goes into the row's text. */
static void keep_secret(void *user, const char *name, size_t n_name, const char *json, size_t n_json)
{
    telling *x = user;
    arci_trail *trail = x->trail;
    if (x->st != ARC_OK) return;
    if (!arci_trail_grow(x->t->book->ctx, &trail->secrets, &trail->cap_secrets, trail->n_secrets, sizeof *trail->secrets)) {
        x->st = arci_nomem(x->t->env);
        return;
    }
    arci_secret *s = &trail->secrets[trail->n_secrets];
    memset(s, 0, sizeof *s);
    x->st = arci_context_random(x->t->book->ctx, s->salt, sizeof s->salt);
    s->kept = x->st == ARC_OK;
    if (x->st == ARC_E_UNSUPPORTED) x->st = ARC_OK; /* no secrets without chance: told is only that there is a value */
    if (x->st != ARC_OK) {
        arci_fail(x->t->env, x->st, "the random source failed", "随机源失败");
        return;
    }
    s->subject = x->subject;
    s->subject_row = x->subject_row;
    s->name = trail->text.len;
    s->n_name = (uint32_t)n_name;
    arci_str_add(&trail->text, name, n_name);
    s->value = trail->text.len;
    s->n_value = (uint32_t)n_json;
    arci_str_add(&trail->text, json, n_json);
    trail->n_secrets++;
}

static void put_personal(arci_trail *trail, uint32_t first)
{
    char hex[65];
    uint8_t digest[32];
    arci_sha256 h;
    if (first == trail->n_secrets || trail->text.failed) return;
    arci_str_puts(&trail->text, ",\"personal\":{");
    for (uint32_t i = first; i < trail->n_secrets && !trail->text.failed; i++) {
        const arci_secret *s = &trail->secrets[i];
        if (i > first) arci_str_putc(&trail->text, ',');
        arci_str_reset(&trail->work);
        arci_str_add(&trail->work, trail->text.s + s->name, s->n_name);
        arci_json_put_text(&trail->text, trail->work.s ? trail->work.s : "", trail->work.len);
        if (!s->kept) {
            arci_str_puts(&trail->text, ":null");
            continue;
        }
        arci_sha256_init(&h);
        arci_sha256_add(&h, s->salt, sizeof s->salt);
        arci_sha256_add(&h, trail->text.s + s->value, s->n_value);
        arci_sha256_end(&h, digest);
        arci_sha256_hex(digest, hex);
        arci_str_puts(&trail->text, ":\"");
        arci_str_add(&trail->text, hex, 64);
        arci_str_putc(&trail->text, '"');
    }
    arci_str_putc(&trail->text, '}');
}

/* ---- the text of a row ------------------------------------------------------------------------------------------------ */

static arc_status put_head(telling *x, const char *op, int64_t id, int64_t version)
{
    arci_str *b = &x->trail->text;
    arc_status st = ARC_OK;
    arci_str_puts(b, "{\"entity\":\"");
    arci_str_puts(b, x->table->entity->name);
    if (id) {
        arci_str_puts(b, "\",\"id\":");
        arci_str_int(b, id);
    } else {
        arci_str_puts(b, "\",\"key\":");
        st = arci_image_key(&x->trail->imager, b, x->table, x->vals);
    }
    arci_str_puts(b, ",\"op\":\"");
    arci_str_puts(b, op);
    arci_str_putc(b, '"');
    if (version) {
        arci_str_puts(b, ",\"version\":");
        arci_str_int(b, version);
    }
    return st;
}

/* Personal values come before the text that commits to them, so that cutting the text back cuts both. */
static arc_status put_image(telling *x)
{
    arci_trail *trail = x->trail;
    arci_str_reset(&trail->work);
    trail->imager.personal = keep_secret;
    trail->imager.user = x;
    arc_status st = arci_image_put(&trail->imager, &trail->work, x->table, x->vals);
    trail->imager.personal = NULL;
    return st == ARC_OK ? x->st : st;
}

static arc_status put_insert(telling *x, int64_t id, int64_t version)
{
    arci_trail *trail = x->trail;
    arc_status st = put_image(x);
    size_t image = trail->text.len, n = trail->work.len;
    if (st != ARC_OK) return st;
    arci_change *c = &trail->changes[trail->n_changes];
    c->at = image;
    st = put_head(x, "insert", id, version);
    arci_str_puts(&trail->text, ",\"after\":");
    arci_str_add(&trail->text, trail->work.s, n);
    put_personal(trail, x->first_secret);
    arci_str_putc(&trail->text, '}');
    return st;
}

static int same_value(const arc_value *a, const arc_value *b)
{
    static const arc_value null = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    return arci_value_equal(a ? a : &null, b ? b : &null);
}

/* The fields that are another than they were, as they are in vals. */
static arc_status put_changed(telling *x, const char *name, const arc_value *const *vals, const arc_value *const *other)
{
    arci_str *b = &x->trail->text;
    int first = 1;
    arc_status st = ARC_OK;
    arci_str_puts(b, ",\"");
    arci_str_puts(b, name);
    arci_str_puts(b, "\":{");
    for (uint16_t c = 1; st == ARC_OK && c < x->table->n_cols; c++) {
        const arci_field *f = x->table->field_of_col[c];
        if (!arci_image_has(x->table->entity, f) || (f->flags & ARCI_F_PERSONAL) || same_value(vals[c], other[c])) continue;
        st = arci_image_field(&x->trail->imager, b, first, x->table, vals, c);
        first = 0;
    }
    arci_str_putc(b, '}');
    return st;
}

/* Personal fields that changed, by name. */
static void put_changed_names(telling *x, const arc_value *const *was)
{
    arci_str *b = &x->trail->text;
    int n = 0;
    for (uint16_t c = 1; c < x->table->n_cols; c++) {
        const arci_field *f = x->table->field_of_col[c];
        if (!(f->flags & ARCI_F_PERSONAL) || (f->flags & ARCI_F_DERIVED) || same_value(x->vals[c], was[c])) continue;
        arci_str_puts(b, n++ ? ",\"" : ",\"changed\":[\"");
        arci_str_puts(b, f->name);
        arci_str_putc(b, '"');
    }
    if (n) arci_str_putc(b, ']');
}

static arc_status put_update(telling *x, const arc_value *const *was, int64_t id, int64_t version)
{
    arci_trail *trail = x->trail;
    char hex[65];
    arc_status st = put_image(x);
    if (st != ARC_OK) return st;
    if (trail->work.failed) return arci_nomem(x->t->env);
    arci_hex_of(trail->work.s, trail->work.len, hex);
    trail->changes[trail->n_changes].at = trail->text.len;
    st = put_head(x, "update", id, version);
    if (st == ARC_OK) st = put_changed(x, "before", was, x->vals);
    if (st == ARC_OK) st = put_changed(x, "after", x->vals, was);
    put_changed_names(x, was);
    arci_str_puts(&trail->text, ",\"image\":\"");
    arci_str_add(&trail->text, hex, 64);
    arci_str_putc(&trail->text, '"');
    put_personal(trail, x->first_secret);
    arci_str_putc(&trail->text, '}');
    return st;
}

static arc_status put_delete(telling *x, int64_t id, int64_t version)
{
    arci_trail *trail = x->trail;
    arci_str_reset(&trail->work);
    arc_status st = arci_image_put(&trail->imager, &trail->work, x->table, x->vals);
    trail->changes[trail->n_changes].at = trail->text.len;
    if (st == ARC_OK) st = put_head(x, "delete", id, version);
    arci_str_puts(&trail->text, ",\"before\":");
    arci_str_add(&trail->text, trail->work.s, trail->work.len);
    arci_str_putc(&trail->text, '}');
    return st;
}

/* ---- rows of batches -------------------------------------------------------------------------------------------------- */

/* The row as it is now, by column. sums: room for values that were added to. */
static void take_values(const arci_batch *b, uint32_t row, const arc_value **vals, const arc_value *was, arc_value *sums)
{
    const arci_shape *s = b->shape;
    const arci_table *table = s->table;
    memset(vals, 0, table->n_cols * sizeof *vals);
    if (was) arci_image_vals(table, was, vals);
    if (b->op == ARC_WRITE_DELETE) return;
    if (b->op == ARC_WRITE_INSERT && table->draws_id) vals[table->col_id] = &b->rows[(size_t)row * b->stride + 1];
    const arc_value *v = arci_batch_row(b, row);
    for (uint16_t j = 0; j < s->n; j++) {
        uint16_t c = s->cols[j];
        vals[c] = &v[j];
        if (b->op != ARC_WRITE_UPDATE || b->set[s->n_update_sys + j] != ARC_ADD || !was) continue;
        sums[j] = was[c - 1];
        sums[j].u.i += v[j].u.i;
        vals[c] = &sums[j];
    }
}

/* Of a part whose document may be of any entity: the column "entity" says which. */
static const arci_entity *entity_named(const arci_table *table, const arc_value *const *vals)
{
    const arc_value *v = vals[arci_col(table->entity, "entity")];
    return v && v->type == ARC_V_TEXT ? arci_entity_by_name(v->u.s, v->len) : NULL;
}

static void find_root(telling *x, arci_change *c)
{
    const arci_entity *e = x->table->entity;
    c->root = x->table;
    c->root_row = c->row;
    if (!e->root) return;
    int64_t id = ref_of(x->table, x->vals, e->root);
    const arci_field *f = arci_entity_field(e, e->root, strlen(e->root));
    if (!id || !f) return;
    const arci_entity *root = f->aux ? arci_entity_by_name(f->aux, strlen(f->aux)) : entity_named(x->table, x->vals);
    if (!root) return;
    c->root = arci_store_table(x->t->book->store, root);
    c->root_row = id;
}

static arc_status take_row(telling *x, const arci_batch *b, uint32_t row, const arc_value *was, const arc_value **vals, const arc_value **old,
                           arc_value *sums)
{
    arci_trail *trail = x->trail;
    const arci_table *table = x->table;
    take_values(b, row, vals, was, sums);
    if (!arci_trail_grow(x->t->book->ctx, &trail->changes, &trail->cap_changes, trail->n_changes, sizeof *trail->changes)) {
        return arci_nomem(x->t->env);
    }
    arci_change *c = &trail->changes[trail->n_changes];
    int64_t version = 0;
    c->table = table;
    c->row = table->draws_id ? vals[table->col_id]->u.i : 0;
    c->personal = x->first_secret = trail->n_secrets;
    if (table->col_version != ARC_NO_COL) version = was ? was[table->col_version - 1].u.i + (b->op == ARC_WRITE_UPDATE) : 1;
    find_root(x, c);
    find_subject(x, c->row);
    arc_status st;
    if (b->op == ARC_WRITE_INSERT) {
        st = put_insert(x, c->row, version);
    } else if (b->op == ARC_WRITE_DELETE) {
        st = put_delete(x, c->row, version);
    } else {
        arci_image_vals(table, was, old);
        st = put_update(x, old, c->row, version);
    }
    if (st != ARC_OK) return st;
    if (trail->text.failed || trail->work.failed || trail->imager.scratch.failed) return arci_nomem(x->t->env);
    if (trail->text.len - c->at > UINT32_MAX) return arci_fail(x->t->env, ARC_E_LIMIT, "a row is too large", "数据行过大");
    c->len = (uint32_t)(trail->text.len - c->at);
    trail->n_changes++;
    return ARC_OK;
}

static arc_status take_batch(arci_txn *t, arci_trail *trail, const arci_batch *b, arc_value **before)
{
    const arci_table *table = b->shape->table;
    telling x = { .t = t, .trail = trail, .table = table };
    const arc_value **vals = arci_arena_alloc(&trail->arena, 2 * (size_t)table->n_cols * sizeof *vals);
    arc_value *sums = arci_arena_alloc(&trail->arena, ((size_t)b->shape->n + 1) * sizeof *sums);
    if (!vals || !sums) return arci_nomem(t->env);
    x.vals = vals;
    arc_status st = ARC_OK;
    for (uint32_t r = 0; st == ARC_OK && r < b->n_rows; r++) {
        if (b->results[r] != ARC_ROW_OK) continue;
        if (b->op != ARC_WRITE_INSERT && !(before && before[r])) {
            st = arci_fail(t->env, ARC_E_CONFLICT, "the row came while it was changed; try again", "数据在修改时被其他写入者更改，请重试");
            break;
        }
        st = take_row(&x, b, r, before ? before[r] : NULL, vals, vals + table->n_cols, sums);
    }
    return st;
}

/* Rows of request keys: answers to repeated calls, told to nobody. */
static arc_status take_requests(arci_txn *t, arci_trail *trail, const arci_batch *b)
{
    const arci_table *table = b->shape->table;
    const arc_value **vals = arci_arena_alloc(&trail->arena, table->n_cols * sizeof *vals);
    if (!vals) return arci_nomem(t->env);
    for (uint32_t r = 0; r < b->n_rows; r++) {
        if (b->results[r] != ARC_ROW_OK) continue;
        if (!arci_trail_grow(t->book->ctx, &trail->requests, &trail->cap_requests, trail->n_requests, sizeof *trail->requests)) {
            return arci_nomem(t->env);
        }
        take_values(b, r, vals, NULL, NULL);
        arci_str_reset(&trail->work);
        arc_status st = arci_image_put(&trail->imager, &trail->work, table, vals);
        if (st == ARC_OK && trail->work.failed) st = arci_nomem(t->env);
        if (st != ARC_OK) return st;
        arci_sha256 h;
        arci_sha256_init(&h);
        arci_sha256_add(&h, trail->work.s, trail->work.len);
        arci_sha256_end(&h, trail->requests[trail->n_requests++].b);
    }
    return ARC_OK;
}

static int is_requests(const arci_batch *b)
{
    return b->op == ARC_WRITE_INSERT && strcmp(b->shape->table->entity->name, "request") == 0;
}

arc_status arci_trail_take(arci_txn *t, arci_batch *const *batches, uint32_t n)
{
    arci_trail *trail = t->trail;
    uint32_t from = trail->n_changes;
    arc_status st = ARC_OK;
    trail->imager.t = t;
    trail->imager.arena = &trail->arena;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (is_requests(batches[i])) st = take_requests(t, trail, batches[i]);
        if (st != ARC_OK || !arci_table_told(batches[i]->shape->table)) continue;
        st = take_batch(t, trail, batches[i], trail->before ? trail->before[i] : NULL);
        arci_arena_reset(&trail->arena);
    }
    trail->before = NULL;
    if (st != ARC_OK && st != ARC_E_NOMEM) arci_txn_doom(t); /* rows are written that nobody would be told of */
    return st == ARC_OK && !t->call ? arci_trail_tell(t, NULL, from) : st;
}
