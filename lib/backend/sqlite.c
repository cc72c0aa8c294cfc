/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite's dialect and the table of operations. */
#include <string.h>

#include "backend/sqlite.h"

/* WITHOUT ROWID keeps a row in the tree of its key (book, id): no second tree to write and to search. Measured with 300,000
 * rows and three indexes against a rowid table: at 100 bytes a row bulk load 0.85x, read by key 0.62x, scan 0.73x, update 0.88x;
 * at 230 bytes even, with look-ups through a secondary index dearer (they compare whole records on the way down); at
 * 550 bytes load 1.17x, look-up by number 1.4x. So narrow tables are WITHOUT ROWID, wide ones are not. The width counts
 * only columns the table was born with: a table does not change its form when columns are added. */
static uint32_t likely_width(const arc_table *t)
{
    uint32_t width = 0;
    for (uint32_t i = 0; i < t->n_cols; i++) {
        const arc_column *c = &t->cols[i];
        uint32_t w = 4;
        if (c->since > t->since) {
            continue;
        }
        switch (c->type) {
        case ARC_T_BOOL: w = 1; break;
        case ARC_T_DATE: w = 11; break;
        case ARC_T_CODE: w = 8; break;
        case ARC_T_TEXT: w = c->size && c->size < 24 ? c->size : 24; break;
        case ARC_T_JSON:
        case ARC_T_BLOB: w = c->size && c->size < 64 ? c->size : 64; break;
        default: break;
        }
        width += c->flags & ARC_COL_REQUIRED ? w + 1 : w / 2 + 1;
    }
    return width;
}

static void table_options(arc_sql_text *out, const arc_table *table)
{
    arc_sql_text_puts(out, likely_width(table) <= 200 ? " STRICT, WITHOUT ROWID" : " STRICT");
}

static void number(arc_sql_text *out, uint32_t n)
{
    arc_sql_text_puts(out, "?");
    arc_sql_text_int(out, n);
}

static void contains(arc_sql_text *out, const arc_column *column, uint32_t n)
{
    arc_sql_text_puts(out, "instr(");
    arc_sql_name(out, column->name);
    arc_sql_text_puts(out, ", ");
    number(out, n);
    arc_sql_text_puts(out, ") > 0");
}

static void among(arc_sql_text *out, const arc_column *column, uint32_t n)
{
    arc_sql_text_puts(out, ARCI_SQLITE_AMONG "(");
    arc_sql_name(out, column->name);
    arc_sql_text_puts(out, ", ");
    number(out, n);
    arc_sql_text_puts(out, ")");
}

static void forbid(arc_sql_text *out, const arc_table *table, const char *name, const char *event)
{
    arc_sql_text_puts(out, "CREATE TRIGGER ");
    arc_sql_name(out, name);
    arc_sql_text_puts(out, " BEFORE ");
    arc_sql_text_puts(out, event);
    arc_sql_text_puts(out, " ON ");
    arc_sql_name(out, table->name);
    arc_sql_text_puts(out, " BEGIN SELECT RAISE(ABORT, 'rows of this table are never changed'); END");
}

/* NEW.col = ... of the key's columns against the referenced primary key, joined by AND. */
static void same_key(arc_sql_text *out, const arc_table *table, const arc_foreign_key *key, const arc_table *ref, int deleted)
{
    for (uint32_t i = 0; i < key->n_cols; i++) {
        arc_sql_text_puts(out, i ? " AND " : "");
        arc_sql_name(out, deleted ? table->cols[key->cols[i]].name : ref->cols[ref->key[i]].name);
        arc_sql_text_puts(out, deleted ? " = OLD." : " = NEW.");
        arc_sql_name(out, deleted ? ref->cols[ref->key[i]].name : table->cols[key->cols[i]].name);
    }
}

/* SQLite cannot add a composite key to a table that exists: triggers do what the key would. AFTER, so that a row may point at
 * itself and a taken key is reported first. */
static int32_t reference(arc_sql_text *out, const arc_table *table, const arc_foreign_key *key, const arc_table *ref,
                         const char *name, uint32_t part)
{
    if (part > 2 || (part == 2 && !(ref->flags & ARC_TABLE_ERASABLE))) {
        return 0;
    }
    arc_sql_text_puts(out, "CREATE TRIGGER ");
    arc_sql_name(out, name);
    arc_sql_text_puts(out, part == 0 ? " AFTER INSERT ON " : part == 2 ? " AFTER DELETE ON " : " AFTER UPDATE OF ");
    for (uint32_t i = 0; i < key->n_cols && part == 1; i++) {
        arc_sql_text_puts(out, i ? ", " : "");
        arc_sql_name(out, table->cols[key->cols[i]].name);
    }
    arc_sql_text_puts(out, part == 1 ? " ON " : "");
    arc_sql_name(out, part == 2 ? ref->name : table->name);
    arc_sql_text_puts(out, " WHEN ");
    for (uint32_t i = 0; i < key->n_cols && part < 2; i++) {
        arc_sql_text_puts(out, "NEW.");
        arc_sql_name(out, table->cols[key->cols[i]].name);
        arc_sql_text_puts(out, " IS NOT NULL AND ");
    }
    arc_sql_text_puts(out, part == 2 ? "EXISTS (SELECT 1 FROM " : "NOT EXISTS (SELECT 1 FROM ");
    arc_sql_name(out, part == 2 ? table->name : ref->name);
    arc_sql_text_puts(out, " WHERE ");
    same_key(out, table, key, ref, part == 2);
    arc_sql_text_puts(out, ") BEGIN SELECT RAISE(ABORT, '" ARCI_SQLITE_REFERENCE "'); END");
    return 1;
}

static void stamp_view(arc_sql_text *out, const char *name)
{
    static const char *const parts[] = {
        "strftime('%Y-%m-%dT%H:%M:%S', (", " - ((",
        " % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((",
        " % 1000000) + 1000000) % 1000000)"
    };
    for (int i = 0; i < 4; i++) {
        arc_sql_text_puts(out, parts[i]);
        if (i < 3) {
            arc_sql_name(out, name);
        }
    }
}

static int32_t view(arc_sql_text *out, const arc_table *table, const arc_column *column)
{
    if (column->type == ARC_T_STAMP) {
        stamp_view(out, column->name);
        return 1;
    }
    if (column->type == ARC_T_DECIMAL && column->size > 0 && column->size <= 18) {
        arc_sql_name(out, column->name);
        arc_sql_text_puts(out, " / 1");
        for (uint32_t i = 0; i < column->size; i++) {
            arc_sql_text_puts(out, "0");
        }
        arc_sql_text_puts(out, ".0");
        return 1;
    }
    if (column->type == ARC_T_MONEY && column->currency_col != ARC_NO_COL) {
        arc_sql_name(out, column->name);
        arc_sql_text_puts(out, " * 1.0 / coalesce((SELECT \"unit\" FROM \"arc_currency\" WHERE \"code\" = t.");
        arc_sql_name(out, table->cols[column->currency_col].name);
        arc_sql_text_puts(out, "), 100)");
        return 1;
    }
    return 0;
}

/* An IN of few strings in a CHECK builds a table at every execution: 2.5 us a row, the same as OR 0.15 us. */
const arc_sql_dialect arci_sqlite_dialect = {
    (uint32_t)sizeof(arc_sql_dialect),
    ARC_SQL_ROW_VALUES | ARC_SQL_PREFIX_RANGE | ARC_SQL_CHECK_OR,
    "?",
    { NULL, "INTEGER", "INTEGER", "TEXT", "TEXT", "INTEGER", "INTEGER", "TEXT", "TEXT", "INTEGER", "BLOB", "INTEGER" },
    32766,
    0,
    table_options,
    NULL,
    NULL,
    NULL, /* an overflowing sum is a REAL, which an INTEGER column of a STRICT table refuses, -2^63 - 1 included */
    contains,
    NULL,
    forbid,
    view,
    reference,
    NULL,
    among,
};

static const arc_backend_ops ops = {
    ARC_BACKEND_HEAD,
    "sqlite",
    "SQLite database file",
    ARC_CAP_DURABLE | ARC_CAP_SHARED | ARC_CAP_SINGLE_WRITER | ARC_CAP_FOREIGN_KEYS | ARC_CAP_SAVEPOINT,
    ARC_THREADS_HANDLES,
    0,
    0,
    arci_sqlite_open,
    arci_sqlite_close,
    arci_sqlite_migrate,
    arci_sqlite_begin,
    arci_sqlite_commit,
    arci_sqlite_rollback,
    arci_sqlite_write,
    arci_sqlite_fetch,
    arci_sqlite_next,
    arci_sqlite_end,
    arci_sqlite_reserve,
    arci_sqlite_plan,
    arci_sqlite_aggregate,
    arci_sqlite_get_many,
    arci_sqlite_savepoint,
    arci_sqlite_rollback_to,
    arci_sqlite_release_to,
    NULL,
    arci_sqlite_check,
    arci_sqlite_backup,
    arci_sqlite_explain,
    NULL,
    arci_sqlite_remove,
    arci_sqlite_describe,
    arci_sqlite_next_number,
    NULL,
    arci_sqlite_snapshot,
    arci_sqlite_attach,
    NULL,
};

const arc_backend_ops *arci_backend_sqlite(void)
{
    return &ops;
}
