/* SPDX-License-Identifier: Apache-2.0 */
/* rule backtest: what rules would have done on each day of the past. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct column {
    const char *member, *label, *zh;
    int kind;
} column;

#define COUNTED { "firings", "fired", "触发", CELL_INT }, { "passed", "passed over", "跳过", CELL_INT }, \
    { "subjects", "rows", "对象数", CELL_INT }, { "customers", "customers", "客户数", CELL_INT }
#define MONEY { "money", "money", "金额", CELL_JSON }, { NULL, NULL, NULL, 0 }

static const column by_level[] = { { "rule", "rule", "规则", CELL_TEXT }, { "level", "level", "级别", CELL_INT }, COUNTED, MONEY };
static const column by_rule[] = { { "rule", "rule", "规则", CELL_TEXT }, { "revision", "revision", "版本", CELL_INT }, COUNTED, { "errors", "errors", "错误", CELL_INT },
                                  { "matched", "matched", "一致", CELL_INT }, { "only_here", "only here", "仅回测", CELL_INT },
                                  { "only_there", "only there", "仅账簿", CELL_INT }, MONEY };
static const column by_day[] = { { "day", "day", "日期", CELL_TEXT }, { "rule", "rule", "规则", CELL_TEXT }, { "level", "level", "级别", CELL_INT }, COUNTED, MONEY };
static const column by_firing[] = { { "day", "day", "日期", CELL_TEXT }, { "rule", "rule", "规则", CELL_TEXT }, { "level", "level", "级别", CELL_INT },
                                    { "entity", "entity", "实体", CELL_TEXT }, { "row", "row", "行", CELL_INT }, { "customer", "customer", "客户", CELL_INT },
                                    { "status", "status", "状态", CELL_TEXT }, { "happened", "happened", "已发生", CELL_BOOL }, MONEY };

static const struct {
    const char *list;
    const column *columns;
} views[] = { { "rules", by_level }, { "rules", by_rule }, { "days", by_day }, { "fired", by_firing } };

static void cell(cli *c, const char *value, int kind)
{
    cli_text t = { NULL, 0, 0 };
    if (!value) {
        rows_null(c);
    } else if (kind == CELL_INT || kind == CELL_BOOL) {
        rows_int(c, kind == CELL_INT ? js_int(value) : js_true(value));
    } else {
        js_text(&t, value);
        rows_text(c, t.s, t.n);
    }
    text_free(&t);
}

static void row(cli *c, const column *columns, const char *object, const char *rule)
{
    for (; columns->member; columns++) {
        const char *value = js_member(object, columns->member);
        cell(c, value || !rule ? value : js_member(rule, columns->member), columns->kind);
    }
}

static void write_rows(cli *c, const char *json, int view)
{
    const column *columns = views[view].columns;
    rows_begin(c);
    for (const column *k = columns; k->member; k++) rows_column(c, k->member, cli_say(c, k->label, k->zh), k->kind);
    for (const char *e = js_first(js_member(json, views[view].list)); e; e = js_next(e)) {
        if (columns != by_level) {
            row(c, columns, e, NULL);
            continue;
        }
        for (const char *l = js_first(js_member(e, "levels")); l; l = js_next(l)) row(c, columns, l, e);
    }
    rows_end(c);
}

/* What stands beside the rows: on stderr. */
static void tell(cli *c, const char *json, const arc_backtest_totals *t)
{
    cli_note(c, "%lld days, %lld fired, %lld matched, %lld only here, %lld only in the book, %lld errors", "%lld 天，触发 %lld 次，一致 %lld，仅回测 %lld，仅账簿 %lld，错误 %lld",
             (long long)t->days, (long long)t->firings, (long long)t->matched, (long long)t->only_here, (long long)t->only_there, (long long)t->errors);
    if (t->hidden) cli_note(c, "%lld more fired for rows that %s may not see", "另有 %lld 次触发的对象 %s 无权查看", (long long)t->hidden, cli_say(c, "the actor", "操作人"));
    for (const char *r = js_first(js_member(json, "rules")); r; r = js_next(r)) {
        for (const char *g = js_first(js_member(r, "not_looked_at")); g; g = js_next(g)) {
            static const char *const members[] = { "from", "to" };
            cli_text t3[4] = { { NULL, 0, 0 }, { NULL, 0, 0 }, { NULL, 0, 0 }, { NULL, 0, 0 } };
            js_text(&t3[0], js_member(r, "rule"));
            for (int i = 0; i < 2; i++) js_text(&t3[i + 1], js_member(g, members[i]));
            js_text(&t3[3], js_member(g, c->zh ? "zh" : "en"));
            cli_note(c, "%s was not looked at from %s to %s: %s", "%s 在 %s 至 %s 未评估：%s", t3[0].s, t3[1].s, t3[2].s, t3[3].s);
            for (int i = 0; i < 4; i++) text_free(&t3[i]);
        }
    }
}

static int report(cli *c, arc_backtest *b)
{
    const char *by = cli_get(c, "by");
    arc_backtest_totals t = ARC_BACKTEST_TOTALS_INIT;
    size_t n = 0;
    (void)arc_backtest_json(b, NULL, &n);
    char *json = cli_alloc(NULL, ++n);
    int code = arc_backtest_json(b, json, &n) == ARC_OK && arc_backtest_get_totals(b, &t) == ARC_OK ? out_open(c, cli_get(c, "output")) : CLI_ENVIRONMENT;
    if (code == CLI_OK) {
        if (cli_has(c, "result")) {
            out_write(c, json, strlen(json));
            out_write(c, "\n", 1);
        } else {
            write_rows(c, json, by ? cli_choice("level|rule|day|firing", by) : 0);
        }
        code = out_close(c, 1);
        tell(c, json, &t);
    }
    free(json);
    return code;
}

/* CODE, CODE@REVISION or CODE=FILE. The texts are the caller's to free. */
static int read_rules(cli *c, arc_backtest_rule *rules, char **codes, char **files)
{
    for (uint32_t i = 0; i < c->n_args; i++) {
        static const arc_backtest_rule empty = ARC_BACKTEST_RULE_INIT;
        const char *at = strpbrk(c->args[i], "=@");
        char *end;
        size_t n = at ? (size_t)(at - c->args[i]) : strlen(c->args[i]);
        if (!n) return cli_usage(c, "a rule is CODE, CODE@REVISION or CODE=FILE, not %s", "规则须为 CODE、CODE@REVISION 或 CODE=FILE，而不是 %s", c->args[i]);
        rules[i] = empty;
        codes[i] = cli_alloc(NULL, n + 1);
        memcpy(codes[i], c->args[i], n);
        codes[i][n] = 0;
        rules[i].code = codes[i];
        if (!at) continue;
        if (*at == '@') {
            rules[i].revision = strtoll(at + 1, &end, 10);
            if (end == at + 1 || *end || rules[i].revision < 1) return cli_usage(c, "%s has no number behind @", "%s 的 @ 后须为数字", c->args[i]);
            continue;
        }
        rules[i].document = files[i] = cli_read_file(c, at + 1, &rules[i].length);
        if (!files[i]) return CLI_ENVIRONMENT;
    }
    return CLI_OK;
}

int cmd_rule_backtest(cli *c)
{
    arc_backtest_rule rules[CLI_MAX_GIVEN];
    char *codes[CLI_MAX_GIVEN] = { NULL }, *files[CLI_MAX_GIVEN] = { NULL };
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest *b = NULL;
    int64_t max = 0;
    int code = cli_number(c, &max, "max", 1, 1000000);
    if (code == CLI_OK) code = read_rules(c, rules, codes, files);
    if (code == CLI_OK) code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_date(c, &o.from, "from");
    if (code == CLI_OK) code = cli_date(c, &o.to, "to");
    if (code == CLI_OK) {
        o.rules = c->n_args ? rules : NULL;
        o.n_rules = c->n_args;
        o.max = (uint32_t)max;
        o.flags = (cli_has(c, "business-dates") ? ARC_BACKTEST_BUSINESS_DATES : 0) | (cli_has(c, "fresh") ? ARC_BACKTEST_FRESH : 0);
        o.progress = cli_progress;
        o.user = c;
        arc_status st = arc_rule_backtest(c->session, &b, &o);
        cli_progress_end(c);
        code = st == ARC_OK ? report(c, b) : cli_session_error(c, "rule backtest", st);
        arc_backtest_free(b);
    }
    for (uint32_t i = 0; i < CLI_MAX_GIVEN; i++) {
        free(codes[i]);
        free(files[i]);
    }
    return code;
}
