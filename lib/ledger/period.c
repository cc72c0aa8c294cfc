/* SPDX-License-Identifier: Apache-2.0 */
/* The periods of a book, read once an epoch, and whether a day may be posted on. */
#include "ledger/period.h"

#include <string.h>

#include "arcore/date.h"
#include "security/duty.h"
#include "store/valid.h"
#include "store/scout.h"

typedef struct periods {
    int64_t epoch; /* of the book when they were read: whatever changes a period raises it */
    arci_arena arena;
    arci_period *list; /* by date */
    int64_t *held;     /* by period: the transaction that shares its row */
    uint32_t *held_undone;
    uint32_t n;
} periods;

static void free_periods(arc_context *ctx, void *p)
{
    periods *all = p;
    arci_arena_clear(&all->arena);
    arci_free(ctx, all);
}

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

enum { P_ID, P_VERSION, P_CODE, P_STARTS, P_ENDS, P_STATUS };

static int status_of(const arc_value *v)
{
    return v->u.s[0] == 'o' ? ARCI_PERIOD_OPEN : v->u.s[0] == 'l' ? ARCI_PERIOD_LOCKED : ARCI_PERIOD_CLOSED;
}

static arc_status read_list(arci_txn *t, periods *all)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "fiscal_period", "id version code starts_on ends_on status");
    if (st != ARC_OK) return st;
    const arc_order order = { shape->cols[P_STARTS], 0 };
    st = arci_repo_find(t, shape, NULL, &order, 1, 0, &all->arena, &rows);
    if (st != ARC_OK) return st;
    all->list = arci_arena_calloc(&all->arena, rows.n_rows + 1u, sizeof *all->list);
    all->held = arci_arena_calloc(&all->arena, rows.n_rows + 1u, sizeof *all->held);
    all->held_undone = arci_arena_calloc(&all->arena, rows.n_rows + 1u, sizeof *all->held_undone);
    if (!all->list || !all->held || !all->held_undone) return arci_nomem(t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        arci_period *p = &all->list[i];
        p->id = v[P_ID].u.i;
        p->version = v[P_VERSION].u.i;
        memcpy(p->code, v[P_CODE].u.s, v[P_CODE].len < sizeof p->code ? v[P_CODE].len : sizeof p->code - 1);
        p->starts = (arc_date)v[P_STARTS].u.i;
        p->ends = (arc_date)v[P_ENDS].u.i;
        p->status = status_of(&v[P_STATUS]);
    }
    all->n = rows.n_rows;
    return ARC_OK;
}

static arc_status get(arci_txn *t, periods **out)
{
    arci_cache *cache = &t->book->caches[ARCI_CACHE_PERIODS];
    periods *all = cache->p;
    int64_t epoch;
    arc_status st = arci_book_epoch(t, &epoch);
    if (st != ARC_OK) return st;
    if (!all) {
        all = arci_calloc(t->book->ctx, 1, sizeof *all);
        if (!all) return arci_nomem(t->env);
        arci_arena_init(&all->arena, t->book->ctx);
        all->epoch = -1;
        cache->p = all;
        cache->free = free_periods;
    }
    if (all->epoch != epoch) {
        all->epoch = -1;
        all->n = 0;
        arci_arena_reset(&all->arena);
        const uint8_t asking = arci_scout_pause(t);
        st = read_list(t, all);
        arci_scout_resume(t, asking);
        if (st != ARC_OK) return st;
        all->epoch = epoch;
    }
    *out = all;
    return ARC_OK;
}

arc_status arci_periods(arci_txn *t, const arci_period **list, uint32_t *n)
{
    periods *all;
    arc_status st = get(t, &all);
    if (st != ARC_OK) return st;
    *list = all->list;
    *n = all->n;
    return ARC_OK;
}

arc_status arci_periods_ask(arci_txn *t)
{
    periods none = { .n = 0 };
    if (t->book->caches[ARCI_CACHE_PERIODS].p || t->book->attached || !arci_repo_asking(t)) return ARC_OK;
    arci_arena_init(&none.arena, t->book->ctx);
    arc_status st = read_list(t, &none);
    arci_arena_clear(&none.arena);
    arci_repo_asked(t);
    return st;
}

/* Position of the first that ends on or after the day; n: none. */
static uint32_t place(const periods *all, arc_date day)
{
    uint32_t lo = 0, hi = all->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (all->list[mid].ends < day) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

arc_status arci_period_of(arci_txn *t, const arci_period **out, arc_date day)
{
    periods *all;
    arc_status st = get(t, &all);
    if (st != ARC_OK) return st;
    uint32_t i = place(all, day);
    *out = i < all->n ? &all->list[i] : NULL;
    return ARC_OK;
}

/* ---- holding ------------------------------------------------------------------------------------------------------------- */

/* Where writers do not exclude each other: the period, or the book where a day is behind the last one, cannot change until the transaction ends. *all and *i
 * are read again behind the lock. */
static arc_status hold(arci_txn *t, periods **all, uint32_t *i, arc_date day)
{
    if (t->mode != ARC_WRITE || (t->book->ops->caps & ARC_CAP_SINGLE_WRITER) || !(*all)->n) return ARC_OK;
    arc_status st = arci_txn_touch(t);
    while (st == ARC_OK && ((*all)->held[*i] != t->id || (*all)->held_undone[*i] != t->undone)) {
        int64_t id = *i < (*all)->n ? (*all)->list[*i].id : 0;
        st = arci_repo_share(t, id ? "fiscal_period" : "book", &id, 1);
        if (st != ARC_OK) break;
        arci_book_epoch_old(t); /* what was read before the lock may be old */
        st = get(t, all);
        if (st != ARC_OK) break;
        *i = place(*all, day);
        if (id != (*i < (*all)->n ? (*all)->list[*i].id : 0)) continue; /* the day belongs to a new period: hold that */
        (*all)->held[*i] = t->id;
        (*all)->held_undone[*i] = t->undone;
    }
    return st;
}

/* Whether the actor posts into locked periods: by his right; the host beside the roles. Who keeps the book alone holds to his own lock. */
static arc_status posts_late(arci_txn *t, int *yes)
{
    arci_arena arena;
    if (t->session->access) {
        *yes = arci_access_may(t->session, &arci_verbs[ARCI_DO_PERIOD_POST_LOCKED], NULL);
        return ARC_OK;
    }
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_roles_decide(t, &arena, yes);
    arci_arena_clear(&arena);
    return st;
}

static arc_status refuse(arci_txn *t, const arci_period *p, arc_date day)
{
    char date[16] = "";
    size_t n = sizeof date;
    (void)arc_date_print(date, &n, day);
    if (p->status == ARCI_PERIOD_LOCKED && !t->session->access) {
        arc_status st = arci_fail(t->env, ARC_E_PERIOD, "period %s is locked: reopen it to post on %s", "会计期间 %s 已锁定，在 %s 记账须先解锁", p->code, date);
        arci_fail_at(t->env, "fiscal_period", NULL, p->id, -1);
        return st;
    }
    arc_status st = p->status == ARCI_PERIOD_CLOSED
                        ? arci_fail(t->env, ARC_E_PERIOD, "period %s is closed: nothing is posted on %s", "会计期间 %s 已结账，不能在 %s 记账", p->code, date)
                        : arci_fail(t->env, ARC_E_PERIOD, "period %s is locked: posting on %s needs the right fiscal_period.post_locked",
                                    "会计期间 %s 已锁定，在 %s 记账须有 fiscal_period.post_locked 权限", p->code, date);
    arci_fail_at(t->env, "fiscal_period", NULL, p->id, -1);
    return st;
}

arc_status arci_period_check(arci_txn *t, arc_date day)
{
    periods *all;
    arc_status st = get(t, &all);
    if (st != ARC_OK) return st;
    uint32_t i = place(all, day);
    st = hold(t, &all, &i, day);
    if (st != ARC_OK || i >= all->n) return st;
    const arci_period *p = &all->list[i];
    if (p->status == ARCI_PERIOD_OPEN) return ARC_OK;
    int late = 0;
    if (p->status == ARCI_PERIOD_LOCKED) st = posts_late(t, &late);
    if (st != ARC_OK || late) return st;
    return refuse(t, &all->list[i], day);
}

/* Nobody closes a period behind the answer: what is told of one that was closed meanwhile would change its reports. */
arc_status arci_period_open_day(arci_txn *t, arc_date *out, arc_date day)
{
    periods *all;
    arc_status st = get(t, &all);
    *out = day;
    while (st == ARC_OK) {
        uint32_t i = place(all, *out);
        int late = 0;
        st = hold(t, &all, &i, *out);
        if (st != ARC_OK || i >= all->n || all->list[i].status == ARCI_PERIOD_OPEN) return st;
        if (all->list[i].status == ARCI_PERIOD_LOCKED) st = posts_late(t, &late);
        if (st != ARC_OK || late) return st;
        *out = all->list[i].ends + 1;
    }
    return st;
}

arc_status arci_day_come(arci_txn *t, arc_date day, arc_date since, const char *entity, const char *field, int64_t id)
{
    char text[16] = "", today[16] = "";
    size_t n = sizeof text, m = sizeof today;
    const arc_date business = t->session->business_date;
    if (business == ARC_DATE_NONE || day <= business || day <= since) return ARC_OK;
    (void)arc_date_print(text, &n, day);
    (void)arc_date_print(today, &m, business);
    arc_status st = arci_fail(t->env, ARC_E_RANGE, "%s has not come yet, the business date is %s: what has not happened is not recorded", "%s 晚于业务日期 %s：尚未发生的事项不能登记", text, today);
    arci_fail_at(t->env, entity, field, id, -1);
    return st;
}

arc_status arci_fact_check(arci_txn *t, arc_date day, arc_date since, const char *entity, const char *field, int64_t id)
{
    arc_status st = arci_day_come(t, day, since, entity, field, id);
    return st == ARC_OK ? arci_period_check(t, day) : st;
}

arc_status arci_period_code(arci_txn *t, char code[24], arc_date day)
{
    periods *all;
    char date[16];
    size_t n = sizeof date;
    arc_status st = get(t, &all);
    if (st != ARC_OK) return st;
    uint32_t i = place(all, day);
    memset(code, 0, 24);
    if (i < all->n && all->list[i].starts <= day) {
        memcpy(code, all->list[i].code, sizeof all->list[i].code);
        return ARC_OK;
    }
    if (arc_date_print(date, &n, day) != ARC_OK) return arci_fail(t->env, ARC_E_RANGE, "not a date", "不是日期");
    memcpy(code, date, n - 3); /* without the day */
    return ARC_OK;
}
