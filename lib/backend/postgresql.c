/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL's dialect and the table of operations. */
#include <string.h>

#include "arcore/postgresql.h"
#include "backend/postgresql.h"

static void contains(arc_sql_text *out, const arc_column *column, uint32_t n)
{
    arc_sql_text_puts(out, "strpos(");
    arc_sql_name(out, column->name);
    arc_sql_text_puts(out, ", $");
    arc_sql_text_int(out, n);
    arc_sql_text_puts(out, ") > 0");
}

/* The first half lets an index be entered at the right place. */
static void prefix(arc_sql_text *out, const arc_column *column, uint32_t n)
{
    arc_sql_text_puts(out, "(");
    arc_sql_name(out, column->name);
    arc_sql_text_puts(out, " >= $");
    arc_sql_text_int(out, n);
    arc_sql_text_puts(out, " AND starts_with(");
    arc_sql_name(out, column->name);
    arc_sql_text_puts(out, ", $");
    arc_sql_text_int(out, n);
    arc_sql_text_puts(out, "))");
}

static void forbid(arc_sql_text *out, const arc_table *table, const char *name, const char *event)
{
    arc_sql_text_puts(out, "CREATE TRIGGER ");
    arc_sql_name(out, name);
    arc_sql_text_puts(out, " BEFORE ");
    arc_sql_text_puts(out, event);
    arc_sql_text_puts(out, event[0] == 'U' ? " OR TRUNCATE ON " : " ON ");
    arc_sql_name(out, table->name);
    arc_sql_text_puts(out, " FOR EACH STATEMENT EXECUTE FUNCTION \"arc_forbid\"()");
}

static void zeros(arc_sql_text *out, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        arc_sql_text_puts(out, "0");
    }
}

/* Seconds and the rest apart: a product of an interval and a number goes through a double. */
static void stamp_view(arc_sql_text *out, const char *name)
{
    arc_sql_text_puts(out, "timestamptz 'epoch' + (");
    arc_sql_name(out, name);
    arc_sql_text_puts(out, " / 1000000) * interval '1 second' + (");
    arc_sql_name(out, name);
    arc_sql_text_puts(out, " % 1000000) * interval '1 microsecond'");
}

static int32_t view(arc_sql_text *out, const arc_table *table, const arc_column *column)
{
    if (column->type == ARC_T_STAMP) {
        stamp_view(out, column->name);
        return 1;
    }
    if (column->type == ARC_T_BOOL) {
        arc_sql_name(out, column->name);
        arc_sql_text_puts(out, " <> 0");
        return 1;
    }
    if (column->type == ARC_T_DECIMAL && column->size > 0 && column->size <= 18) {
        arc_sql_name(out, column->name);
        arc_sql_text_puts(out, " * 0.");
        zeros(out, column->size - 1);
        arc_sql_text_puts(out, "1");
        return 1;
    }
    if (column->type == ARC_T_MONEY && column->currency_col != ARC_NO_COL) {
        arc_sql_text_puts(out, "trim_scale(");
        arc_sql_name(out, column->name);
        arc_sql_text_puts(out, "::numeric / coalesce((SELECT \"unit\" FROM \"arc_currency\" WHERE \"code\" = t.");
        arc_sql_name(out, table->cols[column->currency_col].name);
        arc_sql_text_puts(out, "), 100))");
        return 1;
    }
    return 0;
}

/* Stamps are bigint: every microsecond that an int64 holds, comparable with other numbers; the views show timestamptz. */
#define TEXT "text COLLATE \"C\""
const arc_sql_dialect arci_pg_dialect = {
    .struct_size = (uint32_t)sizeof(arc_sql_dialect),
    .flags = ARC_SQL_ROW_VALUES | ARC_SQL_NULLS_WORDS | ARC_SQL_DISTINCT_FROM | ARC_SQL_INCLUDE | ARC_SQL_FK_LATER |
             ARC_SQL_COMMENT_ON,
    .placeholder = "$",
    .types = { NULL, "bigint", "smallint", TEXT, "date", "bigint", "bigint", TEXT, TEXT, "bigint", "bytea", "bigint" },
    .max_params = 65535,
    .contains = contains,
    .prefix = prefix,
    .forbid = forbid,
    .view = view,
};

static arc_status describe(void *handle, void (*say)(void *user, const char *key, const char *value), void *user)
{
    arci_pg *be = handle;
    char trips[2][24] = { "", "" };
    const uint64_t counts[2] = { be->trips, be->draws_made };
    for (int i = 0; i < 2; i++) {
        size_t at = sizeof trips[i] - 1;
        uint64_t v = counts[i];
        do {
            trips[i][--at] = (char)('0' + v % 10);
            v /= 10;
        } while (v);
        memmove(trips[i], trips[i] + at, sizeof trips[i] - at);
    }
    const struct {
        const char *key, *value;
    } pairs[] = { { "version", PQparameterStatus(be->conn, "server_version") },
                  { "location", PQdb(be->conn) },
                  { "host", PQhost(be->conn) },
                  { "port", PQport(be->conn) },
                  { "user", PQuser(be->conn) },
                  { "tls", PQsslInUse(be->conn) ? "yes" : "no" },
                  { "schema", be->space },
                  { "durability", be->take_any ? "server" : "full" },
                  { "round_trips", trips[0] },
                  { "draws", trips[1] } };
    say(user, "engine", "PostgreSQL");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i].value && *pairs[i].value) {
            say(user, pairs[i].key, pairs[i].value);
        }
    }
    return ARC_OK;
}

static const arc_backend_ops ops = {
    .struct_size = (uint32_t)sizeof(arc_backend_ops),
    .abi = ARC_BACKEND_ABI,
    .scheme = "postgresql",
    .description = "PostgreSQL database",
    .caps = ARC_CAP_DURABLE | ARC_CAP_SHARED | ARC_CAP_FOREIGN_KEYS | ARC_CAP_SAVEPOINT,
    .threads = ARC_THREADS_HANDLES,
    .open = arci_pg_open,
    .close = arci_pg_close,
    .migrate = arci_pg_migrate,
    .begin = arci_pg_begin,
    .commit = arci_pg_commit,
    .rollback = arci_pg_rollback,
    .write = arci_pg_write,
    .fetch = arci_pg_fetch,
    .next = arci_pg_next,
    .end = arci_pg_cursor_end,
    .reserve = arci_pg_reserve,
    .plan = arci_pg_plan,
    .aggregate = arci_pg_aggregate,
    .get_many = arci_pg_get_many,
    .savepoint = arci_pg_savepoint,
    .rollback_to = arci_pg_rollback_to,
    .release = arci_pg_release,
    .lock_rows = arci_pg_lock_rows,
    .share_rows = arci_pg_share_rows,
    .check = arci_pg_check,
    .explain = arci_pg_explain,
    .describe = describe,
    .next_number = arci_pg_next_number,
    .attach = arci_pg_attach,
    .later = arci_pg_later,
};

const arc_backend_ops *arc_postgresql_backend(void)
{
    return &ops;
}
