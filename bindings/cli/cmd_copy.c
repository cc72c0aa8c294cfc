/* SPDX-License-Identifier: Apache-2.0 */
/* verify, dump, backup, restore. */
#include <stdlib.h>

#include "cli.h"

/* ---- verify ---- */

static int32_t on_finding(void *user, const arc_finding *f)
{
    cli *c = user;
    cli_progress_end(c);
    rows_text(c, f->check, SIZE_MAX);
    rows_text(c, f->entity, SIZE_MAX);
    rows_text(c, f->field, SIZE_MAX);
    if (f->id) {
        rows_int(c, f->id);
    } else {
        rows_null(c);
    }
    rows_text(c, c->zh ? f->message_zh : f->message, SIZE_MAX);
    return out_broken(c) || cli_signal();
}

int cmd_verify(cli *c)
{
    arc_verify_options vo = ARC_VERIFY_OPTIONS_INIT;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    vo.only = cli_get(c, "only");
    vo.progress = cli_progress;
    vo.progress_user = c;
    int code = cli_number(c, &vo.max_findings, "max", 1, 1000000000);
    if (code == CLI_OK) code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    rows_begin(c);
    rows_column(c, "check", cli_say(c, "check", "检查"), CELL_TEXT);
    rows_column(c, "entity", cli_say(c, "entity", "实体"), CELL_TEXT);
    rows_column(c, "field", cli_say(c, "field", "字段"), CELL_TEXT);
    rows_column(c, "id", cli_say(c, "id", "编号"), CELL_INT);
    rows_column(c, "message", cli_say(c, "message", "说明"), CELL_TEXT);
    arc_status st = arc_book_verify(c->book, &sum, on_finding, c, &vo);
    cli_progress_end(c);
    int stopped = st == ARC_E_CANCELLED && vo.max_findings && sum.findings >= vo.max_findings && !cli_signal() && !out_broken(c);
    if (st != ARC_OK && !stopped) return cli_book_error(c, "verify", st);
    if (sum.findings || c->format != CLI_TABLE) rows_end(c);
    code = out_close(c, 1);
    if (code != CLI_OK) return code;
    if (c->format == CLI_TABLE) {
        cli_note(c, "%u checks over %lld rows: %lld findings%s", "%u 项检查，%lld 行：发现 %lld 处问题%s", sum.checks, (long long)sum.rows,
                 (long long)sum.findings, stopped ? cli_say(c, " so far", "（已停止）") : "");
    }
    if (!sum.checks) return cli_usage(c, "no check's name begins with %s", "没有名称以 %s 开头的检查", vo.only);
    return sum.findings ? CLI_REFUSED : CLI_OK;
}

/* ---- copies ---- */

int cmd_dump(cli *c)
{
    arc_copy_options co = ARC_COPY_OPTIONS_INIT;
    co.flags = cli_has(c, "no-stamps") ? ARC_DUMP_NO_STAMPS : 0;
    co.progress = cli_progress;
    co.progress_user = c;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    arc_status st = arc_book_dump(c->book, out_write, c, &co);
    if (st != ARC_OK) {
        code = cli_book_error(c, "dump", st);
        int closed = out_close(c, 0);
        return closed != CLI_OK ? closed : code;
    }
    return out_close(c, 1);
}

int cmd_backup(cli *c)
{
    arc_copy_options co = ARC_COPY_OPTIONS_INIT;
    co.progress = cli_progress;
    co.progress_user = c;
    int code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    char *target = cli_uri(c->args[0]);
    arc_status st = arc_book_backup(c->book, target, &co);
    if (st != ARC_OK) {
        code = cli_book_error(c, target, st);
    } else {
        cli_progress_end(c);
        cli_note(c, "backed up to %s", "已备份到 %s", target);
    }
    free(target);
    return code;
}

int cmd_restore(cli *c)
{
    arc_copy_options co = ARC_COPY_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    int code = CLI_OK;
    co.progress = cli_progress;
    co.progress_user = c;
    char *source = cli_uri(c->args[0]), *target = cli_uri(c->args[1]);
    arc_status st = arc_book_restore(c->context, source, target, &co);
    if (st != ARC_OK) {
        arc_context_error(c->context, &e);
        code = cli_error(c, source, st, &e);
        if (code == CLI_REFUSED && st == ARC_E_NOT_FOUND) code = CLI_ENVIRONMENT;
    } else {
        cli_progress_end(c);
        cli_note(c, "restored to %s and proved", "已恢复到 %s 并通过验证", target);
    }
    free(source);
    free(target);
    return code;
}
