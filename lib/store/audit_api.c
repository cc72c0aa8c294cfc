/* SPDX-License-Identifier: Apache-2.0 */
#include "arcore/audit.h"

#include <string.h>

#include "store/repo_impl.h"
#include "store/seal.h"
#include "store/verb.h"
#include "store/verify.h"

#define US_PER_MINUTE INT64_C(60000000)
#define US_PER_DAY INT64_C(86400000000)
#define DEFAULT_SEALS 10000u
#define MAX_SEALS 1000000u

arc_status arc_audit_mark_init(arc_audit_mark *mark)
{
    static const arc_audit_mark init = ARC_AUDIT_MARK_INIT;
    if (!mark) return ARC_E_INVALID;
    *mark = init;
    return ARC_OK;
}

arc_status arc_audit_options_init(arc_audit_options *options)
{
    static const arc_audit_options init = ARC_AUDIT_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_audit_report_init(arc_audit_report *report)
{
    static const arc_audit_report init = ARC_AUDIT_REPORT_INIT;
    if (!report) return ARC_E_INVALID;
    *report = init;
    return ARC_OK;
}

static arc_status may_read(arci_session *s, const char *entity)
{
    return arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name(entity, strlen(entity)));
}

/* ---- the head ---------------------------------------------------------------------------------------------------------- */

static arc_status count_waiting(arci_txn *t, int64_t *n)
{
    arc_measure count = { ARC_MEASURE_COUNT, 0 };
    arci_aggregate_spec spec = { .entity = arci_entity_by_name("seal_queue", 10), .measures = &count, .n_measures = 1 };
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_scan_aggregate(t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    *n = st == ARC_OK ? block.values[0].u.i : 0;
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status head(arci_session *s, arc_audit_mark *mark)
{
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    arci_scope scope;
    arci_seal last;
    arc_status st = may_read(s, "seal");
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = arci_seal_last(scope.txn, &last);
    if (st == ARC_OK) st = count_waiting(scope.txn, &m.unsealed);
    st = arci_scope_end(&scope, st);
    if (st != ARC_OK) return st;
    m.keyed = last.keyed;
    m.seq = last.seq;
    m.stamp = last.stamp;
    memcpy(m.hash, last.hash, 65);
    return arci_struct_out(mark, &m, sizeof m);
}

arc_status arc_audit_head(arc_session *session, arc_audit_mark *mark)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = mark && mark->struct_size ? head(s, mark)
                                   : arci_fail(&s->env, ARC_E_INVALID, "mark is NULL or has no size", "mark 为 NULL 或未设置大小");
    return arci_session_leave(s, st);
}

static arc_status seal_on(arci_session *s, int64_t *seq, arc_date day)
{
    const arci_shape *shape;
    arci_scope scope;
    arci_arena arena;
    arci_where w;
    arci_rows rows;
    if (day < ARC_DATE_MIN || day > ARC_DATE_MAX) return arci_fail(&s->env, ARC_E_RANGE, "the day is outside the calendar", "日期超出范围");
    arc_status st = may_read(s, "seal");
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->env.ctx);
    st = arci_shape_get(scope.txn, &shape, "seal", "seq stamp");
    if (st == ARC_OK) {
        /* stamps never go back along the chain: the last one by number is the last one by time */
        const arc_order order = { shape->cols[0], 1 };
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[1], ARC_OP_LT, ((int64_t)day + 1) * US_PER_DAY - (int64_t)s->book->utc_offset_minutes * US_PER_MINUTE);
        st = arci_repo_find(scope.txn, shape, &w, &order, 1, 1, &arena, &rows);
    }
    if (st == ARC_OK) *seq = rows.n_rows ? rows.values[0].u.i : 0;
    arci_arena_clear(&arena);
    return arci_scope_end(&scope, st);
}

arc_status arc_audit_seal_on(arc_session *session, int64_t *seq, arc_date day)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = seq ? seal_on(s, seq, day) : arci_fail(&s->env, ARC_E_INVALID, "seq is NULL", "seq 为 NULL");
    return arci_session_leave(s, st);
}

/* ---- sealing ------------------------------------------------------------------------------------------------------------- */

enum { Q_TXN, Q_ORDINAL };
#define CHUNK 500u

/* A few transactions, in order: their seals in, their places in the queue out, in one call of the backend. */
static arc_status seal_some(arci_txn *t, arci_arena *arena, arci_seal *last, const arc_value *queue, uint32_t n)
{
    const arci_shape *txn, *seal, *waiting;
    arc_value *rows;
    uint8_t *found;
    arci_batch *batches[2];
    int64_t ids[CHUNK];
    for (uint32_t i = 0; i < n; i++) ids[i] = queue[2 * i + Q_TXN].u.i;
    arc_status st = arci_shape_get(t, &txn, "txn", "stamp digest");
    if (st == ARC_OK) st = arci_shape_get(t, &seal, "seal", arci_seal_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &waiting, "seal_queue", "txn");
    if (st == ARC_OK) st = arci_repo_get_many(t, txn, ids, n, arena, &rows, &found);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &batches[0], seal, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &batches[1], waiting, ARC_WRITE_DELETE, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    arci_seal *seals = arci_arena_alloc(arena, n * sizeof *seals);
    if (st == ARC_OK && !seals) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *row = rows + 2 * (size_t)i;
        if (!found[i] || row[1].len != 64) {
            st = arci_fail(t->env, ARC_E_CORRUPT, "transaction %lld waits for a seal and is not there", "待封签的事务 %lld 不存在", (long long)ids[i]);
            break;
        }
        st = arci_seal_next(t, last, &seals[i], ids[i], row[0].u.i, row[1].u.s);
        if (st != ARC_OK) break;
        arci_seal_row(&seals[i], arci_batch_row(batches[0], i));
        arci_batch_key(batches[1], i)[0] = arci_v_int(ids[i]);
        *last = seals[i];
    }
    if (st != ARC_OK) return st;
    st = arci_repo_put(t, batches, 2);
    if (st != ARC_E_EXISTS && st != ARC_E_NOT_FOUND) return st;
    return arci_fail(t->env, ARC_E_CONFLICT, "another sealer was quicker", "其他封签者已先完成");
}

/* What one question sees holds, with each transaction, all that it can have read: those committed before it did. */
arc_status arci_seal_waiting(arci_txn *t, uint32_t *sealed, uint32_t max)
{
    const arci_shape *shape;
    arci_rows rows;
    arci_seal last;
    arci_arena all, some;
    arci_arena_init(&all, t->book->ctx);
    arci_arena_init(&some, t->book->ctx);
    arc_status st = arci_shape_get(t, &shape, "seal_queue", "txn ordinal");
    arc_order order[2] = { { 0, 0 }, { 0, 0 } };
    if (st == ARC_OK) {
        order[0].col = shape->cols[Q_ORDINAL];
        order[1].col = shape->cols[Q_TXN];
        st = arci_repo_find(t, shape, NULL, order, 2, max, &all, &rows);
    }
    if (st == ARC_OK && rows.n_rows) st = arci_seal_last(t, &last);
    if (st == ARC_OK && rows.n_rows && last.keyed && !t->book->n_seal_key) {
        st = arci_fail(t->env, ARC_E_STATE, "the chain was made with a key; open the book with it", "此链使用了密钥，请用该密钥打开账簿");
    }
    if (st == ARC_OK && rows.n_rows) st = arci_txn_writing(t);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i += CHUNK) {
        uint32_t n = rows.n_rows - i < CHUNK ? rows.n_rows - i : CHUNK;
        st = seal_some(t, &some, &last, rows.values + 2 * (size_t)i, n);
        arci_arena_reset(&some);
        if (st == ARC_OK) *sealed += n;
    }
    arci_arena_clear(&some);
    arci_arena_clear(&all);
    return st;
}

static arc_status seal_call(arci_call *c, uint32_t *n, uint32_t max)
{
    static const char *const names[] = { "sealed", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    arci_call_arg_int(c, max);
    arci_call_arg_end(c, 0, NULL);
    if (st == ARC_OK) st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *n = (uint32_t)arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = arci_seal_waiting(c->txn, n, max);
    if (st != ARC_OK) return st;
    int64_t number = *n;
    arci_call_keep(c, 0, st, &number);
    return st;
}

arc_status arc_audit_seal(arc_session *session, uint32_t *sealed, uint32_t max)
{
    arci_session *s;
    arci_call c;
    uint32_t n = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (max > MAX_SEALS) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "max is above %u", "max 超过 %u", MAX_SEALS));
    st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_AUDIT_SEAL], NULL, 0);
    if (st == ARC_OK) st = arci_call_end(&c, seal_call(&c, &n, max ? max : DEFAULT_SEALS));
    if (st == ARC_OK && sealed) *sealed = n;
    return arci_call_leave(s, st);
}

/* ---- proof ----------------------------------------------------------------------------------------------------------------- */

static arc_status check_options(arci_env *env, const arc_audit_options *o)
{
    uint8_t hash[32];
    if ((o->flags & ~ARC_AUDIT_CHAIN_ONLY) || o->max_findings < 0 || o->anchor_seq < 0 || (o->anchor_seq != 0) != (o->anchor_hash != NULL)) {
        return arci_fail(env, ARC_E_INVALID, "unknown flag, a negative number, or half an anchor", "未知标志、负数，或锚点不完整");
    }
    if (o->anchor_hash && !arci_unhex(o->anchor_hash, strlen(o->anchor_hash), hash)) {
        return arci_fail(env, ARC_E_INVALID, "anchor_hash is 64 hexadecimal digits, lower case", "anchor_hash 须为 64 位小写十六进制");
    }
    return ARC_OK;
}

static arc_status prove(arci_session *s, arc_audit_report *report, arc_finding_fn finding, void *user, const arc_audit_options *o)
{
    arc_verify_options v = ARC_VERIFY_OPTIONS_INIT;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    arc_audit_report r = ARC_AUDIT_REPORT_INIT;
    arci_audit audit;
    arci_scope scope;
    memset(&audit, 0, sizeof audit);
    audit.anchor_seq = o->anchor_seq;
    audit.anchor_hash = o->anchor_hash;
    v.max_findings = o->max_findings;
    v.progress = o->progress;
    v.progress_user = o->progress_user;
    arc_status st = may_read(s, "event");
    if (st == ARC_OK) st = may_read(s, "seal");
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = scope.txn->id ? arci_fail(&s->env, ARC_E_TXN, "the transaction has written and is not told of yet: commit first", "事务已写入但尚未记录，请先提交")
                       : arci_verify_in(scope.txn, &sum, finding, user, &v, arci_audit_checks, o->flags & ARC_AUDIT_CHAIN_ONLY ? 1 : arci_n_audit_checks, &audit);
    st = arci_scope_end(&scope, st);
    r.findings = sum.findings;
    r.seals = audit.seals;
    r.events = audit.events;
    r.unsealed = audit.unsealed;
    r.unanchored = audit.unanchored;
    r.unproven = audit.unproven;
    memcpy(r.head, audit.head, sizeof audit.head);
    if (report) (void)arci_struct_out(report, &r, sizeof r);
    return st;
}

arc_status arc_audit_verify(arc_session *session, arc_audit_report *report, arc_finding_fn finding, void *user,
                            const arc_audit_options *options)
{
    arc_audit_options o = ARC_AUDIT_OPTIONS_INIT;
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_struct_in(&s->env, &o, sizeof o, options);
    if (st == ARC_OK) st = check_options(&s->env, &o);
    if (st == ARC_OK && report && !report->struct_size) st = arci_fail(&s->env, ARC_E_INVALID, "report has no size", "report 未设置大小");
    if (st == ARC_OK) st = prove(s, report, finding, user, &o);
    return arci_session_leave(s, st);
}
