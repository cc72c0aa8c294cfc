/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical dump: one JSON line a row, tables in order of the schema, rows by primary key, ids as ranks. */
#include "exchange/dump.h"

#include <string.h>

#include "base/json_text.h"
#include "exchange/ranks.h"
#include "model/record.h"

enum { FLUSH_BYTES = 65536 };

typedef struct dumper {
    arci_txn *t;
    arci_env *env;
    const arc_copy_options *o;
    arc_write_fn write;
    void *user;
    arci_ranks ranks;
    arci_str b;
    int64_t rows;
} dumper;

static arc_status flush(dumper *d, size_t least)
{
    if (d->b.failed) return arci_nomem(d->env);
    if (d->b.len <= least) return ARC_OK;
    if (d->write(d->user, d->b.s, d->b.len) != 0 ||
        (d->o->progress && d->o->progress(d->o->progress_user, d->rows, 0) != 0))
        return arci_fail(d->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    arci_str_reset(&d->b);
    return ARC_OK;
}

/* A reference that may point at several entities stands beside a field that names the entity, by number or by name. */
static const arci_entity *loose_target(const arci_table *table, const arc_value *row)
{
    uint16_t col = arci_col(table->entity, "entity");
    if (col == ARC_NO_COL) return NULL;
    if (row[col].type == ARC_V_INT && row[col].u.i > 0 && row[col].u.i <= UINT16_MAX)
        return arci_entity_by_id((uint32_t)row[col].u.i);
    return row[col].type == ARC_V_TEXT ? arci_entity_by_name(row[col].u.s, row[col].len) : NULL;
}

static void put_id(dumper *d, const arci_table *table, const arci_field *f, const arc_value *row, int64_t id)
{
    const arci_entity *e = f->id == ARCI_FIELD_ID ? table->entity
                           : f->aux               ? arci_entity_by_name(f->aux, strlen(f->aux))
                                                  : loose_target(table, row);
    int64_t rank = arci_rank(&d->ranks, e, id);
    if (rank) {
        arci_str_int(&d->b, rank);
        return;
    }
    arci_str_puts(&d->b, "\"?"); /* points at nothing that is numbered */
    arci_str_int(&d->b, id);
    arci_str_putc(&d->b, '"');
}

static arc_status put_field(dumper *d, const arci_table *table, uint16_t col, const arc_value *row)
{
    const arci_field *f = table->field_of_col[col];
    uint16_t currency = table->desc->cols[col].currency_col;
    arc_status st;
    arci_str_putc(&d->b, ',');
    arci_json_put_text(&d->b, f->name, strlen(f->name));
    arci_str_putc(&d->b, ':');
    if (f->type == ARC_T_ID) {
        put_id(d, table, f, row, row[col].u.i);
        return ARC_OK;
    }
    st = arci_value_json(d->env, &d->b, f, &row[col], currency == ARC_NO_COL ? NULL : &row[currency]);
    if (st == ARC_E_CURRENCY) st = d->env->err->status = ARC_E_CORRUPT;
    return st;
}

/* Proofs are over ids, which are another in every copy; seals may be made later. */
static int is_proof(const arci_entity *e, const arci_field *f)
{
    static const char *const names[] = { "digest", "diff", "definitions", "salt", "outcome" };
    if (!(e->flags & ARCI_E_UNTOLD) && strcmp(e->name, "journal_entry") != 0) return 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(f->name, names[i]) == 0) return 1;
    }
    return 0;
}

static int is_of_chain(const arci_entity *e)
{
    return strcmp(e->name, "seal") == 0 || strcmp(e->name, "seal_queue") == 0;
}

static arc_status put_row(dumper *d, const arci_table *table, const arc_value *row)
{
    uint16_t col;
    arc_status st = ARC_OK;
    arci_str_puts(&d->b, "{\"entity\":\"");
    arci_str_puts(&d->b, table->entity->name);
    arci_str_putc(&d->b, '"');
    for (col = 1; st == ARC_OK && col < table->n_cols; col++) {
        if (row[col].type == ARC_V_NULL) continue;
        if (is_proof(table->entity, table->field_of_col[col])) continue;
        if ((d->o->flags & ARC_DUMP_NO_STAMPS) && table->field_of_col[col]->type == ARC_T_STAMP) continue;
        st = put_field(d, table, col, row);
    }
    arci_str_puts(&d->b, "}\n");
    d->rows++;
    return st == ARC_OK ? flush(d, FLUSH_BYTES) : st;
}

static arc_status put_table(dumper *d, const arci_table *table)
{
    arci_scan *scan;
    arc_block block;
    uint32_t i;
    if (is_of_chain(table->entity)) return ARC_OK;
    arc_status st = arci_table_scan(d->t, &scan, table, NULL, 0);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (i = 0; st == ARC_OK && i < block.n_rows; i++) st = put_row(d, table, block.values + (size_t)i * block.n_cols);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status dump_tables(dumper *d)
{
    const arci_store *store = d->t->book->store;
    uint32_t i;
    arc_status st = arci_ranks_read(d->t, &d->ranks);
    if (st != ARC_OK) return st;
    arci_str_puts(&d->b, "{\"arcore_dump\":1,\"schema\":");
    arci_str_int(&d->b, store->model->desc.version);
    arci_str_puts(&d->b, "}\n");
    for (i = 0; st == ARC_OK && i < store->n_tables; i++) st = put_table(d, &store->tables[i]);
    return st == ARC_OK ? flush(d, 0) : st;
}

arc_status arci_dump(arci_txn *t, arc_write_fn write, void *user, const arc_copy_options *o)
{
    dumper d;
    arc_status st;
    memset(&d, 0, sizeof d);
    d.t = t;
    d.env = t->env;
    d.o = o;
    d.write = write;
    d.user = user;
    arci_str_init(&d.b, t->book->ctx);
    st = dump_tables(&d);
    arci_ranks_clear(&d.ranks);
    arci_str_clear(&d.b);
    return st;
}

arc_status arci_read_book(arci_book *b, arc_status (*work)(arci_txn *t, void *user), void *user)
{
    arci_session s;
    arci_scope scope;
    arc_status st;
    if (b->txn) return arci_fail(&b->env, ARC_E_TXN, "a transaction is open", "有未结束的事务");
    arci_session_system(&s, b);
    st = arci_scope_begin(&s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, work(scope.txn, user));
    if (st < 0 && s.error.status != ARC_OK) (void)arci_fail_copy(&b->env, &s.error);
    arci_session_clear(&s);
    return st;
}

typedef struct dump_call {
    arc_copy_options o;
    arc_write_fn write;
    void *user;
} dump_call;

static arc_status dump_work(arci_txn *t, void *user)
{
    dump_call *c = user;
    return arci_dump(t, c->write, c->user, &c->o);
}

arc_status arc_copy_options_init(arc_copy_options *options)
{
    static const arc_copy_options defaults = ARC_COPY_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_book_dump(arc_book *book, arc_write_fn write, void *user, const arc_copy_options *options)
{
    arc_copy_options defaults = ARC_COPY_OPTIONS_INIT;
    dump_call c;
    arci_book *b;
    arc_status st = arci_book_enter(book, &b);
    if (st != ARC_OK) return st;
    c.o = defaults;
    c.write = write;
    c.user = user;
    st = arci_struct_in(&b->env, &c.o, sizeof c.o, options);
    if (st == ARC_OK && (!write || (c.o.flags & ~ARC_DUMP_NO_STAMPS)))
        st = arci_fail(&b->env, ARC_E_INVALID, "write is NULL, or an unknown flag", "write 为 NULL，或标志未知");
    if (st == ARC_OK) st = arci_read_book(b, dump_work, &c);
    return arci_book_leave(b, st);
}
