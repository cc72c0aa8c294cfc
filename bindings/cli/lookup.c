/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as people name them: by code or number instead of id, and values as FIELD=VALUE. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- an id by a key ---- */

static arc_status ask_id(cli *c, int64_t *id, int *code, const char *entity, const char *member, const char *key)
{
    cli_text t = { NULL, 0, 0 };
    arc_query *q = NULL;
    arc_cursor *cursor = NULL;
    text_str(&t, "{\"entity\":");
    text_json(&t, entity, SIZE_MAX);
    text_format(&t, ",\"fields\":[\"id\"],\"filters\":[{\"member\":\"%s\",\"operator\":\"equals\",\"values\":[", member);
    text_json(&t, key, SIZE_MAX);
    text_str(&t, "]}],\"limit\":1}");
    arc_status st = arc_query_from_json(c->session, &q, t.s, t.n);
    if (st != ARC_OK && st != ARC_E_UNSUPPORTED && st != ARC_E_FORBIDDEN) st = ARC_DONE; /* the key cannot be a value of that field */
    if (st == ARC_OK) st = arc_query_run(q, &cursor);
    if (st == ARC_OK) st = arc_cursor_next(cursor);
    if (st == ARC_OK) st = arc_cursor_get_int(cursor, id, 0);
    if (st != ARC_OK && st != ARC_DONE) *code = cli_query_error(c, entity, st, q); /* before the query goes, which knows why */
    arc_cursor_free(cursor);
    arc_query_free(q);
    text_free(&t);
    return st;
}

int cli_row_id(cli *c, int64_t *id, const char *entity, const char *key)
{
    static const char *const keys[] = { "id", "code", "number", "name" };
    uint32_t number;
    int code = cli_entity(c, &number, entity);
    if (code != CLI_OK) return code;
    int digits = *key && strspn(key, "0123456789") == strlen(key);
    for (int i = 0; i < 4; i++) {
        if ((i == 0 && !digits) || !schema_field(schema_entity(c, entity), keys[i])) continue;
        arc_status st = ask_id(c, id, &code, entity, keys[i], key);
        if (st == ARC_OK) return CLI_OK;
        if (st != ARC_DONE) return code;
    }
    return cli_fail(c, CLI_REFUSED, "there is no %s %s", "没有 %s %s", entity, key);
}

/* ---- one field of all rows ---- */

typedef struct pair {
    int64_t id;
    char *text;
} pair;

struct cli_map {
    pair *pairs;
    size_t n;
};

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const pair *)a)->id, y = ((const pair *)b)->id;
    return (x > y) - (x < y);
}

static void add_pair(cli_map *m, arc_cursor *cursor)
{
    const char *s = NULL;
    size_t n = 0;
    int64_t id = 0, number = 0;
    cli_text t = { NULL, 0, 0 };
    arc_cursor_get_int(cursor, &id, 0);
    if (arc_cursor_get_text(cursor, &s, &n, 1) == ARC_OK) {
        text_add(&t, s, n);
    } else if (arc_cursor_get_int(cursor, &number, 1) == ARC_OK) {
        text_format(&t, "%lld", (long long)number);
    } else {
        text_str(&t, "-");
    }
    if (!(m->n & (m->n - 1))) m->pairs = cli_alloc(m->pairs, (m->n ? m->n * 2 : 1) * sizeof *m->pairs);
    m->pairs[m->n].id = id;
    m->pairs[m->n++].text = t.s;
}

int cli_map_load(cli *c, cli_map **out, const char *entity, const char *field)
{
    cli_text q = { NULL, 0, 0 };
    arc_query *query = NULL;
    arc_cursor *cursor = NULL;
    cli_map *m = *out = cli_alloc(NULL, sizeof *m);
    memset(m, 0, sizeof *m);
    text_format(&q, "{\"entity\":\"%s\",\"fields\":[\"id\",", entity);
    text_json(&q, field, SIZE_MAX);
    text_str(&q, "]}");
    arc_status st = arc_query_from_json(c->session, &query, q.s, q.n);
    if (st == ARC_OK) st = arc_query_run(query, &cursor);
    while (st == ARC_OK && (st = arc_cursor_next(cursor)) == ARC_OK) add_pair(m, cursor);
    int code = st == ARC_DONE ? CLI_OK : cli_query_error(c, entity, st, query);
    arc_cursor_free(cursor);
    arc_query_free(query);
    text_free(&q);
    if (m->n) qsort(m->pairs, m->n, sizeof *m->pairs, by_id);
    return code;
}

const char *cli_map_get(const cli_map *m, int64_t id)
{
    pair key = { id, NULL };
    const pair *found = m && m->n ? bsearch(&key, m->pairs, m->n, sizeof *m->pairs, by_id) : NULL;
    return found ? found->text : "-";
}

void cli_map_free(cli_map *m)
{
    for (size_t i = 0; m && i < m->n; i++) free(m->pairs[i].text);
    if (m) free(m->pairs);
    free(m);
}

/* ---- FIELD=VALUE ---- */

/* The kind of a custom field of this book; "" when there is none of that name. */
static void custom_kind(cli *c, cli_text *kind, const char *entity, const char *name)
{
    static const arc_field_id fields[] = { ARC_CUSTOM_FIELD_KIND };
    arc_query *q = NULL;
    arc_cursor *cursor = NULL;
    const char *s = NULL;
    size_t n = 0;
    arc_status st = arc_query_new(c->session, &q, ARC_CUSTOM_FIELD);
    if (st == ARC_OK) st = arc_query_where_text(q, ARC_CUSTOM_FIELD_ENTITY, ARC_EQ, entity, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_where_text(q, ARC_CUSTOM_FIELD_NAME, ARC_EQ, name, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_select(q, fields, 1);
    if (st == ARC_OK) st = arc_query_run(q, &cursor);
    if (st == ARC_OK && arc_cursor_next(cursor) == ARC_OK && arc_cursor_get_text(cursor, &s, &n, 0) == ARC_OK) text_add(kind, s, n);
    arc_cursor_free(cursor);
    arc_query_free(q);
}

/* Whether the text may stand in JSON as it is: a number, or a word JSON has. What is inside brackets the library checks. */
static int bare(const char *s)
{
    size_t n = strlen(s), digits = strspn(s + (*s == '-'), "0123456789") + (*s == '-');
    return (digits == n && n > (size_t)(*s == '-')) || strcmp(s, "true") == 0 || strcmp(s, "false") == 0 || *s == '[' || *s == '{';
}

static int add_value(cli *c, cli_text *t, const char *entity, const char *name, const char *value)
{
    cli_text type = { NULL, 0, 0 }, target = { NULL, 0, 0 };
    const char *field = schema_field(schema_entity(c, entity), name), *to = field ? js_member(field, "entity") : NULL;
    int code = CLI_OK;
    int64_t id;
    text_str(&type, "");
    if (field) {
        js_text(&type, js_member(field, "type"));
    } else if (strncmp(name, "x_", 2) == 0) {
        custom_kind(c, &type, entity, name);
    }
    if (to) js_text(&target, to);
    int text = cli_choice("text|code|date|stamp|money|decimal|blob|number|choice", type.s) >= 0;
    if (!*value) {
        text_str(t, "null");
    } else if (to && strspn(value, "0123456789") != strlen(value)) { /* a reference by its code */
        code = cli_row_id(c, &id, target.s, value);
        if (code == CLI_OK) text_format(t, "%lld", (long long)id);
    } else if (!text && bare(value)) {
        text_str(t, value);
    } else {
        text_json(t, value, SIZE_MAX);
    }
    text_free(&type);
    text_free(&target);
    return code;
}

int cli_assignments(cli *c, cli_text *t, const char *entity, uint32_t first)
{
    int code = CLI_OK;
    if (c->n_args > first && cli_has(c, "json")) return cli_usage(c, "FIELD=VALUE or --json, not both", "FIELD=VALUE 与 --json 只能选一个");
    if (cli_has(c, "json")) return cli_given_json(c, t, cli_get(c, "json"));
    if (c->n_args <= first) return cli_usage(c, "%s needs FIELD=VALUE, or --json", "%s 需要 FIELD=VALUE 或 --json", c->command->name);
    text_str(t, "{");
    for (uint32_t i = first; i < c->n_args && code == CLI_OK; i++) {
        size_t n = strcspn(c->args[i], "=");
        if (!c->args[i][n] || !n) return cli_usage(c, "this is no FIELD=VALUE: %s", "不是 FIELD=VALUE：%s", c->args[i]);
        cli_text name = { NULL, 0, 0 };
        text_add(&name, c->args[i], n);
        if (i > first) text_str(t, ",");
        text_json(t, name.s, n);
        text_str(t, ":");
        code = add_value(c, t, entity, name.s, c->args[i] + n + 1);
        text_free(&name);
    }
    text_str(t, "}");
    return code;
}

int cli_wrote(cli *c, const char *entity, int64_t id)
{
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    rows_begin(c);
    rows_column(c, "entity", cli_say(c, "entity", "实体"), CELL_TEXT);
    rows_column(c, "id", cli_say(c, "id", "编号"), CELL_INT);
    rows_text(c, entity, SIZE_MAX);
    rows_int(c, id);
    rows_end(c);
    return out_close(c, 1);
}
