/* SPDX-License-Identifier: Apache-2.0 */
/* rule publish, dunning publish, rule propose, rule run, rule explain, rule simulate: what rules have due. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* --rule and --as-of; entity and rows are for programs. */
static int take_options(cli *c, arc_rule_options *o, const char **code)
{
    int64_t max = 0;
    const arc_rule_options defaults = ARC_RULE_OPTIONS_INIT;
    *o = defaults;
    *code = cli_get(c, "rule");
    o->codes = *code ? code : NULL;
    o->n_codes = *code ? 1 : 0;
    o->progress = cli_progress;
    o->user = c;
    int exit_code = cli_number(c, &max, "max", 1, 1000000);
    o->max = (uint32_t)max;
    return exit_code == CLI_OK ? cli_date(c, &o->as_of, "as-of") : exit_code;
}

void cli_member(cli *c, const char *object, const char *name)
{
    cli_text t = { NULL, 0, 0 };
    const char *v = object ? js_member(object, name) : NULL;
    if (!v) {
        rows_null(c);
        return;
    }
    js_text(&t, v);
    rows_text(c, t.s, t.n);
    text_free(&t);
}

/* ---- publish ------------------------------------------------------------------------------------------------------------------------ */

static int32_t tell_fault(void *user, const arc_error *e)
{
    cli *c = user;
    const char *said = cli_say(c, e->message, e->message_zh);
    if (e->status == ARC_OK) cli_note(c, "%s: (remark) %s", "%s：（提示）%s", e->pointer[0] ? e->pointer : "/", said);
    else cli_note(c, "%s: %s", "%s：%s", e->pointer[0] ? e->pointer : "/", said);
    return 0;
}

static int publish(cli *c, const char *kind)
{
    int64_t id = 0;
    size_t n = 0;
    char *file = cli_read_file(c, c->args[1], &n);
    if (!file) return CLI_ENVIRONMENT;
    int exit_code = cli_open(c, 0);
    if (exit_code == CLI_OK) {
        arc_status st = arc_definition_save(c->session, &id, kind, c->args[0], file, n, NULL);
        if (st == ARC_OK) st = arc_definition_publish(c->session, id, tell_fault, c);
        if (st != ARC_OK) exit_code = cli_session_error(c, c->command->name, st);
        else cli_note(c, "published as %s %s", "已发布：%s %s", kind, c->args[0]);
    }
    free(file);
    return exit_code;
}

int cmd_rule_publish(cli *c) { return publish(c, "rule"); }
int cmd_dunning_publish(cli *c) { return publish(c, "dunning"); }

/* ---- propose ------------------------------------------------------------------------------------------------------------------------ */

static void proposal_rows(cli *c, arc_proposal *p, uint32_t n)
{
    static const struct {
        const char *name, *zh;
    } texts[] = { { "rule", "规则" }, { "level", "等级" }, { "effective_date", "生效日期" }, { "type", "动作" }, { "params", "参数" } };
    rows_begin(c);
    rows_column(c, "unit", cli_say(c, "unit", "执行单元"), CELL_TEXT);
    for (size_t k = 0; k < 5; k++) rows_column(c, texts[k].name, cli_say(c, texts[k].name, texts[k].zh), k == 1 ? CELL_INT : k == 4 ? CELL_JSON : CELL_TEXT);
    rows_column(c, "why", cli_say(c, "why", "原因"), CELL_TEXT);
    for (uint32_t i = 0; i < n; i++) {
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        if (arc_proposal_get(p, &l, i) != ARC_OK) break;
        rows_text(c, l.unit, SIZE_MAX);
        for (size_t k = 0; k < 5; k++) {
            const char *v = js_member(l.action, texts[k].name);
            if (k == 1) rows_int(c, v ? js_int(v) : 0);
            else if (k == 4 && v) rows_text(c, v, (size_t)(js_end(v) - v));
            else cli_member(c, l.action, texts[k].name);
        }
        cli_member(c, l.explanation, c->zh ? "zh" : "en");
    }
    rows_end(c);
}

int cmd_rule_propose(cli *c)
{
    arc_rule_options o;
    arc_proposal_options stored = ARC_PROPOSAL_OPTIONS_INIT;
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    arc_proposal *p = NULL;
    const char *code;
    int64_t id = 0;
    stored.title = cli_get(c, "store");
    int exit_code = cli_open(c, stored.title ? 0 : ARC_BOOK_READONLY);
    if (exit_code == CLI_OK) exit_code = take_options(c, &o, &code);
    if (exit_code != CLI_OK) return exit_code;
    if (cli_has(c, "rejected")) o.flags |= ARC_RULE_REJECTED;
    arc_status st = arc_rule_propose(c->session, &p, &o);
    cli_progress_end(c);
    if (st < ARC_OK) return cli_session_error(c, "rule propose", st);
    (void)arc_proposal_describe(p, &info);
    exit_code = out_open(c, cli_get(c, "output"));
    if (exit_code == CLI_OK) {
        proposal_rows(c, p, info.n_lines);
        exit_code = out_close(c, 1);
    }
    if (exit_code == CLI_OK && stored.title && info.n_lines) {
        st = arc_proposal_store(p, &id, &stored);
        if (st != ARC_OK) exit_code = cli_session_error(c, "rule propose", st);
        else cli_note(c, "stored as proposal %lld", "已保存为建议 %lld", (long long)id);
    }
    arc_proposal_free(p);
    return exit_code;
}

/* ---- run ------------------------------------------------------------------------------------------------------------------------------- */

static int32_t tell_failure(void *user, const arc_error *e)
{
    cli *c = user;
    cli_note(c, "%s %lld, rule %s: %s", "%s %lld，规则 %s：%s", e->entity[0] ? e->entity : "-", (long long)e->id, e->rule, cli_say(c, e->message, e->message_zh));
    return 0;
}

int cmd_rule_run(cli *c)
{
    arc_rule_options o;
    arc_rule_report r = ARC_RULE_REPORT_INIT;
    const char *code;
    int exit_code = cli_open(c, 0);
    if (exit_code == CLI_OK) exit_code = take_options(c, &o, &code);
    if (exit_code != CLI_OK) return exit_code;
    o.flags = cli_has(c, "full") ? 0 : ARC_RULE_SWEEP;
    arc_status st = arc_rule_run(c->session, &r, tell_failure, c, &o);
    cli_progress_end(c);
    if (st < ARC_OK) return cli_session_error(c, "rule run", st);
    const struct {
        const char *name, *zh;
        int64_t value;
    } cells[] = { { "rules", "规则", r.n_rules }, { "rows", "行", r.rows }, { "fired", "已触发", r.fired }, { "passed", "已跳过", r.passed }, { "actions", "动作", r.actions },
                  { "armed", "重新启用", r.armed }, { "waiting", "待审批", r.waiting }, { "held", "暂缓", r.held }, { "failed", "失败", r.failed }, { "more", "剩余", r.more } };
    exit_code = out_open(c, cli_get(c, "output"));
    if (exit_code != CLI_OK) return exit_code;
    rows_begin(c);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) rows_column(c, cells[i].name, cli_say(c, cells[i].name, cells[i].zh), CELL_INT);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) rows_int(c, cells[i].value);
    rows_end(c);
    exit_code = out_close(c, 1);
    return exit_code == CLI_OK && r.failed ? CLI_REFUSED : exit_code;
}

/* ---- explain ---------------------------------------------------------------------------------------------------------------------------- */

static void step_rows(cli *c, const char *json)
{
    static const struct {
        const char *name, *zh;
    } texts[] = { { "outcome", "结果" }, { "day", "日期" }, { "until", "至" }, { "mark", "标记" } };
    const char *when = js_member(json, "if");
    rows_begin(c);
    rows_column(c, "level", cli_say(c, "level", "等级"), CELL_INT);
    for (size_t k = 0; k < 4; k++) rows_column(c, texts[k].name, cli_say(c, texts[k].name, texts[k].zh), CELL_TEXT);
    rows_column(c, "why", cli_say(c, "why", "原因"), CELL_TEXT);
    rows_column(c, "condition", cli_say(c, "condition", "条件"), CELL_TEXT);
    for (const char *s = js_first(js_member(json, "steps")); s; s = js_next(s)) {
        const char *own = js_member(s, "step_if");
        rows_int(c, js_int(js_member(s, "level")));
        for (size_t k = 0; k < 4; k++) cli_member(c, s, texts[k].name);
        cli_member(c, s, c->zh ? "zh" : "en");
        cli_member(c, own ? own : when, c->zh ? "sentence_zh" : "sentence");
    }
    rows_hide_empty(c);
    rows_end(c);
}

arc_status cli_take_json(cli *c, char **out, size_t *len, cli_json_call call, const void *what)
{
    *len = 0;
    *out = NULL;
    arc_status st = call(c, NULL, len, what);
    if (st != ARC_E_BUFFER) return st;
    *out = cli_alloc(NULL, *len + 1);
    ++*len;
    return call(c, *out, len, what);
}

typedef struct explained {
    const char *code;
    int64_t row;
    arc_date as_of;
} explained;

static arc_status call_explain(cli *c, char *buf, size_t *len, const void *what)
{
    const explained *x = what;
    return arc_rule_explain(c->session, buf, len, x->code, x->row, x->as_of);
}

int cmd_rule_explain(cli *c)
{
    char *json, *end;
    size_t n;
    explained x = { c->args[0], strtoll(c->args[1], &end, 10), ARC_DATE_NONE };
    if (*end || x.row < 1) return cli_usage(c, "%s is no id of a row", "%s 不是行号", c->args[1]);
    int exit_code = cli_open(c, ARC_BOOK_READONLY);
    if (exit_code == CLI_OK) exit_code = cli_date(c, &x.as_of, "as-of");
    if (exit_code != CLI_OK) return exit_code;
    arc_status st = cli_take_json(c, &json, &n, call_explain, &x);
    if (st != ARC_OK) {
        free(json);
        return cli_session_error(c, "rule explain", st);
    }
    exit_code = out_open(c, cli_get(c, "output"));
    if (exit_code == CLI_OK) {
        if (c->format == CLI_JSON) {
            (void)out_write(c, json, n);
            (void)out_write(c, "\n", 1);
        } else {
            step_rows(c, json);
        }
        exit_code = out_close(c, 1);
    }
    free(json);
    return exit_code;
}

/* ---- simulate ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct simulated {
    const char *rules;
    size_t n;
    const arc_rule_options *o;
} simulated;

static arc_status call_simulate(cli *c, char *buf, size_t *len, const void *what)
{
    const simulated *x = what;
    return arc_rule_simulate(c->session, buf, len, x->rules, x->n, x->o);
}

static void firing_rows(cli *c, const char *json)
{
    static const struct {
        const char *name, *zh;
    } texts[] = { { "rule", "规则" }, { "entity", "对象" }, { "effective_date", "生效日期" }, { "on", "触发日期" }, { "status", "状态" } };
    rows_begin(c);
    for (size_t k = 0; k < 5; k++) rows_column(c, texts[k].name, cli_say(c, texts[k].name, texts[k].zh), CELL_TEXT);
    rows_column(c, "row", cli_say(c, "row", "行"), CELL_INT);
    rows_column(c, "level", cli_say(c, "level", "等级"), CELL_INT);
    rows_column(c, "actions", cli_say(c, "actions", "动作"), CELL_JSON);
    for (const char *f = js_first(js_member(json, "firings")); f; f = js_next(f)) {
        const char *actions = js_member(f, "actions");
        for (size_t k = 0; k < 5; k++) cli_member(c, f, texts[k].name);
        rows_int(c, js_int(js_member(f, "row")));
        rows_int(c, js_int(js_member(f, "level")));
        rows_text(c, actions, (size_t)(js_end(actions) - actions));
    }
    rows_end(c);
}

/* What is given: nothing, a code or code@3, or @FILE with a document. */
static int take_rules(cli *c, cli_text *t, char **file, size_t *n)
{
    *file = NULL;
    *n = 0;
    if (!c->n_args) return CLI_OK;
    if (c->args[0][0] != '@') {
        text_json(t, c->args[0], strlen(c->args[0]));
        *n = t->n;
        return CLI_OK;
    }
    *file = cli_read_file(c, c->args[0] + 1, n);
    return *file ? CLI_OK : CLI_ENVIRONMENT;
}

int cmd_rule_simulate(cli *c)
{
    arc_rule_options o;
    cli_text name = { NULL, 0, 0 };
    char *file = NULL, *json = NULL;
    const char *code;
    size_t n = 0;
    int exit_code = cli_open(c, ARC_BOOK_READONLY);
    if (exit_code == CLI_OK) exit_code = take_options(c, &o, &code);
    if (exit_code == CLI_OK) exit_code = cli_date(c, &o.from, "from");
    if (exit_code == CLI_OK) exit_code = take_rules(c, &name, &file, &n);
    if (exit_code == CLI_OK) {
        const simulated x = { file ? file : name.s, n, &o };
        arc_status st = cli_take_json(c, &json, &n, call_simulate, &x);
        cli_progress_end(c);
        if (st != ARC_OK) exit_code = cli_session_error(c, "rule simulate", st);
    }
    if (exit_code == CLI_OK) exit_code = out_open(c, cli_get(c, "output"));
    if (exit_code == CLI_OK) {
        if (c->format == CLI_JSON) {
            (void)out_write(c, json, n);
            (void)out_write(c, "\n", 1);
        } else {
            firing_rows(c, json);
        }
        exit_code = out_close(c, 1);
    }
    free(json);
    free(file);
    text_free(&name);
    return exit_code;
}
