/* SPDX-License-Identifier: Apache-2.0 */
/* DDL from descriptors. Columns stand in the order of the versions that brought them: a table made new and a table that
 * grew by ALTER TABLE ADD COLUMN have the same text. */
#include <string.h>

#include "backend/sqlkit.h"

typedef struct ddl {
    const arc_sql_dialect *d;
    const arc_schema_desc *schema;
    const arc_host *host;
    uint32_t version;
    arc_sql_object_fn fn;
    void *user;
    arc_sql_text sql, name;
} ddl;

/* Currencies whose minor unit is not a hundredth (ISO 4217), and the minor units in one. */
static const struct {
    const char *code;
    uint32_t unit;
} minor_units[] = {
    { "BIF", 1 },    { "CLP", 1 },    { "DJF", 1 },    { "GNF", 1 },    { "ISK", 1 },     { "JPY", 1 },
    { "KMF", 1 },    { "KRW", 1 },    { "PYG", 1 },    { "RWF", 1 },    { "UGX", 1 },     { "UYI", 1 },
    { "VND", 1 },    { "VUV", 1 },    { "XAF", 1 },    { "XOF", 1 },    { "XPF", 1 },     { "BHD", 1000 },
    { "IQD", 1000 }, { "JOD", 1000 }, { "KWD", 1000 }, { "LYD", 1000 }, { "OMR", 1000 },  { "TND", 1000 },
    { "CLF", 10000 }, { "UYW", 10000 },
};

static const arc_column sequence_cols[] = {
    { "book", "book the sequence belongs to", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 0 },
    { "name", "name of the sequence", NULL, 64, ARC_COL_REQUIRED, ARC_T_TEXT, ARC_NO_COL, 0 },
    { "next", "next number to hand out", NULL, 0, ARC_COL_REQUIRED, ARC_T_INT, ARC_NO_COL, 0 },
};
static const arc_column currency_cols[] = {
    { "code", "ISO 4217 code; currencies not listed have 100 minor units", NULL, 3, ARC_COL_REQUIRED, ARC_T_TEXT,
      ARC_NO_COL, 0 },
    { "unit", "minor units in one", NULL, 0, ARC_COL_REQUIRED, ARC_T_INT, ARC_NO_COL, 0 },
};
static const uint16_t first_two[] = { 0, 1 };
static const arc_table sequence_table = { "arc_sequence", "numbers handed out", sequence_cols, first_two, NULL, NULL,
                                          3, 2, 0, 0, 0, 0 };
static const arc_table currency_table = { "arc_currency", "minor units of currencies, for the views", currency_cols,
                                          first_two, NULL, NULL, 2, 1, 0, 0, ARC_TABLE_APPEND_ONLY, 0 };

const arc_table *arc_sqlkit_sequence(void)
{
    return &sequence_table;
}

/* ---- checks: a descriptor from outside is data too ---- */

static int name_ok(const char *name)
{
    size_t n = name ? strlen(name) : 0;
    if (n == 0 || n > 40 || name[0] < 'a' || name[0] > 'z') {
        return 0;
    }
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

static int column_ok(const arc_table *t, const arc_column *c)
{
    return name_ok(c->name) && c->type >= ARC_T_INT && c->type <= ARC_T_ID &&
           (c->type != ARC_T_MONEY || c->currency_col == ARC_NO_COL || c->currency_col < t->n_cols);
}

static int refs_ok(const arc_schema_desc *s, const arc_table *t)
{
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        const arc_index *x = &t->indexes[i];
        uint32_t where = x->flags & (ARC_INDEX_WHERE_NONZERO | ARC_INDEX_WHERE_NULL | ARC_INDEX_WHERE_SET);
        for (uint32_t c = 0; x->cols && c < (uint32_t)x->n_key + x->n_include; c++) {
            if (x->cols[c] < t->n_cols && t->cols[x->cols[c]].since > x->since && t->cols[x->cols[c]].since > t->since) {
                return 0; /* an index cannot be older than what it indexes */
            }
        }
        if (!name_ok(x->name) || x->n_key == 0 || x->flags > 15u || (where & (where - 1)) ||
            (where && x->where_col >= t->n_cols) ||
            !arci_sqlkit_cols_ok(t, x->cols, (uint32_t)x->n_key + x->n_include)) {
            return 0;
        }
    }
    for (uint32_t i = 0; i < t->n_fks; i++) {
        const arc_foreign_key *k = &t->fks[i];
        if (k->ref_table >= s->n_tables || k->n_cols != s->tables[k->ref_table].n_key ||
            !arci_sqlkit_cols_ok(t, k->cols, k->n_cols)) {
            return 0;
        }
    }
    return 1;
}

static int schema_ok(const arc_schema_desc *s)
{
    if (!s || s->struct_size < sizeof *s || !s->tables) {
        return 0;
    }
    for (uint32_t i = 0; i < s->n_tables; i++) {
        const arc_table *t = &s->tables[i];
        if (!name_ok(t->name) || !t->cols || t->n_cols == 0 || t->n_key == 0 || t->flags > 3u ||
            !arci_sqlkit_cols_ok(t, t->key, t->n_key) || !refs_ok(s, t)) {
            return 0;
        }
        for (uint32_t c = 0; c < t->n_cols; c++) {
            if (!column_ok(t, &t->cols[c]) || (t->cols[c].since > t->since && (t->cols[c].flags & ARC_COL_REQUIRED))) {
                return 0;
            }
        }
    }
    return 1;
}

/* ---- tables ---- */

static void check_codes(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *c)
{
    int either = (d->flags & ARC_SQL_CHECK_OR) != 0;
    arc_sql_text_puts(out, " CHECK (");
    if (!either) {
        arc_sql_name(out, c->name);
        arc_sql_text_puts(out, " IN (");
    }
    for (const char *const *p = c->codes; *p; p++) {
        arc_sql_text_puts(out, p == c->codes ? "" : either ? " OR " : ", ");
        if (either) {
            arc_sql_name(out, c->name);
            arc_sql_text_puts(out, " = ");
        }
        arc_sql_literal(out, *p);
    }
    arc_sql_text_puts(out, either ? ")" : "))");
}

void arc_sqlkit_column(const arc_sql_dialect *dialect, arc_sql_text *out, const arc_table *table,
                       const arc_column *column)
{
    (void)table;
    arc_sql_name(out, column->name);
    arc_sql_text_puts(out, " ");
    arc_sql_text_puts(out, dialect->types[column->type]);
    if (column->flags & ARC_COL_REQUIRED) {
        arc_sql_text_puts(out, " NOT NULL");
    }
    if (column->type == ARC_T_CODE && column->codes && column->codes[0]) {
        check_codes(dialect, out, column);
    } else if (column->type == ARC_T_BOOL && strcmp(dialect->types[ARC_T_BOOL], "boolean") != 0) {
        arc_sql_text_puts(out, " CHECK (");
        arc_sql_name(out, column->name);
        arc_sql_text_puts(out, " = 0 OR ");
        arc_sql_name(out, column->name);
        arc_sql_text_puts(out, " = 1)");
    }
}

static void comment(const ddl *x, arc_sql_text *out, const char *words)
{
    if ((x->d->flags & ARC_SQL_COMMENT_ON) || !words || !*words) {
        return;
    }
    arc_sql_text_puts(out, " /* ");
    for (const char *p = words; *p; p++) {
        if (!(p[0] == '*' && p[1] == '/')) {
            arc_sql_text_add(out, *p == '\n' ? " " : p, 1);
        }
    }
    arc_sql_text_puts(out, " */");
}

static void names(arc_sql_text *out, const arc_table *t, const uint16_t *cols, uint32_t n)
{
    arc_sql_text_puts(out, "(");
    for (uint32_t i = 0; i < n; i++) {
        arc_sql_text_puts(out, i ? ", " : "");
        arc_sql_name(out, t->cols[cols[i]].name);
    }
    arc_sql_text_puts(out, ")");
}

static void foreign_key(ddl *x, const arc_table *t, const arc_foreign_key *k)
{
    const arc_table *ref = &x->schema->tables[k->ref_table];
    arc_sql_text_puts(&x->sql, "FOREIGN KEY ");
    names(&x->sql, t, k->cols, k->n_cols);
    arc_sql_text_puts(&x->sql, " REFERENCES ");
    arc_sql_name(&x->sql, ref->name);
    arc_sql_text_puts(&x->sql, " ");
    names(&x->sql, ref, ref->key, ref->n_key);
}

static arc_status hand_out(ddl *x, uint16_t kind, const arc_table *t, uint32_t since)
{
    if (x->sql.failed || x->name.failed) {
        return ARC_E_NOMEM;
    }
    arc_sql_object o = { (uint32_t)sizeof o, kind, 0, x->name.s, t, x->sql.s, since, 0 };
    return x->fn(x->user, &o);
}

static void start(ddl *x, const char *prefix, const char *name, const char *infix, const char *suffix)
{
    arc_sql_text_reset(&x->sql);
    arc_sql_text_reset(&x->name);
    arc_sql_text_puts(&x->name, prefix);
    arc_sql_text_puts(&x->name, name);
    arc_sql_text_puts(&x->name, infix);
    arc_sql_text_puts(&x->name, suffix);
}

/* The smallest version above `done` that brought columns of t; 0 when there is none left. */
static uint32_t next_since(const ddl *x, const arc_table *t, int64_t done)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < t->n_cols; i++) {
        uint32_t s = t->cols[i].since;
        if ((int64_t)s > done && s <= x->version && s < best) {
            best = s;
        }
    }
    return best;
}

static void columns(ddl *x, const arc_table *t)
{
    int first = 1;
    for (uint32_t since = next_since(x, t, -1); since != UINT32_MAX; since = next_since(x, t, since)) {
        for (uint32_t i = 0; i < t->n_cols; i++) {
            if (t->cols[i].since != since) {
                continue;
            }
            arc_sql_text_puts(&x->sql, first ? "\n  " : ",\n  ");
            first = 0;
            arc_sqlkit_column(x->d, &x->sql, t, &t->cols[i]);
            comment(x, &x->sql, t->cols[i].comment);
        }
    }
}

static arc_status table(ddl *x, const arc_table *t)
{
    start(x, "", t->name, "", "");
    arc_sql_text_puts(&x->sql, "CREATE TABLE ");
    arc_sql_name(&x->sql, t->name);
    arc_sql_text_puts(&x->sql, " (");
    comment(x, &x->sql, t->comment);
    columns(x, t);
    arc_sql_text_puts(&x->sql, ",\n  PRIMARY KEY ");
    names(&x->sql, t, t->key, t->n_key);
    for (uint32_t i = 0; i < t->n_fks && !(x->d->flags & ARC_SQL_FK_LATER); i++) {
        if (t->fks[i].since <= t->since) {
            arc_sql_text_puts(&x->sql, ",\n  ");
            foreign_key(x, t, &t->fks[i]);
        }
    }
    arc_sql_text_puts(&x->sql, "\n)");
    if (x->d->table_options) {
        x->d->table_options(&x->sql, t);
    }
    return hand_out(x, ARC_SQL_OBJECT_TABLE, t, t->since);
}

static arc_status currencies(ddl *x)
{
    start(x, "", currency_table.name, "", "");
    arc_sql_text_puts(&x->sql, "INSERT INTO \"arc_currency\" (\"code\", \"unit\") VALUES ");
    for (size_t i = 0; i < sizeof minor_units / sizeof minor_units[0]; i++) {
        arc_sql_text_puts(&x->sql, i ? ", (" : "(");
        arc_sql_literal(&x->sql, minor_units[i].code);
        arc_sql_text_puts(&x->sql, ", ");
        arc_sql_text_int(&x->sql, minor_units[i].unit);
        arc_sql_text_puts(&x->sql, ")");
    }
    return hand_out(x, ARC_SQL_OBJECT_DATA, &currency_table, 0);
}

static arc_status keys(ddl *x, const arc_table *t)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < t->n_fks && st == ARC_OK; i++) {
        if (t->fks[i].since > x->version || !(x->d->flags & ARC_SQL_FK_LATER)) {
            continue;
        }
        start(x, t->name, "__fk", "_", t->cols[t->fks[i].cols[t->fks[i].n_cols - 1]].name);
        arc_sql_text_puts(&x->sql, "ALTER TABLE ");
        arc_sql_name(&x->sql, t->name);
        arc_sql_text_puts(&x->sql, " ADD CONSTRAINT ");
        arc_sql_name(&x->sql, x->name.s ? x->name.s : "");
        arc_sql_text_puts(&x->sql, " ");
        foreign_key(x, t, &t->fks[i]);
        st = hand_out(x, ARC_SQL_OBJECT_KEY, t, t->fks[i].since);
    }
    return st;
}

/* In the order that questions ask for. */
static void index_keys(ddl *x, const arc_table *t, const uint16_t *cols, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        arc_sql_text_puts(&x->sql, i ? ", " : "(");
        arc_sql_name(&x->sql, t->cols[cols[i]].name);
        if ((x->d->flags & ARC_SQL_NULLS_WORDS) && !(t->cols[cols[i]].flags & ARC_COL_REQUIRED)) {
            arc_sql_text_puts(&x->sql, " NULLS FIRST");
        }
    }
    arc_sql_text_puts(&x->sql, ")");
}

static void index_text(ddl *x, const arc_table *t, const arc_index *ix)
{
    int unique = (ix->flags & ARC_INDEX_UNIQUE) != 0, include = (x->d->flags & ARC_SQL_INCLUDE) != 0;
    arc_sql_text_puts(&x->sql, unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    arc_sql_name(&x->sql, x->name.s ? x->name.s : "");
    arc_sql_text_puts(&x->sql, " ON ");
    arc_sql_name(&x->sql, t->name);
    arc_sql_text_puts(&x->sql, " ");
    index_keys(x, t, ix->cols, !include && !unique ? (uint32_t)ix->n_key + ix->n_include : ix->n_key);
    if (include && ix->n_include) {
        arc_sql_text_puts(&x->sql, " INCLUDE ");
        names(&x->sql, t, ix->cols + ix->n_key, ix->n_include);
    }
    if (ix->flags & ~ARC_INDEX_UNIQUE) {
        arc_sql_text_puts(&x->sql, " WHERE ");
        arc_sql_name(&x->sql, t->cols[ix->where_col].name);
        arc_sql_text_puts(&x->sql, ix->flags & ARC_INDEX_WHERE_NONZERO ? " <> 0"
                                   : ix->flags & ARC_INDEX_WHERE_NULL  ? " IS NULL"
                                                                       : " IS NOT NULL");
    }
}

static arc_status indexes(ddl *x, const arc_table *t)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < t->n_indexes && st == ARC_OK; i++) {
        if (t->indexes[i].since <= x->version) {
            start(x, t->name, "__", t->indexes[i].name, "");
            index_text(x, t, &t->indexes[i]);
            st = hand_out(x, ARC_SQL_OBJECT_INDEX, t, t->indexes[i].since > t->since ? t->indexes[i].since : t->since);
        }
    }
    return st;
}

static arc_status triggers(ddl *x, const arc_table *t)
{
    static const char *const events[] = { "UPDATE", "DELETE" };
    static const char *const suffixes[] = { "no_update", "no_delete" };
    arc_status st = ARC_OK;
    for (int i = 0; i < 2 && st == ARC_OK; i++) {
        if (!(t->flags & ARC_TABLE_APPEND_ONLY) || !x->d->forbid ||
            (i == 1 && (t->flags & ARC_TABLE_ERASABLE))) {
            continue;
        }
        start(x, t->name, "__", suffixes[i], "");
        x->d->forbid(&x->sql, t, x->name.s ? x->name.s : "", events[i]);
        st = hand_out(x, ARC_SQL_OBJECT_TRIGGER, t, t->since);
    }
    return st;
}

/* Keys that came after their table, in stores that cannot add a key to a table. */
static arc_status late_keys(ddl *x, const arc_table *t)
{
    static const char *const parts[] = { "_fk0_", "_fk1_", "_fk2_", "_fk3_" };
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < t->n_fks && st == ARC_OK; i++) {
        const arc_foreign_key *k = &t->fks[i];
        if (k->since > x->version || k->since <= t->since || (x->d->flags & ARC_SQL_FK_LATER)) {
            continue;
        }
        if (!x->d->reference) {
            return ARC_E_UNSUPPORTED;
        }
        for (uint32_t part = 0; part < 4 && st == ARC_OK; part++) {
            start(x, t->name, "_", parts[part], t->cols[k->cols[k->n_cols - 1]].name);
            if (!x->d->reference(&x->sql, t, k, &x->schema->tables[k->ref_table], x->name.s ? x->name.s : "", part)) {
                break;
            }
            st = hand_out(x, ARC_SQL_OBJECT_TRIGGER, t, k->since);
        }
    }
    return st;
}

/* ---- views and comments ---- */

static arc_status view(ddl *x, const arc_table *t)
{
    int first = 1;
    start(x, "v_", t->name, "", "");
    arc_sql_text_puts(&x->sql, "CREATE VIEW ");
    arc_sql_name(&x->sql, x->name.s ? x->name.s : "");
    arc_sql_text_puts(&x->sql, " AS SELECT ");
    for (uint32_t i = 0; i < t->n_cols; i++) {
        const arc_column *c = &t->cols[i];
        if (c->since > x->version) {
            continue;
        }
        arc_sql_text_puts(&x->sql, first ? "" : ", ");
        first = 0;
        if (x->d->view && x->d->view(&x->sql, t, c)) {
            arc_sql_text_puts(&x->sql, " AS ");
        }
        arc_sql_name(&x->sql, c->name);
    }
    arc_sql_text_puts(&x->sql, " FROM ");
    arc_sql_name(&x->sql, t->name);
    arc_sql_text_puts(&x->sql, " AS t");
    return hand_out(x, ARC_SQL_OBJECT_VIEW, t, t->since);
}

static arc_status comments(ddl *x, const arc_table *t)
{
    arc_status st = ARC_OK;
    if (!(x->d->flags & ARC_SQL_COMMENT_ON)) {
        return st;
    }
    start(x, "", t->name, "", "");
    arc_sql_text_puts(&x->sql, "COMMENT ON TABLE ");
    arc_sql_name(&x->sql, t->name);
    arc_sql_text_puts(&x->sql, " IS ");
    arc_sql_literal(&x->sql, t->comment ? t->comment : "");
    st = hand_out(x, ARC_SQL_OBJECT_COMMENT, t, t->since);
    for (uint32_t i = 0; i < t->n_cols && st == ARC_OK; i++) {
        if (t->cols[i].since > x->version || !t->cols[i].comment || !*t->cols[i].comment) {
            continue;
        }
        start(x, t->name, ".", t->cols[i].name, "");
        arc_sql_text_puts(&x->sql, "COMMENT ON COLUMN ");
        arc_sql_name(&x->sql, t->name);
        arc_sql_text_puts(&x->sql, ".");
        arc_sql_name(&x->sql, t->cols[i].name);
        arc_sql_text_puts(&x->sql, " IS ");
        arc_sql_literal(&x->sql, t->cols[i].comment);
        st = hand_out(x, ARC_SQL_OBJECT_COMMENT, t, t->cols[i].since);
    }
    return st;
}

/* ---- all of it ---- */

static arc_status each(ddl *x, arc_status (*make)(ddl *, const arc_table *))
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->schema->n_tables && st == ARC_OK; i++) {
        if (x->schema->tables[i].since <= x->version) {
            st = make(x, &x->schema->tables[i]);
        }
    }
    return st;
}

static arc_status all(ddl *x)
{
    static arc_status (*const makers[])(ddl *, const arc_table *) = { table,     keys, indexes, triggers,
                                                                      late_keys, view, comments };
    arc_status st = table(x, &sequence_table);
    if (st == ARC_OK) {
        st = table(x, &currency_table);
    }
    if (st == ARC_OK) {
        st = currencies(x);
    }
    for (size_t i = 0; i < sizeof makers / sizeof makers[0] && st == ARC_OK; i++) {
        st = each(x, makers[i]);
    }
    return st;
}

arc_status arc_sqlkit_ddl(const arc_sql_dialect *dialect, const arc_schema_desc *schema, uint32_t version,
                          const arc_host *host, arc_sql_object_fn fn, void *user)
{
    if (!dialect || !host || !fn || !schema_ok(schema)) {
        return ARC_E_INVALID;
    }
    ddl x = { dialect, schema, host, version, fn, user, { NULL, NULL, 0, 0, 0, 0 }, { NULL, NULL, 0, 0, 0, 0 } };
    arc_sql_text_init(&x.sql, host);
    arc_sql_text_init(&x.name, host);
    arc_status st = all(&x);
    arc_sql_text_clear(&x.sql);
    arc_sql_text_clear(&x.name);
    return st;
}
