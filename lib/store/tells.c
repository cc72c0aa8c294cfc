/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tells.h"

#include <string.h>

#include "base/json_text.h"

static const char *const places[] = { "", "each ", "other " };

arc_status arci_tells_add(arci_env *env, arci_arena *arena, arci_tells *t, const char *entity, const char *field, uint8_t rows)
{
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->list[i].rows == rows && !strcmp(t->list[i].field, field) && !strcmp(t->list[i].entity, entity)) return ARC_OK;
    }
    if (t->n == t->cap) {
        uint32_t cap = t->cap ? t->cap * 2 : 8;
        arci_tell *grown = arci_arena_alloc(arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(env);
        if (t->n) memcpy(grown, t->list, t->n * sizeof *grown);
        t->list = grown;
        t->cap = cap;
    }
    const char *name = arci_arena_strndup(arena, field, strlen(field)); /* a field of the book's own may go */
    if (!name) return arci_nomem(env);
    t->list[t->n++] = (arci_tell){ arci_entity_by_name(entity, strlen(entity))->name, name, rows };
    return ARC_OK;
}

/* ---- may it be read? ------------------------------------------------------------------------------------------------------ */

static const arci_field *field_of(const arci_session *s, const arci_entity *e, const char *name, size_t n)
{
    const arci_field *f = arci_entity_field(e, name, n);
    const arci_custom_field *custom = f ? NULL : arci_custom_by_name(s->custom, e, name, n);
    return f ? f : custom ? &custom->field : NULL;
}

/* Rows that hang on a customer are seen with it, unless who made them decides. */
static int rows_seen(const arci_session *s, const arci_entity *e, uint8_t rows)
{
    const arci_row_scope *scope = rows == ARCI_TELL_OWN ? NULL : arci_access_scope(s, &arci_verbs[ARCI_DO_READ], e);
    if (!scope) return 1;
    for (int k = 0; rows == ARCI_TELL_EACH && k < ARCI_BY_N; k++) {
        if (scope->n[ARCI_AT_DOCUMENT][k]) return 0;
    }
    return rows == ARCI_TELL_EACH;
}

static int may(const arci_session *s, const arci_entity *e, const char *field, size_t n, uint8_t rows)
{
    const arci_field *f = e ? field_of(s, e, field, n) : NULL;
    if (!f || !arci_access_may(s, &arci_verbs[ARCI_DO_READ], e) || arci_access_right(s, e, f) < ARCI_RIGHT_READ) return 0;
    return rows_seen(s, e, rows);
}

int arci_tell_may(const arci_session *s, const arci_tell *t, int rows)
{
    return !s->access || may(s, arci_entity_by_name(t->entity, strlen(t->entity)), t->field, strlen(t->field), rows ? t->rows : ARCI_TELL_OWN);
}

int arci_tells_may(const arci_session *s, const arci_tell *list, uint32_t n, int rows)
{
    uint32_t i = 0;
    while (i < n && arci_tell_may(s, &list[i], rows)) i++;
    return i == n;
}

arc_status arci_tells_check(arci_env *env, arci_session *s, const arci_tell *list, uint32_t n, int rows)
{
    uint32_t i = 0;
    arc_status st = arci_access_fresh(env, s, 0);
    if (st != ARC_OK) return st;
    while (i < n && arci_tell_may(s, &list[i], rows)) i++;
    if (i == n) return ARC_OK;
    const arci_entity *e = arci_entity_by_name(list[i].entity, strlen(list[i].entity));
    st = arci_access_check(env, s, &arci_verbs[ARCI_DO_READ], e);
    if (st != ARC_OK) return st;
    if (arci_tell_may(s, &list[i], 0)) {
        arci_fail(env, ARC_E_FORBIDDEN, "it reaches rows of %s, of which you see only a part", "涉及 %s，而您只能看到其中一部分", e->name);
        arci_fail_at(env, e->name, NULL, -1, -1);
        return ARC_E_FORBIDDEN;
    }
    arci_denial_note(s, &arci_verbs[ARCI_DO_READ], e, list[i].field, 0);
    arci_fail(env, ARC_E_FORBIDDEN, "%s may not be used by this actor", "当前操作人不能使用字段 %s", list[i].field);
    arci_fail_at(env, e->name, list[i].field, -1, -1);
    return ARC_E_FORBIDDEN;
}

/* ---- as JSON -------------------------------------------------------------------------------------------------------------- */

static int stands_before(const arci_tells *const *lists, uint32_t n, const arci_tell *t)
{
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t i = 0; i < lists[k]->n; i++) {
            const arci_tell *x = &lists[k]->list[i];
            if (x->rows == t->rows && !strcmp(x->field, t->field) && !strcmp(x->entity, t->entity)) return 1;
        }
    }
    return 0;
}

void arci_tells_put(arci_str *b, const arci_tells *const *lists, uint32_t n)
{
    int first = 1;
    arci_json_put_key(b, "tells");
    arci_str_putc(b, '[');
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t i = 0; i < lists[k]->n; i++) {
            const arci_tell *t = &lists[k]->list[i];
            if (stands_before(lists, k, t)) continue;
            arci_str_puts(b, first ? "\"" : ",\"");
            arci_str_puts(b, places[t->rows]);
            arci_str_puts(b, t->entity); /* names: nothing to escape */
            arci_str_putc(b, '.');
            arci_str_puts(b, t->field);
            arci_str_putc(b, '"');
            first = 0;
        }
    }
    arci_str_putc(b, ']');
}

static int one_may(const arci_session *s, const arci_json *m)
{
    uint8_t rows = ARCI_TELL_OTHER;
    if (m->type != ARCI_JSON_STRING) return 0;
    while (rows && strncmp(m->s, places[rows], strlen(places[rows])) != 0) rows--;
    const char *name = m->s + strlen(places[rows]), *dot = strchr(name, '.');
    return dot && may(s, arci_entity_by_name(name, (size_t)(dot - name)), dot + 1, strlen(dot + 1), rows);
}

int arci_tells_read(const arci_session *s, const arci_json *object)
{
    const arci_json *list = arci_json_get(object, "tells");
    if (!s->access) return 1;
    if (!list || list->type != ARCI_JSON_ARRAY) return 0;
    for (const arci_json *m = list->child; m; m = m->next) {
        if (!one_may(s, m)) return 0;
    }
    return 1;
}
