/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a statement back: its receipts go back, its lines no longer stand, its file may come again. */
#include <string.h>

#include "cash/statement.h"
#include "ledger/allot.h"
#include "ledger/receipt.h"
#include "ledger/step.h"

#define CHUNK 1000u

enum { S_ID, S_VERSION, S_ACCOUNT, S_FROM, S_TO, S_STANDING, S_KNOWN };
static const char statement_fields[] = "id version bank_account date_from date_to standing n_known";
static const char statement_changes[] = "standing undone_on undone_reason";
enum { L_ID, L_VERSION, L_RECEIPT, L_STATEMENT, L_REVERSES, L_BATCH, L_KIND };
static const char line_fields[] = "id version receipt bank_statement reverses batch kind";
static const char line_changes[] = "standing waiting status";
enum { R_RECEIPT, R_UNAPPLIED, R_RETURNED, R_CLAIMED };

typedef struct undoing {
    arc_session *session;
    arci_session *s;
    arci_txn *t;
    arci_arena arena, chunk;
    int64_t id;
    const char *reason;
    arc_date day;
    arc_value *head;
} undoing;

static arc_status read_head(undoing *u, const arci_shape **shape)
{
    arc_status st = arci_shape_get(u->t, shape, "bank_statement", statement_fields);
    if (st == ARC_OK) st = arci_repo_lock(u->t, "bank_statement", &u->id, 1);
    if (st == ARC_OK) st = arci_repo_get(u->t, *shape, u->id, &u->arena, &u->head);
    if (st == ARC_OK && u->head[S_STANDING].type == ARC_V_NULL) {
        st = arci_fail(u->t->env, ARC_E_STATE, "the statement was taken back already", "对账单已撤销");
        arci_fail_at(u->t->env, "bank_statement", NULL, u->id, -1);
    }
    return st;
}

/* A statement that came later may have passed over bookings because they were in this one. */
static arc_status check_later(undoing *u, const arci_shape *shape)
{
    arci_where w;
    arci_rows rows;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[S_ACCOUNT], ARC_OP_EQ, u->head[S_ACCOUNT].u.i);
    arci_where_int(&w, shape->cols[S_ID], ARC_OP_GT, u->id);
    arci_where_int(&w, shape->cols[S_KNOWN], ARC_OP_GT, 0);
    arci_where_int(&w, shape->cols[S_FROM], ARC_OP_LE, u->head[S_TO].u.i);
    arci_where_int(&w, shape->cols[S_TO], ARC_OP_GE, u->head[S_FROM].u.i);
    arc_status st = arci_repo_find(u->t, shape, &w, NULL, 0, 0, &u->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[S_STANDING].type == ARC_V_NULL) continue;
        st = arci_fail(u->t->env, ARC_E_STATE, "statement %lld came later and counts on its lines: take that one back first", "对账单 %lld 导入在后且引用了其中的行，请先撤销该对账单", (long long)v[S_ID].u.i);
        arci_fail_at(u->t->env, "bank_statement", NULL, u->id, -1);
    }
    return st;
}

/* Receipts of these lines go back: those that did already are left out. */
static arc_status give_back(undoing *u, const arci_rows *lines)
{
    static const arc_ledger_step init = ARC_LEDGER_STEP_INIT;
    const arci_shape *shape;
    arc_value *states;
    uint8_t *found;
    uint32_t n = 0, k = 0;
    int64_t *ids = arci_arena_alloc(&u->chunk, ((size_t)lines->n_rows + 1) * sizeof *ids);
    arc_ledger_step *steps = arci_arena_alloc(&u->chunk, ((size_t)lines->n_rows + 1) * sizeof *steps);
    if (!ids || !steps) return arci_nomem(u->t->env);
    for (uint32_t i = 0; i < lines->n_rows; i++) {
        const arc_value *v = lines->values + (size_t)i * lines->n_cols;
        if (v[L_RECEIPT].type == ARC_V_INT) ids[n++] = v[L_RECEIPT].u.i;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(u->t, &shape, "receipt_state", "receipt unapplied returned_on customer currency");
    if (st == ARC_OK) st = arci_repo_get_many(u->t, shape, ids, n, &u->chunk, &states, &found);
    const arci_shape *amounts;
    arc_value *receipts;
    uint8_t *there;
    if (st == ARC_OK) st = arci_shape_get(u->t, &amounts, "receipt", "amount number");
    if (st == ARC_OK) st = arci_repo_get_many(u->t, amounts, ids, n, &u->chunk, &receipts, &there);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = states + (size_t)i * shape->n, *r = receipts + (size_t)i * amounts->n;
        if (!found[i] || !there[i] || v[R_RETURNED].type == ARC_V_INT) continue;
        if (v[R_UNAPPLIED].u.i != r[0].u.i) {
            st = arci_fail(u->t->env, ARC_E_STATE, "of receipt %.*s something is applied", "回款 %.*s 已核销", (int)r[1].len, r[1].u.s);
            arci_fail_at(u->t->env, "receipt", NULL, ids[i], -1);
            break;
        }
        steps[k] = init;
        steps[k].row = ids[i];
        steps[k].date = u->day;
        steps[k++].reason = u->reason;
    }
    return st == ARC_OK && k ? arci_receipt_return_inside(u->session, NULL, steps, k, ARC_ALL_OR_NONE) : st;
}

static arc_status undo_lines(undoing *u, const arci_rows *lines)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(u->t, &shape, "statement_line", line_changes);
    if (st == ARC_OK) st = arci_batch_new(u->t, &u->chunk, &b, shape, ARC_WRITE_UPDATE, lines->n_rows, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < lines->n_rows; i++) {
        const arc_value *v = lines->values + (size_t)i * lines->n_cols;
        *arci_batch_key(b, i) = v[L_ID];
        *arci_batch_guard(b, i) = v[L_VERSION];
        arci_batch_row(b, i)[2] = arci_v_text("undone", 6);
    }
    return st == ARC_OK ? arci_repo_write(u->t, &b, 1, NULL) : st;
}

/* Lines of other statements that these gave back are as they were. */
static arc_status free_originals(undoing *u, const arci_rows *lines)
{
    enum { O_ID, O_VERSION, O_STATEMENT, O_RECEIPT, O_STANDING };
    const arci_shape *shape, *written;
    arc_value *rows;
    uint8_t *found;
    arci_batch *b;
    uint32_t n = 0, k = 0;
    int64_t *ids = arci_arena_alloc(&u->chunk, ((size_t)lines->n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(u->t->env);
    for (uint32_t i = 0; i < lines->n_rows; i++) {
        const arc_value *v = lines->values + (size_t)i * lines->n_cols;
        if (v[L_REVERSES].type == ARC_V_INT) ids[n++] = v[L_REVERSES].u.i;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(u->t, &shape, "statement_line", "id version bank_statement receipt standing");
    if (st == ARC_OK) st = arci_repo_get_many(u->t, shape, ids, n, &u->chunk, &rows, &found);
    if (st == ARC_OK) st = arci_shape_get(u->t, &written, "statement_line", "reversed_by waiting status");
    if (st == ARC_OK) st = arci_batch_new(u->t, &u->chunk, &b, written, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        int has = v[O_RECEIPT].type == ARC_V_INT;
        if (!found[i] || v[O_STANDING].type == ARC_V_NULL || v[O_STATEMENT].u.i == u->id) continue;
        *arci_batch_key(b, k) = v[O_ID];
        *arci_batch_guard(b, k) = v[O_VERSION];
        if (!has) arci_batch_row(b, k)[1] = arci_v_int(1);
        arci_batch_row(b, k++)[2] = has ? arci_v_text("received", 8) : arci_v_text("waiting", 7);
    }
    if (st != ARC_OK || !k) return st;
    b->n_rows = k;
    return arci_repo_write(u->t, &b, 1, NULL);
}

/* Lines of other statements whose payments these were wait again. */
static arc_status free_batches(undoing *u, const arci_rows *lines)
{
    enum { O_ID, O_VERSION, O_STATEMENT, O_KIND, O_STANDING, O_STATUS, O_REVERSED };
    const arci_shape *shape, *written;
    arc_value *rows;
    uint8_t *found;
    arci_batch *b;
    uint32_t n = 0, k = 0;
    int64_t *ids = arci_arena_alloc(&u->chunk, ((size_t)lines->n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(u->t->env);
    for (uint32_t i = 0; i < lines->n_rows; i++) {
        const arc_value *v = lines->values + (size_t)i * lines->n_cols;
        const int words = v[L_KIND].len == 6 && memcmp(v[L_KIND].u.s, "detail", 6) == 0;
        if (v[L_BATCH].type == ARC_V_INT && !words && (!n || ids[n - 1] != v[L_BATCH].u.i)) ids[n++] = v[L_BATCH].u.i; /* details of a line stand together */
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(u->t, &shape, "statement_line", "id version bank_statement kind standing status reversed_by");
    if (st == ARC_OK) st = arci_repo_get_many(u->t, shape, ids, n, &u->chunk, &rows, &found);
    if (st == ARC_OK) st = arci_shape_get(u->t, &written, "statement_line", "waiting status");
    if (st == ARC_OK) st = arci_batch_new(u->t, &u->chunk, &b, written, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        if (!found[i] || v[O_STANDING].type == ARC_V_NULL || v[O_STATEMENT].u.i == u->id || v[O_REVERSED].type == ARC_V_INT || v[O_KIND].len != 7 || memcmp(v[O_KIND].u.s, "payment", 7) != 0 ||
            v[O_STATUS].len != 6 || memcmp(v[O_STATUS].u.s, "passed", 6) != 0) {
            continue;
        }
        *arci_batch_key(b, k) = v[O_ID];
        *arci_batch_guard(b, k) = v[O_VERSION];
        arci_batch_row(b, k)[0] = arci_v_int(1);
        arci_batch_row(b, k++)[1] = arci_v_text("waiting", 7);
    }
    if (st != ARC_OK || !k) return st;
    b->n_rows = k;
    return arci_repo_write(u->t, &b, 1, NULL);
}

typedef struct some {
    undoing *u;
    const arci_rows *lines;
} some;

static arc_status undo_part(void *user)
{
    const some *x = user;
    arc_status st = give_back(x->u, x->lines);
    if (st == ARC_OK) st = undo_lines(x->u, x->lines);
    if (st == ARC_OK) st = free_originals(x->u, x->lines);
    return st == ARC_OK ? free_batches(x->u, x->lines) : st;
}

static arc_status every_line(undoing *u)
{
    const arci_shape *shape;
    int64_t after = 0;
    arci_rows lines = { NULL, CHUNK, 0 };
    arc_status st = arci_shape_get(u->t, &shape, "statement_line", line_fields);
    while (st == ARC_OK && lines.n_rows == CHUNK) {
        arci_where w;
        const arc_order by_id = { shape->cols[L_ID], 0 };
        arci_arena_reset(&u->chunk);
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[L_STATEMENT], ARC_OP_EQ, u->id);
        arci_where_int(&w, shape->cols[L_ID], ARC_OP_GT, after);
        st = arci_repo_find(u->t, shape, &w, &by_id, 1, CHUNK, &u->chunk, &lines);
        if (st != ARC_OK || !lines.n_rows) break;
        after = lines.values[(size_t)(lines.n_rows - 1) * lines.n_cols + L_ID].u.i;
        some x = { u, &lines };
        st = arci_bank_part(u->s, &arci_verbs[ARCI_DO_BANK_UNDO], undo_part, &x);
    }
    return st;
}

static arc_status undo_head(undoing *u)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(u->t, &shape, "bank_statement", statement_changes);
    if (st == ARC_OK) st = arci_batch_new(u->t, &u->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(u->id);
    *arci_batch_guard(b, 0) = u->head[S_VERSION];
    arci_batch_row(b, 0)[1] = arci_v_int(u->day);
    arci_batch_row(b, 0)[2] = arci_v_text(u->reason, strlen(u->reason));
    return arci_repo_write(u->t, &b, 1, NULL);
}

static arc_status in_call(undoing *u, arci_call *c)
{
    static const char *const names[] = { NULL };
    const arci_shape *shape;
    arc_status st = arci_call_elements(c, names, 1, 0);
    arci_call_arg_int(c, u->id);
    arci_call_arg_text(c, u->reason, strlen(u->reason));
    arci_call_arg_end(c, 0, NULL);
    if (st == ARC_OK) st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) return arci_call_status(c, 0);
    if (st == ARC_OK) st = read_head(u, &shape);
    if (st == ARC_OK) st = check_later(u, shape);
    if (st == ARC_OK) st = every_line(u);
    if (st == ARC_OK) st = undo_head(u);
    if (st == ARC_OK) arci_call_keep(c, 0, st, NULL);
    return st;
}

arc_status arc_bank_undo(arc_session *session, int64_t statement, const char *reason)
{
    undoing u = { .session = session, .id = statement, .reason = reason };
    arci_call c;
    arc_status st = arci_session_enter(session, &u.s);
    if (st != ARC_OK) return st;
    st = arci_reason_check(&u.s->env, reason, "bank_statement");
    if (st == ARC_OK) st = arci_session_day(&u.s->env, u.s, &u.day);
    if (st == ARC_OK && u.day == ARC_DATE_NONE) st = arci_fail(&u.s->env, ARC_E_REQUIRED, "the session has no business date", "会话未设置业务日期");
    const undoing asked = u;
    for (uint32_t tries = 0; arci_call_tries(asked.s, &tries, st);) {
        u = asked;
        st = arci_call_begin(u.s, &c, &arci_verbs[ARCI_DO_BANK_UNDO], NULL, 0);
        if (st != ARC_OK) continue;
        u.t = c.txn;
        arci_arena_init(&u.arena, u.s->env.ctx);
        arci_arena_init(&u.chunk, u.s->env.ctx);
        st = arci_call_end(&c, in_call(&u, &c));
        arci_arena_clear(&u.chunk);
        arci_arena_clear(&u.arena);
    }
    return arci_call_leave(asked.s, st);
}
