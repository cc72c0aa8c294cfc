/* SPDX-License-Identifier: Apache-2.0 */
/* A row of every entity for every target, made of nothing but the schema: of those that no verb of the matrix makes. */
#ifndef TEST_API_MATRIX_ROWS_H
#define TEST_API_MATRIX_ROWS_H

#include "api/matrix.h"
#include "store/repo.h"
#include "store/session.h"

typedef struct row_maker {
    const matrix *m;
    arci_txn *t;
    arci_arena a;
} row_maker;

static int64_t made[300][TARGETS];

static int64_t make_row(row_maker *k, const arci_entity *e, int t);

/* The row of a target by entity, as the verbs of the matrix made it; 0: none. */
static int64_t known_row(const matrix *m, const char *entity, int t)
{
    const struct {
        const char *entity;
        const int64_t *ids;
    } rows[] = { { "customer", m->customer }, { "contact", m->contact }, { "bank_account", m->account }, { "contract", m->contract },
                 { "project", m->project },   { "invoice", m->invoice }, { "item", m->item },            { "receipt", m->receipt },
                 { "allocation", m->allocation }, { "item_state", m->item }, { "receipt_state", m->receipt }, { "account", m->customer },
                 { "proposal_line", m->line },    { "message", m->message }, { "user_account", m->owner },
                 { "adjustment", m->adjustment }, { "write_off_request", m->request },
                 { "task", m->task },             { "host_call", m->host_call } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!strcmp(rows[i].entity, entity)) return rows[i].ids[t];
    }
    return 0;
}

static int64_t row_id(row_maker *k, const arci_entity *e, int t)
{
    int64_t id = known_row(k->m, e->name, t);
    if (!id) id = made[arci_entity_position(e)][t];
    return id ? id : make_row(k, e, t);
}

/* Of the kind the field has; what is unique differs by target. */
static arc_value some_value(row_maker *k, const arci_field *f, int t)
{
    static const char *const texts[] = { "x1", "x2", "x3" };
    switch (f->type) {
    case ARC_T_TEXT: return f->aux && !strcmp(f->aux, "currency") ? arci_v_text("CNY", 3) : arci_v_text(texts[t], 2);
    case ARC_T_CODE: {
        const char *code = arci_code_list_get(f->aux)->codes[0];
        return arci_v_text(code, strlen(code));
    }
    case ARC_T_JSON: return arci_v_text("[]", 2);
    case ARC_T_DATE: return arci_v_int(PEOPLE_DAY + t);
    case ARC_T_ID: return arci_v_int(f->aux ? row_id(k, arci_entity_by_name(f->aux, strlen(f->aux)), t) : 1);
    default: return arci_v_int(f->type == ARC_T_BOOL ? 1 : t + 1);
    }
}

static int wanted(const arci_entity *e, const arci_field *f)
{
    size_t n = e->scope ? strcspn(e->scope, ".") : 0;
    if (f->flags & ARCI_F_DERIVED || f->id < 10) return 0;
    return f->flags & ARCI_F_REQUIRED || (e->scope && strlen(f->name) == n && !memcmp(f->name, e->scope, n));
}

static int64_t make_row(row_maker *k, const arci_entity *e, int t)
{
    uint16_t cols[100], n = 0;
    arc_value values[100];
    const arci_shape *shape;
    arci_batch *b;
    assert_ok(arci_shape_get(k->t, &shape, e->name, NULL));
    const arci_table *table = shape->table;
    for (uint16_t i = 0; i < e->n_fields; i++) {
        const arci_field *f = &e->fields[i];
        int owner = !strcmp(f->name, "owner") || !strcmp(f->name, "team") || !strcmp(f->name, "region");
        if ((!wanted(e, f) && !owner) || f->flags & ARCI_F_DERIVED) continue;
        cols[n] = arci_col(e, f->name);
        if (owner) values[n] = arci_v_int(f->name[0] == 'o' ? k->m->owner[t] : f->name[0] == 't' ? k->m->team[t] : k->m->region[t]);
        else values[n] = some_value(k, f, t);
        n++;
    }
    assert_ok(arci_shape_of(k->t->env, &k->a, &shape, table, cols, n));
    assert_ok(arci_batch_new(k->t, &k->a, &b, shape, ARC_WRITE_INSERT, 1, ARCI_BATCH_UNCHECKED, NULL, 0));
    memcpy(arci_batch_row(b, 0), values, n * sizeof *values);
    arc_status st = arci_repo_write(k->t, &b, 1, NULL);
    if (st != ARC_OK) fail_msg("a row of %s: %s", e->name, k->t->env->err->message);
    return made[arci_entity_position(e)][t] = arci_batch_id(b, 0);
}

/* Rows of the scoped entities that have none, written by the host as they lie. */
static void make_rows(const matrix *m)
{
    row_maker k = { m, NULL, { 0 } };
    arci_book *b;
    arci_session s;
    arci_scope scope;
    memset(made, 0, sizeof made);
    assert_ok(arci_book_enter(m->aside, &b));
    arci_session_system(&s, b);
    s.business_date = PEOPLE_DAY;
    arci_arena_init(&k.a, b->ctx);
    assert_ok(arci_scope_begin(&s, &scope, ARC_WRITE, 0));
    k.t = scope.txn;
    for (uint32_t p = 0; p < arci_n_entities; p++) {
        const arci_entity *e = arci_entities[p];
        if (e->flags & (ARCI_E_RESERVED | ARCI_E_STATE) || !e->scope || e->key) continue;
        for (int t = 0; t < TARGETS; t++) (void)row_id(&k, e, t);
    }
    assert_ok(arci_scope_end(&scope, ARC_OK));
    arci_arena_clear(&k.a);
    arci_session_clear(&s);
    assert_ok(arci_book_leave(b, ARC_OK));
}

/* The row of a target by entity; 0: any row, since the entity has no owners. */
static int64_t row_of(const matrix *m, const char *entity, int t)
{
    int64_t id = known_row(m, entity, t);
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    if (!e->scope) return 0;
    return id ? id : made[arci_entity_position(e)][t];
}

#endif
