/* SPDX-License-Identifier: Apache-2.0 */
/* Making calendars: from JSON documents, and as the union of others. */
#include <stdlib.h>
#include <string.h>

#include "base/handle.h"
#include "base/json.h"
#include "value/calendar.h"
#include "value/date.h"

static const char *const weekday_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
#define SAT_SUN ((1u << ARC_SATURDAY) | (1u << ARC_SUNDAY))

typedef struct loader {
    arci_env *env;
    arci_calendar *c;
    arci_arena scratch; /* parsed documents */
    size_t cap_years, cap_days;
    int have_weekend;
} loader;

/* ---- growing lists in the calendar's arena ---- */

static arc_status grow(loader *l, void **list, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? 64 : *cap * 2;
    void *p;

    if (n < *cap) return ARC_OK;
    p = arci_arena_calloc(&l->c->memory, more, size);
    if (p == NULL) return arci_nomem(l->env);
    if (n != 0) memcpy(p, *list, n * size);
    *list = p;
    *cap = more;
    return ARC_OK;
}

static arc_status add_year(loader *l, const arci_json *node)
{
    int64_t year;
    void *list = l->c->years;
    arci_cal_year *y;
    arc_status st;

    if (node->type != ARCI_JSON_NUMBER)
        return arci_json_fail(l->env, node, ARC_E_VALUE, "a year must be a number", "年份必须是数字");
    st = arci_json_int(l->env, node, &year);
    if (st != ARC_OK) return st;
    if (year < 1 || year > 9999)
        return arci_json_fail(l->env, node, ARC_E_RANGE, "the year is outside 1..9999", "年份超出 1..9999");
    for (size_t i = 0; i < l->c->n_years; i++) {
        if (l->c->years[i].year == year)
            return arci_json_fail(l->env, node, ARC_E_EXISTS, "the year %d is given twice", "%d 年重复给出", (int)year);
    }
    st = grow(l, &list, l->c->n_years, &l->cap_years, sizeof *y);
    if (st != ARC_OK) return st;
    l->c->years = list;
    y = &l->c->years[l->c->n_years++];
    y->year = (int32_t)year;
    y->first = arci_date_number((int32_t)year, 1, 1);
    return ARC_OK;
}

static arc_status add_day(loader *l, arc_date date, int off, const char *name, size_t len)
{
    void *list = l->c->days;
    arci_cal_day *d;
    arc_status st = grow(l, &list, l->c->n_days, &l->cap_days, sizeof *d);

    if (st != ARC_OK) return st;
    l->c->days = list;
    d = &l->c->days[l->c->n_days];
    d->date = date;
    d->off = off;
    d->name = len != 0 ? arci_arena_strndup(&l->c->memory, name, len) : "";
    if (d->name == NULL) return arci_nomem(l->env);
    l->c->n_days++;
    return ARC_OK;
}

/* ---- documents ---- */

static int is(const arci_json *node, const char *key)
{
    return strcmp(node->key, key) == 0;
}

static arc_status member_needed(loader *l, const arci_json *object, const char *key)
{
    return arci_json_fail(l->env, object, ARC_E_REQUIRED, "the member \"%s\" is missing", "缺少成员“%s”", key);
}

static arc_status read_day(loader *l, const arci_json *node, const char *off_key, int strict)
{
    const arci_json *date, *off, *name;
    arc_date d;
    arc_status st;

    if (node->type != ARCI_JSON_OBJECT)
        return arci_json_fail(l->env, node, ARC_E_VALUE, "a day must be an object", "日期条目必须是对象");
    for (const arci_json *m = node->child; strict && m != NULL; m = m->next) {
        if (!is(m, "date") && !is(m, off_key) && !is(m, "name"))
            return arci_json_fail(l->env, m, ARC_E_VALUE, "unknown member", "未知成员");
    }
    date = arci_json_get(node, "date");
    off = arci_json_get(node, off_key);
    if (date == NULL) return member_needed(l, node, "date");
    if (off == NULL) return member_needed(l, node, off_key);
    if (date->type != ARCI_JSON_STRING)
        return arci_json_fail(l->env, date, ARC_E_VALUE, "a date must be text", "日期必须是文本");
    st = arc_date_parse(&d, date->s, date->len);
    if (st != ARC_OK)
        return arci_json_fail(l->env, date, st, "not a date of the form 2025-01-31", "不是 2025-01-31 形式的日期");
    if (off->type != ARCI_JSON_TRUE && off->type != ARCI_JSON_FALSE)
        return arci_json_fail(l->env, off, ARC_E_VALUE, "must be true or false", "必须是 true 或 false");
    name = arci_json_get(node, "name");
    if (name != NULL && name->type != ARCI_JSON_STRING)
        return arci_json_fail(l->env, name, ARC_E_VALUE, "a name must be text", "名称必须是文本");
    return add_day(l, d, off->type == ARCI_JSON_TRUE, name != NULL ? name->s : "", name != NULL ? name->len : 0);
}

static arc_status read_days(loader *l, const arci_json *days, const char *off_key, int strict)
{
    if (days->type != ARCI_JSON_ARRAY)
        return arci_json_fail(l->env, days, ARC_E_VALUE, "must be an array", "必须是数组");
    for (const arci_json *d = days->child; d != NULL; d = d->next) {
        arc_status st = read_day(l, d, off_key, strict);
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

static arc_status set_weekend(loader *l, const arci_json *at, uint32_t mask)
{
    if (l->have_weekend && l->c->weekend != mask)
        return arci_json_fail(l->env, at, ARC_E_EXISTS, "the documents have different weekends", "各文档的周末不一致");
    l->have_weekend = 1;
    l->c->weekend = mask;
    return ARC_OK;
}

static arc_status read_weekend(loader *l, const arci_json *node)
{
    uint32_t mask = 0;

    if (node->type != ARCI_JSON_ARRAY)
        return arci_json_fail(l->env, node, ARC_E_VALUE, "must be an array", "必须是数组");
    for (const arci_json *d = node->child; d != NULL; d = d->next) {
        uint32_t i = 0;
        while (i < 7 && (d->type != ARCI_JSON_STRING || strcmp(d->s, weekday_names[i]) != 0)) i++;
        if (i == 7)
            return arci_json_fail(l->env, d, ARC_E_VALUE, "must be one of mon, tue, wed, thu, fri, sat, sun",
                                  "必须是 mon、tue、wed、thu、fri、sat、sun 之一");
        mask |= 1u << (i + 1);
    }
    return set_weekend(l, node, mask);
}

static arc_status read_own(loader *l, const arci_json *doc)
{
    const arci_json *years = arci_json_get(doc, "years"), *days = arci_json_get(doc, "days"),
                    *weekend = arci_json_get(doc, "weekend");
    arc_status st = ARC_OK;

    for (const arci_json *m = doc->child; m != NULL; m = m->next) {
        if (is(m, "format") || is(m, "code") || is(m, "name")) {
            if (m->type != ARCI_JSON_STRING)
                return arci_json_fail(l->env, m, ARC_E_VALUE, "must be text", "必须是文本");
            if (is(m, "format") && strcmp(m->s, "arcore-calendar/1") != 0)
                return arci_json_fail(l->env, m, ARC_E_VALUE, "unknown format", "未知格式");
        } else if (!is(m, "weekend") && !is(m, "years") && !is(m, "days")) {
            return arci_json_fail(l->env, m, ARC_E_VALUE, "unknown member", "未知成员");
        }
    }
    if (years == NULL) return member_needed(l, doc, "years");
    if (days == NULL) return member_needed(l, doc, "days");
    if (years->type != ARCI_JSON_ARRAY)
        return arci_json_fail(l->env, years, ARC_E_VALUE, "must be an array", "必须是数组");
    for (const arci_json *y = years->child; y != NULL && st == ARC_OK; y = y->next) st = add_year(l, y);
    if (st == ARC_OK) st = weekend != NULL ? read_weekend(l, weekend) : set_weekend(l, doc, SAT_SUN);
    return st == ARC_OK ? read_days(l, days, "off", 1) : st;
}

static arc_status read_notice(loader *l, const arci_json *doc)
{
    const arci_json *year = arci_json_get(doc, "year"), *days = arci_json_get(doc, "days"), *weekend = arci_json_get(doc, "weekend");
    arc_status st;

    if (year == NULL) return member_needed(l, doc, "year");
    if (days == NULL) return member_needed(l, doc, "days");
    st = add_year(l, year);
    if (st == ARC_OK) st = weekend != NULL ? read_weekend(l, weekend) : set_weekend(l, doc, SAT_SUN);
    return st == ARC_OK ? read_days(l, days, "isOffDay", 0) : st;
}

static arc_status read_document(loader *l, const arci_json *doc)
{
    if (doc->type != ARCI_JSON_OBJECT)
        return arci_json_fail(l->env, doc, ARC_E_VALUE, "a calendar must be an object", "日历必须是对象");
    return arci_json_get(doc, "format") != NULL ? read_own(l, doc) : read_notice(l, doc);
}

static arc_status read_text(loader *l, const char *text, size_t len)
{
    arci_json *root = NULL;
    arc_status st = arci_json_parse(l->env, &l->scratch, text, len, &arci_json_default_limits, &root);

    if (st != ARC_OK) return st;
    if (root->type != ARCI_JSON_ARRAY) return read_document(l, root);
    for (const arci_json *d = root->child; d != NULL && st == ARC_OK; d = d->next) st = read_document(l, d);
    return st;
}

/* ---- finishing ---- */

static int by_year(const void *a, const void *b)
{
    const arci_cal_year *x = a, *y = b;

    return (x->year > y->year) - (x->year < y->year);
}

static int by_date(const void *a, const void *b)
{
    const arci_cal_day *x = a, *y = b;

    if (x->date != y->date) return x->date < y->date ? -1 : 1;
    if (x->off != y->off) return x->off < y->off ? -1 : 1;
    return strcmp(x->name, y->name);
}

static arc_status finish(loader *l)
{
    arci_calendar *c = l->c;

    if (c->n_years != 0) qsort(c->years, c->n_years, sizeof *c->years, by_year);
    if (c->n_days != 0) qsort(c->days, c->n_days, sizeof *c->days, by_date);
    for (size_t i = 0; i < c->n_years; i++) {
        arci_cal_year *y = &c->years[i];
        for (arc_date d = y->first; d < y->first + 365 + arci_leap(y->year); d++)
            arci_cal_set(y, d, ((c->weekend >> arci_weekday(d)) & 1) == 0);
    }
    for (size_t i = 0; i < c->n_days; i++) {
        arci_cal_year *y;
        int32_t year, month, day;
        arci_date_split(&year, &month, &day, c->days[i].date);
        y = arci_cal_find_year(c, year);
        if (i > 0 && c->days[i].date == c->days[i - 1].date && c->days[i].off != c->days[i - 1].off) {
            return arci_fail(l->env, ARC_E_EXISTS, "the day %04d-%02d-%02d is given both as worked and as off",
                             "%04d-%02d-%02d 既被列为工作日又被列为休息日", (int)year, (int)month, (int)day);
        }
        if (y != NULL) arci_cal_set(y, c->days[i].date, !c->days[i].off);
    }
    return ARC_OK;
}

static arc_status start(arci_env *env, arc_context *context, const void *out, const void *list, size_t n)
{
    arc_status st = arci_context_check(context);

    if (st != ARC_OK) return st;
    env->ctx = context;
    env->err = arci_context_error_slot(context);
    if (out == NULL || list == NULL || n == 0) return arci_fail(env, ARC_E_INVALID, "an argument is NULL", "参数为空");
    return ARC_OK;
}

arc_status arc_calendar_load(arc_context *context, arc_calendar **out, const char *const *texts, const size_t *lens,
                             size_t n)
{
    loader l;
    arci_env env;
    arc_status st;

    if (out != NULL) *out = NULL;
    st = start(&env, context, out, texts, n);
    if (st != ARC_OK) return st;
    if (lens == NULL) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为空");
    memset(&l, 0, sizeof l);
    l.env = &env;
    l.c = arci_calendar_blank(context);
    if (l.c == NULL) return arci_nomem(&env);
    arci_arena_init(&l.scratch, context);
    for (size_t i = 0; i < n && st == ARC_OK; i++) {
        st = texts[i] != NULL ? read_text(&l, texts[i], lens[i] == SIZE_MAX ? strlen(texts[i]) : lens[i])
                              : arci_fail(&env, ARC_E_INVALID, "a text is NULL", "文本为空");
        if (st != ARC_OK) arci_fail_at(&env, "calendar", NULL, -1, (int64_t)i + 1);
    }
    if (st == ARC_OK) st = finish(&l);
    arci_arena_clear(&l.scratch);
    if (st == ARC_OK) return arci_calendar_publish(&env, out, l.c);
    arci_calendar_destroy(l.c);
    return st;
}

/* ---- union ---- */

static arc_status get_part(arci_env *env, const arci_calendar **part, const arc_calendar *calendar)
{
    void *object;
    arc_context *ctx = NULL;
    arc_status st = arci_handle_get(calendar, ARCI_H_CALENDAR, &object, &ctx);

    if (st == ARC_OK && ctx != env->ctx) st = ARC_E_HANDLE;
    if (st != ARC_OK) return arci_fail(env, st, "not a calendar of this context", "不是本上下文的日历");
    *part = object;
    return ARC_OK;
}

static void intersect(arci_calendar *c, const arci_calendar *part)
{
    size_t kept = 0, k = 0;

    for (size_t i = 0; i < c->n_years; i++) {
        while (k < part->n_years && part->years[k].year < c->years[i].year) k++;
        if (k == part->n_years || part->years[k].year != c->years[i].year) continue;
        c->years[kept] = c->years[i];
        for (int word = 0; word < 6; word++) c->years[kept].work[word] &= part->years[k].work[word];
        kept++;
    }
    c->n_years = kept;
}

static arc_status unite(loader *l, const arc_calendar *const *calendars, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const arci_calendar *part = NULL;
        arc_status st = get_part(l->env, &part, calendars[i]);
        if (st != ARC_OK) return st;
        if (i == 0) {
            l->c->years = arci_arena_calloc(&l->c->memory, part->n_years + 1, sizeof *part->years);
            if (l->c->years == NULL) return arci_nomem(l->env);
            if (part->n_years != 0) memcpy(l->c->years, part->years, part->n_years * sizeof *part->years);
            l->c->n_years = part->n_years;
        }
        intersect(l->c, part);
        for (size_t k = 0; k < part->n_days; k++) {
            const arci_cal_day *d = &part->days[k];
            st = add_day(l, d->date, d->off, d->name, strlen(d->name));
            if (st != ARC_OK) return st;
        }
    }
    if (l->c->n_days != 0) qsort(l->c->days, l->c->n_days, sizeof *l->c->days, by_date);
    return ARC_OK;
}

arc_status arc_calendar_union(arc_context *context, arc_calendar **out, const arc_calendar *const *calendars, size_t n)
{
    loader l;
    arci_env env;
    arc_status st;

    if (out != NULL) *out = NULL;
    st = start(&env, context, out, calendars, n);
    if (st != ARC_OK) return st;
    memset(&l, 0, sizeof l);
    l.env = &env;
    l.c = arci_calendar_blank(context);
    if (l.c == NULL) return arci_nomem(&env);
    st = unite(&l, calendars, n);
    if (st == ARC_OK) return arci_calendar_publish(&env, out, l.c);
    arci_calendar_destroy(l.c);
    return st;
}
