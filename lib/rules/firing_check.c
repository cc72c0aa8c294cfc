/* SPDX-License-Identifier: Apache-2.0 */
/* Proving what has fired: each firing against the document that fired, the row it is about, and what it says it made. */
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "rules/checks.h"
#include "rules/firing_check.h"
#include "rules/rule_impl.h"


enum { F_ID, F_POLICY, F_DEFINITION, F_ENTITY, F_ROW, F_LEVEL, F_MARK, F_EFFECTIVE, F_FIRED, F_STATUS, F_RESULT };
static const char firing_fields[] = "id policy definition entity row level mark effective_date fired_on status result";

/* A step of a revision: what its marks look like. A step that counts from the one below has that one's marks. */
typedef struct step {
    int64_t level, base; /* base: the level whose mark it is */
    uint8_t on;          /* ARCI_ON_* */
} step;

typedef struct revision {
    char code[ARCI_RULE_CODE];
    const arci_entity *subject; /* NULL: its document says none */
    step *steps;
    uint32_t n;
    arc_date from;
    uint8_t there, is_rule, published;
} revision;

/* A row that a firing names, to be looked for with others. */
typedef struct named {
    const arci_entity *entity;
    const char *field;
    int64_t firing, id;
    int64_t episode; /* of an item's mark; -1: none */
} named;

typedef struct proving {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena, batch; /* of the run; of some firings */
    named *names;            /* of some firings */
    uint32_t n_names, cap_names;
    arci_map revisions;      /* id to the address of a revision */
    char key[400];           /* of the firing before */
    size_t n_key;
} proving;

/* ---- revisions ------------------------------------------------------------------------------------------------------------ */

static void take_step(const arci_json *node, const step *below, step *out)
{
    const arci_json *on = arci_json_get(node, "on"), *level = arci_json_get(node, "level"), *kind = on ? arci_json_get(on, "kind") : NULL, *anchor = on ? arci_json_get(on, "anchor") : NULL;
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { NULL, &none };
    out->level = below ? below->level + 1 : 1;
    if (level && arci_json_int(&quiet, level, &out->level) != ARC_OK) out->level = 0;
    out->base = out->level;
    out->on = arci_rule_text_is(kind, "change") ? ARCI_ON_CHANGE : arci_rule_text_is(kind, "threshold") ? ARCI_ON_THRESHOLD : ARCI_ON_DATE;
    if (below && arci_rule_text_is(anchor, "previous")) {
        out->base = below->base;
        out->on = below->on;
    }
}

static arc_status take_document(proving *p, const arc_value *text, revision *r)
{
    arci_json *doc;
    uint32_t n = 0;
    arc_status st = arci_json_parse(p->t->env, &p->arena, text->u.s, text->len, &arci_json_definition_limits, &doc);
    if (st != ARC_OK) return st;
    const arci_json *steps = arci_json_get(doc, "steps"), *subject = arci_json_get(doc, "subject");
    if (subject && subject->type == ARCI_JSON_STRING) r->subject = arci_entity_by_name(subject->s, subject->len);
    r->steps = arci_arena_calloc(&p->arena, (steps ? steps->n : 0u) + 1u, sizeof *r->steps);
    if (!r->steps) return arci_nomem(p->t->env);
    if (!steps) take_step(doc, NULL, &r->steps[n++]);
    for (const arci_json *m = steps ? steps->child : NULL; m; m = m->next, n++) take_step(m, n ? &r->steps[n - 1] : NULL, &r->steps[n]);
    r->n = n;
    return ARC_OK;
}

enum { D_CODE, D_KIND, D_DOCUMENT, D_FROM, D_PUBLISHED };

static arc_status read_revision(proving *p, int64_t id, revision *r)
{
    const arci_shape *shape;
    arc_value *v;
    uint8_t *found;
    arc_status st = arci_shape_get(p->t, &shape, "definition", "code kind document valid_from published");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, &id, 1, &p->arena, &v, &found);
    if (st != ARC_OK || !found[0]) return st;
    r->there = 1;
    memcpy(r->code, v[D_CODE].u.s, v[D_CODE].len < sizeof r->code ? v[D_CODE].len : sizeof r->code - 1);
    r->is_rule = v[D_KIND].len == 4 && memcmp(v[D_KIND].u.s, "rule", 4) == 0;
    r->published = v[D_PUBLISHED].type == ARC_V_INT;
    r->from = v[D_FROM].type == ARC_V_INT ? (arc_date)v[D_FROM].u.i : ARC_DATE_NONE;
    return r->is_rule ? take_document(p, &v[D_DOCUMENT], r) : ARC_OK;
}

static arc_status revision_of(proving *p, int64_t id, const revision **out)
{
    int64_t *at;
    int32_t made = arci_map_put(&p->revisions, &id, sizeof id, &at);
    arc_status st = ARC_OK;
    *out = NULL;
    if (made < 0) return arci_nomem(p->t->env);
    if (made) {
        revision *r = arci_arena_calloc(&p->arena, 1, sizeof *r);
        if (!r) return arci_nomem(p->t->env);
        *at = (int64_t)(intptr_t)r;
        st = read_revision(p, id, r);
    }
    *out = (const revision *)(intptr_t)*at;
    return st;
}

/* ---- marks ------------------------------------------------------------------------------------------------------------------ */

/* A number as marks have it: no sign, no leading zero. */
static int number(const char *s, size_t n, int64_t *out)
{
    return n && s[0] >= '0' && s[0] <= '9' && (n == 1 || s[0] != '0') && arci_int_parse(s, n, out) == ARC_OK;
}

static int date_mark(const char *s, size_t n, int episodes, arci_mark *out)
{
    arc_date day;
    char text[16];
    size_t len = sizeof text;
    const char *at = memchr(s, '@', n);
    size_t skip = at ? (size_t)(at - s) + 1 : 0;
    if (episodes != (at != NULL) || (at && !number(s, skip - 1, &out->a))) return 0;
    s += skip;
    n -= skip;
    return arc_date_parse(&day, s, n) == ARC_OK && arc_date_print(text, &len, day) == ARC_OK && len == n && memcmp(text, s, n) == 0;
}

int arci_mark_read(uint8_t on, int episodes, const char *s, size_t n, arci_mark *out)
{
    const char *dot = memchr(s, '.', n);
    memset(out, 0, sizeof *out);
    if (on == ARCI_ON_DATE) return date_mark(s, n, episodes, out);
    if (on == ARCI_ON_THRESHOLD) return n && s[0] == 'n' && number(s + 1, n - 1, &out->a);
    return dot && number(s, (size_t)(dot - s), &out->a) && number(dot + 1, n - (size_t)(dot - s) - 1, &out->b) && out->a && out->b;
}

/* ---- what a mark says is so ---------------------------------------------------------------------------------------------------- */

static arc_status wrong(proving *p, const arc_value *f, const char *field, const char *en, const char *zh)
{
    return arci_finding(p->v, "rule_firing", field, f[F_ID].u.i, "%s%.0s", "%.0s%s", en, zh);
}

static arc_status any(proving *p, const char *entity, const char *fields, const arc_value *keys, uint32_t n, arc_value *out, int *there)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    for (uint32_t i = 0; i < n; i++) {
        if (keys[i].type == ARC_V_TEXT) arci_where_text(&w, shape->cols[i + 1], ARC_OP_EQ, keys[i].u.s, keys[i].len);
        else arci_where_int(&w, shape->cols[i + 1], ARC_OP_EQ, keys[i].u.i);
    }
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 1, &p->batch, &rows);
    *there = st == ARC_OK && rows.n_rows;
    if (*there) *out = rows.values[0];
    return st;
}

/* Looked for when the block is over. */
static arc_status name(proving *p, const arc_value *f, const char *field, const arci_entity *e, int64_t id, int64_t episode)
{
    if (!arci_store_table(p->t->book->store, e) || !arci_entity_field(e, "id", 2)) return ARC_OK;
    if (p->n_names == p->cap_names) {
        uint32_t cap = p->cap_names ? p->cap_names * 2 : 1024;
        named *grown = arci_resize(p->t->book->ctx, p->names, cap * sizeof *grown);
        if (!grown) return arci_nomem(p->t->env);
        p->names = grown;
        p->cap_names = cap;
    }
    p->names[p->n_names++] = (named){ e, field, f[F_ID].u.i, id, episode };
    return ARC_OK;
}

/* The row has come as far as the mark says: its episode, the times its threshold was armed, the event. */
static arc_status prove_mark(proving *p, const arc_value *f, const step *s, const arci_mark *m, const arci_entity *e)
{
    arc_value v = arci_v_null();
    int there = 0;
    arc_status st = name(p, f, "row", e, f[F_ROW].u.i, s->on == ARCI_ON_DATE && strcmp(e->name, "item") == 0 ? m->a : -1);
    if (st != ARC_OK) return st;
    if (s->on == ARCI_ON_THRESHOLD) {
        const arc_value key[] = { f[F_POLICY], f[F_ENTITY], f[F_ROW], arci_v_int(s->base) };
        st = any(p, "rule_state", "rearmed policy entity row level", key, 4, &v, &there);
        if (st == ARC_OK && (!there || m->a > v.u.i)) st = wrong(p, f, "mark", "counts more than its threshold was armed", "标记的次数超过阈值重新启用的次数");
    } else if (s->on == ARCI_ON_CHANGE) {
        const arc_value key[] = { arci_v_int(m->a), arci_v_int(m->b) };
        st = any(p, "event", "seq txn seq", key, 2, &v, &there);
        if (st == ARC_OK && !there) st = wrong(p, f, "mark", "names an event that is not there", "标记的事件不存在");
    }
    return st;
}

static arc_status prove_step(proving *p, const arc_value *f, const revision *r)
{
    arci_mark m;
    int episodes = strcmp(r->subject->name, "item") == 0;
    uint32_t i = 0;
    while (i < r->n && r->steps[i].level != f[F_LEVEL].u.i) i++;
    if (i == r->n) return wrong(p, f, "level", "is of no step of the revision that fired", "所触发的修订没有这一级");
    if (!arci_mark_read(r->steps[i].on, episodes, f[F_MARK].u.s, f[F_MARK].len, &m)) return wrong(p, f, "mark", "is none its step can have", "不是该步骤可能产生的标记");
    return prove_mark(p, f, &r->steps[i], &m, r->subject);
}

static arc_status prove_revision(proving *p, const arc_value *f, const revision *r)
{
    const arci_entity *e = arci_entity_by_name(f[F_ENTITY].u.s, f[F_ENTITY].len);
    if (!r->there || !r->is_rule || strlen(r->code) != f[F_POLICY].len || memcmp(r->code, f[F_POLICY].u.s, f[F_POLICY].len) != 0) {
        return wrong(p, f, "definition", "is no revision of its rule", "不是该规则的修订");
    }
    if (!r->published) return wrong(p, f, "definition", "was never published", "从未发布");
    if (!e || e != r->subject) return wrong(p, f, "entity", "is not what the rule is about", "不是规则的对象");
    arc_status st = ARC_OK;
    if (f[F_EFFECTIVE].u.i > f[F_FIRED].u.i) st = wrong(p, f, "effective_date", "is after the day it fired on", "晚于触发日期");
    if (st == ARC_OK && r->from != ARC_DATE_NONE && f[F_FIRED].u.i < r->from) st = wrong(p, f, "fired_on", "is before the revision came into force", "早于修订生效日期");
    return st == ARC_OK ? prove_step(p, f, r) : st;
}

/* ---- what it made -------------------------------------------------------------------------------------------------------------- */

static arc_status prove_result(proving *p, const arc_value *f)
{
    arci_json *list;
    if (f[F_RESULT].type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(p->t->env, &p->batch, f[F_RESULT].u.s, f[F_RESULT].len, &arci_json_default_limits, &list);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK) {
        arci_error_clear(p->t->env->err);
        return wrong(p, f, "result", "cannot be read", "无法读取");
    }
    for (const arci_json *a = list->child; a && st == ARC_OK; a = a->next) {
        const arci_json *type = arci_json_get(a, "type"), *made = arci_json_get(a, "result");
        if (!type || type->type != ARCI_JSON_STRING || !made || made->type != ARCI_JSON_OBJECT || strncmp(type->s, "host.", 5) == 0) continue; /* a host answers what it likes */
        for (const arci_json *m = made->child; m && st == ARC_OK; m = m->next) {
            const arci_entity *e = arci_entity_by_name(m->key, m->key_len);
            int64_t id = 0;
            if (!e || m->type != ARCI_JSON_NUMBER || arci_json_int(p->t->env, m, &id) != ARC_OK || !id) continue; /* 0: it was so already */
            st = name(p, f, "result", e, id, -1);
        }
    }
    return st;
}

/* ---- firings --------------------------------------------------------------------------------------------------------------------- */

/* They come in the order of what makes them one of a kind. */
static arc_status prove_once(proving *p, const arc_value *f)
{
    char key[sizeof p->key];
    size_t n = 0;
    const arc_value *const texts[] = { &f[F_POLICY], &f[F_ENTITY], &f[F_MARK] };
    for (int i = 0; i < 3; i++) {
        memcpy(key + n, texts[i]->u.s, texts[i]->len); /* 64, 40 and 96 bytes at most */
        n += texts[i]->len;
        key[n++] = 0;
    }
    memcpy(key + n, &f[F_ROW].u.i, 8);
    memcpy(key + n + 8, &f[F_LEVEL].u.i, 8);
    n += 16;
    int twice = n == p->n_key && memcmp(key, p->key, n) == 0;
    memcpy(p->key, key, n);
    p->n_key = n;
    return twice ? wrong(p, f, "mark", "has fired twice", "重复触发") : ARC_OK;
}

static arc_status prove_firing(proving *p, const arc_value *f)
{
    const revision *r;
    arc_status st = revision_of(p, f[F_DEFINITION].u.i, &r);
    if (st == ARC_OK) st = prove_once(p, f);
    if (st == ARC_OK) st = prove_revision(p, f, r);
    return st == ARC_OK ? prove_result(p, f) : st;
}

static int by_entity(const void *x, const void *y)
{
    const named *a = x, *b = y;
    if (a->entity != b->entity) return a->entity->id < b->entity->id ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Rows of one entity; of items their episodes, which are kept for each. */
static arc_status look_for(proving *p, const named *list, uint32_t n)
{
    const arci_entity *e = list->entity;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int items = strcmp(e->name, "item") == 0;
    int64_t *ids = arci_arena_alloc(&p->batch, n * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = list[i].id;
    arc_status st = arci_shape_get(p->t, &shape, items ? "item_state" : e->name, items ? "episode" : "id");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->batch, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!found[i]) st = arci_finding(p->v, "rule_firing", list[i].field, list[i].firing, "names %s %lld, which is not there", "所指的 %s %lld 不存在", e->name, (long long)list[i].id);
        else if (list[i].episode > 0 && list[i].episode > rows[i].u.i) {
            st = arci_finding(p->v, "rule_firing", "mark", list[i].firing, "is of an episode its item has not come to", "标记的轮次尚未发生");
        }
    }
    return st;
}

static arc_status look_for_all(proving *p)
{
    arc_status st = ARC_OK;
    if (p->n_names > 1) qsort(p->names, p->n_names, sizeof *p->names, by_entity);
    for (uint32_t i = 0, end; i < p->n_names && st == ARC_OK; i = end) {
        for (end = i; end < p->n_names && p->names[end].entity == p->names[i].entity;) end++;
        st = look_for(p, &p->names[i], end - i);
    }
    p->n_names = 0;
    return st;
}

static arc_status prove_all(proving *p)
{
    const arci_shape *shape;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(p->t, &shape, "rule_firing", firing_fields);
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[F_POLICY], 0 }, { shape->cols[F_ENTITY], 0 }, { shape->cols[F_ROW], 0 }, { shape->cols[F_LEVEL], 0 }, { shape->cols[F_MARK], 0 } };
    st = arci_repo_scan(p->t, shape, NULL, order, 5, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) st = prove_firing(p, block.values + (size_t)i * block.n_cols);
        if (st == ARC_OK) st = look_for_all(p);
        if (st == ARC_OK) st = arci_verify_rows(p->v, block.n_rows);
        arci_arena_reset(&p->batch);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_prove_firings(arci_verify *v, arci_txn *t)
{
    proving p;
    memset(&p, 0, sizeof p);
    p.v = v;
    p.t = t;
    arci_arena_init(&p.arena, t->book->ctx);
    arci_arena_init(&p.batch, t->book->ctx);
    arci_map_init(&p.revisions, t->book->ctx);
    arc_status st = prove_all(&p);
    arci_free(t->book->ctx, p.names);
    arci_map_clear(&p.revisions);
    arci_arena_clear(&p.batch);
    arci_arena_clear(&p.arena);
    return st;
}
