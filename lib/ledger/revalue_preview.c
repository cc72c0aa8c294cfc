/* SPDX-License-Identifier: Apache-2.0 */
/* What a revaluation would post, as JSON. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_out.h"
#include "ledger/revalue.h"
#include "store/access.h"

static int put_text(cJSON *o, const char *key, const char *s, size_t n) { return arci_jo_text(o, key, s, n); }

static int put_amount(cJSON *o, const char *key, int64_t minor, const char *currency)
{
    char text[32];
    size_t n = sizeof text;
    arc_money m;
    return arc_money_set(&m, minor, currency) == ARC_OK && arc_money_print_amount(text, &n, &m) == ARC_OK && put_text(o, key, text, n);
}

static int put_one(cJSON *list, const arci_valuation *one, const char *home, const arc_value *names)
{
    char rate[48];
    size_t n = sizeof rate;
    cJSON *o = arci_jo_object(list, NULL);
    return o && arci_jo_int(o, "item", one->item) && put_text(o, "number", names[0].u.s, names[0].len) && arci_jo_int(o, "customer", one->customer) &&
           put_text(o, "currency", one->currency, 3) && put_amount(o, "open", one->open, one->currency) && put_amount(o, "carried", one->carried, home) &&
           arc_decimal_print(rate, &n, &one->rate.value) == ARC_OK && put_text(o, "rate", rate, n) && arci_jo_int(o, "units", one->rate.per) &&
           put_amount(o, "valued", one->valued, home) && put_amount(o, "difference", one->valued - one->carried, home);
}

static arc_status put_all(arci_revalue *r, arci_str *b)
{
    const arci_shape *shape;
    const char *home = r->t->book->base_currency;
    char day[16];
    size_t n = sizeof day;
    arc_value *names = NULL;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(r->arena, (r->n + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < r->n; i++) ids[i] = r->list[i].item;
    arc_status st = arci_shape_get(r->t, &shape, "item", "number");
    if (st == ARC_OK && r->n) st = arci_repo_get_many(r->t, shape, ids, r->n, r->arena, &names, &found);
    if (st != ARC_OK) return st;
    cJSON *root = arci_jo_object(NULL, NULL), *list = NULL;
    int good = root && arc_date_print(day, &n, r->as_of) == ARC_OK && put_text(root, "as_of", day, n) && put_text(root, "base_currency", home, 3) &&
               put_amount(root, "carried", r->carried, home) && put_amount(root, "valued", r->valued, home) &&
               put_amount(root, "difference", r->valued - r->carried, home) && arci_jo_int(root, "unvalued", r->n_unvalued) && (list = arci_jo_array(root, "items")) != NULL;
    for (uint32_t i = 0; good && i < r->n; i++) good = put_one(list, &r->list[i], home, &names[i]);
    if (good) good = arci_jo_print(root, 0, b);
    cJSON_Delete(root);
    return good ? ARC_OK : arci_nomem(r->t->env);
}

static arc_status preview(arci_txn *t, arci_str *b, arc_date as_of)
{
    arci_arena arena;
    arci_arena_init(&arena, t->book->ctx);
    arci_revalue r = { .t = t, .arena = &arena, .as_of = as_of };
    arc_status st = arci_revalue_read(&r);
    if (st == ARC_OK) st = put_all(&r, b);
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_revaluation_preview_json(arc_session *session, char *buf, size_t *len, arc_date as_of)
{
    arci_session *s;
    arci_scope scope;
    arci_str b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    if (as_of == ARC_DATE_NONE) st = arci_session_day(&s->env, s, &as_of);
    if (st == ARC_OK && (as_of < ARC_DATE_MIN || as_of > ARC_DATE_MAX)) st = arci_fail(&s->env, ARC_E_RANGE, "not a date, or no day is known", "不是日期，或未知当日");
    arci_str_init(&b, s->env.ctx);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("revaluation", 11));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, preview(scope.txn, &b, as_of));
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
