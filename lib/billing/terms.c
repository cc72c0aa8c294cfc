/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/terms.h"

#include <string.h>

#include "store/calendar_rows.h"

void arci_term_book_init(arci_term_book *b, arci_txn *t, arci_arena *arena)
{
    memset(b, 0, sizeof *b);
    b->t = t;
    b->arena = arena;
    arci_map_init(&b->index, arena->ctx);
}

void arci_term_book_clear(arci_term_book *b)
{
    for (uint32_t i = 0; i < b->n_calendars; i++) arc_calendar_free(b->calendars[i].calendar);
    if (b->index.ctx) arci_map_clear(&b->index);
    b->n_calendars = b->n = 0;
}

static void *grow(arci_arena *arena, void *list, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap) return list;
    uint32_t more = *cap ? *cap * 2 : 8;
    void *copy = arci_arena_alloc(arena, more * size);
    if (!copy) return NULL;
    if (n) memcpy(copy, list, n * size);
    *cap = more;
    return copy;
}

/* ---- calendars ----------------------------------------------------------------------------------------------------------------- */

static arc_status load_calendar(arci_term_book *b, const char *code, arc_calendar **out)
{
    arc_status st = arci_calendar_rows(b->t, b->arena, code, out);
    if (st == ARC_E_NOT_FOUND) return arci_fail(b->t->env, ARC_E_CALENDAR, "the term's calendar %s has no rows", "付款条件所用日历 %s 没有数据", code);
    return st == ARC_E_CALENDAR ? arci_fail(b->t->env, st, "the term's calendar %s cannot be read", "付款条件所用日历 %s 无法读取", code) : st;
}

static arc_status find_calendar(arci_term_book *b, arci_term *term)
{
    const char *code = term->terms.calendar;
    arc_calendar *calendar = NULL;
    if (!code[0]) return ARC_OK;
    for (uint32_t i = 0; i < b->n_calendars; i++) {
        if (strcmp(b->calendars[i].code, code) != 0) continue;
        term->calendar = b->calendars[i].calendar;
        return ARC_OK;
    }
    void *list = grow(b->arena, b->calendars, b->n_calendars, &b->cap_calendars, sizeof *b->calendars);
    if (!list) return arci_nomem(b->t->env);
    b->calendars = list;
    arc_status st = load_calendar(b, code, &calendar);
    if (st != ARC_OK) return st;
    memcpy(b->calendars[b->n_calendars].code, code, sizeof b->calendars[0].code);
    b->calendars[b->n_calendars++].calendar = calendar;
    term->calendar = calendar;
    return ARC_OK;
}

/* ---- terms ----------------------------------------------------------------------------------------------------------------------- */

/* The newest revision in force on a day, or NULL. */
static const arc_value *definition(const arci_term_book *b, const arc_value *code, arc_date on)
{
    const arc_value *best = NULL;
    for (uint32_t r = 0; r < b->definitions.n_rows; r++) {
        const arc_value *v = b->definitions.values + (size_t)r * b->definitions.n_cols;
        if (v[ARCI_DEF_CODE].len != code->len || memcmp(v[ARCI_DEF_CODE].u.s, code->u.s, code->len) != 0) continue;
        if (v[ARCI_DEF_FROM].type == ARC_V_INT && v[ARCI_DEF_FROM].u.i > on) continue;
        if (v[ARCI_DEF_TO].type == ARC_V_INT && v[ARCI_DEF_TO].u.i < on) continue;
        if (!best || v[ARCI_DEF_REVISION].u.i > best[ARCI_DEF_REVISION].u.i) best = v;
    }
    return best;
}

static arc_status read_term(arci_term_book *b, arci_term *term, const arc_value *text, arc_date on)
{
    arci_env *env = b->t->env;
    const arc_value *def = definition(b, text, on);
    arc_status st;
    if (def) {
        st = arci_terms_parse(env, &term->terms, def[ARCI_DEF_DOCUMENT].u.s, def[ARCI_DEF_DOCUMENT].len);
        if (st != ARC_OK && st != ARC_E_NOMEM) st = arci_fail(env, ARC_E_CORRUPT, "a published term cannot be read", "已发布的付款条件无法读取");
    } else {
        st = arci_terms_parse_text(env, &term->terms, text->u.s, text->len);
        if (st != ARC_OK && st != ARC_E_NOMEM) {
            st = arci_fail(env, ARC_E_VALUE, "%.*s is neither a published payment term nor a rule such as NET30", "%.*s 既不是已发布的付款条件，也不是 NET30 之类的规则",
                           (int)text->len, text->u.s);
        }
    }
    if (st != ARC_OK) return st;
    for (int32_t i = 0; i < term->terms.n_lines; i++) term->bases[term->terms.lines[i].due.base] = 1;
    for (int32_t i = 0; i < term->terms.n_tiers; i++) term->bases[term->terms.tiers[i].until.base] = 1;
    return find_calendar(b, term);
}

/* The key of a term: its text, and the revision that holds. */
static arc_status key_of(arci_term_book *b, arci_str *key, const arc_value *text, arc_date on)
{
    const arc_value *def = definition(b, text, on);
    arci_str_init(key, b->arena->ctx);
    arci_str_add(key, text->u.s, text->len);
    arci_str_putc(key, '\n');
    arci_str_int(key, def ? def[ARCI_DEF_ID].u.i : 0);
    return key->failed ? arci_nomem(b->t->env) : ARC_OK;
}

arc_status arci_term_find(arci_term_book *b, const arci_term **out, const arc_value *text, arc_date on)
{
    arci_str key;
    arc_status st = b->read ? ARC_OK : arci_definitions_published(b->t, "term", b->arena, &b->definitions);
    if (st != ARC_OK) return st;
    b->read = 1;
    st = key_of(b, &key, text, on);
    int64_t *at = st == ARC_OK ? arci_map_get(&b->index, key.s, key.len) : NULL;
    if (at) {
        *out = b->terms[*at - 1];
        arci_str_clear(&key);
        return ARC_OK;
    }
    arci_term *term = NULL;
    if (st == ARC_OK) {
        void *list = grow(b->arena, b->terms, b->n, &b->cap, sizeof *b->terms);
        term = list ? arci_arena_calloc(b->arena, 1, sizeof *term) : NULL;
        if (list) b->terms = list;
        st = term ? read_term(b, term, text, on) : arci_nomem(b->t->env);
    }
    if (st == ARC_OK && arci_map_put(&b->index, key.s, key.len, &at) < 0) st = arci_nomem(b->t->env);
    if (st == ARC_OK) {
        b->terms[b->n++] = term;
        *at = b->n;
        *out = term;
    }
    arci_str_clear(&key);
    return st;
}

arc_status arci_term_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arc_terms terms;
    arc_status st = arci_terms_parse(t->env, &terms, json, len);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arc_status noted = arci_fault_note(t->env, sink);
    return noted == ARC_OK ? st : noted;
}
