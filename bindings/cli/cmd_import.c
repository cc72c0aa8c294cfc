/* SPDX-License-Identifier: Apache-2.0 */
/* import */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- the standard input, which cannot be read twice, goes through a file without a name ---- */

static int64_t spool_read(void *user, void *buffer, size_t capacity)
{
    size_t n = fread(buffer, 1, capacity, user);
    return n ? (int64_t)n : ferror((FILE *)user) ? -1 : 0;
}

static int32_t spool_rewind(void *user) { return fseek(user, 0, SEEK_SET) == 0 ? 0 : -1; }

static int spool(cli *c, arc_source *source)
{
    static const arc_source init = ARC_SOURCE_INIT;
    char part[16384];
    size_t n;
    FILE *f = tmpfile();
    int bad = !f;
    while (!bad && (n = fread(part, 1, sizeof part, stdin)) > 0) bad = fwrite(part, 1, n, f) != n;
    if (bad || ferror(stdin) || fflush(f) != 0 || fseek(f, 0, SEEK_SET) != 0) {
        if (f) fclose(f);
        return cli_fail(c, CLI_ENVIRONMENT, "cannot keep the standard input in a temporary file", "无法将标准输入存入临时文件");
    }
    *source = init;
    source->user = f;
    source->read = spool_read;
    source->rewind = spool_rewind;
    return CLI_OK;
}

/* ---- the mapping ---- */

static char *guess(cli *c, const char *path, const arc_source *source, int *code)
{
    size_t n = 65536;
    char *text = NULL;
    arc_status st;
    do {
        text = cli_alloc(text, n);
        size_t room = n;
        st = source ? arc_import_guess(c->session, text, &room, source) : arc_import_guess_file(c->session, text, &room, path);
        if (source) source->rewind(source->user);
        n = st == ARC_E_BUFFER ? room + 1 : n;
    } while (st == ARC_E_BUFFER);
    if (st == ARC_OK) return text;
    free(text);
    *code = cli_session_error(c, path, st);
    cli_note(c, "  no mapping could be guessed: write one (docs/import.md) and name it with --mapping",
             "  无法推断映射：请编写映射（docs/import.md）并用 --mapping 指定");
    return NULL;
}

/* One line a field: entity.field <- where it comes from. */
static void show_mapping(cli *c, const char *mapping)
{
    static const char *const sources[] = { "column", "template", "value", "match", "sum" };
    cli_text t = { NULL, 0, 0 }, name = { NULL, 0, 0 };
    for (const char *target = js_first(js_member(mapping, "targets")); target; target = js_next(target)) {
        const char *fields = js_member(target, "fields");
        for (const char *at = fields ? js_first(fields) : NULL; at; at = js_next(at)) {
            const char *rule = js_pair(at, &name);
            text_str(&t, "\n  ");
            js_text(&t, js_member(target, "entity"));
            text_format(&t, ".%s <-", name.s);
            for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
                const char *v = js_member(rule, sources[i]);
                if (!v) continue;
                text_format(&t, i ? " %s " : " ", sources[i]);
                js_text(&t, v);
            }
        }
    }
    cli_note(c, "Mapping guessed from the headers; --guess prints it whole, --mapping takes a changed one:%s",
             "按表头推断的映射；--guess 输出全文，--mapping 使用修改后的映射：%s", t.s ? t.s : "");
    text_free(&t);
    text_free(&name);
}

static char *mapping_text(cli *c, const char *path, const arc_source *source, int *code)
{
    const char *file = cli_get(c, "mapping");
    size_t n;
    if (file) {
        char *text = cli_read_file(c, file, &n);
        if (!text) *code = CLI_ENVIRONMENT;
        return text;
    }
    char *text = guess(c, path, source, code);
    if (text && !cli_has(c, "guess")) show_mapping(c, text);
    return text;
}

/* ---- what is reported ---- */

/* What the import tells while it runs. Totals - number and sum by kind and currency - are to be held against the file's own, before anything is written too. */
typedef struct telling {
    cli *c;
    cli_text totals;
} telling;

static int32_t on_fault(void *user, const arc_import_fault *f)
{
    cli *c = ((telling *)user)->c;
    cli_progress_end(c);
    rows_int(c, f->line);
    rows_int(c, f->row);
    rows_text(c, f->column, SIZE_MAX);
    rows_text(c, f->value, SIZE_MAX);
    rows_text(c, f->entity, SIZE_MAX);
    rows_text(c, f->field, SIZE_MAX);
    rows_text(c, arc_status_name(f->status), SIZE_MAX);
    rows_text(c, c->zh ? f->reason_zh : f->reason, SIZE_MAX);
    return out_broken(c) || cli_signal();
}

static int32_t on_progress(void *user, const arc_import_summary *s)
{
    cli *c = ((telling *)user)->c;
    char line[120];
    snprintf(line, sizeof line, cli_say(c, "%s %lld rows, %lld bad ...", "%s %lld 行，错误 %lld 行 …"),
             s->pass == 1 ? cli_say(c, "checking", "检查") : cli_say(c, "writing", "写入"), (long long)s->rows, (long long)s->bad_rows);
    return cli_progress_line(c, line);
}

static void fault_columns(cli *c)
{
    rows_begin(c);
    rows_column(c, "line", cli_say(c, "line", "行号"), CELL_INT);
    rows_column(c, "row", cli_say(c, "row", "数据行"), CELL_INT);
    rows_column(c, "column", cli_say(c, "column", "列"), CELL_TEXT);
    rows_column(c, "value", cli_say(c, "value", "值"), CELL_TEXT);
    rows_column(c, "entity", cli_say(c, "entity", "实体"), CELL_TEXT);
    rows_column(c, "field", cli_say(c, "field", "字段"), CELL_TEXT);
    rows_column(c, "status", cli_say(c, "status", "状态码"), CELL_TEXT);
    rows_column(c, "reason", cli_say(c, "reason", "原因"), CELL_TEXT);
}

static int32_t on_total(void *user, const arc_import_total *total)
{
    telling *x = user;
    cli *c = x->c;
    cli_text *t = &x->totals;
    if (c->format == CLI_JSON) {
        text_format(t, "%s{\"entity\":\"%s\",\"currency\":\"%s\",\"count\":%lld,\"sum\":\"", t->n ? "," : "", total->entity, total->currency, (long long)total->count);
        if (total->currency[0]) text_money(t, total->minor, total->currency, 0);
        text_str(t, "\"}");
        return 0;
    }
    if (total->currency[0]) {
        text_format(t, cli_say(c, "  %s %s: %lld, sum ", "  %s %s：%lld 笔，合计 "), total->entity, total->currency, (long long)total->count);
        text_money(t, total->minor, total->currency, 1);
    } else {
        text_format(t, cli_say(c, "  %s: %lld", "  %s：%lld 条"), total->entity, (long long)total->count);
    }
    text_str(t, "\n");
    return 0;
}

static void summary(cli *c, const arc_import_summary *s, int written, cli_text *t)
{
    if (c->format == CLI_JSON) {
        cli_text j = { NULL, 0, 0 };
        text_format(&j, "{\"summary\":{\"written\":%s,\"rows\":%lld,\"bad_rows\":%lld,\"faults\":%lld,\"customers_new\":%lld,\"customers_known\":%lld,"
                        "\"invoices\":%lld,\"receipts\":%lld,\"allocations\":%lld,\"others\":%lld,\"others_known\":%lld,\"totals\":[%s]}}\n",
                    written ? "true" : "false", (long long)s->rows, (long long)s->bad_rows, (long long)s->faults, (long long)s->customers_new,
                    (long long)s->customers_known, (long long)s->invoices, (long long)s->receipts, (long long)s->allocations, (long long)s->others, (long long)s->others_known, t->s ? t->s : "");
        out_write(c, j.s, j.n);
        text_free(&j);
    } else {
        cli_note(c, "%s: %lld rows, %lld bad; %lld new customers, %lld invoices, %lld receipts, %lld allocations, %lld others",
                 "%s：%lld 行，错误 %lld 行；新客户 %lld，发票 %lld，回款 %lld，核销 %lld，其他 %lld",
                 written ? cli_say(c, "imported", "已导入") : cli_say(c, "checked, nothing written", "已检查，未写入"), (long long)s->rows,
                 (long long)s->bad_rows, (long long)s->customers_new, (long long)s->invoices, (long long)s->receipts, (long long)s->allocations, (long long)s->others);
        if (t->n) {
            t->s[t->n - 1] = 0; /* the note ends its line */
            cli_note(c, "%s", "%s", t->s);
        }
    }
}

/* ---- the command ---- */

static int import(cli *c, const char *path, const arc_source *source, const char *mapping)
{
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary s = ARC_IMPORT_SUMMARY_INIT;
    telling tell = { c, { NULL, 0, 0 } };
    int64_t most = 0;
    int dry = cli_has(c, "dry-run"), code = cli_number(c, &most, "max-faults", 1, 1000000000);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    o.flags = (dry ? ARC_IMPORT_DRY_RUN : 0) | (cli_has(c, "skip-bad") ? ARC_IMPORT_SKIP_BAD : 0) | (cli_has(c, "duplicates") ? ARC_IMPORT_WARN_DUPLICATES : 0);
    o.max_faults = (uint32_t)most;
    o.progress_rows = 1000;
    o.fault = on_fault;
    o.progress = on_progress;
    o.total = on_total;
    o.user = &tell;
    fault_columns(c);
    arc_status st = source ? arc_import_csv(c->session, &s, source, mapping, SIZE_MAX, &o)
                           : arc_import_csv_file(c->session, &s, path, mapping, SIZE_MAX, &o);
    cli_progress_end(c);
    if (st < 0 && !(st == ARC_E_VALUE && s.bad_rows)) {
        text_free(&tell.totals);
        return cli_session_error(c, path, st);
    }
    int written = st >= 0 && !dry;
    if (s.faults || c->format == CLI_CSV) rows_end(c);
    summary(c, &s, written, &tell.totals);
    text_free(&tell.totals);
    code = out_close(c, 1);
    if (code != CLI_OK) return code;
    if (s.bad_rows && !written && !dry) {
        cli_note(c, "Nothing was written: mend the file, or write the good rows with --skip-bad", "未写入任何内容：请修改文件，或用 --skip-bad 写入正确的行");
    }
    return s.bad_rows && !written ? CLI_REFUSED : CLI_OK;
}

int cmd_import(cli *c)
{
    arc_source source;
    const char *path = c->args[0];
    int piped = strcmp(path, "-") == 0;
    int code = cli_open(c, cli_has(c, "dry-run") || cli_has(c, "guess") ? ARC_BOOK_READONLY : 0);
    if (code == CLI_OK && piped) code = spool(c, &source);
    if (code != CLI_OK) return code;
    char *mapping = mapping_text(c, path, piped ? &source : NULL, &code);
    if (mapping && cli_has(c, "guess")) {
        code = out_open(c, cli_get(c, "output"));
        if (code == CLI_OK) {
            out_write(c, mapping, strlen(mapping));
            out_write(c, "\n", 1);
            code = out_close(c, 1);
        }
    } else if (mapping) {
        code = import(c, path, piped ? &source : NULL, mapping);
    }
    free(mapping);
    if (piped) fclose(source.user);
    return code;
}
