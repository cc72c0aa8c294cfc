/* SPDX-License-Identifier: Apache-2.0 */
/* Habits as handles: learning, JSON in and out. */
#include <stdlib.h>
#include <string.h>

#include "base/handle.h"
#include "base/json.h"
#include "base/json_out.h"
#include "cash/habit.h"
#include "value/date.h"

#define FORMAT "arcore/1"
#define EARLIEST (-61) /* day late of late[0] */
#define COUNT_MAX INT64_C(1000000000000)
#define LEARN_MAX 100000

static void habit_free(void *object)
{
    arci_habit *h = object;
    arci_free(h->ctx, h);
}

void arc_habit_free(arc_habit *habit)
{
    void *object;
    if (habit && arci_handle_release(habit, ARCI_H_HABIT, &object) == ARC_OK) habit_free(object);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------- */

static arc_status count_in(arci_env *env, const arci_json *node, int64_t *out)
{
    if (!node || node->type != ARCI_JSON_NUMBER) return arci_json_fail(env, node, ARC_E_VALUE, "a count is a whole number", "计数必须是整数");
    arc_status st = arci_json_int(env, node, out);
    if (st == ARC_OK && (*out < 0 || *out > COUNT_MAX)) st = arci_json_fail(env, node, ARC_E_VALUE, "a count is 0 to 10^12", "计数必须在 0 到 10^12 之间");
    return st;
}

static arc_status read_late(arci_env *env, arci_habit *h, const arci_json *late)
{
    if (late->type != ARCI_JSON_OBJECT) return arci_json_fail(env, late, ARC_E_VALUE, "`late` is an object of days and counts", "late 应为天数与计数的对象");
    for (const arci_json *m = late->child; m; m = m->next) {
        int64_t day, n = 0;
        if (arci_int_parse(m->key, m->key_len, &day) != ARC_OK || day < EARLIEST || day >= EARLIEST + ARCI_HABIT_DAYS)
            return arci_json_fail(env, m, ARC_E_VALUE, "days late are -61 to 121", "逾期天数必须在 -61 到 121 之间");
        arc_status st = count_in(env, m, &n);
        if (st != ARC_OK) return st;
        h->late[day - EARLIEST] = n;
    }
    return ARC_OK;
}

static arc_status read_counts(arci_env *env, arci_habit *h, const arci_json *counts)
{
    int cell = 0;
    if (counts->type != ARCI_JSON_ARRAY || counts->n != ARCI_HABIT_CELLS) return arci_json_fail(env, counts, ARC_E_VALUE, "`counts` is an array of 32 pairs", "counts 应为 32 个数对的数组");
    for (const arci_json *p = counts->child; p; p = p->next, cell++) {
        if (p->type != ARCI_JSON_ARRAY || p->n != 2) return arci_json_fail(env, p, ARC_E_VALUE, "a pair of counts: not paid, paid", "应为一对计数：未付、已付");
        arc_status st = count_in(env, p->child, &h->counts[cell][0]);
        if (st == ARC_OK) st = count_in(env, p->child->next, &h->counts[cell][1]);
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

static arc_status read_habit(arci_env *env, arci_habit *h, const arci_json *doc)
{
    const arci_json *format = arci_json_get(doc, "habit"), *late = arci_json_get(doc, "late"), *counts = arci_json_get(doc, "counts");
    if (!format || format->type != ARCI_JSON_STRING || strcmp(format->s, FORMAT) != 0)
        return arci_json_fail(env, format ? format : doc, ARC_E_VALUE, "not a habit: `habit` is \"arcore/1\"", "不是付款习惯：habit 应为 \"arcore/1\"");
    if (!late || !counts) return arci_json_fail(env, doc, ARC_E_VALUE, "a habit has `late` and `counts`", "付款习惯必须有 late 和 counts");
    const arci_json *payments = arci_json_get(doc, "payments");
    arc_status st = payments ? count_in(env, payments, &h->payments) : arci_json_fail(env, doc, ARC_E_VALUE, "a habit has `payments`", "付款习惯必须有 payments");
    if (st == ARC_OK) st = read_late(env, h, late);
    return st == ARC_OK ? read_counts(env, h, counts) : st;
}

arc_status arc_habit_new(arc_context *context, arc_habit **out, const char *json, size_t length)
{
    arci_arena arena;
    arci_json *doc;
    arci_env env;
    void *handle;
    if (out) *out = NULL;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env = (arci_env){ context, arci_context_error_slot(context) };
    if (!out) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    arci_habit *h = arci_calloc(context, 1, sizeof *h);
    if (!h) return arci_nomem(&env);
    h->ctx = context;
    arci_arena_init(&arena, context);
    if (json) st = arci_json_parse(&env, &arena, json, length == SIZE_MAX ? strlen(json) : length, &arci_json_default_limits, &doc);
    if (st == ARC_OK && json) st = read_habit(&env, h, doc);
    arci_arena_clear(&arena);
    if (st == ARC_OK && arci_handle_new(context, ARCI_H_HABIT, h, habit_free, &handle) != ARC_OK) st = arci_nomem(&env);
    if (st != ARC_OK) habit_free(h);
    else *out = handle;
    return st;
}

/* ---- learning ------------------------------------------------------------------------------------------------------------------------- */

typedef struct seen {
    arc_date due, issued;
    int32_t paid;
    uint32_t from;
} seen;

static int by_due(const void *a, const void *b)
{
    const seen *x = a, *y = b;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    if (x->issued != y->issued) return x->issued < y->issued ? -1 : 1;
    return x->from < y->from ? -1 : 1;
}

static void learn(arci_habit *h, const seen *s, size_t n, arc_date day)
{
    int32_t usual = arci_habit_usual(h);
    for (size_t i = 0; i < n; i++) {
        int64_t late = (int64_t)day - s[i].due;
        int before = i ? s[i - 1].paid : 0, same = i && s[i].due == s[i - 1].due;
        h->counts[arci_habit_cell(before, same, arci_habit_bin(late - usual))][s[i].paid]++;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t late = (int64_t)day - s[i].due - EARLIEST;
        if (s[i].paid) h->late[late < 0 ? 0 : late >= ARCI_HABIT_DAYS ? ARCI_HABIT_DAYS - 1 : late]++;
    }
    h->payments++;
}

arc_status arc_habit_learn(arc_habit *habit, arc_date day, const arc_date *due, const arc_date *issued, const uint8_t *paid, size_t n)
{
    void *object;
    arc_context *ctx;
    arc_status st = arci_handle_get(habit, ARCI_H_HABIT, &object, &ctx);
    if (st != ARC_OK) return st;
    arci_habit *h = object;
    arci_env env = { ctx, arci_context_error_slot(ctx) };
    if (!due || !paid || !n || n > LEARN_MAX) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL, or not 1 to 100,000 items", "参数为 NULL，或应收项不是 1 到 100,000 个");
    if (arc_date_check(day) != ARC_OK) return arci_fail(&env, ARC_E_RANGE, "the day is no date", "日期无效");
    seen *s = arci_alloc(ctx, n * sizeof *s);
    if (!s) return arci_nomem(&env);
    for (size_t i = 0; i < n && st == ARC_OK; i++) {
        s[i] = (seen){ due[i], issued ? issued[i] : 0, paid[i], (uint32_t)i };
        if (paid[i] > 1) st = arci_fail(&env, ARC_E_INVALID, "paid is 1 or 0", "paid 只能是 1 或 0");
        else if (arc_date_check(due[i]) != ARC_OK || (issued && arc_date_check(issued[i]) != ARC_OK)) st = arci_fail(&env, ARC_E_RANGE, "a date is none", "日期无效");
        if (st != ARC_OK) arci_fail_at(&env, NULL, NULL, -1, (int64_t)i);
    }
    if (st == ARC_OK) {
        qsort(s, n, sizeof *s, by_due);
        learn(h, s, n, day);
    }
    arci_free(ctx, s);
    return st;
}

/* ---- telling --------------------------------------------------------------------------------------------------------------------------- */

static int fill(cJSON *root, const arci_habit *h)
{
    int ok = arci_jo_text(root, "habit", FORMAT, strlen(FORMAT)) && arci_jo_int(root, "payments", h->payments);
    cJSON *late = ok ? arci_jo_object(root, "late") : NULL, *counts = late ? arci_jo_array(root, "counts") : NULL;
    char day[24];
    for (int i = 0; counts && ok && i < ARCI_HABIT_DAYS; i++) {
        if (!h->late[i]) continue;
        arci_int_text(day, i + EARLIEST);
        ok = arci_jo_int(late, day, h->late[i]);
    }
    for (int i = 0; counts && ok && i < ARCI_HABIT_CELLS; i++) {
        cJSON *pair = arci_jo_array(counts, NULL);
        ok = pair && arci_jo_int(pair, NULL, h->counts[i][0]) && arci_jo_int(pair, NULL, h->counts[i][1]);
    }
    return ok && counts;
}

arc_status arc_habit_json(arc_habit *habit, char *buf, size_t *len)
{
    void *object;
    arc_context *ctx;
    arci_str text;
    arc_status st = arci_handle_get(habit, ARCI_H_HABIT, &object, &ctx);
    if (st != ARC_OK) return st;
    arci_env env = { ctx, arci_context_error_slot(ctx) };
    if (!len) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    arci_str_init(&text, ctx);
    cJSON *root = cJSON_CreateObject();
    if (!root || !fill(root, object) || !arci_jo_print(root, 0, &text) || text.failed) st = arci_nomem(&env);
    else st = arci_text_out(buf, len, text.s, text.len);
    cJSON_Delete(root);
    arci_str_clear(&text);
    return st;
}
