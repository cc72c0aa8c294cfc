/* SPDX-License-Identifier: Apache-2.0 */
/* Running conditions over rows of a book. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "rules/condition.h"
#include "rules/logic_scan.h"
#include "store/access.h"
#include "store/record_api.h"
#include "store/valid.h"

#define BATCH 500u
#define MOST_IDS 1000000u
#define MOST_NAMED 1000u

_Static_assert(ARC_CONDITION_FALSE == ARCI_LOGIC_FALSE && ARC_CONDITION_TRUE == ARCI_LOGIC_TRUE && ARC_CONDITION_ERROR == ARCI_LOGIC_ERROR, "results go out as they are");

/* ---- one run ------------------------------------------------------------------------------------------------------------------------ */

typedef struct running {
    arci_condition *c;
    arci_txn *t;
    arci_arena arena, rows; /* of the run; of the batch under way */
    arci_fact_call call;
    arci_fact_reader *reader;
    arci_logic_run run;
} running;

static arc_status day_of(arci_txn *t, arc_date today, arc_date *day)
{
    *day = today;
    arc_status st = today == ARC_DATE_NONE ? arci_txn_today(t, day) : arc_date_check(today);
    return st == ARC_E_RANGE ? arci_fail(t->env, st, "not a date", "不是有效日期") : st;
}

static arc_status begin(running *r, arci_condition *c, arci_txn *t, arc_date today)
{
    memset(r, 0, sizeof *r);
    r->c = c;
    r->t = t;
    r->run.calendar = c->options.calendar;
    arci_arena_init(&r->arena, t->book->ctx);
    arci_arena_init(&r->rows, t->book->ctx);
    arc_status st = day_of(t, today, &r->call.today);
    return st == ARC_OK ? arci_fact_reader_open(t, &r->arena, c->facts, &r->call, &r->reader) : st;
}

static void end(running *r)
{
    arci_fact_reader_close(r->reader);
    arci_arena_clear(&r->rows);
    arci_arena_clear(&r->arena);
}

static uint32_t width(const running *r)
{
    return arci_facts_width(r->c->facts);
}

/* ---- by id --------------------------------------------------------------------------------------------------------------------------- */

/* Rows by id: *out and found in the batch's arena; found is 0 also for rows the actor does not see. */
static arc_status read_ids(running *r, const int64_t *ids, uint32_t n, arc_value **out, uint8_t **found)
{
    const arci_row_scope *scope;
    arc_status st = arci_access_read(r->t->env, r->t->session, r->c->entity, &scope);
    uint8_t *seen = NULL;
    arci_arena_reset(&r->rows);
    *found = arci_arena_alloc(&r->rows, n + 1u);
    if (scope) seen = arci_arena_alloc(&r->rows, n + 1u);
    if (!*found || (scope && !seen)) return arci_nomem(r->t->env);
    if (st == ARC_OK) st = arci_fact_read(r->reader, &r->rows, ids, n, out, *found);
    if (st == ARC_OK && scope) st = arci_scope_rows(r->t, &r->rows, r->c->entity, scope, ids, n, seen);
    for (uint32_t i = 0; st == ARC_OK && scope && i < n; i++) (*found)[i] &= seen[i];
    return st;
}

typedef struct ids_call {
    int32_t *results;
    const int64_t *ids;
    size_t n;
} ids_call;

static arc_status test_ids(running *r, const ids_call *call)
{
    arc_status st = ARC_OK;
    for (size_t from = 0; from < call->n && st == ARC_OK; from += BATCH) {
        uint32_t n = call->n - from < BATCH ? (uint32_t)(call->n - from) : BATCH;
        arc_value *rows;
        uint8_t *found;
        st = read_ids(r, call->ids + from, n, &rows, &found);
        for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
            call->results[from + i] = found[i] ? arci_logic_test(r->c->logic, rows + (size_t)i * width(r), &r->run) : ARC_CONDITION_ABSENT;
        }
    }
    return st;
}

arc_status arc_condition_test(arc_condition *condition, int32_t *results, const int64_t *ids, size_t n, arc_date today)
{
    arci_condition *c;
    arci_scope scope;
    running r;
    const ids_call call = { results, ids, n };
    arc_status st = arci_condition_enter(condition, &c);
    if (st != ARC_OK) return st;
    arci_env *env = &c->session->env;
    if (n && (!results || !ids)) st = arci_fail(env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    else if (n > MOST_IDS) st = arci_fail(env, ARC_E_LIMIT, "more than 1,000,000 ids", "id 超过 1,000,000 个");
    if (st == ARC_OK) st = arci_scope_begin(c->session, &scope, ARC_READ, 0);
    if (st != ARC_OK) return arci_condition_leave(c, st);
    st = begin(&r, c, scope.txn, today);
    if (st == ARC_OK) st = test_ids(&r, &call);
    end(&r);
    return arci_condition_leave(c, arci_scope_end(&scope, st));
}

/* ---- records ---------------------------------------------------------------------------------------------------------------------------- */

/* The row of one subject: by id, or of a record. */
static arc_status read_one(running *r, int64_t id, arc_record *record, arc_value **row)
{
    arci_record_box *box;
    uint8_t *found;
    if (!record) {
        arc_status st = read_ids(r, &id, 1, row, &found);
        if (st != ARC_OK || found[0]) return st;
        arci_fail(r->t->env, ARC_E_NOT_FOUND, "there is no such row", "没有该行");
        arci_fail_at(r->t->env, r->c->entity->name, NULL, id, -1);
        return ARC_E_NOT_FOUND;
    }
    arc_status st = arci_record_box_in(r->t->env, r->c->session, record, &box);
    if (st != ARC_OK) return st;
    if (box->record->entity != r->c->entity) return arci_fail(r->t->env, ARC_E_INVALID, "a record of another entity", "记录属于其他实体");
    return arci_fact_read_record(r->reader, &r->rows, box->record, row);
}

static arc_status one(arci_condition *c, arc_date today, int64_t id, arc_record *record, int32_t *result, arci_str *told)
{
    arci_scope scope;
    running r;
    arc_value *row;
    int outcome = 0;
    arc_status st = arci_scope_begin(c->session, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = begin(&r, c, scope.txn, today);
    if (st == ARC_OK) st = read_one(&r, id, record, &row);
    if (st == ARC_OK && told) arci_logic_explain(c->logic, row, &r.run, told, &outcome);
    else if (st == ARC_OK) outcome = arci_logic_test(c->logic, row, &r.run);
    if (st == ARC_OK && result) *result = outcome;
    if (st == ARC_OK && told && told->failed) st = arci_nomem(&c->session->env);
    end(&r);
    return arci_scope_end(&scope, st);
}

arc_status arc_condition_test_record(arc_condition *condition, int32_t *result, arc_record *record, arc_date today)
{
    arci_condition *c;
    arc_status st = arci_condition_enter(condition, &c);
    if (st != ARC_OK) return st;
    if (!result || !record) st = arci_fail(&c->session->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    else st = one(c, today, 0, record, result, NULL);
    return arci_condition_leave(c, st);
}

static arc_status out(arci_condition *c, arci_str *b, arc_status st, char *buf, size_t *len)
{
    if (st == ARC_OK) st = arci_text_out(buf, len, b->s, b->len);
    if (st == ARC_E_BUFFER) arci_fail(&c->session->env, st, "the buffer is too short", "缓冲区不足");
    arci_str_clear(b);
    return arci_condition_leave(c, st);
}

static arc_status explain(arc_condition *condition, char *buf, size_t *len, int64_t id, arc_record *record, int by_record, arc_date today)
{
    arci_condition *c;
    arci_str b;
    arc_status st = arci_condition_enter(condition, &c);
    if (st != ARC_OK) return st;
    arci_str_init(&b, c->session->env.ctx);
    if (!len || (by_record && !record)) st = arci_fail(&c->session->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    else st = one(c, today, id, record, NULL, &b);
    return out(c, &b, st, buf, len);
}

arc_status arc_condition_explain(arc_condition *condition, char *buf, size_t *len, int64_t id, arc_date today)
{
    return explain(condition, buf, len, id, NULL, 0, today);
}

arc_status arc_condition_explain_record(arc_condition *condition, char *buf, size_t *len, arc_record *record, arc_date today)
{
    return explain(condition, buf, len, 0, record, 1, today);
}

/* ---- preview ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct counted {
    int64_t matches, errors;
    int64_t named[MOST_NAMED];
    uint32_t n_named, limit;
    arci_logic_scanned scanned;
    int64_t error_id;
    arci_logic_run first;
} counted;

static arc_status count_row(void *user, int64_t id, int result, const arc_value *row, const arci_logic_run *run)
{
    counted *k = user;
    (void)row;
    if (result == ARCI_LOGIC_ERROR) {
        if (!k->errors++) {
            k->first = *run;
            k->error_id = id;
        }
        return ARC_OK;
    }
    if (k->n_named < k->limit) k->named[k->n_named++] = id;
    k->matches++;
    return ARC_OK;
}

static void put_int(arci_str *b, const char *name, int64_t v)
{
    arci_str_puts(b, name);
    arci_str_int(b, v);
}

static void put_counted(arci_str *b, const counted *k)
{
    put_int(b, "{\"matches\":", k->matches);
    put_int(b, ",\"errors\":", k->errors);
    put_int(b, ",\"read\":", k->scanned.read);
    arci_str_puts(b, ",\"rows\":[");
    for (uint32_t i = 0; i < k->n_named; i++) put_int(b, i ? "," : "", k->named[i]);
    arci_str_puts(b, "],\"asked\":{\"entity\":\"");
    arci_str_puts(b, k->scanned.by);
    put_int(b, "\",\"tests\":", k->scanned.asked);
    arci_str_puts(b, k->scanned.whole ? ",\"whole\":true}" : ",\"whole\":false}");
    if (k->errors) {
        const char *name = arc_status_name(k->first.error);
        put_int(b, ",\"first_error\":{\"id\":", k->error_id);
        arci_str_puts(b, ",\"code\":");
        arci_json_put_text(b, name, strlen(name));
        arci_str_puts(b, ",\"pointer\":");
        arci_json_put_text(b, k->first.pointer, strlen(k->first.pointer));
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, '}');
}

static arc_status preview(arci_condition *c, arci_str *b, uint32_t limit, arc_date today)
{
    arci_scope scope;
    counted k;
    arci_logic_scan scan = { .entity = c->entity, .facts = c->facts, .logic = c->logic, .calendar = c->options.calendar, .scoped = 1, .ids_only = 1 };
    memset(&k, 0, sizeof k);
    k.limit = limit;
    arc_status st = arci_scope_begin(c->session, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = day_of(scope.txn, today, &scan.call.today);
    if (st == ARC_OK) st = arci_logic_scan_run(scope.txn, &scan, count_row, &k, &k.scanned);
    if (st == ARC_OK) put_counted(b, &k);
    if (st == ARC_OK && b->failed) st = arci_nomem(&c->session->env);
    return arci_scope_end(&scope, st);
}

arc_status arc_condition_preview(arc_condition *condition, char *buf, size_t *len, uint32_t limit, arc_date today)
{
    arci_condition *c;
    arci_str b;
    arc_status st = arci_condition_enter(condition, &c);
    if (st != ARC_OK) return st;
    arci_str_init(&b, c->session->env.ctx);
    if (!len) st = arci_fail(&c->session->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    else if (limit > MOST_NAMED) st = arci_fail(&c->session->env, ARC_E_LIMIT, "more than 1,000 ids", "id 超过 1,000 个");
    else st = preview(c, &b, limit, today);
    return out(c, &b, st, buf, len);
}
