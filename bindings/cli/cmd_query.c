/* SPDX-License-Identifier: Apache-2.0 */
/* query and get: the library's JSON form of questions, made from options. */
#include <stdlib.h>
#include <string.h>

#include "arcore/sys/backend.h" /* ARC_T_* of columns */
#include "cli.h"

/* ---- the question ---- */

/* The next word of "a, b,c"; NULL at the end. */
static const char *next_word(const char **p, size_t *n)
{
    const char *s = *p + strspn(*p, ", ");
    *n = strcspn(s, ",");
    *p = s + *n;
    while (*n && s[*n - 1] == ' ') (*n)--;
    return *n ? s : NULL;
}

static void add_words(cli_text *t, const char *member, const char *words)
{
    size_t n;
    int first = 1;
    if (!words) return;
    text_format(t, ",\"%s\":[", member);
    for (const char *w; (w = next_word(&words, &n)) != NULL; first = 0) {
        if (!first) text_add(t, ",", 1);
        text_json(t, w, n);
    }
    text_str(t, "]");
}

static int grouped(const cli *c)
{
    return cli_has(c, "group") || cli_has(c, "count") || cli_has(c, "sum") || cli_has(c, "min") || cli_has(c, "max");
}

/* Measures in the order they were given; their names are those of the columns of the answer. */
static void add_measures(const cli *c, cli_text *t, cli_text *names)
{
    int first = 1;
    for (uint32_t i = 0; i < c->n_given; i++) {
        const char *name = c->given[i].option->name, *words = c->given[i].value;
        size_t n = 0;
        if (strcmp(name, "count") != 0 && strcmp(name, "sum") != 0 && strcmp(name, "min") != 0 && strcmp(name, "max") != 0) continue;
        const char *w = strcmp(name, "count") == 0 ? words : next_word(&words, &n);
        for (; w; w = next_word(&words, &n)) {
            text_format(t, "%s{\"measure\":\"%s\"", first ? ",\"measures\":[" : ",", name);
            first = 0;
            if (n) {
                text_str(t, ",\"member\":");
                text_json(t, w, n);
            }
            text_str(t, "}");
            text_format(names, n ? ",%s_%.*s" : ",%s", name, (int)n, w);
            if (!n) break;
        }
    }
    if (!first) text_str(t, "]");
}

/* Place of a word among "a,b,c"; -1 when it is none of them. */
static int place(const char *words, const char *word, size_t n)
{
    size_t k;
    int i = 0;
    for (const char *w; (w = next_word(&words, &k)) != NULL; i++) {
        if (k == n && memcmp(w, word, n) == 0) return i;
    }
    return -1;
}

static int add_order(cli *c, cli_text *t, const char *columns)
{
    const char *words = cli_get(c, "order");
    size_t n;
    int first = 1;
    if (!words) return CLI_OK;
    text_str(t, ",\"order\":[");
    for (const char *w; (w = next_word(&words, &n)) != NULL; first = 0) {
        int down = *w == '-';
        if (!first) text_add(t, ",", 1);
        w += down;
        n -= (size_t)down;
        if (columns) {
            int column = place(columns, w, n);
            if (column < 0) {
                return cli_usage(c, "--order takes a column of the answer (%s), not %.*s", "--order 须为结果中的列（%s），而不是 %.*s", columns, (int)n, w);
            }
            text_format(t, "{\"column\":%d", column);
        } else {
            text_str(t, "{\"member\":");
            text_json(t, w, n);
        }
        text_str(t, down ? ",\"descending\":true}" : "}");
    }
    text_str(t, "]");
    return CLI_OK;
}

static int add_where(cli *c, cli_text *t, const char *entity)
{
    int code = CLI_OK;
    for (uint32_t i = 0; cli_get_at(c, "where", i) && code == CLI_OK; i++) {
        text_str(t, i ? "," : ",\"filters\":[");
        code = where_json(c, t, entity, cli_get_at(c, "where", i));
    }
    if (cli_has(c, "where")) text_str(t, "]");
    return code;
}

static int build(cli *c, cli_text *t)
{
    cli_text columns = { NULL, 0, 0 };
    const char *entity = c->args[0], *group = cli_get(c, "group");
    int64_t limit = 0;
    uint32_t number;
    int code = cli_entity(c, &number, entity);
    if (code != CLI_OK) return code;
    if (grouped(c) && cli_has(c, "select")) return cli_usage(c, "--select does not go with --group and measures", "--select 不能与 --group 及合计同用");
    text_str(t, "{\"entity\":");
    text_json(t, entity, SIZE_MAX);
    add_words(t, "fields", cli_get(c, "select"));
    add_words(t, "dimensions", group);
    text_str(&columns, group ? group : "");
    add_measures(c, t, &columns);
    if (group && !columns.s[strlen(group)]) { /* groups alone are counted */
        text_str(t, ",\"measures\":[{\"measure\":\"count\"}]");
        text_str(&columns, ",count");
    }
    code = add_where(c, t, entity);
    if (code == CLI_OK) code = add_order(c, t, grouped(c) ? columns.s : NULL);
    if (code == CLI_OK) code = cli_number(c, &limit, "limit", 1, INT64_C(999999999999999999));
    if (limit) text_format(t, ",\"limit\":%lld", (long long)limit);
    text_str(t, "}");
    text_free(&columns);
    return code;
}

/* Text given as itself, as @FILE, or as - for the standard input. */
int cli_given_json(cli *c, cli_text *t, const char *given)
{
    size_t n = strlen(given);
    char *file = given[0] == '@' ? cli_read_file(c, given + 1, &n) : strcmp(given, "-") == 0 ? cli_read_file(c, "-", &n) : NULL;
    if (!file && (given[0] == '@' || strcmp(given, "-") == 0)) return CLI_ENVIRONMENT;
    text_add(t, file ? file : given, n);
    free(file);
    return CLI_OK;
}

static int question(cli *c, cli_text *t)
{
    static const char *const others[] = { "select", "where", "order", "limit", "group", "count", "sum", "min", "max" };
    const char *json = cli_get(c, "json");
    if (!json) return c->n_args ? build(c, t) : cli_usage(c, "query needs ENTITY, or --json", "query 需要 ENTITY 或 --json");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (cli_has(c, others[i])) return cli_usage(c, "--json is the whole question: --%s does not go with it", "--json 已是完整查询，不能再用 --%s", others[i]);
    }
    if (c->n_args) return cli_usage(c, "--json names the entity itself", "--json 自身已指明实体");
    return cli_given_json(c, t, json);
}

/* ---- the answer as a table ---- */

static int kind_of(const arc_column_info *i)
{
    switch (i->type) {
    case ARC_T_INT:
    case ARC_T_ID: return CELL_INT;
    case ARC_T_BOOL: return CELL_BOOL;
    case ARC_T_MONEY: return CELL_MONEY;
    case ARC_T_DECIMAL: return CELL_NUMBER;
    default: return CELL_TEXT;
    }
}

static void label_of(cli *c, const char *entity, const arc_column_info *i, cli_text *t)
{
    const char *field = cli_has(c, "labels") && i->measure > ARC_MAX && !i->bucket ? schema_field(entity, i->name) : NULL;
    t->n = 0;
    if (field) {
        js_text(t, js_member(field, "label"));
    } else {
        text_str(t, i->name);
    }
}

static void table_columns(cli *c, arc_cursor *cursor, const char *entity)
{
    uint32_t n = 0;
    cli_text label = { NULL, 0, 0 };
    arc_cursor_columns(cursor, &n);
    rows_begin(c);
    for (uint32_t i = 0; i < n; i++) {
        arc_column_info info = ARC_COLUMN_INFO_INIT;
        arc_cursor_column(cursor, &info, i);
        label_of(c, entity, &info, &label);
        rows_column(c, info.name, label.s, kind_of(&info));
    }
    if (!grouped(c) && !cli_has(c, "select")) rows_hide_empty(c);
    text_free(&label);
}

static arc_status table_cell(cli *c, arc_cursor *cursor, uint32_t i, uint32_t type)
{
    arc_money m = { 0, "", 0 };
    arc_decimal d = { 0, 0, 0 };
    arc_date day = 0;
    arc_stamp stamp = 0;
    char b[64] = "";
    const char *s = NULL;
    size_t n = sizeof b;
    int64_t v = 0;
    arc_status st;
    switch (type) {
    case ARC_T_MONEY:
        st = arc_cursor_get_money(cursor, &m, i);
        if (st == ARC_OK) rows_money(c, m.minor, m.currency);
        return st;
    case ARC_T_DECIMAL:
        if ((st = arc_cursor_get_decimal(cursor, &d, i)) == ARC_OK) st = arc_decimal_print(b, &n, &d);
        break;
    case ARC_T_DATE:
        if ((st = arc_cursor_get_date(cursor, &day, i)) == ARC_OK) st = arc_date_print(b, &n, day);
        break;
    case ARC_T_STAMP:
        if ((st = arc_cursor_get_stamp(cursor, &stamp, i)) == ARC_OK) st = arc_stamp_print(b, &n, stamp);
        break;
    case ARC_T_BLOB: n = 0; return arc_cursor_get_blob(cursor, (const void **)&s, &n, i) == ARC_OK ? (rows_text(c, "(bytes)", SIZE_MAX), ARC_OK) : ARC_E_NOT_FOUND;
    case ARC_T_TEXT:
    case ARC_T_CODE:
    case ARC_T_JSON:
        st = arc_cursor_get_text(cursor, &s, &n, i);
        if (st == ARC_OK) rows_text(c, s, n);
        return st;
    default:
        st = arc_cursor_get_int(cursor, &v, i);
        if (st == ARC_OK) rows_int(c, v);
        return st;
    }
    if (st == ARC_OK) rows_text(c, b, n);
    return st;
}

static arc_status table_rows(cli *c, arc_cursor *cursor)
{
    uint32_t n = 0, types[256];
    arc_status st;
    arc_cursor_columns(cursor, &n);
    for (uint32_t i = 0; i < n && i < 256; i++) {
        arc_column_info info = ARC_COLUMN_INFO_INIT;
        arc_cursor_column(cursor, &info, i);
        types[i] = info.type;
    }
    while ((st = arc_cursor_next(cursor)) == ARC_OK) {
        for (uint32_t i = 0; i < n; i++) {
            arc_status got = i < 256 ? table_cell(c, cursor, i, types[i]) : ARC_E_LIMIT;
            if (got == ARC_E_NOT_FOUND) {
                rows_null(c);
            } else if (got != ARC_OK) {
                return got;
            }
        }
        if (out_broken(c) || cli_signal()) return ARC_E_CANCELLED;
    }
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status as_table(cli *c, arc_query *q, const char *entity, arc_error *e)
{
    arc_cursor *cursor = NULL;
    arc_status st = arc_query_run(q, &cursor);
    if (st == ARC_OK) {
        table_columns(c, cursor, schema_entity(c, entity));
        st = table_rows(c, cursor);
        if (st == ARC_OK) rows_end(c);
        else (void)arc_cursor_error(cursor, e);
    }
    arc_cursor_free(cursor);
    return st;
}

static arc_status as_text(cli *c, arc_query *q)
{
    arc_export_options o = ARC_EXPORT_OPTIONS_INIT;
    o.flags = ARC_EXPORT_LF | (cli_has(c, "raw") ? ARC_EXPORT_RAW : 0) | (cli_has(c, "bom") ? ARC_EXPORT_BOM : 0);
    o.language = cli_has(c, "labels") ? (c->zh ? "zh" : "en") : NULL;
    o.progress = cli_progress;
    o.progress_user = c;
    return arc_query_export(q, NULL, c->format == CLI_CSV ? ARC_EXPORT_CSV : ARC_EXPORT_JSON_LINES, out_write, c, &o);
}

static arc_status explain(cli *c, arc_query *q)
{
    size_t n = 0;
    arc_status st = arc_query_explain(q, NULL, &n);
    char *text = cli_alloc(NULL, ++n);
    if (st == ARC_E_BUFFER || st == ARC_OK) st = arc_query_explain(q, text, &n);
    if (st == ARC_OK) {
        out_write(c, text, n);
        out_write(c, "\n", 1);
    }
    free(text);
    return st;
}

int cli_answer(cli *c, arc_query *q, const char *entity)
{
    arc_status st = ARC_OK;
    arc_error e = ARC_ERROR_INIT;
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    st = cli_has(c, "explain") ? explain(c, q) : c->format == CLI_TABLE ? as_table(c, q, entity, &e) : as_text(c, q);
    if (st != ARC_OK) code = e.status == st ? cli_error(c, c->command->name, st, &e) : cli_query_error(c, c->command->name, st, q);
    int closed = out_close(c, st == ARC_OK);
    return closed != CLI_OK ? closed : code;
}

static int answer(cli *c, const char *json, size_t length)
{
    arc_query *q = NULL;
    cli_text entity = { NULL, 0, 0 };
    arc_status st = arc_query_from_json(c->session, &q, json, length);
    if (st != ARC_OK) return cli_session_error(c, "query", st);
    js_text(&entity, js_member(json, "entity"));
    int code = cli_answer(c, q, entity.s);
    arc_query_free(q);
    text_free(&entity);
    return code;
}

int cmd_query(cli *c)
{
    cli_text t = { NULL, 0, 0 };
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = question(c, &t);
    if (code == CLI_OK) code = answer(c, t.s, t.n);
    text_free(&t);
    return code;
}

/* ---- get ---- */

/* By id when the key is a number and there is such a row, else by the entity's code or number. */
static arc_status find(cli *c, arc_query **q, const char *entity, const char *member, const char *key)
{
    cli_text t = { NULL, 0, 0 };
    text_str(&t, "{\"entity\":");
    text_json(&t, entity, SIZE_MAX);
    text_format(&t, ",\"filters\":[{\"member\":\"%s\",\"operator\":\"equals\",\"values\":[", member);
    text_json(&t, key, SIZE_MAX);
    text_str(&t, "]}],\"limit\":2}");
    arc_status st = arc_query_from_json(c->session, q, t.s, t.n);
    text_free(&t);
    return st;
}

/* Whether a field of the row has no column: it was worked out just now. */
static int is_computed(const char *entity, const char *field)
{
    const char *f = schema_field(entity, field), *derived = f ? js_member(f, "derived") : NULL;
    return derived && js_true(derived);
}

static void show_record(cli *c, const char *entity, const char *json)
{
    cli_text name = { NULL, 0, 0 }, value = { NULL, 0, 0 };
    rows_begin(c);
    rows_hide_empty(c);
    rows_column(c, "field", cli_say(c, "field", "字段"), CELL_TEXT);
    rows_column(c, "value", cli_say(c, "value", "值"), CELL_TEXT);
    rows_column(c, "computed", cli_say(c, "computed", "计算"), CELL_TEXT);
    for (const char *at = js_first(json); at; at = js_next(at)) {
        const char *v = js_pair(at, &name);
        value.n = 0;
        js_text(&value, v);
        rows_text(c, name.s, name.n);
        rows_text(c, value.s, value.n);
        if (is_computed(entity, name.s)) rows_text(c, cli_say(c, "computed", "计算"), SIZE_MAX);
        else rows_null(c);
    }
    rows_end(c);
    text_free(&name);
    text_free(&value);
}

/* The row as JSON; the names of what was worked out stand in "_computed". */
static void write_record(cli *c, const char *entity, const cli_text *json)
{
    cli_text name = { NULL, 0, 0 };
    int n = 0;
    for (const char *at = js_first(json->s); at; at = js_next(at)) {
        (void)js_pair(at, &name);
        if (!is_computed(entity, name.s)) continue;
        if (!n) out_write(c, json->s, json->n - 1); /* all but the brace that ends it */
        const char *before = n++ ? ",\"" : ",\"_computed\":[\"";
        out_write(c, before, strlen(before));
        out_write(c, name.s, name.n);
        out_write(c, "\"", 1);
    }
    if (n) out_write(c, "]}", 2);
    else out_write(c, json->s, json->n);
    out_write(c, "\n", 1);
    text_free(&name);
}

static arc_status record_json(arc_record *r, cli_text *t)
{
    size_t n = 0;
    arc_status st = arc_record_get_json(r, NULL, &n);
    if (st != ARC_OK && st != ARC_E_BUFFER) return st;
    char *s = cli_alloc(NULL, ++n);
    st = arc_record_get_json(r, s, &n);
    if (st == ARC_OK) text_add(t, s, n);
    free(s);
    return st;
}

/* 1 when the query had its one row and it was written. */
static int show_found(cli *c, arc_query *q, const char *entity, arc_date as_of, int *code)
{
    arc_cursor *cursor = NULL;
    arc_record *r = NULL;
    cli_text t = { NULL, 0, 0 };
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_query_run(q, &cursor);
    if (st == ARC_OK && (st = arc_cursor_next(cursor)) < ARC_OK) (void)arc_cursor_error(cursor, &e);
    int found = st == ARC_OK;
    if (st == ARC_OK && c->format != CLI_CSV) st = arc_cursor_record(cursor, &r);
    arc_cursor_free(cursor);
    if (r && st == ARC_OK && (st = arc_record_compute(c->session, &r, 1, as_of)) != ARC_OK) (void)arc_session_error(c->session, &e);
    if (r && st == ARC_OK) st = record_json(r, &t);
    arc_record_free(r);
    if (found && st == ARC_OK) {
        *code = out_open(c, cli_get(c, "output"));
        if (*code == CLI_OK && c->format == CLI_TABLE) show_record(c, entity, t.s);
        if (*code == CLI_OK && c->format == CLI_CSV) st = as_text(c, q);
        if (*code == CLI_OK && c->format == CLI_JSON) write_record(c, entity, &t);
        if (*code == CLI_OK && st == ARC_OK) *code = out_close(c, 1);
    }
    if (st != ARC_OK && st != ARC_DONE) *code = e.status == st ? cli_error(c, "get", st, &e) : cli_query_error(c, "get", st, q);
    text_free(&t);
    return found || *code != CLI_OK;
}

int cmd_get(cli *c)
{
    static const char *const keys[] = { "id", "code", "number", "name" };
    const char *entity = c->args[0], *key = c->args[1];
    uint32_t number;
    arc_date as_of = ARC_DATE_NONE;
    int code = cli_open(c, ARC_BOOK_READONLY), done = 0;
    if (code == CLI_OK) code = cli_entity(c, &number, entity);
    if (code == CLI_OK) code = cli_date(c, &as_of, "as-of");
    int digits = strspn(key, "0123456789") == strlen(key) && *key && strlen(key) < 19;
    for (int i = 0; i < 4 && code == CLI_OK && !done; i++) {
        arc_query *q = NULL;
        if ((i == 0 && !digits) || !schema_field(schema_entity(c, entity), keys[i])) continue;
        arc_status st = find(c, &q, entity, keys[i], key);
        if (st == ARC_OK) {
            done = show_found(c, q, schema_entity(c, entity), as_of, &code);
        } else if (st == ARC_E_UNSUPPORTED) {
            code = cli_session_error(c, entity, st);
        } /* else: the key cannot be a value of that field */
        arc_query_free(q);
    }
    if (code != CLI_OK || done) return code;
    return cli_fail(c, CLI_REFUSED, "there is no %s %s", "没有 %s %s", entity, key);
}
