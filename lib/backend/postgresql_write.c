/* SPDX-License-Identifier: Apache-2.0 */
/* Writing rows, so that the number of round trips does not depend on the number of rows.
 *
 * Rows that are expected to be taken - many to be inserted, and all behind later() - go as arrays, a statement for many rows, or as statements that
 * fail where a row is not taken. Else, and where that failed, each row is one execution of a prepared statement, many of them in one batch: a row
 * whose key is taken costs nothing: ON CONFLICT DO NOTHING. Where a foreign key or a unique index can refuse a row with an error, the
 * batch stands behind a savepoint; a refused row is marked, and the batch is sent again without it. */
#include <string.h>

#include "backend/postgresql.h"
#include "backend/sqlkit.h"

enum { BATCH = 4096, RISKY_BATCH = 512, INLINE_WRITES = 8, ROW_OPEN = 0xff, RETRIES = 5, MANY = 4, ARRAY_ROWS = 1024 };
enum { JUDGED, EXPECTED, ARRAY }; /* how a statement takes a row that is refused; ARRAY: as EXPECTED, for many rows */

typedef struct step {
    const arc_write *w;
    const arc_table *t;
    arci_pg_stmt *stmt;
    uint32_t width; /* values in a row */
    uint32_t risky; /* a constraint may answer with an error */
    uint32_t adds;
} step;

typedef struct writer {
    arci_pg *be;
    step *steps;
    uint32_t n;
} writer;

typedef struct place { /* of a row among all rows of a call */
    uint32_t step, row;
} place;

/* ---- statements ---- */

static int has_col(const arc_write *w, const uint16_t *cols, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < w->n_cols; k++) {
            if (cols[i] == w->cols[k]) {
                return 1;
            }
        }
    }
    return 0;
}

static int update_risky(const arc_table *t, const arc_write *w)
{
    for (uint32_t i = 0; i < t->n_fks; i++) {
        if (has_col(w, t->fks[i].cols, t->fks[i].n_cols)) {
            return 1;
        }
    }
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        const arc_index *x = &t->indexes[i];
        if ((x->flags & ARC_INDEX_UNIQUE) && (has_col(w, x->cols, x->n_key) || has_col(w, &x->where_col, 1))) {
            return 1;
        }
    }
    return 0;
}

static int pointed_at(const arc_schema_desc *s, uint16_t table)
{
    for (uint32_t i = 0; i < s->n_tables; i++) {
        for (uint32_t k = 0; k < s->tables[i].n_fks; k++) {
            if (s->tables[i].fks[k].ref_table == table) {
                return 1;
            }
        }
    }
    return 0;
}

static void guard_text(arc_sql_text *out, const step *p)
{
    uint32_t from = p->t->n_key + p->w->n_cols;
    arc_sql_text_puts(out, " RETURNING 1) SELECT (SELECT count(*) FROM u)");
    for (uint32_t i = 0; i < p->w->n_guards; i++) {
        const arc_guard *g = &p->w->guards[i];
        arc_sql_text_puts(out, ", CASE WHEN ");
        arci_sqlkit_compare(&arci_pg_dialect, out, &p->t->cols[g->col], g->op, from + i + 1);
        arc_sql_text_puts(out, " THEN 1 ELSE 0 END");
    }
    arc_sql_text_puts(out, " FROM ");
    arc_sql_name(out, p->t->name);
    for (uint32_t i = 0; i < p->t->n_key; i++) {
        arc_sql_text_puts(out, i ? " AND " : " WHERE ");
        arc_sql_name(out, p->t->cols[p->t->key[i]].name);
        arc_sql_text_puts(out, " = $");
        arc_sql_text_int(out, (int64_t)i + 1);
    }
}

static void array_text(arc_sql_text *out, const step *p)
{
    arc_sql_text_puts(out, "INSERT INTO ");
    arc_sql_name(out, p->t->name);
    for (uint32_t i = 0; i < p->w->n_cols; i++) {
        arc_sql_text_puts(out, i ? ", " : " (");
        arc_sql_name(out, p->t->cols[p->w->cols[i]].name);
    }
    for (uint32_t i = 0; i < p->w->n_cols; i++) {
        arc_sql_text_puts(out, i ? ", $" : ") SELECT * FROM unnest($");
        arc_sql_text_int(out, (int64_t)i + 1);
        arc_sql_text_puts(out, "::");
        arc_sql_text_puts(out, arci_pg_type_name(arci_pg_type(&p->t->cols[p->w->cols[i]])));
        arc_sql_text_puts(out, "[]");
    }
    arc_sql_text_puts(out, ")");
}

/* A guarded write reads the row's guards in the same statement, as they were before it: so that rows of one call that write the
 * same row one after the other each report what they met. A write that is expected to be taken fails where it is not: what stands behind
 * it in the batch, COMMIT among it, is not done then. */
static arc_status prepare(arci_pg *be, step *p, uint32_t how, arci_pg_stmt **out)
{
    arc_sql_text *sql = &be->sql;
    arc_status st = arc_sqlkit_write(&arci_pg_dialect, be->schema, p->w, ARC_SQL_KEY | ARC_SQL_TEXT, &be->build);
    arc_sql_text_puts(&be->build.key, how == EXPECTED ? "E" : how == ARRAY ? "A" : "");
    st = st == ARC_OK && be->build.key.failed ? ARC_E_NOMEM : st;
    if (st == ARC_OK) {
        st = arci_pg_params_room(be, p->width);
    }
    if (st != ARC_OK) {
        return st;
    }
    arc_sql_text_reset(sql);
    if (how == ARRAY) {
        array_text(sql, p);
    } else {
        int insert = p->w->op == ARC_WRITE_INSERT, with = !insert && (how == EXPECTED || p->w->n_guards);
        arc_sql_text_puts(sql, with ? "WITH u AS (" : "");
        arc_sql_text_puts(sql, be->build.text.s);
        if (insert && how == JUDGED) {
            arc_sql_text_puts(sql, " ON CONFLICT DO NOTHING");
        } else if (with && how == EXPECTED) {
            arc_sql_text_puts(sql, " RETURNING 1) SELECT 1 / count(*) FROM u");
        } else if (with) {
            guard_text(sql, p);
        }
    }
    for (uint32_t i = 0; i < p->width; i++) {
        Oid type = arci_pg_type(arc_sqlkit_write_column(p->t, p->w, i));
        be->params.types[i] = how == ARRAY ? arci_pg_array_type(type) : type;
    }
    return sql->failed ? ARC_E_NOMEM : arci_pg_prepare(be, sql->s, p->width, out);
}

static arc_status stmt_of(arci_pg *be, step *p, uint32_t how, arci_pg_stmt **out)
{
    arc_status st = arc_sqlkit_write(&arci_pg_dialect, be->schema, p->w, ARC_SQL_KEY, &be->build);
    arc_sql_text_puts(&be->build.key, how == EXPECTED ? "E" : how == ARRAY ? "A" : "");
    st = st == ARC_OK && be->build.key.failed ? ARC_E_NOMEM : st;
    st = st == ARC_OK ? arci_pg_cached(be, out) : st;
    return st == ARC_OK && !*out ? prepare(be, p, how, out) : st;
}

static arc_status step_start(arci_pg *be, step *p, const arc_write *w)
{
    memset(p, 0, sizeof *p);
    arc_status st = w ? arc_sqlkit_write(&arci_pg_dialect, be->schema, w, ARC_SQL_KEY, &be->build) : ARC_E_INVALID;
    if (st != ARC_OK || w->n_rows == 0 || !w->rows || !w->results) {
        return st == ARC_E_NOMEM ? st : arci_pg_error(be, ARC_E_INVALID, "a write that breaks the contract");
    }
    p->w = w;
    p->t = &be->schema->tables[w->table];
    if ((w->op != ARC_WRITE_INSERT && (p->t->flags & ARC_TABLE_APPEND_ONLY) && !(p->t->flags & ARC_TABLE_ERASABLE)) ||
        (w->op == ARC_WRITE_UPDATE && (p->t->flags & ARC_TABLE_APPEND_ONLY))) {
        return arci_pg_error(be, ARC_E_INVALID, "rows of this table are never changed");
    }
    p->width = (w->op == ARC_WRITE_INSERT ? 0 : p->t->n_key) + w->n_cols + w->n_guards;
    for (uint32_t i = 0; w->op == ARC_WRITE_UPDATE && w->set && i < w->n_cols; i++) {
        p->adds |= w->set[i] == ARC_ADD;
    }
    p->risky = w->op == ARC_WRITE_INSERT   ? p->t->n_fks > 0
               : w->op == ARC_WRITE_UPDATE ? (uint32_t)update_risky(p->t, w)
                                           : (uint32_t)pointed_at(be->schema, w->table);
    memset(w->results, ROW_OPEN, w->n_rows);
    return ARC_OK;
}

static arc_status step_judged(arci_pg *be, step *p)
{
    arc_status st = stmt_of(be, p, JUDGED, &p->stmt);
    if (st == ARC_OK) {
        p->stmt->busy++;
    }
    return st;
}

/* ---- rows that are expected to be taken ---- */

static arc_status bind_row(arci_pg *be, const step *p, uint32_t row)
{
    const arc_value *v = p->w->rows + (size_t)row * p->width;
    arc_status st = arci_pg_params_room(be, p->width);
    for (uint32_t i = 0; i < p->width && st == ARC_OK; i++) {
        st = arci_pg_param(be, i, &v[i], arc_sqlkit_write_column(p->t, p->w, i));
    }
    return st;
}

/* Sends all rows of a step; each statement's answer is due. */
static arc_status expect(arci_pg *be, step *p, uint32_t kind)
{
    const arc_write *w = p->w;
    arci_pg_stmt *stmt = NULL;
    int array = w->op == ARC_WRITE_INSERT && w->n_rows >= MANY && arci_pg_arrays_fit(w->n_cols);
    arc_status st = stmt_of(be, p, array ? ARRAY : EXPECTED, &stmt);
    st = st == ARC_OK ? arci_pg_start(be) : st;
    for (uint32_t row = 0; row < w->n_rows && st == ARC_OK;) {
        uint32_t n = !array ? 1 : w->n_rows - row < ARRAY_ROWS ? w->n_rows - row : ARRAY_ROWS;
        st = array ? arci_pg_arrays(be, p->t, w->cols, w->n_cols, w->rows + (size_t)row * p->width, n) : bind_row(be, p, row);
        st = st == ARC_OK ? arci_pg_send_stmt(be, stmt) : st;
        st = st == ARC_OK ? arci_pg_owe(be, kind, NULL) : st;
        row += n;
    }
    return st;
}

static arc_status expect_all(writer *x, uint32_t kind)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) {
        st = expect(x->be, &x->steps[i], kind);
        memset(x->steps[i].w->results, ARC_ROW_OK, x->steps[i].w->n_rows);
    }
    return st;
}

/* Its references are looked at row by row: an array would see later rows too. */
static int points_at_itself(const arc_table *t, uint16_t table)
{
    for (uint32_t i = 0; i < t->n_fks; i++) {
        if (t->fks[i].ref_table == table) {
            return 1;
        }
    }
    return 0;
}

static int owes_late(const arci_pg *be)
{
    for (uint32_t i = 0; i < be->n_due; i++) {
        if (be->due[i].kind == ARCI_PG_DUE_LATE) {
            return 1;
        }
    }
    return 0;
}

/* Many rows to insert: most often all are taken. *done: they were. */
static arc_status try_all(writer *x, int *done)
{
    arci_pg *be = x->be;
    uint32_t rows = 0;
    *done = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        rows += x->steps[i].w->n_rows;
        if (x->steps[i].w->op != ARC_WRITE_INSERT || points_at_itself(x->steps[i].t, x->steps[i].w->table)) {
            return ARC_OK;
        }
    }
    if (rows < MANY * x->n) {
        return ARC_OK;
    }
    arc_status st = owes_late(be) ? arci_pg_settle(be) : ARC_OK; /* what was put off fails for itself */
    st = st == ARC_OK ? arci_pg_start(be) : st;
    st = st == ARC_OK ? arci_pg_send(be, "SAVEPOINT arcw", 0) : st;
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    st = st == ARC_OK ? expect_all(x, ARCI_PG_DUE_TRY) : st;
    st = st == ARC_OK ? arci_pg_send(be, "RELEASE arcw", 0) : st;
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    st = st == ARC_OK ? arci_pg_settle(be) : arci_pg_abandon(be, st);
    *done = st == ARC_OK;
    if (st != ARC_E_EXISTS && st != ARC_E_REFERENCE) {
        return st;
    }
    for (uint32_t i = 0; i < x->n; i++) {
        memset(x->steps[i].w->results, ROW_OPEN, x->steps[i].w->n_rows);
    }
    return arci_pg_run(be, "ROLLBACK TO arcw", 0, NULL); /* the point stays: the next one of that name hides it, and the end of the transaction ends it */
}

/* ---- a batch ---- */

static int forward(const writer *x, place *at)
{
    if (++at->row >= x->steps[at->step].w->n_rows) {
        at->step++;
        at->row = 0;
    }
    return at->step < x->n;
}

static arc_status send_row(writer *x, const step *p, uint32_t row)
{
    arc_status st = bind_row(x->be, p, row);
    return st == ARC_OK ? arci_pg_send_stmt(x->be, p->stmt) : st;
}

static arc_status send_batch(writer *x, place from, uint32_t n, int risky, int again)
{
    arc_status st = arci_pg_start(x->be);
    if (st == ARC_OK && risky) {
        st = arci_pg_send(x->be, again ? "ROLLBACK TO arcw" : "SAVEPOINT arcw", 0);
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++, forward(x, &from)) {
        const step *p = &x->steps[from.step];
        if (p->w->results[from.row] == ROW_OPEN) {
            st = send_row(x, p, from.row);
        }
    }
    if (st == ARC_OK && risky) {
        st = arci_pg_send(x->be, "RELEASE arcw", 0);
    }
    return st == ARC_OK ? arci_pg_go(x->be) : arci_pg_abandon(x->be, st);
}

/* ROW_OPEN when the row was changed by another transaction while the statement waited: its reason must be asked again. */
static uint8_t judge(const step *p, PGresult *res)
{
    if (p->w->n_guards == 0) {
        const char *count = PQcmdTuples(res);
        int none = count[0] == '0' || !count[0];
        return none ? (uint8_t)(p->w->op == ARC_WRITE_INSERT ? ARC_ROW_EXISTS : ARC_ROW_MISSING) : (uint8_t)ARC_ROW_OK;
    }
    if (PQntuples(res) == 0) {
        return ARC_ROW_MISSING;
    }
    if (arci_pg_int(res, 0, 0) > 0) {
        return ARC_ROW_OK;
    }
    for (uint32_t i = 0; i < p->w->n_guards; i++) {
        if (arci_pg_int(res, 0, (int)i + 1) == 0) {
            return (uint8_t)p->w->guards[i].result;
        }
    }
    return ROW_OPEN;
}

/* Fills verdict[0..n). *refused: a constraint refused that row; everything in the batch was undone. */
static arc_status read_batch(writer *x, place from, uint32_t n, int risky, uint8_t *verdict, uint32_t *refused)
{
    arci_pg *be = x->be;
    arc_status st = risky ? arci_pg_done(be) : ARC_OK;
    *refused = n;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++, forward(x, &from)) {
        const step *p = &x->steps[from.step];
        PGresult *res;
        verdict[i] = p->w->results[from.row];
        if (verdict[i] != ROW_OPEN) {
            continue;
        }
        st = arci_pg_result(be, &res, 0);
        if (st == ARC_OK) {
            verdict[i] = judge(p, res);
        } else if (risky && (st == ARC_E_EXISTS || st == ARC_E_REFERENCE)) {
            p->w->results[from.row] = st == ARC_E_EXISTS ? ARC_ROW_EXISTS : ARC_ROW_REFERENCE;
            *refused = i;
        } else {
            st = st == ARC_E_OVERFLOW && !p->adds ? arci_pg_error(be, ARC_E_CHECK, "a number does not fit its column") : st;
        }
        PQclear(res);
    }
    if (*refused < n) {
        st = arci_pg_end(be, st);
        return st == ARC_E_EXISTS || st == ARC_E_REFERENCE ? ARC_OK : st;
    }
    st = st == ARC_OK && risky ? arci_pg_done(be) : st;
    return arci_pg_end(be, st);
}

/* Rows from..from+n until each has its result. */
static arc_status batch(writer *x, place from, uint32_t n, int risky, uint8_t *verdict)
{
    uint32_t refused = n, open = 1, tries = 0;
    int again = 0;
    while (open) {
        arc_status st = send_batch(x, from, n, risky, again);
        st = st == ARC_OK ? read_batch(x, from, n, risky, verdict, &refused) : st;
        if (st != ARC_OK) {
            return st;
        }
        again = refused < n;
        if (again) {
            continue;
        }
        place at = from;
        open = 0;
        for (uint32_t i = 0; i < n; i++, forward(x, &at)) {
            x->steps[at.step].w->results[at.row] = verdict[i];
            open += verdict[i] == ROW_OPEN;
        }
        if (open && ++tries > RETRIES) {
            return arci_pg_error(x->be, ARC_E_CONFLICT, "a row was changed by others again and again");
        }
    }
    return ARC_OK;
}

/* ---- a call ---- */

static arc_status all_batches(writer *x)
{
    uint8_t verdict[BATCH];
    place at = { 0, 0 };
    arc_status st = ARC_OK;
    while (at.step < x->n && st == ARC_OK) {
        place from = at;
        uint32_t n = 0;
        int risky = 0;
        do { /* a risky row makes the batch a small one; rows already in it stay */
            risky = risky || (int)x->steps[at.step].risky;
            n++;
        } while (forward(x, &at) && n < BATCH && !(n >= RISKY_BATCH && (risky || x->steps[at.step].risky)));
        st = batch(x, from, n, risky, verdict);
    }
    return st;
}

arc_status arci_pg_write(void *txn, arc_write *const *writes, uint32_t n)
{
    arci_pg *be = txn;
    step some[INLINE_WRITES];
    writer x = { be, some, n };
    void *more = NULL;
    uint32_t started = 0;
    int later = arci_pg_takes_later(be), done = 0;
    arc_status st = arci_pg_enter(be, ARC_TXN_WRITE);
    if (st != ARC_OK || n == 0) {
        return st;
    }
    if (n > INLINE_WRITES) {
        more = be->host->alloc(be->host, n * sizeof *x.steps);
        st = more ? ARC_OK : ARC_E_NOMEM;
        x.steps = more;
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = writes ? step_start(be, &x.steps[i], writes[i]) : ARC_E_INVALID;
    }
    if (st == ARC_OK && later) {
        st = expect_all(&x, ARCI_PG_DUE_LATE);
        done = 1;
    }
    st = st == ARC_OK && !done ? try_all(&x, &done) : st;
    for (; started < n && st == ARC_OK && !done; started += st == ARC_OK) {
        st = step_judged(be, &x.steps[started]);
    }
    st = st == ARC_OK && !done ? all_batches(&x) : st;
    while (started > 0) {
        x.steps[--started].stmt->busy--;
    }
    be->host->release(be->host, more);
    return arci_pg_doom(be, st);
}
