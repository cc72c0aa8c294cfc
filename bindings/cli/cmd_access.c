/* SPDX-License-Identifier: Apache-2.0 */
/* access, user, role: who may see and do what. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- access ---- */

/* The names of an object's members, or the elements of an array, with blanks between. */
static void words_cell(cli *c, const char *value, int pairs)
{
    cli_text t = { NULL, 0, 0 }, name = { NULL, 0, 0 };
    text_str(&t, "");
    for (const char *at = value ? js_first(value) : NULL; at; at = js_next(at)) {
        if (t.n) text_str(&t, " ");
        if (pairs) {
            const char *v = js_pair(at, &name);
            text_format(&t, "%s:", name.s);
            js_text(&t, v);
        } else {
            js_text(&t, at);
        }
    }
    rows_text(c, t.s, t.n);
    text_free(&t);
    text_free(&name);
}

static void access_table(cli *c, const char *json)
{
    cli_text t = { NULL, 0, 0 };
    rows_begin(c);
    rows_column(c, "entity", cli_say(c, "entity", "实体"), CELL_TEXT);
    rows_column(c, "rows", cli_say(c, "rows", "行"), CELL_TEXT);
    rows_column(c, "verbs", cli_say(c, "verbs", "动作"), CELL_TEXT);
    rows_column(c, "fields", cli_say(c, "fields", "字段"), CELL_TEXT);
    const char *entities = js_member(json, "entities");
    for (const char *e = entities ? js_first(entities) : NULL; e; e = js_next(e)) {
        static const char *const members[] = { "entity", "rows" };
        for (int i = 0; i < 2; i++) {
            t.n = 0;
            js_text(&t, js_member(e, members[i]));
            rows_text(c, t.s, t.n);
        }
        words_cell(c, js_member(e, "verbs"), 0);
        words_cell(c, js_member(e, "fields"), 1);
    }
    rows_end(c);
    text_free(&t);
}

static int show_access(cli *c)
{
    size_t n = 0;
    arc_status st = arc_access_json(c->session, NULL, &n);
    char *json = cli_alloc(NULL, ++n);
    if (st == ARC_E_BUFFER) st = arc_access_json(c->session, json, &n);
    int code = st == ARC_OK ? out_open(c, cli_get(c, "output")) : cli_session_error(c, "access", st);
    if (st == ARC_OK && code == CLI_OK) {
        cli_text actor = { NULL, 0, 0 }, mode = { NULL, 0, 0 };
        const char *v = js_member(json, "actor"), *m = js_member(json, "mode");
        if (v) js_text(&actor, v);
        if (m) js_text(&mode, m);
        int all = js_true(js_member(json, "all"));
        if (c->format == CLI_JSON) {
            out_write(c, json, n);
            out_write(c, "\n", 1);
        } else if (c->format == CLI_TABLE) {
            out_line(c, "mode %s, actor %s%s", "模式 %s，操作人 %s%s", mode.s ? mode.s : "", actor.s ? actor.s : "", all ? cli_say(c, ": everything", "：不受限制") : "");
        }
        if (c->format == CLI_CSV || (c->format == CLI_TABLE && !all)) access_table(c, json);
        text_free(&actor);
        text_free(&mode);
        code = out_close(c, 1);
    }
    free(json);
    return code;
}

int cmd_access(cli *c)
{
    int mode = c->n_args ? cli_choice("single|roles", c->args[0]) : 0;
    if (mode < 0) return cli_usage(c, "access is single or roles, not %s", "access 须为 single 或 roles，而不是 %s", c->args[0]);
    int code = cli_open(c, c->n_args ? 0 : ARC_BOOK_READONLY);
    if (code != CLI_OK) return code;
    if (!c->n_args) return show_access(c);
    arc_status st = arc_access_set_mode(c->session, mode ? ARC_ACCESS_ROLES : ARC_ACCESS_SINGLE);
    if (st != ARC_OK) return cli_session_error(c, "access", st);
    cli_note(c, "access: %s", "访问模式：%s", c->args[0]);
    return CLI_OK;
}

/* ---- lists ---- */

static int list(cli *c, const char *entity, const char *json)
{
    arc_query *q = NULL;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code != CLI_OK) return code;
    arc_status st = arc_query_from_json(c->session, &q, json, SIZE_MAX);
    code = st == ARC_OK ? cli_answer(c, q, entity) : cli_session_error(c, c->command->name, st);
    arc_query_free(q);
    return code;
}

int cmd_user_list(cli *c)
{
    return list(c, "user_account", "{\"entity\":\"user_account\",\"fields\":[\"code\",\"name\",\"kind\",\"team\",\"valid_from\",\"valid_to\",\"disabled\"],"
                                   "\"order\":[{\"member\":\"code\"}]}");
}

int cmd_role_list(cli *c)
{
    return list(c, "role", cli_has(c, "all") ? "{\"entity\":\"role\",\"fields\":[\"code\",\"name\",\"name_zh\",\"row_scope\",\"retired\"],\"order\":[{\"member\":\"code\"}]}"
                                             : "{\"entity\":\"role\",\"fields\":[\"code\",\"name\",\"name_zh\",\"row_scope\"],\"order\":[{\"member\":\"code\"}],"
                                               "\"filters\":[{\"member\":\"retired\",\"operator\":\"equals\",\"values\":[\"false\"]}]}");
}

/* ---- roles ---- */

static arc_status read_role(cli *c, arc_record **r, int64_t *version, const char **document, int64_t id)
{
    arc_status st = arc_session_get(c->session, r, ARC_ROLE, id);
    if (st == ARC_OK) st = arc_record_get_int(*r, version, ARC_ROLE_VERSION);
    if (st == ARC_OK && document) st = arc_record_get_text(*r, document, NULL, ARC_ROLE_DOCUMENT);
    return st;
}

int cmd_role_show(cli *c)
{
    int64_t id = 0, version = 0;
    arc_record *r = NULL;
    const char *document = NULL;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_row_id(c, &id, "role", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = read_role(c, &r, &version, &document, id);
    code = st == ARC_OK ? out_open(c, cli_get(c, "output")) : cli_session_error(c, c->args[0], st);
    if (st == ARC_OK && code == CLI_OK) {
        out_write(c, document, strlen(document));
        out_write(c, "\n", 1);
        code = out_close(c, 1);
    }
    arc_record_free(r);
    return code;
}

int cmd_role_install(cli *c)
{
    uint32_t added = 0;
    int code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = arc_role_install_defaults(c->session, &added, c->n_args ? c->args[0] : NULL);
    if (st != ARC_OK) return cli_session_error(c, c->n_args ? c->args[0] : "role install", st);
    cli_note(c, "%u roles added", "已添加 %u 个角色", added);
    return CLI_OK;
}

/* Puts a document in the place of the one a role of its code has. */
static arc_status revise(cli *c, int64_t *id, const char *json, size_t n, int *code)
{
    cli_text name = { NULL, 0, 0 };
    arc_record *r = NULL;
    int64_t version = 0;
    const char *v = js_member(json, "code");
    text_str(&name, "");
    if (v) js_text(&name, v);
    *code = cli_row_id(c, id, "role", name.s);
    arc_status st = *code == CLI_OK ? read_role(c, &r, &version, NULL, *id) : ARC_OK;
    if (*code == CLI_OK && st == ARC_OK) st = arc_role_revise(c->session, *id, version, json, n);
    arc_record_free(r);
    text_free(&name);
    return st;
}

int cmd_role_define(cli *c)
{
    size_t n = 0;
    int64_t id = 0;
    arc_status st = ARC_OK;
    char *json = cli_read_file(c, c->args[0], &n);
    if (!json) return CLI_ENVIRONMENT;
    int code = cli_open(c, 0);
    if (code == CLI_OK && cli_has(c, "revise")) {
        st = revise(c, &id, json, n, &code);
    } else if (code == CLI_OK) {
        st = arc_role_define(c->session, &id, json, n);
    }
    if (code == CLI_OK) code = st == ARC_OK ? cli_wrote(c, "role", id) : cli_session_error(c, c->args[0], st);
    free(json);
    return code;
}

int cmd_role_retire(cli *c)
{
    int64_t id = 0, version = 0;
    arc_record *r = NULL;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &id, "role", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = read_role(c, &r, &version, NULL, id);
    arc_record_free(r);
    if (st == ARC_OK) st = arc_role_retire(c->session, id, version);
    if (st != ARC_OK) return cli_session_error(c, c->args[0], st);
    cli_note(c, "role %s is retired", "角色 %s 已停用", c->args[0]);
    return CLI_OK;
}

/* ---- grants ---- */

int cmd_role_grant(cli *c)
{
    arc_grant g = ARC_GRANT_INIT;
    int64_t id = 0;
    const char *unit = cli_get(c, "unit");
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &g.user, "user_account", c->args[0]);
    if (code == CLI_OK) code = cli_row_id(c, &g.role, "role", c->args[1]);
    if (code == CLI_OK && unit) code = cli_row_id(c, &g.org_unit, "org_unit", unit);
    if (code == CLI_OK) code = cli_date(c, &g.valid_from, "from");
    if (code == CLI_OK) code = cli_date(c, &g.valid_to, "to");
    if (code != CLI_OK) return code;
    g.reason = cli_get(c, "reason");
    arc_status st = arc_role_grant(c->session, &id, &g);
    return st == ARC_OK ? cli_wrote(c, "role_grant", id) : cli_session_error(c, "role grant", st);
}

int cmd_role_revoke(cli *c)
{
    int64_t grant = 0, id = 0;
    const char *reason = cli_get(c, "reason");
    if (!reason) return cli_usage(c, "role revoke needs --reason", "role revoke 需要 --reason");
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &grant, "role_grant", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = arc_role_revoke(c->session, &id, grant, reason);
    return st == ARC_OK ? cli_wrote(c, "role_grant", id) : cli_session_error(c, "role revoke", st);
}

typedef struct grants {
    cli_map *users, *roles, *units;
    int64_t *taken; /* back, ascending */
    size_t n_taken;
} grants;

/* The columns of the query in cmd_role_grants(). */
static void grant_row(cli *c, const grants *g, arc_cursor *cursor)
{
    int64_t v[4] = { 0, 0, 0, 0 };
    char b[16];
    for (uint32_t i = 0; i < 4; i++) arc_cursor_get_int(cursor, &v[i], i);
    rows_int(c, v[0]);
    rows_text(c, cli_map_get(g->users, v[1]), SIZE_MAX);
    rows_text(c, cli_map_get(g->roles, v[2]), SIZE_MAX);
    if (v[3]) {
        rows_text(c, cli_map_get(g->units, v[3]), SIZE_MAX);
    } else {
        rows_null(c);
    }
    for (uint32_t i = 4; i < 6; i++) {
        size_t n = sizeof b;
        arc_date day;
        if (arc_cursor_get_date(cursor, &day, i) == ARC_OK && arc_date_print(b, &n, day) == ARC_OK) {
            rows_text(c, b, n);
        } else {
            rows_null(c);
        }
    }
    const char *reason;
    size_t n;
    if (arc_cursor_get_text(cursor, &reason, &n, 6) == ARC_OK) {
        rows_text(c, reason, n);
    } else {
        rows_null(c);
    }
}

static void grant_columns(cli *c)
{
    static const struct {
        const char *name, *zh;
        int kind;
    } columns[] = { { "grant", "授权", CELL_INT }, { "user", "用户", CELL_TEXT }, { "role", "角色", CELL_TEXT }, { "unit", "组织单位", CELL_TEXT },
                    { "from", "生效", CELL_TEXT },  { "to", "失效", CELL_TEXT },   { "reason", "原因", CELL_TEXT } };
    rows_begin(c);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) rows_column(c, columns[i].name, cli_say(c, columns[i].name, columns[i].zh), columns[i].kind);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Runs a question and hands each row to `row`. */
static int each(cli *c, const char *json, void (*row)(cli *c, grants *g, arc_cursor *cursor), grants *g)
{
    arc_query *q = NULL;
    arc_cursor *cursor = NULL;
    arc_status st = arc_query_from_json(c->session, &q, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_run(q, &cursor);
    while (st == ARC_OK && (st = arc_cursor_next(cursor)) == ARC_OK) row(c, g, cursor);
    int code = st == ARC_DONE ? CLI_OK : cli_session_error(c, "role grants", st);
    arc_cursor_free(cursor);
    arc_query_free(q);
    return code;
}

static void taken_row(cli *c, grants *g, arc_cursor *cursor)
{
    (void)c;
    if (!(g->n_taken & (g->n_taken - 1))) g->taken = cli_alloc(g->taken, (g->n_taken ? g->n_taken * 2 : 1) * sizeof *g->taken);
    arc_cursor_get_int(cursor, &g->taken[g->n_taken++], 0);
}

static void live_row(cli *c, grants *g, arc_cursor *cursor)
{
    int64_t id = 0;
    arc_cursor_get_int(cursor, &id, 0);
    if (g->n_taken && bsearch(&id, g->taken, g->n_taken, sizeof *g->taken, by_number)) return;
    grant_row(c, g, cursor);
}

int cmd_role_grants(cli *c)
{
    grants g = { NULL, NULL, NULL, NULL, 0 };
    cli_text q = { NULL, 0, 0 };
    int64_t user = 0;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK && c->n_args) code = cli_row_id(c, &user, "user_account", c->args[0]);
    if (code == CLI_OK) code = cli_map_load(c, &g.users, "user_account", "code");
    if (code == CLI_OK) code = cli_map_load(c, &g.roles, "role", "code");
    if (code == CLI_OK) code = cli_map_load(c, &g.units, "org_unit", "code");
    if (code == CLI_OK) {
        code = each(c, "{\"entity\":\"role_grant\",\"fields\":[\"revokes\"],\"filters\":[{\"member\":\"revokes\",\"operator\":\"set\"}]}", taken_row, &g);
    }
    if (g.n_taken) qsort(g.taken, g.n_taken, sizeof *g.taken, by_number);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        grant_columns(c);
        text_str(&q, "{\"entity\":\"role_grant\",\"fields\":[\"id\",\"user_account\",\"role\",\"org_unit\",\"valid_from\",\"valid_to\",\"reason\"],"
                     "\"filters\":[{\"member\":\"revokes\",\"operator\":\"notSet\"}");
        if (user) text_format(&q, ",{\"member\":\"user_account\",\"operator\":\"equals\",\"values\":[\"%lld\"]}", (long long)user);
        text_str(&q, "]}");
        code = each(c, q.s, live_row, &g);
        if (code == CLI_OK) rows_end(c);
        int closed = out_close(c, code == CLI_OK);
        if (code == CLI_OK) code = closed;
    }
    cli_map_free(g.users);
    cli_map_free(g.roles);
    cli_map_free(g.units);
    free(g.taken);
    text_free(&q);
    return code;
}

/* ---- users ---- */

int cmd_user_add(cli *c)
{
    arc_record *r = NULL;
    int64_t id = 0;
    const char *kind = cli_get(c, "kind"), *team = cli_get(c, "team"), *region = cli_get(c, "region");
    int code = cli_open(c, 0);
    int64_t team_id = 0, region_id = 0;
    if (code == CLI_OK && team) code = cli_row_id(c, &team_id, "org_unit", team);
    if (code == CLI_OK && region) code = cli_row_id(c, &region_id, "org_unit", region);
    if (code != CLI_OK) return code;
    arc_status st = arc_record_new(c->session, &r, ARC_USER_ACCOUNT);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_USER_ACCOUNT_CODE, c->args[0], SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_USER_ACCOUNT_NAME, c->args[1], SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_USER_ACCOUNT_KIND, kind ? kind : "person", SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_int(r, ARC_USER_ACCOUNT_DISABLED, 0);
    if (st == ARC_OK && team) st = arc_record_set_int(r, ARC_USER_ACCOUNT_TEAM, team_id);
    if (st == ARC_OK && region) st = arc_record_set_int(r, ARC_USER_ACCOUNT_REGION, region_id);
    if (st == ARC_OK) st = arc_session_insert(c->session, &id, r);
    code = st == ARC_OK ? cli_wrote(c, "user_account", id) : cli_record_error(c, c->args[0], st, r);
    arc_record_free(r);
    return code;
}

/* Disabling and enabling. */
static int set_disabled(cli *c, int64_t disabled)
{
    arc_record *r = NULL;
    int64_t id = 0;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &id, "user_account", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = arc_session_get(c->session, &r, ARC_USER_ACCOUNT, id);
    if (st == ARC_OK) st = arc_record_set_int(r, ARC_USER_ACCOUNT_DISABLED, disabled);
    if (st == ARC_OK) st = arc_session_update(c->session, r);
    code = st == ARC_OK ? cli_wrote(c, "user_account", id) : cli_record_error(c, c->args[0], st, r);
    arc_record_free(r);
    return code;
}

int cmd_user_disable(cli *c) { return set_disabled(c, 1); }
int cmd_user_enable(cli *c) { return set_disabled(c, 0); }
