/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "store/repo.h"

static uint32_t bucket(const char *entity, const char *fields)
{
    uintptr_t x = (uintptr_t)entity * 31 + (uintptr_t)fields;
    return (uint32_t)((x >> 4 ^ x >> 11) & 63);
}

static uint32_t count_names(const arci_table *t, const char *fields)
{
    uint32_t n = 1;
    if (!fields || !strcmp(fields, "*")) return t->n_cols;
    for (const char *s = fields; *s; s++) n += *s == ' ';
    return n;
}

static int is_system(const arci_table *t, uint16_t col)
{
    return col == 0 || col == t->col_id || col == t->col_version || col == t->col_txn;
}

/* Resolves names into cols; ARC_E_INTERNAL: our own code names a field that is not there. */
static arc_status resolve(arci_env *env, const arci_table *t, const char *fields, uint16_t *cols, uint16_t *n, uint8_t *names_system)
{
    *n = 0;
    *names_system = fields && !strcmp(fields, "*");
    if (!fields || *names_system) {
        for (uint16_t c = 1; c < t->n_cols; c++) {
            if (fields || !is_system(t, c)) cols[(*n)++] = c;
        }
        return ARC_OK;
    }
    while (*fields) {
        size_t len = strcspn(fields, " ");
        const arci_field *f = arci_entity_field(t->entity, fields, len);
        uint16_t col = f ? arci_field_col(t->entity, f) : ARC_NO_COL;
        if (len == 4 && !memcmp(fields, "book", 4) && !f) col = 0;
        if (col == ARC_NO_COL) {
            return arci_fail(env, ARC_E_INTERNAL, "%s has no column %.*s", "%s 没有列 %.*s", t->entity->name, (int)len, fields);
        }
        if (is_system(t, col)) *names_system = 1;
        cols[(*n)++] = col;
        fields += len;
        if (*fields == ' ') fields++;
    }
    return ARC_OK;
}

/* Everything of a shape lies in one block: the struct, named columns, those of inserts and updates, kinds. */
static arci_shape *shape_alloc(arc_context *ctx, uint32_t n, uint16_t **cols, uint16_t **insert, uint16_t **update, uint8_t **kinds)
{
    arci_shape *s = arci_calloc(ctx, 1, sizeof *s + (3 * (size_t)n + 8) * sizeof(uint16_t) + n);
    if (!s) return NULL;
    *cols = (void *)(s + 1);
    *insert = *cols + n;
    *update = *insert + n + 4;
    *kinds = (void *)(*update + n + 4);
    return s;
}

static uint16_t put_system(const arci_table *t, uint16_t *to, int insert)
{
    uint16_t n = 0;
    if (insert) to[n++] = 0;
    if (insert && t->draws_id) to[n++] = t->col_id;
    if (t->col_version != ARC_NO_COL) to[n++] = t->col_version;
    if (t->col_txn != ARC_NO_COL) to[n++] = t->col_txn;
    return n;
}

static uint16_t find_lacking(const arci_table *t, const uint16_t *cols, uint32_t n)
{
    for (uint16_t c = 0; c < t->n_cols; c++) {
        uint32_t i = 0;
        if (!(t->desc->cols[c].flags & ARC_COL_REQUIRED)) continue;
        while (i < n && cols[i] != c) i++;
        if (i == n) return c;
    }
    return ARC_NO_COL;
}

/* The rest of a shape, from its named columns. */
static void fill_shape(arci_shape *s, const arci_table *table, const uint16_t *cols, uint16_t *insert, uint16_t *update, uint8_t *kinds)
{
    s->table = table;
    s->n_key = table->desc->n_key;
    s->n_insert_sys = put_system(table, insert, 1);
    s->n_update_sys = put_system(table, update, 0);
    memcpy(insert + s->n_insert_sys, cols, s->n * sizeof *cols);
    memcpy(update + s->n_update_sys, cols, s->n * sizeof *cols);
    for (uint16_t i = 0; i < s->n; i++) {
        const arc_column *c = &table->desc->cols[cols[i]];
        kinds[i] = (uint8_t)(arci_column_value_type(c->type) | (c->flags & ARC_COL_REQUIRED ? 0x80 : 0));
    }
    s->cols = cols;
    s->insert_cols = insert;
    s->update_cols = update;
    s->kinds = kinds;
    s->lacking = find_lacking(table, insert, (uint32_t)s->n_insert_sys + s->n);
}

static arc_status shape_new(arci_txn *t, arci_shape **out, const char *entity, const char *fields)
{
    uint16_t *cols, *insert, *update;
    uint8_t *kinds;
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_table *table = e ? arci_store_table(t->book->store, e) : NULL;
    if (!table) return arci_fail(t->env, ARC_E_INTERNAL, "no table %s", "没有数据表 %s", entity);
    arci_shape *s = shape_alloc(t->book->ctx, count_names(table, fields), &cols, &insert, &update, &kinds);
    if (!s) return arci_nomem(t->env);
    s->entity_name = entity;
    s->fields = fields;
    arc_status st = resolve(t->env, table, fields, cols, &s->n, &s->names_system);
    if (st != ARC_OK) {
        arci_free(t->book->ctx, s);
        return st;
    }
    fill_shape(s, table, cols, insert, update, kinds);
    *out = s;
    return ARC_OK;
}

arc_status arci_shape_of(arci_env *env, arci_arena *arena, const arci_shape **out, const arci_table *table, const uint16_t *cols, uint16_t n)
{
    arci_shape *s = arci_arena_calloc(arena, 1, sizeof *s);
    uint16_t *own = arci_arena_alloc(arena, (3 * (size_t)n + 9) * sizeof *own);
    uint8_t *kinds = arci_arena_alloc(arena, (size_t)n + 1);
    if (!s || !own || !kinds) return arci_nomem(env);
    if (n) memcpy(own, cols, n * sizeof *own);
    s->n = n;
    for (uint16_t i = 0; i < n; i++) s->names_system |= (uint8_t)is_system(table, cols[i]);
    fill_shape(s, table, own, own + n, own + 2 * (size_t)n + 4, kinds);
    *out = s;
    return ARC_OK;
}

arc_status arci_shape_get(arci_txn *t, const arci_shape **out, const char *entity, const char *fields)
{
    arci_shape **head = &t->book->shapes[bucket(entity, fields)], *s;
    for (s = *head; s; s = s->next) {
        if (s->entity_name != entity || s->fields != fields) continue;
        *out = s;
        return ARC_OK;
    }
    arc_status st = shape_new(t, &s, entity, fields);
    if (st != ARC_OK) return st;
    s->next = *head;
    *head = s;
    *out = s;
    return ARC_OK;
}

void arci_shapes_free(arci_book *b)
{
    for (uint32_t i = 0; i < 64; i++) {
        while (b->shapes[i]) {
            arci_shape *next = b->shapes[i]->next;
            arci_free(b->ctx, b->shapes[i]);
            b->shapes[i] = next;
        }
    }
}
