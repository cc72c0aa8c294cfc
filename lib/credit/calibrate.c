/* SPDX-License-Identifier: Apache-2.0 */
/* arc_score_calibrate(): the request. */
#include "credit/calibrate.h"

#include <string.h>

#include "arcore/date.h"
#include "arcore/fields.h"
#include "base/json_text.h"
#include "store/access.h"

static arc_status wrong(arci_env *env, const arci_json *at, arc_status st, const char *en, const char *zh) { return arci_json_fail(env, at, st, "%s%.0s", "%.0s%s", en, zh); }

static arc_status take_days(arci_calibration *c)
{
    const arci_json *list = arci_json_get(c->request, "observe");
    arci_env *env = c->t->env;
    if (!list || list->type != ARCI_JSON_ARRAY || !list->n || list->n > ARCI_CAL_DAYS) return wrong(env, list ? list : c->request, ARC_E_REQUIRED, "needs observe: 1 to 60 days", "须有 observe：1 至 60 个日期");
    for (const arci_json *m = list->child; m; m = m->next) {
        arc_date *d = &c->days[c->n_days];
        if (m->type != ARCI_JSON_STRING || arc_date_parse(d, m->s, m->len) != ARC_OK) return wrong(env, m, ARC_E_VALUE, "is a day: YYYY-MM-DD", "须为日期：YYYY-MM-DD");
        if (*d + c->window > ARC_DATE_MAX) return wrong(env, m, ARC_E_RANGE, "its window ends behind the calendar", "结果窗口超出日历");
        c->n_days++;
    }
    return ARC_OK;
}

static arc_status take_int(arci_calibration *c, const char *key, int64_t least, int64_t most, int64_t *out)
{
    const arci_json *m = arci_json_get(c->request, key);
    if (!m) return ARC_OK;
    if (arci_json_int(c->t->env, m, out) == ARC_OK && *out >= least && *out <= most) return ARC_OK;
    return arci_json_fail(c->t->env, m, ARC_E_RANGE, "is a whole number from %lld to %lld", "须为 %lld 至 %lld 的整数", (long long)least, (long long)most);
}

static arc_status take_condition(arci_calibration *c, const char *key, arci_decision **out)
{
    const arci_json *m = arci_json_get(c->request, key);
    arci_env *env = c->t->env;
    arci_str b;
    if (!m) return ARC_OK;
    arci_str_init(&b, env->ctx);
    arci_json_put_node(&b, m);
    arc_status st = b.failed ? arci_nomem(env) : arci_fact_condition(env, out, arci_outcome_inputs, b.s, b.len, c->t->book->base_currency);
    arci_str_clear(&b);
    if (st != ARC_OK && st != ARC_E_NOMEM) {
        char pointer[256];
        arci_json_pointer(m, pointer, sizeof pointer);
        arci_fail_pointer(env, pointer);
    }
    return st;
}

static arc_status take_card(arci_calibration *c)
{
    const arci_json *document = arci_json_get(c->request, "document"), *code = arci_json_get(c->request, "scorecard");
    arci_env *env = c->t->env;
    arci_card *card = NULL;
    arci_str b;
    arc_status st;
    if (!document) {
        if (code && code->type != ARCI_JSON_STRING) return wrong(env, code, ARC_E_VALUE, "is the code of a scorecard", "须为评分卡编码");
        st = arci_card_get(c->t, &card, code ? code->s : "default", ARC_DATE_NONE);
        if (st != ARC_OK) return st;
        c->table = card->table;
        arci_table_free(card->immediate);
        arci_free(env->ctx, card);
        return ARC_OK;
    }
    arci_str_init(&b, env->ctx);
    arci_json_put_node(&b, document);
    st = b.failed ? arci_nomem(env) : arci_table_read(env, &c->table, b.s, b.len, NULL, c->t->book->base_currency, 0, NULL);
    arci_str_clear(&b);
    if (st == ARC_OK && !c->table->scorecard) st = wrong(env, document, ARC_E_VALUE, "is no scorecard", "不是评分卡");
    return st;
}

static arc_status take_band_odds(arci_calibration *c)
{
    const arci_json *list = arci_json_get(c->request, "band_odds");
    uint32_t i = 0;
    if (!list) return ARC_OK;
    if (list->type != ARCI_JSON_ARRAY || list->n != 3) return wrong(c->t->env, list, ARC_E_VALUE, "holds three odds, of A, B and C", "须为 A、B、C 三个赔率");
    for (const arci_json *m = list->child; m; m = m->next, i++) {
        if (arci_json_int(c->t->env, m, &c->band_odds[i]) != ARC_OK || c->band_odds[i] < 1 || c->band_odds[i] > 1000000 || (i && c->band_odds[i] >= c->band_odds[i - 1])) {
            return wrong(c->t->env, m, ARC_E_RANGE, "is a whole number, less than the one before", "须为小于前一个的整数");
        }
    }
    return ARC_OK;
}

static arc_status take_request(arci_calibration *c)
{
    static const char *const keys[] = { "scorecard", "document", "observe", "outcome_days", "bad", "good", "pdo", "score", "odds", "band_odds", NULL };
    arci_env *env = c->t->env;
    if (c->request->type != ARCI_JSON_OBJECT) return wrong(env, c->request, ARC_E_VALUE, "is an object", "须为对象");
    for (const arci_json *m = c->request->child; m; m = m->next) {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], m->key) != 0) i++;
        if (!keys[i]) return wrong(env, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    if (!arci_json_get(c->request, "bad")) return wrong(env, c->request, ARC_E_REQUIRED, "needs bad: a condition over the outcome", "须有 bad：关于结果的条件");
    arc_status st = take_int(c, "outcome_days", 1, 3650, &c->window);
    if (st == ARC_OK) st = take_days(c);
    if (st == ARC_OK) st = take_int(c, "pdo", 1, 1000, &c->pdo);
    if (st == ARC_OK) st = take_int(c, "score", 0, 100000, &c->score);
    if (st == ARC_OK) st = take_int(c, "odds", 1, 1000000, &c->odds);
    if (st == ARC_OK) st = take_band_odds(c);
    if (st == ARC_OK) st = take_condition(c, "bad", &c->bad);
    if (st == ARC_OK) st = take_condition(c, "good", &c->good);
    return st == ARC_OK ? take_card(c) : st;
}

static arc_status work(arci_calibration *c, const char *request, size_t length, arci_str *out)
{
    arci_json *root;
    arc_status st = arci_json_parse(c->t->env, &c->arena, request, length, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    c->request = root;
    st = take_request(c);
    if (st == ARC_OK) st = arci_calibrate_observe(c);
    if (st == ARC_OK) st = arci_calibrate_fit(c);
    return st == ARC_OK ? arci_calibrate_report(c, out) : st;
}

arc_status arc_score_calibrate(arc_session *session, char *buf, size_t *len, const char *request, size_t length, arc_progress_fn progress, void *user)
{
    arci_session *s;
    arci_scope scope;
    arci_str out;
    arci_calibration c = { .window = 90, .pdo = 20, .score = 600, .odds = 50, .band_odds = { 50, 15, 5 }, .progress = progress, .user = user };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_str_init(&out, s->env.ctx);
    arci_arena_init(&c.arena, s->env.ctx);
    st = len && request ? arci_access_fresh(&s->env, s, 0) : arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_SCORE_RUN], NULL);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) {
        c.t = scope.txn;
        st = arci_scope_end(&scope, work(&c, request, length == SIZE_MAX ? strlen(request) : length, &out));
    }
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_table_free(c.table);
    arci_table_free(c.bad);
    arci_table_free(c.good);
    arci_free(s->env.ctx, c.list);
    arci_arena_clear(&c.arena);
    arci_str_clear(&out);
    return arci_session_leave(s, st);
}
