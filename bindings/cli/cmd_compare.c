/* SPDX-License-Identifier: Apache-2.0 */
/* rule compare and definition preview: what a document would do, or do otherwise. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void put_json(cli *c, const char *json, size_t n)
{
    (void)out_write(c, json, n);
    (void)out_write(c, "\n", 1);
}

/* ---- compare ------------------------------------------------------------------------------------------------------------------------ */

typedef struct compared {
    cli_text name[2];
    char *file[2];
    size_t n[2];
    arc_rule_options o;
} compared;

static arc_status call_compare(cli *c, char *buf, size_t *len, const void *what)
{
    const compared *x = what;
    return arc_rule_compare(c->session, buf, len, x->file[0] ? x->file[0] : x->name[0].s, x->n[0], x->file[1] ? x->file[1] : x->name[1].s, x->n[1], &x->o);
}

/* A code, code@3, or @FILE with a document. */
static int take_side(cli *c, compared *x, int i)
{
    if (c->args[i][0] != '@') {
        text_json(&x->name[i], c->args[i], strlen(c->args[i]));
        x->n[i] = x->name[i].n;
        return CLI_OK;
    }
    x->file[i] = cli_read_file(c, c->args[i] + 1, &x->n[i]);
    return x->file[i] ? CLI_OK : CLI_ENVIRONMENT;
}

static void number(cli *c, const char *object, const char *name)
{
    const char *v = object ? js_member(object, name) : NULL;
    if (v) rows_int(c, js_int(v));
    else rows_null(c);
}

static void one_difference(cli *c, const char *what, const char *before, const char *after)
{
    const char *of = after ? after : before;
    rows_text(c, what, SIZE_MAX);
    cli_member(c, of, "rule");
    cli_member(c, of, "entity");
    number(c, of, "row");
    number(c, before, "level");
    cli_member(c, before, "on");
    number(c, after, "level");
    cli_member(c, after, "on");
}

static void differences(cli *c, const char *json)
{
    static const struct {
        const char *name, *en, *zh;
        int kind;
    } columns[] = { { "difference", "difference", "差异", CELL_TEXT }, { "rule", "rule", "规则", CELL_TEXT }, { "entity", "entity", "对象", CELL_TEXT }, { "row", "row", "行", CELL_INT },
                    { "level_before", "level before", "原等级", CELL_INT }, { "on_before", "on before", "原触发日期", CELL_TEXT }, { "level_after", "level after", "新等级", CELL_INT },
                    { "on_after", "on after", "新触发日期", CELL_TEXT } };
    rows_begin(c);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) rows_column(c, columns[i].name, cli_say(c, columns[i].en, columns[i].zh), columns[i].kind);
    for (const char *f = js_first(js_member(json, "gain")); f; f = js_next(f)) one_difference(c, "gain", NULL, f);
    for (const char *f = js_first(js_member(json, "lose")); f; f = js_next(f)) one_difference(c, "lose", f, NULL);
    for (const char *f = js_first(js_member(json, "change")); f; f = js_next(f)) one_difference(c, "change", js_member(f, "before"), js_member(f, "after"));
    rows_end(c);
    for (const char *r = js_first(js_member(json, "rules")); r; r = js_next(r)) {
        cli_text name = { NULL, 0, 0 };
        js_text(&name, js_member(r, "rule"));
        cli_note(c, "%s: %lld the same, %lld more, %lld less, %lld otherwise", "%s：相同 %lld，新增 %lld，减少 %lld，变化 %lld", name.s, (long long)js_int(js_member(r, "same")),
                 (long long)js_int(js_member(r, "gain")), (long long)js_int(js_member(r, "lose")), (long long)js_int(js_member(r, "change")));
        text_free(&name);
    }
}

int cmd_rule_compare(cli *c)
{
    const arc_rule_options defaults = ARC_RULE_OPTIONS_INIT;
    compared x;
    char *json = NULL;
    int64_t max = 0;
    size_t n = 0;
    memset(&x, 0, sizeof x);
    x.o = defaults;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_number(c, &max, "max", 1, 1000000);
    if (code == CLI_OK) code = cli_date(c, &x.o.as_of, "as-of");
    if (code == CLI_OK) code = cli_date(c, &x.o.from, "from");
    for (int i = 0; i < 2 && code == CLI_OK; i++) code = take_side(c, &x, i);
    x.o.max = (uint32_t)max;
    x.o.progress = cli_progress;
    x.o.user = c;
    if (code == CLI_OK) {
        arc_status st = cli_take_json(c, &json, &n, call_compare, &x);
        cli_progress_end(c);
        if (st != ARC_OK) code = cli_session_error(c, "rule compare", st);
    }
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        if (c->format == CLI_JSON) put_json(c, json, n);
        else differences(c, json);
        code = out_close(c, 1);
    }
    free(json);
    for (int i = 0; i < 2; i++) {
        free(x.file[i]);
        text_free(&x.name[i]);
    }
    return code;
}

/* ---- preview ------------------------------------------------------------------------------------------------------------------------ */

typedef struct previewed {
    const char *kind, *document;
    size_t n;
    arc_preview_options o;
} previewed;

static arc_status call_preview(cli *c, char *buf, size_t *len, const void *what)
{
    const previewed *x = what;
    return arc_definition_preview(c->session, buf, len, x->kind, x->document, x->n, &x->o);
}

/* --rows 1,2,3 */
static int take_rows(cli *c, int64_t **rows, size_t *n)
{
    const char *p = cli_get(c, "rows");
    while (p && *p) {
        char *end;
        int64_t id = strtoll(p, &end, 10);
        if (end == p || id < 1 || (*end && *end != ',')) return cli_usage(c, "%s are no ids of rows", "%s 不是行号", cli_get(c, "rows"));
        *rows = cli_alloc(*rows, (*n + 1) * sizeof **rows);
        (*rows)[(*n)++] = id;
        p = *end ? end + 1 : end;
    }
    return CLI_OK;
}

int cmd_definition_preview(cli *c)
{
    const arc_preview_options defaults = ARC_PREVIEW_OPTIONS_INIT;
    previewed x = { c->args[0], NULL, 0, defaults };
    cli_text sample = { NULL, 0, 0 };
    int64_t *rows = NULL, max = 0;
    char *json = NULL;
    size_t n = 0, n_rows = 0;
    char *file = cli_read_file(c, c->args[1], &x.n);
    if (!file) return CLI_ENVIRONMENT;
    x.document = file;
    int code = take_rows(c, &rows, &n_rows);
    if (code == CLI_OK) code = cli_number(c, &max, "max", 1, 1000);
    if (code == CLI_OK && cli_has(c, "sample")) code = cli_given_json(c, &sample, cli_get(c, "sample"));
    if (code == CLI_OK) code = cli_open(c, strcmp(x.kind, "import_mapping") == 0 ? 0 : ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_date(c, &x.o.as_of, "as-of");
    if (code == CLI_OK && cli_has(c, "entity")) code = cli_entity(c, &x.o.entity, cli_get(c, "entity"));
    x.o.rows = rows;
    x.o.n_rows = n_rows;
    x.o.sample = sample.s;
    x.o.sample_length = sample.n;
    x.o.max = (uint32_t)max;
    if (code == CLI_OK) {
        arc_status st = cli_take_json(c, &json, &n, call_preview, &x);
        if (st != ARC_OK) code = cli_session_error(c, "definition preview", st);
    }
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        put_json(c, json, n);
        code = out_close(c, 1);
    }
    free(json);
    free(rows);
    free(file);
    text_free(&sample);
    return code;
}
