/* SPDX-License-Identifier: Apache-2.0 */
/* Table descriptors from entities. Everything lies in one block of memory, sized by a first pass, so that opening a
 * book costs one allocation here and building cannot half fail. */
#include <string.h>

#include "base/sha256.h"
#include "base/str.h"
#include "model/names.h"
#include "model/schema.h"

typedef struct sizes {
    uint32_t tables, cols, indexes, fks, numbers;
} sizes;

/* Where the next element of each kind goes. */
typedef struct places {
    arc_table *tables;
    arc_column *cols;
    arc_index *indexes;
    arc_foreign_key *fks;
    uint16_t *numbers;
} places;

static uint32_t count_words(const char *s)
{
    uint32_t n = s != NULL && *s != '\0';
    for (; s != NULL && *s != '\0'; s++) n += *s == ' ';
    return n;
}

/* The entity a foreign key of this field points at, or NULL when it makes none. */
static const arci_entity *fk_target(const arci_field *f)
{
    const arci_entity *to;
    if (f->type != ARC_T_ID || f->aux == NULL || (f->flags & (ARCI_F_LOOSE | ARCI_F_DERIVED)) != 0) return NULL;
    to = arci_entity_by_name(f->aux, strlen(f->aux));
    return to != NULL && (to->flags & ARCI_E_RESERVED) == 0 && to->key == NULL ? to : NULL;
}

static void count_entity(const arci_entity *e, sizes *n)
{
    n->tables++;
    n->cols++;
    n->numbers += 1 + count_words(e->key != NULL ? e->key : "id");
    for (uint32_t i = 0; i < e->n_fields; i++) {
        if ((e->fields[i].flags & ARCI_F_DERIVED) != 0) continue;
        n->cols++;
        if (fk_target(&e->fields[i]) != NULL) {
            n->fks++;
            n->numbers += 2;
        }
    }
    for (uint32_t i = 0; i < e->n_indexes; i++) {
        n->indexes++;
        n->numbers += 1 + count_words(e->indexes[i].keys) + count_words(e->indexes[i].include);
    }
}

static uint16_t col_named(const arci_entity *e, const char *name, size_t len)
{
    return arci_field_col(e, arci_entity_field(e, name, len));
}

/* Appends the columns that `names` lists; returns how many. */
static uint16_t put_cols(const arci_entity *e, const char *names, uint16_t **to)
{
    uint16_t n = 0;
    while (names != NULL && *names != '\0') {
        size_t len = strcspn(names, " ");
        *(*to)++ = col_named(e, names, len);
        n++;
        names += len;
        if (*names == ' ') names++;
    }
    return n;
}

static void put_column(const arci_entity *e, const arci_field *f, arc_column *c)
{
    c->name = f->name;
    c->comment = f->help[0] != '\0' ? f->help : f->label_en;
    c->size = f->size;
    c->flags = (f->flags & ARCI_F_REQUIRED) != 0 ? ARC_COL_REQUIRED : 0;
    if (arci_field_sensitive(e, f)) c->flags |= ARC_COL_SENSITIVE;
    c->type = f->type;
    c->currency_col = ARC_NO_COL;
    c->since = f->since;
    if (f->type == ARC_T_MONEY) c->currency_col = col_named(e, f->aux, strlen(f->aux));
    if (f->type == ARC_T_CODE) {
        const arci_code_list *list = arci_code_list_get(f->aux);
        c->codes = list != NULL ? list->codes : NULL;
    }
}

static void put_columns(const arci_entity *e, places *at, arc_table *t)
{
    t->cols = at->cols;
    at->cols->name = "book";
    at->cols->comment = "Book the row belongs to.";
    at->cols->flags = ARC_COL_REQUIRED;
    at->cols->type = ARC_T_ID;
    at->cols->currency_col = ARC_NO_COL;
    at->cols->since = 1;
    at->cols++;
    for (uint32_t i = 0; i < e->n_fields; i++) {
        if ((e->fields[i].flags & ARCI_F_DERIVED) == 0) put_column(e, &e->fields[i], at->cols++);
    }
    t->n_cols = (uint16_t)(at->cols - t->cols);
}

static void put_index(const arci_entity *e, const arci_index *from, places *at)
{
    arc_index *x = at->indexes++;
    x->name = from->name;
    x->cols = at->numbers;
    *at->numbers++ = 0;
    x->n_key = (uint16_t)(1 + put_cols(e, from->keys, &at->numbers));
    x->n_include = put_cols(e, from->include, &at->numbers);
    x->where_col = from->where != NULL ? col_named(e, from->where, strlen(from->where)) : ARC_NO_COL;
    x->flags = from->flags;
    x->since = from->since;
}

static void put_table(const arci_model *m, const arci_entity *e, places *at)
{
    arc_table *t = at->tables++;
    t->name = e->name;
    t->comment = e->help[0] != '\0' ? e->help : e->label_en;
    put_columns(e, at, t);
    t->key = at->numbers;
    *at->numbers++ = 0;
    t->n_key = (uint16_t)(1 + put_cols(e, e->key != NULL ? e->key : "id", &at->numbers));
    t->indexes = at->indexes;
    t->n_indexes = e->n_indexes;
    for (uint32_t i = 0; i < e->n_indexes; i++) put_index(e, &e->indexes[i], at);
    t->fks = at->fks;
    for (uint32_t i = 0; i < e->n_fields; i++) {
        const arci_entity *to = fk_target(&e->fields[i]);
        if (to == NULL) continue;
        at->fks->cols = at->numbers;
        at->fks->n_cols = 2;
        at->fks->ref_table = arci_model_table(m, to);
        at->fks->since = e->fields[i].since;
        at->fks++;
        *at->numbers++ = 0;
        *at->numbers++ = arci_field_col(e, &e->fields[i]);
    }
    t->n_fks = (uint16_t)(at->fks - t->fks);
    if ((e->flags & ARCI_E_APPEND_ONLY) != 0) t->flags |= ARC_TABLE_APPEND_ONLY;
    if ((e->flags & ARCI_E_ERASABLE) != 0) t->flags |= ARC_TABLE_ERASABLE;
    t->since = e->since;
}

/* Cuts the block into its arrays: those with pointers first, so that every one is aligned. */
static void cut(char *p, const sizes *n, arci_model *m, places *at, const arci_entity ***entity_of)
{
    *entity_of = (const arci_entity **)(void *)p;
    p += n->tables * sizeof(const arci_entity *);
    at->tables = (arc_table *)(void *)p;
    p += n->tables * sizeof(arc_table);
    at->cols = (arc_column *)(void *)p;
    p += n->cols * sizeof(arc_column);
    at->indexes = (arc_index *)(void *)p;
    p += n->indexes * sizeof(arc_index);
    at->fks = (arc_foreign_key *)(void *)p;
    p += n->fks * sizeof(arc_foreign_key);
    m->table_of = (uint16_t *)(void *)p;
    at->numbers = m->table_of + arci_n_entities;
}

static size_t block_size(const sizes *n)
{
    return n->tables * (sizeof(const arci_entity *) + sizeof(arc_table)) + n->cols * sizeof(arc_column) +
           n->indexes * sizeof(arc_index) + n->fks * sizeof(arc_foreign_key) +
           (n->numbers + arci_n_entities) * sizeof(uint16_t);
}

arc_status arci_model_new(arci_env *env, arci_model **out)
{
    sizes n = {0, 0, 0, 0, 0};
    places at;
    const arci_entity **entity_of;
    arci_model *m;
    *out = NULL;
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        if ((arci_entities[i]->flags & ARCI_E_RESERVED) == 0) count_entity(arci_entities[i], &n);
    }
    m = arci_calloc(env->ctx, 1, sizeof(*m) + block_size(&n));
    if (m == NULL) return arci_nomem(env);
    m->memory = m;
    cut((char *)(m + 1), &n, m, &at, &entity_of);
    m->entity_of = entity_of;
    m->desc.struct_size = (uint32_t)sizeof(m->desc);
    m->desc.version = ARCI_SCHEMA_VERSION;
    m->desc.application_id = ARCI_APPLICATION_ID;
    m->desc.tables = at.tables;
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        m->table_of[i] = ARC_NO_COL;
        if ((arci_entities[i]->flags & ARCI_E_RESERVED) != 0) continue;
        m->table_of[i] = (uint16_t)m->desc.n_tables;
        entity_of[m->desc.n_tables++] = arci_entities[i];
    }
    for (uint32_t i = 0; i < m->desc.n_tables; i++) put_table(m, entity_of[i], &at);
    memcpy(m->fingerprint, arci_names_fingerprint, sizeof(m->fingerprint));
    *out = m;
    return ARC_OK;
}

void arci_model_free(arc_context *ctx, arci_model *m)
{
    if (m != NULL) arci_free(ctx, m->memory);
}

uint16_t arci_model_table(const arci_model *m, const arci_entity *e)
{
    uint32_t at = arci_entity_position(e);
    return at < arci_n_entities && arci_entities[at] == e ? m->table_of[at] : ARC_NO_COL;
}

/* ---- fingerprint ------------------------------------------------------------------------------------------------ */

static void add_text(arci_sha256 *h, const char *s)
{
    arci_sha256_add(h, s, strlen(s));
    arci_sha256_add(h, "\n", 1);
}

static void add_number(arci_sha256 *h, uint32_t v)
{
    char buf[24];
    size_t n = arci_int_text(buf, (int64_t)v);
    buf[n] = ',';
    arci_sha256_add(h, buf, n + 1);
}

static void add_numbers(arci_sha256 *h, const uint16_t *v, uint32_t n)
{
    add_number(h, n);
    for (uint32_t i = 0; i < n; i++) add_number(h, v[i]);
}

static void add_column(arci_sha256 *h, const arc_column *c)
{
    add_text(h, c->name);
    add_number(h, c->type);
    add_number(h, c->size);
    add_number(h, c->flags & ~ARC_COL_SENSITIVE); /* says nothing of what a plain store looks like */
    add_number(h, c->currency_col);
    for (const char *const *code = c->codes; code != NULL && *code != NULL; code++) add_text(h, *code);
}

static void add_table(arci_sha256 *h, const arc_table *t)
{
    add_text(h, t->name);
    add_number(h, t->flags);
    add_numbers(h, t->key, t->n_key);
    for (uint32_t i = 0; i < t->n_cols; i++) add_column(h, &t->cols[i]);
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        const arc_index *x = &t->indexes[i];
        add_text(h, x->name);
        add_number(h, x->flags);
        add_number(h, x->n_key);
        add_numbers(h, x->cols, (uint32_t)x->n_key + x->n_include);
        add_number(h, x->where_col);
    }
    for (uint32_t i = 0; i < t->n_fks; i++) {
        add_number(h, t->fks[i].ref_table);
        add_numbers(h, t->fks[i].cols, t->fks[i].n_cols);
    }
}

void arci_model_fingerprint(const arc_schema_desc *desc, char out[65])
{
    arci_sha256 h;
    uint8_t digest[32];
    arci_sha256_init(&h);
    add_number(&h, desc->version);
    add_number(&h, desc->n_tables);
    for (uint32_t i = 0; i < desc->n_tables; i++) add_table(&h, &desc->tables[i]);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, out);
}
