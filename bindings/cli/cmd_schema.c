/* SPDX-License-Identifier: Apache-2.0 */
/* schema, custom define, custom list, custom retire. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- schema ---- */

static void member_cell(cli *c, const char *object, const char *name)
{
    cli_text t = { NULL, 0, 0 };
    const char *v = js_member(object, name);
    if (!v) {
        rows_null(c);
        return;
    }
    js_text(&t, v);
    rows_text(c, t.s, t.n);
    text_free(&t);
}

static void list_entities(cli *c)
{
    rows_begin(c);
    rows_column(c, "entity", cli_say(c, "entity", "实体"), CELL_TEXT);
    rows_column(c, "number", cli_say(c, "number", "编号"), CELL_INT);
    rows_column(c, "label", cli_say(c, "label", "标签"), CELL_TEXT);
    rows_column(c, "moves by", cli_say(c, "moves by", "写入方式"), CELL_TEXT);
    rows_column(c, "help", cli_say(c, "help", "说明"), CELL_TEXT);
    for (const char *e = js_first(js_member(schema_json(c), "entities")); e; e = js_next(e)) {
        int reserved = js_true(js_member(e, "reserved"));
        if (reserved && !cli_has(c, "all")) continue;
        member_cell(c, e, "name");
        rows_int(c, js_int(js_member(e, "number")));
        member_cell(c, e, "label");
        rows_text(c, reserved ? "reserved" : js_true(js_member(e, "master")) ? "records" : js_true(js_member(e, "system")) ? "the library" : "verbs", SIZE_MAX);
        member_cell(c, e, "help");
    }
    rows_end(c);
}

/* int, money in currency, code of invoice_status, id of customer, text(64), decimal(8) */
static void type_text(const char *field, cli_text *t)
{
    static const struct {
        const char *member, *before, *after;
    } parts[] = { { "currency", " in ", "" }, { "codes", " of ", "" }, { "entity", " of ", "" }, { "size", "(", ")" }, { "scale", "(", ")" } };
    t->n = 0;
    js_text(t, js_member(field, "type"));
    int size = strcmp(t->s, "text") == 0 || strcmp(t->s, "blob") == 0 || strcmp(t->s, "decimal") == 0;
    for (size_t i = 0; i < 5; i++) {
        const char *v = js_member(field, parts[i].member);
        if (!v || (i >= 3 && !size)) continue;
        text_str(t, parts[i].before);
        js_text(t, v);
        text_str(t, parts[i].after);
    }
}

static void flags_text(const char *field, cli_text *t)
{
    static const char *const flags[] = { "required", "personal", "verb", "derived", "cache", "immutable" };
    t->n = 0;
    text_str(t, "");
    for (size_t i = 0; i < 6; i++) {
        if (!js_true(js_member(field, flags[i]))) continue;
        if (t->n) text_str(t, " ");
        text_str(t, flags[i]);
    }
}

static void list_fields(cli *c, const char *entity)
{
    cli_text t = { NULL, 0, 0 };
    rows_begin(c);
    rows_column(c, "field", cli_say(c, "field", "字段"), CELL_TEXT);
    rows_column(c, "number", cli_say(c, "number", "编号"), CELL_INT);
    rows_column(c, "type", cli_say(c, "type", "类型"), CELL_TEXT);
    rows_column(c, "label", cli_say(c, "label", "标签"), CELL_TEXT);
    rows_column(c, "flags", cli_say(c, "flags", "标志"), CELL_TEXT);
    rows_column(c, "help", cli_say(c, "help", "说明"), CELL_TEXT);
    for (const char *f = js_first(js_member(entity, "fields")); f; f = js_next(f)) {
        member_cell(c, f, "name");
        rows_int(c, js_int(js_member(f, "number")));
        type_text(f, &t);
        rows_text(c, t.s, t.n);
        member_cell(c, f, "label");
        flags_text(f, &t);
        rows_text(c, t.s, t.n);
        member_cell(c, f, "help");
    }
    rows_end(c);
    text_free(&t);
}

static void list_codes(cli *c, const char *codes)
{
    rows_begin(c);
    rows_column(c, "code", cli_say(c, "code", "代码"), CELL_TEXT);
    rows_column(c, "label", cli_say(c, "label", "标签"), CELL_TEXT);
    for (const char *e = js_first(codes); e; e = js_next(e)) {
        member_cell(c, e, "code");
        member_cell(c, e, "label");
    }
    rows_end(c);
}

int cmd_schema(cli *c)
{
    const char *list = cli_get(c, "codes"), *found = NULL;
    if (c->n_args && list) return cli_usage(c, "an entity or --codes, not both", "实体与 --codes 只能选一个");
    if (list) found = js_member(js_member(schema_json(c), "codes"), list);
    if (list && !found) return cli_usage(c, "there is no code list %s", "没有代码表 %s", list);
    if (c->n_args) {
        uint32_t number;
        int code = cli_entity(c, &number, c->args[0]);
        if (code != CLI_OK) return code;
        found = schema_entity(c, c->args[0]);
    }
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    if (c->format == CLI_JSON) {
        const char *from = found ? found : schema_json(c);
        out_write(c, from, (size_t)(js_end(from) - from));
        out_write(c, "\n", 1);
    } else if (list) {
        list_codes(c, found);
    } else if (found) {
        list_fields(c, found);
    } else {
        list_entities(c);
    }
    return out_close(c, 1);
}

/* ---- custom fields ---- */

static void text_member(cli_text *t, const char *name, const char *value)
{
    if (!value) return;
    text_format(t, ",\"%s\":", name);
    text_json(t, value, SIZE_MAX);
}

static int definition(cli *c, cli_text *t)
{
    static const char *const flags[] = { "required", "indexed", "personal" };
    const char *choices = cli_get(c, "choices"), *kind = cli_get(c, "kind");
    int64_t size = -1;
    if (c->n_args != 2) return cli_usage(c, "custom define needs ENTITY NAME, or --json", "custom define 需要 ENTITY NAME 或 --json");
    int code = cli_number(c, &size, "size", 0, 4000);
    text_str(t, "{\"entity\":");
    text_json(t, c->args[0], SIZE_MAX);
    text_member(t, "name", c->args[1]);
    text_member(t, "kind", kind ? kind : "text");
    text_member(t, "label_en", cli_get(c, "label-en"));
    text_member(t, "label_zh", cli_get(c, "label-zh"));
    text_member(t, "target", cli_get(c, "target"));
    if (size >= 0) text_format(t, ",\"size\":%lld", (long long)size);
    for (size_t i = 0; i < 3; i++) {
        if (cli_has(c, flags[i])) text_format(t, ",\"%s\":true", flags[i]);
    }
    if (choices) text_str(t, ",\"choices\":[");
    for (const char *p = choices; p;) {
        size_t n = strcspn(p, ",");
        text_json(t, p, n);
        text_str(t, p[n] ? "," : "]");
        p = p[n] ? p + n + 1 : NULL;
    }
    text_str(t, "}");
    return code;
}

int cmd_custom_define(cli *c)
{
    cli_text t = { NULL, 0, 0 };
    const char *json = cli_get(c, "json");
    int code = json && c->n_args ? cli_usage(c, "--json names entity and field itself", "--json 自身已指明实体与字段") : CLI_OK;
    if (code == CLI_OK) code = json ? cli_given_json(c, &t, json) : definition(c, &t);
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code == CLI_OK) {
        arc_field_id field = 0;
        arc_status st = arc_custom_define(c->session, &field, t.s, t.n);
        if (st != ARC_OK) {
            code = cli_session_error(c, json ? NULL : c->args[1], st);
        } else {
            cli_note(c, "defined, field number %u of this book", "已定义，本账簿字段号 %u", (unsigned)field);
        }
    }
    text_free(&t);
    return code;
}

int cmd_custom_list(cli *c)
{
    static const arc_field_id fields[] = { ARC_CUSTOM_FIELD_ENTITY,   ARC_CUSTOM_FIELD_NAME,     ARC_CUSTOM_FIELD_KIND,     ARC_CUSTOM_FIELD_SIZE,
                                           ARC_CUSTOM_FIELD_LABEL_EN, ARC_CUSTOM_FIELD_LABEL_ZH, ARC_CUSTOM_FIELD_TARGET,   ARC_CUSTOM_FIELD_CHOICES,
                                           ARC_CUSTOM_FIELD_REQUIRED, ARC_CUSTOM_FIELD_INDEXED,  ARC_CUSTOM_FIELD_PERSONAL, ARC_CUSTOM_FIELD_RETIRED };
    arc_query *q = NULL;
    uint32_t number;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK && c->n_args) code = cli_entity(c, &number, c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = arc_query_new(c->session, &q, ARC_CUSTOM_FIELD);
    if (st == ARC_OK) st = arc_query_select(q, fields, sizeof fields / sizeof *fields);
    if (st == ARC_OK && c->n_args) st = arc_query_where_text(q, ARC_CUSTOM_FIELD_ENTITY, ARC_EQ, c->args[0], SIZE_MAX);
    if (st == ARC_OK && !cli_has(c, "all")) st = arc_query_where_int(q, ARC_CUSTOM_FIELD_RETIRED, ARC_EQ, 0);
    code = st == ARC_OK ? cli_answer(c, q, "custom_field") : cli_query_error(c, "custom list", st, q);
    arc_query_free(q);
    return code;
}

int cmd_custom_retire(cli *c)
{
    uint32_t entity = 0;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_entity(c, &entity, c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = arc_custom_retire(c->session, entity, c->args[1]);
    if (st != ARC_OK) return cli_session_error(c, c->args[1], st);
    cli_note(c, "%s.%s is retired", "%s.%s 已停用", c->args[0], c->args[1]);
    return CLI_OK;
}
