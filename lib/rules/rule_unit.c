/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that fire together: which belong to one unit, and what is done once for all of them. */
#include "rules/rule_unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/num.h"
#include "base/sha256.h"
#include "ledger/merged.h"
#include "rules/action.h"
#include "rules/fact_impl.h"

#define UP 8 /* parents of a customer */

/* ---- collecting ------------------------------------------------------------------------------------------------------------------- */

static const char *text_of(arci_units *u, const arc_value *row, const arci_fact *f)
{
    if (!f || !row || row[f->slot].type != ARC_V_TEXT) return "";
    return arci_arena_strndup(u->arena, row[f->slot].u.s, row[f->slot].len);
}

arc_status arci_units_add(arci_env *env, arci_units *u, uint32_t order, const arci_subject_result *of, const arci_rule *rule, const arc_value *row, const arci_step_result *s, const void *user)
{
    if (u->n == u->cap) {
        uint32_t cap = u->cap ? u->cap * 2 : 64;
        arci_unit_row *grown = arci_arena_alloc(u->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(env);
        if (u->n) memcpy(grown, u->rows, u->n * sizeof *grown);
        u->rows = grown;
        u->cap = cap;
    }
    arci_unit_row *x = &u->rows[u->n];
    *x = (arci_unit_row){ rule, order, of->id, of->customer, of->customer, s->step->level, arci_arena_strndup(u->arena, s->mark, strlen(s->mark)),
                          text_of(u, row, rule->unit.by_currency ? rule->unit.currency : NULL), text_of(u, row, rule->unit.by_language ? rule->unit.language : NULL), user, s->day };
    if (!x->mark || !x->currency || !x->language) return arci_nomem(env);
    u->n++;
    return ARC_OK;
}

/* ---- units ---------------------------------------------------------------------------------------------------------------------------- */

static int same_unit(const arci_unit_row *a, const arci_unit_row *b)
{
    return a->order == b->order && a->head == b->head && strcmp(a->currency, b->currency) == 0 && strcmp(a->language, b->language) == 0;
}

static int by_unit(const void *x, const void *y)
{
    const arci_unit_row *a = x, *b = y;
    int c;
    if (a->order != b->order) return a->order < b->order ? -1 : 1;
    if (a->head != b->head) return a->head < b->head ? -1 : 1;
    if ((c = strcmp(a->currency, b->currency)) != 0 || (c = strcmp(a->language, b->language)) != 0) return c;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    if (a->level != b->level) return a->level > b->level ? -1 : 1;
    return strcmp(a->mark, b->mark);
}

/* One step up for all that have somebody above them. */
static arc_status climb(arci_txn *t, arci_units *u, uint32_t *moved)
{
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(u->arena, (u->n + 1u) * sizeof *ids);
    uint32_t *at = arci_arena_alloc(u->arena, (u->n + 1u) * sizeof *at), n = 0;
    *moved = 0;
    if (!ids || !at) return arci_nomem(t->env);
    for (uint32_t i = 0; i < u->n; i++) {
        if (u->rows[i].rule->unit.by != ARCI_UNIT_HEAD || u->rows[i].head < 1) continue;
        ids[n] = u->rows[i].head;
        at[n++] = i;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "customer", "parent");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, u->arena, &values, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!found[i] || values[i].type != ARC_V_INT) continue;
        u->rows[at[i]].head = values[i].u.i;
        *moved = 1;
    }
    return st;
}

/* Who was merged stands for the one he was merged into. */
static void to_roots(const arci_merged *m, arci_units *u)
{
    for (uint32_t i = 0; m->roots.n && i < u->n; i++) u->rows[i].head = arci_merged_root(m, u->rows[i].head);
}

arc_status arci_units_settle(arci_txn *t, arci_units *u)
{
    uint32_t moved = u->n;
    arci_merged m;
    arci_merged_init(&m, t->book->ctx);
    arc_status st = u->n ? arci_merged_read(t, u->arena, &m, ARC_DATE_NONE, NULL) : ARC_OK;
    to_roots(&m, u);
    for (int i = 0; i < UP && moved && st == ARC_OK; i++) {
        st = climb(t, u, &moved);
        to_roots(&m, u);
    }
    arci_merged_clear(&m);
    if (u->n > 1) qsort(u->rows, u->n, sizeof *u->rows, by_unit);
    return st;
}

uint32_t arci_units_end(const arci_units *u, uint32_t from)
{
    uint32_t end = from + 1;
    while (end < u->n && same_unit(&u->rows[from], &u->rows[end])) end++;
    return end;
}

/* 16 digits for a text. */
static void short_hash(char out[17], const char *s, size_t n)
{
    arci_sha256 hash;
    uint8_t digest[32];
    char hex[65];
    arci_sha256_init(&hash);
    arci_sha256_add(&hash, s, n);
    arci_sha256_end(&hash, digest);
    arci_sha256_hex(digest, hex);
    memcpy(out, hex, 16);
    out[16] = 0;
}

static size_t put(char *out, size_t at, const char *s)
{
    size_t n = strlen(s);
    memcpy(out + at, s, n + 1);
    return at + n;
}

void arci_unit_name(char out[101], const arci_unit_row *r)
{
    char code[ARCI_RULE_CODE + 20];
    size_t n = strlen(r->rule->code);
    memcpy(code, r->rule->code, n + 1);
    if (n > 28) { /* a unit's name has 100 bytes */
        code[20] = '~';
        short_hash(code + 21, r->rule->code, n);
    }
    n = put(out, 0, "customer:");
    n += arci_int_text(out + n, r->head);
    n = put(out, n, "/");
    n = put(out, n, code);
    if (r->currency[0]) n = put(out, put(out, n, "/"), r->currency);
    if (r->language[0] && strlen(r->language) <= 16) (void)put(out, put(out, n, "/"), r->language);
}

void arci_unit_put(arci_str *b, const arci_unit_row *r)
{
    arci_json_put_key(b, "unit");
    arci_str_putc(b, '{');
    arci_json_put_str(b, "by", r->rule->unit.by == ARCI_UNIT_HEAD ? "head_office" : "customer");
    arci_json_put_int(b, "customer", r->head);
    if (r->currency[0]) arci_json_put_str(b, "currency", r->currency);
    if (r->language[0]) arci_json_put_str(b, "language", r->language);
    arci_str_putc(b, '}');
}

/* ---- what is done once ------------------------------------------------------------------------------------------------------------------ */

typedef struct composing {
    const arci_rule_run *run;
    const arci_rule *rule;
    const arci_unit_row **rows; /* each row once, with its highest level */
    int64_t *ids;
    uint32_t n;
    int64_t head;
    arci_arena *arena;
    arci_letter *out;
    const arc_value *facts; /* the customer's */
} composing;

static arc_status take_rows(composing *c, const arci_unit_row *rows, uint32_t n)
{
    arci_str b;
    char hash[17];
    c->rows = arci_arena_alloc(c->arena, (n + 1u) * sizeof(const arci_unit_row *));
    c->ids = arci_arena_alloc(c->arena, (n + 1u) * sizeof *c->ids);
    if (!c->rows || !c->ids) return arci_nomem(c->run->t->env);
    arci_str_init(&b, c->run->t->book->ctx);
    for (uint32_t i = 0; i < n; i++) {
        arci_str_int(&b, rows[i].row);
        arci_str_putc(&b, '/');
        arci_str_int(&b, rows[i].level);
        arci_str_putc(&b, '/');
        arci_str_puts(&b, rows[i].mark);
        arci_str_putc(&b, ';');
        if (c->n && c->ids[c->n - 1] == rows[i].row) continue; /* its higher level stands in front */
        c->rows[c->n] = &rows[i];
        c->ids[c->n++] = rows[i].row;
        if (rows[i].level > c->out->level) c->out->level = rows[i].level;
        if (c->out->effective == ARC_DATE_NONE || rows[i].effective > c->out->effective) c->out->effective = rows[i].effective;
    }
    short_hash(hash, b.s ? b.s : "", b.len);
    c->out->mark[0] = 'u';
    memcpy(c->out->mark + 1, hash, sizeof hash);
    int failed = b.failed;
    arci_str_clear(&b);
    for (uint32_t i = 0; i < c->rule->n_steps; i++) {
        if (c->rule->steps[i].level == c->out->level) c->out->step = &c->rule->steps[i];
    }
    c->out->ids = c->ids;
    c->out->n_ids = c->n;
    return failed ? arci_nomem(c->run->t->env) : ARC_OK;
}

static int same_currency(const arc_value *a, const arc_value *b)
{
    return a->type == ARC_V_TEXT && b->type == ARC_V_TEXT && a->len == b->len && memcmp(a->u.s, b->u.s, a->len) == 0;
}

/* With each row: what is open in its currency, of how many rows, and whether it is the first of them. */
static arc_status total_up(composing *c, const arci_fact_list *list)
{
    const arci_rule_together *u = &c->rule->unit;
    for (uint32_t i = 0; i < list->n && u->open; i++) {
        arc_value *row = (arc_value *)(uintptr_t)(list->rows + (size_t)i * list->width), *known = NULL;
        int64_t sum = 0, n = 0;
        for (uint32_t k = 0; k < i && !known; k++) {
            arc_value *other = (arc_value *)(uintptr_t)(list->rows + (size_t)k * list->width);
            if (same_currency(&other[u->in->slot], &row[u->in->slot])) known = other;
        }
        for (uint32_t k = i; k < list->n && !known; k++) {
            const arc_value *other = list->rows + (size_t)k * list->width;
            if (!same_currency(&other[u->in->slot], &row[u->in->slot]) || other[u->open->slot].type != ARC_V_INT) continue;
            if (arci_add64(sum, other[u->open->slot].u.i, &sum)) return arci_fail(c->run->t->env, ARC_E_OVERFLOW, "the total is too large", "合计超出范围");
            n++;
        }
        row[u->total->slot] = known ? known[u->total->slot] : arci_v_int(sum);
        row[u->count->slot] = known ? known[u->count->slot] : arci_v_int(n);
        row[u->first->slot] = arci_v_int(!known);
    }
    return ARC_OK;
}

/* What a row fired for stands with its fields; all of it is what the letter is made of. */
static arc_status mark_rows(composing *c, const arci_fact_list *list)
{
    const arci_rule_together *u = &c->rule->unit;
    arci_str b;
    arc_status st = total_up(c, list);
    if (st != ARC_OK) return st;
    arci_str_init(&b, c->run->t->book->ctx);
    for (uint32_t i = 0; i < list->n; i++) {
        arc_value *row = (arc_value *)(uintptr_t)(list->rows + (size_t)i * list->width);
        row[u->level->slot] = arci_v_int(c->rows[i]->level);
        row[u->effective->slot] = arci_v_int(c->rows[i]->effective);
        arci_str_int(&b, c->ids[i]);
        for (uint32_t k = 0; k < list->width; k++) {
            arci_str_putc(&b, '|');
            if (row[k].type == ARC_V_INT) arci_str_int(&b, row[k].u.i);
            else if (row[k].type == ARC_V_TEXT) arci_str_add(&b, row[k].u.s, row[k].len);
        }
    }
    short_hash(c->out->digest, b.s ? b.s : "", b.len);
    int failed = b.failed;
    arci_str_clear(&b);
    return failed ? arci_nomem(c->run->t->env) : ARC_OK;
}

static arc_status read_facts(composing *c)
{
    const arci_rule_together *u = &c->rule->unit;
    const arci_fact_call call = { .today = c->run->as_of, .given = c->ids, .n_given = c->n };
    arci_fact_reader *reader = NULL;
    arc_value *row = NULL;
    uint8_t found = 0;
    arc_status st = arci_fact_reader_open(c->run->t, c->arena, u->facts, &call, &reader);
    if (st == ARC_OK) st = arci_fact_read(reader, c->arena, &c->head, 1, &row, &found);
    arci_fact_reader_close(reader);
    if (st == ARC_OK && !found) st = arci_fail(c->run->t->env, ARC_E_NOT_FOUND, "the customer is not there any more", "该客户已不存在");
    if (st != ARC_OK) return st;
    c->facts = row;
    return mark_rows(c, (const arci_fact_list *)(const void *)row[u->rows->slot].u.s);
}

static arc_status resolve(composing *c, uint32_t i)
{
    arci_env *env = c->run->t->env;
    const arci_actions *once = c->out->step->once;
    arci_unit_line *l = &c->out->lines[c->out->n];
    arci_action_run a = { .env = env, .t = c->run->t, .arena = c->arena, .rule = c->rule->code, .mark = c->out->mark, .revision = c->rule->revision, .level = c->out->level,
                          .subject = arci_entity_by_name("customer", 8), .row = c->head, .customer = c->head, .as_of = c->run->as_of, .people = c->run->people, .effective = c->out->effective,
                          .tells = &l->tells, .rows = c->ids, .n_rows = c->n, .rows_of = c->rule->frame->subject };
    arci_str b;
    arci_str_init(&b, c->run->t->book->ctx);
    arc_status st = arci_calendars_get(c->run->calendars, &a.calendar, c->rule->calendar, NULL);
    if (st == ARC_OK) st = arci_actions_resolve(&a, once, i, c->facts, &b);
    const arci_tells *fixed = arci_actions_tells(once, i);
    for (uint32_t k = 0; k < fixed->n && st == ARC_OK; k++) {
        st = arci_tells_add(env, c->arena, &l->tells, fixed->list[k].entity, fixed->list[k].field, fixed->list[k].rows);
    }
    for (uint32_t k = 0; k < l->tells.n && c->rule->unit.by == ARCI_UNIT_HEAD; k++) l->tells.list[k].rows = ARCI_TELL_OTHER; /* of a head office and its daughters, whosever they are */
    l->type = arci_actions_type(once, i);
    l->seq = i;
    l->params = st == ARC_OK && !b.failed ? arci_arena_strndup(c->arena, b.s ? b.s : "{}", b.s ? b.len : 2) : NULL;
    arci_str_clear(&b);
    if (st == ARC_OK && !l->params) return arci_nomem(env);
    c->out->n += st == ARC_OK;
    return st;
}

arc_status arci_letter_compose(const arci_rule_run *run, const arci_unit_row *rows, uint32_t n, arci_arena *arena, arci_letter *out)
{
    composing c = { .run = run, .rule = rows[0].rule, .head = rows[0].head, .arena = arena, .out = out };
    memset(out, 0, sizeof *out);
    out->effective = ARC_DATE_NONE;
    arc_status st = take_rows(&c, rows, n);
    arci_people_batch(run->people);
    if (st == ARC_OK && c.head > 0) st = arci_people_add(run->people, c.head);
    if (st == ARC_OK) st = read_facts(&c);
    uint32_t k = st == ARC_OK && out->step ? arci_actions_n(out->step->once) : 0;
    out->lines = arci_arena_calloc(arena, k + 1u, sizeof *out->lines);
    if (st == ARC_OK && !out->lines) return arci_nomem(run->t->env);
    for (uint32_t i = 0; i < k && st == ARC_OK; i++) st = resolve(&c, i);
    return st;
}

arc_status arci_letter_do(arc_session *session, arci_session *s, arci_txn *t, arci_arena *arena, const arci_rule *rule, const arci_letter *l, int64_t head, arc_date as_of, const char *type, uint32_t seq,
                          const arci_json *params, const char **result)
{
    arci_action_do d = { .env = &s->env, .session = session, .t = t, .arena = arena, .rule = rule->code, .mark = l->mark, .revision = rule->revision, .level = l->level,
                         .subject = arci_entity_by_name("customer", 8), .row = head, .customer = head, .as_of = as_of, .effective = l->effective, .seq = seq };
    arc_status st = arci_rule_act(&d, type, params, result);
    t->env = &s->env;
    return st;
}

const char *arci_letter_results(arci_env *env, arci_arena *arena, const char *own, const char *const *types, const char *const *results, uint32_t n)
{
    arci_str b;
    arci_str_init(&b, env->ctx);
    arci_str_add(&b, own, strlen(own) - 1); /* without its bracket */
    for (uint32_t i = 0; i < n; i++) {
        arci_str_puts(&b, b.len > 1 ? ",{" : "{");
        arci_json_put_str(&b, "type", types[i]);
        arci_json_put_key(&b, "once");
        arci_str_puts(&b, "true");
        arci_json_put_key(&b, "result");
        arci_str_puts(&b, results[i]);
        arci_str_putc(&b, '}');
    }
    arci_str_putc(&b, ']');
    const char *text = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    arci_str_clear(&b);
    return text;
}

arc_status arci_ruleset_whole(arci_txn *t, arci_ruleset **out, int64_t definition)
{
    const arci_shape *shape;
    arci_arena arena;
    arc_value *v;
    uint8_t *found;
    char code[ARCI_RULE_CODE] = { 0 };
    *out = NULL;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_shape_get(t, &shape, "definition", "code revision document");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &definition, 1, &arena, &v, &found);
    if (st == ARC_OK && !found[0]) st = arci_fail(t->env, ARC_E_NOT_FOUND, "the revision of the rule is not there", "规则修订不存在");
    if (st == ARC_OK) st = arci_ruleset_new(t, out);
    if (st == ARC_OK) {
        memcpy(code, v[0].u.s, v[0].len < sizeof code ? v[0].len : sizeof code - 1);
        st = arci_ruleset_add(t, *out, code, definition, v[1].u.i, v[2].u.s, v[2].len, NULL);
    }
    if (st != ARC_OK) {
        arci_ruleset_free(*out);
        *out = NULL;
    }
    arci_arena_clear(&arena);
    return st;
}

/* ---- who else is in it ------------------------------------------------------------------------------------------------------------------- */

#define FAMILY 10000u
#define ROWS 20000u

static arc_status ids_where(arci_txn *t, arci_arena *arena, const char *entity, const char *fields, const int64_t *ids, uint32_t n, uint32_t most, arci_rows_found *out)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *v = arci_arena_alloc(arena, (n + 1u) * sizeof *v);
    arc_status st = v ? arci_shape_get(t, &shape, entity, fields) : arci_nomem(t->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) v[i] = arci_v_int(ids[i]);
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[1], v, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, most, arena, &rows);
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) st = arci_rows_add(t->env, out, rows.values[(size_t)i * rows.n_cols].u.i);
    return st;
}

/* A customer, or a head office with all below it; and who was merged into them. */
static arc_status family(arci_txn *t, arci_arena *arena, int by, int64_t customer, arci_rows_found *out)
{
    const arci_rule whose = { .unit = { .by = (uint8_t)by } };
    arci_unit_row row = { .rule = &whose, .head = customer };
    arci_units one = { arena, &row, 1, 1 };
    row.currency = row.language = row.mark = "";
    arc_status st = arci_units_settle(t, &one);
    if (st == ARC_OK) st = arci_rows_add(t->env, out, row.head);
    for (uint32_t from = 0, to; st == ARC_OK && from < out->n && out->n < FAMILY; from = to) {
        int64_t *above = arci_arena_alloc(arena, out->n * sizeof *above);
        if (!above) return arci_nomem(t->env);
        to = out->n;
        memcpy(above, out->ids, to * sizeof *above);
        if (by == ARCI_UNIT_HEAD) st = ids_where(t, arena, "customer", "id parent", above + from, to - from, FAMILY, out);
        if (st == ARC_OK) st = ids_where(t, arena, "customer", "id merged_into", above + from, to - from, FAMILY, out);
    }
    return st;
}

arc_status arci_unit_rows(arci_txn *t, arci_arena *arena, const arci_rule *rule, int64_t customer, arci_rows_found *out)
{
    const arci_entity *e = rule->frame->subject;
    arci_rows_found customers = { NULL, 0, 0 };
    if (!arci_entity_field(e, "customer", 8)) return ARC_OK;
    arc_status st = family(t, arena, rule->unit.by, customer, &customers);
    arci_rows_sort(&customers);
    if (st == ARC_OK && customers.n) st = ids_where(t, arena, e->name, "id customer", customers.ids, customers.n, ROWS + 1, out);
    arci_rows_free(t->book->ctx, &customers);
    arci_rows_sort(out);
    if (out->n > ROWS) out->n = 0;
    return st;
}
